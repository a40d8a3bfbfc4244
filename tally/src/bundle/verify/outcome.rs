//! Counts again, and holds the published outcome and its tables against that.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::read::{self, Content};
use super::rows::compare as compare_rows;
use crate::bundle::report::Findings;
use crate::bundle::table::{OTHER_RULES, PROJECTS, ROUNDS, Row, TOTALS};
use crate::bundle::{Finding, OtherRule, SumOf, rows};
use crate::election::Election;
use crate::money::Minor;
use crate::outcome::{Outcome, ProjectOutcome};
use crate::project::Project;
use crate::rule_sheet::{RuleSheet, Terms};

/// Whether the sheet is the one announced, the projects are those of the outcome, and the money adds up.
pub(super) fn agree(content: &Content<'_>, findings: &mut Findings) {
    let found = content.sheet.hash();
    let mut listed = vec![&content.facts.sheet_hash, &content.published.sheet_hash];
    listed.dedup();
    for listed in listed.into_iter().filter(|listed| **listed != found) {
        let (listed, found) = (listed.clone(), found.clone());
        findings.add(read::SHEET, Finding::SheetHash { listed, found });
    }
    compare_projects(content, findings);
    add_up(&content.published, findings);
}

/// Floors, ceilings and least supporters stand in both files; what one of them says alone is named at `projects.csv`.
fn compare_projects(content: &Content<'_>, findings: &mut Findings) {
    let ids = content.projects.iter().map(|project| project.id());
    let published = content.published.projects.iter();
    if let Some(at) = ids.clone().zip(published.clone()).position(|(id, outcome)| id != outcome.id)
        && content.projects.len() == content.published.projects.len()
    {
        findings.add(PROJECTS.path, Finding::Order { line: at as u64 + 2 });
    }
    let mut outcomes: HashMap<&str, &ProjectOutcome> =
        published.map(|outcome| (outcome.id.as_str(), outcome)).collect();
    for (line, project) in (2..).zip(&content.projects) {
        let Some(outcome) = outcomes.remove(project.id()) else {
            findings.add(PROJECTS.path, Finding::RowAdded { line, row: project.id().to_owned() });
            continue;
        };
        let least = project.min_supporters().unwrap_or(content.sheet.min_supporters);
        let fields = [
            ("floor_minor", project.floor().get(), outcome.floor_minor.get()),
            ("ceiling_minor", project.ceiling().get(), outcome.ceiling_minor.get()),
            ("min_supporters", least.into(), outcome.min_supporters.into()),
        ];
        for (column, published, expected) in fields.into_iter().filter(|(_, one, other)| one != other) {
            let named = differs(Some(project.id()), column, &published, &expected);
            findings.add(PROJECTS.path, named);
        }
    }
    for outcome in &content.published.projects {
        if outcomes.remove(outcome.id.as_str()).is_some() {
            findings.add(PROJECTS.path, Finding::RowMissing { row: outcome.id.clone() });
        }
    }
}

fn differs(
    project: Option<&str>,
    column: &str,
    published: &impl ToString,
    expected: &impl ToString,
) -> Finding {
    Finding::Differs {
        line: None,
        project: project.map(str::to_owned),
        column: column.to_owned(),
        published: published.to_string(),
        expected: expected.to_string(),
    }
}

/// Money of a published outcome, which may be any numbers.
fn add_up(outcome: &Outcome, findings: &mut Findings) {
    let sum = |amount: fn(&ProjectOutcome) -> Minor| -> i128 {
        outcome.projects.iter().map(|project| i128::from(amount(project).get())).sum()
    };
    let minor = |amount: Minor| i128::from(amount.get());
    let sums = [
        (SumOf::Funded, sum(|project| project.received_minor), minor(outcome.funded_minor)),
        (SumOf::Given, sum(|project| project.given_minor), minor(outcome.given_minor)),
        (
            SumOf::Purse,
            minor(outcome.funded_minor) + minor(outcome.returned_minor),
            minor(outcome.purse_minor),
        ),
    ];
    for (of, parts, sum) in sums.into_iter().filter(|(_, parts, sum)| parts != sum) {
        let [parts, sum] = [parts, sum].map(|amount| i64::try_from(amount).unwrap_or(i64::MAX));
        findings.add(read::OUTCOME, Finding::Sum { of, parts, sum });
    }
}

/// The outcome by the published ballots and rules.
pub(super) fn count(content: &Content<'_>, election: &Election, findings: &mut Findings) -> Option<Outcome> {
    let counted = crate::count(election, &content.sheet);
    counted
        .map_err(|error| findings.add(read::OUTCOME, Finding::NotCounted { detail: error.to_string() }))
        .ok()
}

/// Names what the published outcome has otherwise than the new count.
pub(super) fn compare(content: &Content<'_>, counted: &Outcome, findings: &mut Findings) {
    let published = &content.published;
    let totals = [
        ("ballots", i64::from(published.ballots), i64::from(counted.ballots)),
        ("purse_minor", published.purse_minor.get(), counted.purse_minor.get()),
        ("voters_minor", published.voters_minor.get(), counted.voters_minor.get()),
        ("given_minor", published.given_minor.get(), counted.given_minor.get()),
        ("funded_minor", published.funded_minor.get(), counted.funded_minor.get()),
        ("returned_minor", published.returned_minor.get(), counted.returned_minor.get()),
    ];
    for (field, published, counted) in totals.into_iter().filter(|(_, one, other)| one != other) {
        findings.add(read::OUTCOME, differs(None, field, &published, &counted));
    }
    if published.rule != counted.rule {
        findings.add(read::OUTCOME, differs(None, "rule", &published.rule.name(), &counted.rule.name()));
    }
    let by_id: BTreeMap<&str, &ProjectOutcome> =
        published.projects.iter().map(|project| (project.id.as_str(), project)).collect();
    for counted in &counted.projects {
        if let Some(published) = by_id.get(counted.id.as_str()) {
            compare_project(published, counted, findings);
        }
    }
    let rounds = published.rounds.iter().map(Some).chain(std::iter::repeat(None));
    let most = published.rounds.len().max(counted.rounds.len());
    let pairs = rounds.zip(counted.rounds.iter().map(Some).chain(std::iter::repeat(None))).take(most);
    if let Some((round, _)) = (1_u64..).zip(pairs).find(|(_, (published, counted))| published != counted) {
        findings.add(read::OUTCOME, Finding::Round { round });
    }
}

/// What `projects.csv` says too is compared there.
fn compare_project(published: &ProjectOutcome, counted: &ProjectOutcome, findings: &mut Findings) {
    if published.received_minor != counted.received_minor {
        let (published_minor, recounted_minor) = (published.received_minor, counted.received_minor);
        let project = counted.id.clone();
        findings.add(read::OUTCOME, Finding::Received { project, published_minor, recounted_minor });
    }
    let id = Some(counted.id.as_str());
    if published.status != counted.status {
        let (published, counted) = (published.status.as_str(), counted.status.as_str());
        findings.add(read::OUTCOME, differs(id, "status", &published, &counted));
    }
    let fields = [
        ("support_minor", published.support_minor.get(), counted.support_minor.get()),
        ("given_minor", published.given_minor.get(), counted.given_minor.get()),
        ("supporters", published.supporters.into(), counted.supporters.into()),
    ];
    for (field, published, counted) in fields.into_iter().filter(|(_, one, other)| one != other) {
        findings.add(read::OUTCOME, differs(id, field, &published, &counted));
    }
}

/// Holds `totals.csv` and `rounds.csv` against an outcome.
pub(super) fn verify_tables(content: &Content<'_>, outcome: &Outcome, findings: &mut Findings) {
    let currency = &content.facts.currency;
    let totals = rows::totals(outcome, |id| content.title(id), currency);
    let rounds = rows::rounds(outcome, currency);
    for (table, expected) in [(&TOTALS, totals), (&ROUNDS, rounds)] {
        if let Some(published) = read::rows(content.files, table, findings) {
            compare_rows(table, &expected, &published, findings);
        }
    }
    verify_currency(content, findings);
}

/// The other tables' currency is compared with everything else; that of the projects by itself.
fn verify_currency(content: &Content<'_>, findings: &mut Findings) {
    let mut rows =
        read::rows(content.files, &PROJECTS, &mut Findings::default()).unwrap_or_default().into_iter();
    if let Some((line, row)) = rows.find(|(_, row)| row[10] != content.facts.currency) {
        findings.add(
            PROJECTS.path,
            Finding::Differs {
                line: Some(line),
                project: Some(row[0].clone()),
                column: "currency".to_owned(),
                published: row[10].clone(),
                expected: content.facts.currency.clone(),
            },
        );
    }
}

/// The rules that rows of `other_rules.csv` name, each once, so that one of which rows stand apart is counted once.
fn named(published: &[(u64, Row)]) -> impl Iterator<Item = (&str, &str)> {
    let mut seen = HashSet::new();
    let named = published.iter().map(|(_, row)| (row[0].as_str(), row[1].as_str()));
    named.filter(move |rule| seen.insert(*rule)).take(MOST_OTHER_RULES)
}

/// Looks whether `other_rules.csv` says what can be, where no ballots tell whether it is so: known rules, every project
/// once under each, and sums that a rule may give.
pub(super) fn verify_form_of_other_rules(content: &Content<'_>, findings: &mut Findings) {
    let Some(published) = read::rows(content.files, &OTHER_RULES, findings) else { return };
    let mut others = Vec::new();
    for (name, options) in named(&published) {
        let said: HashMap<&str, &str> = published
            .iter()
            .filter(|(_, row)| row[0] == name && row[1] == options)
            .map(|(_, row)| (row[2].as_str(), row[3].as_str()))
            .collect();
        let received = |project: &Project| {
            Minor::new(said.get(project.id()).and_then(|sum| sum.parse().ok()).unwrap_or(0))
        };
        match rows::rule(name, options) {
            Ok(rule) => {
                let received_minor = content.projects.iter().map(received).collect();
                others.push(OtherRule { rule, received_minor });
            }
            Err(error) => {
                let detail = format!("{name} {options}: {error}");
                findings.add(OTHER_RULES.path, Finding::NotCounted { detail });
            }
        }
    }
    let expected = rows::other_rules(&others, &content.projects, &content.facts.currency);
    compare_rows(&OTHER_RULES, &expected, &published, findings);
    verify_sums_of_other_rules(content, &published, findings);
}

/// By every rule a project receives nothing, or at least its floor and at most its ceiling.
fn verify_sums_of_other_rules(content: &Content<'_>, published: &[(u64, Row)], findings: &mut Findings) {
    let projects: HashMap<&str, &Project> =
        content.projects.iter().map(|project| (project.id(), project)).collect();
    for (line, row) in published {
        let Some(project) = projects.get(row[2].as_str()) else { continue };
        let sum: i64 = row[3].parse().unwrap_or(0);
        let can_be = sum == 0 || (project.floor().get()..=project.ceiling().get()).contains(&sum);
        if !can_be {
            let (line, column, value) = (*line, "received_minor".to_owned(), row[3].clone());
            findings.add(OTHER_RULES.path, Finding::Cell { line, column, value });
        }
    }
}

/// Counts by every rule that `other_rules.csv` names.
pub(super) fn verify_other_rules(content: &Content<'_>, election: &Election, findings: &mut Findings) {
    let Some(published) = read::rows(content.files, &OTHER_RULES, findings) else { return };
    let mut others = Vec::new();
    for (name, options) in named(&published) {
        match by_other_rule(content, election, name, options) {
            Ok(other) => others.push(other),
            Err(detail) => findings.add(OTHER_RULES.path, Finding::NotCounted { detail }),
        }
    }
    let expected = rows::other_rules(&others, &content.projects, &content.facts.currency);
    compare_rows(&OTHER_RULES, &expected, &published, findings);
}

/// More than there are rules with a few options each, so that a stranger's file does not keep a browser counting.
const MOST_OTHER_RULES: usize = 16;

fn by_other_rule(
    content: &Content<'_>,
    election: &Election,
    name: &str,
    options: &str,
) -> Result<OtherRule, String> {
    let rule = rows::rule(name, options).map_err(|error| format!("{name} {options}: {error}"))?;
    let terms = Terms { rule, ..(*content.sheet).clone() };
    let sheet = RuleSheet::new(terms).map_err(|error| format!("{name} {options}: {error}"))?;
    let outcome = crate::count(election, &sheet).map_err(|error| format!("{name} {options}: {error}"))?;
    let received_minor = outcome.projects.iter().map(|project| project.received_minor).collect();
    Ok(OtherRule { rule, received_minor })
}
