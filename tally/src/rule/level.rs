//! Paying for something together, each in proportion to a rate and no one more than they have.

use std::cmp::Ordering;

/// `over` / `under`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ratio {
    pub(super) over: i128,
    pub(super) under: i128,
}

/// By cross-multiplication; both parts of either are below 2^63.
impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some((self.over * other.under).cmp(&(other.over * self.under)))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Ratio) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl Ratio {
    pub(super) const NOTHING: Ratio = Ratio { over: 0, under: 1 };
    pub(super) const ALL: Ratio = Ratio { over: 1, under: 1 };

    /// ⌈`held` · ratio⌉.
    pub(super) fn of(self, held: i64) -> i128 {
        let product = i128::from(held) * self.over;
        match (u64::try_from(product), u64::try_from(self.under)) {
            // Most are small, and the short division is several times quicker.
            (Ok(product), Ok(under)) => product.div_ceil(under).into(),
            _ => (product + self.under - 1) / self.under,
        }
    }
}

/// One of those who pay, or several who are alike.
#[derive(Clone, Copy)]
pub(super) struct Payer {
    /// The most that one of them can pay, in atoms.
    pub(super) most: i64,
    /// What one of them pays for each unit of the level; above zero.
    pub(super) rate: i64,
    /// How many they are.
    pub(super) weight: i64,
}

/// The least level ℓ with Σ min(most, ℓ · rate) = `price`; where all together lack some atoms, the level at which each
/// pays the most they can. `payers` is used up; the rates of all must add up to less than 2^63, and so must what all
/// can pay.
///
/// Those whom a level makes pay all they have still do so at a higher one, and taking them out only raises the level of
/// the rest: a few passes settle it, without sorting.
pub(super) fn level(payers: &mut Vec<Payer>, price: i128) -> Ratio {
    let mut due =
        i64::try_from(price).expect("what all can pay is below 2^63, and covers the price but for roundings");
    let mut rates: i64 = payers.iter().map(|payer| payer.rate * payer.weight).sum();
    let mut exhausted = Ratio::NOTHING;
    loop {
        let (over, under, before) = (i128::from(due), i128::from(rates), payers.len());
        payers.retain(|payer| {
            let can_pay = i128::from(payer.most) * under >= over * i128::from(payer.rate);
            if !can_pay {
                due -= payer.most * payer.weight;
                rates -= payer.rate * payer.weight;
                let at = Ratio { over: i128::from(payer.most), under: i128::from(payer.rate) };
                if at > exhausted {
                    exhausted = at;
                }
            }
            can_pay
        });
        if payers.is_empty() {
            return exhausted;
        }
        if payers.len() == before {
            return Ratio { over, under };
        }
    }
}
