//! Whole cycles as bundles: random ones, real ones and altered ones, for `oracle/recount.py` and other readers.
//!
//! `cargo xtask test --only peers` names a folder in `ECOT_BUNDLES`, into which they are written, and has them counted
//! by the second program. Here, where no Python is needed, some are made and verified.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tally::bundle::{
    self, About, Link, OtherRule, ParticipationRow, ProjectAbout, Publication, Record, Scope,
};
use tally::format::pabulib::Leniency;
use tally::outcome::Verdict;
use tally::rule_sheet::{End, Move, Purse, Rule, Silent, Terms, Tie, TransferOrder};
use tally::{Election, Fallback, Minor, Outcome, Project, RuleSheet, count};

use crate::real_elections::{POINT, files, read};
use crate::some::{
    Cast, Parts, elections, equal_shares, one_of_each, plain_rules, sheet, transfers, wide_elections_by,
};

/// A cycle with what its town decided beside the rules.
#[derive(Clone, Debug)]
struct Town {
    parts: Parts,
    publication: Publication,
    /// Ballots that a correction leaves out.
    void: u64,
    others: Vec<Rule>,
}

/// Tie-prone, wide and town-like cycles.
fn towns() -> impl Strategy<Value = Town> {
    let parts = prop_oneof![5 => elections(), 1 => wide_elections_by(rules()), 2 => like_a_town(rules())];
    let publication = prop_oneof![
        18 => Just(Publication::Ballots),
        1 => Just(Publication::Notes),
        1 => Just(Publication::Sealed)
    ];
    let others = prop::collection::vec(rules(), 0..3);
    let named = prop::bool::weighted(0.3);
    (parts, publication, prop_oneof![4 => Just(0_u64), 1 => 1_u64..4], others, named).prop_map(
        |(mut parts, publication, void, mut others, named)| {
            others.dedup();
            if named {
                name_projects(&mut parts);
            }
            Town { parts, publication, void, others }
        },
    )
}

/// Ids that are sorted as numbers, as texts, and as neither.
fn name_projects(parts: &mut Parts) {
    let names = ["10", "9", "007", "7", "school", "École", "b 2", "a,\"b\"", "٣", "0", "00", "x", "y", "z"];
    for (project, name) in parts.projects.iter_mut().zip(names) {
        let bounds = (project.floor(), project.ceiling());
        *project = Project::new(name, bounds.0, bounds.1, project.min_supporters()).unwrap();
    }
}

/// Amounts of any cent, dozens of ballots, thresholds and floors of zero beside grants.
fn like_a_town(rule: impl Strategy<Value = Rule> + Clone) -> impl Strategy<Value = Parts> {
    let sizes = (4_u16..13, 20_usize..120);
    let cast = sizes.prop_flat_map(|(projects, ballots)| {
        let bounds = (0_i64..4, 500_i64..20_000, 1_i64..100, prop::option::weighted(0.2, 0_u32..9));
        (
            prop::collection::vec(bounds, usize::from(projects)),
            prop::collection::vec(ballot(projects), ballots),
        )
    });
    (cast, 0_u64..50, rule, terms()).prop_map(|((bounds, ballots), silent, rule, terms)| {
        let roll = ballots.len() as u64 + silent;
        let mut terms = Terms { envelope: Minor::new(2_000), rule, ..terms };
        if let Rule::EqualShares { unit, .. } = &mut terms.rule {
            *unit = Minor::new(unit.get() * 37);
        }
        let projects = (1..).zip(bounds).map(|(id, (kind, ceiling, percent, least))| {
            let floor = match kind {
                0 => 0,
                1 => ceiling,
                2 => ceiling * percent / 100,
                _ => ceiling / 2,
            };
            Project::new(format!("{id}"), Minor::new(floor), Minor::new(ceiling), least).unwrap()
        });
        Parts { projects: projects.collect(), ballots, roll, terms }
    })
}

fn ballot(projects: u16) -> impl Strategy<Value = Cast> {
    let lines = prop::collection::btree_map(0..projects, 1_i64..=400, 0..6);
    let fallback = prop_oneof![
        4 => Just(Fallback::Others),
        2 => Just(Fallback::Everyone),
        1 => Just(Fallback::Back)
    ];
    (lines, fallback).prop_map(|(lines, fallback)| Cast { lines: lines.into_iter().collect(), fallback })
}

fn terms() -> impl Strategy<Value = Terms> {
    let fixed = (1_000_i64..90_000).prop_map(|sum| Purse::Fixed(Minor::new(sum)));
    let purse = prop_oneof![2 => Just(Purse::Ballots), 1 => Just(Purse::Residents), 1 => fixed];
    let silent = prop_oneof![Just(Silent::General), Just(Silent::Proportional)];
    let tie = prop_oneof![Just(Tie::Ids), Just(Tie::Seed("c0ffee".to_owned()))];
    (purse, silent, tie, 0_u32..3).prop_map(|(purse, silent, tie, min_supporters)| Terms {
        silent,
        tie,
        min_supporters,
        ..sheet(Rule::Direct, purse)
    })
}

impl Town {
    fn files(&self, number: usize) -> Vec<bundle::File> {
        self.files_with(number, &self.parts.count())
    }

    /// The bundle of another outcome than its own.
    fn files_with(&self, number: usize, outcome: &Outcome) -> Vec<bundle::File> {
        let (election, sheet) = (self.parts.election(), self.parts.sheet());
        let others = others(&election, &sheet, &self.others);
        let void = self.void.min(self.parts.roll - u64::from(election.ballots().len()));
        let voted = u64::from(election.ballots().len()) + void;
        // Some towns do not know their roll, which no purse but one asks for.
        let asked = self.parts.terms.purse == Purse::Residents;
        let eligible = (asked || !number.is_multiple_of(3)).then_some(self.parts.roll);
        // Only an import may have ballots that give nothing.
        let gives = |cast: &Cast| cast.lines.iter().any(|line| line.1 > 0);
        let nature = if self.parts.ballots.iter().all(gives) { "practice" } else { "import" };
        let about = About { eligible, voted, void, nature: nature.to_owned(), ..about(number) };
        let publication = self.publication;
        Version { about, election: &election, sheet: &sheet, outcome, others: &others, publication }.files()
    }
}

fn others(election: &Election, sheet: &RuleSheet, rules: &[Rule]) -> Vec<OtherRule> {
    let received = |&rule: &Rule| {
        let sheet = RuleSheet::new(Terms { rule, ..(**sheet).clone() }).unwrap();
        let outcome = count(election, &sheet).unwrap();
        OtherRule { rule, received_minor: outcome.projects.iter().map(|it| it.received_minor).collect() }
    };
    rules.iter().map(received).collect()
}

fn about(number: usize) -> About {
    About {
        municipality: "valmont".to_owned(),
        municipality_name: "Valmont-sur-Lys, \"la ville\"".to_owned(),
        country: "France".to_owned(),
        cycle: format!("random-{number}"),
        title: format!("Budget des habitants n° {number}"),
        language: "fr".to_owned(),
        nature: "practice".to_owned(),
        currency: "EUR".to_owned(),
        version: 1,
        reason: BTreeMap::new(),
        released_at: "2026-07-01T16:00:00Z".to_owned(),
        voting_from: "2026-06-01".to_owned(),
        voting_until: "2026-06-15".to_owned(),
        homepage: format!("https://ecot.example/valmont/random-{number}/results/v1"),
        licence: Some(Link::etalab_2_0()),
        ..About::default()
    }
}

/// What was counted by what, and what is published of it.
struct Version<'a> {
    about: About,
    election: &'a Election,
    sheet: &'a RuleSheet,
    outcome: &'a Outcome,
    others: &'a [OtherRule],
    publication: Publication,
}

impl Version<'_> {
    fn files(self) -> Vec<bundle::File> {
        let Version { about, election, sheet, outcome, others, publication } = self;
        let projects: Vec<_> = election.projects().iter().map(named).collect();
        let half = about.voted / 2;
        let row = |(scope, value, eligible, voted): (Scope, &str, Option<u64>, u64)| ParticipationRow {
            scope,
            value: value.to_owned(),
            eligible,
            voted,
        };
        let participation = [
            (Scope::All, "", about.eligible, about.voted),
            (Scope::Channel, "online", None, half),
            (Scope::Channel, "paper", None, about.voted - half),
        ]
        .map(row);
        bundle::write(&Record {
            about,
            projects: &projects,
            election,
            sheet,
            outcome,
            others,
            participation: &participation,
            publication,
            extra: Vec::new(),
        })
        .unwrap()
    }
}

fn named(project: &Project) -> ProjectAbout {
    ProjectAbout {
        slug: format!("project-{}", project.id().len()),
        title: format!("Le projet {}", project.id()),
        kind: "grant".to_owned(),
        ..ProjectAbout::default()
    }
}

/// Bundles that are made, looked at, and written where somebody asks for them.
struct Shelf {
    folder: Option<PathBuf>,
    /// Where nobody does, one in so many is made.
    one_in: usize,
}

impl Shelf {
    fn new(name: &str, one_in: usize) -> Shelf {
        let folder = std::env::var_os("ECOT_BUNDLES").map(|folder| PathBuf::from(folder).join(name));
        folder.iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
        Shelf { folder, one_in }
    }

    /// So many of them, the same ones at every run.
    fn some_of<T: Debug>(&self, all: impl Strategy<Value = T>, number: usize) -> Vec<(usize, T)> {
        let mut runner = TestRunner::deterministic();
        let number = if self.folder.is_some() { number } else { number / self.one_in };
        (1..=number).map(|at| (at, all.new_tree(&mut runner).unwrap().current())).collect()
    }

    /// `as_it_should` says whether nobody altered anything.
    fn put(&self, name: impl Display, files: &[bundle::File], as_it_should: bool) {
        let report = bundle::verify(files);
        assert_eq!(report.matches, as_it_should, "{name}: {report:#?}");
        if let Some(folder) = &self.folder {
            fs::write(folder.join(format!("{name}.zip")), bundle::zip(files)).unwrap();
        }
    }
}

fn whole_ballots(parts: Parts) -> Town {
    Town { parts, publication: Publication::Ballots, void: 0, others: Vec::new() }
}

fn rules() -> impl Strategy<Value = Rule> + Clone {
    prop_oneof![transfers(), equal_shares(), plain_rules()]
}

#[test]
fn random_cycles_are_bundles() {
    let shelf = Shelf::new("random", 10);
    for (number, town) in shelf.some_of(towns(), 1_100) {
        shelf.put(format_args!("{number:04}"), &town.files(number), true);
    }
}

#[test]
fn altered_cycles_are_bundles() {
    // Whoever alters a bundle can make every hash anew, as here: only a recount finds it.
    let shelf = Shelf::new("altered", 10);
    for (number, parts) in shelf.some_of(like_a_town(rules()), 90) {
        let mut town = whole_ballots(parts);
        let mut outcome = town.parts.count();
        match number % 3 {
            0 => {
                let project = &mut outcome.projects[number % 4];
                project.received_minor = project.received_minor + Minor::new(1);
            }
            1 => {
                let round = outcome.rounds.last_mut().unwrap();
                round.left_minor = round.left_minor + Minor::new(1);
            }
            _ => {
                let ballot = town.parts.ballots.iter_mut().find(|cast| !cast.lines.is_empty()).unwrap();
                ballot.lines[0].1 += 1;
            }
        }
        shelf.put(format_args!("{number:04}"), &town.files_with(number, &outcome), false);
    }
}

#[test]
fn damaged_cycles_are_bundles() {
    // The hash of a file is not the one that is listed.
    let shelf = Shelf::new("damaged", 1);
    for (number, parts) in shelf.some_of(like_a_town(rules()), 3) {
        let mut files = whole_ballots(parts).files(number);
        let totals = files.iter_mut().find(|file| file.path == "totals.csv").unwrap();
        let figure = totals.bytes.iter_mut().rfind(|byte| byte.is_ascii_digit()).unwrap();
        *figure = if *figure == b'1' { b'2' } else { b'1' };
        shelf.put(number, &files, false);
    }
}

#[test]
fn lawful_cycles_are_bundles() {
    // No ballot is empty, and nothing costs less than a unit of the currency: readers of Pabulib files know neither.
    let shelf = Shelf::new("lawful", 10);
    for (number, mut parts) in shelf.some_of(like_a_town(rules()), 40) {
        parts.ballots.retain(|cast| !cast.lines.is_empty());
        shelf.put(format_args!("{number:04}"), &whole_ballots(parts).files(number), true);
    }
}

#[test]
fn real_elections_are_bundles() {
    let shelf = Shelf::new("real", 10);
    let step = if shelf.folder.is_some() { 1 } else { shelf.one_in };
    for file in files().iter().step_by(step) {
        let pabulib = read(file, Leniency::Lenient).unwrap();
        let election = pabulib.election(POINT).unwrap();
        let imported = pabulib.rule_sheet(POINT).unwrap();
        let sheet = RuleSheet::new(Terms { rule: Rule::default(), ..(*imported).clone() }).unwrap();
        // Raising budgets takes the second program minutes on a whole city.
        let is_quick = |rule: &Rule| !rule.options().values().any(|value| value == "add1u");
        let rules: Vec<Rule> = one_of_each().into_iter().filter(is_quick).collect();
        let voted = election.ballots().len().into();
        let about = About { voted, nature: "import".to_owned(), ..about(0) };
        let others = others(&election, &sheet, &rules);
        let outcome = count(&election, &sheet).unwrap();
        let version = Version {
            about,
            election: &election,
            sheet: &sheet,
            outcome: &outcome,
            others: &others,
            publication: Publication::Ballots,
        };
        let files = version.files();
        shelf.put(file.file_stem().unwrap().to_str().unwrap(), &files, true);
    }
}

#[test]
fn money_for_everyone_returns_in_the_round_that_leaves_nothing_open() {
    // Found by `oracle/recount.py`: the last round said that nothing returned.
    let project = |id: &str, least| Project::new(id, Minor::new(20), Minor::new(20), least).unwrap();
    let cast = |p: u16| Cast { lines: vec![(p, 5)], fallback: Fallback::Everyone };
    let rule = Rule::Transfer { order: TransferOrder::Ratio, r#move: Move::Minimal, end: End::Keep };
    let outcome = Parts {
        projects: vec![project("few", Some(2)), project("beyond", None)],
        ballots: vec![cast(0), cast(1)],
        roll: 2,
        terms: sheet(rule, Purse::Ballots),
    }
    .count();
    let last = outcome.rounds.last().unwrap();
    assert_eq!((last.events[0].verdict, last.returned_minor), (Verdict::Unreachable, Minor::new(5)));
}
