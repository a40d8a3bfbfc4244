//! An election of ours as a file for others: points are steps.
//!
//! The format has no floors, no fallbacks and no name for our rules, so a file says `rule;unknown` and whoever wants to
//! repeat the count needs the rule sheet besides. Whatever the format would say wrongly is refused.

use std::collections::BTreeMap;
use std::fmt;

use super::{Limits, Pabulib, PbProject, VoteType};
use crate::election::Election;
use crate::money::Minor;
use crate::project::Project;
use crate::rule_sheet::RuleSheet;

/// What META says that neither projects nor ballots do.
///
/// Validators want a country by its English name or ISO code, and dates as `DD.MM.YYYY` or `YYYY`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What the election is, in a line.
    pub description: String,
    /// The country.
    pub country: String,
    /// The town.
    pub unit: String,
    /// Which of the town's elections it is, usually the year.
    pub instance: String,
    /// When voting began.
    pub date_begin: String,
    /// When voting ended.
    pub date_end: String,
    /// All the money, above zero; an outcome's purse.
    pub budget: Minor,
    /// The district, where the election is not the whole town's; may be empty, like what follows.
    pub subunit: String,
    /// The language of the texts, by ISO 639-1, such as `fr`.
    pub language: String,
    /// The currency, by ISO 4217, such as `EUR`.
    pub currency: String,
    /// What else to know; validators want it to begin with `#1: `.
    pub comment: String,
}

impl PbProject {
    /// The row of one of our projects, at its ceiling; what is not known to a count is left empty.
    pub fn of(project: &Project) -> PbProject {
        PbProject { id: project.id().to_owned(), cost_minor: project.ceiling(), ..PbProject::default() }
    }
}

impl Pabulib {
    /// The file of an election of ours. `projects` are the election's, in its order, as [`PbProject::of`] begins them.
    pub fn of_election(
        about: About,
        projects: Vec<PbProject>,
        election: &Election,
        sheet: &RuleSheet,
    ) -> Result<Pabulib, NotPabulib> {
        if about.budget <= Minor::ZERO {
            return Err(NotPabulib::NoBudget);
        }
        check_projects(&projects, election.projects())?;
        let limits = limits(sheet)?;
        let ballots = election.ballots().in_steps(sheet.step).ok_or(NotPabulib::NotAStep)?;
        points(ballots.greatest_amount())?;
        let meta = meta(&about, sheet, &projects, &limits);
        let (vote_type, budget) = (VoteType::Cumulative, about.budget);
        let file = Pabulib { meta, vote_type, budget, projects, ballots, warnings: Vec::new(), limits };
        if file.greatest_ballot_points() > file.envelope_points() {
            return Err(NotPabulib::OverEnvelope);
        }
        Ok(file)
    }
}

fn limits(sheet: &RuleSheet) -> Result<Limits, NotPabulib> {
    let in_steps = |amount: Minor| points(Minor::new(amount.get() / sheet.step.get()));
    Ok(Limits {
        max_points: sheet.max_per_project.map(in_steps).transpose()?,
        max_sum_points: Some(in_steps(sheet.envelope)?.into()),
        ..Limits::default()
    })
}

fn points(steps: Minor) -> Result<u32, NotPabulib> {
    u32::try_from(steps.get()).map_err(|_| NotPabulib::TooManyPoints)
}

fn check_projects(rows: &[PbProject], projects: &[Project]) -> Result<(), NotPabulib> {
    let is_of = |(row, project): (&PbProject, &Project)| {
        row.id == project.id() && row.cost_minor == project.ceiling()
    };
    if rows.len() != projects.len() || !rows.iter().zip(projects).all(is_of) {
        return Err(NotPabulib::OtherProjects);
    }
    match rows.iter().find(|row| row.id.contains(',') || row.id.trim() != row.id) {
        Some(row) => Err(NotPabulib::Id { project: row.id.clone() }),
        None => Ok(()),
    }
}

/// What a file says besides the keys that [`super::write()`] works out itself.
fn meta(
    about: &About,
    sheet: &RuleSheet,
    projects: &[PbProject],
    limits: &Limits,
) -> BTreeMap<String, String> {
    let needed = [
        ("description", &about.description),
        ("country", &about.country),
        ("unit", &about.unit),
        ("instance", &about.instance),
        ("date_begin", &about.date_begin),
        ("date_end", &about.date_end),
    ];
    let least = sheet.min_projects.to_string();
    let most = limits.max_points.map(|points| points.to_string()).unwrap_or_default();
    // Validators ask for this where there was nothing to choose.
    let costs: i128 = projects.iter().map(|project| i128::from(project.cost_minor.get())).sum();
    let all_fit = if costs <= i128::from(about.budget.get()) { "1" } else { "" };
    let optional = [
        ("subunit", about.subunit.as_str()),
        ("language", &about.language),
        ("currency", &about.currency),
        ("comment", &about.comment),
        ("min_length", &least),
        ("max_points", &most),
        ("fully_funded", all_fit),
    ];
    let needed = needed.map(|(key, value)| (key, value.as_str()));
    let optional = optional.into_iter().filter(|(_, value)| !value.is_empty());
    let all = [("rule", "unknown")].into_iter().chain(needed).chain(optional);
    all.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Why an election of ours cannot be told in this format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPabulib {
    /// The budget is not above zero.
    NoBudget,
    /// The rows are not those of the election's projects, in its order, at their ceilings.
    OtherProjects,
    /// A ballot could not name the project: its id has a comma or blanks around it.
    Id {
        /// The id.
        project: String,
    },
    /// An amount is not a whole number of steps.
    NotAStep,
    /// A ballot gives more than the envelope.
    OverEnvelope,
    /// A line, an envelope or a maximum has 2^32 steps or more.
    TooManyPoints,
}

impl fmt::Display for NotPabulib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotPabulib::NoBudget => f.write_str("a .pb file needs a budget above zero"),
            NotPabulib::OtherProjects => {
                f.write_str("the rows of a .pb file must be the election's projects in its order")
            }
            NotPabulib::Id { project } => {
                write!(f, "a .pb file cannot hold the id {project:?}, as lists in it are separated by commas")
            }
            NotPabulib::NotAStep => f.write_str("a .pb file holds whole steps only"),
            NotPabulib::OverEnvelope => f.write_str("a ballot gives more than its envelope"),
            NotPabulib::TooManyPoints => f.write_str("a .pb file holds fewer than 2^32 steps a line"),
        }
    }
}

impl std::error::Error for NotPabulib {}
