//! Slow, obvious twins of the rules, in exact fractions: they share no line with the rules themselves.
//!
//! The rules hold money in atoms, so differences finer than some atoms may be decided either way. A twin watches for
//! these and says of every election whether it hangs on one; the share of such elections is bounded too.

mod cube_root;
mod direct;
mod equal_shares;
mod greedy;
mod phragmen;
mod transfer;

use std::cell::Cell;
use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sha2::{Digest, Sha256};
use tally::rule_sheet::{Purse, Rule, Silent, Tie};
use tally::{Minor, Outcome};

use crate::some::{Parts, elections_by, equal_shares, plain_rules, transfers, wide_elections_by};

/// An amount in minor units, or a ratio of such.
pub(crate) type Exact = BigRational;

pub(crate) fn exact(whole: i64) -> Exact {
    Exact::from(BigInt::from(whole))
}

/// What a twin found.
#[derive(Debug)]
pub(crate) struct Found {
    /// By project.
    pub(crate) received: Vec<i64>,
    /// By ballot and project, what each paid in the main phase; empty where no money is held by ballots.
    pub(crate) paid: Vec<Vec<Exact>>,
    /// What each ballot held at the start, where that is what pays.
    pub(crate) budget: Vec<Exact>,
    pub(crate) watch: Watch,
}

/// How far atoms may decide otherwise than exact fractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    None,
    /// Partial payouts may differ by a minor unit.
    Crumbs,
    /// Their sum may differ by one too.
    Sum,
    /// Anything may differ.
    Winners,
}

/// Watches for decisions that hang on differences finer than atoms.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) doubt: Doubt,
    /// Whether a payout had to be rounded to whole minor units.
    pub(crate) crumbs: bool,
    /// Whether money was ever split into fractions of an atom: then equal sums may be unequal in atoms.
    split: bool,
    atoms_per_minor: i64,
}

impl Watch {
    fn new(parts: &Parts) -> Watch {
        let n = i64::try_from(parts.ballots.len()).unwrap().max(1);
        let atoms_per_minor =
            if parts.is_shared_equally() { n * ((1_000_000 + n - 1) / n) } else { 1_000_000 };
        Watch { doubt: Doubt::None, crumbs: false, split: false, atoms_per_minor }
    }

    fn raise(&mut self, doubt: Doubt) {
        self.doubt = self.doubt.max(doubt);
    }

    /// Looks at a sum that some ballot holds or pays.
    fn see(&mut self, sum: &Exact) {
        self.split |= !(sum * exact(self.atoms_per_minor)).is_integer();
    }

    /// Whether support reaches a bound. The rounding pot makes up for what atoms lack where both are equal.
    fn reaches(&mut self, support: &Exact, bound: &Exact) -> bool {
        if support != bound && (support - bound).abs() < tolerance() {
            self.raise(Doubt::Winners);
        }
        support >= bound
    }

    /// The candidate of greatest merit. `before` decides between equal ones.
    fn greatest(
        &mut self,
        candidates: &[usize],
        merit: impl Fn(usize) -> Exact,
        before: impl Fn(usize, usize) -> Ordering,
    ) -> usize {
        let best = *candidates
            .iter()
            .min_by(|&&p, &&q| merit(q).cmp(&merit(p)).then_with(|| before(p, q)))
            .expect("a choice is made between some");
        let most = merit(best);
        for merit in candidates.iter().filter(|&&p| p != best).map(|&p| merit(p)) {
            let is_tie = merit == most && (!self.split || most.is_zero());
            if !is_tie && (&most - merit).abs() < tolerance() {
                self.raise(Doubt::Winners);
            }
        }
        best
    }
}

/// More than roundings of a dozen ballots can make in some rounds.
fn tolerance() -> Exact {
    Exact::new(1.into(), 2_000.into())
}

impl Parts {
    /// w_i(p).
    fn amount(&self, i: usize, p: usize) -> i64 {
        let lines = self.ballots[i].lines.iter();
        lines.filter(|line| usize::from(line.0) == p).map(|line| line.1).sum()
    }

    fn cast(&self, i: usize) -> i64 {
        self.ballots[i].lines.iter().map(|line| line.1).sum()
    }

    /// The ballots that gave to the project.
    pub(crate) fn supporters(&self, p: usize) -> Vec<usize> {
        (0..self.ballots.len()).filter(|&i| self.amount(i, p) > 0).collect()
    }

    /// Whether enough ballots gave to the project.
    pub(crate) fn is_open(&self, p: usize) -> bool {
        let least = self.projects[p].min_supporters().unwrap_or(self.terms.min_supporters);
        self.supporters(p).len() >= usize::try_from(least).unwrap()
    }

    fn given(&self, p: usize) -> i64 {
        (0..self.ballots.len()).map(|i| self.amount(i, p)).sum()
    }

    pub(crate) fn floor(&self, p: usize) -> i64 {
        self.projects[p].floor().get()
    }

    pub(crate) fn ceiling(&self, p: usize) -> i64 {
        self.projects[p].ceiling().get()
    }

    fn is_shared_equally(&self) -> bool {
        match self.terms.purse {
            Purse::Ballots => false,
            Purse::Residents => self.terms.silent == Silent::Proportional,
            Purse::Fixed(_) => true,
        }
    }

    fn purse(&self) -> i64 {
        match self.terms.purse {
            Purse::Ballots => self.voters_purse(),
            Purse::Residents => self.terms.envelope.get() * i64::try_from(self.roll).unwrap(),
            Purse::Fixed(sum) => sum.get(),
        }
    }

    /// The purse without the share of the silent that returned already.
    pub(crate) fn voters_purse(&self) -> i64 {
        if self.is_shared_equally() {
            self.purse()
        } else {
            self.terms.envelope.get() * i64::try_from(self.ballots.len()).unwrap()
        }
    }

    /// m_i at the start, of a ballot that is not empty.
    pub(crate) fn brought(&self, i: usize) -> Exact {
        if self.cast(i) == 0 {
            exact(0)
        } else if self.is_shared_equally() {
            exact(self.purse()) / exact(i64::try_from(self.ballots.len()).unwrap())
        } else {
            exact(self.cast(i))
        }
    }

    /// The tie order.
    fn before(&self, p: usize, q: usize) -> Ordering {
        let (p, q) = (self.projects[p].id(), self.projects[q].id());
        match &self.terms.tie {
            Tie::Ids => p.parse::<u64>().unwrap().cmp(&q.parse::<u64>().unwrap()),
            Tie::Seed(_) => {
                let draw = |id: &str| Sha256::digest([b"\x00\xff", id.as_bytes()].concat());
                draw(p).cmp(&draw(q))
            }
        }
    }

    /// The twin of this election's rule.
    pub(crate) fn twin(&self) -> Found {
        match self.terms.rule {
            Rule::Direct => direct::direct(self),
            Rule::Transfer { order, r#move, end } => transfer::transfer(self, order, r#move, end),
            Rule::EqualShares { .. } => equal_shares::equal_shares(self),
            Rule::Greedy { order, skip, threshold } => greedy::greedy(self, order, skip, threshold.get()),
            Rule::Phragmen => phragmen::phragmen(self),
            Rule::CubeRoot => cube_root::cube_root(self),
        }
    }
}

/// Pays what is due to each project in whole units, by largest remainder to the whole units of the sum.
fn pay(parts: &Parts, watch: &mut Watch, due: &[(usize, Exact)], received: &mut [i64]) {
    let whole = |sum: &Exact| i64::try_from(sum.floor().to_integer()).unwrap();
    let sum: Exact = due.iter().map(|(_, due)| due.clone()).sum();
    watch.crumbs |= due.iter().any(|(_, due)| !due.is_integer());
    let is_near_whole = |sum: &Exact| !sum.is_integer() && (sum - sum.round()).abs() < tolerance();
    if is_near_whole(&sum) {
        watch.raise(Doubt::Sum);
    }
    if due.iter().any(|(_, due)| is_near_whole(due) || (watch.split && due.is_integer() && !due.is_zero())) {
        watch.raise(Doubt::Crumbs);
    }
    let mut ranked: Vec<&(usize, Exact)> = due.iter().collect();
    ranked.sort_by(|(p, a), (q, b)| b.fract().cmp(&a.fract()).then_with(|| parts.before(*p, *q)));
    let crumbs = whole(&sum) - due.iter().map(|(_, due)| whole(due)).sum::<i64>();
    let crumbs = usize::try_from(crumbs).unwrap();
    for (place, (p, due)) in ranked.iter().enumerate() {
        received[*p] = whole(due) + i64::from(place < crumbs);
    }
    if 0 < crumbs && crumbs < ranked.len() {
        let difference = ranked[crumbs - 1].1.fract() - ranked[crumbs].1.fract();
        if difference < tolerance() && (watch.split || !difference.is_zero()) {
            watch.raise(Doubt::Crumbs);
        }
    }
}

/// What an outcome says, in the twin's words.
pub(crate) fn received(outcome: &Outcome) -> Vec<i64> {
    outcome.projects.iter().map(|project| project.received_minor.get()).collect()
}

/// Whether the outcome is what the twin found, as far as atoms can say; `Err` tells the difference.
fn compare(parts: &Parts, found: &Found, outcome: &Outcome) -> Result<(), TestCaseError> {
    let ours = received(outcome);
    prop_assert_eq!(outcome.funded_minor + outcome.returned_minor, outcome.purse_minor);
    prop_assert_eq!(outcome.purse_minor.get(), parts.purse());
    prop_assert!(ours.iter().sum::<i64>() <= parts.voters_purse());
    match found.watch.doubt {
        Doubt::None => prop_assert_eq!(&ours, &found.received),
        Doubt::Crumbs | Doubt::Sum => prop_assert!(
            ours.iter().zip(&found.received).all(|(ours, theirs)| (ours - theirs).abs() <= 1),
            "{:?} instead of {:?}, give or take 1",
            ours,
            found.received
        ),
        Doubt::Winners => {}
    }
    if found.watch.doubt < Doubt::Sum {
        prop_assert_eq!(ours.iter().sum::<i64>(), found.received.iter().sum::<i64>());
    }
    for (p, project) in outcome.projects.iter().enumerate() {
        prop_assert_eq!(project.given_minor, Minor::new(parts.given(p)));
        prop_assert_eq!(usize::try_from(project.supporters).unwrap(), parts.supporters(p).len());
    }
    Ok(())
}

/// Counts so many elections by rule and by twin. At most so many of a hundred may hang on less than atoms tell:
/// `transfer` has some 2, wide ones more, all other rules next to none.
fn agree(cases: u32, doubtful_percent: u32, elections: impl Strategy<Value = Parts>) {
    let (doubtful, crumbs) = (Cell::new(0), Cell::new(0));
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() })
        .run(&elections, |parts| {
            let found = parts.twin();
            let doubt = found.watch.doubt;
            doubtful.set(doubtful.get() + u32::from(doubt == Doubt::Winners));
            crumbs.set(crumbs.get() + u32::from(matches!(doubt, Doubt::Crumbs | Doubt::Sum)));
            compare(&parts, &found, &parts.count())
        })
        .unwrap_or_else(|difference| panic!("{difference}"));
    let (doubtful, crumbs) = (doubtful.get(), crumbs.get());
    println!("of {cases} elections, {doubtful} hang on less than atoms tell, {crumbs} by a crumb");
    assert!(doubtful * 100 < cases * doubtful_percent, "{doubtful} of {cases} elections are in doubt");
}

#[test]
fn transfer_agrees_with_its_twin() {
    agree(4_000, 3, elections_by(transfers()));
}

#[test]
fn equal_shares_agrees_with_its_twin() {
    agree(3_000, 1, elections_by(equal_shares()));
}

#[test]
fn the_other_rules_agree_with_their_twins() {
    agree(3_000, 1, elections_by(plain_rules()));
}

#[test]
fn transfer_agrees_with_its_twin_on_wide_elections() {
    agree(60, 20, wide_elections_by(transfers()));
}

#[test]
fn equal_shares_agrees_with_its_twin_on_wide_elections() {
    agree(60, 20, wide_elections_by(equal_shares()));
}

#[test]
fn the_other_rules_agree_with_their_twins_on_wide_elections() {
    agree(60, 20, wide_elections_by(plain_rules()));
}
