//! `greedy`: the most supported project first, each at its ceiling, while the purse suffices.
//!
//! What most cities do. Support S(p) is the sum of the lines as cast, cost c(p) the ceiling; floors and fallbacks play
//! no part, and money that fits no project returns. With a threshold this is `greedy-threshold`, without skipping
//! `greedy-no-skip` of Pabulib.

use std::cmp::Ordering;

use super::{Award, Count};
use crate::money::Minor;
use crate::outcome::{Round, Verdict};
use crate::rule_sheet::Order;

pub(super) fn award(count: &Count<'_>, order: Order, skip: bool, threshold: Minor) -> Award {
    let (mut ranked, under): (Vec<usize>, Vec<usize>) =
        count.open().partition(|&p| count.given[p] >= threshold);
    ranked.sort_by(|&p, &q| {
        merit(count, order, q, p).then(count.tie_order.place(p).cmp(&count.tie_order.place(q)))
    });

    let mut received = vec![Minor::ZERO; count.projects().len()];
    let mut rounds: Vec<Round> = leave_out(count, &under).into_iter().collect();
    let mut left = count.purse.sum;
    let mut considered = 0;
    for &p in &ranked {
        let cost = count.projects()[p].ceiling();
        let fits = cost <= left;
        let verdict = if fits { Verdict::Funded } else { Verdict::DoesNotFit };
        received[p] = if fits { cost } else { Minor::ZERO };
        let event = count.event(p, verdict, count.given[p], received[p]);
        rounds.push(Round { left_minor: left, events: vec![event] });
        left = left - received[p];
        considered += 1;
        if !fits && !skip {
            break;
        }
    }
    let ties = ranked
        .chunk_by(|&p, &q| merit(count, order, p, q) == Ordering::Equal)
        .scan(0, |start, equal| Some((std::mem::replace(start, *start + equal.len()), equal)))
        .filter(|&(start, equal)| start < considered && equal.len() > 1)
        .map(|(_, equal)| count.tie_between(equal))
        .collect();
    Award { received, support: count.given.clone(), rounds, ties }
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

/// The round in which projects under the threshold leave, if there are any.
fn leave_out(count: &Count<'_>, under: &[usize]) -> Option<Round> {
    let event = |&p: &usize| count.event(p, Verdict::UnderThreshold, count.given[p], Minor::ZERO);
    (!under.is_empty())
        .then(|| Round { left_minor: count.purse.sum, events: under.iter().map(event).collect() })
}
