//! All SQL of the house, one file a noun, one text for SQLite and PostgreSQL, and the key files beside it.
//!
//! Knows no HTML and no HTTP, takes time, chance and ids as arguments, and counts nothing: that is `tally`'s.
//! A transaction that reads in order to decide starts by writing the row that it protects.

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};
use std::str::FromStr;
use std::time::Duration;

pub mod account;
pub mod ballot;
mod bulk;
pub mod bundle;
pub mod claim;
pub mod comparison;
pub mod cycle;
pub mod delivery;
pub mod incident;
pub mod keys;
pub mod legal_notice;
pub mod mail;
pub mod municipality;
pub mod officer;
pub mod outcome;
pub mod photo;
pub mod project;
pub mod reminder;
pub mod roll;
pub mod session;
pub mod translated;
pub mod update;

pub use sqlx::Error;
pub use translated::Translated;

/// What every function of this crate answers: a value, or the database's own error.
pub type Result<T> = std::result::Result<T, Error>;

/// One transaction on either database.
type Transaction<'a> = sqlx::Transaction<'a, sqlx::Any>;

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The database. On SQLite the writer is a single connection, so that writes queue here and not on a lock;
/// on PostgreSQL both are pools, so that a long write leaves readers their connections.
#[derive(Clone, Debug)]
pub struct Db {
    writer: AnyPool,
    reader: AnyPool,
}

/// What each SQLite connection is told. `synchronous = full` is the promise that "recorded" means on disk;
/// `secure_delete` overwrites what is erased at the close.
const SQLITE_PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
                              pragma busy_timeout = 10000; pragma secure_delete = on";

impl Db {
    /// Opens `sqlite://PATH` (made when absent) or `postgres://…`, without migrating.
    ///
    /// # Errors
    /// When the address is not one of these, or the database cannot be reached.
    pub async fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let url = if sqlite && !url.contains('?') { format!("{url}?mode=rwc") } else { url.to_owned() };
        let options = AnyConnectOptions::from_str(&url)?;
        let pool = |connections: u32| {
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(30))
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        if connection.backend_name() == SQLITE {
                            connection.execute(SQLITE_PRAGMAS).await?;
                        }
                        Ok(())
                    })
                })
                .connect_with(options.clone())
        };
        if sqlite {
            let writer = pool(1).await?;
            Ok(Self { writer, reader: pool(4).await? })
        } else {
            // Apart, so that a long write leaves readers their connections.
            let writer = pool(12).await?;
            Ok(Self { writer, reader: pool(12).await? })
        }
    }

    /// Brings the schema up to date; harmless when it is.
    ///
    /// # Errors
    /// When a migration fails or the schema is newer than this program.
    pub async fn migrate(&self) -> std::result::Result<(), sqlx::migrate::MigrateError> {
        MIGRATOR.run(&self.writer).await
    }

    /// Whether the database answers and its schema is the one this program was built for.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ready(&self) -> Result<bool> {
        let applied: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
            .fetch_one(&self.reader)
            .await?;
        Ok(usize::try_from(applied) == Ok(MIGRATOR.iter().count()))
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Sees to it that what the close erased is not left in the database's files: empties SQLite's write-ahead log,
    /// rewrites PostgreSQL's tables without their dead rows. False when a reader was in the way for too long; then it
    /// has to be asked again.
    async fn forget_erased(&self) -> Result<bool> {
        let near_ballots =
            ["ballot_line", "ballot_version", "ballot", "participation", "session", "reminder", "mail"];
        self.forget(&near_ballots).await
    }

    /// The same for an account that was erased. Where a reader is in the way, the next writes overwrite what is left of it
    /// in SQLite's log.
    async fn forget_account(&self) -> Result<()> {
        let of_account = [
            "account_session",
            "account_link",
            "account_entry",
            "account_receipt",
            "account",
            "reminder",
            "mail",
        ];
        self.forget(&of_account).await.map(drop)
    }

    /// The same for a receipt that was taken out of an account.
    async fn forget_receipt(&self) -> Result<()> {
        self.forget(&["account_receipt"]).await.map(drop)
    }

    async fn forget(&self, tables: &[&'static str]) -> Result<bool> {
        let mut writer = self.writer.acquire().await?;
        if writer.backend_name() == SQLITE {
            let busy: i64 =
                sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(&mut *writer).await?.try_get(0)?;
            return Ok(busy == 0);
        }
        for table in tables {
            writer.execute(AssertSqlSafe(format!("vacuum full {table}"))).await?;
        }
        Ok(true)
    }

    /// The pool for statements that write.
    fn writer(&self) -> &AnyPool {
        &self.writer
    }

    /// The pool for statements that only read.
    fn reader(&self) -> &AnyPool {
        &self.reader
    }
}

/// The name that sqlx gives the SQLite backend of an "any" connection.
const SQLITE: &str = "SQLite";

/// Lower-case hexadecimal, the form in which hashes and keys are stored.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_sqlite_connection_keeps_its_promises() {
        let file = std::env::temp_dir().join(format!("ecot-pragmas-{}.db", std::process::id()));
        let db = Db::open(&format!("sqlite://{}", file.display())).await.unwrap();
        for pool in [db.writer(), db.reader()] {
            for (pragma, expected) in
                [("pragma synchronous", 2_i64), ("pragma foreign_keys", 1), ("pragma secure_delete", 1)]
            {
                let value: i64 = sqlx::query_scalar(pragma).fetch_one(pool).await.unwrap();
                assert_eq!(value, expected, "{pragma}");
            }
            let journal: String = sqlx::query_scalar("pragma journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!(journal, "wal");
        }
        db.close().await;
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
    }
}
