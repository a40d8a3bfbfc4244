//! Builders and random small elections.

use proptest::prelude::*;
use tally::rule_sheet::{
    Completion, End, Move, Order, Purse, Rule, Silent, Start, Terms, Tie, Ties, TransferOrder, Utility,
};
use tally::{Ballots, Election, Fallback, Minor, Outcome, Project, RuleSheet, count};

/// Lines as project index and amount.
pub(crate) type Lines = Vec<(u16, i64)>;

/// A ballot as cast.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cast {
    pub(crate) lines: Lines,
    pub(crate) fallback: Fallback,
}

pub(crate) fn project(id: &str, floor: i64, ceiling: i64) -> Project {
    Project::new(id, Minor::new(floor), Minor::new(ceiling), None).unwrap()
}

/// Ballots whose money moves to their other choices.
pub(crate) fn ballots<'a>(lines: impl IntoIterator<Item = &'a Lines>) -> Ballots {
    let fallback = Fallback::Others;
    in_columns(lines.into_iter().map(|lines| Cast { lines: lines.clone(), fallback }))
}

pub(crate) fn in_columns(cast: impl IntoIterator<Item = Cast>) -> Ballots {
    let mut ballots = Ballots::new();
    for Cast { lines, fallback } in cast {
        let lines: Vec<_> = lines.iter().map(|&(p, amount)| (p, Minor::new(amount))).collect();
        ballots.push(&lines, fallback).unwrap();
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
    pub(crate) ballots: Vec<Cast>,
    pub(crate) roll: u64,
    pub(crate) terms: Terms,
}

impl Parts {
    pub(crate) fn election(&self) -> Election {
        Election::new(self.projects.clone(), in_columns(self.ballots.clone()), Some(self.roll)).unwrap()
    }

    pub(crate) fn sheet(&self) -> RuleSheet {
        RuleSheet::new(self.terms.clone()).unwrap()
    }

    pub(crate) fn count(&self) -> Outcome {
        count(&self.election(), &self.sheet()).unwrap()
    }

    /// The same in a currency whose unit is so many times smaller.
    pub(crate) fn in_units_of(&self, times: i64) -> Parts {
        let mut scaled = self.clone();
        scaled.terms.envelope = many(self.terms.envelope, times);
        scaled.terms.step = many(self.terms.step, times);
        scaled.scale_sums(times);
        match &mut scaled.terms.rule {
            Rule::EqualShares { unit: minor, .. } | Rule::Greedy { threshold: minor, .. } => {
                *minor = many(*minor, times);
            }
            _ => {}
        }
        scaled.ballots.iter_mut().flat_map(|cast| &mut cast.lines).for_each(|line| line.1 *= times);
        scaled
    }

    /// So many copies of every ballot, for projects so many times as large.
    pub(crate) fn cloned(&self, times: u32) -> Parts {
        let mut cloned = self.clone();
        cloned.scale_sums(i64::from(times));
        cloned.clone_ballots(times);
        cloned
    }

    /// So many copies of every ballot, nothing else being different.
    pub(crate) fn clone_ballots(&mut self, times: u32) {
        self.ballots = (0..times).flat_map(|_| self.ballots.clone()).collect();
        self.roll *= u64::from(times);
        self.terms.min_supporters *= times;
        if let Rule::Greedy { threshold, .. } = &mut self.terms.rule {
            *threshold = many(*threshold, i64::from(times));
        }
        for project in &mut self.projects {
            let least = project.min_supporters().map(|least| least * times);
            *project = Project::new(project.id(), project.floor(), project.ceiling(), least).unwrap();
        }
    }

    /// The same with one project that costs less.
    pub(crate) fn with_cheaper(&self, p: usize, less: i64) -> Parts {
        let mut cheaper = self.clone();
        let project = &self.projects[p];
        let ceiling = Minor::new((project.ceiling().get() - less).max(1));
        let floor = project.floor().min(ceiling);
        cheaper.projects[p] = Project::new(project.id(), floor, ceiling, project.min_supporters()).unwrap();
        cheaper
    }

    /// Sums that are not of a single ballot.
    fn scale_sums(&mut self, times: i64) {
        if let Purse::Fixed(sum) = &mut self.terms.purse {
            *sum = many(*sum, times);
        }
        for project in &mut self.projects {
            let bounds = (many(project.floor(), times), many(project.ceiling(), times));
            *project = Project::new(project.id(), bounds.0, bounds.1, project.min_supporters()).unwrap();
        }
    }
}

fn many(minor: Minor, times: i64) -> Minor {
    Minor::new(minor.get() * times)
}

/// What makes elections alike, so that ties and edges are common.
#[derive(Clone, Copy, Debug)]
struct Taste {
    projects: usize,
    ballots: usize,
    /// The greatest ceiling.
    cost: i64,
    /// Whether projects have room between floor and ceiling; if not, they cost all the same or each its own.
    room: Option<bool>,
    /// The greatest amount of a line.
    amount: i64,
    /// Whether some ballots follow `everyone` or `back`.
    fallbacks: bool,
    /// Whether projects have a least number of supporters.
    least: bool,
}

/// Few ballots, small amounts: full of ties.
fn tight() -> impl Strategy<Value = Taste> {
    let cost = prop_oneof![4 => Just(15_i64), 2 => Just(4), 3 => Just(45)];
    let room = prop_oneof![2 => Just(Some(true)), 1 => Just(Some(false)), 2 => Just(None)];
    let amount = prop_oneof![3 => Just(4_i64), 1 => Just(1)];
    (1_usize..6, cost, room, amount, any::<bool>(), prop::bool::weighted(0.3)).prop_map(
        |(projects, cost, room, amount, fallbacks, least)| Taste {
            projects,
            ballots: 11,
            cost,
            room,
            amount,
            fallbacks,
            least,
        },
    )
}

/// More projects and ballots, and fewer ties; not too many, as exact fractions grow with every round.
fn wide() -> impl Strategy<Value = Taste> {
    let room = prop_oneof![Just(Some(true)), Just(None)];
    let cost = prop_oneof![Just(30_i64), Just(100)];
    (5_usize..9, cost, room, any::<bool>()).prop_map(|(projects, cost, room, fallbacks)| Taste {
        projects,
        ballots: 16,
        cost,
        room,
        amount: 12,
        fallbacks,
        least: false,
    })
}

/// Elections by any rule.
pub(crate) fn elections() -> impl Strategy<Value = Parts> {
    elections_by(rules())
}

pub(crate) fn elections_by(rule: impl Strategy<Value = Rule> + Clone) -> impl Strategy<Value = Parts> {
    (tight(), rule).prop_flat_map(|(taste, rule)| {
        let unit = prop_oneof![4 => Just(1_i64), 1 => Just(100)];
        (elections_like(taste, rule), unit).prop_map(|(parts, unit)| parts.in_units_of(unit))
    })
}

pub(crate) fn wide_elections_by(rule: impl Strategy<Value = Rule> + Clone) -> impl Strategy<Value = Parts> {
    (wide(), rule).prop_flat_map(|(taste, rule)| {
        elections_like(taste, rule).prop_map(|mut parts| {
            parts.terms.envelope = Minor::new(12 * 8);
            if let Purse::Fixed(sum) = &mut parts.terms.purse {
                *sum = many(*sum, 7);
            }
            if let Rule::EqualShares { unit, .. } = &mut parts.terms.rule {
                *unit = many(*unit, 3);
            }
            parts
        })
    })
}

fn elections_like(taste: Taste, rule: Rule) -> impl Strategy<Value = Parts> {
    let cast = prop::collection::vec(casts(taste), 0..=taste.ballots);
    (projects(taste), cast, 0_u64..4, terms(rule, taste.least)).prop_map(
        |(projects, ballots, silent, terms)| {
            let roll = ballots.len() as u64 + silent;
            Parts { projects, ballots, roll, terms }
        },
    )
}

fn casts(taste: Taste) -> impl Strategy<Value = Cast> {
    let project = 0..u16::try_from(taste.projects).unwrap();
    let lines = prop::collection::btree_map(project, 0..=taste.amount, 0..=taste.projects);
    let fallback = if taste.fallbacks {
        prop_oneof![2 => Just(Fallback::Others), 3 => Just(Fallback::Everyone), 1 => Just(Fallback::Back)]
            .boxed()
    } else {
        Just(Fallback::Others).boxed()
    };
    (lines, fallback).prop_map(|(lines, fallback)| Cast { lines: lines.into_iter().collect(), fallback })
}

fn projects(taste: Taste) -> impl Strategy<Value = Vec<Project>> {
    let least = if taste.least { prop::option::of(0_u32..4).boxed() } else { Just(None).boxed() };
    let bounds = prop::collection::vec((0..=taste.cost, 1..=taste.cost, least), taste.projects);
    (bounds, 1..=taste.cost).prop_map(move |(bounds, common)| {
        let project = |(i, (floor, ceiling, least)): (usize, (i64, i64, Option<u32>))| {
            let (floor, ceiling) = match taste.room {
                Some(true) => (floor.min(ceiling), ceiling),
                Some(false) => (common, common),
                None => (ceiling, ceiling),
            };
            Project::new((i + 8).to_string(), Minor::new(floor), Minor::new(ceiling), least).unwrap()
        };
        bounds.into_iter().enumerate().map(project).collect()
    })
}

fn rules() -> impl Strategy<Value = Rule> + Clone {
    prop_oneof![5 => transfers(), 4 => equal_shares(), 4 => plain_rules()]
}

pub(crate) fn plain_rules() -> impl Strategy<Value = Rule> + Clone {
    let order = prop_oneof![Just(Order::Support), Just(Order::Ratio)];
    let greedy = (order, any::<bool>(), 0_i64..6).prop_map(|(order, skip, threshold)| Rule::Greedy {
        order,
        skip,
        threshold: Minor::new(threshold),
    });
    prop_oneof![Just(Rule::Direct), greedy, Just(Rule::Phragmen), Just(Rule::CubeRoot)]
}

pub(crate) fn transfers() -> impl Strategy<Value = Rule> + Clone {
    let order =
        prop_oneof![Just(TransferOrder::Support), Just(TransferOrder::Excess), Just(TransferOrder::Ratio)];
    let r#move = prop_oneof![Just(Move::Eliminate), Just(Move::Minimal)];
    let end = prop_oneof![Just(End::Keep), Just(End::Fill)];
    (order, r#move, end).prop_map(|(order, r#move, end)| Rule::Transfer { order, r#move, end })
}

pub(crate) fn equal_shares() -> impl Strategy<Value = Rule> + Clone {
    let utility = prop_oneof![
        Just(Utility::Cardinal),
        Just(Utility::Approval),
        Just(Utility::Cost),
        Just(Utility::CardinalCost)
    ];
    let completion = prop_oneof![
        2 => Just(Completion::None),
        2 => Just(Completion::Add1),
        1 => Just(Completion::Add1u),
        1 => Just(Completion::Greedy)
    ];
    let start = prop_oneof![Just(Start::Exact), Just(Start::Floor)];
    let ties = prop_oneof![Just(Ties::Order), Just(Ties::Cheaper)];
    (utility, completion, 1_i64..4, start, any::<bool>(), ties).prop_map(
        |(utility, completion, unit, start, exhaustive_stop, ties)| Rule::EqualShares {
            utility,
            completion,
            unit: Minor::new(unit),
            start,
            exhaustive_stop,
            ties,
        },
    )
}

fn terms(rule: Rule, least: bool) -> impl Strategy<Value = Terms> {
    let fixed = (1_i64..60).prop_map(|sum| Purse::Fixed(Minor::new(sum)));
    let purse = prop_oneof![Just(Purse::Ballots), Just(Purse::Residents), fixed];
    let silent = prop_oneof![Just(Silent::General), Just(Silent::Proportional)];
    let tie = prop_oneof![Just(Tie::Ids), Just(Tie::Seed("00ff".to_owned()))];
    let least = if least { 0_u32..3 } else { 0..1 };
    (purse, silent, tie, least).prop_map(move |(purse, silent, tie, min_supporters)| Terms {
        silent,
        tie,
        min_supporters,
        ..sheet(rule, purse)
    })
}

/// Every rule, with the options that lead to code of their own.
pub(crate) fn one_of_each() -> Vec<Rule> {
    let mut rules = vec![Rule::Direct, Rule::Phragmen, Rule::CubeRoot];
    rules.push(Rule::Greedy { order: Order::Ratio, skip: true, threshold: Minor::ZERO });
    for r#move in [Move::Eliminate, Move::Minimal] {
        for end in [End::Keep, End::Fill] {
            rules.push(Rule::Transfer { order: TransferOrder::Ratio, r#move, end });
        }
    }
    for completion in [Completion::None, Completion::Add1u, Completion::Greedy] {
        rules.push(Rule::EqualShares {
            utility: Utility::Cardinal,
            completion,
            unit: Minor::new(100),
            start: Start::Exact,
            exhaustive_stop: false,
            ties: Ties::Order,
        });
    }
    rules
}
