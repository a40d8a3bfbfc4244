//! The laws of COUNTING that every rule here must keep, on random small elections, and the edges that chance misses.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tally::outcome::{ProjectOutcome, TieMet, Verdict};
use tally::rule_sheet::{Order, Purse, Rule, Silent, Terms, Tie};
use tally::{CountError, Election, Minor, Outcome, Project, RuleSheet, Status, count};

use crate::some::{Parts, ballots, elections, project, sheet};

fn count_parts(parts: &Parts) -> Outcome {
    count(&parts.election(), &parts.sheet()).unwrap()
}

fn by_id(outcome: &Outcome) -> BTreeMap<&str, &ProjectOutcome> {
    outcome.projects.iter().map(|project| (project.id.as_str(), project)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn money_is_conserved_and_bounds_are_kept(parts in elections()) {
        let outcome = count_parts(&parts);
        let received: Minor = outcome.projects.iter().map(|project| project.received_minor).sum();
        prop_assert_eq!(received, outcome.funded_minor);
        prop_assert_eq!(outcome.funded_minor + outcome.returned_minor, outcome.purse_minor);
        prop_assert!(outcome.returned_minor >= Minor::ZERO);
        for (project, outcome) in parts.projects.iter().zip(&outcome.projects) {
            let received = outcome.received_minor;
            prop_assert!(received == Minor::ZERO || received >= project.floor());
            prop_assert!(received <= project.ceiling());
            prop_assert_eq!(outcome.status == Status::Funded, received == project.ceiling());
        }
    }

    #[test]
    fn the_order_of_ballots_changes_nothing((parts, shuffled) in elections().prop_flat_map(|parts| {
        (Just(parts.clone()), Just(parts.lines).prop_shuffle())
    })) {
        let other = Parts { lines: shuffled, ..parts.clone() };
        prop_assert_eq!(count_parts(&parts), count_parts(&other));
    }

    #[test]
    fn merged_and_unmerged_agree(parts in elections()) {
        let cast = ballots(&parts.lines);
        let merged = Election::new(parts.projects.clone(), cast.merged(), Some(parts.roll)).unwrap();
        prop_assert_eq!(cast.merged().len(), cast.len());
        prop_assert_eq!(count(&merged, &parts.sheet()).unwrap(), count_parts(&parts));
    }

    #[test]
    fn the_order_of_projects_changes_nothing(parts in elections()) {
        let last = u16::try_from(parts.projects.len() - 1).unwrap();
        let mut mirrored = parts.clone();
        mirrored.projects.reverse();
        mirrored.lines.iter_mut().flatten().for_each(|line| line.0 = last - line.0);
        let (outcome, mirrored) = (count_parts(&parts), count_parts(&mirrored));
        prop_assert_eq!(by_id(&outcome), by_id(&mirrored));
    }

    #[test]
    fn doubling_ballots_and_bounds_doubles_what_is_received(mut parts in elections()) {
        parts.terms.purse = Purse::Ballots;
        let double = |minor: Minor| minor + minor;
        let mut doubled = parts.clone();
        doubled.lines.extend(parts.lines.iter().cloned());
        doubled.terms.min_supporters *= 2;
        if let Rule::Greedy { threshold, .. } = &mut doubled.terms.rule {
            *threshold = double(*threshold);
        }
        doubled.projects = parts
            .projects
            .iter()
            .map(|p| {
                let least = p.min_supporters().map(|least| least * 2);
                Project::new(p.id(), double(p.floor()), double(p.ceiling()), least).unwrap()
            })
            .collect();
        doubled.roll *= 2;
        for (once, twice) in count_parts(&parts).projects.iter().zip(&count_parts(&doubled).projects) {
            prop_assert_eq!(double(once.received_minor), twice.received_minor);
            prop_assert_eq!(once.status, twice.status);
        }
    }

    #[test]
    fn a_winner_made_cheaper_still_wins(parts in elections(), which in any::<prop::sample::Index>()) {
        let p = which.index(parts.projects.len());
        let winner = &parts.projects[p];
        let cheaper = Minor::new((winner.ceiling().get() - 1).max(1));
        let won = count_parts(&parts).projects[p].status == Status::Funded;
        let mut parts = parts.clone();
        let floor = winner.floor().min(cheaper);
        parts.projects[p] = Project::new(winner.id(), floor, cheaper, winner.min_supporters()).unwrap();
        prop_assert!(!won || count_parts(&parts).projects[p].status == Status::Funded);
    }

    #[test]
    fn greedy_that_skips_leaves_out_nothing_that_fits(parts in elections()) {
        let outcome = count_parts(&parts);
        if let Rule::Greedy { skip: true, threshold, .. } = parts.terms.rule {
            for (project, outcome_of) in parts.projects.iter().zip(&outcome.projects) {
                let left_out = outcome_of.status == Status::NotFunded && outcome_of.given_minor >= threshold;
                prop_assert!(!left_out || project.ceiling() > outcome.returned_minor);
            }
        }
    }

    #[test]
    fn an_outcome_survives_json(parts in elections()) {
        let outcome = count_parts(&parts);
        let json = serde_json::to_string(&outcome).unwrap();
        prop_assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
    }
}

fn three_projects(bound: i64) -> Vec<Project> {
    ["a", "b", "c"].map(|id| project(id, bound, bound)).to_vec()
}

fn checked(terms: Terms) -> RuleSheet {
    RuleSheet::new(terms).unwrap()
}

#[test]
fn without_ballots_every_purse_returns_whole() {
    for purse in [Purse::Ballots, Purse::Residents, Purse::Fixed(Minor::new(50))] {
        let election = Election::new(three_projects(5), ballots([]), Some(3)).unwrap();
        let outcome = count(&election, &checked(sheet(Rule::Direct, purse))).unwrap();
        assert_eq!(outcome.returned_minor, outcome.purse_minor);
    }
}

#[test]
fn the_share_of_the_silent_returns_or_follows_the_voters() {
    let projects = vec![project("a", 0, 100)];
    let election = Election::new(projects, ballots([&vec![(0, 20)]]), Some(3)).unwrap();
    let received = |silent| {
        let terms = Terms { silent, ..sheet(Rule::Direct, Purse::Residents) };
        let outcome = count(&election, &checked(terms)).unwrap();
        (outcome.purse_minor.get(), outcome.funded_minor.get(), outcome.projects[0].given_minor.get())
    };
    assert_eq!(received(Silent::General), (60, 20, 20));
    assert_eq!(received(Silent::Proportional), (60, 60, 20));
}

/// 2^20 ballots split 101 units in three: 33.67 each, 34 for each as atoms are a whole unit for all of them together.
#[test]
fn roundings_of_a_million_ballots_never_pass_the_purse() {
    let lines = vec![vec![(0, 1), (1, 1), (2, 1)]; 1 << 20];
    let sheet = checked(sheet(Rule::Direct, Purse::Fixed(Minor::new(101))));
    let received = |floor, ceiling| {
        let projects = ["a", "b", "c"].map(|id| project(id, floor, ceiling)).to_vec();
        let outcome = count(&Election::new(projects, ballots(&lines), None).unwrap(), &sheet).unwrap();
        assert_eq!(outcome.ties, [TieMet { projects: ["a", "b", "c"].map(str::to_owned).to_vec() }]);
        [0, 1, 2].map(|p| outcome.projects[p].received_minor.get())
    };
    assert_eq!(received(34, 34), [34, 34, 0]);
    assert_eq!(received(0, 50), [34, 34, 33]);
}

/// Two thirds of one ballot and a third of the other are no whole atoms, and yet exactly half of the purse.
#[test]
fn a_floor_that_is_reached_exactly_is_reached_in_atoms() {
    let projects = ["a", "b"].map(|id| project(id, 50, 50)).to_vec();
    let lines = [vec![(0, 1), (1, 2)], vec![(0, 2), (1, 1)]];
    let election = Election::new(projects, ballots(&lines), None).unwrap();
    let outcome = count(&election, &checked(sheet(Rule::Direct, Purse::Fixed(Minor::new(100))))).unwrap();
    assert_eq!(outcome.funded_minor, Minor::new(100));
}

#[test]
fn crumbs_go_by_largest_remainder_and_the_tie_is_reported() {
    let lines = vec![vec![(0, 1), (1, 1), (2, 1)]];
    let projects = ["a", "b", "c"].map(|id| project(id, 0, 100)).to_vec();
    let election = Election::new(projects, ballots(&lines), None).unwrap();
    let outcome = count(&election, &checked(sheet(Rule::Direct, Purse::Fixed(Minor::new(100))))).unwrap();
    assert_eq!([0, 1, 2].map(|p| outcome.projects[p].received_minor.get()), [34, 33, 33]);
    assert_eq!(outcome.ties, [TieMet { projects: ["a", "b", "c"].map(str::to_owned).to_vec() }]);
}

#[test]
fn greedy_says_in_rounds_what_happened_to_whom() {
    let lines = vec![vec![(0, 9), (1, 9), (2, 1)], vec![(3, 5)], vec![(3, 1)]];
    let projects = [("10", 40), ("9", 30), ("x", 5), ("y", 20)].map(|(id, cost)| project(id, cost, cost));
    let election = Election::new(projects.to_vec(), ballots(&lines), None).unwrap();
    let greedy = |skip| Rule::Greedy { order: Order::Support, skip, threshold: Minor::new(2) };
    let rounds = |skip| {
        let outcome = count(&election, &checked(sheet(greedy(skip), Purse::Ballots))).unwrap();
        assert_eq!(outcome.ties, [TieMet { projects: vec!["9".to_owned(), "10".to_owned()] }]);
        let told = |round: &tally::outcome::Round| {
            let event = &round.events[0];
            (round.left_minor.get(), event.project.clone(), event.verdict)
        };
        outcome.rounds.iter().map(told).collect::<Vec<_>>()
    };
    let skipping = rounds(true);
    assert_eq!(
        skipping,
        [
            (60, "x".to_owned(), Verdict::UnderThreshold),
            (60, "9".to_owned(), Verdict::Funded),
            (30, "10".to_owned(), Verdict::DoesNotFit),
            (30, "y".to_owned(), Verdict::Funded),
        ]
    );
    assert_eq!(rounds(false), skipping[..3]);
}

#[test]
fn ties_go_by_value_of_the_digits_and_then_by_bytes() {
    let projects = ["a", "10", "9", "009", "A", "é"].map(|id| project(id, 1, 1)).to_vec();
    let election = Election::new(projects, ballots([]), None).unwrap();
    let rule = Rule::Greedy { order: Order::Ratio, skip: true, threshold: Minor::ZERO };
    let order = |tie| {
        let outcome =
            count(&election, &checked(Terms { tie, ..sheet(rule, Purse::Fixed(Minor::new(6))) })).unwrap();
        outcome.ties[0].projects.join(" ")
    };
    assert_eq!(order(Tie::Ids), "009 9 10 A a é");
    assert_ne!(order(Tie::Seed("00".to_owned())), order(Tie::Seed("01".to_owned())));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let refused = |lines: Vec<Vec<(u16, i64)>>, roll, terms: Terms| {
        let election = Election::new(three_projects(5), ballots(&lines), roll).unwrap();
        count(&election, &checked(terms)).unwrap_err()
    };
    let one = || vec![vec![(0, 1)]];
    let direct = |purse| sheet(Rule::Direct, purse);
    let too_small = CountError::RollTooSmall { roll: 0, ballots: 1 };
    let rich = Terms { envelope: Minor::new(1 << 50), ..direct(Purse::Residents) };
    assert_eq!(refused(one(), None, direct(Purse::Residents)), CountError::RollMissing);
    assert_eq!(refused(one(), Some(0), direct(Purse::Residents)), too_small);
    assert_eq!(refused(one(), Some(u64::MAX), direct(Purse::Residents)), CountError::PurseTooLarge);
    assert_eq!(refused(one(), Some(1), rich), CountError::PurseTooLarge);
    assert_eq!(refused(one(), None, direct(Purse::Fixed(Minor::new(1 << 44)))), CountError::PurseTooLarge);
    assert_eq!(refused(vec![vec![(0, 21)]], None, direct(Purse::Ballots)), CountError::OverEnvelope);
    let fixed = direct(Purse::Fixed(Minor::new(9)));
    assert_eq!(refused(vec![vec![(0, i64::MAX)]; 2], None, fixed.clone()), CountError::GivenTooLarge);

    let extreme =
        Election::new(three_projects(5), ballots([&vec![(0, i64::MAX - 1), (1, 1)]]), None).unwrap();
    assert_eq!(count(&extreme, &checked(fixed)).unwrap().funded_minor, Minor::new(5));
}
