//! `direct`: every project receives what was given to it, if that reaches its floor, up to its ceiling.
//!
//! S(p) = Σ v_i(p), the lines as cast, or each ballot's equal part of a fixed purse spread like its lines. A project
//! with S ≥ floor receives min(S, ceiling); the rest returns, whatever the fallbacks say. For towns that want the
//! plainest rule: no money moves from one project to another.

use std::cmp::Reverse;

use super::purse::Weighing;
use super::{Award, Count};
use crate::money::Minor;
use crate::outcome::{Round, TieMet, Verdict};

pub(super) fn award(count: &Count<'_>) -> Award {
    let support = support_atoms(count);
    let (received, ties) = pay(count, &due_atoms(count, &support));
    let support: Vec<Minor> = support.iter().map(|&atoms| whole(count, atoms)).collect();
    let events = count
        .open()
        .map(|p| count.event(p, verdict(count, p, received[p]), support[p], received[p]))
        .collect();
    Award { received, support, rounds: vec![Round { left_minor: count.purse.sum, events }], ties }
}

/// S(p) in atoms.
fn support_atoms(count: &Count<'_>) -> Vec<i128> {
    match count.purse.weighing {
        Weighing::AsCast => count.given.iter().map(|&given| atoms(count, given)).collect(),
        Weighing::Equally { atoms } => spread(count, atoms),
    }
}

/// S(p) where each ballot holds m_i = `atoms`: v_i(p) = ⌈m_i · w_i(p) / Σ_q w_i(q)⌉, rounded for a single ballot and
/// then multiplied by its weight.
fn spread(count: &Count<'_>, atoms: i64) -> Vec<i128> {
    let mut support = vec![0; count.projects().len()];
    for ballot in count.election.ballots().iter() {
        let given = i128::from(ballot.given().get());
        for (project, amount) in ballot.lines() {
            let held = (i128::from(atoms) * i128::from(amount.get()) + given - 1) / given;
            support[usize::from(project)] += held * i128::from(ballot.weight());
        }
    }
    support
}

/// What each project may receive, in atoms: nothing under its floor or without enough supporters.
fn due_atoms(count: &Count<'_>, support: &[i128]) -> Vec<i128> {
    let due = |(p, &support): (usize, &i128)| {
        let project = &count.projects()[p];
        let goes_ahead = count.is_open(p) && support >= atoms(count, project.floor());
        if goes_ahead { support.min(atoms(count, project.ceiling())) } else { 0 }
    };
    support.iter().enumerate().map(due).collect()
}

/// Pays whole minor units: the sum of what is due, rounded down, by largest remainder, ties by the tie order.
fn pay(count: &Count<'_>, due: &[i128]) -> (Vec<Minor>, Vec<TieMet>) {
    let rest = |p: usize| due[p] % i128::from(count.purse.atoms_per_minor);
    let mut received: Vec<Minor> = due.iter().map(|&atoms| whole(count, atoms)).collect();
    let mut ranked: Vec<usize> = (0..due.len()).filter(|&p| due[p] > 0).collect();
    ranked.sort_unstable_by_key(|&p| (Reverse(rest(p)), count.tie_order.place(p)));

    let total = whole(count, due.iter().sum()).min(count.purse.sum);
    let paid: Minor = received.iter().copied().sum();
    let cut = if paid <= total {
        let units =
            usize::try_from((total - paid).get()).expect("remainders make less than a unit a project");
        for &p in &ranked[..units] {
            received[p] = received[p] + Minor::new(1);
        }
        units
    } else {
        ranked.retain(|&p| received[p] > Minor::ZERO);
        take_back(count, &ranked, &mut received)
    };
    let tie = cut > 0 && cut < ranked.len() && rest(ranked[cut - 1]) == rest(ranked[cut]);
    let equal = || ranked.iter().copied().filter(|&p| rest(p) == rest(ranked[cut])).collect::<Vec<_>>();
    (received, tie.then(|| count.tie_between(&equal())).into_iter().collect())
}

/// Takes a unit from one project after the other, the last ranked first, until the purse suffices; a project that then
/// lacks its floor receives nothing. Returns how many of the ranked keep what they have.
///
/// With a million ballots an atom more for each of them is a whole unit more for a project, so that what is due, rounded
/// up as it is, can pass the purse by almost a unit a project.
fn take_back(count: &Count<'_>, ranked: &[usize], received: &mut [Minor]) -> usize {
    let mut paid: Minor = received.iter().copied().sum();
    let mut kept = ranked.len();
    while paid > count.purse.sum {
        kept -= 1;
        let p = ranked[kept];
        let less = received[p] - Minor::new(1);
        let keeps = if less >= count.projects()[p].floor() { less } else { Minor::ZERO };
        paid = paid - (received[p] - keeps);
        received[p] = keeps;
    }
    kept
}

fn verdict(count: &Count<'_>, p: usize, received: Minor) -> Verdict {
    if received == count.projects()[p].ceiling() {
        Verdict::Funded
    } else if received > Minor::ZERO {
        Verdict::Partial
    } else {
        Verdict::UnderFloor
    }
}

fn atoms(count: &Count<'_>, amount: Minor) -> i128 {
    i128::from(amount.get()) * i128::from(count.purse.atoms_per_minor)
}

/// Whole minor units, rounded down.
fn whole(count: &Count<'_>, atoms: i128) -> Minor {
    let minor = atoms / i128::from(count.purse.atoms_per_minor);
    Minor::new(
        i64::try_from(minor).expect("support is at most what was given, or some units above the purse"),
    )
}
