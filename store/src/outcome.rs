//! Outcomes: what counts gave, kept in versions.
//!
//! Refuses to show one to the public before its publication, and never replaces one.

use crate::cycle::{Closed, Cycle};
use crate::roll::{self, Turnout};
use crate::{Db, Error, Result, Transaction, Translated, ballot, bundle};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use tally::Election;
use tally::bundle::{File, OtherRule, ParticipationRow};
use tally::outcome::Outcome;

/// The columns that [`from_row`] reads, and then which rows.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "select version, outcome, eligible, voted, participation, others, reason, counted_at, published_at,
                    (select count(*) from urn_void
                     where urn_void.cycle_id = outcome.cycle_id and urn_void.version <= outcome.version) as void
             from outcome where cycle_id = $1 ",
            $which
        )
    };
}

/// An outcome with what is published beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Counted from 1; a later one is a correction.
    pub version: i64,
    /// What the rule gave.
    pub outcome: Outcome,
    /// Who could take part and who did, as it was at the count.
    pub turnout: Turnout,
    /// The same by channel, district and day, small cells merged.
    pub participation: Vec<ParticipationRow>,
    /// What other rules would have given.
    pub others: Vec<OtherRule>,
    /// How many ballots this version and those before it leave out.
    pub void: u64,
    /// Why there is this version; empty for the first.
    pub reason: Translated,
    /// When it was counted.
    pub counted_at: Timestamp,
    /// When it becomes public, or became so.
    pub published_at: Option<Timestamp>,
}

/// What came of a count.
#[derive(Debug)]
pub enum Counting {
    /// The outcome is kept, now or since it was counted before.
    Counted,
    /// The rule cannot count this election; nothing was written.
    Refused(tally::CountError),
}

/// What came of a correction.
#[derive(Debug)]
pub enum Correcting {
    /// The next version is kept, and waits for its publication.
    Counted,
    /// The rule cannot count what is left; nothing was written.
    Refused(tally::CountError),
    /// The version before has no ballot of this number, or it was named twice; nothing was written.
    NoSuchBallot(u32),
    /// A correction waits for its publication, or nothing is published that could be corrected; nothing was written.
    NotNow,
}

/// Counts a closed cycle by its frozen rules and keeps the outcome as version 1; counting again changes nothing.
///
/// # Errors
/// The database's.
pub async fn count(db: &Db, closed: &Closed, now: Timestamp) -> Result<Counting> {
    let urn = ballot::urn(db, closed).await?;
    let election = urn.election(roll::turnout(db, closed.cycle()).await?.eligible)?;
    let mut tx = db.writer().begin().await?;
    let kept = keep(db, &mut tx, closed.cycle(), (1, &election, &Translated::default()), now).await?;
    tx.commit().await?;
    Ok(kept.map_or_else(Counting::Refused, |()| Counting::Counted))
}

/// A correction: counts again, without the ballots that have these numbers in the `ballots.csv` of the version before, and
/// keeps the outcome as the next version, which nobody sees before it is published.
///
/// # Errors
/// The database's; then nothing was written.
pub async fn correct(
    db: &Db,
    closed: &Closed,
    (void, reason): (&[u32], &Translated),
    now: Timestamp,
) -> Result<Correcting> {
    let cycle = closed.cycle();
    let mut tx = db.writer().begin().await?;
    // Two officers who correct at once come one after the other, and the second finds what the first left.
    sqlx::query("update cycle set version = version + 1 where cycle_id = $1")
        .bind(&cycle.cycle_id)
        .execute(&mut *tx)
        .await?;
    let Some(last) = latest(db, cycle).await? else { return Ok(Correcting::NotNow) };
    if last.published_at.is_none_or(|released| released > now) {
        return Ok(Correcting::NotNow);
    }
    let mut urn = ballot::urn(db, closed).await?;
    let leave_out = match urn.leave_out(void) {
        Ok(leave_out) => leave_out,
        Err(number) => return Ok(Correcting::NoSuchBallot(number)),
    };
    let election = urn.election(last.turnout.eligible)?;
    let version = last.version + 1;
    if let Err(refused) = keep(db, &mut tx, cycle, (version, &election, reason), now).await? {
        return Ok(Correcting::Refused(refused));
    }
    for urn_ballot_id in leave_out {
        sqlx::query("insert into urn_void (urn_ballot_id, cycle_id, version) values ($1, $2, $3)")
            .bind(urn_ballot_id)
            .bind(&cycle.cycle_id)
            .bind(version)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(Correcting::Counted)
}

/// Throws away a correction that was not published; false when there is none.
///
/// # Errors
/// The database's.
pub async fn discard(db: &Db, cycle: &Cycle) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    sqlx::query("update cycle set version = version + 1 where cycle_id = $1")
        .bind(&cycle.cycle_id)
        .execute(&mut *tx)
        .await?;
    let mut done = 0;
    for discard in [
        "delete from urn_void where cycle_id = $1
         and version in (select version from outcome where cycle_id = $1 and version > 1 and published_at is null)",
        "delete from outcome where cycle_id = $1 and version > 1 and published_at is null",
    ] {
        done = sqlx::query(discard).bind(&cycle.cycle_id).execute(&mut *tx).await?.rows_affected();
    }
    tx.commit().await?;
    Ok(done > 0)
}

/// Counts, and keeps the outcome under this version unless there is one.
async fn keep(
    db: &Db,
    tx: &mut Transaction<'_>,
    cycle: &Cycle,
    (version, election, reason): (i64, &Election, &Translated),
    now: Timestamp,
) -> Result<std::result::Result<(), tally::CountError>> {
    let outcome = match tally::count(election, &cycle.sheet) {
        Ok(outcome) => outcome,
        Err(refused) => return Ok(Err(refused)),
    };
    let turnout = roll::turnout(db, cycle).await?;
    let participation = roll::participation_rows(db, cycle, None).await?;
    let json = |text: std::result::Result<String, serde_json::Error>| {
        text.map_err(|error| Error::Encode(error.into()))
    };
    sqlx::query(
        "insert into outcome (cycle_id, version, outcome, sheet_hash, eligible, voted, participation, others, reason,
                              counted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (cycle_id, version) do nothing",
    )
    .bind(&cycle.cycle_id)
    .bind(version)
    .bind(json(serde_json::to_string(&outcome))?)
    .bind(cycle.sheet.hash())
    .bind(turnout.eligible)
    .bind(turnout.voted)
    .bind(json(serde_json::to_string(&participation))?)
    .bind(json(serde_json::to_string(&tally::other_rules(election, &cycle.sheet)))?)
    .bind(if reason.is_empty() { String::new() } else { reason.to_json() })
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(Ok(()))
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

/// Makes a version public at `released_at`, with the files that were made of it. False where it is not the version that
/// waits: published already, thrown away, or counted anew under the same number since the files were made.
///
/// # Errors
/// The database's; then nothing was written.
pub async fn publish(
    db: &Db,
    cycle: &Cycle,
    (counted, files): (&Counted, &[File]),
    released_at: Timestamp,
) -> Result<bool> {
    let version = counted.version;
    let mut tx = db.writer().begin().await?;
    // Whoever corrects or throws away writes this row first too, so nothing changes under what is compared next.
    sqlx::query("update cycle set version = version + 1 where cycle_id = $1")
        .bind(&cycle.cycle_id)
        .execute(&mut *tx)
        .await?;
    let row = sqlx::query(select!("and version = $2 and published_at is null"))
        .bind(&cycle.cycle_id)
        .bind(version)
        .fetch_optional(&mut *tx)
        .await?;
    if row.as_ref().map(from_row).transpose()?.as_ref() != Some(counted) {
        return Ok(false);
    }
    sqlx::query("update outcome set published_at = $3 where cycle_id = $1 and version = $2")
        .bind(&cycle.cycle_id)
        .bind(version)
        .bind(released_at.as_microsecond())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "update cycle set version = version + 1, phase = 'published', published_at = $2
         where cycle_id = $1 and phase = 'counting'",
    )
    .bind(&cycle.cycle_id)
    .bind(released_at.as_microsecond())
    .execute(&mut *tx)
    .await?;
    bundle::keep(&mut tx, &cycle.cycle_id, version, files).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes back a release that is still to come, with the files that were made for it: nobody has seen them. False when
/// there is none.
///
/// # Errors
/// The database's.
pub async fn withdraw(db: &Db, cycle: &Cycle, now: Timestamp) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    let done = sqlx::query(
        "update cycle set version = version + 1, phase = 'counting', published_at = null
         where cycle_id = $1 and phase = 'published' and published_at > $2",
    )
    .bind(&cycle.cycle_id)
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    for undo in [
        "delete from bundle_file where cycle_id = $1",
        "update outcome set published_at = null where cycle_id = $1",
    ] {
        sqlx::query(undo).bind(&cycle.cycle_id).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// The outcome that the public may see: the latest that is released.
///
/// # Errors
/// The database's.
pub async fn published(db: &Db, cycle: &Cycle, now: Timestamp) -> Result<Option<Counted>> {
    let row = sqlx::query(select!("and published_at <= $2 order by version desc limit 1"))
        .bind(&cycle.cycle_id)
        .bind(now.as_microsecond())
        .fetch_optional(db.reader())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// A version of it that is released.
///
/// # Errors
/// The database's.
pub async fn version(db: &Db, cycle: &Cycle, version: i64, now: Timestamp) -> Result<Option<Counted>> {
    let row = sqlx::query(select!("and published_at <= $2 and version = $3"))
        .bind(&cycle.cycle_id)
        .bind(now.as_microsecond())
        .bind(version)
        .fetch_optional(db.reader())
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// All versions that are released, the latest first.
///
/// # Errors
/// The database's.
pub async fn versions(db: &Db, cycle: &Cycle, now: Timestamp) -> Result<Vec<Counted>> {
    let rows = sqlx::query(select!("and published_at <= $2 order by version desc"))
        .bind(&cycle.cycle_id)
        .bind(now.as_microsecond())
        .fetch_all(db.reader())
        .await?;
    rows.iter().map(from_row).collect()
}

/// That a version came out, without what it says.
#[derive(Clone, Debug)]
pub struct Release {
    /// Of which cycle.
    pub cycle_id: String,
    /// See [`Counted`].
    pub version: i64,
    /// See [`Counted`].
    pub reason: Translated,
    /// See [`Counted`].
    pub counted_at: Timestamp,
    /// When it became public.
    pub published_at: Timestamp,
}

/// All that a town has released, the latest first.
///
/// # Errors
/// The database's.
pub async fn releases(db: &Db, municipality_id: &str, now: Timestamp) -> Result<Vec<Release>> {
    let rows = sqlx::query(
        "select outcome.cycle_id, outcome.version, outcome.reason, outcome.counted_at, outcome.published_at
         from outcome join cycle on cycle.cycle_id = outcome.cycle_id
         where cycle.municipality_id = $1 and outcome.published_at <= $2
         order by outcome.published_at desc, outcome.cycle_id, outcome.version desc",
    )
    .bind(municipality_id)
    .bind(now.as_microsecond())
    .fetch_all(db.reader())
    .await?;
    let instant =
        |micros: i64| Timestamp::from_microsecond(micros).map_err(|error| Error::Decode(error.into()));
    rows.iter()
        .map(|row| {
            Ok(Release {
                cycle_id: row.try_get("cycle_id")?,
                version: row.try_get("version")?,
                reason: reason(row)?,
                counted_at: instant(row.try_get("counted_at")?)?,
                published_at: instant(row.try_get("published_at")?)?,
            })
        })
        .collect()
}

fn reason(row: &AnyRow) -> Result<Translated> {
    let reason: &str = row.try_get("reason")?;
    if reason.is_empty() { Ok(Translated::default()) } else { Translated::from_json(reason) }
}

/// The latest version, released or not: for the officers who publish it, and for nobody else.
///
/// # Errors
/// The database's.
pub async fn latest(db: &Db, cycle: &Cycle) -> Result<Option<Counted>> {
    let row = sqlx::query(select!("order by version desc limit 1"))
        .bind(&cycle.cycle_id)
        .fetch_optional(db.reader())
        .await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<Counted> {
    let decode = |error: serde_json::Error| Error::Decode(error.into());
    let instant =
        |micros: i64| Timestamp::from_microsecond(micros).map_err(|error| Error::Decode(error.into()));
    Ok(Counted {
        version: row.try_get("version")?,
        outcome: serde_json::from_str(row.try_get("outcome")?).map_err(decode)?,
        turnout: Turnout { eligible: row.try_get("eligible")?, voted: row.try_get("voted")? },
        participation: serde_json::from_str(row.try_get("participation")?).map_err(decode)?,
        others: serde_json::from_str(row.try_get("others")?).map_err(decode)?,
        void: u64::try_from(row.try_get::<i64, _>("void")?).unwrap_or(0),
        reason: reason(row)?,
        counted_at: instant(row.try_get("counted_at")?)?,
        published_at: row.try_get::<Option<i64>, _>("published_at")?.map(instant).transpose()?,
    })
}
