//! The twin of `greedy`.

use tally::rule_sheet::Order;

use super::{Exact, Found, Watch, exact};
use crate::some::Parts;

pub(super) fn greedy(parts: &Parts, order: Order, skip: bool, threshold: i64) -> Found {
    let merit = |p: usize| match order {
        Order::Support => exact(parts.given(p)),
        Order::Ratio => Exact::new(parts.given(p).into(), parts.ceiling(p).into()),
    };
    let mut waiting: Vec<usize> =
        (0..parts.projects.len()).filter(|&p| parts.is_open(p) && parts.given(p) >= threshold).collect();
    waiting.sort_by(|&p, &q| merit(q).cmp(&merit(p)).then(parts.before(p, q)));

    let mut received = vec![0; parts.projects.len()];
    let mut left = parts.voters_purse();
    for p in waiting {
        if parts.ceiling(p) <= left {
            received[p] = parts.ceiling(p);
            left -= parts.ceiling(p);
        } else if !skip {
            break;
        }
    }
    Found { received, paid: Vec::new(), budget: Vec::new(), watch: Watch::new(parts) }
}
