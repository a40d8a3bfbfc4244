//! The count: a pure function from projects, ballots and a rule sheet to an outcome.
//!
//! This crate exists so that the town, a journalist and a browser run the very same code on the very same
//! numbers. It therefore refuses everything that could make two runs differ: no input or output beyond the readers
//! it is handed, no clock, no randomness, no floating point, no order of ballots.
//!
//! | module | holds |
//! | --- | --- |
//! | [`money`] | integer minor units |
//! | [`project`] | what can be funded, between a floor and a ceiling |
//! | [`ballot`] | ballots as columns, and the law of one ballot while voting is open |
//! | [`rule_sheet`] | everything a count depends on, checked and hashed |
//! | [`election`] | projects and ballots that fit together |
//! | [`rule`] | the counting rules, one a file |
//! | [`outcome`] | what every project receives, and how that came about |
//! | [`mod@explain`] | why a project received what it did, and what it lacked |
//! | [`mod@compare`] | one election under several rule sheets |
//! | [`figures`] | how concentrated the giving was, and other figures for readers |
//! | [`flow`] | where the money went, round by round |
//! | [`mod@format`] | files that others write and read |
//! | [`bundle`] | the public record of a result, as files |
//! | [`delivery`] | what becomes of the money after a result |

pub mod ballot;
pub mod bundle;
pub mod compare;
pub mod delivery;
pub mod election;
pub mod explain;
pub mod figures;
pub mod flow;
pub mod format;
pub mod money;
pub mod outcome;
pub mod project;
pub mod rule;
pub mod rule_sheet;

pub use ballot::{Ballots, Fallback, Refusal};
pub use compare::{compare, other_rules};
pub use election::Election;
pub use explain::explain;
pub use money::Minor;
pub use outcome::{Outcome, Status};
pub use project::Project;
pub use rule::{CountError, count};
pub use rule_sheet::{RuleSheet, Terms};
