//! The roll: import it, and hand out the codes of its letters, once.

use crate::access::{House, Staff, Visit};
use crate::actions::project::slug_of;
use crate::error::Error;
use crate::form::Upload;
use crate::pages::office::roll as page;
use crate::text::Text;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use store::Translated;
use store::cycle::Cycle;
use store::municipality::Label;
use store::roll::{Adding, normalise_reference};
use tally::format::roll::{LONGEST_REFERENCE, MOST_ROWS, RollProblem, RollProblemKind};

/// What came of an import.
pub enum Import {
    /// The codes, as a table to print letters from; nobody can make this table again.
    Codes {
        /// CSV: reference, code; see [`Wishes::for_spreadsheet`].
        table: Vec<u8>,
        /// How many people were added.
        added: usize,
        /// How many were on the roll already and kept their codes.
        kept: usize,
    },
    /// Nothing was written.
    Wrong(Vec<RollProblem>),
    /// Everybody was on the roll already; nothing was written.
    NobodyNew,
    /// Voting is over; nothing was written.
    Closed,
}

/// How a roll is to be imported.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// Those who are on the roll already get new codes.
    pub reissue: bool,
    /// A reference means the same person as on the town's earlier rolls, so that accounts keep their places.
    pub same_people: bool,
    /// The table of codes is for a spreadsheet in which the comma is a decimal one: with semicolons, and with the mark by
    /// which such a program knows UTF-8.
    pub for_spreadsheet: bool,
}

/// Imports a roll. The same for the office and for the command line.
///
/// # Errors
/// The database's.
pub async fn import(
    house: &House,
    cycle: &Cycle,
    file: &[u8],
    wishes: Wishes,
) -> Result<Import, store::Error> {
    let rows = match tally::format::roll::read(&decode(file), normalise_reference) {
        Ok(rows) => rows,
        Err(problems) => return Ok(Import::Wrong(problems)),
    };
    let references: Vec<String> = rows.iter().map(|row| row.reference.clone()).collect();
    let with_labels = rows.into_iter().map(|row| {
        let slug = slug_of(&row.district);
        let label = Label { label_id: house.id(), slug, name: Translated::new("fr", row.district) };
        (row.reference, (!label.slug.is_empty()).then_some(label))
    });
    let issued =
        store::roll::issue(&house.roll_key, &cycle.cycle_id, with_labels, || house.token(), || house.bytes());
    let entries: Vec<_> = issued.iter().map(|issued| issued.entry.clone()).collect();
    let Adding::Added(added) = store::roll::add(&house.db, cycle, &entries, wishes.reissue).await? else {
        return Ok(Import::Closed);
    };
    if wishes.same_people {
        carry_over(house, cycle, &references).await?;
    }
    let (start, separator) = if wishes.for_spreadsheet { ("\u{feff}", ';') } else { ("", ',') };
    let mut table = format!("{start}reference{separator}code\r\n");
    for ((reference, issued), _) in references.iter().zip(&issued).zip(&added).filter(|(_, added)| **added) {
        table.push_str(&quoted(reference));
        table.push(separator);
        table.push_str(&issued.code.print());
        table.push_str("\r\n");
    }
    let new = added.iter().filter(|added| **added).count();
    if new == 0 {
        return Ok(Import::NobodyNew);
    }
    Ok(Import::Codes { table: table.into_bytes(), added: new, kept: added.len() - new })
}

/// Attaches accounts to the entries of those whose entry in an earlier roll of the town they were attached to.
///
/// Only here can it be known who they are: a roll keeps no reference, but its hash with the cycle, and only while a town's
/// file is being read is the reference there, from which the hashes of both cycles are made.
async fn carry_over(house: &House, cycle: &Cycle, references: &[String]) -> Result<(), store::Error> {
    let mut by_cycle: Vec<(String, HashMap<String, String>)> = Vec::new();
    for earlier in store::account::earlier(&house.db, cycle).await? {
        if by_cycle.last().is_none_or(|(cycle_id, _)| *cycle_id != earlier.cycle_id) {
            by_cycle.push((earlier.cycle_id, HashMap::new()));
        }
        let (_, accounts) = by_cycle.last_mut().expect("one was pushed for this cycle");
        accounts.insert(earlier.reference_hash, earlier.account_id);
    }
    let mut pairs = Vec::new();
    for reference in references.iter().map(|reference| normalise_reference(reference)) {
        let hash = |cycle_id: &str| house.roll_key.reference_hash(cycle_id, &reference);
        let found = by_cycle.iter().find_map(|(earlier, accounts)| accounts.get(&hash(earlier)));
        pairs.extend(found.map(|account_id| (hash(&cycle.cycle_id), account_id.clone())));
    }
    store::account::carry_over(&house.db, cycle, &pairs).await
}

/// A cell of a CSV table (RFC 4180).
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// UTF-8 where it is that, else Windows-1252, which is what French spreadsheets save; without zero bytes, which
/// PostgreSQL keeps none of.
fn decode(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    };
    text.replace('\0', "")
}

/// Takes the officer's file and answers with the codes.
pub async fn upload(
    visit: Visit,
    _: Staff,
    Path((town, cycle)): Path<(String, String)>,
    upload: Upload,
) -> Result<Response, Error> {
    let (town, cycle) = page::open(&visit, &town, &cycle).await?;
    let t = visit.text;
    let said = |name| upload.fields.get(name) == "yes";
    let wishes = Wishes {
        reissue: said("reissue"),
        same_people: said("same_people"),
        for_spreadsheet: upload.fields.get("table") == "spreadsheet",
    };
    let mut problems = Problems::default();
    match import(&visit.house, &cycle, &upload.file, wishes).await? {
        Import::Codes { table, .. } => {
            let name = format!("attachment; filename=\"{}-{}-codes.csv\"", town.slug, cycle.slug);
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CONTENT_DISPOSITION, name.as_str()),
                (header::CACHE_CONTROL, "no-store"),
            ];
            return Ok((headers, table).into_response());
        }
        Import::Wrong(wrong) => {
            for problem in &wrong {
                problems.add("file", say(t, problem));
            }
        }
        Import::NobodyNew => problems.add("file", t.roll_nobody_new()),
        Import::Closed => return Err(Error::WrongPhase),
    }
    Ok(page::page(&visit, &town, &cycle, &problems))
}

/// What is wrong with a line, in words.
#[must_use]
pub fn say(t: Text, problem: &RollProblem) -> String {
    let words = match &problem.kind {
        RollProblemKind::NoReferenceColumn => t.roll_no_column().to_owned(),
        RollProblemKind::NoRows => t.roll_no_rows().to_owned(),
        RollProblemKind::TooManyRows => t.roll_too_many(&t.number(MOST_ROWS as u64)),
        RollProblemKind::Unreadable => t.roll_unreadable().to_owned(),
        RollProblemKind::EmptyReference => t.roll_empty_reference().to_owned(),
        RollProblemKind::LongReference => t.roll_long_reference(&t.number(LONGEST_REFERENCE as u64)),
        RollProblemKind::Formula => t.roll_formula().to_owned(),
        RollProblemKind::Repeated { first } => t.roll_repeated(&t.number(*first)),
    };
    t.line_says(&t.number(problem.line), &words)
}
