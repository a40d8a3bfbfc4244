//! The twin of `phragmen`.

use super::{Exact, Found, Watch, exact};
use crate::some::Parts;

pub(super) fn phragmen(parts: &Parts) -> Found {
    let mut watch = Watch::new(parts);
    let mut received = vec![0; parts.projects.len()];
    let mut load = vec![exact(0); parts.ballots.len()];
    let mut left = parts.voters_purse();
    loop {
        let waiting: Vec<usize> = (0..parts.projects.len())
            .filter(|&p| parts.is_open(p) && !parts.supporters(p).is_empty() && received[p] == 0)
            .filter(|&p| parts.ceiling(p) <= parts.voters_purse())
            .collect();
        if waiting.is_empty() {
            break;
        }
        let time = |p: usize| {
            let supporters = parts.supporters(p);
            let borne: Exact = supporters.iter().map(|&i| load[i].clone()).sum();
            (exact(parts.ceiling(p)) + borne) / exact(i64::try_from(supporters.len()).unwrap())
        };
        let soonest = watch.greatest(&waiting, |p| -time(p), |p, q| parts.before(p, q));
        if parts.ceiling(soonest) > left {
            break;
        }
        let time = time(soonest);
        watch.see(&time);
        for i in parts.supporters(soonest) {
            load[i] = time.clone();
        }
        received[soonest] = parts.ceiling(soonest);
        left -= parts.ceiling(soonest);
    }
    Found { received, paid: Vec::new(), budget: Vec::new(), watch }
}
