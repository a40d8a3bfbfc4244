//! A small town's record, and bundles of it.

use tally::bundle::{
    About, File, Link, OtherRule, ParticipationRow, ProjectAbout, Publication, Record, Scope, write,
};
use tally::rule_sheet::{End, Move, Purse, Rule, Terms, TransferOrder};
use tally::{Election, Fallback, Minor, Outcome, Project, RuleSheet, count};

use crate::some::{Cast, Parts, in_columns};

/// Everything that a record refers to.
pub(super) struct Town {
    pub(super) projects: Vec<ProjectAbout>,
    pub(super) election: Election,
    pub(super) sheet: RuleSheet,
    pub(super) outcome: Outcome,
    pub(super) others: Vec<OtherRule>,
    pub(super) participation: Vec<ParticipationRow>,
    pub(super) about: About,
}

/// What every other rule gives with its usual options.
fn others(election: &Election, sheet: &RuleSheet) -> Vec<OtherRule> {
    let rules = Rule::NAMES.into_iter().filter(|name| *name != sheet.rule.name());
    let counted = |name: &str| {
        let rule = Rule::new(name, serde_json::Map::new()).unwrap();
        let sheet = RuleSheet::new(Terms { rule, ..(**sheet).clone() }).ok()?;
        let outcome = count(election, &sheet).ok()?;
        let received_minor = outcome.projects.iter().map(|project| project.received_minor).collect();
        Some(OtherRule { rule, received_minor })
    };
    rules.filter_map(counted).collect()
}

impl Town {
    /// The town of an election that its rule can count.
    pub(super) fn of(election: Election, sheet: RuleSheet) -> Town {
        let outcome = count(&election, &sheet).unwrap();
        let voted = u64::from(election.ballots().len());
        let about = |project: &Project| ProjectAbout {
            slug: format!("projet-{}", project.id()),
            title: format!("Projet « {} », \"beau\"", project.id()),
            kind: "grant".to_owned(),
            category: "Nature, eau".to_owned(),
            district: String::new(),
            holder: "=Association".to_owned(),
        };
        let row = |scope, value: &str, eligible, voted| ParticipationRow {
            scope,
            value: value.to_owned(),
            eligible,
            voted,
        };
        Town {
            projects: election.projects().iter().map(about).collect(),
            others: others(&election, &sheet),
            participation: vec![
                row(Scope::All, "", election.roll(), voted),
                row(Scope::Channel, "online", None, voted - voted / 3),
                row(Scope::Channel, "paper", None, voted / 3),
            ],
            about: About {
                municipality: "laudry".to_owned(),
                municipality_name: "Laudry-sur-Onde".to_owned(),
                country: "France".to_owned(),
                cycle: "2025".to_owned(),
                title: "Budget 2025".to_owned(),
                language: "fr".to_owned(),
                nature: "real".to_owned(),
                currency: "EUR".to_owned(),
                version: 1,
                released_at: "2025-07-01T16:00:00Z".to_owned(),
                voting_from: "2025-06-01".to_owned(),
                voting_until: "2025-06-14".to_owned(),
                homepage: "https://ecot.example/laudry/2025/results/v1".to_owned(),
                licence: Some(Link::etalab_2_0()),
                eligible: election.roll(),
                voted,
                ..About::default()
            },
            election,
            sheet,
            outcome,
        }
    }

    pub(super) fn of_parts(parts: &Parts) -> Town {
        Town::of(parts.election(), parts.sheet())
    }

    pub(super) fn record(&self, publication: Publication) -> Record<'_> {
        Record {
            about: self.about.clone(),
            projects: &self.projects,
            election: &self.election,
            sheet: &self.sheet,
            outcome: &self.outcome,
            others: &self.others,
            participation: &self.participation,
            publication,
            extra: vec![File {
                path: "README.md".to_owned(),
                media_type: "text/markdown; charset=utf-8".to_owned(),
                title: "How to read this".to_owned(),
                bytes: b"# Recount\n".to_vec(),
            }],
        }
    }

    pub(super) fn files(&self, publication: Publication) -> Vec<File> {
        write(&self.record(publication)).unwrap()
    }
}

/// Five projects and eight ballots, with every kind of thing that a bundle tells: a tie, a drop, transfers, a rest.
pub(super) fn laudry() -> Town {
    laudry_by(Rule::Transfer { order: TransferOrder::Ratio, r#move: Move::Eliminate, end: End::Keep })
}

pub(super) fn laudry_by(rule: Rule) -> Town {
    let project = |id: &str, floor, ceiling, least| {
        Project::new(id, Minor::new(floor), Minor::new(ceiling), least).unwrap()
    };
    let projects = vec![
        project("verger", 3000, 5000, None),
        project("banc", 2500, 2500, None),
        project("nichoirs", 2500, 2500, None),
        project("concert", 9000, 9000, Some(5)),
        project("four", 0, 4000, None),
    ];
    let cast = |lines: &[(u16, i64)], fallback| Cast { lines: lines.to_vec(), fallback };
    let (others, everyone, back) = (Fallback::Others, Fallback::Everyone, Fallback::Back);
    let ballots = in_columns([
        cast(&[(0, 1000), (1, 500), (2, 500)], others),
        cast(&[(0, 2000)], others),
        cast(&[(1, 1000), (2, 1000)], everyone),
        cast(&[(1, 1000), (2, 1000)], others),
        cast(&[(3, 1500), (4, 500)], others),
        cast(&[(3, 2000)], back),
        cast(&[(0, 300), (4, 700)], others),
        cast(&[(0, 2000)], others),
    ]);
    let election = Election::new(projects, ballots, Some(20)).unwrap();
    let terms = Terms { purse: Purse::Ballots, ..Terms::usual(rule) };
    Town::of(election, RuleSheet::new(terms).unwrap())
}

/// The file with this path.
pub(super) fn file<'a>(files: &'a [File], path: &str) -> &'a File {
    files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("there is no {path}"))
}

/// The text of the file with this path.
pub(super) fn text<'a>(files: &'a [File], path: &str) -> &'a str {
    std::str::from_utf8(&file(files, path).bytes).unwrap()
}
