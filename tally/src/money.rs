//! Money as whole minor units, cents for most currencies.
//!
//! One type, so that an amount can be mistaken neither for a count of ballots nor for a number of points. It refuses
//! decimals: these are parsed and printed at the edges.

use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// An amount of money in minor units.
///
/// `+`, `-` and `sum` panic on overflow, in release builds too, since a sum that wrapped is wrong money. Amounts that
/// come from outside go through [`Minor::checked_add`] first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minor(i64);

impl Minor {
    /// No money.
    pub const ZERO: Minor = Minor(0);

    /// An amount of so many minor units.
    pub const fn new(minor: i64) -> Minor {
        Minor(minor)
    }

    /// The number of minor units.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or nothing where it does not fit.
    pub const fn checked_add(self, other: Minor) -> Option<Minor> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Minor(sum)),
            None => None,
        }
    }

    /// So many times the amount, or nothing where that does not fit.
    pub const fn checked_mul(self, times: i64) -> Option<Minor> {
        match self.0.checked_mul(times) {
            Some(product) => Some(Minor(product)),
            None => None,
        }
    }
}

impl Add for Minor {
    type Output = Minor;

    fn add(self, other: Minor) -> Minor {
        self.checked_add(other).expect("amounts from outside are added with checked_add")
    }
}

impl Sub for Minor {
    type Output = Minor;

    fn sub(self, other: Minor) -> Minor {
        Minor(self.0.checked_sub(other.0).expect("differences of money are taken between amounts above zero"))
    }
}

impl Sum for Minor {
    fn sum<I: Iterator<Item = Minor>>(amounts: I) -> Minor {
        amounts.fold(Minor::ZERO, Add::add)
    }
}
