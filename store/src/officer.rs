//! Officers and their roles in towns.
//!
//! Stores password hashes as it is given them; making and checking them is not its business.

use crate::{Db, Result};
use jiff::Timestamp;
use sqlx::Row;

/// A member of a municipality's staff.
#[derive(Clone, Debug)]
pub struct Officer {
    /// UUIDv7.
    pub officer_id: String,
    /// Lower-case address, the name to sign in with.
    pub mail: String,
    /// What colleagues call them.
    pub name: String,
}

/// What an officer may do in a town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs cycles: projects, roll, opening, close, count, publication.
    Manager,
    /// Examines projects.
    Reviewer,
    /// Helps people in person.
    Desk,
    /// Keys in paper ballots.
    Teller,
}

impl Role {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Reviewer => "reviewer",
            Self::Desk => "desk",
            Self::Teller => "teller",
        }
    }

    fn from_str(text: &str) -> Option<Self> {
        [Self::Manager, Self::Reviewer, Self::Desk, Self::Teller]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// Adds an officer, or, where the address is known, leaves name and password as they are; then grants the role.
/// True when the officer is new.
///
/// # Errors
/// The database's.
pub async fn add(
    db: &Db,
    officer: &Officer,
    password_hash: &str,
    grant: (&str, Role),
    now: Timestamp,
) -> Result<bool> {
    let (municipality_id, role) = grant;
    let mut tx = db.writer().begin().await?;
    let added = sqlx::query(
        "insert into officer (officer_id, mail, name, password_hash, created_at) values ($1, $2, $3, $4, $5)
         on conflict (mail) do nothing",
    )
    .bind(&officer.officer_id)
    .bind(&officer.mail)
    .bind(&officer.name)
    .bind(password_hash)
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "insert into officer_role (officer_id, municipality_id, role, granted_at)
         select officer_id, $2, $3, $4 from officer where mail = $1
         on conflict (officer_id, municipality_id, role) do nothing",
    )
    .bind(&officer.mail)
    .bind(municipality_id)
    .bind(role.as_str())
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(added.rows_affected() == 1)
}

/// The officer who signs in with this address, and the hash to check the password against.
///
/// # Errors
/// The database's.
pub async fn by_mail(db: &Db, mail: &str) -> Result<Option<(Officer, String)>> {
    let row = sqlx::query(
        "select officer_id, mail, name, password_hash from officer where mail = $1 and disabled_at is null",
    )
    .bind(mail)
    .fetch_optional(db.reader())
    .await?;
    row.map(|row| {
        let officer = Officer {
            officer_id: row.try_get("officer_id")?,
            mail: row.try_get("mail")?,
            name: row.try_get("name")?,
        };
        Ok((officer, row.try_get("password_hash")?))
    })
    .transpose()
}

/// The towns in which an officer has a role: (slug of the town, role).
///
/// # Errors
/// The database's.
pub async fn roles(db: &Db, officer_id: &str) -> Result<Vec<(String, Role)>> {
    let rows = sqlx::query(
        "select municipality.slug, officer_role.role from officer_role
         join municipality on municipality.municipality_id = officer_role.municipality_id
         where officer_role.officer_id = $1 order by municipality.name, officer_role.role",
    )
    .bind(officer_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter()
        .filter_map(|row| {
            let role = row.try_get("role").map(Role::from_str).transpose()?;
            Some(role.and_then(|role| Ok((row.try_get("slug")?, role))))
        })
        .collect()
}
