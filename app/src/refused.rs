//! What is wrong with a form that was sent, said once on the form's own page.
//!
//! A refusal that is answered where the form was sent leaves a page behind to which "back" can only go by sending the form
//! again. So it leads (303) to the page that has the form, and what was typed and what is wrong with it travel in a cookie
//! of half a minute, which that page alone gets and ends. Not for passwords, which no page shows again.

use crate::access::{LONGEST_COOKIE, Visit};
use crate::form::{Fields, redirect};
use crate::views::field::Problems;
use axum::http::HeaderValue;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;

const COOKIE: &str = "refused";
const SECONDS: i64 = 30;

/// Leads back to the form, which is asked for at the address that it was sent to; nothing where all is too long for a
/// cookie, and must be said at once.
#[must_use]
pub fn send_back(visit: &Visit, typed: &Fields, problems: &Problems) -> Option<Response> {
    let [typed, wrong] = [typed.encoded(), problems.as_fields().encoded()]
        .map(|fields| BASE64URL_NOPAD.encode(fields.as_bytes()));
    let value = format!("{typed}.{wrong}.{}", mark(visit, &typed, &wrong));
    let cookie = visit.set_cookie_for(&visit.path, COOKIE, &value, SECONDS);
    (cookie.len() <= LONGEST_COOKIE).then(|| redirect(&visit.path, &[cookie]))
}

/// What was typed into the form of this page and refused a moment ago, and why; nothing where nothing was.
#[must_use]
pub fn read(visit: &Visit) -> (Fields, Problems) {
    found(visit).unwrap_or_default()
}

/// The cookie's end, on the page that says what it holds.
#[must_use]
pub fn forget(visit: &Visit) -> Option<HeaderValue> {
    found(visit).map(|_| visit.set_cookie_for(&visit.path, COOKIE, "", 0))
}

fn found(visit: &Visit) -> Option<(Fields, Problems)> {
    let mut parts = visit.cookie(COOKIE)?.split('.');
    let (typed, wrong, found) = (parts.next()?, parts.next()?, parts.next()?);
    if mark(visit, typed, wrong) != found {
        return None;
    }
    let fields = |encoded: &str| Some(Fields::decoded(&BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?));
    Some((fields(typed)?, Problems::of_fields(&fields(wrong)?)))
}

/// Ties it to its page: nobody else can make this one say anything.
fn mark(visit: &Visit, typed: &str, wrong: &str) -> String {
    visit.house.roll_key.mark(&["refused", &visit.path, typed, wrong])
}
