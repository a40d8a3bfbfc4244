//! `ecot town add`.

use crate::config::Storage;
use crate::failure::Failure;
use crate::router::RESERVED;
use app::actions::project::is_slug;
use clap::Subcommand;
use jiff::tz::TimeZone;
use store::Translated;
use store::municipality::Municipality;

/// The towns of this installation.
#[derive(Subcommand)]
pub(super) enum Town {
    /// Add a town; then add its officers with `ecot officer add`
    Add {
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
    },
}

impl Town {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Add { slug, name, about, country, time_zone, help_phone, help_mail, help_desk, storage } =
            self;
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

/// Refuses what cannot be part of an address of a town or a cycle.
pub(super) fn check_slug(what: &str, slug: &str) -> Result<(), Failure> {
    if is_slug(slug) && !RESERVED.contains(&slug) && slug != "new" {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "{what} {slug:?} cannot be part of an address: use small letters, digits and dashes"
    )))
}
