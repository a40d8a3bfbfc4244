//! Projects of a cycle: what people read about them, and what the count needs of them.

use crate::cycle::{self, Cycle};
use crate::municipality::{self, Label};
use crate::photo::{self, Photo};
use crate::{Db, Result, Transaction, Translated, hex, update};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::any::AnyRow;
use tally::Minor;

/// Every way of funding a common good that a town may choose for a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One-off; partial sums between floor and ceiling are welcome.
    Grant,
    /// All or nothing.
    Threshold,
    /// A running need, per month.
    Monthly,
    /// Repayable without interest.
    Advance,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Grant, Self::Threshold, Self::Monthly, Self::Advance];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Threshold => "threshold",
            Self::Monthly => "monthly",
            Self::Advance => "advance",
        }
    }

    /// From its stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A place on the map, in millionths of a degree (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// North is positive.
    pub latitude_microdegrees: i64,
    /// East is positive.
    pub longitude_microdegrees: i64,
}

/// A project as its pages show it.
#[derive(Clone, Debug)]
pub struct Project {
    /// UUIDv7.
    pub project_id: String,
    /// The last part of its address.
    pub slug: String,
    /// Its name in the count: the slug, or the id that an imported file gives it.
    pub count_id: String,
    /// How it is funded.
    pub kind: Kind,
    /// What it is about.
    pub category: Option<Translated>,
    /// The town's word for that in an address.
    pub category_slug: Option<String>,
    /// Where in the town.
    pub district: Option<Translated>,
    /// The town's word for that in an address.
    pub district_slug: Option<String>,
    /// The name of the place, or empty.
    pub place_name: Translated,
    /// Where that is.
    pub point: Option<Point>,
    /// Who carries it.
    pub holder: String,
    /// The least with which it can go ahead.
    pub floor: Minor,
    /// Its full cost.
    pub ceiling: Minor,
    /// The least number of ballots that must have given to it, where it has its own.
    pub min_supporters: Option<u32>,
    /// Its name.
    pub title: Translated,
    /// One sentence.
    pub summary: Translated,
    /// Paragraphs, separated by blank lines.
    pub body: Translated,
    /// The picture's hash, which is its address.
    pub picture_hash: Option<String>,
    /// A photograph, in the place of the picture.
    pub photo: Option<Photo>,
    /// Picture or photograph in words.
    pub picture_alt: Translated,
    /// What the city itself decided, where an imported file says so.
    pub official: Option<bool>,
}

/// What the money pays for.
#[derive(Clone, Debug)]
pub struct BudgetLine {
    /// The item.
    pub label: Translated,
    /// Its cost.
    pub amount: Minor,
}

/// A project to be written, in the words of whoever writes it.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// UUIDv7.
    pub project_id: String,
    /// See [`Project`].
    pub slug: String,
    /// See [`Project`].
    pub count_id: String,
    /// See [`Project`].
    pub kind: Kind,
    /// The town's label with this slug is used, or this one is added.
    pub category: Option<Label>,
    /// Likewise.
    pub district: Option<Label>,
    /// See [`Project`].
    pub place_name: Translated,
    /// See [`Project`].
    pub point: Option<Point>,
    /// See [`Project`].
    pub holder: String,
    /// See [`Project`].
    pub floor: Minor,
    /// See [`Project`].
    pub ceiling: Minor,
    /// See [`Project`].
    pub title: Translated,
    /// See [`Project`].
    pub summary: Translated,
    /// See [`Project`].
    pub body: Translated,
    /// An SVG, already checked by whoever brings it.
    pub picture_svg: Option<Vec<u8>>,
    /// See [`Project`].
    pub picture_alt: Translated,
    /// What the money pays for, in order.
    pub budget: Vec<BudgetLine>,
    /// See [`Project`].
    pub official: Option<bool>,
}

impl Project {
    fn from_row(row: &AnyRow) -> Result<Self> {
        let kind: &str = row.try_get("kind")?;
        let label = |column: &str| -> Result<Option<Translated>> {
            row.try_get::<Option<&str>, _>(column)?.map(Translated::from_json).transpose()
        };
        let latitude: Option<i64> = row.try_get("latitude")?;
        let longitude: Option<i64> = row.try_get("longitude")?;
        Ok(Self {
            project_id: row.try_get("project_id")?,
            slug: row.try_get("slug")?,
            count_id: row.try_get("count_id")?,
            kind: Kind::parse(kind)
                .ok_or_else(|| crate::Error::Decode(format!("unknown kind {kind:?}").into()))?,
            category: label("category")?,
            category_slug: row.try_get("category_slug")?,
            district: label("district")?,
            district_slug: row.try_get("district_slug")?,
            place_name: Translated::from_json(row.try_get("place_name")?)?,
            point: latitude.zip(longitude).map(|(latitude_microdegrees, longitude_microdegrees)| Point {
                latitude_microdegrees,
                longitude_microdegrees,
            }),
            holder: row.try_get("holder")?,
            floor: Minor::new(row.try_get("floor_minor")?),
            ceiling: Minor::new(row.try_get("ceiling_minor")?),
            min_supporters: row
                .try_get::<Option<i64>, _>("min_supporters")?
                .map(|least| u32::try_from(least).map_err(|error| crate::Error::Decode(error.into())))
                .transpose()?,
            title: Translated::from_json(row.try_get("title")?)?,
            summary: Translated::from_json(row.try_get("summary")?)?,
            body: Translated::from_json(row.try_get("body")?)?,
            picture_hash: row.try_get("picture_hash")?,
            photo: photo(row)?,
            picture_alt: Translated::from_json(row.try_get("picture_alt")?)?,
            official: row.try_get::<Option<&str>, _>("official")?.map(|word| word == "selected"),
        })
    }

    /// What the count needs of it.
    ///
    /// # Panics
    /// Never: the schema keeps floor and ceiling in order.
    #[must_use]
    pub fn to_tally(&self) -> tally::Project {
        tally::Project::new(self.count_id.clone(), self.floor, self.ceiling, self.min_supporters)
            .expect("the schema keeps 0 <= floor <= ceiling")
    }
}

/// The photograph of a project's row.
fn photo(row: &AnyRow) -> Result<Option<Photo>> {
    let Some(photo_hash) = row.try_get::<Option<String>, _>("photo_hash")? else { return Ok(None) };
    let pixels = |column: &str| -> Result<u32> {
        u32::try_from(row.try_get::<i64, _>(column)?).map_err(|error| crate::Error::Decode(error.into()))
    };
    Ok(Some(Photo { photo_hash, width_px: pixels("width_px")?, height_px: pixels("height_px")? }))
}

/// The columns that [`Project::from_row`] reads, and then which rows.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "select project_id, project.slug, count_id, kind, category.name as category, category.slug as category_slug,
                    district.name as district, district.slug as district_slug, place_name, latitude, longitude, holder, floor_minor, ceiling_minor, min_supporters, title, summary, body,
                    picture_hash, picture_alt, official, project.photo_hash, width_px, height_px
             from project
             left join category on category.category_id = project.category_id
             left join district on district.district_id = project.district_id
             left join photo on photo.photo_hash = project.photo_hash ",
            $which
        )
    };
}

/// The projects of a cycle, by slug.
///
/// # Errors
/// The database's.
pub async fn of_cycle(db: &Db, cycle_id: &str) -> Result<Vec<Project>> {
    let rows = sqlx::query(select!("where cycle_id = $1")).bind(cycle_id).fetch_all(db.reader()).await?;
    let mut projects = rows.iter().map(Project::from_row).collect::<Result<Vec<_>>>()?;
    // Here and not in SQL: a database sorts texts by its own language, and this order is published.
    projects.sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
    Ok(projects)
}

/// One project of a cycle, with its budget.
///
/// # Errors
/// The database's.
pub async fn by_slug(db: &Db, cycle_id: &str, slug: &str) -> Result<Option<(Project, Vec<BudgetLine>)>> {
    let row = sqlx::query(select!("where cycle_id = $1 and project.slug = $2"))
        .bind(cycle_id)
        .bind(slug)
        .fetch_optional(db.reader())
        .await?;
    let Some(project) = row.as_ref().map(Project::from_row).transpose()? else { return Ok(None) };
    let lines =
        sqlx::query("select label, amount_minor from budget_line where project_id = $1 order by position")
            .bind(&project.project_id)
            .fetch_all(db.reader())
            .await?;
    let budget = lines
        .iter()
        .map(|line| {
            let label = Translated::from_json(line.try_get("label")?)?;
            Ok(BudgetLine { label, amount: Minor::new(line.try_get("amount_minor")?) })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Some((project, budget)))
}

/// What came of writing a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// It is there.
    Written,
    /// The cycle has another one at this slug.
    SlugTaken,
    /// Voting has opened: what people vote on stays as it is.
    Frozen,
}

/// Adds a project to a cycle that is not open yet.
///
/// # Errors
/// The database's.
pub async fn add(db: &Db, cycle: &Cycle, project: &NewProject, now: Timestamp) -> Result<Writing> {
    let mut tx = db.writer().begin().await?;
    if !cycle::lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(Writing::Frozen);
    }
    if !insert(&mut tx, cycle, project, now).await? {
        return Ok(Writing::SlugTaken);
    }
    tx.commit().await?;
    Ok(Writing::Written)
}

/// Rewrites a project of a cycle that is not open yet; a missing picture leaves the one it has.
///
/// # Errors
/// The database's.
pub async fn edit(db: &Db, cycle: &Cycle, project: &NewProject) -> Result<Writing> {
    let mut tx = db.writer().begin().await?;
    if !cycle::lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(Writing::Frozen);
    }
    let (category_id, district_id) = label_ids(&mut tx, cycle, project).await?;
    let taken = sqlx::query("select 1 from project where cycle_id = $1 and slug = $2 and project_id <> $3")
        .bind(&cycle.cycle_id)
        .bind(&project.slug)
        .bind(&project.project_id)
        .fetch_optional(&mut *tx)
        .await?;
    if taken.is_some() {
        return Ok(Writing::SlugTaken);
    }
    let picture_hash = keep_picture(&mut tx, project).await?;
    sqlx::query(
        "update project
         set slug = $3, kind = $4, category_id = $5, district_id = $6, place_name = $7, latitude = $8, longitude = $9,
             holder = $10, floor_minor = $11, ceiling_minor = $12, title = $13, summary = $14, body = $15,
             picture_hash = coalesce($16, picture_hash), picture_alt = $17, count_id = $18
         where project_id = $1 and cycle_id = $2",
    )
    .bind(&project.project_id)
    .bind(&cycle.cycle_id)
    .bind(&project.slug)
    .bind(project.kind.as_str())
    .bind(category_id)
    .bind(district_id)
    .bind(project.place_name.to_json())
    .bind(project.point.map(|point| point.latitude_microdegrees))
    .bind(project.point.map(|point| point.longitude_microdegrees))
    .bind(&project.holder)
    .bind(project.floor.get())
    .bind(project.ceiling.get())
    .bind(project.title.to_json())
    .bind(project.summary.to_json())
    .bind(project.body.to_json())
    .bind(picture_hash)
    .bind(project.picture_alt.to_json())
    .bind(&project.count_id)
    .execute(&mut *tx)
    .await?;
    sqlx::query("delete from budget_line where project_id = $1")
        .bind(&project.project_id)
        .execute(&mut *tx)
        .await?;
    insert_budget(&mut tx, project).await?;
    tx.commit().await?;
    Ok(Writing::Written)
}

/// Takes a project out of a cycle that is not open yet.
///
/// # Errors
/// The database's.
pub async fn remove(db: &Db, cycle: &Cycle, project_id: &str) -> Result<Writing> {
    let mut tx = db.writer().begin().await?;
    if !cycle::lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(Writing::Frozen);
    }
    update::forget_of(&mut tx, project_id).await?;
    sqlx::query("delete from budget_line where project_id = $1").bind(project_id).execute(&mut *tx).await?;
    sqlx::query("delete from project where project_id = $1 and cycle_id = $2")
        .bind(project_id)
        .bind(&cycle.cycle_id)
        .execute(&mut *tx)
        .await?;
    photo::forget_unused(&mut tx).await?;
    tx.commit().await?;
    Ok(Writing::Written)
}

/// Adds a project within a transaction; false when its slug is taken.
pub(crate) async fn insert(
    tx: &mut Transaction<'_>,
    cycle: &Cycle,
    project: &NewProject,
    now: Timestamp,
) -> Result<bool> {
    let (category_id, district_id) = label_ids(tx, cycle, project).await?;
    let picture_hash = keep_picture(tx, project).await?;
    let done = sqlx::query(
        "insert into project (project_id, cycle_id, slug, kind, category_id, district_id, place_name, latitude,
                              longitude, holder, floor_minor, ceiling_minor, title, summary, body, picture_hash,
                              picture_alt, official, created_at, count_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
         on conflict (cycle_id, slug) do nothing",
    )
    .bind(&project.project_id)
    .bind(&cycle.cycle_id)
    .bind(&project.slug)
    .bind(project.kind.as_str())
    .bind(category_id)
    .bind(district_id)
    .bind(project.place_name.to_json())
    .bind(project.point.map(|point| point.latitude_microdegrees))
    .bind(project.point.map(|point| point.longitude_microdegrees))
    .bind(&project.holder)
    .bind(project.floor.get())
    .bind(project.ceiling.get())
    .bind(project.title.to_json())
    .bind(project.summary.to_json())
    .bind(project.body.to_json())
    .bind(picture_hash)
    .bind(project.picture_alt.to_json())
    .bind(project.official.map(|selected| if selected { "selected" } else { "not_selected" }))
    .bind(now.as_microsecond())
    .bind(&project.count_id)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    insert_budget(tx, project).await?;
    Ok(true)
}

async fn insert_budget(tx: &mut Transaction<'_>, project: &NewProject) -> Result<()> {
    for (line, position) in project.budget.iter().zip(1_i64..) {
        sqlx::query(
            "insert into budget_line (project_id, position, label, amount_minor) values ($1, $2, $3, $4)",
        )
        .bind(&project.project_id)
        .bind(position)
        .bind(line.label.to_json())
        .bind(line.amount.get())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn label_ids(
    tx: &mut Transaction<'_>,
    cycle: &Cycle,
    project: &NewProject,
) -> Result<(Option<String>, Option<String>)> {
    let category = match &project.category {
        Some(label) => Some(municipality::category_id(tx, &cycle.municipality_id, label).await?),
        None => None,
    };
    let district = match &project.district {
        Some(label) => Some(municipality::district_id(tx, &cycle.municipality_id, label).await?),
        None => None,
    };
    Ok((category, district))
}

async fn keep_picture(tx: &mut Transaction<'_>, project: &NewProject) -> Result<Option<String>> {
    let Some(svg) = &project.picture_svg else { return Ok(None) };
    let hash = hex(&Sha256::digest(svg));
    sqlx::query(
        "insert into picture (picture_hash, media_type, body) values ($1, 'image/svg+xml', $2)
         on conflict (picture_hash) do nothing",
    )
    .bind(&hash)
    .bind(svg.as_slice())
    .execute(&mut **tx)
    .await?;
    Ok(Some(hash))
}

/// A picture: its media type and its bytes.
///
/// # Errors
/// The database's.
pub async fn picture(db: &Db, picture_hash: &str) -> Result<Option<(String, Vec<u8>)>> {
    let row = sqlx::query("select media_type, body from picture where picture_hash = $1")
        .bind(picture_hash)
        .fetch_optional(db.reader())
        .await?;
    row.map(|row| Ok((row.try_get("media_type")?, row.try_get("body")?))).transpose()
}
