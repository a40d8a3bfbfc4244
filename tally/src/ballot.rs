//! Ballots: the law of one of them while voting is open, and all of them as columns for the count.
//!
//! A ballot here has no owner, time or channel, and cannot be given one. [`check`] is the only place that decides
//! whether a citizen's lines are acceptable; [`Ballots`] holds whatever was accepted, fifty million of them if need
//! be, and therefore keeps numbers side by side instead of one object a ballot.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::money::Minor;
use crate::project::Project;
use crate::rule_sheet::RuleSheet;

/// What becomes of money that its project cannot use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    /// It goes to the ballot's other choices; when none is open, back to the town.
    #[default]
    Others,
    /// It goes to the ballot's other choices; when none is open, to what everyone supports.
    Everyone,
    /// It goes back to the town.
    Back,
}

impl Fallback {
    /// The name in files, forms and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Fallback::Others => "others",
            Fallback::Everyone => "everyone",
            Fallback::Back => "back",
        }
    }
}

impl FromStr for Fallback {
    type Err = UnknownFallback;

    fn from_str(name: &str) -> Result<Fallback, UnknownFallback> {
        [Fallback::Others, Fallback::Everyone, Fallback::Back]
            .into_iter()
            .find(|fallback| fallback.as_str() == name)
            .ok_or(UnknownFallback)
    }
}

/// A name that is no fallback's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFallback;

impl fmt::Display for UnknownFallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fallback is one of others, everyone, back")
    }
}

impl std::error::Error for UnknownFallback {}

/// What is wrong with a citizen's lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// No line gives anything.
    Empty,
    /// The lines give more than the envelope. `given_minor` stops at the greatest amount there is.
    OverEnvelope {
        /// The sum of the lines above zero.
        given_minor: Minor,
        /// What may be spread.
        envelope_minor: Minor,
    },
    /// The lines give to too few projects.
    TooFewProjects {
        /// How many projects of this cycle they name.
        chosen: u32,
        /// How many they must give to.
        least: u32,
    },
    /// A line takes money away.
    Negative {
        /// The project's id.
        project: String,
    },
    /// A line is not a whole number of steps.
    NotAStep {
        /// The project's id.
        project: String,
        /// The step.
        step_minor: Minor,
    },
    /// A line gives more than one ballot may give to one project.
    OverCap {
        /// The project's id.
        project: String,
        /// The most that may be given.
        cap_minor: Minor,
    },
    /// A line names no project of this cycle.
    UnknownProject {
        /// The id as received.
        project: String,
    },
    /// Several lines name one project.
    RepeatedProject {
        /// The project's id.
        project: String,
    },
}

/// The law of one ballot: the lines that can be counted, by project index, or everything that is wrong with them.
///
/// Lines of zero are no lines: a form sends one for every project. Refusals come in the order of the lines, then those
/// of the ballot as a whole.
pub fn check(
    sheet: &RuleSheet,
    projects: &[Project],
    lines: &[(String, Minor)],
) -> Result<Vec<(u16, Minor)>, Vec<Refusal>> {
    let index_of: HashMap<&str, u16> = projects.iter().map(Project::id).zip(0..=u16::MAX).collect();
    let mut accepted = Vec::new();
    let mut refusals = Vec::new();
    let mut times_named: HashMap<u16, u32> = HashMap::new();
    for (project, amount) in lines.iter().filter(|(_, amount)| *amount != Minor::ZERO) {
        let Some(&index) = index_of.get(project.as_str()) else {
            refusals.push(Refusal::UnknownProject { project: project.clone() });
            continue;
        };
        let times = times_named.entry(index).or_default();
        *times += 1;
        if *times == 2 {
            refusals.push(Refusal::RepeatedProject { project: project.clone() });
        }
        refusals.extend(check_line(sheet, project, *amount));
        accepted.push((index, *amount));
    }
    refusals.extend(check_whole(sheet, lines, times_named.len()));
    if refusals.is_empty() { Ok(accepted) } else { Err(refusals) }
}

fn check_line(sheet: &RuleSheet, project: &str, amount: Minor) -> Vec<Refusal> {
    let project = || project.to_owned();
    if amount < Minor::ZERO {
        return vec![Refusal::Negative { project: project() }];
    }
    let mut refusals = Vec::new();
    if amount.get() % sheet.step.get() != 0 {
        refusals.push(Refusal::NotAStep { project: project(), step_minor: sheet.step });
    }
    if let Some(cap_minor) = sheet.max_per_project.filter(|&cap| amount > cap) {
        refusals.push(Refusal::OverCap { project: project(), cap_minor });
    }
    refusals
}

fn check_whole(sheet: &RuleSheet, lines: &[(String, Minor)], chosen: usize) -> Vec<Refusal> {
    let given = lines.iter().map(|(_, amount)| amount.get().max(0)).fold(0, i64::saturating_add);
    let given_minor = Minor::new(given);
    let chosen = u32::try_from(chosen).expect("projects are numbered by u16");
    if given_minor == Minor::ZERO {
        return vec![Refusal::Empty];
    }
    let mut refusals = Vec::new();
    if given_minor > sheet.envelope {
        refusals.push(Refusal::OverEnvelope { given_minor, envelope_minor: sheet.envelope });
    }
    if chosen < sheet.min_projects {
        refusals.push(Refusal::TooFewProjects { chosen, least: sheet.min_projects });
    }
    refusals
}

/// Ballots as columns. Ballots that say the same can share a row, with a weight.
#[derive(Clone, Default)]
pub struct Ballots {
    /// Where each row's lines end in `project` and `amount`; they start where the row before ends.
    ends: Vec<u32>,
    project: Vec<u16>,
    amount: Vec<i64>,
    weight: Vec<u32>,
    fallback: Vec<Fallback>,
    len: u32,
}

/// One row of [`Ballots`]: the lines of one ballot, and how many ballots say just this.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ballot<'a> {
    projects: &'a [u16],
    amounts: &'a [i64],
    fallback: Fallback,
    weight: u32,
}

impl<'a> Ballot<'a> {
    /// Project index and amount, by rising index; amounts are above zero.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = (u16, Minor)> + use<'a> {
        self.projects.iter().zip(self.amounts).map(|(&project, &amount)| (project, Minor::new(amount)))
    }

    /// What becomes of money that its project cannot use.
    pub fn fallback(&self) -> Fallback {
        self.fallback
    }

    /// How many ballots say this.
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// What each of them gives in all.
    pub fn given(&self) -> Minor {
        Minor::new(self.amounts.iter().sum())
    }

    fn says_the_same(&self, other: &Ballot<'_>) -> bool {
        Ballot { weight: 0, ..*self } == Ballot { weight: 0, ..*other }
    }
}

impl Ballots {
    /// No ballots.
    pub fn new() -> Ballots {
        Ballots::default()
    }

    /// How many ballots there are, equal ones counted each.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a ballot. Lines of zero are dropped, and the order of lines means nothing; a ballot without lines counts
    /// as a ballot.
    pub fn push(&mut self, lines: &[(u16, Minor)], fallback: Fallback) -> Result<(), BallotError> {
        let mut lines: Vec<_> = lines.iter().copied().filter(|&(_, amount)| amount != Minor::ZERO).collect();
        lines.sort_unstable();
        if let Some(&(index, _)) = lines.iter().find(|&&(_, amount)| amount < Minor::ZERO) {
            return Err(BallotError::Negative { index });
        }
        if let Some(pair) = lines.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(BallotError::RepeatedProject { index: pair[0].0 });
        }
        lines
            .iter()
            .try_fold(Minor::ZERO, |sum, &(_, amount)| sum.checked_add(amount))
            .ok_or(BallotError::SumTooLarge)?;
        let end = u32::try_from(self.project.len() + lines.len()).map_err(|_| BallotError::TooMany)?;
        self.len = self.len.checked_add(1).ok_or(BallotError::TooMany)?;
        self.project.extend(lines.iter().map(|&(project, _)| project));
        self.amount.extend(lines.iter().map(|&(_, amount)| amount.get()));
        self.push_row(end, fallback, 1);
        Ok(())
    }

    fn push_row(&mut self, end: u32, fallback: Fallback, weight: u32) {
        self.ends.push(end);
        self.fallback.push(fallback);
        self.weight.push(weight);
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// A row, by its place.
    pub fn row(&self, at: usize) -> Ballot<'_> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        let lines = start..self.ends[at] as usize;
        Ballot {
            projects: &self.project[lines.clone()],
            amounts: &self.amount[lines],
            fallback: self.fallback[at],
            weight: self.weight[at],
        }
    }

    /// The rows, in the order of arrival, which means nothing to a count.
    pub fn iter(&self) -> impl Iterator<Item = Ballot<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&end| end as usize));
        starts.zip(&self.ends).zip(&self.fallback).zip(&self.weight).map(
            |(((start, &end), &fallback), &weight)| {
                let lines = start..end as usize;
                let (projects, amounts) = (&self.project[lines.clone()], &self.amount[lines]);
                Ballot { projects, amounts, fallback, weight }
            },
        )
    }

    /// The same ballots with one row for all that say the same. Counts agree on both to the last unit.
    pub fn merged(&self) -> Ballots {
        let mut rows: Vec<Ballot<'_>> = self.iter().collect();
        rows.sort_unstable();
        let mut merged = Ballots { len: self.len, ..Ballots::new() };
        for equal in rows.chunk_by(Ballot::says_the_same) {
            merged.project.extend(equal[0].projects);
            merged.amount.extend(equal[0].amounts);
            let end = u32::try_from(merged.project.len()).expect("merging adds no lines");
            merged.push_row(end, equal[0].fallback, equal.iter().map(Ballot::weight).sum());
        }
        merged
    }

    pub(crate) fn greatest_project(&self) -> Option<u16> {
        self.project.iter().copied().max()
    }
}

/// Says how many there are and nothing of what they say: ballots do not belong in a log.
impl fmt::Debug for Ballots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ballots").field("len", &self.len).finish_non_exhaustive()
    }
}

/// Why lines are not a ballot that can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BallotError {
    /// A line takes money away.
    Negative {
        /// The project's index.
        index: u16,
    },
    /// Two lines name one project.
    RepeatedProject {
        /// The project's index.
        index: u16,
    },
    /// The sum of the lines is more than any amount can be.
    SumTooLarge,
    /// There are 2^32 ballots or lines already.
    TooMany,
}

impl fmt::Display for BallotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BallotError::Negative { index } => {
                write!(f, "a ballot takes money from project number {index}")
            }
            BallotError::RepeatedProject { index } => {
                write!(f, "a ballot names project number {index} twice")
            }
            BallotError::SumTooLarge => f.write_str("a ballot gives more than can be counted"),
            BallotError::TooMany => f.write_str("there are more ballots than can be counted"),
        }
    }
}

impl std::error::Error for BallotError {}
