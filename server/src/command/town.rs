//! `ecot town add` and `ecot town map`.

use super::officer;
use crate::config::Storage;
use crate::failure::Failure;
use crate::router::RESERVED;
use app::actions;
use app::actions::project::{TAKEN_SLUGS, is_slug};
use app::map::Map;
use app::text::{Language, Text};
use clap::Subcommand;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};
use store::Translated;
use store::municipality::Municipality;

/// The towns of this installation.
#[derive(Subcommand)]
pub(super) enum Town {
    /// Add a town; then add its officers with `ecot officer add`
    Add(Add),
    /// Draw the map of a town from a GeoJSON file: its outline, its districts (areas with a name), its rivers (lines)
    Map {
        /// The town's part of its addresses
        #[arg(long)]
        town: String,
        /// The file, in degrees (WGS 84)
        file: PathBuf,
        #[command(flatten)]
        storage: Storage,
    },
}

/// What a town is made of.
#[derive(clap::Args)]
pub(super) struct Add {
    /// The first part of its addresses: small letters, digits and dashes
    #[arg(long)]
    slug: String,
    /// Its proper name
    #[arg(long)]
    name: String,
    /// Two or three sentences about it, in French
    #[arg(long, default_value = "")]
    about: String,
    /// ISO 3166-1 code of its country
    #[arg(long, default_value = "FR")]
    country: String,
    /// The time zone in which its closing hours are said
    #[arg(long, default_value = "Europe/Paris")]
    time_zone: String,
    /// The telephone that helps citizens
    #[arg(long, default_value = "")]
    help_phone: String,
    /// The mail address that helps citizens
    #[arg(long, default_value = "")]
    help_mail: String,
    /// Where the desk is and when it is open, in French
    #[arg(long, default_value = "")]
    help_desk: String,
    #[command(flatten)]
    storage: Storage,
}

impl Town {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Map { town, file, storage } => map(&town, &file, &storage).await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        let Self { slug, name, about, country, time_zone, help_phone, help_mail, help_desk, storage } = self;
        check_slug("--slug", &slug)?;
        if name.trim().is_empty() || name.chars().count() > 120 {
            return Err(Failure::Input("--name needs 1 to 120 characters".into()));
        }
        if TimeZone::get(&time_zone).is_err() {
            return Err(Failure::Input(format!("{time_zone:?} is not a time zone such as Europe/Paris")));
        }
        let house = storage.house(true).await?;
        let town = Municipality {
            municipality_id: house.id(),
            slug,
            name,
            country,
            time_zone,
            about: Translated::default().with("fr", about),
            help_phone,
            help_mail,
            help_desk: Translated::default().with("fr", help_desk),
            accent: None,
        };
        if !store::municipality::add(&house.db, &town, house.now()).await? {
            return Err(Failure::Input(format!(
                "there is a town at {:?} already; nothing was changed",
                town.slug
            )));
        }
        println!(
            "{} is at /{}. Now: ecot officer add --town {} --mail ADDRESS",
            town.name, town.slug, town.slug
        );
        Ok(())
    }
}

/// Draws the map of a town.
async fn map(town: &str, file: &Path, storage: &Storage) -> Result<(), Failure> {
    let shown = file.display();
    let bytes =
        std::fs::read(file).map_err(|error| Failure::Input(format!("cannot read {shown}: {error}")))?;
    let map = Map::read(&bytes).map_err(|problem| {
        Failure::Input(format!("{shown}: {}", actions::map::say(Text::of(Language::En), problem)))
    })?;
    let house = storage.house(true).await?;
    let town = officer::town_at(&house, town).await?;
    store::municipality::set_map(&house.db, &town.municipality_id, Some(&map.to_json()), house.now()).await?;
    println!("{} is drawn. Districts: {}.", town.name, map.districts.len());
    Ok(())
}

/// Refuses what cannot be part of an address of a town or a cycle.
pub(super) fn check_slug(what: &str, slug: &str) -> Result<(), Failure> {
    if is_slug(slug) && !RESERVED.contains(&slug) && !TAKEN_SLUGS.contains(&slug) {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "{what} {slug:?} cannot be part of an address: use small letters, digits and dashes"
    )))
}
