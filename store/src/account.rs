//! Accounts of citizens who want one: an address, a password, and the roll entries that they may use without a code.
//!
//! Stores password hashes and hashes of tokens as it is given them. Says nothing of a ballot but what its
//! holder asked to keep, which it takes and gives sealed: an account opens the same session as a code, and is stored nowhere
//! near what that session does.

use crate::cycle::{Cycle, Phase};
use crate::mail::{self, Mail};
use crate::session::token_hash;
use crate::{Db, Result, Transaction};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// A citizen's account.
#[derive(Clone)]
pub struct Account {
    /// Random.
    pub account_id: String,
    /// Lower-case address, the name to sign in with.
    pub mail: String,
    /// BCP 47, for mails.
    pub language: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account(…)")
    }
}

impl Account {
    fn from_row(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            account_id: row.try_get("account_id")?,
            mail: row.try_get("mail")?,
            language: row.try_get("language")?,
        })
    }
}

/// How many links an address is sent before one of them has expired.
const MOST_LINKS: i64 = 3;

/// Keeps a link and the mail that brings it; nothing when the address has had enough of them. Whether there is an
/// account makes no difference here.
///
/// # Errors
/// The database's.
pub async fn ask_link(db: &Db, token: &str, mail: &Mail, now: Timestamp, expires: Timestamp) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    let done = sqlx::query(
        "insert into account_link (token_hash, mail, expires_at) select $1, $2, $3
         where (select count(*) from account_link where mail = $2 and expires_at > $4) < $5",
    )
    .bind(token_hash(token))
    .bind(&mail.recipient)
    .bind(expires.as_microsecond())
    .bind(now.as_microsecond())
    .bind(MOST_LINKS)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 1 {
        mail::insert(&mut tx, mail, None, (now, expires)).await?;
    }
    tx.commit().await
}

/// The address that a link was sent to, and whether it has an account; none once the link was used or has expired.
///
/// # Errors
/// The database's.
pub async fn link(db: &Db, token: &str, now: Timestamp) -> Result<Option<(String, bool)>> {
    let row = sqlx::query(
        "select account_link.mail, (select count(*) from account where account.mail = account_link.mail) as accounts
         from account_link where token_hash = $1 and expires_at > $2",
    )
    .bind(token_hash(token))
    .bind(now.as_microsecond())
    .fetch_optional(db.reader())
    .await?;
    row.map(|row| Ok((row.try_get("mail")?, row.try_get::<i64, _>("accounts")? > 0))).transpose()
}

/// What a link is used for: a password, and the account to make if there is none at its address.
#[derive(Debug)]
pub struct Choice<'a> {
    /// The id of an account that is made.
    pub account_id: &'a str,
    /// Argon2id, as a PHC string.
    pub password_hash: &'a str,
    /// BCP 47.
    pub language: &'a str,
}

/// Uses a link, once: sets the password of the account at its address, or makes the account. Ends all its sessions and
/// all other links to the address. None once the link was used or has expired.
///
/// # Errors
/// The database's.
pub async fn use_link(db: &Db, token: &str, choice: &Choice<'_>, now: Timestamp) -> Result<Option<Account>> {
    let mut tx = db.writer().begin().await?;
    let mail: Option<String> = sqlx::query_scalar(
        "delete from account_link where token_hash = $1 and expires_at > $2 returning mail",
    )
    .bind(token_hash(token))
    .bind(now.as_microsecond())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(mail) = mail else { return Ok(None) };
    let row = sqlx::query(
        "insert into account (account_id, mail, password_hash, language) values ($1, $2, $3, $4)
         on conflict (mail) do update set password_hash = excluded.password_hash, language = excluded.language
         returning account_id, mail, language",
    )
    .bind(choice.account_id)
    .bind(&mail)
    .bind(choice.password_hash)
    .bind(choice.language)
    .fetch_one(&mut *tx)
    .await?;
    let account = Account::from_row(&row)?;
    sqlx::query("delete from account_link where mail = $1").bind(&mail).execute(&mut *tx).await?;
    end_sessions(&mut tx, &account.account_id).await?;
    tx.commit().await?;
    Ok(Some(account))
}

/// Sets another password, and ends all sessions.
///
/// # Errors
/// The database's.
pub async fn set_password(db: &Db, account: &Account, password_hash: &str) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    sqlx::query("update account set password_hash = $2 where account_id = $1")
        .bind(&account.account_id)
        .bind(password_hash)
        .execute(&mut *tx)
        .await?;
    end_sessions(&mut tx, &account.account_id).await?;
    tx.commit().await
}

/// Sets the language of mails.
///
/// # Errors
/// The database's.
pub async fn set_language(db: &Db, account: &Account, language: &str) -> Result<()> {
    sqlx::query("update account set language = $2 where account_id = $1")
        .bind(&account.account_id)
        .bind(language)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// The account at this address, and the hash to check the password against.
///
/// # Errors
/// The database's.
pub async fn by_mail(db: &Db, mail: &str) -> Result<Option<(Account, String)>> {
    let row = sqlx::query("select account_id, mail, language, password_hash from account where mail = $1")
        .bind(mail)
        .fetch_optional(db.reader())
        .await?;
    row.map(|row| Ok((Account::from_row(&row)?, row.try_get("password_hash")?))).transpose()
}

/// Starts a session.
///
/// # Errors
/// The database's.
pub async fn start(db: &Db, token: &str, account: &Account, expires: Timestamp) -> Result<()> {
    sqlx::query("insert into account_session (token_hash, account_id, expires_at) values ($1, $2, $3)")
        .bind(token_hash(token))
        .bind(&account.account_id)
        .bind(expires.as_microsecond())
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Who holds this token, if it has not expired.
///
/// # Errors
/// The database's.
pub async fn holder(db: &Db, token: &str, now: Timestamp) -> Result<Option<Account>> {
    let row = sqlx::query(
        "select account.account_id, account.mail, account.language from account_session
         join account on account.account_id = account_session.account_id
         where account_session.token_hash = $1 and account_session.expires_at > $2",
    )
    .bind(token_hash(token))
    .bind(now.as_microsecond())
    .fetch_optional(db.reader())
    .await?;
    row.as_ref().map(Account::from_row).transpose()
}

/// Ends a session; harmless when there is none.
///
/// # Errors
/// The database's.
pub async fn end(db: &Db, token: &str) -> Result<()> {
    sqlx::query("delete from account_session where token_hash = $1")
        .bind(token_hash(token))
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Ends all sessions of an account, and those by which its roll entries could be voted with.
///
/// # Errors
/// The database's.
pub async fn end_all(db: &Db, account: &Account) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    end_sessions(&mut tx, &account.account_id).await?;
    tx.commit().await
}

async fn end_sessions(tx: &mut Transaction<'_>, account_id: &str) -> Result<()> {
    for end in [
        "delete from account_session where account_id = $1",
        "delete from session where roll_entry_id in (select roll_entry_id from account_entry where account_id = $1)",
    ] {
        sqlx::query(end).bind(account_id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Erases sessions and links that have expired; the number erased.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<u64> {
    let mut erased = 0;
    for sweep in [
        "delete from account_session where expires_at <= $1",
        "delete from account_link where expires_at <= $1",
    ] {
        erased += sqlx::query(sweep).bind(now.as_microsecond()).execute(db.writer()).await?.rows_affected();
    }
    Ok(erased)
}

/// Attaches a roll entry, whose code the holder of the account has shown. Whoever holds the code decides: it leaves any
/// other account, and takes the place of another entry of the same cycle.
///
/// # Errors
/// The database's.
pub async fn attach(db: &Db, account: &Account, cycle_id: &str, roll_entry_id: &str) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    sqlx::query("delete from account_entry where roll_entry_id = $3 or (account_id = $1 and cycle_id = $2)")
        .bind(&account.account_id)
        .bind(cycle_id)
        .bind(roll_entry_id)
        .execute(&mut *tx)
        .await?;
    insert_entry(&mut tx, &account.account_id, cycle_id, roll_entry_id).await?;
    tx.commit().await
}

async fn insert_entry(
    tx: &mut Transaction<'_>,
    account_id: &str,
    cycle_id: &str,
    roll_entry_id: &str,
) -> Result<()> {
    sqlx::query(
        "insert into account_entry (account_id, cycle_id, roll_entry_id) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(account_id)
    .bind(cycle_id)
    .bind(roll_entry_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Detaches the entry of a cycle, and ends the sessions by which it could be voted with.
///
/// # Errors
/// The database's.
pub async fn detach(db: &Db, account: &Account, cycle_id: &str) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    for detach in [
        "delete from session where roll_entry_id in
         (select roll_entry_id from account_entry where account_id = $1 and cycle_id = $2)",
        "delete from account_entry where account_id = $1 and cycle_id = $2",
    ] {
        sqlx::query(detach).bind(&account.account_id).bind(cycle_id).execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// A roll entry that an account is attached to.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The entry.
    pub roll_entry_id: String,
    /// The day of the participation, as `YYYY-MM-DD`, if there was one.
    pub took_part_on: Option<String>,
}

/// The entries of an account that are on the roll, by cycle id.
///
/// # Errors
/// The database's.
pub async fn entries(db: &Db, account: &Account) -> Result<HashMap<String, Attached>> {
    let rows = sqlx::query(
        "select account_entry.cycle_id, roll_entry.roll_entry_id, participation.day from account_entry
         join roll_entry on roll_entry.roll_entry_id = account_entry.roll_entry_id and roll_entry.struck_at is null
         left join participation on participation.roll_entry_id = roll_entry.roll_entry_id
         where account_entry.account_id = $1",
    )
    .bind(&account.account_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter()
        .map(|row| {
            let roll_entry_id = row.try_get("roll_entry_id")?;
            let attached = Attached { roll_entry_id, took_part_on: row.try_get("day")? };
            Ok((row.try_get("cycle_id")?, attached))
        })
        .collect()
}

/// An entry of an earlier cycle of a town, and the account it is attached to.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The cycle, whose id is part of the reference's hash.
    pub cycle_id: String,
    /// See [`crate::keys::Key::reference_hash`].
    pub reference_hash: String,
    /// Whose.
    pub account_id: String,
}

/// All of them, those of the newest cycle first.
///
/// # Errors
/// The database's.
pub async fn earlier(db: &Db, cycle: &Cycle) -> Result<Vec<Earlier>> {
    let rows = sqlx::query(
        "select cycle.cycle_id, roll_entry.reference_hash, account_entry.account_id from account_entry
         join roll_entry on roll_entry.roll_entry_id = account_entry.roll_entry_id and roll_entry.struck_at is null
         join cycle on cycle.cycle_id = account_entry.cycle_id
         where cycle.municipality_id = $1 and cycle.cycle_id <> $2
         order by cycle.created_at desc, cycle.cycle_id, roll_entry.reference_hash",
    )
    .bind(&cycle.municipality_id)
    .bind(&cycle.cycle_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Earlier {
                cycle_id: row.try_get("cycle_id")?,
                reference_hash: row.try_get("reference_hash")?,
                account_id: row.try_get("account_id")?,
            })
        })
        .collect()
}

/// Attaches accounts to the entries with these (reference hash, account id) of a cycle, where neither is attached yet.
///
/// # Errors
/// The database's.
pub async fn carry_over(db: &Db, cycle: &Cycle, pairs: &[(String, String)]) -> Result<()> {
    if cycle.phase > Phase::Allocating {
        return Ok(());
    }
    let mut tx = db.writer().begin().await?;
    for (reference_hash, account_id) in pairs {
        let entry: Option<String> = sqlx::query_scalar(
            "select roll_entry_id from roll_entry where cycle_id = $1 and reference_hash = $2 and struck_at is null",
        )
        .bind(&cycle.cycle_id)
        .bind(reference_hash)
        .fetch_optional(&mut *tx)
        .await?;
        // Somebody who was struck from this roll has no place on it to keep.
        if let Some(entry) = entry {
            insert_entry(&mut tx, account_id, &cycle.cycle_id, &entry).await?;
        }
    }
    tx.commit().await
}

/// Keeps a receipt with an account, sealed, in the place of the one that it has of the same cycle. Only where its holder
/// asked for it.
///
/// # Errors
/// The database's.
pub async fn keep_receipt(db: &Db, account: &Account, cycle_id: &str, sealed: &str) -> Result<()> {
    sqlx::query(
        "insert into account_receipt (account_id, cycle_id, sealed) values ($1, $2, $3)
         on conflict (account_id, cycle_id) do update set sealed = excluded.sealed",
    )
    .bind(&account.account_id)
    .bind(cycle_id)
    .bind(sealed)
    .execute(db.writer())
    .await?;
    Ok(())
}

/// Erases the receipt of a cycle.
///
/// # Errors
/// The database's.
pub async fn drop_receipt(db: &Db, account: &Account, cycle_id: &str) -> Result<()> {
    sqlx::query("delete from account_receipt where account_id = $1 and cycle_id = $2")
        .bind(&account.account_id)
        .bind(cycle_id)
        .execute(db.writer())
        .await?;
    db.forget_receipt().await
}

/// The receipts that an account keeps, as (cycle id, sealed), those of the newest cycle first.
///
/// # Errors
/// The database's.
pub async fn receipts(db: &Db, account: &Account) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query(
        "select account_receipt.cycle_id, sealed from account_receipt
         join cycle on cycle.cycle_id = account_receipt.cycle_id
         where account_id = $1 order by cycle.created_at desc, account_receipt.cycle_id",
    )
    .bind(&account.account_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(|row| Ok((row.try_get("cycle_id")?, row.try_get("sealed")?))).collect()
}

/// Everything that is stored about an account, as its holder may have it.
#[derive(Debug, Serialize)]
pub struct Export {
    /// The address.
    pub mail: String,
    /// Of mails.
    pub language: String,
    /// How the password is stored, which is not the password.
    pub password_hash: String,
    /// When each session of the account ends, in microseconds since 1970 UTC.
    pub sessions_expire_at: Vec<i64>,
    /// When each link that was mailed ends.
    pub links_expire_at: Vec<i64>,
    /// How many mails wait to be sent.
    pub mails_waiting: i64,
    /// Roll entries that it may use without a code.
    pub entries: Vec<ExportedEntry>,
    /// The receipts that it keeps, opened, each with its cycle's address before it.
    pub receipts: Vec<String>,
}

/// A roll entry in an [`Export`].
#[derive(Debug, Serialize)]
pub struct ExportedEntry {
    /// Slug of the town.
    pub town: String,
    /// Slug of the cycle.
    pub cycle: String,
    /// How the reference in the town's list is stored.
    pub reference_hash: String,
    /// How the code of the letter is stored.
    pub code_hash: String,
    /// Slug of the district.
    pub district: Option<String>,
    /// The day on which a ballot came in.
    pub took_part_on: Option<String>,
    /// By which way.
    pub channel: Option<String>,
    /// Where a reminder goes.
    pub reminder_to: Option<String>,
}

/// Everything that is stored about an account, with these receipts, which it keeps sealed.
///
/// # Errors
/// The database's.
pub async fn export(db: &Db, account: &Account, receipts: Vec<String>) -> Result<Export> {
    let password_hash = sqlx::query_scalar("select password_hash from account where account_id = $1")
        .bind(&account.account_id)
        .fetch_one(db.reader())
        .await?;
    let sessions = sqlx::query_scalar(
        "select expires_at from account_session where account_id = $1 order by expires_at",
    );
    let links = sqlx::query_scalar("select expires_at from account_link where mail = $1 order by expires_at");
    let waiting = sqlx::query_scalar("select count(*) from mail where recipient = $1");
    let rows = sqlx::query(
        "select municipality.slug as town, cycle.slug as cycle, roll_entry.reference_hash, roll_entry.code_hash,
                district.slug as district, participation.day, participation.channel, reminder.mail as reminder_to
         from account_entry
         join roll_entry on roll_entry.roll_entry_id = account_entry.roll_entry_id
         join cycle on cycle.cycle_id = account_entry.cycle_id
         join municipality on municipality.municipality_id = cycle.municipality_id
         left join district on district.district_id = roll_entry.district_id
         left join participation on participation.roll_entry_id = roll_entry.roll_entry_id
         left join reminder on reminder.roll_entry_id = roll_entry.roll_entry_id
         where account_entry.account_id = $1 order by municipality.slug, cycle.slug",
    )
    .bind(&account.account_id)
    .fetch_all(db.reader())
    .await?;
    let entry = |row: &AnyRow| {
        Ok(ExportedEntry {
            town: row.try_get("town")?,
            cycle: row.try_get("cycle")?,
            reference_hash: row.try_get("reference_hash")?,
            code_hash: row.try_get("code_hash")?,
            district: row.try_get("district")?,
            took_part_on: row.try_get("day")?,
            channel: row.try_get("channel")?,
            reminder_to: row.try_get("reminder_to")?,
        })
    };
    Ok(Export {
        mail: account.mail.clone(),
        language: account.language.clone(),
        password_hash,
        sessions_expire_at: sessions.bind(&account.account_id).fetch_all(db.reader()).await?,
        links_expire_at: links.bind(&account.mail).fetch_all(db.reader()).await?,
        mails_waiting: waiting.bind(&account.mail).fetch_one(db.reader()).await?,
        entries: rows.iter().map(entry).collect::<Result<_>>()?,
        receipts,
    })
}

/// Erases an account and everything that is stored about its address: sessions, links, attachments, reminders, mails
/// that wait. What the town keeps (the roll, who took part) and the ballots are not the account's, and stay.
///
/// # Errors
/// The database's.
pub async fn erase(db: &Db, account: &Account) -> Result<()> {
    let mut tx = db.writer().begin().await?;
    end_sessions(&mut tx, &account.account_id).await?;
    sqlx::query(
        "delete from reminder where mail = $2
         or roll_entry_id in (select roll_entry_id from account_entry where account_id = $1)",
    )
    .bind(&account.account_id)
    .bind(&account.mail)
    .execute(&mut *tx)
    .await?;
    for erase in ["delete from account_link where mail = $1", "delete from mail where recipient = $1"] {
        sqlx::query(erase).bind(&account.mail).execute(&mut *tx).await?;
    }
    for erase in [
        "delete from account_receipt where account_id = $1",
        "delete from account_entry where account_id = $1",
        "delete from account where account_id = $1",
    ] {
        sqlx::query(erase).bind(&account.account_id).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    db.forget_account().await
}
