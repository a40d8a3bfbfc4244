//! `/{town}/{cycle}/turnout.csv`: how many took part, day by day, while a cycle is open and after.
//!
//! Only days that are over, and joined until ten people or more voted in each span; a span that was told never changes.
//! Never amounts.

use super::table;
use crate::access::Visit;
use crate::error::Error;
use crate::text::{Text, zone};
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use store::cycle::Cycle;
use store::municipality::Municipality;

/// The columns of the table.
const COLUMNS: [&str; 4] = ["day", "voted", "voted_so_far", "eligible"];

/// A day or span of days.
pub(super) struct Day {
    /// `2026-06-01` or `2026-06-01/2026-06-03` (ISO 8601).
    pub(super) span: String,
    /// How many took part on it.
    pub(super) voted: u64,
    /// How many did until its end.
    so_far: u64,
    /// How many may.
    eligible: Option<u64>,
}

impl Day {
    /// All days of a cycle that can be told now, in order.
    pub(super) async fn all(visit: &Visit, town: &Municipality, cycle: &Cycle) -> Result<Vec<Self>, Error> {
        let today = visit.now.to_zoned(zone(&town.time_zone)).date().to_string();
        let days = store::roll::days(visit.db(), cycle, &today).await?;
        let eligible = store::roll::turnout(visit.db(), cycle).await?.eligible;
        let eligible = eligible.and_then(|eligible| u64::try_from(eligible).ok());
        let mut so_far = 0;
        let spans = tally::bundle::days_so_far(days).into_iter().map(|cell| {
            so_far += cell.voted;
            Self { span: cell.value, voted: cell.voted, so_far, eligible }
        });
        Ok(spans.collect())
    }

    /// The first and the last day.
    fn ends(&self) -> (&str, &str) {
        self.span.split_once('/').unwrap_or((&self.span, &self.span))
    }

    /// The day, or from when to when.
    pub(super) fn words(&self, t: Text, time_zone: &str) -> String {
        let day = |day| midnight(day, time_zone).map(|at| t.day(at, time_zone)).unwrap_or_default();
        match self.ends() {
            (first, last) if first == last => day(first),
            (first, last) => t.days_from_to(&day(first), &day(last)),
        }
    }

    /// When it was over: the next midnight in the town.
    pub(super) fn complete_at(&self, time_zone: &str) -> Timestamp {
        let next = self.ends().1.parse::<Date>().and_then(|last| last.tomorrow());
        next.ok().and_then(|next| midnight(&next.to_string(), time_zone)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// How many until its end, of how many.
    pub(super) fn of_eligible(&self, t: Text) -> String {
        match self.eligible {
            Some(eligible) => t.of_eligible(&t.number(self.so_far), &t.number(eligible)),
            None => t.voters(self.so_far),
        }
    }
}

fn midnight(day: &str, time_zone: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Some(day.to_zoned(zone(time_zone)).ok()?.timestamp())
}

/// The table.
pub async fn csv(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let days = Day::all(&visit, &town, &cycle).await?;
    let rows = days.iter().map(|day| {
        let eligible = day.eligible.map(|eligible| eligible.to_string()).unwrap_or_default();
        [day.span.clone(), day.voted.to_string(), day.so_far.to_string(), eligible]
    });
    table::answer(&format!("{}-{}-turnout.csv", town.slug, cycle.slug), COLUMNS, rows)
}
