//! Writing `.pb` files: what is written reads the same, whatever the texts, and is what peers expect.

use proptest::prelude::*;
use tally::format::pabulib::{
    About, Leniency, NotPabulib, Pabulib, PbProject, Problem, VoteType, read, write,
};
use tally::rule_sheet::{Purse, Rule, Terms};
use tally::{Election, Minor, Project, RuleSheet, count};

use crate::some::{Lines, ballots, project};

const STEP: Minor = Minor::new(100);

fn text(file: &Pabulib) -> String {
    let mut bytes = Vec::new();
    write(file, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Rows of PROJECTS without what depends on the file they stand in.
fn rows(file: &Pabulib) -> Vec<PbProject> {
    let row = |row: &PbProject| PbProject { line: 0, votes: None, score: None, ..row.clone() };
    file.projects.iter().map(row).collect()
}

/// Asserts that a file, written and read again, tells the same election, and returns what was read.
pub(crate) fn written_again(file: &Pabulib) -> Result<Pabulib, TestCaseError> {
    let first = text(file);
    let again = read(first.as_bytes(), Leniency::Strict);
    let again = again.map_err(|error| TestCaseError::fail(format!("{error}\n{first}")))?;
    prop_assert_eq!(&first, &text(&again));
    prop_assert_eq!((again.vote_type, again.budget), (VoteType::Cumulative, file.budget));
    prop_assert_eq!(rows(file), rows(&again));
    prop_assert!(file.ballots.merged() == again.ballots.merged());
    for (key, value) in &file.meta {
        let is_worked_out =
            ["num_projects", "num_votes", "budget", "vote_type", "max_sum_points"].contains(&key.as_str());
        prop_assert!(is_worked_out || again.meta[key.trim()] == value.trim(), "{}", key);
    }
    let sheets = (file.rule_sheet(STEP), again.rule_sheet(STEP));
    prop_assert_eq!(&sheets.0, &sheets.1);
    if let ((Ok(sheet), _), Ok(one), Ok(other)) = (sheets, file.election(STEP), again.election(STEP)) {
        prop_assert_eq!(count(&one, &sheet), count(&other, &sheet));
    }
    Ok(again)
}

fn about() -> About {
    About {
        description: "Streets; benches".to_owned(),
        country: "France".to_owned(),
        unit: "Écot".to_owned(),
        instance: "2026".to_owned(),
        date_begin: "01.09.2026".to_owned(),
        date_end: "30.09.2026".to_owned(),
        budget: Minor::new(150_050),
        currency: "EUR".to_owned(),
        ..About::default()
    }
}

/// 20.00 in steps of 1.00, at most 10.00 a project.
fn sheet() -> RuleSheet {
    let terms = Terms {
        max_per_project: Some(Minor::new(1_000)),
        purse: Purse::Fixed(Minor::new(150_050)),
        ..Terms::usual(Rule::Direct)
    };
    RuleSheet::new(terms).unwrap()
}

fn election(projects: Vec<Project>, lines: &[Lines]) -> Election {
    Election::new(projects, ballots(lines), None).unwrap()
}

fn small() -> (Election, Vec<PbProject>) {
    let projects = vec![project("garden", 0, 100_025), project("b", 50_000, 60_000), project("c", 1, 100)];
    let lines = [vec![(0, 200), (1, 300)], vec![(2, 400)], vec![(0, 200), (1, 300)]];
    let election = election(projects, &lines);
    let mut rows: Vec<PbProject> = election.projects().iter().map(PbProject::of).collect();
    rows[1] = PbProject {
        name: "Bench \"long\"".to_owned(),
        category: Some("Streets".to_owned()),
        ..rows[1].clone()
    };
    rows[2].selected = Some(1);
    (election, rows)
}

const WRITTEN: &str = "\
META
key;value
description;\"Streets; benches\"
country;France
unit;Écot
instance;2026
num_projects;3
num_votes;3
budget;1500.50
vote_type;cumulative
rule;unknown
date_begin;01.09.2026
date_end;30.09.2026
min_length;1
max_points;10
max_sum_points;20
currency;EUR
PROJECTS
project_id;cost;votes;score;name;category;selected
garden;1000.25;2;4;;;
b;600;2;6;\"Bench \"\"long\"\"\";Streets;
c;1;1;4;;;1
VOTES
voter_id;vote;points
1;b,garden;3,2
2;b,garden;3,2
3;c;4
";

#[test]
fn an_election_of_ours_is_written_as_validators_want_it() {
    let (election, rows) = small();
    let file = Pabulib::of_election(about(), rows, &election, &sheet()).unwrap();
    assert_eq!(text(&file), WRITTEN);
    let again = written_again(&file).unwrap();
    assert!(again.election(STEP).unwrap().ballots().merged() == election.ballots().merged());
    assert_eq!(again.rule_sheet(STEP).unwrap().envelope, sheet().envelope);
}

#[test]
fn ballots_that_share_a_row_are_written_each() {
    let (election, rows) = small();
    let merged = Election::new(election.projects().to_vec(), election.ballots().merged(), None).unwrap();
    let file = Pabulib::of_election(about(), rows, &merged, &sheet()).unwrap();
    assert!(text(&file).ends_with("\n1;b,garden;3,2\n2;b,garden;3,2\n3;c;4\n"));
    written_again(&file).unwrap();
}

#[test]
fn where_all_fit_the_file_says_so() {
    let (election, rows) = small();
    let about = About { budget: Minor::new(160_125), ..about() };
    let file = Pabulib::of_election(about, rows, &election, &sheet()).unwrap();
    assert_eq!(file.meta["fully_funded"], "1");
}

#[test]
fn what_the_format_cannot_tell_is_refused() {
    let refused = |projects: Vec<Project>, lines: Lines, rows: fn(Vec<PbProject>) -> Vec<PbProject>| {
        let election = election(projects, &[lines]);
        let given = rows(election.projects().iter().map(PbProject::of).collect());
        Pabulib::of_election(about(), given, &election, &sheet()).err().unwrap()
    };
    let same = |rows| rows;
    let id = |id: &str| refused(vec![project(id, 1, 1)], vec![], same);
    assert_eq!(id("a,b"), NotPabulib::Id { project: "a,b".to_owned() });
    assert_eq!(id(" a"), NotPabulib::Id { project: " a".to_owned() });
    let one = || vec![project("a", 1, 1)];
    assert_eq!(refused(one(), vec![(0, 150)], same), NotPabulib::NotAStep);
    assert_eq!(refused(one(), vec![(0, 2_100)], same), NotPabulib::OverEnvelope);
    assert_eq!(refused(one(), vec![(0, 100 << 32)], same), NotPabulib::TooManyPoints);
    assert_eq!(refused(one(), vec![], |_| Vec::new()), NotPabulib::OtherProjects);
    let dearer = |mut rows: Vec<PbProject>| {
        rows[0].cost_minor = Minor::new(2);
        rows
    };
    assert_eq!(refused(one(), vec![], dearer), NotPabulib::OtherProjects);
    let (election, rows) = small();
    let nothing = About { budget: Minor::ZERO, ..about() };
    let error = Pabulib::of_election(nothing, rows, &election, &sheet()).err().unwrap();
    assert_eq!(error, NotPabulib::NoBudget);
}

/// Marks inside a cell that is not quoted are doubled when it is written.
#[test]
fn a_row_that_no_reader_would_take_is_not_written() {
    let marks = "\"".repeat(600_000);
    let long = WRITTEN.replace("b;600;2;6;\"Bench \"\"long\"\"\"", &format!("b;600;2;6;x{marks}"));
    let file = read(long.as_bytes(), Leniency::Strict).unwrap();
    let error = write(&file, Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    let twice = long.replace(&marks, &marks.repeat(2));
    assert_eq!(read(twice.as_bytes(), Leniency::Strict).err().unwrap().problem, Problem::RowTooLong);
}

/// Texts of everything that means something to some reader.
fn texts() -> impl Strategy<Value = String> {
    "([;,\"'\n\r\t =|\u{85}\u{2028}\u{feff}]|META|VOTES|none|[a-zA-Zéß]|[Ω狛犬šģع🦉]|\\PC){0,8}"
}

fn ours() -> impl Strategy<Value = (Vec<(String, String, i64)>, Vec<Lines>)> {
    let id = texts().prop_map(|text| text.replace(',', "").trim().to_owned());
    let project = (id, texts(), 1_i64..100_000);
    prop::collection::vec(project, 1..5).prop_flat_map(|mut projects| {
        let mut seen = std::collections::HashSet::new();
        projects.retain(|project| !project.0.is_empty() && seen.insert(project.0.clone()));
        let line = (0..u16::try_from(projects.len().max(1)).unwrap(), 0_i64..5);
        let lines = prop::collection::btree_map(line.0, line.1.prop_map(|points| points * 100), 0..4);
        let lines = lines.prop_map(|lines| lines.into_iter().collect::<Lines>());
        let ballots = if projects.is_empty() { 0..1 } else { 0..6 };
        (Just(projects), prop::collection::vec(lines, ballots))
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same_whatever_the_texts(
        (projects, lines) in ours(), description in texts(), unit in texts(), comment in texts()
    ) {
        let named = |row: (&Project, &(String, String, i64))| {
            PbProject { name: row.1.1.trim().to_owned(), ..PbProject::of(row.0) }
        };
        let ours = projects.iter().map(|(id, _, cost)| project(id, 0, *cost)).collect();
        let election = election(ours, &lines);
        let rows = election.projects().iter().zip(&projects).map(named).collect();
        let about = About { description, unit, comment, ..about() };
        let file = Pabulib::of_election(about, rows, &election, &sheet()).unwrap();
        let again = written_again(&file)?;
        prop_assert!(again.election(STEP).unwrap().ballots().merged() == election.ballots().merged());
    }
}
