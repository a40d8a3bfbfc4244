//! What every project receives, and how that came about.
//!
//! An outcome is stored, published and compared byte by byte, so it holds facts only: no text, no percentages, nothing
//! that can be worked out from the rest but the totals that people look for. It cannot be built unless the money adds
//! up. Sums inside rounds are whole minor units rounded down, so that what moved may seem short by a unit or two; what
//! projects receive is exact.

use serde::{Deserialize, Serialize};

use crate::money::Minor;
use crate::rule_sheet::Rule;

/// The result of a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The rule that was applied, with its options.
    #[serde(flatten)]
    pub rule: Rule,
    /// The rule sheet's hash.
    pub sheet_hash: String,
    /// How many ballots were counted, empty ones too.
    pub ballots: u32,
    /// All the money of the cycle: funded + returned.
    pub purse_minor: Minor,
    /// The part of the purse that the ballots decide about.
    pub voters_minor: Minor,
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
}

impl Outcome {
    /// The projects that receive something, in the order in which the rule decided so.
    pub fn winners(&self) -> impl Iterator<Item = &str> {
        let paid = self.rounds.iter().flat_map(|round| &round.events);
        paid.filter(|event| event.received_minor > Minor::ZERO).map(|event| event.project.as_str())
    }

    /// Every tie that was met, in order.
    pub fn ties(&self) -> impl Iterator<Item = &TieMet> {
        self.rounds.iter().flat_map(|round| &round.ties)
    }
}

/// What became of one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectOutcome {
    /// The project's id.
    pub id: String,
    /// Whether it goes ahead.
    pub status: Status,
    /// The least sum with which it can go ahead.
    pub floor_minor: Minor,
    /// Its full cost.
    pub ceiling_minor: Minor,
    /// What it receives: zero, or between its floor and its ceiling.
    pub received_minor: Minor,
    /// What the rule compared when it decided about the project, in whole minor units rounded down.
    pub support_minor: Minor,
    /// The sum of its lines as cast.
    pub given_minor: Minor,
    /// How many ballots gave to it, as cast.
    pub supporters: u32,
    /// How many ballots had to.
    pub min_supporters: u32,
}

/// Whether a project goes ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It receives its ceiling.
    Funded,
    /// It receives less than its ceiling, and at least its floor.
    Partial,
    /// It left the count before the end: too few ballots gave to it, or its support did not carry it.
    Dropped,
    /// It receives nothing.
    NotFunded,
}

impl Status {
    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Funded => "funded",
            Status::Partial => "partial",
            Status::Dropped => "dropped",
            Status::NotFunded => "not_funded",
        }
    }
}

/// One step of a count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The money of the purse that was neither paid nor returned when the round began.
    pub left_minor: Minor,
    /// The support of every project when the round began, in the order of [`Outcome::projects`]; none where the rule
    /// had decided about the project already. What it was after the round stands in the next one.
    pub support_minor: Vec<Option<Minor>>,
    /// What happened to whom.
    pub events: Vec<Event>,
    /// Money that changed place.
    pub transfers: Vec<Transfer>,
    /// Money that went back to the town.
    pub returned_minor: Minor,
    /// Ties that the tie order decided.
    pub ties: Vec<TieMet>,
}

/// What happened to one project in a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The project's id.
    pub project: String,
    /// What happened.
    pub verdict: Verdict,
    /// Its support when the rule looked at it; of an unreachable project, the most that its supporters could pay.
    pub support_minor: Minor,
    /// What the rule held against that, if it held anything: a floor, a ceiling, a threshold.
    pub needed_minor: Option<Minor>,
    /// What it receives.
    pub received_minor: Minor,
}

impl Event {
    pub(crate) fn against(self, needed: Minor) -> Event {
        Event { needed_minor: Some(needed), ..self }
    }

    pub(crate) fn receiving(self, received_minor: Minor) -> Event {
        Event { received_minor, ..self }
    }
}

/// Money that moved from one project's support to another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Whose support it was, by its place in [`Outcome::projects`].
    pub from: u16,
    /// Whose it became.
    pub to: u16,
    /// How much.
    pub minor: Minor,
}

/// What a rule found about a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It receives its ceiling.
    Funded,
    /// Its support lies between floor and ceiling, and it receives that.
    Partial,
    /// Its supporters added what it lacked from what they gave to others, and it receives its floor.
    Pulled,
    /// It receives its floor, or ceiling, from money that the rule had left.
    Filled,
    /// Its support does not reach its floor, or not one minor unit.
    UnderFloor,
    /// It had the least claim among those under their floors, and its money moved on.
    Dropped,
    /// All that its supporters hold does not reach its floor.
    Unreachable,
    /// Its support does not reach the rule's threshold.
    UnderThreshold,
    /// It costs more than the money left.
    DoesNotFit,
    /// The rule stopped before it came to this project.
    NotReached,
    /// What its supporters have left does not pay for it.
    Unaffordable,
    /// Too few ballots gave to it.
    TooFewSupporters,
}

impl Verdict {
    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Funded => "funded",
            Verdict::Partial => "partial",
            Verdict::Pulled => "pulled",
            Verdict::Filled => "filled",
            Verdict::UnderFloor => "under-floor",
            Verdict::Dropped => "dropped",
            Verdict::Unreachable => "unreachable",
            Verdict::UnderThreshold => "under-threshold",
            Verdict::DoesNotFit => "does-not-fit",
            Verdict::NotReached => "not-reached",
            Verdict::Unaffordable => "unaffordable",
            Verdict::TooFewSupporters => "too-few-supporters",
        }
    }
}

/// A tie that the tie order decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieMet {
    /// The ids of the projects that were equal, in the order in which they were taken.
    pub projects: Vec<String>,
}
