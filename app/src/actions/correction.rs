//! Corrections of a published result: count again, look at what changes, publish or throw away.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Fields;
use crate::pages::office::correction::{self as page, Corrections};
use crate::record;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::outcome::Correcting;

/// How many characters a reason may have, in each language.
const LONGEST: usize = 1_000;
/// How many ballots one correction may leave out.
const MOST_VOID: usize = 1_000;

/// Counts again, without the ballots that are named, and keeps the outcome until it is published or thrown away.
pub async fn count(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let of = Corrections::read(&visit, &town, &cycle).await?;
    let t = visit.text;
    let mut problems = Problems::default();
    problems.limit_translated(t, &form, "reason", LONGEST);
    let reason = form.translated("reason");
    if reason.is_empty() {
        problems.add("reason.fr", t.correction_reason_missing());
    }
    let void = numbers(form.get("void"));
    if void.is_none() {
        problems.add("void", t.correction_void_unreadable());
    }
    let (Some(void), true) = (void, problems.is_empty()) else {
        return Ok(page::page(&visit, &of, (&form, &problems)));
    };
    let closed = store::cycle::closed(of.cycle.clone()).ok_or(Error::WrongPhase)?;
    match store::outcome::correct(visit.db(), &closed, (&void, &reason), visit.now).await? {
        Correcting::Counted => return Ok(back(&visit, (&town, &cycle), Done::Counted)),
        Correcting::NotNow => return Err(Error::WrongPhase),
        Correcting::NoSuchBallot(number) => {
            problems.add("void", t.correction_no_such_ballot(&t.number(number.into())));
        }
        Correcting::Refused(_) => problems.add("void", t.correction_refused()),
    }
    Ok(page::page(&visit, &of, (&form, &problems)))
}

/// Publishes the correction that was looked at, at once. Another one that took its place meanwhile is left alone.
pub async fn publish(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let of = Corrections::read(&visit, &town, &cycle).await?;
    let seen = of.waiting.as_ref().filter(|waiting| waiting.counted_at.to_string() == form.get("counted_at"));
    let seen = seen.ok_or(Error::WrongPhase)?;
    if !record::publish_counted(&visit.house, (&of.town, &of.cycle), seen, visit.now).await? {
        return Err(Error::WrongPhase);
    }
    Ok(back(&visit, (&town, &cycle), Done::Published))
}

/// Throws away the correction that waits.
pub async fn discard(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let of = Corrections::read(&visit, &town, &cycle).await?;
    if !store::outcome::discard(visit.db(), &of.cycle).await? {
        return Err(Error::WrongPhase);
    }
    Ok(back(&visit, (&town, &cycle), Done::Withdrawn))
}

fn back(visit: &Visit, (town, cycle): (&str, &str), done: Done) -> Response {
    go_on(visit, &format!("/office/{town}/{cycle}/corrections"), done)
}

/// The numbers of ballots as people list them, with commas, semicolons or spaces between; none where one is no number.
fn numbers(typed: &str) -> Option<Vec<u32>> {
    let between = |c: char| matches!(c, ',' | ';' | '،') || c.is_whitespace();
    let numbers: Option<Vec<u32>> =
        typed.split(between).filter(|number| !number.is_empty()).map(|number| number.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() <= MOST_VOID)
}
