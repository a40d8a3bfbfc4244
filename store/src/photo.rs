//! Photographs of projects, in the sizes that pages ask for.
//!
//! Takes only what was written anew from pixels (`app::photo` does that), and only as long as voting has not opened: a
//! picture is part of what people vote on.

use crate::cycle::{self, Cycle};
use crate::project::Writing;
use crate::{Db, Result, Transaction, Translated};
use sqlx::Row;

/// The widths that a photograph is kept in, as far as it is that wide.
pub const WIDTHS_PX: [u32; 3] = [480, 960, 1600];

/// A photograph as pages need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// SHA-256 of its largest size.
    pub photo_hash: String,
    /// Of the largest size.
    pub width_px: u32,
    /// Of the largest size.
    pub height_px: u32,
}

impl Photo {
    /// The widths it can be had in, smallest first.
    pub fn widths(&self) -> impl Iterator<Item = u32> {
        WIDTHS_PX.into_iter().filter(|width| *width < self.width_px).chain([self.width_px])
    }

    /// The address of one of its sizes.
    #[must_use]
    pub fn address(&self, width_px: u32) -> String {
        format!("/pictures/{}-{width_px}.jpg", self.photo_hash)
    }
}

/// A photograph to be kept.
pub struct NewPhoto {
    /// What pages will know of it.
    pub photo: Photo,
    /// Its sizes as JPEG: width and bytes.
    pub sizes: Vec<(u32, Vec<u8>)>,
}

/// Gives a project a photograph in the place of the picture it had.
///
/// # Errors
/// The database's.
pub async fn set(
    db: &Db,
    cycle: &Cycle,
    project_id: &str,
    (new, alt): (&NewPhoto, &Translated),
) -> Result<Writing> {
    let mut tx = db.writer().begin().await?;
    if !cycle::lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(Writing::Frozen);
    }
    sqlx::query(
        "insert into photo (photo_hash, width_px, height_px) values ($1, $2, $3) on conflict (photo_hash) do nothing",
    )
    .bind(&new.photo.photo_hash)
    .bind(i64::from(new.photo.width_px))
    .bind(i64::from(new.photo.height_px))
    .execute(&mut *tx)
    .await?;
    for (width_px, body) in &new.sizes {
        sqlx::query(
            "insert into photo_size (photo_hash, width_px, body) values ($1, $2, $3)
             on conflict (photo_hash, width_px) do nothing",
        )
        .bind(&new.photo.photo_hash)
        .bind(i64::from(*width_px))
        .bind(body.as_slice())
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "update project set photo_hash = $3, picture_hash = null, picture_alt = $4
         where project_id = $1 and cycle_id = $2",
    )
    .bind(project_id)
    .bind(&cycle.cycle_id)
    .bind(&new.photo.photo_hash)
    .bind(alt.to_json())
    .execute(&mut *tx)
    .await?;
    forget_unused(&mut tx).await?;
    tx.commit().await?;
    Ok(Writing::Written)
}

/// Says the picture of a project in other words.
///
/// # Errors
/// The database's.
pub async fn describe(db: &Db, cycle: &Cycle, project_id: &str, alt: &Translated) -> Result<Writing> {
    let mut tx = db.writer().begin().await?;
    if !cycle::lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(Writing::Frozen);
    }
    sqlx::query("update project set picture_alt = $3 where project_id = $1 and cycle_id = $2")
        .bind(project_id)
        .bind(&cycle.cycle_id)
        .bind(alt.to_json())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Writing::Written)
}

/// Takes a project's picture away.
///
/// # Errors
/// The database's.
pub async fn remove(db: &Db, cycle: &Cycle, project_id: &str) -> Result<Writing> {
    let mut tx = db.writer().begin().await?;
    if !cycle::lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(Writing::Frozen);
    }
    sqlx::query(
        "update project set photo_hash = null, picture_hash = null, picture_alt = $3
         where project_id = $1 and cycle_id = $2",
    )
    .bind(project_id)
    .bind(&cycle.cycle_id)
    .bind(Translated::default().to_json())
    .execute(&mut *tx)
    .await?;
    forget_unused(&mut tx).await?;
    tx.commit().await?;
    Ok(Writing::Written)
}

/// Erases photographs that no project shows any more.
pub(crate) async fn forget_unused(tx: &mut Transaction<'_>) -> Result<()> {
    for erase in [
        "delete from photo_size
         where not exists (select 1 from project where project.photo_hash = photo_size.photo_hash)",
        "delete from photo where not exists (select 1 from project where project.photo_hash = photo.photo_hash)",
    ] {
        sqlx::query(erase).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A size of a photograph: the bytes of a JPEG.
///
/// # Errors
/// The database's.
pub async fn file(db: &Db, photo_hash: &str, width_px: u32) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query("select body from photo_size where photo_hash = $1 and width_px = $2")
        .bind(photo_hash)
        .bind(i64::from(width_px))
        .fetch_optional(db.reader())
        .await?;
    row.map(|row| row.try_get("body")).transpose()
}
