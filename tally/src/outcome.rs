//! What every project receives, and how that came about.
//!
//! An outcome is stored, published and compared byte by byte, so it holds facts only: no text, no percentages, nothing
//! that can be worked out from the rest but the totals that people look for. It cannot be built unless the money adds
//! up.

use serde::{Deserialize, Serialize};

use crate::money::Minor;
use crate::rule_sheet::Rule;

/// The result of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The rule that was applied, with its options.
    pub rule: Rule,
    /// The rule sheet's hash.
    pub sheet_hash: String,
    /// How many ballots were counted, empty ones too.
    pub ballots: u32,
    /// All the money of the cycle: funded + returned.
    pub purse_minor: Minor,
    /// The sum of all lines as cast.
    pub given_minor: Minor,
    /// What projects receive.
    pub funded_minor: Minor,
    /// What goes back to the town.
    pub returned_minor: Minor,
    /// Every project, in the order of the election.
    pub projects: Vec<ProjectOutcome>,
    /// What happened, in order.
    pub rounds: Vec<Round>,
    /// Every tie that the tie order decided.
    pub ties: Vec<TieMet>,
}

/// What became of one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectOutcome {
    /// The project's id.
    pub id: String,
    /// Whether it goes ahead.
    pub status: Status,
    /// What it receives: zero, or between its floor and its ceiling.
    pub received_minor: Minor,
    /// What the rule compared, at the end, in whole minor units rounded down.
    pub support_minor: Minor,
    /// The sum of its lines as cast.
    pub given_minor: Minor,
    /// How many ballots gave to it, as cast.
    pub supporters: u32,
}

/// Whether a project goes ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It receives its ceiling.
    Funded,
    /// It receives less than its ceiling, and at least its floor.
    Partial,
    /// Too few ballots gave to it, so that it was never counted.
    Dropped,
    /// It receives nothing.
    NotFunded,
}

/// One step of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The money of the purse that was left when the round began.
    pub left_minor: Minor,
    /// What happened to whom.
    pub events: Vec<Event>,
}

/// What happened to one project in a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The project's id.
    pub project: String,
    /// What happened.
    pub verdict: Verdict,
    /// Its support when the rule looked at it, in whole minor units rounded down.
    pub support_minor: Minor,
    /// What it receives.
    pub received_minor: Minor,
}

/// What a rule found about a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It receives its ceiling.
    Funded,
    /// Its support lies between floor and ceiling, and it receives that.
    Partial,
    /// Its support does not reach its floor, or not one minor unit.
    UnderFloor,
    /// Its support does not reach the rule's threshold.
    UnderThreshold,
    /// Its ceiling is more than the money left.
    DoesNotFit,
    /// Too few ballots gave to it.
    TooFewSupporters,
}

/// A tie that the tie order decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieMet {
    /// The ids of the projects that were equal, in the order in which they were taken.
    pub projects: Vec<String>,
}
