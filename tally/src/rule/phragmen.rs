//! `phragmen`: the sequential rule of Lars Edvard Phragmén (1894), for projects with costs.
//!
//! After Los, Christoff and Grossi, "Proportional Budget Allocations: Towards a Systematization" (IJCAI 2022). All
//! ballots earn money at the same pace, and the first project whose supporters can pay for it is bought: t(p) =
//! (c(p) + Σ loads of supporters) / supporters, whose load becomes t. Whoever gave anything is a supporter, and cost is
//! the ceiling. The count stops when the best project does not fit; one that costs more than the whole purse is never
//! waited for. Loads are atoms, rounded up.

use std::cmp::Ordering;

use super::supporters::Supporters;
use super::{Award, Count};
use crate::ballot::Ballots;
use crate::money::Minor;
use crate::outcome::{Event, Round, TieMet, Verdict};

pub(super) fn award(count: &Count<'_>) -> Award {
    let ballots = count.merged();
    let mut state = State::new(count, &ballots);
    while let Some((p, ties)) = state.best() {
        if !state.buy_or_stop(p, ties) {
            break;
        }
    }
    state.leave_the_rest();
    let dropped = vec![false; state.received.len()];
    Award { received: state.received, support: count.given.clone(), dropped, rounds: state.rounds }
}

/// The count so far. Columns are by project index, but `load`, which is by row.
struct State<'c, 'b> {
    count: &'c Count<'c>,
    ballots: &'b Ballots,
    supporters: Supporters,
    load: Vec<i64>,
    /// Σ loads of each project's supporters.
    loads: Vec<i128>,
    /// Whether nothing is decided about the project, which has supporters.
    waiting: Vec<bool>,
    left: Minor,
    received: Vec<Minor>,
    rounds: Vec<Round>,
}

impl<'c, 'b> State<'c, 'b> {
    fn new(count: &'c Count<'c>, ballots: &'b Ballots) -> State<'c, 'b> {
        let projects = count.projects().len();
        let fits = |p: usize| count.projects()[p].ceiling() <= count.purse.voters;
        State {
            count,
            ballots,
            supporters: Supporters::of(ballots, projects),
            load: vec![0; ballots.rows()],
            loads: vec![0; projects],
            waiting: (0..projects).map(|p| count.is_open(p) && count.supporters[p] > 0 && fits(p)).collect(),
            left: count.purse.voters,
            received: vec![Minor::ZERO; projects],
            rounds: Vec::new(),
        }
    }

    /// c(p) + Σ loads.
    fn burden(&self, p: usize) -> i128 {
        self.count.atoms(self.count.projects()[p].ceiling()) + self.loads[p]
    }

    /// t(p) against t(q).
    fn compare(&self, p: usize, q: usize) -> Ordering {
        let supporters = |p: usize| i128::from(self.count.supporters[p]);
        (self.burden(p) * supporters(q)).cmp(&(self.burden(q) * supporters(p)))
    }

    /// The project of least t, and those that it was equal to.
    fn best(&self) -> Option<(usize, Vec<TieMet>)> {
        let waiting = || (0..self.waiting.len()).filter(|&p| self.waiting[p]);
        let place = |p: usize| self.count.tie_order.place(p);
        let best = waiting().min_by(|&p, &q| self.compare(p, q).then(place(p).cmp(&place(q))))?;
        let mut equal: Vec<usize> = waiting().filter(|&p| self.compare(p, best).is_eq()).collect();
        equal.sort_unstable_by_key(|&p| place(p));
        let ties = if equal.len() > 1 { vec![self.count.tie_between(&equal)] } else { Vec::new() };
        Some((best, ties))
    }

    /// Buys p if it fits; says whether it did.
    fn buy_or_stop(&mut self, p: usize, ties: Vec<TieMet>) -> bool {
        let cost = self.count.projects()[p].ceiling();
        let fits = cost <= self.left;
        let event = self.count.event(p, Verdict::DoesNotFit, self.count.given[p]).against(cost);
        let bought = Event { verdict: Verdict::Funded, received_minor: cost, ..event.clone() };
        self.record(vec![if fits { bought } else { event }], ties);
        if fits {
            self.received[p] = cost;
            self.left = self.left - cost;
            self.load_supporters(p);
        }
        self.waiting[p] = false;
        fits
    }

    fn load_supporters(&mut self, p: usize) {
        let supporters = i128::from(self.count.supporters[p]);
        let load = (self.burden(p) + supporters - 1) / supporters;
        let load = i64::try_from(load).expect("loads are at most what was paid, which is below the purse");
        for &row in self.supporters.rows(p) {
            let ballot = self.ballots.row(row as usize);
            let before = std::mem::replace(&mut self.load[row as usize], load);
            let more = i128::from(load - before) * i128::from(ballot.weight());
            for (q, _) in ballot.lines() {
                self.loads[usize::from(q)] += more;
            }
        }
    }

    fn leave_the_rest(&mut self) {
        let stopped_at = self.rounds.last().map(|round| round.events[0].project.as_str());
        let undecided =
            |&p: &usize| self.received[p] == Minor::ZERO && Some(self.count.projects()[p].id()) != stopped_at;
        let event = |p: usize| {
            let cost = self.count.projects()[p].ceiling();
            let too_dear = cost > self.count.purse.voters;
            let verdict = if too_dear { Verdict::DoesNotFit } else { Verdict::NotReached };
            self.count.event(p, verdict, self.count.given[p]).against(cost)
        };
        let events: Vec<Event> = self.count.open().filter(undecided).map(event).collect();
        if !events.is_empty() {
            self.record(events, Vec::new());
        }
    }

    fn record(&mut self, events: Vec<Event>, ties: Vec<TieMet>) {
        let given = &self.count.given;
        let support_minor = (0..given.len()).map(|p| self.waiting[p].then_some(given[p])).collect();
        self.rounds.push(Round { left_minor: self.left, support_minor, events, ties, ..Round::default() });
    }
}
