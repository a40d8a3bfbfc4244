//! Reminders before the close, for those who asked.
//!
//! Joins a mail address to a roll entry, never to a ballot. Written when somebody asks and not when they vote: who has
//! taken part is looked up when a reminder is due. Sends nothing itself.

use crate::cycle::Cycle;
use crate::mail::{self, Mail};
use crate::{Db, Result};
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

/// How long before the close the reminders go, in their order.
pub const BEFORE: [SignedDuration; 2] = [SignedDuration::from_hours(3 * 24), SignedDuration::from_hours(24)];

/// A reminder that was asked for.
#[derive(Clone)]
pub struct Reminder {
    /// 256 random bits in hexadecimal.
    pub reminder_id: String,
    /// Whose.
    pub roll_entry_id: String,
    /// The cycle.
    pub cycle_id: String,
    /// Where to.
    pub mail: String,
    /// BCP 47.
    pub language: String,
}

impl std::fmt::Debug for Reminder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reminder(…)")
    }
}

/// Keeps a reminder of a cycle that is open; asked again, the new address takes the place of the old one.
/// False when voting is not open.
///
/// # Errors
/// The database's.
pub async fn ask(db: &Db, reminder: &Reminder) -> Result<bool> {
    let done = sqlx::query(
        "insert into reminder (reminder_id, roll_entry_id, cycle_id, mail, language, sent)
         select $1, $2, $3, $4, $5, 0 from cycle where cycle_id = $3 and phase = 'allocating'
         on conflict (roll_entry_id) do update
         set reminder_id = excluded.reminder_id, mail = excluded.mail, language = excluded.language, sent = 0",
    )
    .bind(&reminder.reminder_id)
    .bind(&reminder.roll_entry_id)
    .bind(&reminder.cycle_id)
    .bind(&reminder.mail)
    .bind(&reminder.language)
    .execute(db.writer())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The address that the holder of this entry asked to be reminded at.
///
/// # Errors
/// The database's.
pub async fn of_entry(db: &Db, roll_entry_id: &str) -> Result<Option<String>> {
    sqlx::query_scalar("select mail from reminder where roll_entry_id = $1")
        .bind(roll_entry_id)
        .fetch_optional(db.reader())
        .await
}

/// Whether there is such a reminder.
///
/// # Errors
/// The database's.
pub async fn exists(db: &Db, reminder_id: &str) -> Result<bool> {
    let found = sqlx::query("select 1 from reminder where reminder_id = $1")
        .bind(reminder_id)
        .fetch_optional(db.reader())
        .await?;
    Ok(found.is_some())
}

/// Erases a reminder at its reader's word, and a mail of it that still waits; harmless when there is none.
///
/// # Errors
/// The database's.
pub async fn stop(db: &Db, reminder_id: &str, stop_url: &str) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    sqlx::query("delete from reminder where reminder_id = $1").bind(reminder_id).execute(&mut *tx).await?;
    sqlx::query("delete from mail where stop_url = $1").bind(stop_url).execute(&mut *tx).await?;
    tx.commit().await
}

/// Erases the reminder of an entry at its holder's word.
///
/// # Errors
/// The database's.
pub async fn stop_of_entry(db: &Db, roll_entry_id: &str) -> Result<()> {
    sqlx::query("delete from reminder where roll_entry_id = $1")
        .bind(roll_entry_id)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Reminders that are due in a cycle, of people on the roll who have not taken part.
///
/// # Errors
/// The database's.
pub async fn due(db: &Db, cycle: &Cycle, now: Timestamp) -> Result<Vec<Reminder>> {
    let Some(passed) = passed(cycle, now) else { return Ok(Vec::new()) };
    let rows = sqlx::query(
        "select reminder_id, roll_entry_id, cycle_id, mail, language from reminder
         where cycle_id = $1 and sent < $2
           and roll_entry_id in (select roll_entry_id from roll_entry where cycle_id = $1 and struck_at is null)
           and roll_entry_id not in (select roll_entry_id from participation where cycle_id = $1)
         order by reminder_id limit 500",
    )
    .bind(&cycle.cycle_id)
    .bind(passed)
    .fetch_all(db.reader())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Reminder {
                reminder_id: row.try_get("reminder_id")?,
                roll_entry_id: row.try_get("roll_entry_id")?,
                cycle_id: row.try_get("cycle_id")?,
                mail: row.try_get("mail")?,
                language: row.try_get("language")?,
            })
        })
        .collect()
}

/// How many of the moments in [`BEFORE`] have passed; none before the first and after the close.
fn passed(cycle: &Cycle, now: Timestamp) -> Option<i64> {
    let passed = BEFORE.iter().filter(|before| now >= cycle.closes_at - **before).count();
    i64::try_from(passed).ok().filter(|passed| *passed > 0 && cycle.takes_ballots(now))
}

/// Hands a due reminder over to the mails that wait, once however many ask; after the last one its row is erased.
///
/// # Errors
/// The database's.
pub async fn send(db: &Db, cycle: &Cycle, reminder: &Reminder, mail: &Mail, now: Timestamp) -> Result<bool> {
    let Some(passed) = passed(cycle, now) else { return Ok(false) };
    let mut tx = db.writer().begin().await?;
    let done = sqlx::query("update reminder set sent = $2 where reminder_id = $1 and sent < $2")
        .bind(&reminder.reminder_id)
        .bind(passed)
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if usize::try_from(passed) == Ok(BEFORE.len()) {
        sqlx::query("delete from reminder where reminder_id = $1")
            .bind(&reminder.reminder_id)
            .execute(&mut *tx)
            .await?;
    }
    mail::insert(&mut tx, mail, Some(&cycle.cycle_id), (now, cycle.closes_at)).await?;
    tx.commit().await?;
    Ok(true)
}
