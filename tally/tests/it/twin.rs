//! Slow, obvious twins of the rules, in exact fractions: they share no line with the rules themselves.

use std::cmp::Ordering;

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tally::rule_sheet::{Order, Purse, Rule, Silent, Tie};
use tally::{Outcome, count};

use crate::some::{Parts, elections};

/// A fraction with a denominator above zero.
#[derive(Clone, Copy, Debug)]
struct Exact(i128, i128);

impl Exact {
    const ZERO: Exact = Exact(0, 1);

    fn plus(self, other: Exact) -> Exact {
        fn gcd(a: i128, b: i128) -> i128 {
            if b == 0 { a } else { gcd(b, a % b) }
        }
        let (over, under) = (self.0 * other.1 + other.0 * self.1, self.1 * other.1);
        let common = gcd(over, under).max(1);
        Exact(over / common, under / common)
    }

    fn cmp(self, other: Exact) -> Ordering {
        (self.0 * other.1).cmp(&(other.0 * self.1))
    }

    fn floor(self) -> i128 {
        self.0 / self.1
    }

    fn rest(self) -> Exact {
        Exact(self.0 % self.1, self.1)
    }

    /// Closer than atoms may tell apart with a dozen ballots.
    fn is_near(self, other: Exact) -> bool {
        let difference = self.plus(Exact(-other.0, other.1));
        difference.0.abs() * 50_000 < difference.1
    }
}

fn supporters(parts: &Parts, p: usize) -> u32 {
    let gives = |lines: &&Vec<(u16, i64)>| lines.iter().any(|&(q, amount)| usize::from(q) == p && amount > 0);
    u32::try_from(parts.lines.iter().filter(gives).count()).unwrap()
}

fn is_open(parts: &Parts, p: usize) -> bool {
    supporters(parts, p) >= parts.projects[p].min_supporters().unwrap_or(parts.terms.min_supporters)
}

fn given(parts: &Parts, p: usize) -> i128 {
    parts.lines.iter().flatten().filter(|line| usize::from(line.0) == p).map(|line| i128::from(line.1)).sum()
}

/// The sum of the purse, and whether ballots share it equally.
fn purse(parts: &Parts) -> (i128, bool) {
    let envelope = i128::from(parts.terms.envelope.get());
    match (parts.terms.purse, parts.terms.silent) {
        (Purse::Ballots, _) => (envelope * parts.lines.len() as i128, false),
        (Purse::Residents, silent) => (envelope * i128::from(parts.roll), silent == Silent::Proportional),
        (Purse::Fixed(sum), _) => (i128::from(sum.get()), true),
    }
}

fn comes_first(parts: &Parts, p: usize, q: usize) -> Ordering {
    let (p, q) = (parts.projects[p].id(), parts.projects[q].id());
    match &parts.terms.tie {
        Tie::Ids => p.parse::<u64>().unwrap().cmp(&q.parse::<u64>().unwrap()),
        Tie::Seed(_) => {
            let draw = |id: &str| Sha256::digest([b"\x00\xff", id.as_bytes()].concat());
            draw(p).cmp(&draw(q))
        }
    }
}

fn greedy(parts: &Parts, order: Order, skip: bool, threshold: i128) -> Vec<i128> {
    let cost = |p: usize| i128::from(parts.projects[p].ceiling().get());
    let merit = |p: usize| match order {
        Order::Support => Exact(given(parts, p), 1),
        Order::Ratio => Exact(given(parts, p), cost(p)),
    };
    let mut waiting: Vec<usize> =
        (0..parts.projects.len()).filter(|&p| is_open(parts, p) && given(parts, p) >= threshold).collect();
    let mut received = vec![0; parts.projects.len()];
    let (mut left, _) = purse(parts);
    while let Some(&first) = waiting.first() {
        let mut best = first;
        for &p in &waiting {
            match merit(p).cmp(merit(best)) {
                Ordering::Greater => best = p,
                Ordering::Equal if comes_first(parts, p, best) == Ordering::Less => best = p,
                _ => {}
            }
        }
        waiting.retain(|&p| p != best);
        if cost(best) <= left {
            received[best] = cost(best);
            left -= cost(best);
        } else if !skip {
            break;
        }
    }
    received
}

fn direct_support(parts: &Parts, p: usize) -> Exact {
    let (sum, equally) = purse(parts);
    if !equally {
        return Exact(given(parts, p), 1);
    }
    let n = parts.lines.len() as i128;
    let share = |lines: &Vec<(u16, i64)>| {
        let all: i64 = lines.iter().map(|line| line.1).sum();
        let here: i64 = lines.iter().filter(|line| usize::from(line.0) == p).map(|line| line.1).sum();
        if here == 0 { Exact::ZERO } else { Exact(sum * i128::from(here), n * i128::from(all)) }
    };
    parts.lines.iter().map(share).fold(Exact::ZERO, Exact::plus)
}

/// What `direct` pays, and whether that hangs on differences finer than atoms.
fn direct(parts: &Parts) -> (Vec<i128>, bool) {
    let bound = |minor: tally::Minor| Exact(i128::from(minor.get()), 1);
    let mut in_doubt = false;
    let mut due = Vec::new();
    for (p, project) in parts.projects.iter().enumerate() {
        let support = direct_support(parts, p);
        let next_whole = Exact(support.floor() + 1, 1);
        in_doubt |= support.is_near(next_whole);
        let goes_ahead = is_open(parts, p) && support.cmp(bound(project.floor())) != Ordering::Less;
        let capped = if support.cmp(bound(project.ceiling())) == Ordering::Greater {
            bound(project.ceiling())
        } else {
            support
        };
        due.push(if goes_ahead { capped } else { Exact::ZERO });
    }
    let mut received: Vec<i128> = due.iter().map(|due| due.floor()).collect();
    let sum = due.iter().copied().fold(Exact::ZERO, Exact::plus);
    in_doubt |= sum.is_near(Exact(sum.floor() + 1, 1));
    let mut ranked: Vec<usize> = (0..due.len()).collect();
    ranked.sort_by(|&p, &q| due[q].rest().cmp(due[p].rest()).then(comes_first(parts, p, q)));
    let crumbs = usize::try_from(sum.floor() - received.iter().sum::<i128>()).unwrap();
    for &p in &ranked[..crumbs] {
        received[p] += 1;
    }
    if 0 < crumbs && crumbs < ranked.len() {
        in_doubt |= due[ranked[crumbs - 1]].rest().is_near(due[ranked[crumbs]].rest());
    }
    (received, in_doubt)
}

fn received(outcome: &Outcome) -> Vec<i128> {
    outcome.projects.iter().map(|project| i128::from(project.received_minor.get())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6_000))]

    #[test]
    fn rules_agree_with_their_twins(parts in elections()) {
        let outcome = count(&parts.election(), &parts.sheet()).unwrap();
        let ours = received(&outcome);
        match parts.terms.rule {
            Rule::Greedy { order, skip, threshold } => {
                prop_assert_eq!(ours, greedy(&parts, order, skip, threshold.get().into()));
            }
            Rule::Direct => {
                let (theirs, in_doubt) = direct(&parts);
                if in_doubt {
                    let sum: i128 = theirs.iter().sum();
                    prop_assert!((ours.iter().sum::<i128>() - sum).abs() <= ours.len() as i128);
                } else {
                    prop_assert_eq!(ours, theirs);
                }
            }
        }
        for (p, project) in outcome.projects.iter().enumerate() {
            prop_assert_eq!(i128::from(project.given_minor.get()), given(&parts, p));
            prop_assert_eq!(project.supporters, supporters(&parts, p));
        }
    }
}
