//! The bundle: the public record of a result, as files that anyone can count again.
//!
//! One place knows what the files are called and what their columns mean, because the town writes them, a journalist
//! reads them, and a browser recounts them. Nothing here looks at a clock, a disk or the web; what depends on people (a
//! README, a licence, grant data) is handed in as a [`File`].
//!
//! [`write()`] makes the files and [`fn@zip`] one archive of them, [`verify()`] looks at everything that a bundle says and
//! names what does not agree.

mod package;
mod participation;
mod published;
mod record;
mod report;
mod rows;
mod table;
mod verify;
mod write;
mod zip;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::package::Facts;
pub use self::participation::{Cell, LEAST, OTHER, days_so_far, participation};
pub use self::published::{Origin, Published};
pub use self::record::{About, Link, ProjectAbout, Record};
pub use self::report::{Checked, FileReport, Finding, Line, Recount, Report, SumOf};
pub use self::verify::verify;
pub use self::write::{WriteError, write};
pub use self::zip::{UnzipError, unzip, zip};
use crate::money::Minor;
use crate::rule_sheet::{Rule, RuleSheet};

/// How much of the ballots a town publishes, decided before the opening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publication {
    /// Whole ballots.
    #[default]
    Ballots,
    /// Each ballot cut into notes of one step, all of them shuffled.
    Notes,
    /// None: the ballots are shown to named recounters.
    Sealed,
}

impl Publication {
    /// All of them, from the most open.
    pub const ALL: [Publication; 3] = [Publication::Ballots, Publication::Notes, Publication::Sealed];

    /// The name in files, forms and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Publication::Ballots => "ballots",
            Publication::Notes => "notes",
            Publication::Sealed => "sealed",
        }
    }
}

impl Publication {
    /// Whether a result can be counted again from it: notes no longer say what was on one ballot, which every rule but
    /// the plainest asks.
    pub fn can_tell(self, sheet: &RuleSheet) -> bool {
        self != Publication::Notes || (sheet.rule == Rule::Direct && sheet.min_supporters == 0)
    }
}

impl FromStr for Publication {
    type Err = UnknownPublication;

    fn from_str(name: &str) -> Result<Publication, UnknownPublication> {
        Publication::ALL.into_iter().find(|known| known.as_str() == name).ok_or(UnknownPublication)
    }
}

/// A name that is no publication profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPublication;

impl fmt::Display for UnknownPublication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a publication profile is one of ballots, notes, sealed")
    }
}

impl std::error::Error for UnknownPublication {}

/// Of whom a row of the participation tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everybody.
    All,
    /// Those who came by one channel.
    Channel,
    /// Those of one district.
    District,
    /// Those who first took part on one day, or in one span of days.
    Day,
}

impl Scope {
    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::All => "all",
            Scope::Channel => "channel",
            Scope::District => "district",
            Scope::Day => "day",
        }
    }
}

/// How many could take part and how many did, of all or of a part of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipationRow {
    /// Of whom.
    pub scope: Scope,
    /// Which channel, district or day; empty for all.
    pub value: String,
    /// How many could; none where nobody knows, or it has no meaning.
    pub eligible: Option<u64>,
    /// How many did.
    pub voted: u64,
}

/// What another rule would have given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherRule {
    /// The rule, with its options.
    #[serde(flatten)]
    pub rule: Rule,
    /// What each project would have received, in the order of [`crate::Outcome::projects`].
    pub received_minor: Vec<Minor>,
}

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name within the bundle, such as `totals.csv`.
    pub path: String,
    /// What it is (RFC 6838), such as `text/csv; charset=utf-8`.
    pub media_type: String,
    /// What it holds, in a few English words.
    pub title: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What a file is, by the ending of its name.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        "md" => "text/markdown; charset=utf-8",
        "pb" | "txt" => "text/plain; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
