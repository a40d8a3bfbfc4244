//! Choices that wait to be checked, in the browser of whoever made them and nowhere else.
//!
//! A cookie of half an hour, which only the pages of one ballot get, holds them as a receipt writes them; so "check your
//! choices" has an address of its own, and going back or changing the language neither sends a form again nor loses
//! anything. It is tied to one person: the next one at the same device is not shown it.

use crate::access::{Citizen, Visit};
use crate::pages::citizen::ballot::Booth;
use crate::receipt::Receipt;
use axum::http::HeaderValue;
use tally::{Fallback, Minor};

const COOKIE: &str = "choices";
const SECONDS: i64 = 30 * 60;

/// Keeps choices (project place and amount) made while this version was in the urn; none where they are too many for a
/// cookie.
#[must_use]
pub fn keep(
    visit: &Visit,
    booth: &Booth,
    citizen: &Citizen,
    (version, fallback, lines): (i64, Fallback, &[(u16, Minor)]),
) -> Option<HeaderValue> {
    let line = |&(place, amount): &(u16, Minor)| (booth.projects[usize::from(place)].slug.as_str(), amount);
    let lines: Vec<_> = lines.iter().map(line).collect();
    let receipt = Receipt::of(version, fallback, &lines, &booth.projects, booth.cycle.sheet.step)?;
    let code = receipt.print(&booth.address())?;
    let mark = mark(visit, citizen, &code);
    Some(visit.set_cookie_for(&path(booth), COOKIE, &format!("{code}.{mark}"), SECONDS))
}

/// The choices of this citizen that wait in this browser.
#[must_use]
pub fn read(visit: &Visit, booth: &Booth) -> Option<Receipt> {
    let citizen = visit.citizen_of(&booth.cycle).ok()?;
    let (code, found) = visit.cookie(COOKIE)?.split_once('.')?;
    if mark(visit, citizen, code) != found {
        return None;
    }
    Receipt::parse(code, &booth.address()).ok()
}

/// Forgets them.
#[must_use]
pub fn forget(visit: &Visit, town: &str, cycle: &str) -> HeaderValue {
    visit.set_cookie_for(&format!("/{town}/{cycle}/ballot"), COOKIE, "", 0)
}

fn path(booth: &Booth) -> String {
    format!("{}/ballot", booth.base())
}

fn mark(visit: &Visit, citizen: &Citizen, code: &str) -> String {
    visit.house.roll_key.mark(&["choices", &citizen.cycle_id, &citizen.roll_entry_id, code])
}
