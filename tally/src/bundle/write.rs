//! Writes the files of a bundle.

use std::fmt;
use std::sync::Arc;

use super::{File, Publication, Record, media_type, package, rows, table};
use crate::format::pabulib::{self, NotPabulib, Pabulib, PbProject};

/// All files of a version but `bundle.zip`: those of [`Record::extra`] and `datapackage.json` among them.
///
/// `election.pb` is left out where the format cannot tell the election. The same record gives the same bytes, wherever.
///
/// # Errors
/// Where the parts of the record do not tell of the same projects, or a text is longer than readers of `.pb` take.
pub fn write(record: &Record<'_>) -> Result<Vec<File>, WriteError> {
    fits_together(record)?;
    let mut files = tables(record);
    files.extend(election(record)?);
    let outcome = serde_json::to_vec_pretty(record.outcome).expect("an outcome is always JSON");
    let sheet = record.sheet.to_canonical_json().into_bytes();
    files.push(file("rule_sheet.json", "The rules of the count", sheet));
    files.push(file("outcome.json", "What the count gave, round by round", outcome));
    files.extend(record.extra.iter().cloned());
    files.insert(0, package::package(record, &files));
    Ok(files)
}

fn fits_together(record: &Record<'_>) -> Result<(), WriteError> {
    let projects = record.election.projects();
    let ids = record.outcome.projects.iter().map(|project| project.id.as_str());
    let others = record.others.iter().all(|other| other.received_minor.len() == projects.len());
    if !ids.eq(projects.iter().map(|project| project.id()))
        || !others
        || record.projects.len() != projects.len()
    {
        return Err(WriteError::OtherProjects);
    }
    if record.outcome.sheet_hash != record.sheet.hash() {
        return Err(WriteError::OtherSheet);
    }
    Ok(())
}

pub(super) fn file(path: &str, title: &str, bytes: Vec<u8>) -> File {
    File { path: path.to_owned(), media_type: media_type(path).to_owned(), title: title.to_owned(), bytes }
}

fn tables(record: &Record<'_>) -> Vec<File> {
    let (election, currency) = (record.election, record.about.currency.as_str());
    let projects = rows::projects(election.projects(), record.projects, currency);
    // As projects.csv writes it.
    let title = |id: &str| projects.iter().find(|row| row[0] == id).map_or("", |row| row[2].as_str());
    let totals = rows::totals(record.outcome, title, currency);
    let rounds = rows::rounds(record.outcome, currency);
    let others = rows::other_rules(record.others, election.projects(), currency);
    let of = |table: &table::Table, bytes| file(table.path, table.title, bytes);
    let mut files = vec![
        of(&table::TOTALS, table::TOTALS.csv(totals)),
        of(&table::ROUNDS, table::ROUNDS.csv(rounds)),
        of(&table::PARTICIPATION, table::PARTICIPATION.csv(rows::participation(record.participation))),
        of(&table::OTHER_RULES, table::OTHER_RULES.csv(others)),
    ];
    files.insert(0, of(&table::PROJECTS, table::PROJECTS.csv(projects)));
    match record.publication {
        Publication::Ballots => files.push(of(&table::BALLOTS, rows::ballots(election, currency))),
        Publication::Notes => files.push(of(&table::NOTES, rows::notes(election, record.sheet, currency))),
        Publication::Sealed => {}
    }
    files
}

/// `election.pb`, which tells whole ballots.
fn election(record: &Record<'_>) -> Result<Option<File>, WriteError> {
    if record.publication != Publication::Ballots {
        return Ok(None);
    }
    let pabulib =
        match Pabulib::of_election(pb_about(record), pb_projects(record), record.election, record.sheet) {
            Ok(pabulib) => pabulib,
            Err(NotPabulib::OtherProjects) => return Err(WriteError::OtherProjects),
            Err(_) => return Ok(None),
        };
    let mut bytes = Vec::new();
    pabulib::write(&pabulib, &mut bytes).map_err(|_| WriteError::TextTooLong)?;
    Ok(Some(file("election.pb", "Projects and ballots as researchers exchange them (Pabulib)", bytes)))
}

fn pb_about(record: &Record<'_>) -> pabulib::About {
    let about = &record.about;
    pabulib::About {
        description: format!("{} – {}", about.municipality_name, about.title),
        country: about.country.clone(),
        unit: about.municipality_name.clone(),
        instance: about.cycle.clone(),
        date_begin: pb_date(&about.voting_from),
        date_end: pb_date(&about.voting_until),
        budget: record.outcome.purse_minor,
        subunit: String::new(),
        language: about.language.clone(),
        currency: about.currency.clone(),
        comment:
            "#1: a point is one step of the rule sheet; floors, fallbacks and the rule are in the other files"
                .to_owned(),
    }
}

/// A day as the format has it, `DD.MM.YYYY`; a year as it is.
fn pb_date(iso: &str) -> String {
    match iso.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] => format!("{day}.{month}.{year}"),
        _ => iso.to_owned(),
    }
}

fn pb_projects(record: &Record<'_>) -> Vec<PbProject> {
    let all = record.election.projects().iter().zip(record.projects).zip(&record.outcome.projects);
    all.map(|((project, about), outcome)| PbProject {
        name: about.title.clone(),
        // Lists in this column are separated by commas.
        category: (!about.category.is_empty()).then(|| about.category.replace(", ", " / ").replace(',', "/")),
        selected: Some(rows::is_selected(outcome).into()),
        extra: [("public_id", &about.slug), ("proposer", &about.holder)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(column, text)| (Arc::from(column), text.clone()))
            .collect(),
        ..PbProject::of(project)
    })
    .collect()
}

/// Why there is no bundle of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Election, outcome, other rules and names are not of the same projects in the same order.
    OtherProjects,
    /// The outcome is not that of the rule sheet.
    OtherSheet,
    /// A text makes a row of `election.pb` longer than readers take.
    TextTooLong,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WriteError::OtherProjects => {
                "the parts of the record do not tell of the same projects in the same order"
            }
            WriteError::OtherSheet => "the outcome is not that of the rule sheet",
            WriteError::TextTooLong => "a text is longer than a row of election.pb can be",
        })
    }
}

impl std::error::Error for WriteError {}
