//! Projects and ballots that fit together.
//!
//! A count takes nothing else, so that no rule has to ask whether a line points at a project.

use std::collections::HashSet;
use std::fmt;

use crate::ballot::Ballots;
use crate::project::Project;

/// What is counted: projects, ballots, and the size of the roll where it is known.
#[derive(Clone, Debug)]
pub struct Election {
    projects: Vec<Project>,
    ballots: Ballots,
    roll: Option<u64>,
}

impl Election {
    /// An election in which project ids are unique and every line names a project by its index.
    pub fn new(
        projects: Vec<Project>,
        ballots: Ballots,
        roll: Option<u64>,
    ) -> Result<Election, ElectionError> {
        let mut ids = HashSet::with_capacity(projects.len());
        if let Some(project) = projects.iter().find(|project| !ids.insert(project.id())) {
            return Err(ElectionError::RepeatedProject { project: project.id().to_owned() });
        }
        match ballots.greatest_project() {
            Some(project) if usize::from(project) >= projects.len() => {
                Err(ElectionError::UnknownProject { index: project })
            }
            _ => Ok(Election { projects, ballots, roll }),
        }
    }

    /// The projects; ballots name them by their index here.
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The ballots that are counted.
    pub fn ballots(&self) -> &Ballots {
        &self.ballots
    }

    /// How many citizens were eligible, where it is known.
    pub fn roll(&self) -> Option<u64> {
        self.roll
    }
}

/// Why projects and ballots do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElectionError {
    /// Two projects have one id.
    RepeatedProject {
        /// The id.
        project: String,
    },
    /// A line points past the last project.
    UnknownProject {
        /// The index in the line.
        index: u16,
    },
}

impl fmt::Display for ElectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ElectionError::RepeatedProject { project } => write!(f, "two projects have the id {project:?}"),
            ElectionError::UnknownProject { index } => {
                write!(f, "a ballot gives to project number {index}, which does not exist")
            }
        }
    }
}

impl std::error::Error for ElectionError {}
