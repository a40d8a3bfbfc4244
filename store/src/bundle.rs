//! The files of published results, byte for byte as they were made.
//!
//! Refuses to change or remove one: a correction is a further version with files of its own.

use crate::outcome::{Counted, Release};
use crate::{Db, Result, Transaction, hex};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;
use tally::bundle::File;

/// What is known of a file without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleFile {
    /// Its name within the bundle.
    pub path: String,
    /// What it is (RFC 6838).
    pub media_type: String,
    /// Of its content, in lower-case hexadecimal.
    pub sha256: String,
    /// Its length.
    pub size_bytes: i64,
}

impl BundleFile {
    fn from_row(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            path: row.try_get("path")?,
            media_type: row.try_get("media_type")?,
            sha256: row.try_get("sha256")?,
            size_bytes: row.try_get("size_bytes")?,
        })
    }
}

/// Keeps the files of a version within the transaction that publishes it.
pub(crate) async fn keep(
    tx: &mut Transaction<'_>,
    cycle_id: &str,
    version: i64,
    files: &[File],
) -> Result<()> {
    for file in files {
        sqlx::query(
            "insert into bundle_file (cycle_id, version, path, media_type, sha256, size_bytes, body)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(cycle_id)
        .bind(version)
        .bind(&file.path)
        .bind(&file.media_type)
        .bind(hex(&Sha256::digest(&file.bytes)))
        .bind(i64::try_from(file.bytes.len()).unwrap_or(i64::MAX))
        .bind(file.bytes.as_slice())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The files of a version that the caller was given, by path.
///
/// # Errors
/// The database's.
pub async fn files(db: &Db, cycle_id: &str, of: &Counted) -> Result<Vec<BundleFile>> {
    list(db, cycle_id, of.version).await
}

/// The files of a version that is released.
///
/// # Errors
/// The database's.
pub async fn of_release(db: &Db, release: &Release) -> Result<Vec<BundleFile>> {
    list(db, &release.cycle_id, release.version).await
}

async fn list(db: &Db, cycle_id: &str, version: i64) -> Result<Vec<BundleFile>> {
    let rows = sqlx::query(
        "select path, media_type, sha256, size_bytes from bundle_file
         where cycle_id = $1 and version = $2 order by path",
    )
    .bind(cycle_id)
    .bind(version)
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(BundleFile::from_row).collect()
}

/// A file of a version that the caller was given, with its content.
///
/// # Errors
/// The database's.
pub async fn file(
    db: &Db,
    cycle_id: &str,
    of: &Counted,
    path: &str,
) -> Result<Option<(BundleFile, Vec<u8>)>> {
    let row = sqlx::query(
        "select path, media_type, sha256, size_bytes, body from bundle_file
         where cycle_id = $1 and version = $2 and path = $3",
    )
    .bind(cycle_id)
    .bind(of.version)
    .bind(path)
    .fetch_optional(db.reader())
    .await?;
    row.map(|row| Ok((BundleFile::from_row(&row)?, row.try_get("body")?))).transpose()
}
