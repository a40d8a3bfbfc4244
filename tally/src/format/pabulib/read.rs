//! Reads a `.pb` file row by row, holding no more of it than an election needs.

use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher;
use std::io::BufRead;
use std::str::FromStr;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::problem::excerpt;
use super::rows::{Row, Rows};
use super::{Leniency, Limits, Pabulib, PbError, PbProject, Problem, REQUIRED_KEYS, Section, VoteType};
use crate::ballot::{Ballots, Fallback};
use crate::money::Minor;

/// The columns of PROJECTS that are fields of [`PbProject`]; `target` is what `beneficiaries` was called until 2026.
const OWN_COLUMNS: [&str; 11] = [
    "project_id",
    "cost",
    "name",
    "votes",
    "score",
    "selected",
    "category",
    "beneficiaries",
    "target",
    "district",
    "subunit",
];

/// So many bytes of ballots are remembered while reading: enough for a city, and not for a hostile file to fill memory.
const MOST_KNOWN_BYTES: usize = 8 << 20;

/// Reads a file: META, PROJECTS and VOTES, in this order.
///
/// A lenient reading still refuses a file whose structure is wrong: sections, columns, encoding, budget, vote type.
pub fn read(reader: impl BufRead, leniency: Leniency) -> Result<Pabulib, PbError> {
    let mut source = Source { rows: Rows::new(reader), row: Row::default(), leniency, warnings: Vec::new() };
    source.next_row()?;
    let meta = read_meta(&mut source)?;
    let vote_type = meta.vote_type()?;
    let budget = meta.needed("budget", money)?;
    let limits = meta.limits(vote_type)?;
    let (projects, project_rows) = read_projects(&mut source)?;
    let (ballots, ballot_rows) = read_ballots(&mut source, vote_type, &limits, &projects)?;
    for (key, rows) in [("num_projects", project_rows), ("num_votes", ballot_rows)] {
        if let Some((line, problem)) = meta.miscount(key, rows) {
            source.tolerate(line, problem)?;
        }
    }
    let meta = meta.entries.into_iter().map(|(key, entry)| (key, entry.value)).collect();
    Ok(Pabulib { meta, vote_type, budget, projects, ballots, warnings: source.warnings, limits })
}

/// The file, the row at hand, and what was wrong so far.
struct Source<R> {
    rows: Rows<R>,
    /// The row read last; without cells at the end of the file.
    row: Row,
    leniency: Leniency,
    warnings: Vec<PbError>,
}

impl<R: BufRead> Source<R> {
    fn next_row(&mut self) -> Result<(), PbError> {
        if !self.rows.next(&mut self.row)? {
            self.row = Row::at(self.rows.line().max(1));
        }
        Ok(())
    }

    /// Begins a section, whose line is at hand, and reads its header.
    fn open(&mut self, section: Section) -> Result<Columns, PbError> {
        if self.row.section() != Some(section) {
            return Err(Problem::SectionExpected(section).at(self.row.line()));
        }
        self.next_row()?;
        Columns::new(&self.row)
    }

    /// Takes all rows of the section and says how many there were, the wrong ones included.
    fn each_row(
        &mut self,
        columns: &Columns,
        mut take: impl FnMut(&Row) -> Result<(), Problem>,
    ) -> Result<u64, PbError> {
        let mut rows = 0;
        loop {
            self.next_row()?;
            if self.row.len() == 0 || self.row.section().is_some() {
                return Ok(rows);
            }
            rows += 1;
            let taken = columns.check(&self.row).and_then(|()| take(&self.row));
            if let Err(problem) = taken {
                self.tolerate(self.row.line(), problem)?;
            }
        }
    }

    fn tolerate(&mut self, line: u64, problem: Problem) -> Result<(), PbError> {
        let error = problem.at(line);
        match self.leniency {
            Leniency::Strict => Err(error),
            Leniency::Lenient => {
                self.warnings.push(error);
                Ok(())
            }
        }
    }
}

/// A section's header.
struct Columns {
    line: u64,
    names: Vec<Arc<str>>,
}

impl Columns {
    fn new(header: &Row) -> Result<Columns, PbError> {
        let names: Vec<Arc<str>> = header.cells().map(|name| name.to_ascii_lowercase().into()).collect();
        let mut seen = HashSet::with_capacity(names.len());
        if let Some(name) = names.iter().find(|&name| !seen.insert(name.as_ref())) {
            return Err(Problem::ColumnRepeated(excerpt(name)).at(header.line()));
        }
        Ok(Columns { line: header.line(), names })
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column.as_ref() == name)
    }

    fn needed(&self, name: &'static str) -> Result<usize, PbError> {
        self.find(name).ok_or(Problem::ColumnMissing(name).at(self.line))
    }

    fn check(&self, row: &Row) -> Result<(), Problem> {
        let (cells, columns) = (row.len(), self.names.len());
        if cells == columns { Ok(()) } else { Err(Problem::CellCount { cells, columns }) }
    }
}

struct Meta {
    /// The line of the header.
    line: u64,
    entries: BTreeMap<String, Entry>,
}

struct Entry {
    line: u64,
    value: String,
}

impl Meta {
    /// What stands under the key, if it is there.
    fn given<T>(&self, key: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, PbError> {
        let parse = |entry: &Entry| {
            parse(&entry.value).ok_or_else(|| Problem::number(key, &entry.value).at(entry.line))
        };
        self.entries.get(key).map(parse).transpose()
    }

    fn needed<T>(&self, key: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, PbError> {
        self.given(key, parse)?.ok_or(Problem::KeyMissing(key).at(self.line))
    }

    fn vote_type(&self) -> Result<VoteType, PbError> {
        let entry = self.entries.get("vote_type").ok_or(Problem::KeyMissing("vote_type").at(self.line))?;
        match entry.value.to_ascii_lowercase().as_str() {
            "approval" => Ok(VoteType::Approval),
            "choose-1" => Ok(VoteType::ChooseOne),
            "cumulative" => Ok(VoteType::Cumulative),
            "ordinal" => Ok(VoteType::Ordinal),
            "scoring" => Ok(VoteType::Scoring),
            other => Err(Problem::VoteType(excerpt(other)).at(entry.line)),
        }
    }

    fn limits(&self, vote_type: VoteType) -> Result<Limits, PbError> {
        let max_sum_points = match vote_type {
            VoteType::Cumulative => Some(self.needed("max_sum_points", number)?),
            _ => self.given("max_sum_points", number)?,
        };
        let max_length = match vote_type {
            VoteType::ChooseOne => Some(1),
            _ => self.given("max_length", number)?,
        };
        Ok(Limits {
            max_length,
            max_points: self.given("max_points", number)?,
            max_sum_points,
            max_sum_cost: self.given("max_sum_cost", money)?,
            min_project_score: self.given("min_project_score_threshold", number)?,
        })
    }

    /// What is wrong with META's count of rows, if anything is.
    fn miscount(&self, key: &'static str, rows: u64) -> Option<(u64, Problem)> {
        let entry = self.entries.get(key)?;
        match number::<u32>(&entry.value) {
            Some(says) if u64::from(says) == rows => None,
            Some(says) => Some((entry.line, Problem::Count { key, says, rows })),
            None => Some((entry.line, Problem::number(key, &entry.value))),
        }
    }
}

fn read_meta(source: &mut Source<impl BufRead>) -> Result<Meta, PbError> {
    let columns = source.open(Section::Meta)?;
    let (key, value) = (columns.needed("key")?, columns.needed("value")?);
    let mut entries = BTreeMap::new();
    source.each_row(&columns, |row| {
        let key = row.cell(key).to_ascii_lowercase();
        if entries.contains_key(&key) {
            return Err(Problem::KeyRepeated(excerpt(&key)));
        }
        entries.insert(key, Entry { line: row.line(), value: row.cell(value).to_owned() });
        Ok(())
    })?;
    for key in REQUIRED_KEYS {
        if !entries.contains_key(key) {
            source.tolerate(columns.line, Problem::KeyMissing(key))?;
        }
    }
    Ok(Meta { line: columns.line, entries })
}

fn read_projects(source: &mut Source<impl BufRead>) -> Result<(Vec<PbProject>, u64), PbError> {
    let columns = source.open(Section::Projects)?;
    let (id, cost) = (columns.needed("project_id")?, columns.needed("cost")?);
    let mut seen = HashSet::new();
    let mut projects = Vec::new();
    let rows = source.each_row(&columns, |row| {
        let project = read_project(&columns, row, row.cell(id), row.cell(cost))?;
        if projects.len() > usize::from(u16::MAX) {
            return Err(Problem::TooManyProjects);
        }
        if !seen.insert(project.id.clone()) {
            return Err(Problem::IdRepeated(excerpt(&project.id)));
        }
        projects.push(project);
        Ok(())
    })?;
    Ok((projects, rows))
}

fn read_project(columns: &Columns, row: &Row, id: &str, cost: &str) -> Result<PbProject, Problem> {
    let text = |name: &str| columns.find(name).map(|at| row.cell(at)).filter(|text| !text.is_empty());
    let owned = |name: &str| text(name).map(str::to_owned);
    if id.is_empty() {
        return Err(Problem::IdMissing);
    }
    let extra = columns.names.iter().zip(row.cells());
    let extra = extra.filter(|(name, text)| !OWN_COLUMNS.contains(&name.as_ref()) && !text.is_empty());
    Ok(PbProject {
        line: row.line(),
        id: id.to_owned(),
        name: owned("name").unwrap_or_default(),
        cost_minor: money(cost).ok_or_else(|| Problem::number("cost", cost))?,
        votes: figure("votes", text("votes"))?,
        score: figure("score", text("score"))?,
        selected: figure("selected", text("selected"))?,
        category: owned("category"),
        beneficiaries: owned("beneficiaries").or(owned("target")),
        district: owned("district"),
        subunit: owned("subunit"),
        extra: extra.map(|(name, text)| (name.clone(), text.to_owned())).collect(),
    })
}

fn figure<N: FromStr>(name: &'static str, text: Option<&str>) -> Result<Option<N>, Problem> {
    text.map(|text| number(text).ok_or_else(|| Problem::number(name, text))).transpose()
}

/// What it takes to understand a row of VOTES.
struct Votes<'a> {
    vote_type: VoteType,
    limits: &'a Limits,
    projects: &'a [PbProject],
    index_of: HashMap<&'a str, u16>,
    /// The column of the projects' ids.
    vote: usize,
    /// The column of their points, for the vote types that have one.
    points: Option<usize>,
}

fn read_ballots(
    source: &mut Source<impl BufRead>,
    vote_type: VoteType,
    limits: &Limits,
    projects: &[PbProject],
) -> Result<(Ballots, u64), PbError> {
    let columns = source.open(Section::Votes)?;
    columns.needed("voter_id")?;
    let points = match vote_type {
        VoteType::Cumulative | VoteType::Scoring => Some(columns.needed("points")?),
        VoteType::Approval | VoteType::ChooseOne | VoteType::Ordinal => None,
    };
    let index_of = projects.iter().map(|project| project.id.as_str()).zip(0..=u16::MAX).collect();
    let votes = Votes { vote_type, limits, projects, index_of, vote: columns.needed("vote")?, points };
    let mut ballots = Ballots::new();
    let mut known = Known::default();
    let mut lines = Vec::new();
    let rows = source.each_row(&columns, |row| {
        let said = Said::by(&votes, row);
        let hash = known.hash(said);
        let pushed = match known.row(hash, said) {
            Some(same) => ballots.push_again(same),
            None => {
                votes.read(said, &mut lines)?;
                known.insert(hash, said, ballots.rows());
                ballots.push(&lines, Fallback::Others)
            }
        };
        // What can be wrong with a ballot was found already: all that is left is their number.
        pushed.map_err(|_| Problem::TooManyBallots)
    })?;
    match source.row.section() {
        Some(section) => Err(Problem::SectionRepeated(section).at(source.row.line())),
        None => Ok((ballots, rows)),
    }
}

/// What a row of VOTES says, as it stands in the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Said<'r> {
    projects: &'r str,
    /// Empty for the vote types that have no points.
    points: &'r str,
}

impl<'r> Said<'r> {
    fn by(votes: &Votes<'_>, row: &'r Row) -> Said<'r> {
        Said { projects: row.cell(votes.vote), points: votes.points.map_or("", |column| row.cell(column)) }
    }
}

/// Ballots that were understood already: in a town, most say what somebody said before.
#[derive(Default)]
struct Known {
    hasher: DefaultHashBuilder,
    ballots: HashTable<KnownBallot>,
    /// How many bytes of text are kept.
    bytes: usize,
}

struct KnownBallot {
    hash: u64,
    projects: Box<str>,
    points: Box<str>,
    row: usize,
}

impl Known {
    fn hash(&self, said: Said<'_>) -> u64 {
        self.hasher.hash_one(said)
    }

    fn row(&self, hash: u64, said: Said<'_>) -> Option<usize> {
        let is_it = |known: &KnownBallot| *known.projects == *said.projects && *known.points == *said.points;
        self.ballots.find(hash, is_it).map(|known| known.row)
    }

    /// Remembers a ballot, unless [`MOST_KNOWN_BYTES`] are remembered: then equal ones take a row each.
    fn insert(&mut self, hash: u64, said: Said<'_>, row: usize) {
        self.bytes += said.projects.len() + said.points.len();
        if self.bytes > MOST_KNOWN_BYTES {
            return;
        }
        let known = KnownBallot { hash, projects: said.projects.into(), points: said.points.into(), row };
        self.ballots.insert_unique(hash, known, |known| known.hash);
    }
}

impl Votes<'_> {
    /// The ballot's lines in points, by rising project index; a line may be of no points.
    fn read(&self, said: Said<'_>, lines: &mut Vec<(u16, Minor)>) -> Result<(), Problem> {
        lines.clear();
        for id in list(said.projects) {
            lines.push((self.project(id)?, Minor::new(1)));
        }
        match self.points {
            Some(_) => set_points(lines, said.points)?,
            None if self.vote_type == VoteType::Ordinal => self.set_points_by_place(lines)?,
            None => {}
        }
        lines.sort_unstable();
        if let Some(pair) = lines.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Problem::RepeatedProject(excerpt(&self.projects[usize::from(pair[0].0)].id)));
        }
        self.check(lines)
    }

    fn project(&self, id: &str) -> Result<u16, Problem> {
        self.index_of.get(id).copied().ok_or_else(|| Problem::UnknownProject(excerpt(id)))
    }

    /// Points that follow from where a project stands in the ballot.
    fn set_points_by_place(&self, lines: &mut [(u16, Minor)]) -> Result<(), Problem> {
        let projects = u32::try_from(self.projects.len()).expect("projects are numbered by u16");
        let longest = self.limits.max_length.unwrap_or(projects);
        let (most, found) = (u64::from(longest), lines.len() as u64);
        if found > most {
            return Err(Problem::OverMaximum { limit: "max_length", most, found });
        }
        for ((_, points), before) in lines.iter_mut().zip(0..) {
            *points = Minor::new(i64::from(longest) - before);
        }
        Ok(())
    }

    fn check(&self, lines: &[(u16, Minor)]) -> Result<(), Problem> {
        let points = || lines.iter().map(|&(_, points)| points.get().unsigned_abs());
        let cost = |&(p, _): &(u16, Minor)| self.projects[usize::from(p)].cost_minor.get().unsigned_abs();
        let limits = self.limits;
        let maxima = [
            ("max_length", limits.max_length.map(u64::from), lines.len() as u64),
            ("max_points", limits.max_points.map(u64::from), points().max().unwrap_or(0)),
            ("max_sum_points", limits.max_sum_points, points().sum()),
            (
                "max_sum_cost",
                limits.max_sum_cost.map(|cost| cost.get().unsigned_abs()),
                lines.iter().map(cost).fold(0, u64::saturating_add),
            ),
        ];
        let over = maxima.into_iter().find_map(|(limit, most, found)| {
            most.filter(|&most| found > most).map(|most| Problem::OverMaximum { limit, most, found })
        });
        over.map_or(Ok(()), Err)
    }
}

/// A cell's list; an empty cell is an empty list.
fn list(cell: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!cell.is_empty()).then_some(cell);
    std::iter::from_fn(move || {
        let all = rest?;
        let end = all.bytes().position(|byte| byte == b',');
        rest = end.map(|end| &all[end + 1..]);
        Some(all[..end.unwrap_or(all.len())].trim())
    })
}

/// Gives each line the points that the cell lists at its place.
fn set_points(lines: &mut [(u16, Minor)], cell: &str) -> Result<(), Problem> {
    let mut found = 0;
    for text in list(cell) {
        let points: u32 = number(text).ok_or_else(|| Problem::number("points", text))?;
        if let Some(line) = lines.get_mut(found) {
            line.1 = Minor::new(points.into());
        }
        found += 1;
    }
    if found == lines.len() {
        Ok(())
    } else {
        Err(Problem::PointsCount { projects: lines.len(), points: found })
    }
}

/// A whole number, which some files write with decimals of zero.
fn number<N: FromStr>(text: &str) -> Option<N> {
    let (whole, decimals) = decimal(text)?;
    if decimals.is_empty() { whole.parse().ok() } else { None }
}

/// An amount of money above zero, with at most two decimals.
fn money(text: &str) -> Option<Minor> {
    let (whole, decimals) = decimal(text)?;
    let cents: i64 = match decimals.len() {
        0 => 0,
        1 => decimals.parse::<i64>().ok()? * 10,
        2 => decimals.parse().ok()?,
        _ => return None,
    };
    let minor = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    (minor > 0).then_some(Minor::new(minor))
}

/// The digits before and after a decimal point or, in old files, comma; without zeros at the end.
fn decimal(text: &str) -> Option<(&str, &str)> {
    let (whole, decimals) = match text.bytes().position(|byte| matches!(byte, b'.' | b',')) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(decimals))
        .then_some((whole, decimals.trim_end_matches('0')))
}
