//! Incidents: what went wrong in a cycle, as the town tells it, dated and public.
//!
//! Refuses to change or erase one: a correction is a new entry.

use crate::{Db, Error, Result, Translated};
use jiff::Timestamp;
use sqlx::Row;

/// One entry.
#[derive(Clone, Debug)]
pub struct Incident {
    /// What happened, whom it concerns, what to do.
    pub body: Translated,
    /// When it was told.
    pub told_at: Timestamp,
}

/// Tells an incident, for good. `incident_id` is a UUIDv7; the officer's id is kept and not shown.
///
/// # Errors
/// The database's.
pub async fn tell(
    db: &Db,
    incident_id: &str,
    cycle_id: &str,
    incident: &Incident,
    officer_id: &str,
) -> Result<()> {
    sqlx::query(
        "insert into incident (incident_id, cycle_id, body, officer_id, told_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(incident_id)
    .bind(cycle_id)
    .bind(incident.body.to_json())
    .bind(officer_id)
    .bind(incident.told_at.as_microsecond())
    .execute(db.writer())
    .await?;
    Ok(())
}

/// The incidents of a cycle, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_cycle(db: &Db, cycle_id: &str) -> Result<Vec<Incident>> {
    let rows = sqlx::query(
        "select body, told_at from incident where cycle_id = $1 order by told_at desc, incident_id desc",
    )
    .bind(cycle_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter()
        .map(|row| {
            let told_at = Timestamp::from_microsecond(row.try_get("told_at")?);
            Ok(Incident {
                body: Translated::from_json(row.try_get("body")?)?,
                told_at: told_at.map_err(|error| Error::Decode(error.into()))?,
            })
        })
        .collect()
}
