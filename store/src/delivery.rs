//! What became of the money: what a town tells, step by step, once its result is public.
//!
//! Refuses to change or erase what was told: a correction is a further row. Refuses to tell anything of a cycle whose result
//! is not public, because it would tell the result.

use crate::cycle::Cycle;
use crate::{Db, Error, Result, Translated};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use tally::Minor;
use tally::delivery::{Stand, Step};

/// One thing that was told.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// A UUID.
    pub delivery_id: String,
    /// Which step.
    pub step: Step,
    /// Its sum, in all.
    pub amount: Minor,
    /// When it happened, as `YYYY-MM-DD`.
    pub day: String,
    /// The address of a public document, or empty.
    pub document: String,
    /// What the town adds.
    pub note: Translated,
    /// When it was told.
    pub told_at: Timestamp,
}

impl Delivery {
    fn from_row(row: &AnyRow) -> Result<Self> {
        let step: &str = row.try_get("step")?;
        let told_at = Timestamp::from_microsecond(row.try_get("told_at")?);
        Ok(Self {
            delivery_id: row.try_get("delivery_id")?,
            step: Step::parse(step)
                .ok_or_else(|| Error::Decode(format!("step holds the unknown word {step:?}").into()))?,
            amount: Minor::new(row.try_get("amount_minor")?),
            day: row.try_get("day")?,
            document: row.try_get("document")?,
            note: Translated::from_json(row.try_get("note")?)?,
            told_at: told_at.map_err(|error| Error::Decode(error.into()))?,
        })
    }
}

/// Where a project stands by all that was told of it, in the order in which it was.
#[must_use]
pub fn stand(told: &[Delivery]) -> Option<Stand> {
    Stand::of(told.iter().map(|delivery| (delivery.step, delivery.amount)))
}

/// Something told, with the project that it is about.
#[derive(Clone, Debug)]
pub struct Located {
    /// What was told.
    pub delivery: Delivery,
    /// The slug of the cycle.
    pub cycle: String,
    /// Its currency.
    pub currency: String,
    /// The slug of the project.
    pub project: String,
    /// The name of the project.
    pub project_title: Translated,
}

/// Tells a step of a project of the cycle, whose money is on its way from then on; false while the result is not public,
/// and in an archive. The same id again is the same form sent twice, and changes nothing. The officer's id is kept and not
/// shown.
///
/// # Errors
/// The database's.
pub async fn tell(
    db: &Db,
    cycle: &Cycle,
    project_id: &str,
    delivery: &Delivery,
    officer_id: &str,
) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    let done = sqlx::query(
        "update cycle set version = version + 1, phase = 'delivering'
         where cycle_id = $1 and phase in ('published', 'delivering') and published_at <= $2",
    )
    .bind(&cycle.cycle_id)
    .bind(delivery.told_at.as_microsecond())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "insert into delivery (delivery_id, project_id, step, amount_minor, day, document, note, officer_id, told_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (delivery_id) do nothing",
    )
    .bind(&delivery.delivery_id)
    .bind(project_id)
    .bind(delivery.step.as_str())
    .bind(delivery.amount.get())
    .bind(&delivery.day)
    .bind(&delivery.document)
    .bind(delivery.note.to_json())
    .bind(officer_id)
    .bind(delivery.told_at.as_microsecond())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// All that was told of a project, in the order in which it was.
///
/// # Errors
/// The database's.
pub async fn of_project(db: &Db, project_id: &str) -> Result<Vec<Delivery>> {
    let rows = sqlx::query(
        "select delivery_id, step, amount_minor, day, document, note, told_at from delivery
         where project_id = $1 order by told_at, delivery_id",
    )
    .bind(project_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(Delivery::from_row).collect()
}

/// All that was told of the projects of a cycle, by project id, each in the order in which it was.
///
/// # Errors
/// The database's.
pub async fn of_cycle(db: &Db, cycle_id: &str) -> Result<HashMap<String, Vec<Delivery>>> {
    let rows = sqlx::query(
        "select delivery.project_id, delivery_id, step, amount_minor, day, document, note, told_at
         from delivery join project on project.project_id = delivery.project_id
         where project.cycle_id = $1 order by told_at, delivery_id",
    )
    .bind(cycle_id)
    .fetch_all(db.reader())
    .await?;
    let mut all: HashMap<String, Vec<Delivery>> = HashMap::new();
    for row in &rows {
        all.entry(row.try_get("project_id")?).or_default().push(Delivery::from_row(row)?);
    }
    Ok(all)
}

/// What a town told last of all its projects, newest first, at most this many.
///
/// # Errors
/// The database's.
pub async fn of_town(db: &Db, municipality_id: &str, most: i64) -> Result<Vec<Located>> {
    let rows = sqlx::query(
        "select delivery_id, step, amount_minor, day, document, note, told_at, cycle.slug as cycle, cycle.currency,
                project.slug as project, project.title as project_title
         from delivery
         join project on project.project_id = delivery.project_id
         join cycle on cycle.cycle_id = project.cycle_id
         where cycle.municipality_id = $1
         order by told_at desc, delivery_id desc limit $2",
    )
    .bind(municipality_id)
    .bind(most)
    .fetch_all(db.reader())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Located {
                delivery: Delivery::from_row(row)?,
                cycle: row.try_get("cycle")?,
                currency: row.try_get("currency")?,
                project: row.try_get("project")?,
                project_title: Translated::from_json(row.try_get("project_title")?)?,
            })
        })
        .collect()
}
