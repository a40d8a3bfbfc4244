//! Ballots: the law of one of them while voting is open, and all of them as columns for the count.
//!
//! A ballot here has no owner, time or channel, and cannot be given one. [`check`] is the only place that decides
//! whether a citizen's lines are acceptable; [`Ballots`] holds whatever was accepted, fifty million of them if need
//! be, and therefore keeps numbers side by side instead of one object a ballot.

mod columns;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::columns::{Ballot, BallotError, Ballots, Lines};
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
    Law::new(sheet, projects).check(lines)
}

/// The law of many ballots, see [`check`].
pub(crate) struct Law<'a> {
    sheet: &'a RuleSheet,
    index_of: HashMap<&'a str, u16>,
}

impl<'a> Law<'a> {
    pub(crate) fn new(sheet: &'a RuleSheet, projects: &'a [Project]) -> Law<'a> {
        Law { sheet, index_of: projects.iter().map(Project::id).zip(0..=u16::MAX).collect() }
    }

    pub(crate) fn check<S: AsRef<str>>(
        &self,
        lines: &[(S, Minor)],
    ) -> Result<Vec<(u16, Minor)>, Vec<Refusal>> {
        let mut accepted = Vec::with_capacity(lines.len());
        let mut refusals = Vec::new();
        let mut times_named: HashMap<u16, u32> = HashMap::with_capacity(lines.len());
        for (project, amount) in lines.iter().filter(|(_, amount)| *amount != Minor::ZERO) {
            let project = project.as_ref();
            let Some(&index) = self.index_of.get(project) else {
                refusals.push(Refusal::UnknownProject { project: project.to_owned() });
                continue;
            };
            let times = times_named.entry(index).or_default();
            *times += 1;
            if *times == 2 {
                refusals.push(Refusal::RepeatedProject { project: project.to_owned() });
            }
            refusals.extend(check_line(self.sheet, project, *amount));
            accepted.push((index, *amount));
        }
        refusals.extend(check_whole(self.sheet, lines, times_named.len()));
        if refusals.is_empty() { Ok(accepted) } else { Err(refusals) }
    }
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

fn check_whole<S>(sheet: &RuleSheet, lines: &[(S, Minor)], chosen: usize) -> Vec<Refusal> {
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
