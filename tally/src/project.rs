//! A project as the count sees it: an id, a floor and a ceiling.
//!
//! Names, holders and places stay outside: nothing here may sway a count but money and supporters.

use std::fmt;

use crate::money::Minor;

/// Something that can be funded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    id: String,
    floor: Minor,
    ceiling: Minor,
    min_supporters: Option<u32>,
}

impl Project {
    /// A project that goes ahead with at least `floor` and can use at most `ceiling`.
    ///
    /// `min_supporters` overrides the rule sheet's.
    pub fn new(
        id: impl Into<String>,
        floor: Minor,
        ceiling: Minor,
        min_supporters: Option<u32>,
    ) -> Result<Project, ProjectError> {
        let id = id.into();
        if id.is_empty() {
            return Err(ProjectError::EmptyId);
        }
        if floor < Minor::ZERO {
            return Err(ProjectError::NegativeFloor);
        }
        if ceiling <= Minor::ZERO {
            return Err(ProjectError::NoCeiling);
        }
        if floor > ceiling {
            return Err(ProjectError::FloorAboveCeiling);
        }
        Ok(Project { id, floor, ceiling, min_supporters })
    }

    /// The name under which ballots and outcomes speak of it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The least sum with which it can go ahead.
    pub fn floor(&self) -> Minor {
        self.floor
    }

    /// Its full cost, above zero.
    pub fn ceiling(&self) -> Minor {
        self.ceiling
    }

    /// The least number of ballots that must give to it, where it differs from the rule sheet's.
    pub fn min_supporters(&self) -> Option<u32> {
        self.min_supporters
    }
}

/// Why something is not a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectError {
    /// The id has no character.
    EmptyId,
    /// The floor is below zero.
    NegativeFloor,
    /// The ceiling is zero or less.
    NoCeiling,
    /// The floor is above the ceiling.
    FloorAboveCeiling,
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProjectError::EmptyId => "a project needs an id",
            ProjectError::NegativeFloor => "a project's floor is zero or more",
            ProjectError::NoCeiling => "a project's ceiling is above zero",
            ProjectError::FloorAboveCeiling => "a project's floor is at most its ceiling",
        })
    }
}

impl std::error::Error for ProjectError {}
