//! An outcome on a terminal: a table, a reason for each project, the rounds.
//!
//! The tool speaks English, as its JSON does; reasons are for citizens, and come in their languages.

use app::text::{Language, Text, Told};
use std::collections::HashMap;
use tally::compare::Comparison;
use tally::explain::explain;
use tally::format::pabulib::Pabulib;
use tally::outcome::{ProjectOutcome, Round};
use tally::{Minor, Outcome, RuleSheet};

/// What is shown, and how.
pub(super) struct Shown<'a> {
    pub(super) pb: &'a Pabulib,
    pub(super) sheet: &'a RuleSheet,
    pub(super) outcome: &'a Outcome,
    pub(super) lang: Language,
}

fn currency(pb: &Pabulib) -> &str {
    pb.meta.get("currency").map_or("", String::as_str)
}

/// Prints a row a project, a line about the money, and what else was asked for.
pub(super) fn outcome(shown: &Shown<'_>, reasons: bool, rounds: bool) {
    let (t, currency) = (Text::of(shown.lang), currency(shown.pb));
    let outcome = shown.outcome;
    let names: HashMap<&str, &str> =
        shown.pb.projects.iter().map(|project| (project.id.as_str(), project.name.as_str())).collect();
    let name = |id: &str| match names.get(id) {
        Some(&name) if !name.is_empty() => name.to_owned(),
        _ => id.to_owned(),
    };
    let told = Told { currency, sheet: shown.sheet, name: &name };
    let mut projects: Vec<&ProjectOutcome> = outcome.projects.iter().collect();
    projects.sort_by_key(|project| std::cmp::Reverse((project.received_minor, project.support_minor)));
    for project in projects {
        println!(
            "{:11} {:>18}  {:>14}  {:>16}  {} {}",
            word(&project.status),
            t.money(project.received_minor, currency),
            t.as_given(project.given_minor, shown.sheet, currency),
            t.supporters(project.supporters.into()),
            project.id,
            name(&project.id),
        );
        if let Some(explanation) = explain(outcome, &project.id).filter(|_| reasons) {
            println!("    {}", t.explanation(&explanation, &told));
        }
    }
    if rounds {
        for (number, round) in (1..).zip(&outcome.rounds) {
            print_round(shown, number, round, &name);
        }
    }
    println!(
        "{}: {} of {} went to projects, {} returned; {} ballots.",
        shown.sheet.rule.name(),
        t.money(outcome.funded_minor, currency),
        t.money(outcome.purse_minor, currency),
        t.money(outcome.returned_minor, currency),
        t.number(outcome.ballots.into()),
    );
}

/// The word that JSON has for it.
fn word(value: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned()
}

fn print_round(shown: &Shown<'_>, number: u64, round: &Round, name: &dyn Fn(&str) -> String) {
    let (t, currency) = (Text::of(shown.lang), currency(shown.pb));
    let money = |minor: Minor| t.money(minor, currency);
    println!("\nround {number}, {} left", money(round.left_minor));
    for event in &round.events {
        let (verdict, received) = (word(&event.verdict), money(event.received_minor));
        println!("  {verdict:18} {received:>18}  {} {}", event.project, name(&event.project));
    }
    let id = |project: u16| &shown.outcome.projects[usize::from(project)].id;
    for transfer in &round.transfers {
        println!("  {:>18}  {} → {}", money(transfer.minor), id(transfer.from), id(transfer.to));
    }
    for tie in &round.ties {
        println!("  = {}", tie.projects.join(", "));
    }
}

/// Prints what every rule gives, side by side, and marks the projects about which they differ.
pub(super) fn comparison(pb: &Pabulib, sheets: &[RuleSheet], comparison: &Comparison, lang: Language) {
    let (t, currency) = (Text::of(lang), currency(pb));
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.rule.name()).collect();
    let head: String = names.iter().map(|name| format!("{name:>18}")).collect();
    println!("  {head}");
    for (p, project) in pb.projects.iter().enumerate() {
        let differs = comparison.changes.iter().any(|change| change.project == project.id);
        let cells: String = comparison
            .outcomes
            .iter()
            .map(|outcome| match outcome.projects[p].received_minor {
                Minor::ZERO => format!("{:>18}", "—"),
                received => format!("{:>18}", t.money_short(received, currency)),
            })
            .collect();
        println!("{} {cells}  {} {}", if differs { '≠' } else { '=' }, project.id, project.name);
    }
    let sums: String = comparison
        .outcomes
        .iter()
        .map(|outcome| format!("{:>18}", t.money_short(outcome.funded_minor, currency)))
        .collect();
    println!("Σ {sums}");
}
