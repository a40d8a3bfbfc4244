//! `cube-root`: the purse is shared by the cube roots of support.
//!
//! The sub-linear sharing of the *mécénat global* idea (Stallman and Muguet, 2009): a project with eight times the
//! support receives twice the money, so that the much loved do not take all. payout(p) = pool · ∛s / Σ∛s, capped at
//! the ceiling, the surplus shared again among the rest until none is above. A project that would receive less than its
//! floor leaves, the least supported first, and all is shared anew. s is the sum of the lines as cast; the pool is what
//! ballots hold.

use super::purse::Weighing;
use super::{Award, Count, payout};
use crate::money::Minor;
use crate::outcome::{Round, TieMet, Verdict};

pub(super) fn award(count: &Count<'_>) -> Award {
    let pool = match count.purse.weighing {
        Weighing::AsCast => count.given.iter().copied().sum(),
        Weighing::Equally { .. } if count.election.ballots().is_empty() => Minor::ZERO,
        Weighing::Equally { .. } => count.purse.sum,
    };
    let roots = roots(&count.given);
    let mut sharing: Vec<usize> = count.open().filter(|&p| count.given[p] > Minor::ZERO).collect();
    let mut dropped = vec![false; roots.len()];
    let mut rounds = Vec::new();
    let due = loop {
        let due = shares(count, &roots, &sharing, count.atoms(pool));
        let Some((p, ties)) = least_under_its_floor(count, &sharing, &due) else { break due };
        let floor = count.projects()[p].floor();
        let event = count.event(p, Verdict::Dropped, count.whole(due[p])).against(floor);
        let support_minor = shown(count, &sharing, &due);
        rounds.push(Round { left_minor: pool, support_minor, events: vec![event], ties, ..Round::default() });
        sharing.retain(|&q| q != p);
        dropped[p] = true;
    };
    let payout = payout::pay(count, &due, 0, pool);
    let received = payout.received;
    let events = count.open().filter(|&p| !dropped[p]).map(|p| {
        let ceiling = count.projects()[p].ceiling();
        let verdict = match received[p] {
            Minor::ZERO => Verdict::UnderFloor,
            received if received == ceiling => Verdict::Funded,
            _ => Verdict::Partial,
        };
        count.event(p, verdict, count.whole(due[p])).against(ceiling).receiving(received[p])
    });
    let (events, ties) = (events.collect(), payout.tie.into_iter().collect());
    let support_minor = shown(count, &sharing, &due);
    rounds.push(Round { left_minor: pool, support_minor, events, ties, ..Round::default() });
    Award { received, support: count.given.clone(), dropped, rounds }
}

/// The shares of those who share, for a round.
fn shown(count: &Count<'_>, sharing: &[usize], due: &[i128]) -> Vec<Option<Minor>> {
    (0..due.len()).map(|p| sharing.contains(&p).then(|| count.whole(due[p]))).collect()
}

/// What is due to each of those who share, in atoms rounded up, none above its ceiling.
fn shares(count: &Count<'_>, roots: &[i128], sharing: &[usize], mut pool: i128) -> Vec<i128> {
    let mut due = vec![0; roots.len()];
    let mut below = sharing.to_vec();
    loop {
        let all: i128 = below.iter().map(|&p| roots[p]).sum();
        let capped = pool;
        below.retain(|&p| {
            let ceiling = count.atoms(count.projects()[p].ceiling());
            let share = (capped * roots[p] + all - 1) / all;
            due[p] = share.min(ceiling);
            if share >= ceiling {
                pool -= ceiling;
            }
            share < ceiling
        });
        // What ceilings take is never more than the pool but for roundings.
        pool = pool.max(0);
        if pool == capped || below.is_empty() {
            return due;
        }
    }
}

/// Of those who would receive less than their floors, the one of least support, ties: the last in the tie order.
fn least_under_its_floor(count: &Count<'_>, sharing: &[usize], due: &[i128]) -> Option<(usize, Vec<TieMet>)> {
    let under = |&p: &usize| due[p] < count.atoms(count.projects()[p].floor());
    let mut under: Vec<usize> = sharing.iter().copied().filter(under).collect();
    under.sort_unstable_by_key(|&p| (count.given[p], std::cmp::Reverse(count.tie_order.place(p))));
    let &p = under.first()?;
    let equal: Vec<usize> = under.iter().copied().filter(|&q| count.given[q] == count.given[p]).collect();
    let ties = if equal.len() > 1 { vec![count.tie_between(&equal)] } else { Vec::new() };
    Some((p, ties))
}

/// ⌊2^k · ∛s⌋ for all s, with the same k, as great as 42 bits for the greatest root allow.
fn roots(given: &[Minor]) -> Vec<i128> {
    let greatest = given.iter().map(|given| given.get().unsigned_abs()).max().unwrap_or(0);
    let spare_bits = 126 - (u64::BITS - greatest.leading_zeros());
    let shift = spare_bits / 3 * 3;
    given.iter().map(|given| cube_root(u128::from(given.get().unsigned_abs()) << shift)).collect()
}

/// ⌊∛n⌋, bit by bit, for n below 2^126.
fn cube_root(n: u128) -> i128 {
    let root = (0..42).rev().fold(0_u128, |root, bit| {
        let next = root | 1 << bit;
        if next * next * next <= n { next } else { root }
    });
    root.cast_signed()
}
