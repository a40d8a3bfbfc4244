//! Cycles: their phases, and what may happen in each.
//!
//! Refuses to move a phase out of order, to touch the rules once voting has opened, and to hand anybody the ballots of
//! a cycle that is not closed: [`Closed`] can only be made here, from a cycle whose closing was committed.

use crate::keys::Keys;
use crate::municipality::{self, Municipality};
use crate::project::{self, NewProject};
use crate::{Db, Error, Result, Transaction, Translated, ballot, roll};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use tally::ballot::Ballots;
use tally::bundle::Publication;
use tally::rule_sheet::RuleSheet;

/// Where a cycle stands, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Being prepared; only officers see it.
    Draft,
    /// Holders submit projects.
    Proposing,
    /// The town examines them.
    Reviewing,
    /// Citizens spread their envelopes.
    Allocating,
    /// Voting is closed; nothing is known yet.
    Counting,
    /// The result is public.
    Published,
    /// The money is on its way.
    Delivering,
    /// Over.
    Archived,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Proposing,
        Self::Reviewing,
        Self::Allocating,
        Self::Counting,
        Self::Published,
        Self::Delivering,
        Self::Archived,
    ];

    /// As stored and as in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposing => "proposing",
            Self::Reviewing => "reviewing",
            Self::Allocating => "allocating",
            Self::Counting => "counting",
            Self::Published => "published",
            Self::Delivering => "delivering",
            Self::Archived => "archived",
        }
    }

    fn parse(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == word).ok_or_else(|| unknown("phase", word))
    }

    /// Whether the result may be seen.
    #[must_use]
    pub fn is_published(self) -> bool {
        self >= Self::Published
    }

    /// Whether rules and projects may still be changed.
    #[must_use]
    pub fn is_editable(self) -> bool {
        self < Self::Allocating
    }
}

/// What kind of exercise a cycle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// To try things out; says so on every page, and one officer is enough.
    Practice,
    /// A real election of elsewhere, read from a file.
    Import,
    /// Public money.
    Real,
}

impl Nature {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Import => "import",
            Self::Real => "real",
        }
    }
}

/// One edition of a municipality's participatory budget.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// UUIDv7.
    pub cycle_id: String,
    /// Whose it is.
    pub municipality_id: String,
    /// The second part of its addresses.
    pub slug: String,
    /// Its name.
    pub title: Translated,
    /// What it is about; paragraphs are separated by blank lines.
    pub intro: Translated,
    /// Practice, import or real.
    pub nature: Nature,
    /// Where imported data came from; else empty.
    pub source: String,
    /// Where it stands.
    pub phase: Phase,
    /// ISO 4217.
    pub currency: String,
    /// The rules, frozen at the opening.
    pub sheet: RuleSheet,
    /// How much of the ballots is published, frozen with them.
    pub publication: Publication,
    /// How many people live where it is held, by which towns are compared; none where nobody said.
    pub residents: Option<i64>,
    /// SHA-256 of the key that ballot ids are made with, from the opening on.
    pub key_hash: Option<String>,
    /// When online voting ends.
    pub closes_at: Timestamp,
    /// When voting opened.
    pub opened_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When the result becomes public, or became so.
    pub published_at: Option<Timestamp>,
}

impl Cycle {
    /// The cycle as it stands at this moment: a result that is to be released later is not there yet, for anybody.
    fn from_row(row: &AnyRow, now: Timestamp) -> Result<Self> {
        let cycle = Self::stored(row)?;
        let waits = cycle.phase.is_published() && cycle.published_at.is_some_and(|released| released > now);
        Ok(if waits { Self { phase: Phase::Counting, ..cycle } } else { cycle })
    }

    fn stored(row: &AnyRow) -> Result<Self> {
        let nature: &str = row.try_get("nature")?;
        Ok(Self {
            cycle_id: row.try_get("cycle_id")?,
            municipality_id: row.try_get("municipality_id")?,
            slug: row.try_get("slug")?,
            title: Translated::from_json(row.try_get("title")?)?,
            intro: Translated::from_json(row.try_get("intro")?)?,
            nature: [Nature::Practice, Nature::Import, Nature::Real]
                .into_iter()
                .find(|n| n.as_str() == nature)
                .ok_or_else(|| unknown("nature", nature))?,
            source: row.try_get("source")?,
            phase: Phase::parse(row.try_get("phase")?)?,
            currency: row.try_get("currency")?,
            sheet: RuleSheet::from_json(row.try_get("sheet")?)
                .map_err(|error| Error::Decode(error.into()))?,
            publication: publication(row.try_get("publication")?)?,
            residents: row.try_get("residents")?,
            key_hash: row.try_get("key_hash")?,
            closes_at: instant(row.try_get("closes_at")?)?,
            opened_at: row.try_get::<Option<i64>, _>("opened_at")?.map(instant).transpose()?,
            closed_at: row.try_get::<Option<i64>, _>("closed_at")?.map(instant).transpose()?,
            published_at: row.try_get::<Option<i64>, _>("published_at")?.map(instant).transpose()?,
        })
    }

    /// Whether a ballot sent now would be taken.
    #[must_use]
    pub fn takes_ballots(&self, now: Timestamp) -> bool {
        self.phase == Phase::Allocating && now < self.closes_at && self.nature != Nature::Import
    }
}

/// A closed cycle, the only thing with which ballots can be read.
#[derive(Clone, Debug)]
pub struct Closed(Cycle);

impl Closed {
    /// The cycle that is closed.
    #[must_use]
    pub fn cycle(&self) -> &Cycle {
        &self.0
    }
}

fn unknown(column: &str, value: &str) -> Error {
    Error::Decode(format!("{column} holds the unknown word {value:?}").into())
}

fn publication(word: &str) -> Result<Publication> {
    word.parse().map_err(|_| unknown("publication", word))
}

fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| Error::Decode(error.into()))
}

/// The columns that [`Cycle::from_row`] reads, and then which rows.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "select cycle_id, municipality_id, slug, title, intro, nature, source, phase, currency, sheet,
                    publication, residents, key_hash, closes_at, opened_at, closed_at, published_at
             from cycle join rule_sheet on rule_sheet.sheet_hash = cycle.sheet_hash ",
            $which
        )
    };
}

/// The cycles of a town, newest first.
///
/// # Errors
/// The database's.
pub async fn of_town(db: &Db, municipality_id: &str, now: Timestamp) -> Result<Vec<Cycle>> {
    let rows = sqlx::query(select!("where municipality_id = $1 order by created_at desc, slug desc"))
        .bind(municipality_id)
        .fetch_all(db.reader())
        .await?;
    rows.iter().map(|row| Cycle::from_row(row, now)).collect()
}

/// Every cycle past its draft, with its town, those that close last first.
///
/// # Errors
/// The database's.
pub async fn public(db: &Db, now: Timestamp) -> Result<Vec<(Municipality, Cycle)>> {
    let rows = sqlx::query(select!("where phase <> 'draft' order by closes_at desc, cycle_id"))
        .fetch_all(db.reader())
        .await?;
    let towns: HashMap<String, Municipality> =
        municipality::all(db).await?.into_iter().map(|town| (town.municipality_id.clone(), town)).collect();
    rows.iter()
        .map(|row| {
            let cycle = Cycle::from_row(row, now)?;
            let town = towns.get(&cycle.municipality_id).ok_or(Error::RowNotFound)?.clone();
            Ok((town, cycle))
        })
        .collect()
}

/// The cycle at `/{town}/{slug}`, as it stands at this moment, and its town.
///
/// # Errors
/// The database's.
pub async fn by_slug(
    db: &Db,
    town: &str,
    slug: &str,
    now: Timestamp,
) -> Result<Option<(Municipality, Cycle)>> {
    let Some(town) = municipality::by_slug(db, town).await? else { return Ok(None) };
    let row = sqlx::query(select!("where municipality_id = $1 and slug = $2"))
        .bind(&town.municipality_id)
        .bind(slug)
        .fetch_optional(db.reader())
        .await?;
    row.as_ref()
        .map(|row| Cycle::from_row(row, now))
        .transpose()
        .map(|cycle| cycle.map(|cycle| (town, cycle)))
}

/// Adds a cycle; false when the town has one at this slug.
///
/// # Errors
/// The database's.
pub async fn add(db: &Db, cycle: &Cycle, now: Timestamp) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    let added = insert(&mut tx, cycle, now).await?;
    tx.commit().await?;
    Ok(added)
}

async fn keep_sheet(tx: &mut Transaction<'_>, sheet: &RuleSheet) -> Result<String> {
    let hash = sheet.hash();
    sqlx::query(
        "insert into rule_sheet (sheet_hash, sheet) values ($1, $2) on conflict (sheet_hash) do nothing",
    )
    .bind(&hash)
    .bind(sheet.to_canonical_json())
    .execute(&mut **tx)
    .await?;
    Ok(hash)
}

async fn insert(tx: &mut Transaction<'_>, cycle: &Cycle, now: Timestamp) -> Result<bool> {
    let sheet_hash = keep_sheet(tx, &cycle.sheet).await?;
    let done = sqlx::query(
        "insert into cycle (cycle_id, municipality_id, slug, title, intro, nature, source, phase, currency,
                            sheet_hash, publication, residents, key_hash, closes_at, opened_at, version, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16)
         on conflict (municipality_id, slug) do nothing",
    )
    .bind(&cycle.cycle_id)
    .bind(&cycle.municipality_id)
    .bind(&cycle.slug)
    .bind(cycle.title.to_json())
    .bind(cycle.intro.to_json())
    .bind(cycle.nature.as_str())
    .bind(&cycle.source)
    .bind(cycle.phase.as_str())
    .bind(&cycle.currency)
    .bind(sheet_hash)
    .bind(cycle.publication.as_str())
    .bind(cycle.residents)
    .bind(cycle.key_hash.as_deref())
    .bind(cycle.closes_at.as_microsecond())
    .bind(cycle.opened_at.map(Timestamp::as_microsecond))
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes title, intro, rules and closing time of a cycle that is not open yet; false when it is.
///
/// # Errors
/// The database's.
pub async fn edit(db: &Db, cycle: &Cycle) -> Result<bool> {
    let mut tx = db.writer().begin().await?;
    if !lock_editable(&mut tx, &cycle.cycle_id).await? {
        return Ok(false);
    }
    let sheet_hash = keep_sheet(&mut tx, &cycle.sheet).await?;
    sqlx::query(
        "update cycle set title = $2, intro = $3, sheet_hash = $4, closes_at = $5, publication = $6, residents = $7
         where cycle_id = $1",
    )
    .bind(&cycle.cycle_id)
    .bind(cycle.title.to_json())
    .bind(cycle.intro.to_json())
    .bind(sheet_hash)
    .bind(cycle.closes_at.as_microsecond())
    .bind(cycle.publication.as_str())
    .bind(cycle.residents)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Writes the cycle's row first, so that nothing decided afterwards can be overtaken; false when voting has opened.
pub(crate) async fn lock_editable(tx: &mut Transaction<'_>, cycle_id: &str) -> Result<bool> {
    let done = sqlx::query(
        "update cycle set version = version + 1
         where cycle_id = $1 and phase in ('draft', 'proposing', 'reviewing')",
    )
    .bind(cycle_id)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where a cycle stands at this moment.
///
/// # Errors
/// The database's.
pub async fn phase(db: &Db, cycle_id: &str) -> Result<Phase> {
    let word: String = sqlx::query_scalar("select phase from cycle where cycle_id = $1")
        .bind(cycle_id)
        .fetch_one(db.reader())
        .await?;
    Phase::parse(&word)
}

/// What came of an attempt to open a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Voting is open.
    Opened,
    /// It was past that already.
    NotEditable,
    /// There is nothing to vote on.
    NoProjects,
    /// Nobody could vote.
    EmptyRoll,
    /// It would close before it opens.
    ClosesInThePast,
    /// A ballot must give to more projects than there are.
    TooFewProjects,
    /// The purse could be more than can be counted exactly.
    PurseTooLarge,
}

/// Opens voting and freezes rules and projects. `fresh` becomes the cycle's key.
///
/// # Errors
/// The database's, or the key file's.
pub async fn open(db: &Db, keys: &Keys, cycle_id: &str, fresh: [u8; 32], now: Timestamp) -> Result<Opening> {
    if !phase(db, cycle_id).await?.is_editable() {
        return Ok(Opening::NotEditable);
    }
    // Before the transaction: a key without an opening harms nobody, and is found again by the next attempt.
    let key = keys.make_cycle(cycle_id, fresh).map_err(Error::Io)?;
    let mut tx = db.writer().begin().await?;
    if !lock_editable(&mut tx, cycle_id).await? {
        return Ok(Opening::NotEditable);
    }
    if let Some(refused) = blocks_opening(&mut tx, cycle_id, now).await? {
        return Ok(refused);
    }
    sqlx::query("update cycle set phase = 'allocating', opened_at = $2, key_hash = $3 where cycle_id = $1")
        .bind(cycle_id)
        .bind(now.as_microsecond())
        .bind(key.hash())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Opening::Opened)
}

/// What keeps a cycle from opening: nobody should vote in one that cannot be voted in, or cannot be counted.
async fn blocks_opening(tx: &mut Transaction<'_>, cycle_id: &str, now: Timestamp) -> Result<Option<Opening>> {
    let row = sqlx::query(
        "select closes_at, sheet, (select count(*) from project where project.cycle_id = cycle.cycle_id) as projects,
                (select count(*) from roll_entry
                 where roll_entry.cycle_id = cycle.cycle_id and struck_at is null) as entries
         from cycle join rule_sheet on rule_sheet.sheet_hash = cycle.sheet_hash where cycle_id = $1",
    )
    .bind(cycle_id)
    .fetch_one(&mut **tx)
    .await?;
    let sheet = RuleSheet::from_json(row.try_get("sheet")?).map_err(|error| Error::Decode(error.into()))?;
    let (projects, entries): (i64, i64) = (row.try_get("projects")?, row.try_get("entries")?);
    Ok(if projects == 0 {
        Some(Opening::NoProjects)
    } else if entries == 0 {
        Some(Opening::EmptyRoll)
    } else if row.try_get::<i64, _>("closes_at")? <= now.as_microsecond() {
        Some(Opening::ClosesInThePast)
    } else if projects < i64::from(sheet.min_projects) {
        Some(Opening::TooFewProjects)
    } else if !sheet.can_be_counted(u64::try_from(entries).unwrap_or(0)) {
        Some(Opening::PurseTooLarge)
    } else {
        None
    })
}

/// What came of an attempt to close a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Closed now, or earlier: asking again is safe.
    Closed,
    /// It never opened.
    NotOpen,
    /// A real cycle stays open until the hour that was announced.
    TooEarly,
}

/// Closes voting for good: ballots move to the urn under fresh ids, citizens' sessions and reminders end, the key is
/// destroyed.
/// `urn_id` gives 32 random bytes in hexadecimal at each call.
///
/// # Errors
/// The database's, or the key file's; then it is safe to ask again.
pub async fn close(
    db: &Db,
    keys: &Keys,
    cycle_id: &str,
    urn_id: impl FnMut() -> String,
    now: Timestamp,
) -> Result<Closing> {
    let mut tx = db.writer().begin().await?;
    let done = sqlx::query(
        "update cycle set version = version + 1, phase = 'counting', closed_at = $2
         where cycle_id = $1 and phase = 'allocating' and (nature <> 'real' or closes_at <= $2)",
    )
    .bind(cycle_id)
    .bind(now.as_microsecond())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 1 {
        ballot::move_to_urn(&mut tx, cycle_id, urn_id).await?;
        for erase in [
            "delete from session where cycle_id = $1",
            "delete from reminder where cycle_id = $1",
            "delete from mail where cycle_id = $1",
        ] {
            sqlx::query(erase).bind(cycle_id).execute(&mut *tx).await?;
        }
        tx.commit().await?;
    } else {
        tx.rollback().await?;
        match phase(db, cycle_id).await? {
            Phase::Draft | Phase::Proposing | Phase::Reviewing => return Ok(Closing::NotOpen),
            Phase::Allocating => return Ok(Closing::TooEarly),
            Phase::Counting | Phase::Published | Phase::Delivering | Phase::Archived => {}
        }
    }
    keys.destroy_cycle(cycle_id).map_err(Error::Io)?;
    db.forget_erased().await?;
    Ok(Closing::Closed)
}

/// Finishes closes that were cut off after their commit: destroys the keys of closed cycles, and sees to it that what
/// they erased is in no file of the database. False when the latter has to be tried again.
///
/// # Errors
/// The database's, or a key file's.
pub async fn finish_closes(db: &Db, keys: &Keys) -> Result<bool> {
    let closed: Vec<String> = sqlx::query_scalar(
        "select cycle_id from cycle where phase in ('counting', 'published', 'delivering', 'archived')",
    )
    .fetch_all(db.reader())
    .await?;
    closed.iter().try_for_each(|cycle_id| keys.destroy_cycle(cycle_id)).map_err(Error::Io)?;
    if closed.is_empty() { Ok(true) } else { db.forget_erased().await }
}

/// The cycle as one whose ballots may be read, if its closing was committed.
#[must_use]
pub fn closed(cycle: Cycle) -> Option<Closed> {
    (cycle.phase >= Phase::Counting).then_some(Closed(cycle))
}

/// A whole cycle that comes with its ballots: from a file, or made for a demonstration.
#[derive(Debug)]
pub struct Load<'a> {
    /// Its town, which is used when there is one at the same slug.
    pub town: &'a Municipality,
    /// The cycle; its `municipality_id` is set to the town's.
    pub cycle: Cycle,
    /// Its projects; ballot lines refer to them by their place here.
    pub projects: &'a [NewProject],
    /// The roll, if it has one.
    pub roll: &'a [roll::NewEntry],
    /// Who took part, as places in the roll, and on which day.
    pub participation: &'a [(usize, String)],
    /// What they said.
    pub ballots: &'a Ballots,
}

/// What came of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// All of it is there.
    Loaded,
    /// The town has a cycle at this slug; nothing was written.
    CycleExists,
}

/// Loads a whole cycle in one transaction: all of it, or nothing. `ballot_id` gives 32 random bytes in hexadecimal at
/// each call; `progress` is told how many ballots are in.
///
/// # Errors
/// The database's; then nothing was written.
pub async fn load(
    db: &Db,
    load: Load<'_>,
    ballot_id: impl FnMut() -> String,
    progress: impl FnMut(usize),
    now: Timestamp,
) -> Result<Loading> {
    let mut tx = db.writer().begin().await?;
    municipality::insert(&mut tx, load.town, now).await?;
    let mut cycle = load.cycle;
    cycle.municipality_id = sqlx::query_scalar("select municipality_id from municipality where slug = $1")
        .bind(&load.town.slug)
        .fetch_one(&mut *tx)
        .await?;
    if !insert(&mut tx, &cycle, now).await? {
        return Ok(Loading::CycleExists);
    }
    for project in load.projects {
        if !project::insert(&mut tx, &cycle, project, now).await? {
            return Err(Error::Encode(format!("two projects are at {:?}", project.slug).into()));
        }
    }
    roll::insert_all(&mut tx, &cycle, load.roll, false).await?;
    for (place, day) in load.participation {
        ballot::take_part(&mut tx, &load.roll[*place].roll_entry_id, &cycle.cycle_id, day).await?;
    }
    let projects: Vec<&str> = load.projects.iter().map(|project| project.project_id.as_str()).collect();
    ballot::insert_all(&mut tx, &cycle.cycle_id, (&projects, load.ballots), ballot_id, progress).await?;
    tx.commit().await?;
    Ok(Loading::Loaded)
}
