//! The published results of all towns, side by side.
//!
//! Of each outcome it reads the totals and no round, because a page may show hundreds. Refuses, as everything about
//! results does, to tell of one before its release.

use crate::cycle::Nature;
use crate::roll::Turnout;
use crate::{Db, Error, Result, Translated};
use jiff::Timestamp;
use serde::Deserialize;
use sqlx::Row;
use sqlx::any::AnyRow;
use tally::Minor;

/// A published result, in figures.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The first part of its address.
    pub town_slug: String,
    /// The town's name.
    pub town_name: String,
    /// The second part of its address.
    pub cycle_slug: String,
    /// The cycle's name.
    pub title: Translated,
    /// Practice, import or real.
    pub nature: Nature,
    /// ISO 4217.
    pub currency: String,
    /// How many people live there, where the town says it.
    pub residents: Option<u64>,
    /// The version that these figures are of, the latest.
    pub version: i64,
    /// When that was released.
    pub published_at: Timestamp,
    /// When voting was to end, which is when the cycle took place.
    pub closes_at: Timestamp,
    /// Who could take part and who did.
    pub turnout: Turnout,
    /// Its sums.
    pub totals: Totals,
}

/// The sums of an outcome.
#[derive(Clone, Debug, Deserialize)]
pub struct Totals {
    /// How many ballots were counted.
    pub ballots: u32,
    /// All the money of the cycle.
    pub purse_minor: Minor,
    /// As cast.
    pub given_minor: Minor,
    /// What projects receive.
    pub funded_minor: Minor,
    /// What goes back.
    pub returned_minor: Minor,
    /// Every project.
    pub projects: Vec<Received>,
}

/// What one project receives.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Received {
    /// Nothing, or at least its floor.
    pub received_minor: Minor,
}

impl Totals {
    /// How many projects receive something.
    #[must_use]
    pub fn funded(&self) -> u64 {
        self.projects.iter().filter(|project| project.received_minor > Minor::ZERO).count() as u64
    }
}

/// The latest released version of every cycle, by town, the latest cycle of a town first.
///
/// # Errors
/// The database's.
pub async fn published(db: &Db, now: Timestamp) -> Result<Vec<Edition>> {
    let rows = sqlx::query(
        "select municipality.slug as town_slug, municipality.name as town_name, cycle.slug as cycle_slug,
                cycle.title, cycle.nature, cycle.currency, cycle.residents, cycle.closes_at,
                outcome.version, outcome.published_at, outcome.eligible, outcome.voted, outcome.outcome
         from outcome
         join cycle on cycle.cycle_id = outcome.cycle_id
         join municipality on municipality.municipality_id = cycle.municipality_id
         where outcome.published_at <= $1
           and not exists (select 1 from outcome as later where later.cycle_id = outcome.cycle_id
                           and later.version > outcome.version and later.published_at <= $1)
         order by municipality.name, municipality.slug, cycle.closes_at desc, cycle.slug",
    )
    .bind(now.as_microsecond())
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &AnyRow) -> Result<Edition> {
    let instant =
        |micros: i64| Timestamp::from_microsecond(micros).map_err(|error| Error::Decode(error.into()));
    let nature: &str = row.try_get("nature")?;
    let residents: Option<i64> = row.try_get("residents")?;
    Ok(Edition {
        town_slug: row.try_get("town_slug")?,
        town_name: row.try_get("town_name")?,
        cycle_slug: row.try_get("cycle_slug")?,
        title: Translated::from_json(row.try_get("title")?)?,
        nature: [Nature::Practice, Nature::Import, Nature::Real]
            .into_iter()
            .find(|known| known.as_str() == nature)
            .ok_or_else(|| Error::Decode(format!("nature holds the unknown word {nature:?}").into()))?,
        currency: row.try_get("currency")?,
        residents: residents.and_then(|residents| u64::try_from(residents).ok()),
        version: row.try_get("version")?,
        published_at: instant(row.try_get("published_at")?)?,
        closes_at: instant(row.try_get("closes_at")?)?,
        turnout: Turnout { eligible: row.try_get("eligible")?, voted: row.try_get("voted")? },
        totals: serde_json::from_str(row.try_get("outcome")?).map_err(|error| Error::Decode(error.into()))?,
    })
}
