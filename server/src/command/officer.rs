//! `ecot officer add`.

use crate::config::Storage;
use crate::failure::Failure;
use app::access::House;
use app::actions::enter::hash_password;
use clap::Subcommand;
use std::io::{BufRead, IsTerminal};
use store::municipality::Municipality;
use store::officer::Role;

/// The shortest password of an officer.
const SHORTEST_PASSWORD: usize = 12;

/// The officers of a town.
#[derive(Subcommand)]
pub(super) enum Officer {
    /// Add a manager to a town. The password is read from the terminal or from standard input, never from the
    /// command line. Someone who is an officer elsewhere keeps their password
    Add {
        /// The town's slug, as in its address
        #[arg(long)]
        town: String,
        /// The mail address to sign in with
        #[arg(long)]
        mail: String,
        /// What colleagues call them
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        storage: Storage,
    },
}

impl Officer {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Add { town, mail, name, storage } = self;
        let house = storage.house(true).await?;
        let town = town_at(&house, &town).await?;
        let mail = mail.trim().to_lowercase();
        if !mail.contains('@') {
            return Err(Failure::Input(format!("{mail:?} is not a mail address")));
        }
        let known = store::officer::by_mail(&house.db, &mail).await?;
        let password = if known.is_some() { String::new() } else { read_password(&mail)? };
        let name = if name.is_empty() { mail.clone() } else { name };
        let added = add(&house, &town, (&mail, &name), &password).await?;
        if added {
            println!("{mail} may now run the cycles of {}.", town.name);
        } else {
            println!("{mail} was an officer already and may now run the cycles of {} too.", town.name);
        }
        Ok(())
    }
}

/// Adds a manager; true when the officer is new.
pub(super) async fn add(
    house: &House,
    town: &Municipality,
    (mail, name): (&str, &str),
    password: &str,
) -> Result<bool, Failure> {
    let officer = store::officer::Officer { officer_id: house.id(), mail: mail.into(), name: name.into() };
    let hash = hash_password(password, house.bytes());
    let grant = (town.municipality_id.as_str(), Role::Manager);
    Ok(store::officer::add(&house.db, &officer, &hash, grant, house.now()).await?)
}

/// The town at a slug, or which ones there are.
pub(super) async fn town_at(house: &House, slug: &str) -> Result<Municipality, Failure> {
    if let Some(town) = store::municipality::by_slug(&house.db, slug).await? {
        return Ok(town);
    }
    let towns: Vec<_> =
        store::municipality::all(&house.db).await?.into_iter().map(|town| town.slug).collect();
    Err(Failure::Input(format!("there is no town {slug:?} here; there are: {}", towns.join(", "))))
}

fn read_password(mail: &str) -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        eprintln!("Password for {mail} ({SHORTEST_PASSWORD} characters or more; it will show as you type):");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Failure::Input(format!("the password needs {SHORTEST_PASSWORD} characters or more")));
    }
    Ok(password.to_owned())
}
