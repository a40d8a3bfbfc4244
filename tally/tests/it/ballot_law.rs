//! The law of one ballot while voting, and what columns of ballots refuse.

use proptest::prelude::*;
use tally::ballot::{BallotError, check};
use tally::election::ElectionError;
use tally::rule_sheet::{Rule, Terms};
use tally::{Ballots, Election, Fallback, Minor, Refusal, RuleSheet};

use crate::some::project;

/// An envelope of 20.00 in steps of 1.00, at most 10.00 a project, at least two projects.
fn sheet() -> RuleSheet {
    let terms =
        Terms { max_per_project: Some(Minor::new(1000)), min_projects: 2, ..Terms::usual(Rule::Direct) };
    RuleSheet::new(terms).unwrap()
}

fn check_lines(lines: &[(&str, i64)]) -> Result<Vec<(u16, Minor)>, Vec<Refusal>> {
    let projects = ["garden", "bench", "choir"].map(|id| project(id, 0, 100));
    let lines: Vec<_> = lines.iter().map(|&(id, amount)| (id.to_owned(), Minor::new(amount))).collect();
    check(&sheet(), &projects, &lines)
}

#[test]
fn lines_in_order_are_accepted_and_zeros_are_no_lines() {
    let accepted = check_lines(&[("choir", 1000), ("bench", 0), ("garden", 500)]);
    assert_eq!(accepted, Ok(vec![(2, Minor::new(1000)), (0, Minor::new(500))]));
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let lines =
        [("choir", 1050), ("bench", -100), ("town hall", 1000), ("choir", 100), ("choir", 100), ("bench", 0)];
    let envelope_minor = Minor::new(2000);
    assert_eq!(
        check_lines(&lines),
        Err(vec![
            Refusal::NotAStep { project: "choir".to_owned(), step_minor: Minor::new(100) },
            Refusal::OverCap { project: "choir".to_owned(), cap_minor: Minor::new(1000) },
            Refusal::Negative { project: "bench".to_owned() },
            Refusal::UnknownProject { project: "town hall".to_owned() },
            Refusal::RepeatedProject { project: "choir".to_owned() },
            Refusal::OverEnvelope { given_minor: Minor::new(2250), envelope_minor },
        ])
    );
}

#[test]
fn a_ballot_gives_something_and_to_enough_projects() {
    assert_eq!(check_lines(&[]), Err(vec![Refusal::Empty]));
    assert_eq!(check_lines(&[("choir", 0)]), Err(vec![Refusal::Empty]));
    assert_eq!(check_lines(&[("choir", 100)]), Err(vec![Refusal::TooFewProjects { chosen: 1, least: 2 }]));
}

proptest! {
    #[test]
    fn what_is_accepted_is_within_the_law_and_nothing_panics(
        lines in prop::collection::vec(
            ("garden|bench|choir|x", prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), (0_i64..15).prop_map(|n| n * 100)]),
            0..5,
        )
    ) {
        let lines: Vec<(&str, i64)> = lines.iter().map(|(id, amount)| (id.as_str(), *amount)).collect();
        if let Ok(accepted) = check_lines(&lines) {
            prop_assert!(accepted.len() >= 2);
            prop_assert!(accepted.iter().all(|(_, amount)| (1..=10).contains(&(amount.get() / 100)) && amount.get() % 100 == 0));
            prop_assert!(accepted.iter().map(|(_, amount)| amount.get()).sum::<i64>() <= 2000);
            prop_assert_eq!(Ballots::new().push(&accepted, Fallback::Back), Ok(()));
        }
    }
}

#[test]
fn columns_refuse_what_is_no_ballot_and_stay_as_they_were() {
    let mut ballots = Ballots::new();
    let mut push = |lines: &[(u16, i64)]| {
        let lines: Vec<_> = lines.iter().map(|&(p, amount)| (p, Minor::new(amount))).collect();
        ballots.push(&lines, Fallback::Others)
    };
    assert_eq!(push(&[(1, -1)]), Err(BallotError::Negative { index: 1 }));
    assert_eq!(push(&[(1, 2), (0, 1), (1, 3)]), Err(BallotError::RepeatedProject { index: 1 }));
    assert_eq!(push(&[(0, i64::MAX), (1, 1)]), Err(BallotError::SumTooLarge));
    assert_eq!(push(&[(1, 0), (1, 3)]), Ok(()));
    assert_eq!(push(&[]), Ok(()));
    let rows: Vec<_> = ballots.iter().map(|ballot| ballot.lines().collect::<Vec<_>>()).collect();
    assert_eq!(rows, [vec![(1, Minor::new(3))], vec![]]);
    assert_eq!(ballots.len(), 2);
    assert_eq!(format!("{ballots:?}"), "Ballots { len: 2, .. }");
}

#[test]
fn an_election_refuses_what_does_not_fit_together() {
    let mut ballots = Ballots::new();
    ballots.push(&[(1, Minor::new(1))], Fallback::Others).unwrap();
    let twice = Election::new(vec![project("a", 0, 1), project("a", 0, 1)], Ballots::new(), None);
    assert_eq!(twice.unwrap_err(), ElectionError::RepeatedProject { project: "a".to_owned() });
    let unknown = Election::new(vec![project("a", 0, 1)], ballots, None);
    assert_eq!(unknown.unwrap_err(), ElectionError::UnknownProject { index: 1 });
}

#[test]
fn fallbacks_have_one_name_everywhere() {
    for fallback in [Fallback::Others, Fallback::Everyone, Fallback::Back] {
        assert_eq!(fallback.as_str().parse(), Ok(fallback));
        assert_eq!(serde_json::to_string(&fallback).unwrap(), format!("{:?}", fallback.as_str()));
    }
    assert!("Back".parse::<Fallback>().is_err());
}
