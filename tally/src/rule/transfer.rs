//! `transfer`: cumulative support transfer, with floors and ceilings.
//!
//! After Skowron, Slinko, Szufa and Talmon, "Participatory Budgeting with Cumulative Votes" (2020, arXiv 2009.02690),
//! widened from all-or-nothing costs to floors and ceilings. S(p) = Σ_i v_i(p) + E(p) is what ballots hold on p and
//! what the ballots of no open choice left for it; f orders projects ([`TransferOrder`]). With floor = ceiling and
//! `end = fill`, `eliminate` is EwTC, EwT and EwTS of the paper (f = ratio, excess, support) and `minimal` is MTC, MT
//! and MTS.
//!
//! Money is never lost: after every step *paid + held + common + returned + pot* is what ballots brought, to the atom.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::held::{Held, Leaving, Payment, Stand};
use super::level::{Payer, Ratio, level};
use super::{Award, Count, payout};
use crate::ballot::Ballots;
use crate::money::Minor;
use crate::outcome::{Round, TieMet, Transfer, Verdict};
use crate::project::Project;
use crate::rule_sheet::{End, Move, TransferOrder};

pub(super) fn award(count: &Count<'_>, order: TransferOrder, how: Move, end: End) -> Award {
    let ballots = count.merged();
    let mut state = State::new(count, &ballots, order);
    while state.fund() || state.advance(how) {}
    state.pay_parts();
    match (end, how) {
        (End::Keep, _) => {}
        (End::Fill, Move::Eliminate) => state.fill_from_the_last_dropped(),
        (End::Fill, Move::Minimal) => state.fill_by_support(),
    }
    let dropped = (0..count.projects().len()).map(|p| state.dropped.contains(&p)).collect();
    let support = state.decided_at.iter().map(|&atoms| count.whole(atoms)).collect();
    Award { received: state.received, support, dropped, rounds: state.rounds }
}

/// The count so far. Columns are by project index, sums in atoms.
struct State<'c, 'b> {
    count: &'c Count<'c>,
    order: TransferOrder,
    held: Held<'b>,
    open: Vec<bool>,
    /// Σ_i v_i(p).
    support: Vec<i128>,
    /// The most that the supporters of p could pay for it.
    reach: Vec<i128>,
    /// E(p).
    common: Vec<i128>,
    /// Σ_i m_i.
    in_ballots: i128,
    paid: i128,
    returned: i128,
    /// What roundings gave too much, and may lack.
    pot: i128,
    fundings: i128,
    received: Vec<Minor>,
    /// S(p) when it was decided about p.
    decided_at: Vec<i128>,
    /// Projects that left without money, in this order.
    dropped: Vec<usize>,
    rounds: Vec<Round>,
}

/// The project that comes first or last by f, and those that it was equal to.
struct Choice {
    p: usize,
    ties: Vec<TieMet>,
}

/// Where things stood when a round began.
struct Before {
    round: Round,
    support: Vec<i128>,
    /// The most that supporters could pay.
    reach: Vec<i128>,
    returned: i128,
}

impl<'c, 'b> State<'c, 'b> {
    fn new(count: &'c Count<'c>, ballots: &'b Ballots, order: TransferOrder) -> State<'c, 'b> {
        let projects = count.projects().len();
        let open: Vec<bool> = (0..projects).map(|p| count.is_open(p)).collect();
        let (held, moved) = Held::new(count, ballots, &open);
        let wide = |column: Vec<i64>| column.into_iter().map(i128::from).collect();
        let shared = i128::from(moved.shared);
        let mut state = State {
            count,
            order,
            in_ballots: held.total(),
            held,
            open,
            support: wide(moved.support),
            reach: wide(moved.reach),
            common: vec![0; projects],
            paid: 0,
            returned: count.atoms(count.purse.voters),
            pot: 0,
            fundings: 0,
            received: vec![Minor::ZERO; projects],
            decided_at: vec![0; projects],
            dropped: Vec::new(),
            rounds: Vec::new(),
        };
        // What ballots did not spread went back already; what they hold and what they share did not.
        state.returned -= state.in_ballots + shared;
        assert!(state.returned >= moved.returned.into(), "ballots bring what they give");
        state.share_out(shared);
        state.check();
        state
    }

    /// S(p).
    fn supported(&self, p: usize) -> i128 {
        self.support[p] + self.common[p]
    }

    /// Whether this much money for p is enough, up to what roundings may lack.
    fn affords(&self, p: usize, atoms: i128, price: Minor) -> bool {
        atoms + self.pot.min(self.slack(p)) >= self.count.atoms(price)
    }

    /// The most that roundings may have taken from p.
    fn slack(&self, p: usize) -> i128 {
        i128::from(self.count.supporters[p]) * (self.fundings + 1)
    }

    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.open.len()).filter(|&p| self.open[p])
    }

    fn project(&self, p: usize) -> &'c Project {
        &self.count.projects()[p]
    }

    /// f(p) against f(q), where `needed` is what each needs.
    fn compare(&self, p: usize, q: usize, needed: impl Fn(&Project) -> Minor) -> Ordering {
        let needed = |p: usize| needed(self.project(p));
        let (sp, sq) = (self.supported(p), self.supported(q));
        match self.order {
            TransferOrder::Support => sp.cmp(&sq),
            TransferOrder::Excess => {
                (sp - self.count.atoms(needed(p))).cmp(&(sq - self.count.atoms(needed(q))))
            }
            TransferOrder::Ratio => {
                (sp * i128::from(needed(q).get())).cmp(&(sq * i128::from(needed(p).get())))
            }
        }
    }

    /// The greatest f, of equal ones the first in the tie order.
    fn greatest(&self, among: &[usize], needed: impl Fn(&Project) -> Minor + Copy) -> Option<Choice> {
        self.choose(among, |p, q| self.compare(q, p, needed).then(self.place(p).cmp(&self.place(q))), needed)
    }

    /// The least f, of equal ones the last in the tie order.
    fn least(&self, among: &[usize], needed: impl Fn(&Project) -> Minor + Copy) -> Option<Choice> {
        self.choose(among, |p, q| self.compare(p, q, needed).then(self.place(q).cmp(&self.place(p))), needed)
    }

    fn place(&self, p: usize) -> usize {
        self.count.tie_order.place(p)
    }

    fn choose(
        &self,
        among: &[usize],
        by: impl Fn(usize, usize) -> Ordering,
        needed: impl Fn(&Project) -> Minor + Copy,
    ) -> Option<Choice> {
        let p = among.iter().copied().min_by(|&p, &q| by(p, q))?;
        let is_equal = |&q: &usize| self.compare(p, q, needed) == Ordering::Equal;
        let mut equal: Vec<usize> = among.iter().copied().filter(is_equal).collect();
        equal.sort_unstable_by(|&p, &q| by(p, q));
        let ties = if equal.len() > 1 { vec![self.count.tie_between(&equal)] } else { Vec::new() };
        Some(Choice { p, ties })
    }

    /// Step 1: funds the project of greatest f among those whose support reaches their ceilings, if there is one.
    fn fund(&mut self) -> bool {
        let carried = |&p: &usize| self.affords(p, self.supported(p), self.project(p).ceiling());
        let carried: Vec<usize> = self.open().filter(carried).collect();
        let Some(choice) = self.greatest(&carried, Project::ceiling) else { return false };
        let ceiling = self.project(choice.p).ceiling();
        let payment = self.payment(choice.p, self.count.atoms(ceiling));
        self.settle(choice, Verdict::Funded, payment, ceiling);
        true
    }

    /// What supporters pay of what they hold on p, so that p receives `price`.
    fn payment(&self, p: usize, price: i128) -> Payment {
        let sums = |(solo, others): (i128, i128), stand: Stand| {
            let held = i128::from(stand.held * stand.weight);
            if stand.is_solo { (solo + held, others) } else { (solo, others + held) }
        };
        let (solo, others) = self
            .held
            .stands(p, &self.open)
            .fold(|| (0, 0), sums)
            .reduce(|| (0, 0), |one, other| (one.0 + other.0, one.1 + other.1));
        let solo = solo + self.common[p];
        let lacking = price - solo;
        Payment::Parts {
            solo: if lacking < 0 { Ratio { over: price, under: solo } } else { Ratio::ALL },
            shared: match lacking {
                ..=0 => Ratio::NOTHING,
                _ if lacking >= others => Ratio::ALL,
                _ => Ratio { over: lacking, under: others },
            },
        }
    }

    /// Step 2: when no project is carried. Says whether there was something to do.
    fn advance(&mut self, how: Move) -> bool {
        let under = |&p: &usize| !self.affords(p, self.supported(p), self.project(p).floor());
        let under: Vec<usize> = self.open().filter(under).collect();
        match how {
            Move::Eliminate => {
                let Some(choice) = self.least(&under, Project::floor) else { return false };
                self.drop_one(choice, Verdict::Dropped);
            }
            Move::Minimal => {
                let (within, beyond): (Vec<usize>, Vec<usize>) = under.iter().partition(|&&p| {
                    self.affords(p, self.reach[p] + self.common[p], self.project(p).floor())
                });
                match self.greatest(&within, Project::floor) {
                    Some(choice) => self.pull(choice),
                    None => return self.give_up(beyond),
                }
            }
        }
        true
    }

    fn drop_one(&mut self, choice: Choice, verdict: Verdict) {
        self.dropped.push(choice.p);
        self.settle(choice, verdict, Payment::NOTHING, Minor::ZERO);
    }

    /// Funds p at its floor: its supporters add in proportion to what they hold on it, each at most all they have.
    fn pull(&mut self, choice: Choice) {
        let (p, floor) = (choice.p, self.project(choice.p).floor());
        let payer = |stand: Stand| Payer { most: stand.most, rate: stand.held, weight: stand.weight };
        let mut payers: Vec<Payer> = self.held.stands(p, &self.open).map(payer).collect();
        let shared = level(&mut payers, self.count.atoms(floor) - self.common[p]);
        let payment = Payment::Parts { solo: Ratio::ALL, shared };
        self.settle(choice, Verdict::Pulled, payment, floor);
    }

    /// When no supporters can carry any project below its floor. With others open, the one of least f is dropped and its
    /// money moves on; else ballots keep what they hold, which `fill` may ask for.
    fn give_up(&mut self, beyond: Vec<usize>) -> bool {
        if self.open().count() > beyond.len() {
            let Some(choice) = self.least(&beyond, Project::floor) else { return false };
            self.drop_one(choice, Verdict::Unreachable);
            return true;
        }
        if !beyond.is_empty() {
            let before = self.before();
            for &p in &beyond {
                self.decided_at[p] = self.supported(p);
                self.open[p] = false;
            }
            // Before the round is written down, which tells what returned.
            self.returned += self.common.iter_mut().map(std::mem::take).sum::<i128>();
            self.record(before, &beyond, Verdict::Unreachable, Vec::new());
            self.dropped.extend(beyond);
        }
        false
    }

    /// p leaves, supporters paying for it; it receives `price`.
    fn settle(&mut self, choice: Choice, verdict: Verdict, payment: Payment, price: Minor) {
        let Choice { p, ties } = choice;
        let before = self.before();
        let moved = self.held.leave(Leaving { p, open: &self.open, payment });
        let common = std::mem::take(&mut self.common[p]);
        let common_paid = match payment {
            Payment::Everything => common,
            Payment::Parts { solo, .. } => (common * solo.over + solo.under - 1) / solo.under,
        };
        self.decided_at[p] = before.support[p];
        self.open[p] = false;
        (self.support[p], self.reach[p]) = (0, 0);
        for q in 0..self.open.len() {
            self.support[q] += i128::from(moved.support[q]);
            self.reach[q] += i128::from(moved.reach[q]);
        }
        self.in_ballots -= moved.gone();
        self.returned += i128::from(moved.returned);
        self.paid += self.count.atoms(price);
        self.pot += i128::from(moved.paid) + common_paid - self.count.atoms(price);
        self.share_out(i128::from(moved.shared) + common - common_paid);
        self.check();
        if price > Minor::ZERO {
            self.fundings += 1;
            self.received[p] = price;
        }
        self.record(before, &[p], verdict, ties);
    }

    /// Adds money to E by present support, by largest remainder; where nothing open has any, it returns.
    fn share_out(&mut self, money: i128) {
        let support: Vec<i128> =
            (0..self.open.len()).map(|p| if self.open[p] { self.supported(p) } else { 0 }).collect();
        let all: i128 = support.iter().sum();
        if money == 0 || all == 0 {
            self.returned += money;
            return;
        }
        let mut left = money;
        for (p, support) in support.iter().enumerate() {
            self.common[p] += money * support / all;
            left -= money * support / all;
        }
        let mut ranked: Vec<usize> = self.open().filter(|&p| support[p] > 0).collect();
        ranked.sort_unstable_by_key(|&p| (std::cmp::Reverse(money * support[p] % all), self.place(p)));
        for &p in
            ranked.iter().take(usize::try_from(left).expect("remainders make less than an atom a project"))
        {
            self.common[p] += 1;
        }
    }

    /// Money that was neither paid nor returned.
    fn left(&self) -> i128 {
        self.in_ballots + self.common.iter().sum::<i128>() + self.pot
    }

    fn check(&self) {
        assert!(self.pot >= 0, "payments cover what projects receive");
        assert_eq!(
            self.paid + self.left() + self.returned,
            self.count.atoms(self.count.purse.voters),
            "money was made or lost"
        );
        debug_assert_eq!(self.in_ballots, self.held.total(), "ballots hold what was not taken from them");
    }

    fn before(&self) -> Before {
        let support: Vec<i128> = (0..self.open.len()).map(|p| self.supported(p)).collect();
        let whole = |p: usize| self.open[p].then(|| self.count.whole(support[p]));
        let round = Round {
            left_minor: self.count.whole(self.left()),
            support_minor: (0..self.open.len()).map(whole).collect(),
            ..Round::default()
        };
        let reach = (0..self.open.len()).map(|p| self.reach[p] + self.common[p]).collect();
        Before { round, support, reach, returned: self.returned }
    }

    /// Writes down the round that began so, in which these projects got this verdict.
    fn record(&mut self, before: Before, projects: &[usize], verdict: Verdict, ties: Vec<TieMet>) {
        let Before { mut round, support, reach, returned } = before;
        for &p in projects {
            let project = self.project(p);
            let needed = if verdict == Verdict::Funded { project.ceiling() } else { project.floor() };
            let found = if verdict == Verdict::Unreachable { reach[p] } else { support[p] };
            let event = self.count.event(p, verdict, self.count.whole(found));
            round.events.push(event.against(needed).receiving(self.received[p]));
        }
        if let &[p] = projects {
            let index = |p: usize| u16::try_from(p).expect("projects are numbered by u16");
            for q in self.open() {
                let gained = self.supported(q) - support[q];
                let minor = self.count.whole(gained.abs());
                if minor > Minor::ZERO {
                    let (from, to) = if gained > 0 { (p, q) } else { (q, p) };
                    round.transfers.push(Transfer { from: index(from), to: index(to), minor });
                }
            }
        }
        round.returned_minor = self.count.whole(self.returned - returned);
        round.ties = ties;
        self.rounds.push(round);
    }

    /// Step 3: every open project has floor ≤ S < ceiling, and receives S in whole minor units.
    fn pay_parts(&mut self) {
        assert_eq!(self.in_ballots, self.held.total(), "ballots hold what was not taken from them");
        let open: Vec<usize> = self.open().collect();
        if open.is_empty() {
            return;
        }
        let mut due = vec![0; self.open.len()];
        for &p in &open {
            due[p] = self.supported(p).max(self.count.atoms(self.project(p).floor()));
        }
        let slack = self.pot.min(open.iter().map(|&p| self.slack(p)).sum());
        let payout = payout::pay(self.count, &due, slack, self.count.whole(self.left()));
        let before = self.before();
        for &p in &open {
            self.decided_at[p] = before.support[p];
            self.received[p] = payout.received[p];
        }
        let verdict = |p: usize| match payout.received[p] {
            Minor::ZERO => Verdict::UnderFloor,
            received if received == self.project(p).ceiling() => Verdict::Funded,
            _ => Verdict::Partial,
        };
        let mut round = before.round;
        for &p in &open {
            let event = self.count.event(p, verdict(p), self.count.whole(before.support[p]));
            round.events.push(event.against(self.project(p).ceiling()).receiving(self.received[p]));
        }
        round.ties = payout.tie.into_iter().collect();
        self.rounds.push(round);
        self.close_parts(&open);
    }

    /// Takes what was paid in parts out of the ballots, so that `fill` asks only for the rest.
    fn close_parts(&mut self, open: &[usize]) {
        for &p in open {
            let moved = self.held.leave(Leaving { p, open: &self.open, payment: Payment::HELD });
            self.open[p] = false;
            let price = self.count.atoms(self.received[p]);
            self.in_ballots -= moved.gone();
            self.returned += moved.gone() + std::mem::take(&mut self.common[p]) - price;
            self.paid += price;
        }
    }

    /// The money left, unspread parts of envelopes included.
    fn to_fill(&self) -> Minor {
        self.count.whole(self.count.atoms(self.count.purse.voters) - self.paid)
    }

    /// Step 4 after `eliminate`: dropped projects from the last to the first, at their floors, where these still fit.
    fn fill_from_the_last_dropped(&mut self) {
        for p in std::mem::take(&mut self.dropped).into_iter().rev() {
            let support = self.decided_at[p];
            self.fill_or_skip(p, support, Vec::new());
        }
    }

    /// Funds p at its floor from the money left, if that suffices.
    fn fill_or_skip(&mut self, p: usize, support: i128, ties: Vec<TieMet>) -> bool {
        let (left, floor) = (self.to_fill(), self.project(p).floor());
        let fits = floor <= left;
        let verdict = if fits {
            self.received[p] = floor;
            self.paid += self.count.atoms(floor);
            Verdict::Filled
        } else {
            self.dropped.push(p);
            Verdict::DoesNotFit
        };
        let support = self.count.whole(support);
        let event = self.count.event(p, verdict, support).against(floor).receiving(self.received[p]);
        let support_minor = vec![None; self.open.len()];
        self.rounds.push(Round {
            left_minor: left,
            support_minor,
            events: vec![event],
            ties,
            ..Round::default()
        });
        fits
    }

    /// Step 4 after `minimal`: the unfunded project of greatest f by what its supporters still hold, at its floor, where
    /// that still fits, again and again.
    fn fill_by_support(&mut self) {
        let mut untried = std::mem::take(&mut self.dropped);
        untried.iter().for_each(|&p| self.open[p] = true);
        self.common.fill(0);
        self.support = self.held.support(&self.open).into_iter().map(i128::from).collect();
        while let Some(Choice { p, ties }) = self.greatest(&untried, Project::floor) {
            untried.retain(|&q| q != p);
            let support = self.supported(p);
            if self.fill_or_skip(p, support, ties) {
                let payment = Payment::Everything;
                let moved = self.held.leave(Leaving { p, open: &self.open, payment });
                self.open[p] = false;
                let changes = moved.support.into_iter().map(i128::from);
                self.support.iter_mut().zip(changes).for_each(|(support, change)| *support += change);
            }
        }
    }
}
