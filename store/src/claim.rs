//! Claims: what people ask of the town about their letter or their place on the roll.
//!
//! The one place that names citizens. Refuses to know roll entries and ballots: who a claim is about is for the
//! officer to find on the town's own list. Erased sixty days after the close of its cycle.

use crate::cycle::{Cycle, Nature, Phase};
use crate::{Db, Error, Result};
use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use sqlx::any::AnyRow;

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The letter did not come, or was lost.
    Letter,
    /// The person is not on the roll and thinks they should be.
    Roll,
    /// Somebody else has used the person's code.
    Used,
}

impl Kind {
    /// All of them, the usual one first.
    pub const ALL: [Self; 3] = [Self::Letter, Self::Roll, Self::Used];

    /// As stored and as forms send it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Roll => "roll",
            Self::Used => "used",
        }
    }

    /// From a form.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a town made of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The person got what they asked for.
    Granted,
    /// They did not; the answer says why.
    Refused,
}

impl Settlement {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Granted, Self::Refused];

    /// As stored and as forms send it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    /// From a form.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|settlement| settlement.as_str() == word)
    }
}

/// A claim.
#[derive(Clone)]
pub struct Claim {
    /// The number that its person keeps: `XXXX-XXXX-XXXX`.
    pub claim_id: String,
    /// What it is about.
    pub kind: Kind,
    /// Who asks.
    pub name: String,
    /// An address, a telephone number or a mail address.
    pub reach: String,
    /// Whatever else they wrote; may be empty.
    pub note: String,
    /// When it came.
    pub made_at: Timestamp,
    /// What the town made of it, and when.
    pub settled: Option<(Settlement, Timestamp)>,
    /// What the town answered; may be empty.
    pub answer: String,
}

impl std::fmt::Debug for Claim {
    /// Without what names somebody.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim")
            .field("kind", &self.kind)
            .field("made_at", &self.made_at)
            .finish_non_exhaustive()
    }
}

impl Claim {
    fn from_row(row: &AnyRow) -> Result<Self> {
        let unknown = |word: &str| Error::Decode(format!("a claim holds the unknown word {word:?}").into());
        let instant =
            |micros| Timestamp::from_microsecond(micros).map_err(|error| Error::Decode(error.into()));
        let kind: &str = row.try_get("kind")?;
        let settlement: Option<&str> = row.try_get("settlement")?;
        let settled_at: Option<i64> = row.try_get("settled_at")?;
        let settlement = settlement.map(|word| Settlement::parse(word).ok_or_else(|| unknown(word)));
        Ok(Self {
            claim_id: row.try_get("claim_id")?,
            kind: Kind::parse(kind).ok_or_else(|| unknown(kind))?,
            name: row.try_get("name")?,
            reach: row.try_get("reach")?,
            note: row.try_get("note")?,
            made_at: instant(row.try_get("made_at")?)?,
            settled: settlement.transpose()?.zip(settled_at.map(instant).transpose()?),
            answer: row.try_get("answer")?,
        })
    }
}

/// How long claims are kept after the close: the two months in which a decision of a town can be contested in France.
const KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How many claims of a cycle may wait at once: far more than a town can read, and too few to fill a disk.
const MOST_WAITING: i64 = 2_000;

/// Whether a cycle takes claims now: as long as something can be done about them, and they are not about to be erased.
#[must_use]
pub fn takes_claims(cycle: &Cycle, now: Timestamp) -> bool {
    cycle.nature != Nature::Import
        && (Phase::Proposing..=Phase::Counting).contains(&cycle.phase)
        && now < cycle.closed_at.unwrap_or(cycle.closes_at) + KEPT
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// It is kept, now or since it was sent before.
    Kept,
    /// Too many wait already; nothing was written.
    Full,
}

/// Keeps a claim.
///
/// # Errors
/// The database's.
pub async fn make(db: &Db, cycle_id: &str, claim: &Claim) -> Result<Claiming> {
    let done = sqlx::query(
        "insert into claim (claim_id, cycle_id, kind, name, reach, note, made_at, answer)
         select $1, $2, $3, $4, $5, $6, cast($7 as bigint), ''
         where (select count(*) from claim where cycle_id = $2 and settled_at is null) < $8
         on conflict (claim_id) do nothing",
    )
    .bind(&claim.claim_id)
    .bind(cycle_id)
    .bind(claim.kind.as_str())
    .bind(&claim.name)
    .bind(&claim.reach)
    .bind(&claim.note)
    .bind(claim.made_at.as_microsecond())
    .bind(MOST_WAITING)
    .execute(db.writer())
    .await?;
    if done.rows_affected() == 1 || by_id(db, cycle_id, &claim.claim_id).await?.is_some() {
        return Ok(Claiming::Kept);
    }
    Ok(Claiming::Full)
}

/// The columns that [`Claim::from_row`] reads, and then which rows.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "select claim_id, kind, name, reach, note, made_at, settled_at, settlement, answer from claim ",
            $which
        )
    };
}

/// The claim under this number.
///
/// # Errors
/// The database's.
pub async fn by_id(db: &Db, cycle_id: &str, claim_id: &str) -> Result<Option<Claim>> {
    let row = sqlx::query(select!("where cycle_id = $1 and claim_id = $2"))
        .bind(cycle_id)
        .bind(claim_id)
        .fetch_optional(db.reader())
        .await?;
    row.as_ref().map(Claim::from_row).transpose()
}

/// The claims of a cycle that wait, the oldest first, at most a hundred.
///
/// # Errors
/// The database's.
pub async fn waiting(db: &Db, cycle_id: &str) -> Result<Vec<Claim>> {
    let which = select!("where cycle_id = $1 and settled_at is null order by made_at, claim_id limit 100");
    let rows = sqlx::query(which).bind(cycle_id).fetch_all(db.reader()).await?;
    rows.iter().map(Claim::from_row).collect()
}

/// The claims of a cycle that are settled, the latest first, at most a hundred.
///
/// # Errors
/// The database's.
pub async fn settled(db: &Db, cycle_id: &str) -> Result<Vec<Claim>> {
    let which = select!(
        "where cycle_id = $1 and settled_at is not null order by settled_at desc, claim_id limit 100"
    );
    let rows = sqlx::query(which).bind(cycle_id).fetch_all(db.reader()).await?;
    rows.iter().map(Claim::from_row).collect()
}

/// How many claims of a cycle wait.
///
/// # Errors
/// The database's.
pub async fn how_many_wait(db: &Db, cycle_id: &str) -> Result<u64> {
    let waiting: i64 =
        sqlx::query_scalar("select count(*) from claim where cycle_id = $1 and settled_at is null")
            .bind(cycle_id)
            .fetch_one(db.reader())
            .await?;
    Ok(u64::try_from(waiting).unwrap_or(0))
}

/// What an officer makes of a claim.
#[derive(Debug)]
pub struct Settling<'a> {
    /// Yes or no.
    pub settlement: Settlement,
    /// What the person is told; a refusal has one.
    pub answer: &'a str,
    /// Who decides; kept and not shown.
    pub officer_id: &'a str,
}

/// Settles a claim, once; false when there is none that waits under this number.
///
/// # Errors
/// The database's.
pub async fn settle(
    db: &Db,
    cycle_id: &str,
    claim_id: &str,
    settling: &Settling<'_>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "update claim set settled_at = $3, settlement = $4, answer = $5, officer_id = $6
         where cycle_id = $1 and claim_id = $2 and settled_at is null",
    )
    .bind(cycle_id)
    .bind(claim_id)
    .bind(now.as_microsecond())
    .bind(settling.settlement.as_str())
    .bind(settling.answer)
    .bind(settling.officer_id)
    .execute(db.writer())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Erases the claims whose time is over; the number erased.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<u64> {
    let done = sqlx::query(
        "delete from claim where cycle_id in
         (select cycle_id from cycle where coalesce(closed_at, closes_at) <= $1)",
    )
    .bind((now - KEPT).as_microsecond())
    .execute(db.writer())
    .await?;
    Ok(done.rows_affected())
}
