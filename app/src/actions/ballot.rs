//! Sending a ballot: check it, show it for checking, record it.

use crate::access::{Citizen, Visit};
use crate::browse::in_drawn_order;
use crate::error::Error;
use crate::form::{Fields, forgetting_drafts, redirect};
use crate::islands::allocator;
use crate::money;
use crate::pages::citizen::ballot::{self as page, Booth, Choices};
use crate::pages::citizen::enter::{self, Kept};
use crate::receipt::{NotAReceipt, Receipt};
use crate::text::{Text, zone};
use crate::views::field::Problems;
use crate::waiting::{self, Step, Waiting};
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use std::io::ErrorKind;
use store::ballot::{Submission, Submitted};
use store::cycle::{Cycle, Phase};
use store::project::Project;
use tally::{Fallback, Minor, Refusal};

/// The ballot of a citizen, by the cycle's key; none when the key is gone, because the cycle is being closed.
///
/// # Errors
/// `Broken` when the cycle is open and its key file is absent or not the one it was opened with.
pub async fn ballot_id(visit: &Visit, cycle: &Cycle, citizen: &Citizen) -> Result<Option<String>, Error> {
    let key_hash = cycle.key_hash.as_deref().ok_or(Error::WrongPhase)?;
    match visit.house.keys.cycle(&cycle.cycle_id, key_hash) {
        Ok(key) => Ok(Some(key.ballot_id(&citizen.roll_entry_id))),
        Err(gone)
            if gone.kind() == ErrorKind::NotFound
                && store::cycle::phase(visit.db(), &cycle.cycle_id).await? > Phase::Allocating =>
        {
            Ok(None)
        }
        Err(cause) => {
            tracing::error!(%cause, "the key of an open cycle cannot be used");
            Err(Error::Broken)
        }
    }
}

/// From the allocator to "check your choices", or back to it with what is wrong.
pub async fn check(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let booth = match Booth::enter(&visit, &town, &cycle).await {
        Err(Error::EnterCode) => return Ok(enter_again(&visit, &town, &cycle, &form)),
        booth => booth?,
    };
    let read = read(visit.text, &booth, &form);
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(page::closed(&visit, &booth, &read.unwrap_or_default()));
    }
    if !form.get("spread").is_empty() {
        let (step, fields) = spread_rest(&visit, &booth, &form);
        return allocate(&visit, &booth, step, &fields);
    }
    fallback(&booth, &form)?;
    let Ok(lines) = read else { return allocate(&visit, &booth, Step::Refused, &form) };
    to_check(&visit, &booth, &form, &lines, booth.version.unwrap_or(0))
}

/// Sends the citizen on to "check your choices", made while this version was in the urn.
fn to_check(
    visit: &Visit,
    booth: &Booth,
    form: &Fields,
    lines: &[(u16, Minor)],
    version: i64,
) -> Result<Response, Error> {
    let citizen = visit.citizen_of(&booth.cycle)?;
    let waiting = Waiting { step: Step::Check, version, fields: waiting::chosen(form) };
    if let Some(cookie) = waiting.keep(visit, booth, citizen) {
        return Ok(redirect(&format!("{}/ballot/check", booth.base()), &[cookie]));
    }
    // Too long for a cookie: it travels in the form.
    let overtaken = booth.version.is_some_and(|found| found != version);
    let choices = Choices { lines, fallback: fallback(booth, form)?, overtaken };
    Ok(page::check(visit, booth, &choices, visit.house.token()))
}

/// Sends the citizen to the allocator with these fields.
fn allocate(visit: &Visit, booth: &Booth, step: Step, form: &Fields) -> Result<Response, Error> {
    allocate_at(
        visit,
        booth,
        "",
        Waiting { step, version: booth.version.unwrap_or(0), fields: waiting::chosen(form) },
    )
}

/// The same, at a place of the page, which stands behind the `#`, where no log of any server sees it.
fn allocate_at(visit: &Visit, booth: &Booth, place: &str, waiting: Waiting) -> Result<Response, Error> {
    let citizen = visit.citizen_of(&booth.cycle)?;
    Ok(match waiting.keep(visit, booth, citizen) {
        Some(cookie) => redirect(&format!("{}/ballot{place}", booth.base()), &[cookie]),
        // Too long for a cookie: it is shown at once.
        None => page::page(visit, booth, &waiting.fields, Some(waiting.step)),
    })
}

/// "Check your choices", of those that wait in this browser.
pub async fn checking(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    let to_allocator = || Ok(redirect(&format!("{}/ballot", booth.base()), &[]));
    let Some(waiting) = Waiting::read(&visit, &booth) else { return to_allocator() };
    let read = read(visit.text, &booth, &waiting.fields);
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(page::closed(&visit, &booth, &read.unwrap_or_default()));
    }
    let Ok(lines) = read else { return to_allocator() };
    let choices = Choices {
        lines: &lines,
        fallback: fallback(&booth, &waiting.fields)?,
        overtaken: booth.version.is_some_and(|version| version != waiting.version),
    };
    Ok(page::check(&visit, &booth, &choices, visit.house.token()))
}

/// What is wrong with the fields of a ballot that came to wait by this step.
#[must_use]
pub fn wrong(t: Text, booth: &Booth, step: Step, form: &Fields) -> Problems {
    let mut problems = Problems::default();
    match step {
        Step::Check | Step::Change | Step::Rest | Step::Receipt => {}
        Step::Refused => problems = read(t, booth, form).err().unwrap_or_default(),
        Step::SentBefore => problems.add("allocator", t.used_already()),
        Step::RestOfNothing => problems.add("allocator", t.spread_rest_of_nothing()),
        Step::NoReceipt => {
            if let Err(wrong) = Receipt::find(form.get("receipt"), &booth.address()) {
                problems.add("receipt", say_receipt(t, wrong));
            }
        }
    }
    problems
}

/// A receipt as the fields of the allocator.
fn filled(visit: &Visit, booth: &Booth, receipt: &Receipt) -> Fields {
    let format = visit.text.money_format(&booth.cycle.currency);
    let amounts = receipt.amounts(&booth.projects, booth.cycle.sheet.step);
    let fields = amounts.into_iter().fold(Fields::default(), |form, (slug, amount)| {
        form.with(&format!("amount.{slug}"), format.typed(amount.get()))
    });
    fields.with("fallback", receipt.fallback.as_str())
}

/// The door, for a citizen whose session ended meanwhile: what they chose waits there.
fn enter_again(visit: &Visit, town: &str, cycle: &str, form: &Fields) -> Response {
    let kept = Kept::new(format!("/{town}/{cycle}/ballot"), form);
    enter::page(visit, "", &Problems::default(), Some(&kept))
}

/// What becomes of money that a project cannot use, as the form says, where the rule asks.
fn fallback(booth: &Booth, form: &Fields) -> Result<Fallback, Error> {
    match form.get("fallback") {
        said if page::asks_fallback(&booth.cycle) && !said.is_empty() => {
            said.parse().map_err(|_| Error::BadRequest)
        }
        _ => Ok(Fallback::default()),
    }
}

/// The fields, with the rest of the envelope shared between the projects that are chosen already.
fn spread_rest(visit: &Visit, booth: &Booth, form: &Fields) -> (Step, Fields) {
    let sheet = &booth.cycle.sheet;
    let field = |slug: &str| format!("amount.{slug}");
    let amount = |project: &Project| money::parse(form.get(&field(&project.slug)));
    let amounts: Option<Vec<i64>> = booth.projects.iter().map(amount).collect();
    let is_within =
        |amounts: &Vec<i64>| amounts.iter().copied().fold(0, i64::saturating_add) <= sheet.envelope.get();
    // What is no amount, or too much, is said first.
    let Some(amounts) = amounts.filter(is_within) else { return (Step::Refused, form.clone()) };
    if amounts.iter().all(|&amount| amount <= 0) {
        return (Step::RestOfNothing, form.clone());
    }
    let cap_minor = sheet.max_per_project.map(Minor::get);
    let spread = allocator::spread_rest(&amounts, sheet.envelope.get(), sheet.step.get(), cap_minor);
    let format = visit.text.money_format(&booth.cycle.currency);
    let typed = |minor: i64| if minor == 0 { String::new() } else { format.typed(minor) };
    let spread = booth.projects.iter().zip(spread);
    let fields = spread
        .fold(Fields::default(), |form, (project, minor)| form.with(&field(&project.slug), typed(minor)))
        .with("fallback", form.get("fallback"));
    (Step::Rest, fields)
}

/// From "check your choices" to the receipt, or back to the allocator to change something.
pub async fn confirm(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let booth = match Booth::enter(&visit, &town, &cycle).await {
        Err(Error::EnterCode) => return Ok(enter_again(&visit, &town, &cycle, &form)),
        booth => booth?,
    };
    let read = read(visit.text, &booth, &form);
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(page::closed(&visit, &booth, &read.unwrap_or_default()));
    }
    let lines = match read {
        Ok(lines) if form.get("change").is_empty() => lines,
        Ok(_) => return change(&visit, &booth, &form),
        Err(_) => return allocate(&visit, &booth, Step::Refused, &form),
    };
    let submission = form.get("submission");
    if submission.len() != 64 || !submission.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Error::BadRequest);
    }
    let citizen = visit.citizen_of(&booth.cycle)?;
    let with_ids: Vec<_> = lines
        .iter()
        .map(|(place, amount)| (booth.projects[usize::from(*place)].project_id.clone(), *amount))
        .collect();
    let Some(ballot_id) = ballot_id(&visit, &booth.cycle, citizen).await? else {
        return Ok(page::closed(&visit, &booth, &lines));
    };
    let fallback = fallback(&booth, &form)?;
    // A tab that was left open must not replace unseen what another one recorded since.
    let seen = form.get("version");
    if !seen.is_empty()
        && seen != booth.version.unwrap_or(0).to_string()
        && !store::ballot::knows(visit.db(), &ballot_id, submission).await?
    {
        return to_check(&visit, &booth, &form, &lines, seen.parse().unwrap_or(0));
    }
    let sent = Submission {
        cycle_id: &booth.cycle.cycle_id,
        roll_entry_id: &citizen.roll_entry_id,
        ballot_id: &ballot_id,
        submission,
        lines: &with_ids,
        fallback,
        day: &visit.now.to_zoned(zone(&booth.town.time_zone)).date().to_string(),
    };
    match store::ballot::submit(visit.db(), &sent, || visit.house.now()).await? {
        Submitted::Recorded { version } => {
            // Sent again, the form gets the receipt that it got before.
            let before = Recorded::read(&visit, citizen).filter(|recorded| recorded.version == version);
            let recorded = before.unwrap_or_else(|| Recorded {
                version,
                at: visit.now,
                receipt: receipt(&booth, version, sent.fallback, &lines).unwrap_or_default(),
            });
            let forgotten = waiting::forget(&visit, &booth.town.slug, &booth.cycle.slug);
            let cookies = [recorded.cookie(&visit, citizen), forgotten];
            Ok(forgetting_drafts(redirect(&format!("{}/mine", booth.base()), &cookies)))
        }
        Submitted::UsedAlready => allocate(&visit, &booth, Step::SentBefore, &form),
        Submitted::Closed => Ok(page::closed(&visit, &booth, &lines)),
        Submitted::NotOnRoll => Err(Error::EnterCode),
    }
}

/// Back from checking to the allocator, at what is to be changed.
fn change(visit: &Visit, booth: &Booth, form: &Fields) -> Result<Response, Error> {
    let place = match form.get("change") {
        "fallback" => format!("#fallback-{}", fallback(booth, form)?.as_str()),
        slug if booth.projects.iter().any(|project| project.slug == slug) => format!("#amount.{slug}"),
        _ => "#allocator".to_owned(),
    };
    let version = form.get("version").parse().unwrap_or(0);
    allocate_at(visit, booth, &place, Waiting { step: Step::Change, version, fields: waiting::chosen(form) })
}

/// What the citizen keeps of this ballot, where it is short enough to be kept.
fn receipt(booth: &Booth, version: i64, fallback: Fallback, lines: &[(u16, Minor)]) -> Option<String> {
    let line = |&(place, amount): &(u16, Minor)| (booth.projects[usize::from(place)].slug.as_str(), amount);
    let lines: Vec<_> = lines.iter().map(line).collect();
    let receipt = Receipt::of(version, fallback, &lines, &booth.projects, booth.cycle.sheet.step)?;
    receipt.print(&booth.address())
}

/// The allocator with the amounts of a receipt, or what is wrong with that.
pub async fn load(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(page::closed(&visit, &booth, &[]));
    }
    match Receipt::find(form.get("receipt"), &booth.address()) {
        Ok(receipt) => allocate(&visit, &booth, Step::Receipt, &filled(&visit, &booth, &receipt)),
        Err(_) => {
            // What was chosen before stays.
            let waiting = Waiting::read(&visit, &booth).map(|waiting| waiting.fields).unwrap_or_default();
            let chosen = waiting.starting("").filter(|(name, _)| *name != "receipt");
            let fields = chosen.fold(form, |fields, (name, value)| fields.with(name, value));
            allocate(&visit, &booth, Step::NoReceipt, &fields)
        }
    }
}

/// Why a text is no receipt, in words.
#[must_use]
pub fn say_receipt(t: Text, wrong: NotAReceipt) -> String {
    match wrong {
        NotAReceipt::Empty => t.receipt_empty().to_owned(),
        NotAReceipt::Character(found) => t.receipt_character(&found.to_string()),
        NotAReceipt::Check => t.receipt_mistyped().to_owned(),
    }
}

/// Reads the amounts of a form as lines of a ballot, or says all that is wrong with them.
fn read(t: Text, booth: &Booth, form: &Fields) -> Result<Vec<(u16, Minor)>, Problems> {
    let mut problems = Problems::default();
    let mut lines = Vec::new();
    for (slug, typed) in form.starting("amount.") {
        match money::parse(typed) {
            Some(minor) => lines.push((count_id(booth, slug), Minor::new(minor))),
            None => problems.add(format!("amount.{slug}"), t.not_an_amount(typed)),
        }
    }
    let projects: Vec<_> = booth.projects.iter().map(Project::to_tally).collect();
    match tally::ballot::check(&booth.cycle.sheet, &projects, &lines) {
        Ok(mut lines) if problems.is_empty() => {
            // Never in the order of the form, which is this citizen's own and would mark the ballot as theirs.
            lines.sort_unstable_by_key(|(place, _)| *place);
            Ok(lines)
        }
        Ok(_) => Err(in_order(booth, problems)),
        Err(refusals) => {
            // "You chose nothing" beside an amount that could not be read would be one complaint too many.
            let readable = problems.is_empty();
            for refusal in refusals {
                if readable || refusal != Refusal::Empty {
                    let (field, words) = say(t, booth, &refusal);
                    problems.add(field, words);
                }
            }
            Err(in_order(booth, problems))
        }
    }
}

/// In the order of the page: what is wrong with the whole first, then project by project.
fn in_order(booth: &Booth, mut problems: Problems) -> Problems {
    let mut slugs: Vec<_> = booth.projects.iter().map(|project| project.slug.as_str()).collect();
    in_drawn_order(&mut slugs, booth.order, |slug| slug);
    problems.sort_by_place(|field| {
        let slug = field.strip_prefix("amount.");
        slug.map_or(0, |slug| 1 + slugs.iter().take_while(|other| **other != slug).count())
    });
    problems
}

/// The count's name for the project at this address; what is at none keeps its own, and is refused by it.
fn count_id(booth: &Booth, slug: &str) -> String {
    let found = booth.projects.iter().find(|project| project.slug == slug);
    found.map_or_else(|| slug.to_owned(), |project| project.count_id.clone())
}

/// A refusal in words, and the field it belongs to.
fn say(t: Text, booth: &Booth, refusal: &Refusal) -> (String, String) {
    let money = |minor: Minor| t.money(minor, &booth.cycle.currency);
    let found = |id: &str| booth.projects.iter().find(|project| project.count_id == id);
    let field = |id: &str| format!("amount.{}", found(id).map_or(id, |project| project.slug.as_str()));
    let whole = || "allocator".to_owned();
    let title =
        |id: &str| found(id).map_or_else(|| id.to_owned(), |project| t.said(&project.title).to_owned());
    match refusal {
        Refusal::Empty => (whole(), t.nothing_chosen().to_owned()),
        Refusal::OverEnvelope { given_minor, envelope_minor } => {
            let over = *given_minor - *envelope_minor;
            (whole(), t.over_envelope(&money(*given_minor), &money(*envelope_minor), &money(over)))
        }
        Refusal::TooFewProjects { chosen, least } => {
            (whole(), t.too_few_projects(&t.number((*least).into()), &t.number((*chosen).into())))
        }
        Refusal::Negative { project } => (field(project), t.negative(&title(project))),
        Refusal::NotAStep { project, step_minor } => {
            (field(project), t.not_a_step(&title(project), &money(*step_minor)))
        }
        Refusal::OverCap { project, cap_minor } => {
            (field(project), t.over_cap(&title(project), &money(*cap_minor)))
        }
        Refusal::UnknownProject { project } => (field(project), t.unknown_project(project)),
        Refusal::RepeatedProject { project } => (field(project), t.repeated_project(&title(project))),
    }
}

/// What the visitor's own browser keeps for ten minutes, so that the time of submission and the receipt can be shown and
/// are stored nowhere else.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The version that was recorded.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// What it says, as [`Receipt::print`] writes it; empty where that would be too long.
    pub receipt: String,
}

impl Recorded {
    /// The cookie's name.
    pub const COOKIE: &str = "receipt";

    /// Ties the cookie to one person in one cycle: nobody else at this device is shown it.
    fn mark(visit: &Visit, citizen: &Citizen, [version, at, receipt]: [&str; 3]) -> String {
        let parts = ["receipt", &citizen.cycle_id, &citizen.roll_entry_id, version, at, receipt];
        visit.house.roll_key.mark(&parts)
    }

    fn cookie(&self, visit: &Visit, citizen: &Citizen) -> axum::http::HeaderValue {
        let (version, at) = (self.version.to_string(), self.at.as_microsecond().to_string());
        let mark = Self::mark(visit, citizen, [&version, &at, &self.receipt]);
        visit.set_cookie(Self::COOKIE, &format!("{version}.{at}.{}.{mark}", self.receipt), 600)
    }

    /// What this visitor's browser holds for this citizen, if it is from us.
    #[must_use]
    pub fn read(visit: &Visit, citizen: &Citizen) -> Option<Self> {
        let mut parts = visit.cookie(Self::COOKIE)?.split('.');
        let (version, at, receipt, mark) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if Self::mark(visit, citizen, [version, at, receipt]) != mark {
            return None;
        }
        let at_moment = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some(Self { version: version.parse().ok()?, at: at_moment, receipt: receipt.to_owned() })
    }
}
