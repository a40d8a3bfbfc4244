//! One election under several rule sheets: what each would give, and where they differ.

use serde::{Deserialize, Serialize};

use crate::election::Election;
use crate::money::Minor;
use crate::outcome::Outcome;
use crate::rule::{CountError, count};
use crate::rule_sheet::RuleSheet;

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
    let received = |p: usize| outcomes.iter().map(|outcome| outcome.projects[p].received_minor).collect();
    let changes = election
        .projects()
        .iter()
        .enumerate()
        .map(|(p, project)| Change { project: project.id().to_owned(), received_minor: received(p) });
    let differs = |change: &Change| change.received_minor.windows(2).any(|pair| pair[0] != pair[1]);
    let changes = changes.filter(differs).collect();
    Ok(Comparison { outcomes, changes })
}
