//! What a ballot's form said last, in the browser of whoever filled it in and nowhere else.
//!
//! A cookie of half an hour, which only the pages of one ballot get, holds it as it was typed, be it right or wrong. So
//! each step of the ballot has an address of its own: going back, loading again or changing the language neither sends a
//! form again nor loses anything. It is tied to one person: the next one at the same device is not shown it.

use crate::access::{Citizen, LONGEST_COOKIE, Visit};
use crate::form::Fields;
use crate::pages::citizen::ballot::Booth;
use axum::http::HeaderValue;
use data_encoding::BASE64URL_NOPAD;

const COOKIE: &str = "choices";
const AMOUNT: &str = "amount.";
const SECONDS: i64 = 30 * 60;

/// How the fields came to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// They were found right, and are to be checked.
    Check,
    /// Something is to be changed after checking.
    Change,
    /// They break a rule.
    Refused,
    /// They were sent with the mark of a ballot that is recorded already.
    SentBefore,
    /// The rest was spread.
    Rest,
    /// The rest was to be spread, over nothing.
    RestOfNothing,
    /// A receipt was put back.
    Receipt,
    /// A text that is no receipt was to be put back.
    NoReceipt,
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Check,
        Self::Change,
        Self::Refused,
        Self::SentBefore,
        Self::Rest,
        Self::RestOfNothing,
        Self::Receipt,
        Self::NoReceipt,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Change => "change",
            Self::Refused => "refused",
            Self::SentBefore => "sent-before",
            Self::Rest => "rest",
            Self::RestOfNothing => "rest-of-nothing",
            Self::Receipt => "receipt",
            Self::NoReceipt => "no-receipt",
        }
    }
}

/// What waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// How it came to.
    pub step: Step,
    /// The version that was in the urn meanwhile; 0 for none.
    pub version: i64,
    /// What a person chose, as they typed it: the fields `amount.PROJECT`, `fallback` and `receipt`.
    pub fields: Fields,
}

impl Waiting {
    /// Keeps it in the browser of this citizen; none where it is too long for a cookie.
    #[must_use]
    pub fn keep(&self, visit: &Visit, booth: &Booth, citizen: &Citizen) -> Option<HeaderValue> {
        let fields = BASE64URL_NOPAD.encode(self.fields.encoded().as_bytes());
        let said = format!("{}.{}.{fields}", self.step.as_str(), self.version);
        let cookie = visit.set_cookie_for(
            &path(booth),
            COOKIE,
            &format!("{said}.{}", mark(visit, citizen, &said)),
            SECONDS,
        );
        (cookie.len() <= LONGEST_COOKIE).then_some(cookie)
    }

    /// What of this citizen's waits in this browser.
    #[must_use]
    pub fn read(visit: &Visit, booth: &Booth) -> Option<Self> {
        let citizen = visit.citizen_of(&booth.cycle).ok()?;
        let (said, found) = visit.cookie(COOKIE)?.rsplit_once('.')?;
        if mark(visit, citizen, said) != found {
            return None;
        }
        let mut parts = said.split('.');
        let (step, version, fields) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            step: Step::ALL.into_iter().find(|known| known.as_str() == step)?,
            version: version.parse().ok()?,
            fields: Fields::decoded(&BASE64URL_NOPAD.decode(fields.as_bytes()).ok()?),
        })
    }
}

/// What of a ballot's form is chosen by a person: all that waits.
#[must_use]
pub fn chosen(form: &Fields) -> Fields {
    let amounts = form.starting(AMOUNT).filter(|(_, typed)| !typed.is_empty());
    let chosen = amounts.fold(Fields::default(), |fields, (project, typed)| {
        fields.with(&format!("{AMOUNT}{project}"), typed)
    });
    ["fallback", "receipt"]
        .into_iter()
        .filter(|name| form.has(name))
        .fold(chosen, |fields, name| fields.with(name, form.get(name)))
}

/// Forgets it.
#[must_use]
pub fn forget(visit: &Visit, town: &str, cycle: &str) -> HeaderValue {
    visit.set_cookie_for(&format!("/{town}/{cycle}/ballot"), COOKIE, "", 0)
}

fn path(booth: &Booth) -> String {
    format!("{}/ballot", booth.base())
}

fn mark(visit: &Visit, citizen: &Citizen, said: &str) -> String {
    visit.house.roll_key.mark(&["choices", &citizen.cycle_id, &citizen.roll_entry_id, said])
}
