//! Reads the files of a stranger's bundle, and names with its line what is not as the format has it.

use std::collections::{BTreeMap, HashSet};

use csv::StringRecord;
use serde::Deserialize;

use crate::bundle::package::{self, Facts};
use crate::bundle::report::Findings;
use crate::bundle::table::{self, Column, Kind, Row, Table};
use crate::bundle::{File, Finding};
use crate::money::Minor;
use crate::outcome::Outcome;
use crate::project::Project;
use crate::rule_sheet::RuleSheet;

pub(super) const SHEET: &str = "rule_sheet.json";
pub(super) const OUTCOME: &str = "outcome.json";
pub(super) const PABULIB: &str = "election.pb";

/// What of `datapackage.json` is verified; the rest is for people and catalogues.
#[derive(Deserialize)]
pub(in crate::bundle) struct Package {
    pub(super) resources: Vec<Resource>,
    pub(in crate::bundle) ecot: Facts,
}

#[derive(Deserialize)]
pub(in crate::bundle) struct Resource {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) hash: String,
}

pub(super) fn package(files: &[&File], findings: &mut Findings) -> Option<Package> {
    let Some(file) = find(files, package::PATH) else {
        findings.add(package::PATH, Finding::Missing);
        return None;
    };
    json(file, findings)
}

pub(super) fn find<'a>(files: &[&'a File], path: &str) -> Option<&'a File> {
    files.iter().find(|file| file.path == path).copied()
}

fn json<T: for<'a> Deserialize<'a>>(file: &File, findings: &mut Findings) -> Option<T> {
    let read = serde_json::from_slice(&file.bytes);
    read.map_err(|error| findings.add(&file.path, unreadable(Some(error.line() as u64), &error))).ok()
}

pub(super) fn unreadable(line: Option<u64>, detail: &impl ToString) -> Finding {
    Finding::Unreadable { line, detail: detail.to_string() }
}

/// What a count needs, and what it gave by the bundle.
pub(super) struct Content<'a> {
    pub(super) facts: &'a Facts,
    pub(super) files: &'a [&'a File],
    pub(super) sheet: RuleSheet,
    pub(super) published: Outcome,
    /// In the order of `projects.csv`, at most as many as a count can take.
    pub(super) projects: Vec<Project>,
    /// Their names, by id.
    pub(super) titles: BTreeMap<String, String>,
}

impl<'a> Content<'a> {
    pub(super) fn read(
        facts: &'a Facts,
        files: &'a [&'a File],
        findings: &mut Findings,
    ) -> Option<Content<'a>> {
        let sheet = find(files, SHEET).and_then(|file| sheet(file, findings));
        let published: Option<Outcome> = find(files, OUTCOME).and_then(|file| json(file, findings));
        let rows = rows(files, &table::PROJECTS, findings);
        let (projects, titles) = rows.and_then(|rows| projects(rows, findings))?;
        Some(Content { facts, files, sheet: sheet?, published: published?, projects, titles })
    }

    pub(super) fn title(&self, project: &str) -> &str {
        self.titles.get(project).map_or("", String::as_str)
    }
}

fn sheet(file: &File, findings: &mut Findings) -> Option<RuleSheet> {
    let text = std::str::from_utf8(&file.bytes).map_err(|error| error.to_string());
    let read = text.and_then(|text| RuleSheet::from_json(text).map_err(|error| error.to_string()));
    match read {
        Ok(sheet) => {
            if sheet.to_canonical_json().as_bytes() != file.bytes {
                findings.add(SHEET, Finding::SheetForm);
            }
            Some(sheet)
        }
        Err(detail) => {
            findings.add(SHEET, unreadable(None, &detail));
            None
        }
    }
}

type Named = (Vec<Project>, BTreeMap<String, String>);

fn projects(rows: Vec<(u64, Row)>, findings: &mut Findings) -> Option<Named> {
    let mut projects = Vec::with_capacity(rows.len());
    let mut titles = BTreeMap::new();
    let mut seen = HashSet::new();
    let mut all_are_right = true;
    for (line, row) in rows {
        // Ids, floors and ceilings are there and whole numbers, or reading had left the row out.
        let amount = |at: usize| Minor::new(row[at].parse().unwrap_or(-1));
        let least = row[9].parse().ok();
        let project = Project::new(&row[0], amount(7), amount(8), least).map_err(|error| error.to_string());
        let project = match project {
            Ok(_) if !seen.insert(row[0].clone()) => Err("the id is there twice".to_owned()),
            Ok(_) if projects.len() > usize::from(u16::MAX) => Err("there are too many projects".to_owned()),
            other => other,
        };
        match project {
            Ok(project) => projects.push(project),
            Err(detail) => {
                findings.add(table::PROJECTS.path, unreadable(Some(line), &detail));
                all_are_right = false;
            }
        }
        titles.insert(row[0].clone(), row[2].clone());
    }
    all_are_right.then_some((projects, titles))
}

/// The rows of a table with their lines, if all of them are as they should be; the file's absence is told elsewhere.
pub(super) fn rows(files: &[&File], table: &Table, findings: &mut Findings) -> Option<Vec<(u64, Row)>> {
    let mut rows = Vec::new();
    let read = each_row(files, table, findings, |line, record, _| {
        rows.push((line, record.iter().map(str::to_owned).collect()));
    });
    read.then_some(rows)
}

/// The longest line of a table: the parts of a row take many times their length in memory, and a small archive can hold a
/// line of commas without end.
const LONGEST_LINE_BYTES: usize = 1 << 20;

/// The number of the first line that is longer.
fn line_too_long(bytes: &[u8]) -> Option<u64> {
    let mut lines = (1..).zip(bytes.split(|&byte| byte == b'\n'));
    lines.find(|(_, line)| line.len() > LONGEST_LINE_BYTES).map(|(number, _)| number)
}

/// Hands over the rows of a table one by one, and says whether all were as they should be. Wrong ones are not handed over.
pub(super) fn each_row(
    files: &[&File],
    table: &Table,
    findings: &mut Findings,
    mut take: impl FnMut(u64, &StringRecord, &mut Findings),
) -> bool {
    let Some(file) = find(files, table.path) else { return false };
    if let Some(line) = line_too_long(&file.bytes) {
        findings.add(table.path, unreadable(Some(line), &"a line is longer than a mebibyte"));
        return false;
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(&file.bytes[..]);
    let mut record = StringRecord::new();
    let (mut is_header, mut all_are_right) = (true, true);
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let line = error.position().map(|position| line_of(&file.bytes, position));
                findings.add(table.path, unreadable(line, &error));
                return false;
            }
        }
        if is_header {
            is_header = false;
            if !record.iter().eq(table.header()) {
                let (expected, found) =
                    (table.header().join(","), record.iter().collect::<Vec<_>>().join(","));
                findings.add(table.path, Finding::Columns { expected, found });
                return false;
            }
            continue;
        }
        let line = record.position().map_or(0, |position| line_of(&file.bytes, position));
        match wrong_cell(table, &record) {
            None => take(line, &record, findings),
            Some((column, value)) => {
                all_are_right = false;
                let (column, value) = (column.to_owned(), value.to_owned());
                findings.add(table.path, Finding::Cell { line, column, value });
            }
        }
    }
    if is_header {
        let expected = table.header().join(",");
        findings.add(table.path, Finding::Columns { expected, found: String::new() });
    }
    all_are_right && !is_header
}

/// The reader counts a line where its `\n` is read, which of CRLF is at the beginning of the next row.
fn line_of(bytes: &[u8], position: &csv::Position) -> u64 {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    position.line() + u64::from(bytes.get(at) == Some(&b'\n'))
}

/// The first cell that cannot be what it is, or the first column without a cell.
fn wrong_cell<'a>(table: &Table, record: &'a StringRecord) -> Option<(&'static str, &'a str)> {
    if record.len() > table.columns.len() {
        return Some((
            table.columns[table.columns.len() - 1].name,
            record.iter().next_back().unwrap_or_default(),
        ));
    }
    let cells = record.iter().map(Some).chain(std::iter::repeat(None));
    let mut cells = table.columns.iter().zip(cells);
    cells.find_map(|(column, cell)| match cell {
        Some(cell) if can_be(column, cell) => None,
        cell => Some((column.name, cell.unwrap_or_default())),
    })
}

fn can_be(column: &Column, cell: &str) -> bool {
    if cell.is_empty() {
        return !column.required;
    }
    match column.kind {
        Kind::Text => true,
        Kind::Currency => cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase()),
        // A number has one way of being written.
        Kind::From(least) => cell
            .parse::<i64>()
            .is_ok_and(|number| number >= least && (cell == "0" || !cell.starts_with(['0', '+']))),
        Kind::Word(words) => words.contains(&cell),
    }
}
