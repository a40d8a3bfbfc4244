//! What a verification found, as data: pages and commands have the words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Facts, Origin};
use crate::ballot::Refusal;
use crate::money::Minor;

/// What came of verifying a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether nothing was found.
    pub matches: bool,
    /// What came of counting again.
    pub recount: Recount,
    /// How many ballots were counted.
    pub ballots: Option<u32>,
    /// What the bundle says it is, where it can be read.
    pub facts: Option<Facts>,
    /// The names of the projects, by id.
    pub titles: BTreeMap<String, String>,
    /// Every file that is there or should be.
    pub files: Vec<FileReport>,
    /// Which published version it is; nothing where it was held against none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// What came of counting the published ballots again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recount {
    /// Just the published outcome.
    Match,
    /// Another outcome.
    Mismatch,
    /// The ballots are not published whole; what is published was compared with itself.
    NotPublished,
    /// Something that a count needs is missing or cannot be read.
    Impossible,
}

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Its path.
    pub path: String,
    /// Its size; nothing where it is missing.
    pub bytes: Option<u64>,
    /// The SHA-256 of what is there, in lower-case hexadecimal; empty where it is missing.
    pub sha256: String,
    /// How it was looked at.
    pub checked: Checked,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// How a file was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checked {
    /// The count was done again with it.
    Counted,
    /// It was compared with the new count.
    Recounted,
    /// It was compared with the other files, and with no count.
    Compared,
    /// Only its size and hash were, and whether its form can be; nothing here tells whether what it says is right.
    Hashed,
    /// Nothing of it was: there is no list of files that can be read.
    Unchecked,
}

/// An amount that a ballot gives to a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The project's id.
    pub project: String,
    /// How much.
    pub amount_minor: Minor,
}

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// The file is not there.
    Missing,
    /// The file is not listed in `datapackage.json`.
    Unlisted,
    /// Its size is not the one listed.
    Size {
        /// In `datapackage.json`, in bytes.
        listed: u64,
        /// Of the file.
        found: u64,
    },
    /// Its content is not that of the hash listed.
    Hash {
        /// In `datapackage.json`.
        listed: String,
        /// Of the file.
        found: String,
    },
    /// It is of a later format than this program knows.
    Format {
        /// Its number.
        format: u32,
    },
    /// It cannot be read.
    Unreadable {
        /// The line, where there is one.
        line: Option<u64>,
        /// Why, in technical English.
        detail: String,
    },
    /// Its columns are not those of the format.
    Columns {
        /// The header that belongs there.
        expected: String,
        /// The header that is there.
        found: String,
    },
    /// A cell holds what cannot be there.
    Cell {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// What it holds.
        value: String,
    },
    /// The rule sheet is not the one that was announced.
    SheetHash {
        /// The hash that `datapackage.json` or `outcome.json` gives.
        listed: String,
        /// The hash of the sheet.
        found: String,
    },
    /// The rule sheet is not in its one canonical form.
    SheetForm,
    /// A ballot breaks the law of the rule sheet.
    Law {
        /// The ballot's number.
        ballot: u64,
        /// How.
        #[serde(flatten)]
        refusal: Refusal,
    },
    /// Ballots are not numbered 1, 2, 3….
    BallotNumber {
        /// The line.
        line: u64,
        /// The number that is there.
        ballot: u64,
    },
    /// A ballot is not in its place by content.
    BallotPlace {
        /// The ballot's number.
        ballot: u64,
    },
    /// `ballots.csv` and `election.pb` tell one ballot differently.
    BallotDiffers {
        /// The ballot's number.
        ballot: u64,
        /// What it gives by `ballots.csv`.
        here: Vec<Line>,
        /// What it gives by `election.pb`.
        there: Vec<Line>,
    },
    /// A ballot is in `ballots.csv` only.
    BallotAdded {
        /// The ballot's number.
        ballot: u64,
        /// What it gives.
        here: Vec<Line>,
    },
    /// A ballot is in `election.pb` only.
    BallotLacking {
        /// What it gives.
        there: Vec<Line>,
    },
    /// The rule sheet's rule cannot count this.
    NotCounted {
        /// Why, in technical English.
        detail: String,
    },
    /// A project receives another sum than the count gives.
    Received {
        /// The project's id.
        project: String,
        /// As published.
        published_minor: Minor,
        /// By the new count.
        recounted_minor: Minor,
    },
    /// Something else that is published is not what the count or the other files give.
    Differs {
        /// The line, in a table.
        line: Option<u64>,
        /// The project's id, where it is about one.
        project: Option<String>,
        /// The column or field.
        column: String,
        /// As published.
        published: String,
        /// As it should be.
        expected: String,
    },
    /// A round of the count went otherwise.
    Round {
        /// Counted from 1.
        round: u64,
    },
    /// A row is missing.
    RowMissing {
        /// The row, its cells separated by commas.
        row: String,
    },
    /// A row should not be there.
    RowAdded {
        /// The line.
        line: u64,
        /// The row, its cells separated by commas.
        row: String,
    },
    /// The rows are not in the order of the count.
    Order {
        /// The first line that is not in its place.
        line: u64,
    },
    /// Parts do not add up to their sum.
    Sum {
        /// Of what.
        of: SumOf,
        /// What the parts come to.
        parts: i64,
        /// What they should come to.
        sum: i64,
    },
    /// There is more of the kind.
    More {
        /// How many findings are not listed.
        more: u64,
    },
}

/// What should add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SumOf {
    /// What projects receive is all that is funded.
    Funded,
    /// Funded and returned money are the purse.
    Purse,
    /// What projects were given is all that was given.
    Given,
    /// Ballots counted and left out are all that took part.
    Voted,
    /// Those who took part, by channel.
    Channels,
    /// Those who took part, by district.
    Districts,
    /// Those who took part, by day.
    Days,
}

/// Findings on their way into a report, by file. Of each file the first are kept and the others counted, so that a file
/// of many ballots that is wholly wrong makes no endless report.
#[derive(Default)]
pub(super) struct Findings(BTreeMap<String, (Vec<Finding>, u64)>);

/// So many findings of a file are told.
const MOST_FINDINGS: usize = 50;

impl Findings {
    pub(super) fn add(&mut self, path: &str, finding: Finding) {
        let (kept, more) = self.0.entry(path.to_owned()).or_default();
        if kept.len() < MOST_FINDINGS { kept.push(finding) } else { *more += 1 }
    }

    pub(super) fn is_clean(&self, path: &str) -> bool {
        !self.0.contains_key(path)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The findings of a file, which are taken out.
    pub(super) fn take(&mut self, path: &str) -> Vec<Finding> {
        let (mut kept, more) = self.0.remove(path).unwrap_or_default();
        kept.extend((more > 0).then_some(Finding::More { more }));
        kept
    }

    /// The files that something was found about.
    pub(super) fn paths(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}
