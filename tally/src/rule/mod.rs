//! The counting rules, one a file, and what they share.
//!
//! [`count`] is the only door. It gathers what every rule starts from (`Count`), lets the rule decide who receives
//! what (`Award`), and refuses to return an outcome whose money does not add up. Rules decide; they neither read
//! the purse's terms nor write outcomes.

mod direct;
mod greedy;
mod purse;
mod tie;

use std::fmt;

use self::purse::Purse;
use self::tie::TieOrder;
use crate::election::Election;
use crate::money::Minor;
use crate::outcome::{Event, Outcome, ProjectOutcome, Round, Status, TieMet, Verdict};
use crate::project::Project;
use crate::rule_sheet::{Rule, RuleSheet};

/// Counts the election by the rule sheet.
///
/// The outcome depends on nothing else, in particular neither on the order of the ballots nor on which equal ones
/// share a row.
pub fn count(election: &Election, sheet: &RuleSheet) -> Result<Outcome, CountError> {
    let count = Count::new(election, sheet)?;
    let award = match sheet.rule {
        Rule::Direct => direct::award(&count),
        Rule::Greedy { order, skip, threshold } => greedy::award(&count, order, skip, threshold),
    };
    Ok(count.conclude(award))
}

/// What every rule starts from. Columns are by project index.
struct Count<'a> {
    election: &'a Election,
    sheet: &'a RuleSheet,
    purse: Purse,
    /// The sum of each project's lines as cast.
    given: Vec<Minor>,
    /// How many ballots gave to each project, as cast.
    supporters: Vec<u32>,
    tie_order: TieOrder,
}

/// What a rule decided. Columns are by project index.
struct Award {
    received: Vec<Minor>,
    /// What the rule compared, in whole minor units rounded down.
    support: Vec<Minor>,
    rounds: Vec<Round>,
    ties: Vec<TieMet>,
}

impl<'a> Count<'a> {
    fn new(election: &'a Election, sheet: &'a RuleSheet) -> Result<Count<'a>, CountError> {
        let (given, supporters) = add_up(election)?;
        let purse = Purse::of(election, sheet)?;
        let tie_order = TieOrder::new(election.projects(), &sheet.tie);
        Ok(Count { election, sheet, purse, given, supporters, tie_order })
    }

    fn projects(&self) -> &'a [Project] {
        self.election.projects()
    }

    /// Whether enough ballots gave to the project for it to be counted.
    fn is_open(&self, p: usize) -> bool {
        let least = self.projects()[p].min_supporters().unwrap_or(self.sheet.min_supporters);
        self.supporters[p] >= least
    }

    /// The projects that are counted, by index.
    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.projects().len()).filter(|&p| self.is_open(p))
    }

    fn event(&self, p: usize, verdict: Verdict, support_minor: Minor, received_minor: Minor) -> Event {
        Event { project: self.projects()[p].id().to_owned(), verdict, support_minor, received_minor }
    }

    fn tie_between(&self, projects: &[usize]) -> TieMet {
        TieMet { projects: projects.iter().map(|&p| self.projects()[p].id().to_owned()).collect() }
    }

    /// The round before all others, in which projects with too few supporters leave, if there are any.
    fn drop_unsupported(&self) -> Option<Round> {
        let events: Vec<Event> = (0..self.projects().len())
            .filter(|&p| !self.is_open(p))
            .map(|p| self.event(p, Verdict::TooFewSupporters, self.given[p], Minor::ZERO))
            .collect();
        (!events.is_empty()).then_some(Round { left_minor: self.purse.sum, events })
    }

    /// Writes the outcome, and panics rather than publish one that breaks a promise about money.
    fn conclude(&self, award: Award) -> Outcome {
        let funded_minor: Minor = award.received.iter().copied().sum();
        assert!(funded_minor <= self.purse.sum, "more was awarded than the purse holds");
        Outcome {
            rule: self.sheet.rule,
            sheet_hash: self.sheet.hash(),
            ballots: self.election.ballots().len(),
            purse_minor: self.purse.sum,
            given_minor: self.given.iter().copied().sum(),
            funded_minor,
            returned_minor: self.purse.sum - funded_minor,
            projects: (0..self.projects().len()).map(|p| self.project_outcome(p, &award)).collect(),
            rounds: self.drop_unsupported().into_iter().chain(award.rounds).collect(),
            ties: award.ties,
        }
    }

    fn project_outcome(&self, p: usize, award: &Award) -> ProjectOutcome {
        let project = &self.projects()[p];
        let received_minor = award.received[p];
        assert!(received_minor <= project.ceiling(), "a project received more than its ceiling");
        assert!(
            received_minor == Minor::ZERO || received_minor >= project.floor(),
            "a project received something below its floor"
        );
        let status = if received_minor == project.ceiling() {
            Status::Funded
        } else if received_minor > Minor::ZERO {
            Status::Partial
        } else if self.is_open(p) {
            Status::NotFunded
        } else {
            Status::Dropped
        };
        ProjectOutcome {
            id: project.id().to_owned(),
            status,
            received_minor,
            support_minor: award.support[p],
            given_minor: self.given[p],
            supporters: self.supporters[p],
        }
    }
}

/// The sum of each project's lines and the number of its supporters, as cast.
fn add_up(election: &Election) -> Result<(Vec<Minor>, Vec<u32>), CountError> {
    let mut given = vec![0_i128; election.projects().len()];
    let mut supporters = vec![0_u32; election.projects().len()];
    for ballot in election.ballots().iter() {
        for (project, amount) in ballot.lines() {
            let p = usize::from(project);
            given[p] += i128::from(amount.get()) * i128::from(ballot.weight());
            supporters[p] += ballot.weight();
        }
    }
    if given.iter().sum::<i128>() > i128::from(i64::MAX) {
        return Err(CountError::GivenTooLarge);
    }
    let in_range = "no sum is above that of all, which is in range";
    let given = given.into_iter().map(|sum| Minor::new(i64::try_from(sum).expect(in_range))).collect();
    Ok((given, supporters))
}

/// Why an election cannot be counted by a rule sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountError {
    /// The purse is that of all residents, and the size of the roll is not known.
    RollMissing,
    /// There are more ballots than citizens on the roll.
    RollTooSmall {
        /// The size of the roll.
        roll: u64,
        /// The number of ballots.
        ballots: u32,
    },
    /// A ballot gives more than the envelope that it brings.
    OverEnvelope,
    /// The purse is too large to be counted exactly, at some 9 · 10^12 minor units.
    PurseTooLarge,
    /// The lines add up to 2^63 minor units or more.
    GivenTooLarge,
}

impl fmt::Display for CountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CountError::RollMissing => f.write_str("the purse depends on the roll, whose size is not known"),
            CountError::RollTooSmall { roll, ballots } => {
                write!(f, "there are {ballots} ballots and only {roll} citizens on the roll")
            }
            CountError::OverEnvelope => f.write_str("a ballot gives more than its envelope"),
            CountError::PurseTooLarge => f.write_str("the purse is too large to be counted exactly"),
            CountError::GivenTooLarge => f.write_str("the amounts given are too large to be counted exactly"),
        }
    }
}

impl std::error::Error for CountError {}
