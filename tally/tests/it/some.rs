//! Builders and random small elections.

use proptest::prelude::*;
use tally::rule_sheet::{Order, Purse, Rule, Silent, Terms, Tie};
use tally::{Ballots, Election, Fallback, Minor, Project, RuleSheet};

/// Ballots as project index and amount.
pub(crate) type Lines = Vec<(u16, i64)>;

pub(crate) fn project(id: &str, floor: i64, ceiling: i64) -> Project {
    Project::new(id, Minor::new(floor), Minor::new(ceiling), None).unwrap()
}

pub(crate) fn ballots<'a>(lines: impl IntoIterator<Item = &'a Lines>) -> Ballots {
    let mut ballots = Ballots::new();
    for lines in lines {
        let lines: Vec<_> = lines.iter().map(|&(p, amount)| (p, Minor::new(amount))).collect();
        ballots.push(&lines, Fallback::Others).unwrap();
    }
    ballots
}

/// A sheet in steps of 1 with an envelope of 20.
pub(crate) fn sheet(rule: Rule, purse: Purse) -> Terms {
    Terms { envelope: Minor::new(20), step: Minor::new(1), purse, ..Terms::usual(rule) }
}

/// What a random election is made of, so that a test can change it before building.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) projects: Vec<Project>,
    pub(crate) lines: Vec<Lines>,
    pub(crate) roll: u64,
    pub(crate) terms: Terms,
}

impl Parts {
    pub(crate) fn election(&self) -> Election {
        Election::new(self.projects.clone(), ballots(&self.lines), Some(self.roll)).unwrap()
    }

    pub(crate) fn sheet(&self) -> RuleSheet {
        RuleSheet::new(self.terms.clone()).unwrap()
    }
}

pub(crate) fn elections() -> impl Strategy<Value = Parts> {
    (1_usize..6).prop_flat_map(|projects| {
        let lines = prop::collection::vec(
            prop::collection::btree_map(0..u16::try_from(projects).unwrap(), 0_i64..5, 0..=projects)
                .prop_map(|lines| lines.into_iter().collect::<Lines>()),
            0..12,
        );
        let bounds = prop::collection::vec((0_i64..15, 1_i64..15, prop::option::of(0_u32..4)), projects);
        (bounds, lines, 0_u64..4, terms()).prop_map(|(bounds, lines, silent, terms)| Parts {
            projects: bounds.into_iter().enumerate().map(|(i, bounds)| bounded(i, bounds)).collect(),
            roll: lines.len() as u64 + silent,
            lines,
            terms,
        })
    })
}

fn bounded(i: usize, (floor, ceiling, least): (i64, i64, Option<u32>)) -> Project {
    let ceiling = ceiling.max(floor);
    Project::new((i + 8).to_string(), Minor::new(floor), Minor::new(ceiling), least).unwrap()
}

fn terms() -> impl Strategy<Value = Terms> {
    let order = prop_oneof![Just(Order::Support), Just(Order::Ratio)];
    let greedy = (order, any::<bool>(), 0_i64..6).prop_map(|(order, skip, threshold)| Rule::Greedy {
        order,
        skip,
        threshold: Minor::new(threshold),
    });
    let rule = prop_oneof![Just(Rule::Direct), greedy];
    let fixed = (1_i64..60).prop_map(|sum| Purse::Fixed(Minor::new(sum)));
    let purse = prop_oneof![Just(Purse::Ballots), Just(Purse::Residents), fixed];
    let silent = prop_oneof![Just(Silent::General), Just(Silent::Proportional)];
    let tie = prop_oneof![Just(Tie::Ids), Just(Tie::Seed("00ff".to_owned()))];
    (rule, purse, silent, tie, 0_u32..3).prop_map(|(rule, purse, silent, tie, min_supporters)| Terms {
        silent,
        tie,
        min_supporters,
        ..sheet(rule, purse)
    })
}
