//! The twin of `cube-root`. Cube roots are no fractions, so this one counts in floating point.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "cube roots of small sums, compared with a wide tolerance"
)]

use super::{Doubt, Exact, Found, Watch, exact, pay};
use crate::some::Parts;

/// Closer than this, a share is what it seems to be: a sum of equal parts.
const EQUAL: f64 = 1e-9;
/// Closer than this, the rule may see it the other way.
const NEAR: f64 = 1e-3;

pub(super) fn cube_root(parts: &Parts) -> Found {
    let mut watch = Watch::new(parts);
    let pool = if parts.is_shared_equally() {
        parts.purse()
    } else {
        (0..parts.ballots.len()).map(|i| parts.cast(i)).sum()
    };
    let mut open: Vec<usize> = (0..parts.projects.len()).filter(|&p| parts.is_open(p)).collect();
    let shares = loop {
        let shares = share(parts, pool as f64, &open);
        let mut below = Vec::new();
        for &(p, share) in &shares {
            let over = share - parts.floor(p) as f64;
            if over < -EQUAL {
                below.push(p);
            }
            if over.abs() > EQUAL && over.abs() < NEAR {
                watch.raise(Doubt::Winners);
            }
        }
        let least =
            below.into_iter().min_by(|&p, &q| parts.given(p).cmp(&parts.given(q)).then(parts.before(q, p)));
        let Some(least) = least else { break shares };
        open.retain(|&p| p != least);
    };
    let mut received = vec![0; parts.projects.len()];
    let due: Vec<(usize, Exact)> =
        shares.into_iter().filter(|&(p, _)| parts.given(p) > 0).map(|(p, share)| (p, from(share))).collect();
    watch.split = true;
    pay(parts, &mut watch, &due, &mut received);
    Found { received, paid: Vec::new(), budget: Vec::new(), watch }
}

/// What each open project gets of the pool: by cube roots, capped, the surplus shared again among those below their
/// ceilings.
fn share(parts: &Parts, pool: f64, open: &[usize]) -> Vec<(usize, f64)> {
    let root = |p: usize| (parts.given(p) as f64).cbrt();
    let ceiling = |p: usize| parts.ceiling(p) as f64;
    let mut capped: Vec<usize> = Vec::new();
    loop {
        let below = || open.iter().copied().filter(|p| !capped.contains(p));
        let rest = pool - capped.iter().map(|&p| ceiling(p)).sum::<f64>();
        let roots: f64 = below().map(root).sum();
        let share = |p: usize| {
            if capped.contains(&p) {
                ceiling(p)
            } else if roots > 0.0 {
                rest * root(p) / roots
            } else {
                0.0
            }
        };
        let above: Vec<usize> = below().filter(|&p| share(p) > ceiling(p)).collect();
        if above.is_empty() {
            return open.iter().map(|&p| (p, share(p))).collect();
        }
        capped.extend(above);
    }
}

fn from(share: f64) -> Exact {
    let whole = share.round();
    if (share - whole).abs() < EQUAL { exact(whole as i64) } else { Exact::from_float(share).unwrap() }
}
