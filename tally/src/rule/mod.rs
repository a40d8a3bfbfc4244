//! The counting rules, one a file, and what they share.
//!
//! [`count`] is the only door. It gathers what every rule starts from (`Count`), lets the rule decide who receives
//! what (`Award`), and refuses to return an outcome whose money does not add up. Rules decide; they neither read
//! the purse's terms nor write outcomes.

mod cube_root;
mod direct;
mod equal_shares;
mod greedy;
mod held;
mod level;
mod payout;
mod phragmen;
mod purse;
mod spread;
mod supporters;
mod tie;
mod transfer;

use std::borrow::Cow;
use std::fmt;

use rayon::prelude::*;

use self::purse::{Purse, Weighing};
use self::tie::TieOrder;
use crate::ballot::Ballots;
use crate::election::Election;
use crate::money::Minor;
use crate::outcome::{Event, Outcome, ProjectOutcome, Round, Status, TieMet, Verdict};
use crate::project::Project;
use crate::rule_sheet::{Rule, RuleSheet};

/// Counts the election by the rule sheet.
///
/// The outcome depends on nothing else, in particular neither on the order of the ballots, nor on which equal ones
/// share a row, nor on how many cores there are.
pub fn count(election: &Election, sheet: &RuleSheet) -> Result<Outcome, CountError> {
    let count = Count::new(election, sheet)?;
    let award = match sheet.rule {
        Rule::Direct => direct::award(&count),
        Rule::Transfer { order, r#move, end } => transfer::award(&count, order, r#move, end),
        Rule::EqualShares { .. } => equal_shares::award(&count),
        Rule::Greedy { order, skip, threshold } => greedy::award(&count, order, skip, threshold),
        Rule::Phragmen => phragmen::award(&count),
        Rule::CubeRoot => cube_root::award(&count),
    };
    Ok(count.conclude(award))
}

/// Up to this many rows, equal ballots are found and share a row.
const MOST_ROWS_TO_MERGE: usize = 1 << 20;

/// So many rows show whether there are enough equal ones for that to pay.
const ROWS_TO_PROBE: usize = 1 << 12;

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
    /// Which projects left the count before its end.
    dropped: Vec<bool>,
    rounds: Vec<Round>,
}

impl<'a> Count<'a> {
    fn new(election: &'a Election, sheet: &'a RuleSheet) -> Result<Count<'a>, CountError> {
        let purse = Purse::of(election, sheet)?;
        let cast = Cast::of(election);
        if matches!(purse.weighing, Weighing::AsCast) && cast.greatest > sheet.envelope.get() {
            return Err(CountError::OverEnvelope);
        }
        let supporters =
            cast.supporters.iter().map(|&n| u32::try_from(n).expect("ballots are numbered by u32"));
        let supporters = supporters.collect();
        let given = cast.given()?;
        let tie_order = TieOrder::new(election.projects(), &sheet.tie);
        Ok(Count { election, sheet, purse, given, supporters, tie_order })
    }

    fn projects(&self) -> &'a [Project] {
        self.election.projects()
    }

    /// Whether enough ballots gave to the project for it to be counted.
    fn is_open(&self, p: usize) -> bool {
        self.supporters[p] >= self.min_supporters(p)
    }

    fn min_supporters(&self, p: usize) -> u32 {
        self.projects()[p].min_supporters().unwrap_or(self.sheet.min_supporters)
    }

    /// The projects that are counted, by index.
    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.projects().len()).filter(|&p| self.is_open(p))
    }

    /// The ballots with one row for equal ones, where that pays.
    fn merged(&self) -> Cow<'a, Ballots> {
        let ballots = self.election.ballots();
        let probed = ballots.rows().min(ROWS_TO_PROBE);
        if ballots.rows() > MOST_ROWS_TO_MERGE || ballots.distinct_among(probed) * 4 > probed * 3 {
            return Cow::Borrowed(ballots);
        }
        Cow::Owned(ballots.merged())
    }

    fn atoms(&self, amount: Minor) -> i128 {
        i128::from(amount.get()) * i128::from(self.purse.atoms_per_minor)
    }

    /// Whole minor units, rounded down.
    fn whole(&self, atoms: i128) -> Minor {
        let minor = atoms.div_euclid(i128::from(self.purse.atoms_per_minor));
        Minor::new(
            i64::try_from(minor).expect("support is at most what was given, or some units above the purse"),
        )
    }

    /// The column as a round shows it: nothing for projects that are not counted.
    fn of_open(&self, column: &[Minor]) -> Vec<Option<Minor>> {
        (0..column.len()).map(|p| self.is_open(p).then_some(column[p])).collect()
    }

    /// What happened to the project, which needed nothing in particular and receives nothing.
    fn event(&self, p: usize, verdict: Verdict, support_minor: Minor) -> Event {
        let project = self.projects()[p].id().to_owned();
        Event { project, verdict, support_minor, needed_minor: None, received_minor: Minor::ZERO }
    }

    fn tie_between(&self, projects: &[usize]) -> TieMet {
        TieMet { projects: projects.iter().map(|&p| self.projects()[p].id().to_owned()).collect() }
    }

    /// The round before all others, in which projects with too few supporters leave, if there are any.
    fn drop_unsupported(&self) -> Option<Round> {
        let events: Vec<Event> = (0..self.projects().len())
            .filter(|&p| !self.is_open(p))
            .map(|p| self.event(p, Verdict::TooFewSupporters, self.given[p]))
            .collect();
        let support_minor = self.given.iter().copied().map(Some).collect();
        let round = Round { left_minor: self.purse.voters, support_minor, events, ..Round::default() };
        (!round.events.is_empty()).then_some(round)
    }

    /// Writes the outcome, and panics rather than publish one that breaks a promise about money.
    fn conclude(&self, award: Award) -> Outcome {
        let funded_minor: Minor = award.received.iter().copied().sum();
        assert!(funded_minor <= self.purse.voters, "more was awarded than the ballots decide about");
        Outcome {
            rule: self.sheet.rule,
            sheet_hash: self.sheet.hash(),
            ballots: self.election.ballots().len(),
            purse_minor: self.purse.sum,
            voters_minor: self.purse.voters,
            given_minor: self.given.iter().copied().sum(),
            funded_minor,
            returned_minor: self.purse.sum - funded_minor,
            projects: (0..self.projects().len()).map(|p| self.project_outcome(p, &award)).collect(),
            rounds: self.drop_unsupported().into_iter().chain(award.rounds).collect(),
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
        } else if self.is_open(p) && !award.dropped[p] {
            Status::NotFunded
        } else {
            Status::Dropped
        };
        ProjectOutcome {
            id: project.id().to_owned(),
            status,
            floor_minor: project.floor(),
            ceiling_minor: project.ceiling(),
            received_minor,
            support_minor: award.support[p],
            given_minor: self.given[p],
            supporters: self.supporters[p],
            min_supporters: self.min_supporters(p),
        }
    }
}

/// What the ballots say in all, as cast. Columns are by project index.
struct Cast {
    given: Vec<i128>,
    supporters: Vec<u64>,
    /// What the greatest ballot gives.
    greatest: i64,
}

impl Cast {
    fn none(projects: usize) -> Cast {
        Cast { given: vec![0; projects], supporters: vec![0; projects], greatest: 0 }
    }

    /// One pass over the columns.
    fn of(election: &Election) -> Cast {
        let ballots = election.ballots();
        let none = || Cast::none(election.projects().len());
        let add = |mut cast: Cast, row: usize| {
            let ballot = ballots.row(row);
            let mut given = 0;
            for (project, amount) in ballot.lines() {
                let p = usize::from(project);
                cast.given[p] += i128::from(amount.get()) * i128::from(ballot.weight());
                cast.supporters[p] += u64::from(ballot.weight());
                given += amount.get();
            }
            cast.greatest = cast.greatest.max(given);
            cast
        };
        let both = |one: Cast, other: Cast| Cast {
            given: add_each(one.given, other.given),
            supporters: one.supporters.iter().zip(&other.supporters).map(|(a, b)| a + b).collect(),
            greatest: one.greatest.max(other.greatest),
        };
        (0..ballots.rows()).into_par_iter().with_min_len(1 << 14).fold(none, add).reduce(none, both)
    }

    fn given(&self) -> Result<Vec<Minor>, CountError> {
        if self.given.iter().sum::<i128>() > i128::from(i64::MAX) {
            return Err(CountError::GivenTooLarge);
        }
        let in_range = "no sum is above that of all, which is in range";
        Ok(self.given.iter().map(|&sum| Minor::new(i64::try_from(sum).expect(in_range))).collect())
    }
}

/// Adds the second column to the first.
fn add_each(mut sums: Vec<i128>, others: Vec<i128>) -> Vec<i128> {
    sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
    sums
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
