//! `direct`: every project receives what was given to it, if that reaches its floor, up to its ceiling.
//!
//! S(p) = Σ v_i(p), the lines as cast, or each ballot's equal part of a fixed purse spread like its lines. A project
//! with S ≥ floor receives min(S, ceiling); the rest returns, whatever the fallbacks say. For towns that want the
//! plainest rule: no money moves from one project to another.

use rayon::prelude::*;

use super::purse::Weighing;
use super::spread::Spread;
use super::{Award, Count, payout};
use crate::money::Minor;
use crate::outcome::{Round, Verdict};

pub(super) fn award(count: &Count<'_>) -> Award {
    let support = support_atoms(count);
    let payout = payout::pay(count, &due_atoms(count, &support), 0, count.purse.voters);
    let received = payout.received;
    let support: Vec<Minor> = support.iter().map(|&atoms| count.whole(atoms)).collect();
    let event = |p: usize| {
        let project = &count.projects()[p];
        let verdict = verdict(count, p, received[p]);
        let needed = if verdict == Verdict::UnderFloor { project.floor() } else { project.ceiling() };
        count.event(p, verdict, support[p]).against(needed).receiving(received[p])
    };
    let round = Round {
        left_minor: count.purse.voters,
        support_minor: count.of_open(&support),
        events: count.open().map(event).collect(),
        returned_minor: count.purse.voters - received.iter().copied().sum(),
        ties: payout.tie.into_iter().collect(),
        ..Round::default()
    };
    Award { dropped: vec![false; received.len()], received, support, rounds: vec![round] }
}

/// S(p) in atoms.
fn support_atoms(count: &Count<'_>) -> Vec<i128> {
    match count.purse.weighing {
        Weighing::AsCast => count.given.iter().map(|&given| count.atoms(given)).collect(),
        Weighing::Equally { atoms } => equal_parts(count, atoms),
    }
}

/// S(p) where each ballot holds m_i = `atoms`: v_i(p) = ⌈m_i · w_i(p) / Σ_q w_i(q)⌉, rounded for a single ballot and
/// then multiplied by its weight.
fn equal_parts(count: &Count<'_>, atoms: i64) -> Vec<i128> {
    let ballots = count.election.ballots();
    let add = |mut support: Vec<i128>, row: usize| {
        let ballot = ballots.row(row);
        let spread = Spread::new(atoms, ballot.given().get());
        for (project, amount) in ballot.lines() {
            let held = i128::from(spread.on(amount.get()));
            support[usize::from(project)] += held * i128::from(ballot.weight());
        }
        support
    };
    let none = || vec![0; count.projects().len()];
    (0..ballots.rows()).into_par_iter().fold(none, add).reduce(none, super::add_each)
}

/// What each project may receive, in atoms: nothing under its floor or without enough supporters.
fn due_atoms(count: &Count<'_>, support: &[i128]) -> Vec<i128> {
    let due = |(p, &support): (usize, &i128)| {
        let project = &count.projects()[p];
        let goes_ahead = count.is_open(p) && support >= count.atoms(project.floor());
        if goes_ahead { support.min(count.atoms(project.ceiling())) } else { 0 }
    };
    support.iter().enumerate().map(due).collect()
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
