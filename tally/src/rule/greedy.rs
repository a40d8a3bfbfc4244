//! `greedy`: the most supported project first, each at its ceiling, while the purse suffices.
//!
//! What most cities do. Support S(p) is the sum of the lines as cast, cost c(p) the ceiling; floors and fallbacks play
//! no part, and money that fits no project returns. With a threshold this is `greedy-threshold`, without skipping
//! `greedy-no-skip` of Pabulib.

use std::cmp::Ordering;

use super::{Award, Count};
use crate::money::Minor;
use crate::outcome::{Event, Round, TieMet, Verdict};
use crate::rule_sheet::Order;

pub(super) fn award(count: &Count<'_>, order: Order, skip: bool, threshold: Minor) -> Award {
    let (mut ranked, under): (Vec<usize>, Vec<usize>) =
        count.open().partition(|&p| count.given[p] >= threshold);
    ranked.sort_by(|&p, &q| {
        merit(count, order, q, p).then(count.tie_order.place(p).cmp(&count.tie_order.place(q)))
    });

    let mut round =
        Tally { count, left: count.purse.voters, rounds: Vec::new(), waiting: vec![true; count.given.len()] };
    let mut received = vec![Minor::ZERO; count.projects().len()];
    round.record(&under, Verdict::UnderThreshold, Some(threshold), Vec::new());
    let mut ties = ranked.chunk_by(|&p, &q| merit(count, order, p, q) == Ordering::Equal).flat_map(|equal| {
        (0..equal.len()).map(move |at| if at == 0 && equal.len() > 1 { equal } else { &[] })
    });
    for (at, &p) in ranked.iter().enumerate() {
        let cost = count.projects()[p].ceiling();
        let tie = ties.next().filter(|equal| !equal.is_empty()).map(|equal| count.tie_between(equal));
        let ties = tie.into_iter().collect();
        if cost <= round.left {
            received[p] = cost;
            round.record(&[p], Verdict::Funded, Some(cost), ties);
        } else {
            round.record(&[p], Verdict::DoesNotFit, Some(cost), ties);
            if !skip {
                round.record(&ranked[at + 1..], Verdict::NotReached, None, Vec::new());
                break;
            }
        }
    }
    Award {
        received,
        support: count.given.clone(),
        dropped: vec![false; count.given.len()],
        rounds: round.rounds,
    }
}

/// The count so far.
struct Tally<'c, 'a> {
    count: &'c Count<'a>,
    left: Minor,
    rounds: Vec<Round>,
    /// Which projects are not decided yet.
    waiting: Vec<bool>,
}

impl Tally<'_, '_> {
    /// A round in which these projects get this verdict, if there are any.
    fn record(&mut self, projects: &[usize], verdict: Verdict, needed: Option<Minor>, ties: Vec<TieMet>) {
        let count = self.count;
        let support = |p: usize| (self.waiting[p] && count.is_open(p)).then_some(count.given[p]);
        let support_minor = (0..count.given.len()).map(support).collect();
        let left_minor = self.left;
        let mut events = Vec::with_capacity(projects.len());
        for &p in projects {
            let received =
                if verdict == Verdict::Funded { count.projects()[p].ceiling() } else { Minor::ZERO };
            let event = count.event(p, verdict, count.given[p]).receiving(received);
            events.push(Event { needed_minor: needed, ..event });
            self.left = self.left - received;
            self.waiting[p] = false;
        }
        if !events.is_empty() {
            self.rounds.push(Round { left_minor, support_minor, events, ties, ..Round::default() });
        }
    }
}

/// Compares S(p) with S(q), or S(p) / c(p) with S(q) / c(q) by cross-multiplication.
fn merit(count: &Count<'_>, order: Order, p: usize, q: usize) -> Ordering {
    let support = |p: usize| i128::from(count.given[p].get());
    let cost = |p: usize| i128::from(count.projects()[p].ceiling().get());
    match order {
        Order::Support => support(p).cmp(&support(q)),
        Order::Ratio => (support(p) * cost(q)).cmp(&(support(q) * cost(p))),
    }
}
