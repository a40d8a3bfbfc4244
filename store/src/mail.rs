//! Mails that wait to be sent: kept until they are on their way, and then erased.
//!
//! Sends nothing itself, and keeps no list of what was sent or to whom. A crash between the sending and the erasing sends
//! a mail again, under the same Message-ID, by which mail programs know it as the same.

use crate::{Db, Result, Transaction};
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

/// A mail to be sent.
#[derive(Clone)]
pub struct Mail {
    /// 256 random bits in hexadecimal, from which its Message-ID is made, and the secret of its link.
    pub mail_id: String,
    /// The address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text; `{secret}` stands for what only the sent mail says.
    pub body: String,
    /// BCP 47.
    pub language: String,
    /// Where a reader ends mails of this kind.
    pub stop_url: Option<String>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// How often a mail is tried before it is given up.
const MOST_ATTEMPTS: i64 = 8;

/// While a mail is being sent nobody else tries it; whoever died over it left it to be tried again after this.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Adds a mail that may be sent from `now` on, until it would be too late.
///
/// # Errors
/// The database's.
pub async fn add(db: &Db, mail: &Mail, now: Timestamp, expires: Timestamp) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    insert(&mut tx, mail, None, (now, expires)).await?;
    tx.commit().await
}

pub(crate) async fn insert(
    tx: &mut Transaction<'_>,
    mail: &Mail,
    cycle_id: Option<&str>,
    (due, expires): (Timestamp, Timestamp),
) -> Result<()> {
    sqlx::query(
        "insert into mail (mail_id, recipient, subject, body, language, stop_url, cycle_id, attempts, due_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
    )
    .bind(&mail.mail_id)
    .bind(&mail.recipient)
    .bind(&mail.subject)
    .bind(&mail.body)
    .bind(&mail.language)
    .bind(mail.stop_url.as_deref())
    .bind(cycle_id)
    .bind(due.as_microsecond())
    .bind(expires.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether any mail waits, due or not; so that looking for one disturbs no writer.
///
/// # Errors
/// The database's.
pub async fn any(db: &Db) -> Result<bool> {
    Ok(sqlx::query("select 1 from mail limit 1").fetch_optional(db.reader()).await?.is_some())
}

/// Takes the mail that has waited longest, for the caller alone; and how often it was tried, this time included.
///
/// # Errors
/// The database's.
pub async fn take(db: &Db, now: Timestamp) -> Result<Option<(Mail, i64)>> {
    // The time is asked twice, so that of two that take at once on PostgreSQL only one gets it.
    let row = sqlx::query(
        "update mail set attempts = attempts + 1, due_at = $2
         where due_at <= $1 and expires_at > $1
           and mail_id = (select mail_id from mail where due_at <= $1 and expires_at > $1 order by due_at, mail_id limit 1)
         returning mail_id, recipient, subject, body, language, stop_url, attempts",
    )
    .bind(now.as_microsecond())
    .bind((now + LEASE).as_microsecond())
    .fetch_optional(db.writer())
    .await?;
    row.map(|row| {
        let mail = Mail {
            mail_id: row.try_get("mail_id")?,
            recipient: row.try_get("recipient")?,
            subject: row.try_get("subject")?,
            body: row.try_get("body")?,
            language: row.try_get("language")?,
            stop_url: row.try_get("stop_url")?,
        };
        Ok((mail, row.try_get("attempts")?))
    })
    .transpose()
}

/// Erases a mail that is on its way, or that nobody will ever take.
///
/// # Errors
/// The database's.
pub async fn erase(db: &Db, mail_id: &str) -> Result<()> {
    sqlx::query("delete from mail where mail_id = $1").bind(mail_id).execute(db.writer()).await?;
    Ok(())
}

/// Puts a mail back that could not be sent: after a minute, then each time after twice as long. False when it was tried
/// often enough; then it is erased.
///
/// # Errors
/// The database's.
pub async fn put_back(db: &Db, mail_id: &str, attempts: i64, now: Timestamp) -> Result<bool> {
    if attempts >= MOST_ATTEMPTS {
        erase(db, mail_id).await?;
        return Ok(false);
    }
    let minutes = 1_i64 << attempts.clamp(1, MOST_ATTEMPTS).saturating_sub(1);
    sqlx::query("update mail set due_at = $2 where mail_id = $1")
        .bind(mail_id)
        .bind((now + SignedDuration::from_mins(minutes)).as_microsecond())
        .execute(db.writer())
        .await?;
    Ok(true)
}

/// Erases mails that it is too late to send; the number erased.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<u64> {
    let done = sqlx::query("delete from mail where expires_at <= $1")
        .bind(now.as_microsecond())
        .execute(db.writer())
        .await?;
    Ok(done.rows_affected())
}
