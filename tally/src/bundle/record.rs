//! What a bundle is made of: the count's own values, and what people call things.

use std::collections::BTreeMap;

use super::{File, OtherRule, ParticipationRow, Publication};
use crate::election::Election;
use crate::outcome::Outcome;
use crate::rule_sheet::RuleSheet;

/// One version of a result, with everything that is told of it.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Whose it is, and what depends on neither projects nor ballots.
    pub about: About,
    /// What the town calls the projects, in the order of the election.
    pub projects: &'a [ProjectAbout],
    /// What was counted.
    pub election: &'a Election,
    /// By which rules.
    pub sheet: &'a RuleSheet,
    /// What that gave.
    pub outcome: &'a Outcome,
    /// What other rules would have given.
    pub others: &'a [OtherRule],
    /// Who could take part and who did.
    pub participation: &'a [ParticipationRow],
    /// How much of the ballots is told.
    pub publication: Publication,
    /// Files made by others: a README, the licence, grant data, a workbook. Their paths are none of this module's.
    pub extra: Vec<File>,
}

/// What a bundle says of a cycle besides projects and ballots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The town's slug.
    pub municipality: String,
    /// The town's name.
    pub municipality_name: String,
    /// The town's country, by its English name or ISO code; Pabulib asks for it.
    pub country: String,
    /// The cycle's slug.
    pub cycle: String,
    /// The cycle's name, in one language.
    pub title: String,
    /// The language of the texts, by ISO 639-1, such as `fr`.
    pub language: String,
    /// `practice`, `import` or `real`.
    pub nature: String,
    /// ISO 4217.
    pub currency: String,
    /// Counted from 1.
    pub version: i64,
    /// Why there is a version after the first, by language; empty for the first.
    pub reason: BTreeMap<String, String>,
    /// The instant of the release, by RFC 3339, such as `2025-07-01T16:00:00Z`.
    pub released_at: String,
    /// The first day of voting, such as `2025-06-01`; a year alone where no more is known; or empty.
    pub voting_from: String,
    /// The last day of voting, in the same way.
    pub voting_until: String,
    /// The whole address of this version's page.
    pub homepage: String,
    /// Under which licence the data is; none where the source states none.
    pub licence: Option<Link>,
    /// Where imported data came from.
    pub source: Option<Link>,
    /// How many could take part, where it is known.
    pub eligible: Option<u64>,
    /// How many took part: the ballots counted, and those left out.
    pub voted: u64,
    /// How many ballots a correction leaves out.
    pub void: u64,
}

/// A name with an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// A short name; of a licence, the one that catalogues know it by.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its address, or empty.
    pub path: String,
}

impl Link {
    /// The licence of the French State, under which towns publish: Licence Ouverte 2.0.
    pub fn etalab_2_0() -> Link {
        Link {
            name: "etalab-2.0".to_owned(),
            title: "Licence Ouverte 2.0".to_owned(),
            path: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/".to_owned(),
        }
    }
}

/// What the town calls a project; the count knows only its id and its money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectAbout {
    /// The last part of its address.
    pub slug: String,
    /// Its name, in the language of [`About::language`].
    pub title: String,
    /// How it is funded: `grant`, `threshold`, `monthly` or `advance`.
    pub kind: String,
    /// What it is about, or empty.
    pub category: String,
    /// Where in the town, or empty.
    pub district: String,
    /// Who carries it, or empty.
    pub holder: String,
}
