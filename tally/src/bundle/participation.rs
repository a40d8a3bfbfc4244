//! Who took part, told so that no small group can be told apart.
//!
//! A figure of fewer than ten people says something of each of them, so it is merged with others until it does not; where
//! nothing is left to tell, a part is not told at all.

use super::{ParticipationRow, Scope};

/// The smallest number of voters that a row tells of, but for the row of all.
pub const LEAST: u64 = 10;

/// The value of the row that stands for merged channels or districts.
pub const OTHER: &str = "other";

/// How many could take part and how many did, of one channel, district or day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which: a channel, the slug of a district, or a day as `YYYY-MM-DD`.
    pub value: String,
    /// How many could; none where that has no meaning.
    pub eligible: Option<u64>,
    /// How many did.
    pub voted: u64,
}

/// The rows of all, then of channels, districts and days, with small cells merged. Days are in order and each once.
pub fn participation(
    (eligible, voted): (Option<u64>, u64),
    channels: Vec<Cell>,
    districts: Vec<Cell>,
    days: Vec<Cell>,
) -> Vec<ParticipationRow> {
    let all = ParticipationRow { scope: Scope::All, value: String::new(), eligible, voted };
    let rows = |scope: Scope, cells: Vec<Cell>| {
        cells.into_iter().map(move |Cell { value, eligible, voted }| ParticipationRow {
            scope,
            value,
            eligible,
            voted,
        })
    };
    [all]
        .into_iter()
        .chain(rows(Scope::Channel, merge(channels)))
        .chain(rows(Scope::District, merge(districts)))
        .chain(rows(Scope::Day, merge_days(days)))
        .collect()
}

/// Cells of ten voters or more by their value, and last what the others are together; nothing where all are small.
///
/// One small cell alone would be what the others lack of the whole, so the smallest of the others joins it.
fn merge(mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by(|a, b| (a.voted, &a.value).cmp(&(b.voted, &b.value)));
    let mut kept = cells.split_off(cells.partition_point(|cell| cell.voted < LEAST));
    let mut small = cells;
    while !small.is_empty() && (sum(&small) < LEAST || small.len() < 2) && !kept.is_empty() {
        small.push(kept.remove(0));
    }
    kept.sort_by(|a, b| a.value.cmp(&b.value));
    if kept.is_empty() {
        return Vec::new();
    }
    if !small.is_empty() {
        let eligible = small.iter().map(|cell| cell.eligible).sum();
        kept.push(Cell { value: OTHER.to_owned(), eligible, voted: sum(&small) });
    }
    kept
}

fn sum(cells: &[Cell]) -> u64 {
    cells.iter().map(|cell| cell.voted).sum()
}

/// Spans of days with ten voters or more, as `YYYY-MM-DD` or `FIRST/LAST` (ISO 8601); nothing where all are too few.
fn merge_days(days: Vec<Cell>) -> Vec<Cell> {
    let mut spans = spans(days);
    if spans.last().is_some_and(|last| last.voted < LEAST) {
        let last = spans.pop().expect("it was just seen");
        match spans.last_mut() {
            Some(span) => join(span, &last),
            None => return Vec::new(),
        }
    }
    spans
}

/// The spans of days that can be told while more days are to come, so that what is told once never changes: days at the
/// end that are too few together wait for the next ones, since what they are would show when the others are told again
/// without them.
pub fn days_so_far(days: Vec<Cell>) -> Vec<Cell> {
    let mut spans = spans(days);
    spans.pop_if(|last| last.voted < LEAST);
    spans
}

/// Spans of days, the last of which may have fewer than ten voters.
fn spans(days: Vec<Cell>) -> Vec<Cell> {
    let mut spans: Vec<Cell> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some(span) if span.voted < LEAST => join(span, &day),
            _ => spans.push(day),
        }
    }
    spans
}

fn join(span: &mut Cell, next: &Cell) {
    let first = span.value.split('/').next().unwrap_or_default();
    let last = next.value.split('/').next_back().unwrap_or_default();
    span.value = format!("{first}/{last}");
    span.voted += next.voted;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: &str, eligible: u64, voted: u64) -> Cell {
        Cell { value: value.into(), eligible: Some(eligible), voted }
    }

    fn day(value: &str, voted: u64) -> Cell {
        Cell { value: value.into(), eligible: None, voted }
    }

    fn told(cells: Vec<Cell>) -> Vec<(String, Option<u64>, u64)> {
        cells.into_iter().map(|cell| (cell.value, cell.eligible, cell.voted)).collect()
    }

    #[test]
    fn a_small_district_is_never_alone() {
        let merged = merge(vec![cell("south", 90, 40), cell("north", 30, 3), cell("east", 50, 12)]);
        assert_eq!(told(merged), [("south".into(), Some(90), 40), ("other".into(), Some(80), 15)]);
        let merged = merge(vec![cell("a", 9, 5), cell("b", 9, 5), cell("c", 20, 10)]);
        assert_eq!(told(merged), [("c".into(), Some(20), 10), ("other".into(), Some(18), 10)]);
    }

    #[test]
    fn what_would_tell_all_or_nothing_is_not_told() {
        assert_eq!(merge(vec![cell("north", 30, 3), cell("south", 90, 40)]), []);
        assert_eq!(merge(vec![cell("north", 30, 3)]), []);
        assert_eq!(merge(Vec::new()), []);
        assert_eq!(merge(vec![cell("online", 40, 30)]), [cell("online", 40, 30)]);
    }

    #[test]
    fn days_are_joined_to_spans_of_ten_voters() {
        let days = [("01", 4), ("02", 3), ("04", 5), ("05", 30), ("06", 2)];
        let days = days.map(|(number, voted)| day(&format!("2026-06-{number}"), voted)).to_vec();
        let spans = merge_days(days);
        assert_eq!(
            told(spans),
            [("2026-06-01/2026-06-04".into(), None, 12), ("2026-06-05/2026-06-06".into(), None, 32)]
        );
        assert_eq!(merge_days(vec![day("2026-06-01", 9)]), []);
    }

    #[test]
    fn what_is_told_of_days_never_changes_while_days_are_to_come() {
        let days = [("01", 4), ("02", 7), ("03", 12), ("04", 2), ("05", 9), ("06", 1)];
        let days = days.map(|(number, voted)| day(&format!("2026-06-{number}"), voted)).to_vec();
        let mut before = Vec::new();
        for so_far in 0..=days.len() {
            let now = told(days_so_far(days[..so_far].to_vec()));
            assert!(now.iter().all(|(_, _, voted)| *voted >= LEAST));
            assert_eq!(before, now[..before.len()], "after {so_far} days");
            before = now;
        }
        let spans = [("2026-06-01/2026-06-02", 11), ("2026-06-03", 12), ("2026-06-04/2026-06-05", 11)];
        assert_eq!(before, spans.map(|(span, voted)| (span.to_owned(), None, voted)));
    }
}
