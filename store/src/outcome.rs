//! Outcomes: what counts gave, kept in versions.
//!
//! Refuses to show one to the public before its publication, and never replaces one.

use crate::cycle::{Closed, Cycle};
use crate::roll::{self, Turnout};
use crate::{Db, Error, Result, ballot};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use tally::outcome::Outcome;

/// An outcome with what is published beside it.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Counted from 1; a later one is a correction.
    pub version: i64,
    /// What the rule gave.
    pub outcome: Outcome,
    /// Who could take part and who did, as it was at the count.
    pub turnout: Turnout,
    /// When it was counted.
    pub counted_at: Timestamp,
}

/// What came of a count.
#[derive(Debug)]
pub enum Counting {
    /// The first outcome is kept, now or since it was counted before.
    Counted,
    /// The rule cannot count this election; nothing was written.
    Refused(tally::CountError),
}

/// Counts a closed cycle by its frozen rules and keeps the outcome as version 1; counting again changes nothing.
///
/// # Errors
/// The database's.
pub async fn count(db: &Db, closed: &Closed, now: Timestamp) -> Result<Counting> {
    let cycle = closed.cycle();
    let turnout = roll::turnout(db, cycle).await?;
    let election = ballot::election(db, closed, turnout.eligible).await?;
    let outcome = match tally::count(&election, &cycle.sheet) {
        Ok(outcome) => outcome,
        Err(refused) => return Ok(Counting::Refused(refused)),
    };
    let json = serde_json::to_string(&outcome).map_err(|error| Error::Encode(error.into()))?;
    sqlx::query(
        "insert into outcome (cycle_id, version, outcome, sheet_hash, eligible, voted, reason, counted_at)
         values ($1, 1, $2, $3, $4, $5, '', $6)
         on conflict (cycle_id, version) do nothing",
    )
    .bind(&cycle.cycle_id)
    .bind(json)
    .bind(cycle.sheet.hash())
    .bind(turnout.eligible)
    .bind(turnout.voted)
    .bind(now.as_microsecond())
    .execute(db.writer())
    .await?;
    Ok(Counting::Counted)
}

/// Whether a cycle has been counted. Says nothing of the result.
///
/// # Errors
/// The database's.
pub async fn is_counted(db: &Db, cycle: &Cycle) -> Result<bool> {
    Ok(counted_at(db, cycle).await?.is_some())
}

/// When a cycle was counted first. Says nothing of the result.
///
/// # Errors
/// The database's.
pub async fn counted_at(db: &Db, cycle: &Cycle) -> Result<Option<Timestamp>> {
    let micros: Option<i64> =
        sqlx::query_scalar("select counted_at from outcome where cycle_id = $1 order by version limit 1")
            .bind(&cycle.cycle_id)
            .fetch_optional(db.reader())
            .await?;
    micros.map(Timestamp::from_microsecond).transpose().map_err(|error| Error::Decode(error.into()))
}

/// Makes the outcome public; false when the cycle has not been counted. Publishing again changes nothing.
///
/// # Errors
/// The database's.
pub async fn publish(db: &Db, cycle: &Cycle, now: Timestamp) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    let done = sqlx::query(
        "update cycle set version = version + 1, phase = 'published', published_at = $2
         where cycle_id = $1 and phase = 'counting'
               and exists (select 1 from outcome where outcome.cycle_id = cycle.cycle_id)",
    )
    .bind(&cycle.cycle_id)
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(crate::cycle::phase(db, &cycle.cycle_id).await?.is_published());
    }
    sqlx::query("update outcome set published_at = $2 where cycle_id = $1 and version = 1")
        .bind(&cycle.cycle_id)
        .bind(now.as_microsecond())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// The outcome that the public may see: the latest published one.
///
/// # Errors
/// The database's.
pub async fn published(db: &Db, cycle: &Cycle) -> Result<Option<Counted>> {
    let row = sqlx::query(
        "select version, outcome, eligible, voted, counted_at from outcome
         where cycle_id = $1 and published_at is not null order by version desc limit 1",
    )
    .bind(&cycle.cycle_id)
    .fetch_optional(db.reader())
    .await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<Counted> {
    let decode = |error: serde_json::Error| Error::Decode(error.into());
    Ok(Counted {
        version: row.try_get("version")?,
        outcome: serde_json::from_str(row.try_get("outcome")?).map_err(decode)?,
        turnout: Turnout { eligible: row.try_get("eligible")?, voted: row.try_get("voted")? },
        counted_at: Timestamp::from_microsecond(row.try_get("counted_at")?)
            .map_err(|error| Error::Decode(error.into()))?,
    })
}
