//! Who answers for a town's pages: what French law wants told (LCEN, RGPD article 13), as the town states it.
//!
//! Fills nothing in by itself: what a town has not stated stays empty.

use crate::{Db, Result};
use jiff::Timestamp;
use sqlx::Row;

/// What a town states; each part may be empty. Names and addresses, so they are the same in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegalNotice {
    /// The public body that publishes the pages and decides about personal data.
    pub body: String,
    /// Its postal address, line by line.
    pub address: String,
    /// Who is responsible for what is published.
    pub director: String,
    /// The data protection officer, and how to reach them.
    pub data_protection: String,
    /// Who hosts the site: name, address, telephone.
    pub host: String,
}

/// What a town states; all empty when it has stated nothing.
///
/// # Errors
/// The database's.
pub async fn of_town(db: &Db, municipality_id: &str) -> Result<LegalNotice> {
    let row = sqlx::query(
        "select body, address, director, data_protection, host from legal_notice where municipality_id = $1",
    )
    .bind(municipality_id)
    .fetch_optional(db.reader())
    .await?;
    let Some(row) = row else { return Ok(LegalNotice::default()) };
    Ok(LegalNotice {
        body: row.try_get("body")?,
        address: row.try_get("address")?,
        director: row.try_get("director")?,
        data_protection: row.try_get("data_protection")?,
        host: row.try_get("host")?,
    })
}

/// Keeps what a town states now, in the place of what it stated before.
///
/// # Errors
/// The database's.
pub async fn keep(db: &Db, municipality_id: &str, legal_notice: &LegalNotice, now: Timestamp) -> Result<()> {
    sqlx::query(
        "insert into legal_notice (municipality_id, body, address, director, data_protection, host, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (municipality_id) do update set
             body = excluded.body, address = excluded.address, director = excluded.director,
             data_protection = excluded.data_protection, host = excluded.host, changed_at = excluded.changed_at",
    )
    .bind(municipality_id)
    .bind(&legal_notice.body)
    .bind(&legal_notice.address)
    .bind(&legal_notice.director)
    .bind(&legal_notice.data_protection)
    .bind(&legal_notice.host)
    .bind(now.as_microsecond())
    .execute(db.writer())
    .await?;
    Ok(())
}
