//! One election under several rule sheets: what each would give, and where they differ.

use serde::{Deserialize, Serialize};

use crate::bundle::OtherRule;
use crate::election::Election;
use crate::money::Minor;
use crate::outcome::Outcome;
use crate::rule::{CountError, count};
use crate::rule_sheet::{Completion, End, Rule, RuleSheet, Terms};

/// What several rule sheets make of the same ballots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// One outcome for each sheet, in their order.
    pub outcomes: Vec<Outcome>,
    /// The projects that do not receive the same under all of them, in the order of the election.
    pub changes: Vec<Change>,
}

/// A project that does not receive the same under all sheets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its id.
    pub project: String,
    /// What it receives under each sheet.
    pub received_minor: Vec<Minor>,
}

/// Counts the election under every sheet.
pub fn compare<'s>(
    election: &Election,
    sheets: impl IntoIterator<Item = &'s RuleSheet>,
) -> Result<Comparison, CountError> {
    let outcomes: Vec<Outcome> =
        sheets.into_iter().map(|sheet| count(election, sheet)).collect::<Result<_, _>>()?;
    let changes = changes(&outcomes.iter().collect::<Vec<_>>());
    Ok(Comparison { outcomes, changes })
}

/// The projects that do not receive the same in all of these outcomes of one election, in its order.
pub fn changes(outcomes: &[&Outcome]) -> Vec<Change> {
    let projects = outcomes.first().map_or(&[][..], |first| &first.projects).iter().enumerate();
    let received = |p: usize| outcomes.iter().map(|outcome| outcome.projects[p].received_minor).collect();
    let changes =
        projects.map(|(p, project)| Change { project: project.id.clone(), received_minor: received(p) });
    let differs = |change: &Change| change.received_minor.windows(2).any(|pair| pair[0] != pair[1]);
    changes.filter(differs).collect()
}

/// A total of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Total {
    /// How many ballots were counted.
    Ballots,
    /// All the money, in minor units; so are the others.
    Purse,
    /// What ballots gave.
    Given,
    /// What projects receive.
    Funded,
    /// What goes back to the town.
    Returned,
}

impl Total {
    /// All of them, in the order in which they follow from each other.
    pub const ALL: [Total; 5] = [Total::Ballots, Total::Purse, Total::Given, Total::Funded, Total::Returned];

    /// Its figure.
    pub fn of(self, outcome: &Outcome) -> i64 {
        match self {
            Total::Ballots => outcome.ballots.into(),
            Total::Purse => outcome.purse_minor.get(),
            Total::Given => outcome.given_minor.get(),
            Total::Funded => outcome.funded_minor.get(),
            Total::Returned => outcome.returned_minor.get(),
        }
    }
}

/// The totals that are not the same in both outcomes, each before and after.
pub fn totals_changed(before: &Outcome, after: &Outcome) -> Vec<(Total, i64, i64)> {
    let both = Total::ALL.into_iter().map(|total| (total, total.of(before), total.of(after)));
    both.filter(|(_, before, after)| before != after).collect()
}

/// What the rules that a sheet does not name would have given, each with its usual options; those that let money be
/// completed, with and without. A rule that cannot count the election is left out.
pub fn other_rules(election: &Election, sheet: &RuleSheet) -> Vec<OtherRule> {
    let usual = Rule::NAMES.iter().filter_map(|name| Rule::new(name, serde_json::Map::new()).ok());
    let widened = |rule: Rule| {
        let wider = match rule {
            Rule::Transfer { order, r#move, end: End::Keep } => {
                Some(Rule::Transfer { order, r#move, end: End::Fill })
            }
            Rule::EqualShares {
                utility,
                completion: Completion::None,
                unit,
                start,
                exhaustive_stop,
                ties,
            } => {
                let completion = Completion::Add1;
                Some(Rule::EqualShares { utility, completion, unit, start, exhaustive_stop, ties })
            }
            _ => None,
        };
        [Some(rule), wider].into_iter().flatten()
    };
    let others = usual.flat_map(widened).filter(|rule| *rule != sheet.rule);
    let count_by = |rule: Rule| {
        let sheet = RuleSheet::new(Terms { rule, ..(**sheet).clone() }).ok()?;
        let outcome = count(election, &sheet).ok()?;
        let received_minor = outcome.projects.iter().map(|project| project.received_minor).collect();
        Some(OtherRule { rule, received_minor })
    };
    others.filter_map(count_by).collect()
}
