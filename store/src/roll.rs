//! The roll: who may take part, as hashes, and the codes of their letters.
//!
//! Refuses to keep a reference or a code in the clear: the database alone names nobody and opens no ballot.

use crate::bulk::{self, Cell::Text};
use crate::cycle::{Cycle, Nature, Phase};
use crate::municipality::{self, Label};
use crate::{Db, Error, Result, Transaction, hex};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use tally::bundle::{self, Cell, ParticipationRow};

/// Crockford's alphabet for base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The secret of a letter: 15 random characters (75 bits) and a check character, shown in four groups of four.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; 16]);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Why what was typed is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACode {
    /// It has this many letters and digits instead of 16.
    Length(usize),
    /// A character that no code has.
    Character(char),
    /// The check character does not fit the others: something was mistyped.
    Check,
}

impl Code {
    /// The letters and digits that codes are made of; people mistake none for another.
    pub const LETTERS: &[u8; 32] = ALPHABET;

    /// A new code from 15 random bytes, of which 75 bits are used.
    #[must_use]
    pub fn new(random: [u8; 15]) -> Self {
        let mut values = [0; 16];
        for (value, byte) in values.iter_mut().zip(random) {
            *value = byte & 31;
        }
        values[15] = (32 - luhn(&values[..15], 2)) % 32;
        Self(values)
    }

    /// Reads what a person typed or pasted: any case, dashes and spaces anywhere, I and L for 1, O for 0.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str) -> std::result::Result<Self, NotACode> {
        let mut values = [0; 16];
        let mut length = 0;
        for character in
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '_'))
        {
            let plain = match character.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let value = ALPHABET.iter().position(|&letter| char::from(letter) == plain);
            let value =
                value.and_then(|value| u8::try_from(value).ok()).ok_or(NotACode::Character(character))?;
            if let Some(place) = values.get_mut(length) {
                *place = value;
            }
            length += 1;
        }
        match length {
            16 if luhn(&values, 1) == 0 => Ok(Self(values)),
            16 => Err(NotACode::Check),
            _ => Err(NotACode::Length(length)),
        }
    }

    /// As printed: `7K3M-0QX9-…`.
    #[must_use]
    pub fn print(&self) -> String {
        let letters: Vec<char> =
            self.0.iter().map(|&value| char::from(ALPHABET[usize::from(value)])).collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// As stored: SHA-256 of the cycle and the code. Plain SHA-256 is enough for 75 random bits.
    #[must_use]
    pub fn hash(&self, cycle_id: &str) -> String {
        hex(&Sha256::digest(format!("{cycle_id}\n{}", self.print())))
    }
}

/// The Luhn sum modulo 32, counted from the last place, whose factor is `factor` (1 or 2).
/// It finds every single wrong character and nearly every swap of neighbours (ISO/IEC 7812-1 annex B, in base 32).
fn luhn(values: &[u8], mut factor: u8) -> u8 {
    let mut sum = 0;
    for value in values.iter().rev() {
        let product = value * factor;
        sum = (sum + product / 32 + product % 32) % 32;
        factor = 3 - factor;
    }
    sum
}

/// A reference as the roll compares it: without space around, single spaces within, upper case.
#[must_use]
pub fn normalise_reference(reference: &str) -> String {
    reference.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// One more person on the roll.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Random.
    pub roll_entry_id: String,
    /// Made with the roll's key.
    pub reference_hash: String,
    /// The town's district with this slug is used, or this one is added.
    pub district: Option<Label>,
    /// See [`Code::hash`].
    pub code_hash: String,
}

/// What came of an addition to the roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adding {
    /// For each entry, whether it is new (or its code was replaced); the codes of the others are void.
    Added(Vec<bool>),
    /// Voting is over.
    Closed,
}

/// Adds entries, all or none. Where the reference is known, `reissue` replaces the code, and ends the sessions and the
/// attachments to accounts that the old one opened; without it the entry stays as it is.
///
/// # Errors
/// The database's.
pub async fn add(db: &Db, cycle: &Cycle, entries: &[NewEntry], reissue: bool) -> Result<Adding> {
    let mut tx = db.writer().begin().await?;
    let open = sqlx::query(
        "update cycle set version = version + 1
         where cycle_id = $1 and phase in ('draft', 'proposing', 'reviewing', 'allocating')",
    )
    .bind(&cycle.cycle_id)
    .execute(&mut *tx)
    .await?;
    if open.rows_affected() == 0 {
        return Ok(Adding::Closed);
    }
    let added = insert_all(&mut tx, cycle, entries, reissue).await?;
    tx.commit().await?;
    Ok(Adding::Added(added))
}

/// Adds entries within a transaction; for each, whether it is new (or its code was replaced).
pub(crate) async fn insert_all(
    tx: &mut Transaction<'_>,
    cycle: &Cycle,
    entries: &[NewEntry],
    reissue: bool,
) -> Result<Vec<bool>> {
    let mut district_ids: HashMap<&str, String> = HashMap::new();
    for label in entries.iter().filter_map(|entry| entry.district.as_ref()) {
        if !district_ids.contains_key(label.slug.as_str()) {
            let id = municipality::district_id(tx, &cycle.municipality_id, label).await?;
            district_ids.insert(&label.slug, id);
        }
    }
    let known: HashSet<String> =
        sqlx::query_scalar("select reference_hash from roll_entry where cycle_id = $1")
            .bind(&cycle.cycle_id)
            .fetch_all(&mut **tx)
            .await?
            .into_iter()
            .collect();
    let mut new: Vec<_> = entries.iter().filter(|entry| !known.contains(&entry.reference_hash)).collect();
    // In an order that says nothing of the town's list.
    new.sort_unstable_by(|a, b| a.reference_hash.cmp(&b.reference_hash));
    insert(tx, cycle, &new, &district_ids).await?;
    let mut added = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_new = !known.contains(&entry.reference_hash);
        added.push(is_new || (reissue && replace_code(tx, cycle, entry).await?));
    }
    Ok(added)
}

async fn insert(
    tx: &mut Transaction<'_>,
    cycle: &Cycle,
    entries: &[&NewEntry],
    district_ids: &HashMap<&str, String>,
) -> Result<()> {
    let district_of =
        |entry: &NewEntry| entry.district.as_ref().and_then(|label| district_ids.get(label.slug.as_str()));
    let (placed, unplaced): (Vec<&NewEntry>, Vec<&NewEntry>) =
        entries.iter().copied().partition(|entry| district_of(entry).is_some());
    let mut cells = Vec::with_capacity(placed.len() * 5);
    for entry in &placed {
        let district_id = district_of(entry).map_or("", String::as_str);
        cells.extend([Text(&entry.roll_entry_id), Text(&cycle.cycle_id), Text(&entry.reference_hash)]);
        cells.extend([Text(district_id), Text(&entry.code_hash)]);
    }
    let columns = "insert into roll_entry (roll_entry_id, cycle_id, reference_hash, district_id, code_hash)";
    bulk::insert(tx, columns, 5, &cells).await?;
    let mut cells = Vec::with_capacity(unplaced.len() * 4);
    for entry in &unplaced {
        cells.extend([Text(&entry.roll_entry_id), Text(&cycle.cycle_id), Text(&entry.reference_hash)]);
        cells.push(Text(&entry.code_hash));
    }
    bulk::insert(tx, "insert into roll_entry (roll_entry_id, cycle_id, reference_hash, code_hash)", 4, &cells)
        .await
}

async fn replace_code(tx: &mut Transaction<'_>, cycle: &Cycle, entry: &NewEntry) -> Result<bool> {
    for end in [
        "delete from session where roll_entry_id in
         (select roll_entry_id from roll_entry where cycle_id = $1 and reference_hash = $2)",
        "delete from account_entry where roll_entry_id in
         (select roll_entry_id from roll_entry where cycle_id = $1 and reference_hash = $2)",
    ] {
        sqlx::query(end).bind(&cycle.cycle_id).bind(&entry.reference_hash).execute(&mut **tx).await?;
    }
    let done = sqlx::query(
        "update roll_entry set code_hash = $3
         where cycle_id = $1 and reference_hash = $2 and struck_at is null",
    )
    .bind(&cycle.cycle_id)
    .bind(&entry.reference_hash)
    .bind(&entry.code_hash)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The roll entry that a code belongs to in this cycle.
///
/// # Errors
/// The database's.
pub async fn by_code(db: &Db, cycle_id: &str, code: &Code) -> Result<Option<String>> {
    sqlx::query_scalar(
        "select roll_entry_id from roll_entry where cycle_id = $1 and code_hash = $2 and struck_at is null",
    )
    .bind(cycle_id)
    .bind(code.hash(cycle_id))
    .fetch_optional(db.reader())
    .await
}

/// By which way somebody took part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// On this site.
    Online,
    /// On paper.
    Paper,
}

/// That somebody took part; never with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participation {
    /// By which way.
    pub channel: Channel,
    /// On which day, in the town's time zone.
    pub day: Date,
}

/// Whether the holder of a roll entry took part, and when.
///
/// # Errors
/// The database's.
pub async fn participation(db: &Db, roll_entry_id: &str) -> Result<Option<Participation>> {
    let row: Option<(String, String)> =
        sqlx::query_as("select channel, day from participation where roll_entry_id = $1")
            .bind(roll_entry_id)
            .fetch_optional(db.reader())
            .await?;
    let Some((channel, day)) = row else { return Ok(None) };
    let channel = if channel == "paper" { Channel::Paper } else { Channel::Online };
    let day = day.parse().map_err(|error: jiff::Error| Error::Decode(error.into()))?;
    Ok(Some(Participation { channel, day }))
}

/// How many may take part, and how many have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turnout {
    /// Entries on the roll; none where a file does not tell.
    pub eligible: Option<i64>,
    /// People who have taken part.
    pub voted: i64,
}

/// The turnout of a cycle, at any time.
///
/// # Errors
/// The database's.
pub async fn turnout(db: &Db, cycle: &Cycle) -> Result<Turnout> {
    if cycle.nature == Nature::Import {
        let voted = if cycle.phase >= Phase::Counting {
            sqlx::query_scalar("select count(*) from urn_ballot where cycle_id = $1")
        } else {
            sqlx::query_scalar("select count(*) from ballot where cycle_id = $1")
        };
        return Ok(Turnout {
            eligible: None,
            voted: voted.bind(&cycle.cycle_id).fetch_one(db.reader()).await?,
        });
    }
    let eligible =
        sqlx::query_scalar("select count(*) from roll_entry where cycle_id = $1 and struck_at is null")
            .bind(&cycle.cycle_id)
            .fetch_one(db.reader())
            .await?;
    let voted = sqlx::query_scalar("select count(*) from participation where cycle_id = $1")
        .bind(&cycle.cycle_id)
        .fetch_one(db.reader())
        .await?;
    Ok(Turnout { eligible: Some(eligible), voted })
}

/// The turnout as it may be told to anybody: by channel, district and day, small cells merged. With `before`, a day as
/// `YYYY-MM-DD` in the town's time zone, only what was complete when it began, which is what an open cycle tells.
///
/// # Errors
/// The database's.
pub async fn participation_rows(
    db: &Db,
    cycle: &Cycle,
    before: Option<&str>,
) -> Result<Vec<ParticipationRow>> {
    let Turnout { eligible, voted } = turnout(db, cycle).await?;
    let eligible = eligible.map(to_u64);
    if cycle.nature == Nature::Import {
        return Ok(bundle::participation((eligible, to_u64(voted)), Vec::new(), Vec::new(), Vec::new()));
    }
    // After every day that is written.
    let before = before.unwrap_or("9999-12-31");
    let groups = [
        "select channel, cast(null as bigint), count(*) from participation
         where cycle_id = $1 and day < $2 group by channel order by channel",
        "select district.slug, count(*),
                cast(coalesce(sum(case when participation.day < $2 then 1 else 0 end), 0) as bigint)
         from roll_entry
         join district on district.district_id = roll_entry.district_id
         left join participation on participation.roll_entry_id = roll_entry.roll_entry_id
         where roll_entry.cycle_id = $1 and roll_entry.struck_at is null group by district.slug order by district.slug",
        "select day, cast(null as bigint), count(*) from participation
         where cycle_id = $1 and day < $2 group by day order by day",
    ];
    let mut cells = Vec::with_capacity(groups.len());
    for group in groups {
        let rows: Vec<(String, Option<i64>, i64)> =
            sqlx::query_as(group).bind(&cycle.cycle_id).bind(before).fetch_all(db.reader()).await?;
        let cell = |(value, eligible, voted): (String, Option<i64>, i64)| Cell {
            value,
            eligible: eligible.map(to_u64),
            voted: to_u64(voted),
        };
        cells.push(rows.into_iter().map(cell).collect::<Vec<_>>());
    }
    let [channels, districts, days] = <[_; 3]>::try_from(cells).expect("there are three groups");
    let voted = channels.iter().map(|cell| cell.voted).sum();
    Ok(bundle::participation((eligible, voted), channels, districts, days))
}

/// How many took part on each day before this one (`YYYY-MM-DD` in the town's time zone), in order, small days and all:
/// whoever tells it merges them. Empty for an import, whose file gives no days.
///
/// # Errors
/// The database's.
pub async fn days(db: &Db, cycle: &Cycle, before: &str) -> Result<Vec<Cell>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select day, count(*) from participation where cycle_id = $1 and day < $2 group by day order by day",
    )
    .bind(&cycle.cycle_id)
    .bind(before)
    .fetch_all(db.reader())
    .await?;
    let cell = |(value, voted)| Cell { value, eligible: None, voted: to_u64(voted) };
    Ok(rows.into_iter().map(cell).collect())
}

fn to_u64(count: i64) -> u64 {
    u64::try_from(count).expect("a count is not negative")
}

/// A code that was made for a roll entry, with the reference its letter goes to.
#[derive(Debug)]
pub struct Issued {
    /// What is stored.
    pub entry: NewEntry,
    /// What is printed, once.
    pub code: Code,
}

/// Makes the entries and codes for a list of (reference, district). `id` gives random ids (one that
/// tells its time would tell the order of the town's list), `random` what codes are made of.
pub fn issue(
    key: &crate::keys::Key,
    cycle_id: &str,
    rows: impl Iterator<Item = (String, Option<Label>)>,
    mut id: impl FnMut() -> String,
    mut random: impl FnMut() -> [u8; 15],
) -> Vec<Issued> {
    rows.map(|(reference, district)| {
        let code = Code::new(random());
        let entry = NewEntry {
            roll_entry_id: id(),
            reference_hash: key.reference_hash(cycle_id, &normalise_reference(&reference)),
            district,
            code_hash: code.hash(cycle_id),
        };
        Issued { entry, code }
    })
    .collect()
}
