//! The rows of every table, made from values that were checked already. Writing and verifying go through here, so that
//! what is expected of a published table is what would have been written.

use super::table::{self, Row};
use super::{OtherRule, ParticipationRow, ProjectAbout};
use crate::ballot::{Ballot, Ballots};
use crate::election::Election;
use crate::money::Minor;
use crate::outcome::{Event, Outcome, ProjectOutcome, Round};
use crate::project::Project;
use crate::rule_sheet::{Rule, RuleSheet};

fn text(value: impl ToString) -> String {
    value.to_string()
}

fn minor(amount: Minor) -> String {
    amount.get().to_string()
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map(text).unwrap_or_default()
}

/// A text that no program takes for a formula. Forms refuse such texts, so only imported ones are changed.
pub(super) fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

pub(super) fn projects(projects: &[Project], about: &[ProjectAbout], currency: &str) -> Vec<Row> {
    let row = |(project, about): (&Project, &ProjectAbout)| {
        vec![
            text(project.id()),
            text(&about.slug),
            inert(&about.title),
            text(&about.kind),
            inert(&about.category),
            inert(&about.district),
            inert(&about.holder),
            minor(project.floor()),
            minor(project.ceiling()),
            or_empty(project.min_supporters()),
            text(currency),
        ]
    };
    projects.iter().zip(about).map(row).collect()
}

/// `title` gives the name of a project, by its id.
pub(super) fn totals<'a>(outcome: &Outcome, title: impl Fn(&str) -> &'a str, currency: &str) -> Vec<Row> {
    let row = |project: &ProjectOutcome| {
        vec![
            text(&project.id),
            text(title(&project.id)),
            text(project.status.as_str()),
            text(project.supporters),
            minor(project.given_minor),
            minor(project.support_minor),
            minor(project.floor_minor),
            minor(project.ceiling_minor),
            minor(project.received_minor),
            text(currency),
        ]
    };
    outcome.projects.iter().map(row).collect()
}

/// Whether `election.pb` calls the project selected. Readers add up the costs of those that are: one that is paid in part
/// is none of them.
pub(super) fn is_selected(project: &ProjectOutcome) -> bool {
    project.received_minor == project.ceiling_minor
}

pub(super) fn rounds(outcome: &Outcome, currency: &str) -> Vec<Row> {
    let ids: Vec<&str> = outcome.projects.iter().map(|project| project.id.as_str()).collect();
    let rounds = (1..).zip(&outcome.rounds);
    rounds.flat_map(|(number, round)| RoundRows { ids: &ids, currency, number }.all(round)).collect()
}

/// The rows of one round.
struct RoundRows<'a> {
    ids: &'a [&'a str],
    currency: &'a str,
    number: u32,
}

impl RoundRows<'_> {
    fn all(&self, round: &Round) -> Vec<Row> {
        let mut rows = vec![self.row("left", "", "", Some(round.left_minor))];
        for (id, support) in self.ids.iter().zip(&round.support_minor) {
            rows.extend(support.map(|support| self.row("support", id, "", Some(support))));
        }
        for event in &round.events {
            rows.push(self.event(event));
            if event.received_minor > Minor::ZERO {
                rows.push(self.row("received", &event.project, "", Some(event.received_minor)));
            }
        }
        for transfer in &round.transfers {
            let (from, to) = (self.id(transfer.from), self.id(transfer.to));
            rows.push(self.row("transfer", from, to, Some(transfer.minor)));
        }
        rows.push(self.row("returned", "", "", Some(round.returned_minor)));
        let tied = round.ties.iter().flat_map(|tie| &tie.projects);
        rows.extend(tied.map(|project| self.row("tie", project, "", None)));
        rows
    }

    /// Empty where a stranger's outcome names a project that is not there.
    fn id(&self, index: u16) -> &str {
        self.ids.get(usize::from(index)).copied().unwrap_or_default()
    }

    fn event(&self, event: &Event) -> Row {
        let mut row = self.row("event", &event.project, "", Some(event.support_minor));
        row[4] = text(event.verdict.as_str());
        row[6] = or_empty(event.needed_minor.map(Minor::get));
        row
    }

    fn row(&self, what: &str, project: &str, to: &str, amount: Option<Minor>) -> Row {
        let amount = or_empty(amount.map(Minor::get));
        vec![
            text(self.number),
            text(what),
            text(project),
            text(to),
            String::new(),
            amount,
            String::new(),
            text(self.currency),
        ]
    }
}

pub(super) fn participation(rows: &[ParticipationRow]) -> Vec<Row> {
    let row = |row: &ParticipationRow| {
        vec![text(row.scope.as_str()), text(&row.value), or_empty(row.eligible), text(row.voted)]
    };
    rows.iter().map(row).collect()
}

pub(super) fn other_rules(others: &[OtherRule], projects: &[Project], currency: &str) -> Vec<Row> {
    let rows = |other: &OtherRule| -> Vec<Row> {
        let (rule, options) = (other.rule.name(), options(&other.rule));
        let received = projects.iter().zip(&other.received_minor);
        received
            .map(|(project, &received)| {
                vec![text(rule), options.clone(), text(project.id()), minor(received), text(currency)]
            })
            .collect()
    };
    others.iter().flat_map(rows).collect()
}

/// The rule's options by name, such as `end=fill;move=minimal;order=ratio`.
pub(super) fn options(rule: &Rule) -> String {
    let mut options: Vec<String> = rule
        .options()
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(word) => format!("{name}={word}"),
            None => format!("{name}={value}"),
        })
        .collect();
    options.sort_unstable();
    options.join(";")
}

/// The rule that [`options`] told of.
pub(super) fn rule(name: &str, options: &str) -> Result<Rule, serde_json::Error> {
    let option = |option: &str| {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let value = match (value, value.parse::<i64>()) {
            ("true", _) => true.into(),
            ("false", _) => false.into(),
            (_, Ok(number)) => number.into(),
            (word, Err(_)) => word.into(),
        };
        (name.to_owned(), value)
    };
    Rule::new(name, options.split(';').filter(|text| !text.is_empty()).map(option).collect())
}

/// `ballots.csv`, written ballot by ballot, as a city has many.
pub(super) fn ballots(election: &Election, currency: &str) -> Vec<u8> {
    let merged = election.ballots().merged();
    let each = merged.iter().flat_map(|row| std::iter::repeat_n(row, row.weight() as usize));
    let rows = (1_u32..).zip(each).flat_map(|(number, ballot)| {
        let number = number.to_string();
        let fallback = ballot.fallback().as_str();
        let mut lines: Vec<[String; 5]> = ballot
            .lines()
            .map(|(project, amount)| {
                let id = election.projects()[usize::from(project)].id();
                [number.clone(), fallback.into(), id.into(), minor(amount), currency.into()]
            })
            .collect();
        if lines.is_empty() {
            lines.push([number, fallback.into(), String::new(), String::new(), currency.into()]);
        }
        lines
    });
    table::BALLOTS.csv(rows)
}

/// `notes.csv`: what one ballot gave with what else is not told.
pub(super) fn notes(election: &Election, sheet: &RuleSheet, currency: &str) -> Vec<u8> {
    let mut number = 0_u64;
    let projects = (0_u16..).zip(election.projects());
    let rows = projects.flat_map(|(index, project)| {
        notes_of(election.ballots(), index, sheet.step).into_iter().map(move |amount| (project.id(), amount))
    });
    table::NOTES.csv(rows.map(|(project, amount)| {
        number += 1;
        [number.to_string(), project.to_owned(), minor(amount), currency.to_owned()]
    }))
}

/// The worth of every note that a project was given, the greatest first.
fn notes_of(ballots: &Ballots, project: u16, step: Minor) -> Vec<Minor> {
    let given = |ballot: Ballot<'_>| {
        let line = ballot.lines().find(|&(index, _)| index == project);
        line.map(|(_, amount)| (amount, ballot.weight()))
    };
    let mut notes = Vec::new();
    for (amount, weight) in ballots.iter().filter_map(given) {
        let (whole, rest) = (amount.get() / step.get(), amount.get() % step.get());
        for _ in 0..weight {
            notes.extend((0..whole).map(|_| step));
            notes.extend((rest > 0).then_some(Minor::new(rest)));
        }
    }
    notes.sort_unstable_by_key(|&note| std::cmp::Reverse(note));
    notes
}
