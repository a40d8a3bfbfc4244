//! What can be wrong with a `.pb` file, on which line, and what to do about it.

use std::fmt;
use std::io;

/// A problem and the line it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PbError {
    /// The line, from 1; of a row that runs over several lines, the first.
    pub line: u64,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file cannot be read on.
    Unreadable(io::ErrorKind),
    /// A row is not UTF-8.
    NotUtf8,
    /// A row has more than a mebibyte.
    RowTooLong,
    /// A quoted cell goes on to the end of the file.
    QuoteNotClosed,
    /// A section does not begin where it should, the file being at an end or elsewhere.
    SectionExpected(Section),
    /// A section begins after all three were read.
    SectionRepeated(Section),
    /// A section's header lacks a column.
    ColumnMissing(&'static str),
    /// A section's header names a column twice.
    ColumnRepeated(String),
    /// A row does not have as many cells as the header.
    CellCount {
        /// The cells of the row.
        cells: usize,
        /// The columns of the header.
        columns: usize,
    },
    /// META lacks a key.
    KeyMissing(&'static str),
    /// META says a key twice.
    KeyRepeated(String),
    /// META's count of rows is not that of the section.
    Count {
        /// The key in META.
        key: &'static str,
        /// What it says.
        says: u32,
        /// How many rows there are.
        rows: u64,
    },
    /// The vote type is none that is known here.
    VoteType(String),
    /// A number is none, or out of range.
    Number {
        /// The column or key.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A project has no id.
    IdMissing,
    /// Two projects have one id.
    IdRepeated(String),
    /// There are more projects than can be counted.
    TooManyProjects,
    /// There are more ballots than can be counted.
    TooManyBallots,
    /// A ballot names a project that is not in PROJECTS.
    UnknownProject(String),
    /// A ballot names a project twice.
    RepeatedProject(String),
    /// A ballot does not have one number of points for each project.
    PointsCount {
        /// The projects it names.
        projects: usize,
        /// The points it lists.
        points: usize,
    },
    /// A ballot is over a maximum.
    OverMaximum {
        /// What is limited, by its key in META where it has one.
        limit: &'static str,
        /// The maximum.
        most: u64,
        /// What the ballot has.
        found: u64,
    },
}

/// A section of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What the election is.
    Meta,
    /// What could be funded.
    Projects,
    /// Who chose what.
    Votes,
}

impl Section {
    /// The section's name as files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Section::Meta => "META",
            Section::Projects => "PROJECTS",
            Section::Votes => "VOTES",
        }
    }

    /// The section with this name, in any case.
    pub(super) fn named(name: &str) -> Option<Section> {
        [Section::Meta, Section::Projects, Section::Votes]
            .into_iter()
            .find(|section| section.as_str().eq_ignore_ascii_case(name))
    }
}

impl Problem {
    pub(super) fn at(self, line: u64) -> PbError {
        PbError { line, problem: self }
    }

    pub(super) fn number(field: &'static str, value: &str) -> Problem {
        Problem::Number { field, value: excerpt(value) }
    }
}

/// The beginning of a text from the file, so that a message stays short.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(60).collect()
}

impl fmt::Display for PbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for PbError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Unreadable(kind) => {
                write!(f, "the file cannot be read on ({kind}); try again from a copy")
            }
            Problem::NotUtf8 => f.write_str("the file must be UTF-8; save it in that encoding"),
            Problem::RowTooLong => {
                f.write_str("a row has at most a mebibyte; look for a quotation mark left open")
            }
            Problem::QuoteNotClosed => {
                f.write_str("a cell opens a quotation mark that is never closed; close it")
            }
            Problem::SectionExpected(section) => {
                write!(f, "the section {0} must begin here; put a line {0} before it", section.as_str())
            }
            Problem::SectionRepeated(section) => {
                write!(f, "the section {} begins again; put its rows where it began first", section.as_str())
            }
            Problem::ColumnMissing(column) => write!(f, "the column {column} is missing; add it"),
            Problem::ColumnRepeated(column) => write!(f, "the column {column} is there twice; rename one"),
            Problem::CellCount { cells, columns } => {
                write!(
                    f,
                    "the row has {cells} cells for {columns} columns; quote cells that contain a semicolon"
                )
            }
            Problem::KeyMissing(key) => write!(f, "META lacks {key}; add a line {key};…"),
            Problem::KeyRepeated(key) => write!(f, "META says {key} twice; keep one"),
            Problem::Count { key, says, rows } => {
                write!(f, "{key} says {says}, but there are {rows}; correct it or look for missing rows")
            }
            Problem::VoteType(value) => write!(
                f,
                "the vote type {value:?} is not known; use approval, choose-1, cumulative, ordinal or scoring"
            ),
            Problem::Number { field, value } => {
                write!(
                    f,
                    "{field} cannot be {value:?}; write a number in range, money with at most two decimals"
                )
            }
            Problem::IdMissing => f.write_str("the project has no id; give it one"),
            Problem::IdRepeated(id) => {
                write!(f, "the project {id:?} is listed already; remove or rename one")
            }
            Problem::TooManyProjects => {
                f.write_str("there are more than 65,536 projects; split the election")
            }
            Problem::TooManyBallots => {
                f.write_str("there are more than 4,294,967,295 ballots or choices; split the election")
            }
            Problem::UnknownProject(id) => {
                write!(f, "the ballot names {id:?}, which is not in PROJECTS; correct it")
            }
            Problem::RepeatedProject(id) => write!(f, "the ballot names {id:?} twice; keep one"),
            Problem::PointsCount { projects, points } => {
                write!(f, "the ballot names {projects} projects and {points} points; write one for each")
            }
            Problem::OverMaximum { limit, most, found } => {
                write!(f, "the ballot's {limit} is {found}, over the maximum of {most}; correct or remove it")
            }
        }
    }
}
