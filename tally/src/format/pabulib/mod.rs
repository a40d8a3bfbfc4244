//! Pabulib's `.pb` files: elections of real cities, as the community of researchers exchanges them.
//!
//! What is written names nobody either: voters are numbered as they come, and points and projects are all that is said
//! of them.
//!
//! Format: Faliszewski et al., "Participatory Budgeting: Data, Tools, and Analysis" (IJCAI 2023), pabulib.org/format.
//! Reading keeps no voter ids, ages or sexes, and guesses nothing: what is wrong is named with its line, and a lenient
//! reading leaves out just that and lists it.

mod about;
mod problem;
mod read;
mod rows;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::about::{About, NotPabulib};
pub use self::problem::{PbError, Problem, Section};
pub use self::read::read;
pub use self::write::write;
use crate::ballot::{BallotError, Ballots};
use crate::election::Election;
use crate::money::Minor;
use crate::project::Project;
use crate::rule_sheet::{Order, Purse, Rule, RuleSheet, RuleSheetError, Terms};

/// What to do about a row that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// Refuse the file.
    Strict,
    /// Leave the row out and list it.
    Lenient,
}

/// How voters said what they want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteType {
    /// A set of projects; a point each.
    Approval,
    /// One project; a point.
    ChooseOne,
    /// Points spread over projects, up to a sum.
    Cumulative,
    /// Projects in order of preference; as many points as the longest ballot for the first, then one less each.
    Ordinal,
    /// Points for each project by itself.
    Scoring,
}

/// What META must say. Reading itself needs only the budget and the vote type.
const REQUIRED_KEYS: [&str; 11] = [
    "description",
    "country",
    "unit",
    "instance",
    "num_projects",
    "num_votes",
    "budget",
    "vote_type",
    "rule",
    "date_begin",
    "date_end",
];

/// An election as a file tells it: one that was read, or one of ours.
pub struct Pabulib {
    /// META, by key; dates and everything else as they stand in the file, so that what [`write()`] works out itself may
    /// be missing.
    pub meta: BTreeMap<String, String>,
    /// META's `vote_type`.
    pub vote_type: VoteType,
    /// META's `budget`.
    pub budget: Minor,
    /// PROJECTS, in the order of the file.
    pub projects: Vec<PbProject>,
    /// VOTES; a point is one minor unit, and no line has 2^32 of them. Ballots written alike share a row.
    pub ballots: Ballots,
    /// What a lenient reading left out or overlooked.
    pub warnings: Vec<PbError>,
    limits: Limits,
}

/// A row of PROJECTS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PbProject {
    /// The line it is on; 0 where there is no file yet.
    pub line: u64,
    /// Its id, unique in the file and not empty.
    pub id: String,
    /// Its name, empty where the file has none.
    pub name: String,
    /// Its cost, above zero.
    pub cost_minor: Minor,
    /// How many voters the file says it has.
    pub votes: Option<u32>,
    /// How many points the file says it has.
    pub score: Option<u64>,
    /// The result: 1 if it was funded, 0 if not; files of cities use 2 and 3 for special cases.
    pub selected: Option<u32>,
    /// What it is about.
    pub category: Option<String>,
    /// Whom it is for; older files call it `target`.
    pub beneficiaries: Option<String>,
    /// Where it is; in files that join several districts.
    pub district: Option<String>,
    /// Where in the district it is.
    pub subunit: Option<String>,
    /// All other columns, by name, where they are not empty. Projects share the names, which a stranger's file may make
    /// as long as a row.
    pub extra: BTreeMap<Arc<str>, String>,
}

/// What META says that ballots must keep to, in points where it is not said otherwise.
#[derive(Default)]
struct Limits {
    max_length: Option<u32>,
    max_points: Option<u32>,
    max_sum_points: Option<u64>,
    max_sum_cost: Option<Minor>,
    min_project_score: Option<u32>,
}

impl Pabulib {
    /// The election, with a step for each point; floors and ceilings are the costs.
    ///
    /// Fails where so many steps are more than a ballot can give.
    ///
    /// # Panics
    /// If the step is not above zero.
    pub fn election(&self, step: Minor) -> Result<Election, BallotError> {
        let ballots = self.ballots.scaled(step)?;
        let project = |project: &PbProject| {
            Project::new(&project.id, project.cost_minor, project.cost_minor, None)
                .expect("ids are not empty and costs above zero, or reading would have refused them")
        };
        let projects = self.projects.iter().map(project).collect();
        Ok(Election::new(projects, ballots, None).expect("reading refused repeated ids and unknown projects"))
    }

    /// The rule sheet of an import: `greedy` over the budget, with the file's threshold, a step for each point.
    ///
    /// The envelope is `max_sum_points` or else the greatest ballot.
    pub fn rule_sheet(&self, step: Minor) -> Result<RuleSheet, RuleSheetError> {
        // What does not fit is out of range, and the rule sheet says so.
        let steps = |points: u64| {
            let points = i64::try_from(points).unwrap_or(i64::MAX);
            step.checked_mul(points).unwrap_or(Minor::new(i64::MAX))
        };
        let rule = Rule::Greedy {
            order: Order::Support,
            skip: self.meta.get("rule").is_none_or(|rule| rule != "greedy-no-skip"),
            threshold: steps(self.limits.min_project_score.unwrap_or(0).into()),
        };
        RuleSheet::new(Terms {
            envelope: steps(self.envelope_points()),
            step,
            max_per_project: self.limits.max_points.map(|points| steps(points.into())),
            purse: Purse::Fixed(self.budget),
            ..Terms::usual(rule)
        })
    }

    /// How many points a ballot may spread: `max_sum_points`, or else what the greatest spreads.
    fn envelope_points(&self) -> u64 {
        self.limits.max_sum_points.unwrap_or_else(|| self.greatest_ballot_points()).max(1)
    }

    fn greatest_ballot_points(&self) -> u64 {
        self.ballots.iter().map(|ballot| ballot.given().get().unsigned_abs()).max().unwrap_or(0)
    }
}
