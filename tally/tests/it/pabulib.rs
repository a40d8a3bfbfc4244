//! Reading `.pb` files: what is right, every way of being wrong with its line, and bytes from nowhere.

use std::sync::Arc;

use proptest::prelude::*;
use tally::ballot::{Ballot, Ballots};
use tally::format::pabulib::{Leniency, Pabulib, PbError, Problem, Section, VoteType, read};
use tally::rule_sheet::{Order, Purse, Rule};
use tally::{Minor, count};

const VALID: &str = "\
META
key;value
description;Streets and benches
country;France
unit;Ville
instance;2026
num_projects;3
num_votes;3
budget;1500.5
vote_type;cumulative
rule;greedy-no-skip
date_begin;01.09.2026
date_end;30.09.2026
max_sum_points;5
max_points;4
min_project_score_threshold;2
PROJECTS
project_id;cost;name;selected;votes;colour
7;1000,25;Garden;1;2;green
b;500;\"Bench; \"\"long\"\" one\";0;;

c;1;Choir;0;1;
VOTES
voter_id;age;points;vote
1;30;3,2;b,7
2;31;4,0;7,c
3;32;;
";

fn strict(text: &str) -> Result<Pabulib, PbError> {
    read(text.as_bytes(), Leniency::Strict)
}

/// The valid file with one line, from 1, put otherwise.
fn with_line(number: usize, line: &str) -> String {
    let mut lines: Vec<&str> = VALID.lines().collect();
    lines[number - 1] = line;
    lines.join("\n")
}

/// Project index and points of every ballot.
fn lines(ballots: &Ballots) -> Vec<Vec<(u16, i64)>> {
    let lines =
        |ballot: Ballot<'_>| ballot.lines().map(|(project, points)| (project, points.get())).collect();
    ballots.iter().map(lines).collect()
}

fn error(text: &str) -> (u64, Problem) {
    let error = strict(text).err().expect("the file is wrong");
    (error.line, error.problem)
}

#[test]
fn a_file_is_read_with_all_that_a_count_and_a_page_need() {
    let file = strict(VALID).unwrap();
    assert_eq!(file.vote_type, VoteType::Cumulative);
    assert_eq!(file.budget, Minor::new(150_050));
    assert_eq!(file.meta["date_begin"], "01.09.2026");
    assert_eq!(lines(&file.ballots), [vec![(0, 2), (1, 3)], vec![(0, 4)], vec![]]);
    assert_eq!(file.warnings, []);
    let bench = &file.projects[1];
    assert_eq!(
        (bench.line, bench.name.as_str(), bench.cost_minor.get()),
        (20, "Bench; \"long\" one", 50_000)
    );
    assert_eq!((bench.selected, bench.votes, bench.score), (Some(0), None, None));
    let garden = &file.projects[0];
    assert_eq!((garden.cost_minor.get(), garden.extra["colour"].as_str()), (100_025, "green"));
}

/// A name as long as a row, copied for each project, would take 64 GB for a file of two megabytes.
#[test]
fn projects_share_the_names_of_other_columns() {
    let file = strict(&VALID.replace("c;1;Choir;0;1;", "c;1;Choir;0;1;red")).unwrap();
    let name = |project: usize| file.projects[project].extra.first_key_value().unwrap().0;
    assert!(Arc::ptr_eq(name(0), name(2)));
}

#[test]
fn an_import_is_counted_by_the_files_own_rule() {
    let file = strict(VALID).unwrap();
    let step = Minor::new(100);
    let sheet = file.rule_sheet(step).unwrap();
    assert_eq!((sheet.envelope.get(), sheet.max_per_project), (500, Some(Minor::new(400))));
    assert_eq!(sheet.purse, Purse::Fixed(Minor::new(150_050)));
    let threshold = Minor::new(200);
    assert_eq!(sheet.rule, Rule::Greedy { order: Order::Support, skip: false, threshold });
    let outcome = count(&file.election(step).unwrap(), &sheet).unwrap();
    let received: Vec<i64> = outcome.projects.iter().map(|project| project.received_minor.get()).collect();
    assert_eq!(received, [100_025, 50_000, 0]);
    assert!(file.election(Minor::new(i64::MAX / 2)).is_err());
    assert!(file.rule_sheet(Minor::new(i64::MAX / 2)).is_err());
}

#[test]
fn byte_order_mark_line_ends_case_and_blank_lines_do_not_matter() {
    let other = VALID.replace("META", "\u{feff}\r\nmeta").replace("VOTES", "Votes").replace('\n', "\r\n");
    let (ours, other) = (strict(VALID).unwrap(), strict(&other).unwrap());
    assert_eq!((ours.ballots, ours.meta), (other.ballots, other.meta));
}

#[test]
fn a_quoted_cell_may_run_over_lines_and_line_numbers_still_hold() {
    let longer = with_line(19, "7;1000,25;\"Gar\nden\";1;2;green");
    assert_eq!(strict(&longer).unwrap().projects[0].name, "Gar\nden");
    assert_eq!(strict(&longer).unwrap().projects[1].line, 21);
}

#[test]
fn ballots_written_alike_share_a_row_and_count_each() {
    let twice = with_line(8, "num_votes;4") + "\n4;33;3,2;b,7\n";
    let file = strict(&twice).unwrap();
    let weights: Vec<u32> = file.ballots.iter().map(|ballot| ballot.weight()).collect();
    assert_eq!((file.ballots.len(), weights), (4, vec![2, 1, 1]));
    assert_eq!(lines(&file.ballots), lines(&strict(VALID).unwrap().ballots));
}

#[test]
fn other_vote_types_have_points_too() {
    let points = |vote_type: &str, more: &str| {
        let rest = with_line(10, &format!("vote_type;{vote_type}")).replace("max_sum_points;5\n", more);
        lines(&strict(&rest.replace(";points;vote", ";x;vote").replace("4,0;7,c", ";c")).unwrap().ballots)
    };
    assert_eq!(points("approval", ""), [vec![(0, 1), (1, 1)], vec![(2, 1)], vec![]]);
    assert_eq!(points("ordinal", "max_length;2\n"), [vec![(0, 1), (1, 2)], vec![(2, 2)], vec![]]);
    assert_eq!(points("ordinal", ""), [vec![(0, 2), (1, 3)], vec![(2, 3)], vec![]]);
    let scoring = with_line(10, "vote_type;scoring").replace("max_sum_points;5\n", "");
    assert_eq!(strict(&scoring).unwrap().ballots, strict(VALID).unwrap().ballots);
}

#[test]
fn what_is_wrong_in_the_structure_is_named_with_its_line() {
    let without = |line: &str| VALID.replace(&format!("{line}\n"), "");
    let until = |line: usize| VALID.lines().take(line).collect::<Vec<_>>().join("\n");
    assert_eq!(error(""), (1, Problem::SectionExpected(Section::Meta)));
    assert_eq!(error("hello"), (1, Problem::SectionExpected(Section::Meta)));
    assert_eq!(error(&until(16)), (16, Problem::SectionExpected(Section::Projects)));
    assert_eq!(error(&without("PROJECTS")), (17, Problem::CellCount { cells: 6, columns: 2 }));
    assert_eq!(error(&format!("{VALID}META\n")), (28, Problem::SectionRepeated(Section::Meta)));
    assert_eq!(error(&until(17)), (17, Problem::ColumnMissing("project_id")));
    assert_eq!(error(&with_line(2, "key;values")), (2, Problem::ColumnMissing("value")));
    assert_eq!(error(&with_line(18, "project_id;a;a;b;c;d")), (18, Problem::ColumnRepeated("a".to_owned())));
    assert_eq!(error(&with_line(18, "project_id;a;b;c;d;e")), (18, Problem::ColumnMissing("cost")));
    assert_eq!(error(&with_line(24, "voter_id;age;point;vote")), (24, Problem::ColumnMissing("points")));
    assert_eq!(error(&with_line(24, "voter_id;age;points;votes")), (24, Problem::ColumnMissing("vote")));
    assert_eq!(error(&with_line(20, "b;500;\"Bench;0;;")), (20, Problem::QuoteNotClosed));
}

#[test]
fn what_is_wrong_in_meta_is_named_with_its_line() {
    let number = |field, value: &str| Problem::Number { field, value: value.to_owned() };
    assert_eq!(error(&with_line(3, "place;x")), (2, Problem::KeyMissing("description")));
    assert_eq!(error(&with_line(3, "Unit;x")), (5, Problem::KeyRepeated("unit".to_owned())));
    assert_eq!(error(&with_line(9, "budget;1.005")), (9, number("budget", "1.005")));
    assert_eq!(error(&with_line(9, "budget;1 500")), (9, number("budget", "1 500")));
    assert_eq!(error(&with_line(9, "budget;0")), (9, number("budget", "0")));
    assert_eq!(
        error(&with_line(9, "budget;99999999999999999999")).1,
        number("budget", "99999999999999999999")
    );
    assert_eq!(error(&with_line(10, "vote_type;dice")), (10, Problem::VoteType("dice".to_owned())));
    assert_eq!(error(&with_line(14, "x;5")), (2, Problem::KeyMissing("max_sum_points")));
    assert_eq!(error(&with_line(14, "max_sum_points;-5")), (14, number("max_sum_points", "-5")));
    assert_eq!(
        error(&with_line(7, "num_projects;2")),
        (7, Problem::Count { key: "num_projects", says: 2, rows: 3 })
    );
    assert_eq!(
        error(&with_line(8, "num_votes;4")),
        (8, Problem::Count { key: "num_votes", says: 4, rows: 3 })
    );
    assert_eq!(error(&with_line(8, "num_votes;many")), (8, number("num_votes", "many")));
}

#[test]
fn what_is_wrong_with_a_project_is_named_with_its_line() {
    let number = |field, value: &str| Problem::Number { field, value: value.to_owned() };
    assert_eq!(
        error(&with_line(20, "b;500;Bench; long;0;;")),
        (20, Problem::CellCount { cells: 7, columns: 6 })
    );
    assert_eq!(error(&with_line(20, ";500;Bench;0;;")), (20, Problem::IdMissing));
    assert_eq!(error(&with_line(20, "7;500;Bench;0;;")), (20, Problem::IdRepeated("7".to_owned())));
    assert_eq!(error(&with_line(20, "b;-500;Bench;0;;")), (20, number("cost", "-500")));
    assert_eq!(error(&with_line(20, "b;;Bench;0;;")), (20, number("cost", "")));
    assert_eq!(error(&with_line(22, "c;1;Choir;yes;1;")), (22, number("selected", "yes")));
}

#[test]
fn what_is_wrong_with_a_ballot_is_named_with_its_line() {
    let over = |limit, most, found| Problem::OverMaximum { limit, most, found };
    assert_eq!(error(&with_line(25, "1;30;3,2;b,8")), (25, Problem::UnknownProject("8".to_owned())));
    assert_eq!(error(&with_line(25, "1;30;3,2;b,b")), (25, Problem::RepeatedProject("b".to_owned())));
    assert_eq!(error(&with_line(25, "1;30;3;b,7")), (25, Problem::PointsCount { projects: 2, points: 1 }));
    assert_eq!(error(&with_line(26, "2;31;5,0;7,c")), (26, over("max_points", 4, 5)));
    assert_eq!(error(&with_line(26, "2;31;4,2;7,c")), (26, over("max_sum_points", 5, 6)));
    assert_eq!(error(&with_line(15, "max_length;1")), (25, over("max_length", 1, 2)));
    assert_eq!(error(&with_line(15, "max_sum_cost;1500")), (25, over("max_sum_cost", 150_000, 150_025)));
    let bad = |value: &str| Problem::Number { field: "points", value: value.to_owned() };
    assert_eq!(error(&with_line(26, "2;31;4,-1;7,c")), (26, bad("-1")));
    assert_eq!(error(&with_line(26, "2;31;4,;7,c")), (26, bad("")));
    assert_eq!(error(&with_line(26, "2;31;4,99999999999;7,c")), (26, bad("99999999999")));
}

#[test]
fn encoding_and_length_are_bounded() {
    let mut latin = VALID.as_bytes().to_vec();
    let at = VALID.find("Garden").unwrap();
    latin[at] = 0xe9;
    let error = read(latin.as_slice(), Leniency::Lenient).err().unwrap();
    assert_eq!(error, PbError { line: 19, problem: Problem::NotUtf8 });
    assert_eq!(error.to_string(), "line 19: the file must be UTF-8; save it in that encoding");

    let too_long = |text: String| read(text.as_bytes(), Leniency::Lenient).err().unwrap();
    let long = with_line(26, &"7,".repeat(1 << 20));
    assert_eq!(too_long(long), PbError { line: 26, problem: Problem::RowTooLong });
    let long = with_line(26, &format!("\"{}\"", "\n".repeat(1 << 20)));
    assert_eq!(too_long(long), PbError { line: 26, problem: Problem::RowTooLong });
}

#[test]
fn a_lenient_reading_counts_what_is_valid_and_lists_the_rest() {
    let wrong =
        with_line(25, "1;30;3,2;b,b").replace("country;France\n", "").replace("c;1;Choir", "c;0;Choir");
    let file = read(wrong.as_bytes(), Leniency::Lenient).unwrap();
    let listed: Vec<String> = file.warnings.iter().map(PbError::to_string).collect();
    assert_eq!(
        listed,
        [
            "line 2: META lacks country; add a line country;…",
            "line 21: cost cannot be \"0\"; write a number in range, money with at most two decimals",
            "line 24: the ballot names \"b\" twice; keep one",
            "line 25: the ballot names \"c\", which is not in PROJECTS; correct it",
        ]
    );
    assert_eq!((file.projects.len(), lines(&file.ballots)), (2, vec![vec![]]));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(bytes.as_slice(), Leniency::Lenient);
    }

    #[test]
    fn no_change_to_a_file_makes_the_reader_or_the_count_panic(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), "[;,\"\n\r.0-9bxα]{0,3}|META\n|VOTES\n|99999999999", 0_usize..8),
            1..5,
        )
    ) {
        let mut text = VALID.to_owned();
        for (at, put, cut) in changes {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary((start + cut).min(text.len()));
            text.replace_range(start..end.max(start), &put);
        }
        for leniency in [Leniency::Strict, Leniency::Lenient] {
            if let Ok(file) = read(text.as_bytes(), leniency) {
                prop_assert!(leniency == Leniency::Lenient || file.warnings.is_empty());
                let step = Minor::new(100);
                if let (Ok(election), Ok(sheet)) = (file.election(step), file.rule_sheet(step)) {
                    let _ = count(&election, &sheet);
                }
            }
        }
    }
}
