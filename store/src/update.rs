//! What a town tells about its projects, from their first day to their last.
//!
//! Nothing that was published is rewritten or taken back: a correction is a further version, beside what it corrects.
//! Refuses to write into an archived cycle, and nothing else: updates are no rules, so the opening does not freeze them.

use crate::cycle::Cycle;
use crate::{Db, Error, Result, Transaction, Translated};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Something that was said, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is about.
    pub title: Translated,
    /// Paragraphs, separated by blank lines.
    pub body: Translated,
}

/// One update.
#[derive(Clone, Debug)]
pub struct Update {
    /// A UUID.
    pub update_id: String,
    /// When it was first said.
    pub published_at: Timestamp,
    /// What is said now.
    pub now: Words,
    /// When that was written: later than `published_at` where it was corrected.
    pub written_at: Timestamp,
    /// What was said before, the last first, each with when it was written.
    pub before: Vec<(Timestamp, Words)>,
}

/// An update with the project that it is about.
#[derive(Clone, Debug)]
pub struct Located {
    /// What is said.
    pub update: Update,
    /// The slug of the cycle.
    pub cycle: String,
    /// The slug of the project.
    pub project: String,
    /// The name of the project.
    pub project_title: Translated,
}

/// A version as stored: when it was written, and its words.
fn version(row: &AnyRow) -> Result<(Timestamp, Words)> {
    let title = Translated::from_json(row.try_get("title")?)?;
    let body = Translated::from_json(row.try_get("body")?)?;
    Ok((instant(row, "written_at")?, Words { title, body }))
}

fn instant(row: &AnyRow, column: &str) -> Result<Timestamp> {
    Timestamp::from_microsecond(row.try_get(column)?).map_err(|error| Error::Decode(error.into()))
}

/// Rows of versions, all of an update together and its last version first, as updates.
fn gather(rows: &[AnyRow]) -> Result<Vec<(&AnyRow, Update)>> {
    let mut all: Vec<(&AnyRow, Update)> = Vec::new();
    for row in rows {
        let update_id: String = row.try_get("update_id")?;
        let (written_at, words) = version(row)?;
        match all.last_mut() {
            Some((_, last)) if last.update_id == update_id => last.before.push((written_at, words)),
            _ => {
                let published_at = instant(row, "published_at")?;
                all.push((
                    row,
                    Update { update_id, published_at, now: words, written_at, before: Vec::new() },
                ));
            }
        }
    }
    Ok(all)
}

/// The updates of a project, newest first.
///
/// # Errors
/// The database's.
pub async fn of_project(db: &Db, project_id: &str) -> Result<Vec<Update>> {
    let rows = sqlx::query(
        "select project_update.update_id, published_at, project_update_version.title, project_update_version.body, written_at
         from project_update join project_update_version on project_update_version.update_id = project_update.update_id
         where project_id = $1
         order by published_at desc, project_update.update_id desc, version desc",
    )
    .bind(project_id)
    .fetch_all(db.reader())
    .await?;
    Ok(gather(&rows)?.into_iter().map(|(_, update)| update).collect())
}

/// The latest updates of all public cycles of a town, newest first, at most this many.
///
/// # Errors
/// The database's.
pub async fn of_town(db: &Db, municipality_id: &str, most: i64) -> Result<Vec<Located>> {
    let rows = sqlx::query(
        "select latest.update_id, latest.published_at, project_update_version.title, project_update_version.body, written_at,
                latest.cycle, latest.project, latest.project_title
         from (select project_update.update_id, project_update.published_at, cycle.slug as cycle, project.slug as project,
                      project.title as project_title
               from project_update
               join project on project.project_id = project_update.project_id
               join cycle on cycle.cycle_id = project.cycle_id
               where cycle.municipality_id = $1 and cycle.phase <> 'draft'
               order by project_update.published_at desc, project_update.update_id desc
               limit $2) latest
         join project_update_version on project_update_version.update_id = latest.update_id
         order by latest.published_at desc, latest.update_id desc, version desc",
    )
    .bind(municipality_id)
    .bind(most)
    .fetch_all(db.reader())
    .await?;
    let located = |(row, update): (&AnyRow, Update)| -> Result<Located> {
        Ok(Located {
            update,
            cycle: row.try_get("cycle")?,
            project: row.try_get("project")?,
            project_title: Translated::from_json(row.try_get("project_title")?)?,
        })
    };
    gather(&rows)?.into_iter().map(located).collect()
}

/// Publishes an update about a project of the cycle; false once the cycle is archived. The same id again is the
/// same form sent twice, and changes nothing.
///
/// # Errors
/// The database's.
pub async fn publish(
    db: &Db,
    cycle: &Cycle,
    project_id: &str,
    (update_id, words): (&str, &Words),
    now: Timestamp,
) -> Result<bool> {
    let Some(mut tx) = begin_unarchived(db, cycle).await? else { return Ok(false) };
    let done = sqlx::query(
        "insert into project_update (update_id, project_id, published_at) values ($1, $2, $3)
         on conflict (update_id) do nothing",
    )
    .bind(update_id)
    .bind(project_id)
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 1 {
        insert_version(&mut tx, (update_id, 1), words, now).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Corrects an update of the project; false once the cycle is archived. The same words again, and an id that is
/// not of this project, change nothing.
///
/// # Errors
/// The database's.
pub async fn correct(
    db: &Db,
    cycle: &Cycle,
    project_id: &str,
    (update_id, words): (&str, &Words),
    now: Timestamp,
) -> Result<bool> {
    let Some(mut tx) = begin_unarchived(db, cycle).await? else { return Ok(false) };
    let last = sqlx::query(
        "select version, title, body, written_at
         from project_update_version join project_update on project_update.update_id = project_update_version.update_id
         where project_update.update_id = $1 and project_id = $2
         order by version desc limit 1",
    )
    .bind(update_id)
    .bind(project_id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(last) = last else { return Ok(true) };
    if version(&last)?.1 == *words {
        return Ok(true);
    }
    let number: i64 = last.try_get("version")?;
    insert_version(&mut tx, (update_id, number + 1), words, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn insert_version(
    tx: &mut Transaction<'_>,
    (update_id, version): (&str, i64),
    words: &Words,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "insert into project_update_version (update_id, version, title, body, written_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(update_id)
    .bind(version)
    .bind(words.title.to_json())
    .bind(words.body.to_json())
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Erases the updates of a project that is taken out.
pub(crate) async fn forget_of(tx: &mut Transaction<'_>, project_id: &str) -> Result<()> {
    for erase in [
        "delete from project_update_version where update_id in (select update_id from project_update where project_id = $1)",
        "delete from project_update where project_id = $1",
    ] {
        sqlx::query(erase).bind(project_id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A transaction that has written the cycle's row first, so that versions queue; none once it is archived.
async fn begin_unarchived<'a>(db: &'a Db, cycle: &Cycle) -> Result<Option<Transaction<'a>>> {
    let mut tx = db.writer().begin().await?;
    let done =
        sqlx::query("update cycle set version = version + 1 where cycle_id = $1 and phase <> 'archived'")
            .bind(&cycle.cycle_id)
            .execute(&mut *tx)
            .await?;
    Ok((done.rows_affected() == 1).then_some(tx))
}
