//! The twin of `transfer`.

use num_traits::Zero;
use tally::Fallback;
use tally::rule_sheet::{End, Move, TransferOrder};

use super::{Doubt, Exact, Found, Watch, exact, pay};
use crate::some::Parts;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Too few ballots gave to it.
    Refused,
    Open,
    Dropped,
    /// It received what it is due.
    Done,
}

struct Twin<'a> {
    parts: &'a Parts,
    watch: Watch,
    order: TransferOrder,
    /// m_i.
    money: Vec<Exact>,
    /// E(p).
    common: Vec<Exact>,
    state: Vec<State>,
    /// The dropped projects, in the order in which they were.
    dropped: Vec<usize>,
    received: Vec<i64>,
    /// By ballot and project.
    paid: Vec<Vec<Exact>>,
}

pub(super) fn transfer(parts: &Parts, order: TransferOrder, r#move: Move, end: End) -> Found {
    let budget: Vec<Exact> = (0..parts.ballots.len()).map(|i| parts.brought(i)).collect();
    let mut twin = Twin {
        parts,
        watch: Watch::new(parts),
        order,
        money: budget.clone(),
        common: vec![exact(0); parts.projects.len()],
        state: vec![State::Open; parts.projects.len()],
        dropped: Vec::new(),
        received: vec![0; parts.projects.len()],
        paid: vec![vec![exact(0); parts.projects.len()]; parts.ballots.len()],
    };
    twin.refuse_the_unsupported();
    while twin.round(r#move) {
        twin.money.clone().iter().for_each(|money| twin.watch.see(money));
    }
    let paid = twin.paid.clone();
    match (end, r#move) {
        (End::Keep, _) => {}
        (End::Fill, Move::Eliminate) => twin.fill_from_the_last_dropped(),
        (End::Fill, Move::Minimal) => twin.fill_by_support(),
    }
    if end == End::Fill && twin.watch.doubt == Doubt::Sum {
        twin.watch.raise(Doubt::Winners);
    }
    Found { received: twin.received, paid, budget, watch: twin.watch }
}

impl Twin<'_> {
    fn projects(&self) -> std::ops::Range<usize> {
        0..self.parts.projects.len()
    }

    fn open(&self) -> Vec<usize> {
        self.projects().filter(|&p| self.state[p] == State::Open).collect()
    }

    /// Σ_{q open} w_i(q).
    fn open_amounts(&self, i: usize) -> i64 {
        self.open().into_iter().map(|q| self.parts.amount(i, q)).sum()
    }

    fn has_open(&self, i: usize) -> bool {
        self.open_amounts(i) > 0
    }

    fn fallback(&self, i: usize) -> Fallback {
        self.parts.ballots[i].fallback
    }

    /// v_i(p) of an open project.
    fn holds(&self, i: usize, p: usize) -> Exact {
        match self.parts.amount(i, p) {
            0 => exact(0),
            amount => &self.money[i] * exact(amount) / exact(self.open_amounts(i)),
        }
    }

    /// S(p) = Σ v_i(p) + E(p).
    fn support(&self, p: usize) -> Exact {
        let held: Exact = self.parts.supporters(p).into_iter().map(|i| self.holds(i, p)).sum();
        held + &self.common[p]
    }

    /// What supporters can pay at most: a ballot that wants nothing moved has no more than what lies on the project.
    fn limit(&self, i: usize, p: usize) -> Exact {
        match self.fallback(i) {
            Fallback::Back => self.holds(i, p),
            Fallback::Others | Fallback::Everyone => self.money[i].clone(),
        }
    }

    fn reach(&self, p: usize) -> Exact {
        let limits: Exact = self.parts.supporters(p).into_iter().map(|i| self.limit(i, p)).sum();
        limits + &self.common[p]
    }

    /// f, with c the ceiling or the floor.
    fn merit(&self, support: Exact, c: i64) -> Exact {
        match self.order {
            TransferOrder::Support => support,
            TransferOrder::Excess => support - exact(c),
            TransferOrder::Ratio => support / exact(c),
        }
    }

    fn refuse_the_unsupported(&mut self) {
        let refused: Vec<usize> = self.projects().filter(|&p| !self.parts.is_open(p)).collect();
        let mut homeless = exact(0);
        let held: Vec<Exact> =
            (0..self.money.len()).map(|i| refused.iter().map(|&p| self.holds(i, p)).sum()).collect();
        refused.iter().for_each(|&p| self.state[p] = State::Refused);
        for (i, held) in held.into_iter().enumerate() {
            homeless += self.leave(i, held);
        }
        self.share_with_everyone(homeless);
    }

    /// What lay on projects that left goes where the ballot's fallback says. Returns what is for everyone.
    fn leave(&mut self, i: usize, held: Exact) -> Exact {
        match self.fallback(i) {
            Fallback::Back => self.money[i] -= held,
            Fallback::Others if !self.has_open(i) => self.money[i] = exact(0),
            Fallback::Everyone if !self.has_open(i) => {
                return std::mem::replace(&mut self.money[i], exact(0));
            }
            Fallback::Others | Fallback::Everyone => {}
        }
        exact(0)
    }

    /// Adds a sum to the E(p) of open projects, by their support; without any support it returns.
    fn share_with_everyone(&mut self, sum: Exact) {
        let shares: Vec<(usize, Exact)> = self.open().into_iter().map(|p| (p, self.support(p))).collect();
        let all: Exact = shares.iter().map(|(_, support)| support.clone()).sum();
        if all.is_zero() || sum.is_zero() {
            return;
        }
        for (p, support) in shares {
            let share = &sum * support / &all;
            self.watch.see(&share);
            self.common[p] += share;
        }
    }

    /// Steps 1 to 3. Whether there is another round.
    fn round(&mut self, r#move: Move) -> bool {
        let open = self.open();
        for i in 0..self.money.len() {
            for &p in &open {
                let held = self.holds(i, p);
                self.watch.see(&held);
            }
        }
        let bounds = |p: usize| (exact(self.parts.ceiling(p)), exact(self.parts.floor(p)));
        let support: Vec<Exact> =
            self.projects().map(|p| if open.contains(&p) { self.support(p) } else { exact(0) }).collect();
        let (mut carried, mut below) = (Vec::new(), Vec::new());
        for &p in &open {
            let (ceiling, floor) = bounds(p);
            if self.watch.reaches(&support[p], &ceiling) {
                carried.push(p);
            } else if !self.watch.reaches(&support[p], &floor) {
                below.push(p);
            }
        }
        if !carried.is_empty() {
            let first = self.first(&carried, &support, Parts::ceiling);
            self.fund(first);
            true
        } else if below.is_empty() {
            self.settle(&open);
            false
        } else {
            match r#move {
                Move::Eliminate => {
                    self.eliminate(&below, &support);
                    true
                }
                Move::Minimal => self.pull_or_drop(&open, &below, &support),
            }
        }
    }

    /// The project of greatest f; ties: the first in the tie order.
    fn first(&mut self, among: &[usize], support: &[Exact], c: fn(&Parts, usize) -> i64) -> usize {
        let merits: Vec<Exact> =
            self.projects()
                .map(|p| {
                    if among.contains(&p) {
                        self.merit(support[p].clone(), c(self.parts, p))
                    } else {
                        exact(0)
                    }
                })
                .collect();
        self.watch.greatest(among, |p| merits[p].clone(), |p, q| self.parts.before(p, q))
    }

    /// Drops the project of least f; ties: the last in the tie order.
    fn eliminate(&mut self, below: &[usize], support: &[Exact]) {
        let demerits: Vec<Exact> = self
            .projects()
            .map(|p| {
                if below.contains(&p) {
                    -self.merit(support[p].clone(), self.parts.floor(p))
                } else {
                    exact(0)
                }
            })
            .collect();
        let last = self.watch.greatest(below, |p| demerits[p].clone(), |p, q| self.parts.before(q, p));
        self.drop(last);
    }

    fn drop(&mut self, p: usize) {
        let held: Vec<(usize, Exact)> =
            self.parts.supporters(p).into_iter().map(|i| (i, self.holds(i, p))).collect();
        let mut homeless = std::mem::replace(&mut self.common[p], exact(0));
        self.state[p] = State::Dropped;
        self.dropped.push(p);
        for (i, held) in held {
            homeless += self.leave(i, held);
        }
        self.share_with_everyone(homeless);
    }

    /// Step 1: p receives its ceiling.
    fn fund(&mut self, p: usize) {
        let c = exact(self.parts.ceiling(p));
        let (solo, others): (Vec<usize>, Vec<usize>) = self.parts.supporters(p).into_iter().partition(|&i| {
            self.fallback(i) == Fallback::Back || self.open_amounts(i) == self.parts.amount(i, p)
        });
        let sum = |ballots: &[usize]| ballots.iter().map(|&i| self.holds(i, p)).sum::<Exact>();
        let d = sum(&solo) + &self.common[p];
        let t = sum(&others);
        let gamma = if t.is_zero() { exact(0) } else { ((&c - &d) / t).max(exact(0)) };
        let excess = if d > c { (&d - &c) / &d } else { exact(0) };

        let mut homeless = std::mem::replace(&mut self.common[p], exact(0)) * &excess;
        let solo: Vec<(usize, Exact)> = solo.into_iter().map(|i| (i, self.holds(i, p))).collect();
        let others: Vec<(usize, Exact)> =
            others.into_iter().map(|i| (i, self.holds(i, p) * &gamma)).collect();
        for (i, held) in solo {
            let too_much = &held * &excess;
            self.pays(i, p, &held - &too_much);
            self.money[i] -= &too_much;
            if self.fallback(i) == Fallback::Everyone {
                homeless += too_much;
            }
        }
        for (i, payment) in others {
            self.pays(i, p, payment);
        }
        self.state[p] = State::Done;
        self.received[p] = self.parts.ceiling(p);
        self.share_with_everyone(homeless);
    }

    fn pays(&mut self, i: usize, p: usize, payment: Exact) {
        self.watch.see(&payment);
        self.money[i] -= &payment;
        self.paid[i][p] = payment;
    }

    /// Step 2, `minimal`.
    fn pull_or_drop(&mut self, open: &[usize], below: &[usize], support: &[Exact]) -> bool {
        let mut reachable = Vec::new();
        for &p in below {
            let (reach, floor) = (self.reach(p), exact(self.parts.floor(p)));
            if self.watch.reaches(&reach, &floor) {
                reachable.push(p);
            }
        }
        if !reachable.is_empty() {
            let first = self.first(&reachable, support, Parts::floor);
            self.pull(first);
            return true;
        }
        if below.len() == open.len() {
            return false;
        }
        self.eliminate(below, support);
        true
    }

    /// p receives its floor: γ with Σ min(γ·v_i(p), limit) + E(p) = floor.
    fn pull(&mut self, p: usize) {
        let mut supporters: Vec<(usize, Exact, Exact)> = self
            .parts
            .supporters(p)
            .into_iter()
            .map(|i| (i, self.holds(i, p), self.limit(i, p)))
            .filter(|(_, held, _)| !held.is_zero())
            .collect();
        supporters.sort_by_key(|(_, held, limit)| limit / held);
        let mut needed = exact(self.parts.floor(p)) - &self.common[p];
        let mut gamma = None;
        for (place, (_, held, limit)) in supporters.iter().enumerate() {
            let rest: Exact = supporters[place..].iter().map(|(_, held, _)| held.clone()).sum();
            if &needed / &rest * held <= *limit {
                gamma = Some(&needed / rest);
                break;
            }
            needed -= limit;
        }
        let gamma = gamma.expect("what they hold together reaches the floor");
        for (i, held, limit) in supporters {
            self.pays(i, p, (held * &gamma).min(limit));
        }
        self.common[p] = exact(0);
        self.state[p] = State::Done;
        self.received[p] = self.parts.floor(p);
    }

    /// Step 3: each open project receives its support.
    fn settle(&mut self, open: &[usize]) {
        let due: Vec<(usize, Exact)> = open.iter().map(|&p| (p, self.support(p))).collect();
        let held: Vec<Vec<(usize, Exact)>> =
            (0..self.money.len()).map(|i| open.iter().map(|&p| (p, self.holds(i, p))).collect()).collect();
        for (i, held) in held.into_iter().enumerate() {
            for (p, held) in held {
                self.pays(i, p, held);
            }
        }
        open.iter().for_each(|&p| self.state[p] = State::Done);
        pay(self.parts, &mut self.watch, &due, &mut self.received);
    }

    fn left(&self) -> i64 {
        self.parts.voters_purse() - self.received.iter().sum::<i64>()
    }

    fn fill_from_the_last_dropped(&mut self) {
        for p in self.dropped.clone().into_iter().rev() {
            if self.parts.floor(p) <= self.left() {
                self.received[p] = self.parts.floor(p);
            }
        }
    }

    fn fill_by_support(&mut self) {
        let mut unfunded: Vec<usize> =
            self.projects().filter(|&p| matches!(self.state[p], State::Open | State::Dropped)).collect();
        let mut untried = unfunded.clone();
        while !untried.is_empty() {
            let support: Vec<Exact> = self.projects().map(|p| self.filling_support(p, &unfunded)).collect();
            let first = self.first(&untried, &support, Parts::floor);
            untried.retain(|&p| p != first);
            if self.parts.floor(first) <= self.left() {
                self.received[first] = self.parts.floor(first);
                unfunded.retain(|&p| p != first);
                for i in self.parts.supporters(first) {
                    self.money[i] = exact(0);
                }
            }
        }
    }

    /// Σ m_i · w_i(p) / Σ_{q unfunded} w_i(q).
    fn filling_support(&self, p: usize, unfunded: &[usize]) -> Exact {
        if !unfunded.contains(&p) {
            return exact(0);
        }
        let share = |i: usize| {
            let all: i64 = unfunded.iter().map(|&q| self.parts.amount(i, q)).sum();
            &self.money[i] * exact(self.parts.amount(i, p)) / exact(all)
        };
        self.parts.supporters(p).into_iter().map(share).sum()
    }
}
