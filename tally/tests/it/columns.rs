//! Ballots as columns hold what was pushed, in whatever width, and merge and scale without changing what is said.

use proptest::prelude::*;
use tally::ballot::{Ballot, BallotError};
use tally::{Ballots, Fallback, Minor};

use crate::some::Lines;

/// What one row says, without its weight.
type Said = (Lines, Fallback);

fn said(ballot: Ballot<'_>) -> Said {
    (ballot.lines().map(|(project, amount)| (project, amount.get())).collect(), ballot.fallback())
}

fn push(ballots: &mut Ballots, (lines, fallback): &Said) -> Result<(), BallotError> {
    let lines: Vec<_> = lines.iter().map(|&(project, amount)| (project, Minor::new(amount))).collect();
    ballots.push(&lines, *fallback)
}

fn columns(ballots: &[Said]) -> Ballots {
    let mut columns = Ballots::new();
    for ballot in ballots {
        push(&mut columns, ballot).unwrap();
    }
    columns
}

/// As the columns keep it: by rising index, without zeros.
fn kept((lines, fallback): &Said) -> Said {
    let mut lines = lines.clone();
    lines.retain(|&(_, amount)| amount != 0);
    lines.sort_unstable();
    (lines, *fallback)
}

/// Few different ballots, so that many say the same; amounts around the edge of the narrow column.
fn ballots() -> impl Strategy<Value = Vec<Said>> {
    const NARROWEST: i64 = u32::MAX as i64;
    let amount = prop_oneof![8 => 0_i64..3, 1 => NARROWEST - 1..NARROWEST + 2, 1 => Just(1 << 40)];
    let lines = prop::collection::btree_map(0_u16..4, amount, 0..4);
    let lines = lines.prop_map(|lines| lines.into_iter().collect::<Lines>()).prop_shuffle();
    let fallback =
        prop_oneof![6 => Just(Fallback::Others), 1 => Just(Fallback::Everyone), 1 => Just(Fallback::Back)];
    prop::collection::vec((lines, fallback), 0..40)
}

proptest! {
    #[test]
    fn what_is_pushed_is_there(ballots in ballots()) {
        let columns = columns(&ballots);
        prop_assert_eq!((columns.rows(), columns.len() as usize), (ballots.len(), ballots.len()));
        for (at, (row, pushed)) in columns.iter().zip(&ballots).enumerate() {
            prop_assert_eq!(said(row), kept(pushed));
            prop_assert_eq!((row.weight(), row.lines().len()), (1, kept(pushed).0.len()));
            prop_assert_eq!(row.given().get(), pushed.0.iter().map(|line| line.1).sum::<i64>());
            prop_assert_eq!(row.lines().fold(0, |sum, line| sum + line.1.get()), row.given().get());
            prop_assert!(columns.row(at) == row);
        }
    }

    #[test]
    fn a_ballot_that_is_refused_leaves_nothing_behind(ballots in ballots(), wrong in prop_oneof![
        Just(vec![(0, 1 << 40), (1, -1)]),
        Just(vec![(2, 1 << 40), (1, 1), (2, 1)]),
        Just(vec![(0, i64::MAX), (1, i64::MAX)]),
    ]) {
        let mut tried = columns(&ballots);
        prop_assert!(push(&mut tried, &(wrong, Fallback::Back)).is_err());
        prop_assert!(tried == columns(&ballots) && tried.len() as usize == ballots.len());
        push(&mut tried, &(vec![(3, 7)], Fallback::Others)).unwrap();
        prop_assert_eq!(said(tried.row(ballots.len())), (vec![(3, 7)], Fallback::Others));
    }

    #[test]
    fn merged_ballots_are_the_same_ballots_in_whatever_order_they_came(
        (ballots, shuffled) in ballots().prop_flat_map(|ballots| (Just(ballots.clone()), Just(ballots).prop_shuffle()))
    ) {
        let merged = columns(&ballots).merged();
        prop_assert_eq!(merged.len() as usize, ballots.len());
        prop_assert!(merged == columns(&shuffled).merged());
        prop_assert!(merged == merged.merged());
        let rows: Vec<Said> = merged.iter().map(said).collect();
        prop_assert!(rows.is_sorted_by(|one, next| one < next));
        let mut cast: Vec<Said> = ballots.iter().map(kept).collect();
        cast.sort();
        let again = merged.iter().flat_map(|row| vec![said(row); row.weight() as usize]);
        prop_assert_eq!(again.collect::<Vec<_>>(), cast);
    }

    #[test]
    fn scaled_ballots_give_so_many_times_as_much(ballots in ballots(), by in prop_oneof![1_i64..200, Just(1 << 20)]) {
        let times = |(lines, fallback): &Said| {
            (lines.iter().map(|&(project, amount)| (project, amount * by)).collect(), *fallback)
        };
        let scaled: Vec<Said> = ballots.iter().map(times).collect();
        prop_assert!(columns(&ballots).scaled(Minor::new(by)).unwrap() == columns(&scaled));
        let merged = columns(&ballots).merged();
        prop_assert!(merged.scaled(Minor::new(by)).unwrap() == columns(&scaled).merged());
    }
}

#[test]
fn what_does_not_fit_is_not_scaled() {
    let ballots = columns(&[(vec![(0, 1), (1, 1)], Fallback::Others)]);
    assert!(ballots.scaled(Minor::new(i64::MAX / 2)).is_ok());
    assert_eq!(ballots.scaled(Minor::new(i64::MAX / 2 + 1)), Err(BallotError::SumTooLarge));
}

#[test]
fn merging_tells_the_widest_of_numbers_apart() {
    let widest = |amount| (vec![(u16::MAX, amount)], Fallback::Others);
    let columns =
        columns(&[widest(i64::MAX), widest(i64::MAX - 1), widest(i64::MAX), (vec![], Fallback::Back)]);
    let rows: Vec<(Said, u32)> = columns.merged().iter().map(|row| (said(row), row.weight())).collect();
    assert_eq!(rows, [((vec![], Fallback::Back), 1), (widest(i64::MAX - 1), 1), (widest(i64::MAX), 2)]);
}
