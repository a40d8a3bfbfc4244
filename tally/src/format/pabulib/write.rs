//! Writes a `.pb` file: always `cumulative`, which every other way of voting becomes once it is points.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

use super::rows::GREATEST_ROW_BYTES;
use super::{Pabulib, PbProject, REQUIRED_KEYS};
use crate::ballot::Ballot;
use crate::money::Minor;

/// The order in which validators want keys and columns; others follow by name.
const META_ORDER: [&str; 35] = [
    "description",
    "country",
    "unit",
    "district",
    "subunit",
    "instance",
    "num_projects",
    "num_votes",
    "budget",
    "vote_type",
    "rule",
    "date_begin",
    "date_end",
    "min_length",
    "max_length",
    "min_sum_cost",
    "max_sum_cost",
    "min_points",
    "max_points",
    "min_sum_points",
    "max_sum_points",
    "default_score",
    "min_project_cost",
    "max_project_cost",
    "min_project_score_threshold",
    "neighborhoods",
    "subdistricts",
    "categories",
    "edition",
    "language",
    "currency",
    "fully_funded",
    "experimental",
    "comment",
    "acknowledgments",
];
const PROJECTS_ORDER: [&str; 16] = [
    "project_id",
    "cost",
    "votes",
    "score",
    "name",
    "category",
    "beneficiaries",
    "selected",
    "neighborhood",
    "subunit",
    "district",
    "description",
    "proposer",
    "public_id",
    "latitude",
    "longitude",
];

/// Writes a file that [`super::read()`] takes strictly and that tells the same election: the same projects, ballots,
/// envelope, and META but for what is worked out here.
///
/// Votes and scores are counted from the ballots. Each ballot has its row, equal ones together and by rising lines, so
/// that nothing is said about who came when; voters are numbered from 1. Blanks around a text, which mean nothing in this format, are left out.
///
/// # Errors
/// Those of `out`, and [`io::ErrorKind::InvalidInput`] where a row would be longer than readers take.
pub fn write(pabulib: &Pabulib, out: impl Write) -> io::Result<()> {
    let mut sheet = Sheet { out: BufWriter::new(out), row: String::new() };
    write_meta(pabulib, &mut sheet)?;
    write_projects(pabulib, &mut sheet)?;
    write_votes(pabulib, &mut sheet)?;
    sheet.out.flush()
}

fn write_meta(pabulib: &Pabulib, sheet: &mut Sheet<impl Write>) -> io::Result<()> {
    let mut meta: BTreeMap<&str, &str> = REQUIRED_KEYS.map(|key| (key, "")).into();
    meta.insert("rule", "unknown");
    meta.extend(pabulib.meta.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let worked_out = [
        ("num_projects", pabulib.projects.len().to_string()),
        ("num_votes", pabulib.ballots.len().to_string()),
        ("budget", decimal(pabulib.budget)),
        ("vote_type", "cumulative".to_owned()),
        ("max_sum_points", pabulib.envelope_points().to_string()),
    ];
    meta.extend(worked_out.iter().map(|(key, value)| (*key, value.as_str())));

    sheet.write(["META"])?;
    sheet.write(["key", "value"])?;
    for key in ordered(meta.keys().copied(), &META_ORDER) {
        sheet.write([key, meta[key]])?;
    }
    Ok(())
}

fn write_projects(pabulib: &Pabulib, sheet: &mut Sheet<impl Write>) -> io::Result<()> {
    let (votes, scores) = add_up(pabulib);
    let rows: Vec<BTreeMap<&str, String>> = pabulib
        .projects
        .iter()
        .zip(votes.iter().zip(scores))
        .map(|(project, (&votes, score))| cells(project, votes, score))
        .collect();
    let mut columns: Vec<&str> = rows.iter().flat_map(BTreeMap::keys).copied().collect();
    columns.extend(["project_id", "cost", "votes", "score"]);
    let columns = ordered(columns, &PROJECTS_ORDER);

    sheet.write(["PROJECTS"])?;
    sheet.write(columns.iter().copied())?;
    for row in rows {
        sheet.write(columns.iter().map(|&column| row.get(column).map_or("", String::as_str)))?;
    }
    Ok(())
}

/// How many ballots give to each project, and how many points.
fn add_up(pabulib: &Pabulib) -> (Vec<u32>, Vec<u64>) {
    let mut votes = vec![0_u32; pabulib.projects.len()];
    let mut scores = vec![0_u64; pabulib.projects.len()];
    for ballot in pabulib.ballots.iter() {
        for (project, points) in ballot.lines() {
            votes[usize::from(project)] += ballot.weight();
            scores[usize::from(project)] += points.get().unsigned_abs() * u64::from(ballot.weight());
        }
    }
    (votes, scores)
}

/// A project's cells, by column, where they are not empty.
fn cells(project: &PbProject, votes: u32, score: u64) -> BTreeMap<&str, String> {
    let mut cells: BTreeMap<&str, String> =
        project.extra.iter().map(|(column, text)| (column.as_ref(), text.clone())).collect();
    let texts = [
        ("name", Some(&project.name)),
        ("category", project.category.as_ref()),
        ("beneficiaries", project.beneficiaries.as_ref()),
        ("subunit", project.subunit.as_ref()),
        ("district", project.district.as_ref()),
    ];
    cells.extend(texts.into_iter().filter_map(|(column, text)| Some((column, text?.clone()))));
    cells.extend([
        ("project_id", project.id.clone()),
        ("cost", decimal(project.cost_minor)),
        ("votes", votes.to_string()),
        ("score", score.to_string()),
    ]);
    cells.extend(project.selected.map(|selected| ("selected", selected.to_string())));
    cells.retain(|_, text| !text.is_empty());
    cells
}

fn write_votes(pabulib: &Pabulib, sheet: &mut Sheet<impl Write>) -> io::Result<()> {
    sheet.write(["VOTES"])?;
    sheet.write(["voter_id", "vote", "points"])?;
    let mut list = VoteList { pabulib, lines: Vec::new(), projects: String::new(), points: String::new() };
    let mut voter = 0_u32;
    for ballot in pabulib.ballots.merged().iter() {
        list.set(ballot);
        for _ in 0..ballot.weight() {
            voter += 1;
            sheet.write([voter.to_string().as_str(), &list.projects, &list.points])?;
        }
    }
    Ok(())
}

/// The two lists of a ballot, the projects with most points first, as validators want them.
struct VoteList<'a> {
    pabulib: &'a Pabulib,
    lines: Vec<(u16, Minor)>,
    projects: String,
    points: String,
}

impl VoteList<'_> {
    fn set(&mut self, ballot: Ballot<'_>) {
        self.lines.clear();
        self.lines.extend(ballot.lines());
        self.lines.sort_unstable_by_key(|&(project, points)| (Reverse(points), project));
        self.projects.clear();
        self.points.clear();
        for (project, points) in &self.lines {
            if !self.projects.is_empty() {
                self.projects.push(',');
                self.points.push(',');
            }
            self.projects.push_str(&self.pabulib.projects[usize::from(*project)].id);
            write!(self.points, "{}", points.get()).expect("a text takes everything");
        }
    }
}

/// Rows on their way to a file.
struct Sheet<W: Write> {
    out: BufWriter<W>,
    row: String,
}

impl<W: Write> Sheet<W> {
    fn write<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        self.row.clear();
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.row.push(';');
            }
            self.push(cell);
        }
        self.row.push('\n');
        if self.row.len() > GREATEST_ROW_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a row is longer than a mebibyte"));
        }
        self.out.write_all(self.row.as_bytes())
    }

    /// Quotes what would end a cell, or what some reader takes for the end of a line.
    fn push(&mut self, cell: &str) {
        let ends_something = |c: char| matches!(c, ';' | '"' | '\u{2028}' | '\u{2029}') || c.is_control();
        let cell = cell.trim();
        if cell.contains(ends_something) {
            self.row.push('"');
            self.row.push_str(&cell.replace('"', "\"\""));
            self.row.push('"');
        } else {
            self.row.push_str(cell);
        }
    }
}

/// Names without repetition, in an order of their own.
fn ordered<'a>(names: impl IntoIterator<Item = &'a str>, order: &[&str]) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable_by_key(|name| {
        (order.iter().position(|known| known == name).unwrap_or(order.len()), *name)
    });
    names.dedup();
    names
}

/// An amount, with decimals only where there are cents.
fn decimal(amount: Minor) -> String {
    match (amount.get() / 100, amount.get() % 100) {
        (whole, 0) => whole.to_string(),
        (whole, cents) => format!("{whole}.{cents:02}"),
    }
}
