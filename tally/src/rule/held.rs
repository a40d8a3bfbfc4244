//! What ballots hold while a count moves their money: one number a ballot.
//!
//! Transfers inside a ballot are proportional to what it gave, so its money m_i says everything: on an open project p
//! it holds v_i(p) = ⌈m_i · w_i(p) / Σ_{q open} w_i(q)⌉, where w_i are the amounts as cast. No transfer is written line
//! by line. Rows are kept in shards, one core each at a time; all that shards report are integer sums, which do not
//! depend on how rows were dealt out.

use rayon::prelude::*;

use super::Count;
use super::level::Ratio;
use super::spread::Spread;
use super::supporters::Supporters;
use crate::ballot::{Ballot, Ballots, Fallback};

/// Rows of a shard: few enough for its money to stay near a core.
const SHARD_ROWS: usize = 1 << 16;

/// The money of all ballots.
pub(super) struct Held<'b> {
    ballots: &'b Ballots,
    projects: usize,
    shards: Vec<Shard>,
}

struct Shard {
    first: usize,
    /// m_i of each row, for a single ballot, in atoms.
    money: Vec<i64>,
    supporters: Supporters,
}

/// What supporters pay for the project that leaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Payment {
    /// Of v_i(p): `solo` ≤ 1 by ballots that cannot put the rest elsewhere, `shared` by the others, and m_i at most.
    Parts { solo: Ratio, shared: Ratio },
    /// All they have, m_i.
    Everything,
}

impl Payment {
    pub(super) const NOTHING: Payment = Payment::Parts { solo: Ratio::NOTHING, shared: Ratio::NOTHING };
    pub(super) const HELD: Payment = Payment::Parts { solo: Ratio::ALL, shared: Ratio::ALL };
}

/// A project that leaves.
#[derive(Clone, Copy)]
pub(super) struct Leaving<'o> {
    pub(super) p: usize,
    /// Which projects are open, p among them.
    pub(super) open: &'o [bool],
    pub(super) payment: Payment,
}

/// Sums over many ballots, in atoms; columns are by project index.
///
/// None passes what all ballots hold, which is below 2^63.
pub(super) struct Moved {
    /// What was paid.
    pub(super) paid: i64,
    /// What left for the town.
    pub(super) returned: i64,
    /// What left for what everyone supports.
    pub(super) shared: i64,
    /// By how much Σ v_i(q) changed.
    pub(super) support: Vec<i64>,
    /// By how much the most that supporters could pay for q changed.
    pub(super) reach: Vec<i64>,
}

impl Moved {
    fn nothing(projects: usize) -> Moved {
        Moved { paid: 0, returned: 0, shared: 0, support: vec![0; projects], reach: vec![0; projects] }
    }

    fn and(mut self, other: Moved) -> Moved {
        self.paid += other.paid;
        self.returned += other.returned;
        self.shared += other.shared;
        add_to(&mut self.support, &other.support);
        add_to(&mut self.reach, &other.reach);
        self
    }

    /// All that left the ballots.
    pub(super) fn gone(&self) -> i128 {
        i128::from(self.paid) + i128::from(self.returned) + i128::from(self.shared)
    }

    fn free(&mut self, atoms: i64, fallback: Fallback) {
        match fallback {
            Fallback::Everyone => self.shared += atoms,
            Fallback::Others | Fallback::Back => self.returned += atoms,
        }
    }
}

fn add_to(sums: &mut [i64], others: &[i64]) {
    sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
}

/// How one ballot stands towards a project p that it gave to.
pub(super) struct Stand {
    /// v_i(p).
    pub(super) held: i64,
    /// m_i, or v_i(p) where the ballot's money may not move.
    pub(super) most: i64,
    /// Whether it can put nothing elsewhere.
    pub(super) is_solo: bool,
    /// How many ballots stand so.
    pub(super) weight: i64,
    /// Σ w_i(q) over the open projects.
    all: i64,
    /// The same without p.
    elsewhere: i64,
}

impl<'b> Held<'b> {
    /// What the ballots hold at the start, `open` saying which projects are counted. Reports what does not lie on open
    /// projects, and the support of those that do.
    pub(super) fn new(count: &Count<'_>, ballots: &'b Ballots, open: &[bool]) -> (Held<'b>, Moved) {
        let projects = open.len();
        let starts: Vec<usize> = (0..ballots.rows()).step_by(SHARD_ROWS).collect();
        let shards = starts.into_par_iter().map(|first| {
            let rows = first..ballots.rows().min(first + SHARD_ROWS);
            let mut moved = Moved::nothing(projects);
            let enter = |row: usize| enter(count, &ballots.row(row), open, &mut moved);
            let money = rows.clone().map(enter).collect();
            (Shard { first, money, supporters: Supporters::among(ballots, rows, projects) }, moved)
        });
        let (shards, moved): (Vec<Shard>, Vec<Moved>) = shards.unzip();
        let moved = moved.into_iter().fold(Moved::nothing(projects), Moved::and);
        (Held { ballots, projects, shards }, moved)
    }

    /// Σ m_i.
    pub(super) fn total(&self) -> i128 {
        self.shards.par_iter().map(|shard| self.total_of(shard)).sum()
    }

    fn total_of(&self, shard: &Shard) -> i128 {
        let weights = (shard.first..).map(|row| i128::from(self.ballots.row(row).weight()));
        shard.money.iter().zip(weights).map(|(&money, weight)| i128::from(money) * weight).sum()
    }

    /// Σ v_i(q) over all ballots, for every open q.
    pub(super) fn support(&self, open: &[bool]) -> Vec<i64> {
        let support = |shard: &Shard| {
            let mut moved = Moved::nothing(self.projects);
            for (row, &money) in (shard.first..).zip(&shard.money) {
                lay(&self.ballots.row(row), money, open, &mut moved);
            }
            moved
        };
        self.shards.par_iter().map(support).reduce(|| Moved::nothing(self.projects), Moved::and).support
    }

    /// How each supporter of p with money stands.
    pub(super) fn stands(&self, p: usize, open: &[bool]) -> impl ParallelIterator<Item = Stand> {
        self.shards.par_iter().flat_map_iter(move |shard| {
            let rows = shard.supporters.rows(p).iter().map(|&row| row as usize);
            let with_money = rows.filter(|&row| shard.money[row] > 0);
            with_money.map(move |row| stand(&self.ballots.row(shard.first + row), shard.money[row], p, open))
        })
    }

    /// A project leaves: its supporters pay for it, and the rest of what they hold on it lies on their other open
    /// projects or leaves by their fallback.
    pub(super) fn leave(&mut self, leaving: Leaving<'_>) -> Moved {
        let (ballots, projects) = (self.ballots, self.projects);
        let leave = |shard: &mut Shard| {
            let mut moved = Moved::nothing(projects);
            for &row in shard.supporters.rows(leaving.p) {
                let money = &mut shard.money[row as usize];
                if *money > 0 {
                    let ballot = ballots.row(shard.first + row as usize);
                    *money = leaving.leave(&ballot, *money, &mut moved);
                }
            }
            moved
        };
        self.shards.par_iter_mut().map(leave).reduce(|| Moved::nothing(projects), Moved::and)
    }
}

/// What a ballot holds at the start; the part that lies on no open project leaves.
fn enter(count: &Count<'_>, ballot: &Ballot<'_>, open: &[bool], moved: &mut Moved) -> i64 {
    let (given, on_open) = (ballot.given(), on_open(ballot, open));
    let whole = count.purse.held(given);
    let stays = match ballot.fallback() {
        _ if on_open == 0 => 0,
        Fallback::Back => Spread::new(whole, given.get()).on(on_open),
        Fallback::Others | Fallback::Everyone => whole,
    };
    moved.free((whole - stays) * i64::from(ballot.weight()), ballot.fallback());
    lay(ballot, stays, open, moved);
    stays
}

/// Adds to the open projects what this much money of the ballot makes on them.
fn lay(ballot: &Ballot<'_>, money: i64, open: &[bool], moved: &mut Moved) {
    if money == 0 {
        return;
    }
    let (all, weight) = (on_open(ballot, open), i64::from(ballot.weight()));
    let spread = Spread::new(money, all);
    lines(ballot).filter(|&(q, _)| open[q]).for_each(|(q, amount)| {
        let held = spread.on(amount);
        moved.support[q] += held * weight;
        moved.reach[q] += most(ballot, money, held) * weight;
    });
}

fn lines<'a>(ballot: &Ballot<'a>) -> impl Iterator<Item = (usize, i64)> + use<'a> {
    ballot.lines().map(|(project, amount)| (usize::from(project), amount.get()))
}

/// Σ w_i(q) over the open projects.
fn on_open(ballot: &Ballot<'_>, open: &[bool]) -> i64 {
    lines(ballot).filter(|&(q, _)| open[q]).map(|(_, amount)| amount).sum()
}

/// The most that a ballot could pay for one project.
fn most(ballot: &Ballot<'_>, money: i64, held: i64) -> i64 {
    if ballot.fallback() == Fallback::Back { held } else { money }
}

fn stand(ballot: &Ballot<'_>, money: i64, p: usize, open: &[bool]) -> Stand {
    let (mut all, mut given) = (0, 0);
    lines(ballot).filter(|&(q, _)| open[q]).for_each(|(q, amount)| {
        all += amount;
        given = if q == p { amount } else { given };
    });
    let held = if given == all { money } else { Spread::new(money, all).on(given) };
    Stand {
        held,
        most: most(ballot, money, held),
        is_solo: given == all || ballot.fallback() == Fallback::Back,
        weight: i64::from(ballot.weight()),
        all,
        elsewhere: all - given,
    }
}

impl Leaving<'_> {
    /// Leaves one ballot. Returns what the ballot holds then.
    fn leave(&self, ballot: &Ballot<'_>, money: i64, moved: &mut Moved) -> i64 {
        let Leaving { p, open, payment } = *self;
        let Stand { held, is_solo, weight, all, elsewhere, .. } = stand(ballot, money, p, open);
        let paid = match payment {
            Payment::Everything => money,
            Payment::Parts { solo, .. } if is_solo => bounded(solo.of(held), held),
            Payment::Parts { shared, .. } => bounded(shared.of(held), money),
        };
        let freed = if is_solo { (held - paid).max(0) } else { 0 };
        let left = money - paid - freed;
        moved.paid += paid * weight;
        moved.free(freed * weight, ballot.fallback());
        if elsewhere > 0 {
            let (before, after) = (Spread::new(money, all), Spread::new(left, elsewhere));
            lines(ballot).filter(|&(q, _)| q != p && open[q]).for_each(|(q, amount)| {
                let (before, after) = (before.on(amount), after.on(amount));
                moved.support[q] += (after - before) * weight;
                let (before, after) = (most(ballot, money, before), most(ballot, left, after));
                moved.reach[q] += (after - before) * weight;
            });
        }
        left
    }
}

fn bounded(atoms: i128, most: i64) -> i64 {
    i64::try_from(atoms).map_or(most, |atoms| atoms.min(most))
}
