//! All ballots of an election, as columns: numbers side by side instead of one object a ballot.
//!
//! Fifty million ballots of a few lines each have to fit beside everything else on a small machine. So an amount takes
//! four bytes until one of them needs eight, and columns that would say the same of every row are not there.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::iter::Zip;
use std::ops::Range;
use std::slice;

use hashbrown::hash_table::{Entry, HashTable};

use super::Fallback;
use crate::money::Minor;

/// Ballots as columns. Ballots that say the same can share a row, with a weight.
///
/// Each row takes four bytes and each line six, or ten once any amount is 2^32 minor units or more; weights other than
/// 1 take four bytes a row, fallbacks other than the usual one byte.
#[derive(Clone, Default)]
pub struct Ballots {
    /// Where each row's lines end in `project` and `amount`; they start where the row before ends.
    ends: Vec<u32>,
    project: Vec<u16>,
    amount: Amounts,
    /// Empty while every row is one ballot.
    weight: Vec<u32>,
    /// Empty while every row says [`Fallback::Others`].
    fallback: Vec<Fallback>,
    len: u32,
    /// Room in which a ballot's lines are sorted, kept so that no ballot needs an allocation of its own.
    unsorted: Vec<(u16, Minor)>,
}

/// The amounts of all lines, none of which is below zero.
#[derive(Clone)]
enum Amounts {
    Narrow(Vec<u32>),
    Wide(Vec<i64>),
}

impl Default for Amounts {
    fn default() -> Amounts {
        Amounts::Narrow(Vec::new())
    }
}

impl Amounts {
    fn of(&self, lines: Range<usize>) -> RowAmounts<'_> {
        match self {
            Amounts::Narrow(amounts) => RowAmounts::Narrow(&amounts[lines]),
            Amounts::Wide(amounts) => RowAmounts::Wide(&amounts[lines]),
        }
    }

    /// Makes room for amounts up to this one.
    fn fit(&mut self, greatest: i64) {
        if let Amounts::Narrow(amounts) = self
            && u32::try_from(greatest).is_err()
        {
            *self = Amounts::Wide(amounts.iter().map(|&amount| amount.into()).collect());
        }
    }

    fn extend(&mut self, new: impl Iterator<Item = i64>) {
        match self {
            Amounts::Narrow(amounts) => {
                amounts.extend(new.map(|amount| u32::try_from(amount).expect("the column was made to fit")));
            }
            Amounts::Wide(amounts) => amounts.extend(new),
        }
    }

    fn greatest(&self) -> i64 {
        match self {
            Amounts::Narrow(amounts) => amounts.iter().copied().max().unwrap_or(0).into(),
            Amounts::Wide(amounts) => amounts.iter().copied().max().unwrap_or(0),
        }
    }

    /// All amounts put otherwise, by what keeps their order.
    fn mapped(&self, map: impl Fn(i64) -> i64) -> Amounts {
        let mut mapped = Amounts::default();
        mapped.fit(map(self.greatest()));
        match self {
            Amounts::Narrow(amounts) => mapped.extend(amounts.iter().map(|&amount| map(amount.into()))),
            Amounts::Wide(amounts) => mapped.extend(amounts.iter().map(|&amount| map(amount))),
        }
        mapped
    }
}

/// The amounts of one row.
#[derive(Clone, Copy)]
enum RowAmounts<'a> {
    Narrow(&'a [u32]),
    Wide(&'a [i64]),
}

/// One row of [`Ballots`]: the lines of one ballot, and how many ballots say just this.
#[derive(Clone, Copy)]
pub struct Ballot<'a> {
    projects: &'a [u16],
    amounts: RowAmounts<'a>,
    fallback: Fallback,
    weight: u32,
}

impl<'a> Ballot<'a> {
    /// Project index and amount, by rising index; amounts are above zero.
    #[inline]
    pub fn lines(&self) -> Lines<'a> {
        match self.amounts {
            RowAmounts::Narrow(amounts) => Lines(Width::Narrow(self.projects.iter().zip(amounts))),
            RowAmounts::Wide(amounts) => Lines(Width::Wide(self.projects.iter().zip(amounts))),
        }
    }

    /// What becomes of money that its project cannot use.
    pub fn fallback(&self) -> Fallback {
        self.fallback
    }

    /// How many ballots say this.
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// What each of them gives in all.
    pub fn given(&self) -> Minor {
        Minor::new(match self.amounts {
            RowAmounts::Narrow(amounts) => amounts.iter().map(|&amount| i64::from(amount)).sum(),
            RowAmounts::Wide(amounts) => amounts.iter().sum(),
        })
    }

    /// By what is said, whatever the weight.
    fn compare(&self, other: &Ballot<'_>) -> Ordering {
        self.lines().cmp(other.lines()).then(self.fallback.cmp(&other.fallback))
    }

    /// Whether both say the same, being rows of the same columns.
    fn says_the_same(&self, other: &Ballot<'_>) -> bool {
        let same_amounts = match (self.amounts, other.amounts) {
            (RowAmounts::Narrow(ours), RowAmounts::Narrow(theirs)) => ours == theirs,
            (RowAmounts::Wide(ours), RowAmounts::Wide(theirs)) => ours == theirs,
            _ => unreachable!("a column has one width"),
        };
        self.projects == other.projects && same_amounts && self.fallback == other.fallback
    }

    fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        let mut state = hasher.build_hasher();
        self.projects.hash(&mut state);
        match self.amounts {
            RowAmounts::Narrow(amounts) => amounts.hash(&mut state),
            RowAmounts::Wide(amounts) => amounts.hash(&mut state),
        }
        state.write_u8(self.fallback as u8);
        state.finish()
    }
}

/// Rows are equal that give the same, fall back alike and stand for as many ballots.
impl PartialEq for Ballot<'_> {
    fn eq(&self, other: &Ballot<'_>) -> bool {
        self.weight == other.weight && self.compare(other) == Ordering::Equal
    }
}

impl Eq for Ballot<'_> {}

/// The lines of one row: project index and amount.
#[derive(Clone)]
pub struct Lines<'a>(Width<'a>);

#[derive(Clone)]
enum Width<'a> {
    Narrow(Zip<slice::Iter<'a, u16>, slice::Iter<'a, u32>>),
    Wide(Zip<slice::Iter<'a, u16>, slice::Iter<'a, i64>>),
}

fn narrow((&project, &amount): (&u16, &u32)) -> (u16, Minor) {
    (project, Minor::new(amount.into()))
}

fn wide((&project, &amount): (&u16, &i64)) -> (u16, Minor) {
    (project, Minor::new(amount))
}

impl Iterator for Lines<'_> {
    type Item = (u16, Minor);

    fn next(&mut self) -> Option<(u16, Minor)> {
        match &mut self.0 {
            Width::Narrow(lines) => lines.next().map(narrow),
            Width::Wide(lines) => lines.next().map(wide),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Width::Narrow(lines) => lines.size_hint(),
            Width::Wide(lines) => lines.size_hint(),
        }
    }

    /// Asks for the width once a row rather than once a line.
    fn fold<B, F: FnMut(B, (u16, Minor)) -> B>(self, init: B, f: F) -> B {
        match self.0 {
            Width::Narrow(lines) => lines.map(narrow).fold(init, f),
            Width::Wide(lines) => lines.map(wide).fold(init, f),
        }
    }
}

impl ExactSizeIterator for Lines<'_> {}

impl Ballots {
    /// No ballots.
    pub fn new() -> Ballots {
        Ballots::default()
    }

    /// No ballots, and room for so many with so many lines in all.
    pub fn with_capacity(ballots: usize, lines: usize) -> Ballots {
        Ballots {
            ends: Vec::with_capacity(ballots),
            project: Vec::with_capacity(lines),
            amount: Amounts::Narrow(Vec::with_capacity(lines)),
            ..Ballots::default()
        }
    }

    /// How many ballots there are, equal ones counted each.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many rows there are; at most as many as ballots.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// A row, from 0 up to [`Ballots::rows`].
    #[inline]
    pub fn row(&self, at: usize) -> Ballot<'_> {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        let lines = start..self.ends[at] as usize;
        Ballot {
            projects: &self.project[lines.clone()],
            amounts: self.amount.of(lines),
            fallback: self.fallback.get(at).copied().unwrap_or_default(),
            weight: self.weight(at),
        }
    }

    /// How many ballots a row stands for.
    pub(crate) fn weight(&self, at: usize) -> u32 {
        self.weight.get(at).copied().unwrap_or(1)
    }

    /// The rows, in the order of arrival, which means nothing to a count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Ballot<'_>> + Clone {
        (0..self.rows()).map(|at| self.row(at))
    }

    /// Adds a ballot. Lines of zero are dropped, and the order of lines means nothing, though rising indices are
    /// quickest; a ballot without lines counts as a ballot. On an error nothing is added.
    pub fn push(&mut self, lines: &[(u16, Minor)], fallback: Fallback) -> Result<(), BallotError> {
        if lines.is_sorted_by(|one, next| one.0 < next.0) {
            return self.push_rising(lines, fallback);
        }
        let mut rising = std::mem::take(&mut self.unsorted);
        rising.clear();
        rising.extend(lines.iter().filter(|&&(_, amount)| amount != Minor::ZERO));
        rising.sort_unstable();
        let pushed = self.push_sorted(&rising, fallback);
        self.unsorted = rising;
        pushed
    }

    fn push_sorted(&mut self, lines: &[(u16, Minor)], fallback: Fallback) -> Result<(), BallotError> {
        refuse_negative(lines)?;
        match lines.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(BallotError::RepeatedProject { index: pair[0].0 }),
            None => self.push_rising(lines, fallback),
        }
    }

    /// Adds lines that are sorted, each with a project of its own.
    fn push_rising(&mut self, lines: &[(u16, Minor)], fallback: Fallback) -> Result<(), BallotError> {
        refuse_negative(lines)?;
        lines
            .iter()
            .try_fold(Minor::ZERO, |sum, &(_, amount)| sum.checked_add(amount))
            .ok_or(BallotError::SumTooLarge)?;
        let lines = lines.iter().filter(|&&(_, amount)| amount != Minor::ZERO);
        let end =
            u32::try_from(self.project.len() + lines.clone().count()).map_err(|_| BallotError::TooMany)?;
        self.len = self.len.checked_add(1).ok_or(BallotError::TooMany)?;
        self.append(lines.copied());
        self.push_row(end, fallback, 1);
        Ok(())
    }

    /// Adds a ballot that says what the ballots of this row say.
    ///
    /// # Panics
    /// If there is no such row.
    pub(crate) fn push_again(&mut self, row: usize) -> Result<(), BallotError> {
        self.len = self.len.checked_add(1).ok_or(BallotError::TooMany)?;
        if self.weight.is_empty() {
            self.weight.resize(self.rows(), 1);
        }
        self.weight[row] += 1;
        Ok(())
    }

    fn append(&mut self, lines: impl Iterator<Item = (u16, Minor)> + Clone) {
        let amounts = lines.clone().map(|(_, amount)| amount.get());
        self.amount.fit(amounts.clone().max().unwrap_or(0));
        self.amount.extend(amounts);
        self.project.extend(lines.map(|(project, _)| project));
    }

    fn push_row(&mut self, end: u32, fallback: Fallback, weight: u32) {
        put(&mut self.fallback, self.ends.len(), Fallback::Others, fallback);
        put(&mut self.weight, self.ends.len(), 1, weight);
        self.ends.push(end);
    }

    /// The same ballots with one row for all that say the same, by rising lines: which ballots there are decides
    /// everything, in which order they came nothing. Counts agree on both to the last unit.
    pub fn merged(&self) -> Ballots {
        let row = |group: &Group| self.row(group.row as usize);
        let mut groups = self.groups(self.rows());
        groups.sort_unstable_by(|one, other| {
            one.rank.cmp(&other.rank).then_with(|| row(one).compare(&row(other)))
        });
        let lines = groups.iter().map(|group| row(group).projects.len()).sum();
        let mut merged = Ballots { len: self.len, ..Ballots::with_capacity(groups.len(), lines) };
        for group in &groups {
            let row = row(group);
            merged.append(row.lines());
            let end = u32::try_from(merged.project.len()).expect("merging adds no lines");
            merged.push_row(end, row.fallback, group.weight);
        }
        merged
    }

    /// How many of the first rows say something different.
    pub(crate) fn distinct_among(&self, first: usize) -> usize {
        self.groups(first).len()
    }

    /// Those of the first rows that say the same, found by their hash, in order of first appearance.
    fn groups(&self, first: usize) -> Vec<Group> {
        let ranking = Ranking::of(self);
        let hasher = hashbrown::DefaultHashBuilder::default();
        let mut groups: Vec<Group> = Vec::new();
        let mut by_hash: HashTable<(u64, u32)> = HashTable::new();
        for (at, row) in (0..).zip(self.iter().take(first)) {
            let hash = row.hash(&hasher);
            let is_row = |&(other, group): &(u64, u32)| {
                other == hash && self.row(groups[group as usize].row as usize).says_the_same(&row)
            };
            match by_hash.entry(hash, is_row, |&(hash, _)| hash) {
                Entry::Occupied(found) => groups[found.get().1 as usize].weight += row.weight,
                Entry::Vacant(place) => {
                    let group = u32::try_from(groups.len()).expect("there are fewer groups than ballots");
                    place.insert((hash, group));
                    groups.push(Group { rank: ranking.rank(&row), row: at, weight: row.weight });
                }
            }
        }
        groups
    }

    /// The same ballots with every amount so many times.
    ///
    /// # Panics
    /// If `by` is not above zero, as lines without money are no lines.
    pub fn scaled(&self, by: Minor) -> Result<Ballots, BallotError> {
        assert!(by > Minor::ZERO, "ballots are scaled by an amount above zero");
        if self.iter().any(|ballot| ballot.given().checked_mul(by.get()).is_none()) {
            return Err(BallotError::SumTooLarge);
        }
        Ok(self.with_amounts(|amount| amount * by.get()))
    }

    /// The same ballots with every amount in steps, which are above zero, where all are whole numbers of them.
    pub(crate) fn in_steps(&self, step: Minor) -> Option<Ballots> {
        let is_whole = |(_, amount): (u16, Minor)| amount.get() % step.get() == 0;
        self.iter()
            .all(|row| row.lines().all(is_whole))
            .then(|| self.with_amounts(|amount| amount / step.get()))
    }

    fn with_amounts(&self, map: impl Fn(i64) -> i64) -> Ballots {
        Ballots {
            ends: self.ends.clone(),
            project: self.project.clone(),
            amount: self.amount.mapped(map),
            weight: self.weight.clone(),
            fallback: self.fallback.clone(),
            len: self.len,
            unsorted: Vec::new(),
        }
    }

    pub(crate) fn greatest_amount(&self) -> Minor {
        Minor::new(self.amount.greatest())
    }

    pub(crate) fn greatest_project(&self) -> Option<u16> {
        self.project.iter().copied().max()
    }
}

fn refuse_negative(lines: &[(u16, Minor)]) -> Result<(), BallotError> {
    match lines.iter().find(|&&(_, amount)| amount < Minor::ZERO) {
        Some(&(index, _)) => Err(BallotError::Negative { index }),
        None => Ok(()),
    }
}

/// Rows that say the same.
struct Group {
    rank: u64,
    /// The first of them.
    row: u32,
    /// How many ballots they are together.
    weight: u32,
}

/// How to pack the first lines of a row into a number that rises with the lines in their order, so that most rows can
/// be sorted without looking at them again. Rows that differ later may share it.
struct Ranking {
    amount_bits: u32,
    /// The low bits of amounts that are left out, where project and amount alone are more than 64.
    left_out_bits: u32,
    line_bits: u32,
}

impl Ranking {
    fn of(ballots: &Ballots) -> Ranking {
        let bits = |greatest: u64| u64::BITS - greatest.leading_zeros();
        let project_bits = bits(ballots.greatest_project().unwrap_or(0).into());
        let needed_bits = bits(ballots.amount.greatest().unsigned_abs()).max(1);
        let amount_bits = needed_bits.min(u64::BITS - project_bits);
        Ranking {
            amount_bits,
            left_out_bits: needed_bits - amount_bits,
            line_bits: project_bits + amount_bits,
        }
    }

    fn rank(&self, row: &Ballot<'_>) -> u64 {
        let mut free_bits = u64::BITS;
        let mut rank = 0;
        for (project, amount) in row.lines().take((u64::BITS / self.line_bits) as usize) {
            free_bits -= self.line_bits;
            let amount = amount.get().unsigned_abs() >> self.left_out_bits;
            rank |= (u64::from(project) << self.amount_bits | amount) << free_bits;
        }
        rank
    }
}

/// Adds to a column that stays empty as long as it holds only what is usual.
fn put<T: Copy + PartialEq>(column: &mut Vec<T>, rows: usize, usual: T, value: T) {
    if column.is_empty() {
        if value == usual {
            return;
        }
        column.resize(rows, usual);
    }
    column.push(value);
}

/// Equal are the same rows in the same order.
impl PartialEq for Ballots {
    fn eq(&self, other: &Ballots) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Ballots {}

/// Says how many there are and nothing of what they say: ballots do not belong in a log.
impl fmt::Debug for Ballots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ballots").field("len", &self.len).finish_non_exhaustive()
    }
}

/// Why lines are not a ballot that can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BallotError {
    /// A line takes money away.
    Negative {
        /// The project's index.
        index: u16,
    },
    /// Two lines name one project.
    RepeatedProject {
        /// The project's index.
        index: u16,
    },
    /// The sum of the lines is more than any amount can be.
    SumTooLarge,
    /// There are 2^32 ballots or lines already.
    TooMany,
}

impl fmt::Display for BallotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BallotError::Negative { index } => {
                write!(f, "a ballot takes money from project number {index}")
            }
            BallotError::RepeatedProject { index } => {
                write!(f, "a ballot names project number {index} twice")
            }
            BallotError::SumTooLarge => f.write_str("a ballot gives more than can be counted"),
            BallotError::TooMany => f.write_str("there are more ballots than can be counted"),
        }
    }
}

impl std::error::Error for BallotError {}
