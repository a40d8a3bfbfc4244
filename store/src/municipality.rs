//! Municipalities and the words by which each sorts its projects.

use crate::{Db, Result, Transaction, Translated};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A town hall that publishes cycles.
#[derive(Clone, Debug)]
pub struct Municipality {
    /// UUIDv7.
    pub municipality_id: String,
    /// The first part of its addresses.
    pub slug: String,
    /// Its proper name, the same in every language.
    pub name: String,
    /// ISO 3166-1 alpha-2, or the country's name where a file gives only that.
    pub country: String,
    /// IANA time zone in which its closing hours are said.
    pub time_zone: String,
    /// Two or three sentences.
    pub about: Translated,
    /// Where people find help; empty where there is none.
    pub help_phone: String,
    /// A mail address, or empty.
    pub help_mail: String,
    /// Where the desk is and when it is open.
    pub help_desk: Translated,
    /// The colour that it asked for, as `#rrggbb`; none where Écot's own will do.
    pub accent: Option<String>,
}

impl Municipality {
    fn from_row(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            municipality_id: row.try_get("municipality_id")?,
            slug: row.try_get("slug")?,
            name: row.try_get("name")?,
            country: row.try_get("country")?,
            time_zone: row.try_get("time_zone")?,
            about: Translated::from_json(row.try_get("about")?)?,
            help_phone: row.try_get("help_phone")?,
            help_mail: row.try_get("help_mail")?,
            help_desk: Translated::from_json(row.try_get("help_desk")?)?,
            accent: row.try_get("accent")?,
        })
    }
}

/// Adds a municipality; false when its slug is taken.
///
/// # Errors
/// The database's.
pub async fn add(db: &Db, town: &Municipality, now: Timestamp) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    let added = insert(&mut tx, town, now).await?;
    tx.commit().await?;
    Ok(added)
}

/// The same within a transaction of the caller's.
pub(crate) async fn insert(tx: &mut Transaction<'_>, town: &Municipality, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "insert into municipality (municipality_id, slug, name, country, time_zone, about,
                                   help_phone, help_mail, help_desk, accent, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (slug) do nothing",
    )
    .bind(&town.municipality_id)
    .bind(&town.slug)
    .bind(&town.name)
    .bind(&town.country)
    .bind(&town.time_zone)
    .bind(town.about.to_json())
    .bind(&town.help_phone)
    .bind(&town.help_mail)
    .bind(town.help_desk.to_json())
    .bind(&town.accent)
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// All municipalities, by name.
///
/// # Errors
/// The database's.
pub async fn all(db: &Db) -> Result<Vec<Municipality>> {
    let rows = sqlx::query(
        "select municipality_id, slug, name, country, time_zone, about, help_phone, help_mail, help_desk, accent
         from municipality order by name, slug",
    )
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(Municipality::from_row).collect()
}

/// The municipality at `/{slug}`.
///
/// # Errors
/// The database's.
pub async fn by_slug(db: &Db, slug: &str) -> Result<Option<Municipality>> {
    let row = sqlx::query(
        "select municipality_id, slug, name, country, time_zone, about, help_phone, help_mail, help_desk, accent
         from municipality where slug = $1",
    )
    .bind(slug)
    .fetch_optional(db.reader())
    .await?;
    row.as_ref().map(Municipality::from_row).transpose()
}

/// Gives the town's pages a colour, or with none Écot's own.
///
/// # Errors
/// The database's.
pub async fn set_accent(db: &Db, municipality_id: &str, accent: Option<&str>) -> Result<()> {
    sqlx::query("update municipality set accent = $2 where municipality_id = $1")
        .bind(municipality_id)
        .bind(accent)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// The town's map, as `app::map` writes it; none where it has given no outline.
///
/// # Errors
/// The database's.
pub async fn map(db: &Db, municipality_id: &str) -> Result<Option<String>> {
    sqlx::query_scalar("select map from town_map where municipality_id = $1")
        .bind(municipality_id)
        .fetch_optional(db.reader())
        .await
}

/// Draws the town's map anew, or with none takes it away.
///
/// # Errors
/// The database's.
pub async fn set_map(db: &Db, municipality_id: &str, map: Option<&str>, now: Timestamp) -> Result<()> {
    let query = match map {
        Some(map) => sqlx::query(
            "insert into town_map (municipality_id, map, changed_at) values ($1, $2, $3)
             on conflict (municipality_id) do update set map = excluded.map, changed_at = excluded.changed_at",
        )
        .bind(municipality_id)
        .bind(map)
        .bind(now.as_microsecond()),
        None => sqlx::query("delete from town_map where municipality_id = $1").bind(municipality_id),
    };
    query.execute(db.writer()).await?;
    Ok(())
}

/// A category or a district: a word of the town's.
#[derive(Clone, Debug)]
pub struct Label {
    /// UUIDv7.
    pub label_id: String,
    /// Unique in the town.
    pub slug: String,
    /// What people read.
    pub name: Translated,
}

impl Label {
    fn from_row(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            label_id: row.try_get("label_id")?,
            slug: row.try_get("slug")?,
            name: Translated::from_json(row.try_get("name")?)?,
        })
    }
}

/// The town's categories, by slug.
///
/// # Errors
/// The database's.
pub async fn categories(db: &Db, municipality_id: &str) -> Result<Vec<Label>> {
    let rows = sqlx::query(
        "select category_id as label_id, slug, name from category where municipality_id = $1 order by slug",
    )
    .bind(municipality_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(Label::from_row).collect()
}

/// The town's districts, by slug.
///
/// # Errors
/// The database's.
pub async fn districts(db: &Db, municipality_id: &str) -> Result<Vec<Label>> {
    let rows = sqlx::query(
        "select district_id as label_id, slug, name from district where municipality_id = $1 order by slug",
    )
    .bind(municipality_id)
    .fetch_all(db.reader())
    .await?;
    rows.iter().map(Label::from_row).collect()
}

/// The id of the category with this slug, added under `label` when the town has none.
pub(crate) async fn category_id(
    tx: &mut Transaction<'_>,
    municipality_id: &str,
    label: &Label,
) -> Result<String> {
    sqlx::query(
        "insert into category (category_id, municipality_id, slug, name) values ($1, $2, $3, $4)
         on conflict (municipality_id, slug) do nothing",
    )
    .bind(&label.label_id)
    .bind(municipality_id)
    .bind(&label.slug)
    .bind(label.name.to_json())
    .execute(&mut **tx)
    .await?;
    sqlx::query_scalar("select category_id from category where municipality_id = $1 and slug = $2")
        .bind(municipality_id)
        .bind(&label.slug)
        .fetch_one(&mut **tx)
        .await
}

/// The id of the district with this slug, added under `label` when the town has none.
pub(crate) async fn district_id(
    tx: &mut Transaction<'_>,
    municipality_id: &str,
    label: &Label,
) -> Result<String> {
    sqlx::query(
        "insert into district (district_id, municipality_id, slug, name) values ($1, $2, $3, $4)
         on conflict (municipality_id, slug) do nothing",
    )
    .bind(&label.label_id)
    .bind(municipality_id)
    .bind(&label.slug)
    .bind(label.name.to_json())
    .execute(&mut **tx)
    .await?;
    sqlx::query_scalar("select district_id from district where municipality_id = $1 and slug = $2")
        .bind(municipality_id)
        .bind(&label.slug)
        .fetch_one(&mut **tx)
        .await
}
