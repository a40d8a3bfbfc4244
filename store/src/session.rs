//! Sessions: who holds a token.
//!
//! Sees only hashes of tokens. Writes nothing on reading, so that looking at a page never waits for the writer.

use crate::officer::Officer;
use crate::{Db, Result, hex};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::Row;

/// Whose session it is.
#[derive(Clone, Debug)]
pub enum Holder {
    /// An officer.
    Officer(Officer),
    /// A citizen, for one cycle.
    Citizen {
        /// Their entry in the roll.
        roll_entry_id: String,
        /// The cycle whose code they gave.
        cycle_id: String,
    },
}

/// How a token is stored.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Starts a session of an officer.
///
/// # Errors
/// The database's.
pub async fn start_officer(db: &Db, token: &str, officer_id: &str, expires: Timestamp) -> Result<()> {
    sqlx::query("insert into session (token_hash, officer_id, expires_at) values ($1, $2, $3)")
        .bind(token_hash(token))
        .bind(officer_id)
        .bind(expires.as_microsecond())
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Starts a session of a citizen in a cycle.
///
/// # Errors
/// The database's.
pub async fn start_citizen(
    db: &Db,
    token: &str,
    roll_entry_id: &str,
    cycle_id: &str,
    expires: Timestamp,
) -> Result<()> {
    sqlx::query(
        "insert into session (token_hash, roll_entry_id, cycle_id, expires_at) values ($1, $2, $3, $4)",
    )
    .bind(token_hash(token))
    .bind(roll_entry_id)
    .bind(cycle_id)
    .bind(expires.as_microsecond())
    .execute(db.writer())
    .await?;
    Ok(())
}

/// Who holds this token, if it has not expired, its officer is not disabled and its roll entry not struck.
///
/// # Errors
/// The database's.
pub async fn holder(db: &Db, token: &str, now: Timestamp) -> Result<Option<Holder>> {
    let row = sqlx::query(
        "select officer.officer_id, officer.mail, officer.name, roll_entry.roll_entry_id, roll_entry.cycle_id
         from session
         left join officer on officer.officer_id = session.officer_id and officer.disabled_at is null
         left join roll_entry on roll_entry.roll_entry_id = session.roll_entry_id and roll_entry.struck_at is null
         where session.token_hash = $1 and session.expires_at > $2",
    )
    .bind(token_hash(token))
    .bind(now.as_microsecond())
    .fetch_optional(db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if let Some(officer_id) = row.try_get("officer_id")? {
        let officer = Officer { officer_id, mail: row.try_get("mail")?, name: row.try_get("name")? };
        return Ok(Some(Holder::Officer(officer)));
    }
    let roll_entry_id: Option<String> = row.try_get("roll_entry_id")?;
    let cycle_id: Option<String> = row.try_get("cycle_id")?;
    Ok(roll_entry_id
        .zip(cycle_id)
        .map(|(roll_entry_id, cycle_id)| Holder::Citizen { roll_entry_id, cycle_id }))
}

/// Ends a session; harmless when there is none.
///
/// # Errors
/// The database's.
pub async fn end(db: &Db, token: &str) -> Result<()> {
    sqlx::query("delete from session where token_hash = $1")
        .bind(token_hash(token))
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Erases sessions that have expired; the number erased.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<u64> {
    let done = sqlx::query("delete from session where expires_at <= $1")
        .bind(now.as_microsecond())
        .execute(db.writer())
        .await?;
    Ok(done.rows_affected())
}
