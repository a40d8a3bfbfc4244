//! The release of a result: at once, or at an announced second; and taking an announced one back while nobody has seen it.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::{Fields, redirect};
use crate::pages::office::release::{self as page, Release};
use crate::record;
use crate::text::zone;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// Publishes the outcome, for everybody at once.
pub async fn publish(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (_, asked) = visit.managed_cycle(&town, &cycle).await?;
    if asked.published_at.is_some() {
        // Pressed twice is pressed once.
        return Ok(redirect(&format!("/office/{town}/{cycle}"), &[]));
    }
    let release = Release::read(&visit, &town, &cycle).await?;
    let mut problems = Problems::default();
    let Some(at) = moment(&visit, &release, &form, &mut problems) else {
        return Ok(page::page(&visit, &release, (&form, &problems)));
    };
    if !record::publish_counted(&visit.house, (&release.town, &release.cycle), &release.counted, at).await? {
        return Err(Error::WrongPhase);
    }
    let done = if at > visit.now { Done::Scheduled } else { Done::Published };
    Ok(go_on(&visit, &format!("/office/{town}/{cycle}"), done))
}

/// Takes back a release that is still to come.
pub async fn withdraw(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let release = Release::read(&visit, &town, &cycle).await?;
    if !store::outcome::withdraw(visit.db(), &release.cycle, visit.now).await? {
        return Err(Error::WrongPhase);
    }
    Ok(go_on(&visit, &format!("/office/{town}/{cycle}"), Done::Withdrawn))
}

/// When everybody is to see it: now where the form names no later moment.
fn moment(visit: &Visit, release: &Release, form: &Fields, problems: &mut Problems) -> Option<Timestamp> {
    if form.get("when") != "later" {
        return Some(visit.now);
    }
    let date = form.trimmed("release_date").parse::<Date>().ok();
    let time = form.trimmed("release_time").parse::<Time>().ok();
    let zoned = date
        .zip(time)
        .and_then(|(date, time)| date.to_datetime(time).to_zoned(zone(&release.town.time_zone)).ok());
    let at = zoned.map(|zoned| zoned.timestamp());
    if at.is_none_or(|at| at <= visit.now) {
        problems.add("release_date", visit.text.release_in_the_past());
        return None;
    }
    at
}
