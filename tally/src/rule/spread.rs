//! What a ballot's money makes on each of its projects.

/// Money spread in proportion to weights: ⌈money · weight / all⌉ on each.
///
/// The long division is done once a ballot; on each line only its small rest is divided.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    each: i64,
    rest: i64,
    all: i64,
}

impl Spread {
    /// `money`, zero or more, over weights that add up to `all`, above zero unless there are none.
    pub(super) fn new(money: i64, all: i64) -> Spread {
        let all = all.max(1);
        Spread { each: money / all, rest: money % all, all }
    }

    /// What lies on a line of this weight, which is at most all.
    #[inline]
    pub(super) fn on(self, weight: i64) -> i64 {
        self.each * weight + if self.rest == 0 { 0 } else { self.rest_on(weight) }
    }

    #[inline]
    fn rest_on(self, weight: i64) -> i64 {
        let product = i128::from(self.rest) * i128::from(weight);
        match (u32::try_from(product), u32::try_from(self.all)) {
            (Ok(product), Ok(all)) => product.div_ceil(all).into(),
            _ => {
                let all = i128::from(self.all);
                i64::try_from((product + all - 1) / all).expect("a part is at most the whole")
            }
        }
    }
}
