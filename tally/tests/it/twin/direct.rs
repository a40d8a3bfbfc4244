//! The twin of `direct`.

use super::{Exact, Found, Watch, exact, pay};
use crate::some::Parts;

pub(super) fn direct(parts: &Parts) -> Found {
    let mut watch = Watch::new(parts);
    let mut received = vec![0; parts.projects.len()];
    let mut due = Vec::new();
    for p in (0..parts.projects.len()).filter(|&p| parts.is_open(p)) {
        let held = parts.supporters(p).into_iter().map(|i| {
            let held = parts.brought(i) * exact(parts.amount(i, p)) / exact(parts.cast(i));
            watch.see(&held);
            held
        });
        let support: Exact = held.sum();
        if watch.reaches(&support, &exact(parts.floor(p))) {
            due.push((p, support.min(exact(parts.ceiling(p)))));
        }
    }
    pay(parts, &mut watch, &due, &mut received);
    Found { received, paid: Vec::new(), budget: Vec::new(), watch }
}
