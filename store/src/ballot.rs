//! Ballots: taken while a cycle is open, moved to the urn at its close, read only after it.
//!
//! Refuses a ballot outside the hours, by the row of the cycle that each transaction writes first; refuses to keep
//! anything beside a ballot that could say whose it is. Whether a ballot keeps the rules was checked before, by `tally`.

use crate::bulk::{self, Cell::Bigint, Cell::Text};
use crate::cycle::Closed;
use crate::{Db, Error, Result, Transaction, project};
use jiff::Timestamp;
use sqlx::Row;
use std::collections::HashMap;
use tally::ballot::{Ballots, Fallback};
use tally::{Election, Minor};

/// A ballot as it is sent.
#[derive(Debug)]
pub struct Submission<'a> {
    /// The cycle.
    pub cycle_id: &'a str,
    /// Whose, for the participation; never stored beside the ballot.
    pub roll_entry_id: &'a str,
    /// Made from the roll entry with the cycle's key.
    pub ballot_id: &'a str,
    /// The random mark of the form: sending it again is sending it once.
    pub submission: &'a str,
    /// (project id, amount above zero), each project once.
    pub lines: &'a [(String, Minor)],
    /// What becomes of money that its project cannot use.
    pub fallback: Fallback,
    /// The day, in the town's time zone, as `YYYY-MM-DD`.
    pub day: &'a str,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is on disk and is this version of the ballot, now or since the form was sent before.
    Recorded {
        /// Counted from 1.
        version: i64,
    },
    /// The form was sent before and said something else; nothing was written.
    UsedAlready,
    /// Voting is closed, or not open yet; nothing was written.
    Closed,
    /// The entry was struck from the roll; nothing was written.
    NotOnRoll,
}

/// Takes a ballot. When this returns `Recorded`, it is on disk. `clock` is read once the cycle's row is held: however
/// long that took, what counts is the time then.
///
/// # Errors
/// The database's; then nothing was written, and sending the same again is safe.
pub async fn submit(db: &Db, sent: &Submission<'_>, clock: impl Fn() -> Timestamp) -> Result<Submitted> {
    let mut tx = db.writer().begin().await?;
    let closes_at: Option<i64> = sqlx::query_scalar(
        "update cycle set version = version + 1
         where cycle_id = $1 and phase = 'allocating' and nature <> 'import' returning closes_at",
    )
    .bind(sent.cycle_id)
    .fetch_optional(&mut *tx)
    .await?;
    if closes_at.is_none_or(|closes_at| clock().as_microsecond() >= closes_at) {
        return Ok(Submitted::Closed);
    }
    let on_roll = sqlx::query(
        "select 1 from roll_entry where roll_entry_id = $1 and cycle_id = $2 and struck_at is null",
    )
    .bind(sent.roll_entry_id)
    .bind(sent.cycle_id)
    .fetch_optional(&mut *tx)
    .await?;
    if on_roll.is_none() {
        return Ok(Submitted::NotOnRoll);
    }
    let known: Option<i64> =
        sqlx::query_scalar("select version from ballot_version where ballot_id = $1 and submission = $2")
            .bind(sent.ballot_id)
            .bind(sent.submission)
            .fetch_optional(&mut *tx)
            .await?;
    if let Some(version) = known {
        let same = says(&mut tx, sent, version).await?;
        return Ok(if same { Submitted::Recorded { version } } else { Submitted::UsedAlready });
    }
    let version: i64 = sqlx::query_scalar(
        "insert into ballot (ballot_id, cycle_id, version) values ($1, $2, 1)
         on conflict (ballot_id) do update set version = ballot.version + 1
         returning version",
    )
    .bind(sent.ballot_id)
    .bind(sent.cycle_id)
    .fetch_one(&mut *tx)
    .await?;
    let lines = sent.lines.iter().map(|(project_id, amount)| (project_id.as_str(), *amount));
    let new =
        Version { ballot_id: sent.ballot_id, version, submission: sent.submission, fallback: sent.fallback };
    insert_version(&mut tx, &new, lines).await?;
    take_part(&mut tx, sent.roll_entry_id, sent.cycle_id, sent.day).await?;
    tx.commit().await?;
    Ok(Submitted::Recorded { version })
}

/// Whether this version of the ballot says what is sent.
async fn says(tx: &mut Transaction<'_>, sent: &Submission<'_>, version: i64) -> Result<bool> {
    let fallback: String =
        sqlx::query_scalar("select fallback from ballot_version where ballot_id = $1 and version = $2")
            .bind(sent.ballot_id)
            .bind(version)
            .fetch_one(&mut **tx)
            .await?;
    let mut stored: Vec<(String, i64)> = sqlx::query_as(
        "select project_id, amount_minor from ballot_line where ballot_id = $1 and version = $2",
    )
    .bind(sent.ballot_id)
    .bind(version)
    .fetch_all(&mut **tx)
    .await?;
    let mut lines: Vec<_> = sent.lines.iter().map(|(id, amount)| (id.clone(), amount.get())).collect();
    stored.sort_unstable();
    lines.sort_unstable();
    Ok(fallback == sent.fallback.as_str() && stored == lines)
}

/// A version of a ballot that is about to be written.
struct Version<'a> {
    ballot_id: &'a str,
    version: i64,
    submission: &'a str,
    fallback: Fallback,
}

async fn insert_version(
    tx: &mut Transaction<'_>,
    new: &Version<'_>,
    lines: impl Iterator<Item = (&str, Minor)>,
) -> Result<()> {
    sqlx::query(
        "insert into ballot_version (ballot_id, version, submission, fallback) values ($1, $2, $3, $4)",
    )
    .bind(new.ballot_id)
    .bind(new.version)
    .bind(new.submission)
    .bind(new.fallback.as_str())
    .execute(&mut **tx)
    .await?;
    for (project_id, amount) in lines {
        sqlx::query(
            "insert into ballot_line (ballot_id, version, project_id, amount_minor) values ($1, $2, $3, $4)",
        )
        .bind(new.ballot_id)
        .bind(new.version)
        .bind(project_id)
        .bind(amount.get())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Notes that somebody took part; a second time changes nothing.
pub(crate) async fn take_part(
    tx: &mut Transaction<'_>,
    roll_entry_id: &str,
    cycle_id: &str,
    day: &str,
) -> Result<()> {
    sqlx::query(
        "insert into participation (roll_entry_id, cycle_id, channel, day) values ($1, $2, 'online', $3)
         on conflict (roll_entry_id) do nothing",
    )
    .bind(roll_entry_id)
    .bind(cycle_id)
    .bind(day)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which version of a ballot is in the urn; none when there is none. Never what it says.
///
/// # Errors
/// The database's.
pub async fn version(db: &Db, ballot_id: &str) -> Result<Option<i64>> {
    sqlx::query_scalar("select version from ballot where ballot_id = $1")
        .bind(ballot_id)
        .fetch_optional(db.reader())
        .await
}

/// Whether this form's mark has made a version of the ballot before.
///
/// # Errors
/// The database's.
pub async fn knows(db: &Db, ballot_id: &str, submission: &str) -> Result<bool> {
    let row = sqlx::query("select 1 from ballot_version where ballot_id = $1 and submission = $2")
        .bind(ballot_id)
        .bind(submission)
        .fetch_optional(db.reader())
        .await?;
    Ok(row.is_some())
}

/// Adds ballots that come from a file; beside them the project ids that their lines' indexes stand for.
pub(crate) async fn insert_all(
    tx: &mut Transaction<'_>,
    cycle_id: &str,
    (projects, ballots): (&[&str], &Ballots),
    mut ballot_id: impl FnMut() -> String,
    mut progress: impl FnMut(usize),
) -> Result<()> {
    let each = ballots.iter().flat_map(|ballot| (0..ballot.weight()).map(move |_| ballot));
    let all: Vec<_> = each.map(|ballot| (ballot_id(), ballot)).collect();
    for (batch, done) in all.chunks(bulk::ROWS).zip((0..).step_by(bulk::ROWS)) {
        let (mut rows, mut versions, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        for (id, ballot) in batch {
            rows.extend([Text(id), Text(cycle_id), Bigint(1)]);
            versions.extend([Text(id), Bigint(1), Text(id), Text(ballot.fallback().as_str())]);
            for (index, amount) in ballot.lines() {
                lines.extend([Text(id), Bigint(1), Text(projects[usize::from(index)]), Bigint(amount.get())]);
            }
        }
        bulk::insert(tx, "insert into ballot (ballot_id, cycle_id, version)", 3, &rows).await?;
        let insert = "insert into ballot_version (ballot_id, version, submission, fallback)";
        bulk::insert(tx, insert, 4, &versions).await?;
        let insert = "insert into ballot_line (ballot_id, version, project_id, amount_minor)";
        bulk::insert(tx, insert, 4, &lines).await?;
        progress(done + batch.len());
    }
    Ok(())
}

/// The last version of each ballot of a cycle, as (fallback, lines), in the order of ids that are about to be erased.
async fn last_versions(
    tx: &mut Transaction<'_>,
    cycle_id: &str,
) -> Result<Vec<(String, Vec<(String, i64)>)>> {
    let rows = sqlx::query(
        "select ballot.ballot_id, ballot_version.fallback, ballot_line.project_id, ballot_line.amount_minor
         from ballot
         join ballot_version on ballot_version.ballot_id = ballot.ballot_id and ballot_version.version = ballot.version
         left join ballot_line on ballot_line.ballot_id = ballot.ballot_id and ballot_line.version = ballot.version
         where ballot.cycle_id = $1 order by ballot.ballot_id, ballot_line.project_id",
    )
    .bind(cycle_id)
    .fetch_all(&mut **tx)
    .await?;
    let mut ballots: Vec<(String, Vec<(String, i64)>)> = Vec::new();
    let mut last = String::new();
    for row in &rows {
        let ballot_id: &str = row.try_get("ballot_id")?;
        if ballots.is_empty() || last != ballot_id {
            ballot_id.clone_into(&mut last);
            ballots.push((row.try_get("fallback")?, Vec::new()));
        }
        if let Some(project_id) = row.try_get("project_id")? {
            let (_, lines) = ballots.last_mut().expect("one was pushed for this id");
            lines.push((project_id, row.try_get("amount_minor")?));
        }
    }
    Ok(ballots)
}

/// Moves the last version of each ballot to the urn, under fresh ids and in their order, and erases all that was before.
pub(crate) async fn move_to_urn(
    tx: &mut Transaction<'_>,
    cycle_id: &str,
    mut urn_id: impl FnMut() -> String,
) -> Result<()> {
    let mut urn: Vec<_> =
        last_versions(tx, cycle_id).await?.into_iter().map(|ballot| (urn_id(), ballot)).collect();
    urn.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let (mut ballots, mut all_lines) = (Vec::new(), Vec::new());
    for (id, (fallback, lines)) in &urn {
        ballots.extend([Text(id), Text(cycle_id), Text(fallback)]);
        for (project_id, amount_minor) in lines {
            all_lines.extend([Text(id), Text(project_id), Bigint(*amount_minor)]);
        }
    }
    bulk::insert(tx, "insert into urn_ballot (urn_ballot_id, cycle_id, fallback)", 3, &ballots).await?;
    bulk::insert(tx, "insert into urn_line (urn_ballot_id, project_id, amount_minor)", 3, &all_lines).await?;
    rewrite_participation(tx, cycle_id).await?;
    for erase in [
        "delete from ballot_line where ballot_id in (select ballot_id from ballot where cycle_id = $1)",
        "delete from ballot_version where ballot_id in (select ballot_id from ballot where cycle_id = $1)",
        "delete from ballot where cycle_id = $1",
    ] {
        sqlx::query(erase).bind(cycle_id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Writes the participation anew in the order of roll entries, so that neither the order of its rows nor the
/// transaction that wrote them says which ballot came with it.
async fn rewrite_participation(tx: &mut Transaction<'_>, cycle_id: &str) -> Result<()> {
    let rows = sqlx::query(
        "select roll_entry_id, channel, day from participation where cycle_id = $1 order by roll_entry_id",
    )
    .bind(cycle_id)
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query("delete from participation where cycle_id = $1").bind(cycle_id).execute(&mut **tx).await?;
    let mut cells = Vec::with_capacity(rows.len() * 4);
    for row in &rows {
        cells.extend([
            Text(row.try_get("roll_entry_id")?),
            Text(cycle_id),
            Text(row.try_get("channel")?),
            Text(row.try_get("day")?),
        ]);
    }
    bulk::insert(tx, "insert into participation (roll_entry_id, cycle_id, channel, day)", 4, &cells).await
}

/// The ballots of a closed cycle that no correction left out, as they are published: sorted by what they say, so that
/// their order tells nothing of when they came or how they are stored.
#[derive(Debug)]
pub struct Urn {
    projects: Vec<tally::Project>,
    /// What each says, with its id in the urn.
    ballots: Vec<(Said, String)>,
}

/// The lines of a ballot, by rising place of their project, and its fallback.
type Said = (Vec<(u16, Minor)>, Fallback);

impl Urn {
    /// Takes out the ballots with these numbers, counted from 1 in the order of publication, and gives their ids.
    ///
    /// # Errors
    /// The first number that no ballot has, or that stands twice.
    pub(crate) fn leave_out(&mut self, numbers: &[u32]) -> std::result::Result<Vec<String>, u32> {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(twice[0]);
        }
        let mut left_out = Vec::with_capacity(numbers.len());
        // From the last, so that the places of the others stay.
        for &number in numbers.iter().rev() {
            let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            let place = place.filter(|&place| place < self.ballots.len()).ok_or(number)?;
            left_out.push(self.ballots.remove(place).1);
        }
        Ok(left_out)
    }

    /// Ready to be counted.
    ///
    /// # Errors
    /// When what is stored cannot be an election.
    pub fn election(self, eligible: Option<i64>) -> Result<Election> {
        let decode = |error: String| Error::Decode(error.into());
        let mut ballots = Ballots::new();
        for ((lines, fallback), _) in &self.ballots {
            ballots.push(lines, *fallback).map_err(|error| decode(format!("{error:?}")))?;
        }
        let roll = eligible.and_then(|eligible| u64::try_from(eligible).ok());
        Election::new(self.projects, ballots, roll).map_err(|error| decode(format!("{error:?}")))
    }
}

/// The urn of a closed cycle.
///
/// # Errors
/// The database's.
pub async fn urn(db: &Db, closed: &Closed) -> Result<Urn> {
    let cycle_id = &closed.cycle().cycle_id;
    let projects = project::of_cycle(db, cycle_id).await?;
    let places: HashMap<&str, u16> = projects.iter().map(|p| p.project_id.as_str()).zip(0..).collect();
    let rows = sqlx::query(
        "select urn_ballot.urn_ballot_id, urn_ballot.fallback, urn_line.project_id, urn_line.amount_minor
         from urn_ballot left join urn_line on urn_line.urn_ballot_id = urn_ballot.urn_ballot_id
         where urn_ballot.cycle_id = $1
               and not exists (select 1 from urn_void where urn_void.urn_ballot_id = urn_ballot.urn_ballot_id)
         order by urn_ballot.urn_ballot_id",
    )
    .bind(cycle_id)
    .fetch_all(db.reader())
    .await?;
    let decode = |error: String| Error::Decode(error.into());
    let mut ballots: Vec<(Said, String)> = Vec::new();
    for row in &rows {
        let id: &str = row.try_get("urn_ballot_id")?;
        if ballots.last().is_none_or(|(_, last)| last != id) {
            let fallback = row.try_get::<&str, _>("fallback")?;
            let fallback = fallback.parse().map_err(|_| decode("unknown fallback".to_owned()))?;
            ballots.push(((Vec::new(), fallback), id.to_owned()));
        }
        if let Some(project_id) = row.try_get::<Option<&str>, _>("project_id")? {
            let place = places.get(project_id).ok_or_else(|| decode(format!("no project {project_id}")))?;
            let ((lines, _), _) = ballots.last_mut().expect("one was pushed for this id");
            lines.push((*place, Minor::new(row.try_get("amount_minor")?)));
        }
    }
    for ((lines, _), _) in &mut ballots {
        lines.sort_unstable();
    }
    ballots.sort_unstable();
    Ok(Urn { projects: projects.iter().map(project::Project::to_tally).collect(), ballots })
}
