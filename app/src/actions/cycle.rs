//! Cycles: prepare, open, close, count.

use crate::access::Visit;
use crate::actions::project::read_slug;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::{Fields, begins_formula};
use crate::money;
use crate::pages::office::cycle::{self as desk, Desk};
use crate::pages::office::edit;
use crate::pages::office::project::editable;
use crate::text::{Language, Text, zone};
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::{Date, Time};
use store::Translated;
use store::cycle::{Closing, Cycle, Nature, Opening, Phase};
use store::municipality::Municipality;
use store::outcome::Counting;
use tally::bundle::Publication;
use tally::rule_sheet::{Purse, Rule, RuleSheet, RuleSheetError, Terms};
use tally::{CountError, Minor};

/// How many characters each text of a cycle may have, in each language.
const LONGEST: [(&str, usize); 2] = [("title", 160), ("intro", 5_000)];

/// Creates a cycle, as a practice one: a real one takes two officers, which the office does not have yet.
pub async fn create(visit: Visit, Path(town): Path<String>, form: Fields) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let mut problems = Problems::default();
    let slug = read_slug(visit.text, &form, &form.translated("title"), &mut problems);
    let cycle = Cycle {
        cycle_id: visit.house.id(),
        municipality_id: town.municipality_id.clone(),
        slug,
        title: Translated::default(),
        intro: Translated::default(),
        nature: Nature::Practice,
        source: String::new(),
        phase: Phase::Draft,
        currency: "EUR".to_owned(),
        sheet: RuleSheet::new(Terms::usual(Rule::Direct)).map_err(|_| Error::Broken)?,
        key_hash: None,
        closes_at: visit.now,
        opened_at: None,
        closed_at: None,
        published_at: None,
        publication: Publication::Ballots,
        residents: None,
    };
    let Some(cycle) = read(&visit, &town, cycle, &form, &mut problems) else {
        return Ok(edit::page(&visit, &town, None, &form, &problems));
    };
    if !store::cycle::add(visit.db(), &cycle, visit.now).await? {
        problems.add("slug", visit.text.slug_taken());
        return Ok(edit::page(&visit, &town, None, &form, &problems));
    }
    Ok(go_on(&visit, &format!("/office/{}/{}", town.slug, cycle.slug), Done::CycleMade))
}

/// Rewrites a cycle that is not open yet.
pub async fn save(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    let mut problems = Problems::default();
    let Some(edited) = read(&visit, &town, cycle.clone(), &form, &mut problems) else {
        return Ok(edit::page(&visit, &town, Some(&cycle), &form, &problems));
    };
    if !store::cycle::edit(visit.db(), &edited).await? {
        return Err(Error::Frozen);
    }
    Ok(go_on(&visit, &format!("/office/{}/{}", town.slug, cycle.slug), Done::CycleSaved))
}

/// The cycle with the fields of its form; none when something is wrong with them.
fn read(
    visit: &Visit,
    town: &Municipality,
    cycle: Cycle,
    form: &Fields,
    problems: &mut Problems,
) -> Option<Cycle> {
    let t = visit.text;
    for (name, longest) in LONGEST {
        problems.limit_translated(t, form, name, longest);
    }
    let title = form.translated("title");
    if title.is_empty() {
        problems.add("title.fr", t.title_missing());
    }
    for name in Language::ALL.map(|language| language.field("title")) {
        if begins_formula(form.trimmed(&name)) {
            problems.add(name, t.formula_refused());
        }
    }
    let terms = terms(visit, form, cycle.sheet.rule, problems);
    let closes = form
        .trimmed("closes_date")
        .parse::<Date>()
        .ok()
        .zip(form.trimmed("closes_time").parse::<Time>().ok());
    let closes_at = closes.and_then(|(date, time)| {
        let zoned = date.to_datetime(time).to_zoned(zone(&town.time_zone)).ok()?;
        Some(zoned.timestamp())
    });
    if closes_at.is_none() {
        problems.add("closes_date", t.closes_unreadable());
    }
    let no_sum = terms.purse == Purse::Fixed(Minor::ZERO);
    let sheet = RuleSheet::new(terms).map_err(|refused| {
        let (field, words) = match refused {
            RuleSheetError::OutOfRange { field: "purse" } if no_sum => ("sum", t.sum_missing()),
            RuleSheetError::OutOfRange { field: "purse" } => ("sum", t.out_of_range()),
            RuleSheetError::OutOfRange { field } => (field, t.out_of_range()),
            RuleSheetError::NotAStep { field } => (field, t.must_be_steps()),
            RuleSheetError::MinProjects => ("min_projects", t.min_projects_refused()),
            RuleSheetError::Json(_) | RuleSheetError::Seed => ("rule", t.out_of_range()),
        };
        if problems.of(field).is_none() {
            problems.add(field, words);
        }
    });
    let residents = residents(t, form, problems);
    let (sheet, closes_at) = sheet.ok().zip(closes_at)?;
    let publication = form.get("publication").parse().unwrap_or(cycle.publication);
    if !publication.can_tell(&sheet) {
        problems.add("publication", t.publication_refused());
    }
    let intro = form.translated("intro");
    let edited = Cycle { title, intro, sheet, publication, residents, closes_at, ..cycle };
    problems.is_empty().then_some(edited)
}

/// How many people live there, where the form says so.
fn residents(t: Text, form: &Fields, problems: &mut Problems) -> Option<i64> {
    let typed = form.trimmed("residents");
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let residents = digits.parse().ok().filter(|residents| *residents > 0);
    if residents.is_none() && !typed.is_empty() {
        problems.add("residents", t.not_a_number(typed));
    }
    residents
}

/// `kept` is the rule that the cycle has, for a form that does not name another.
fn terms(visit: &Visit, form: &Fields, kept: Rule, problems: &mut Problems) -> Terms {
    let t = visit.text;
    let mut amount = |name: &str| {
        let read = money::parse(form.get(name)).map(Minor::new);
        if read.is_none() {
            problems.add(name, t.not_an_amount(form.get(name)));
        }
        read.unwrap_or(Minor::ZERO)
    };
    let (envelope, step) = (amount("envelope"), amount("step"));
    let cap = amount("max_per_project");
    let threshold = amount("threshold");
    let purse = match form.get("purse") {
        "residents" => Purse::Residents,
        "fixed" => Purse::Fixed(amount("sum")),
        _ => Purse::Ballots,
    };
    let rule = edit::rule_named(form.get("rule"), threshold).unwrap_or(kept);
    let mut number = |name: &str, least: u32| match form.trimmed(name) {
        "" => least,
        typed => typed.parse().unwrap_or_else(|_| {
            problems.add(name, t.not_a_number(typed));
            least
        }),
    };
    Terms {
        envelope,
        step,
        max_per_project: (cap > Minor::ZERO).then_some(cap),
        min_projects: number("min_projects", 1),
        min_supporters: number("min_supporters", 0),
        purse,
        ..Terms::usual(rule)
    }
}

/// A cycle of the officer's whose steps one officer may take: a real one takes two, who cannot be asked for yet.
async fn step(visit: &Visit, town: &str, cycle: &str) -> Result<(Municipality, Cycle), Error> {
    let found = visit.managed_cycle(town, cycle).await?;
    if found.1.nature == Nature::Real { Err(Error::WrongPhase) } else { Ok(found) }
}

/// Opens voting.
pub async fn open(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = step(&visit, &town, &cycle).await?;
    if cycle.nature != Nature::Practice {
        return Err(Error::WrongPhase);
    }
    let house = &visit.house;
    let t = visit.text;
    let refused =
        match store::cycle::open(&house.db, &house.keys, &cycle.cycle_id, house.bytes(), visit.now).await? {
            Opening::Opened => None,
            Opening::NotEditable => Some(t.wrong_phase_body()),
            Opening::NoProjects => Some(t.blocks_no_projects()),
            Opening::EmptyRoll => Some(t.blocks_empty_roll()),
            Opening::ClosesInThePast => Some(t.blocks_closes_past()),
            Opening::TooFewProjects => Some(t.blocks_too_few_projects()),
            Opening::PurseTooLarge => Some(t.blocks_purse()),
        };
    back(&visit, &town, &cycle, refused, Done::Opened).await
}

/// Closes voting, for good.
pub async fn close(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = step(&visit, &town, &cycle).await?;
    let house = &visit.house;
    let t = visit.text;
    // Apart from the request: whoever hangs up does not stop it half-way.
    let (house, cycle_id) = (house.clone(), cycle.cycle_id.clone());
    let closing = tokio::spawn(async move {
        store::cycle::close(&house.db, &house.keys, &cycle_id, || house.token(), house.now()).await
    });
    let closing = closing.await.map_err(|_| Error::Broken)??;
    let refused = match closing {
        Closing::Closed => None,
        Closing::NotOpen => Some(t.wrong_phase_body()),
        Closing::TooEarly => Some(t.close_too_early()),
    };
    back(&visit, &town, &cycle, refused, Done::Closed).await
}

/// Counts a closed cycle. Shows nothing of the result.
pub async fn count(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = step(&visit, &town, &cycle).await?;
    let t = visit.text;
    let closed = store::cycle::closed(cycle.clone()).ok_or(Error::WrongPhase)?;
    let refused = match store::outcome::count(visit.db(), &closed, visit.now).await? {
        Counting::Counted => None,
        Counting::Refused(CountError::RollMissing | CountError::RollTooSmall { .. }) => {
            Some(t.count_refused_roll())
        }
        Counting::Refused(CountError::OverEnvelope) => Some(t.count_refused_envelope()),
        Counting::Refused(CountError::PurseTooLarge | CountError::GivenTooLarge) => {
            Some(t.count_refused_large())
        }
    };
    back(&visit, &town, &cycle, refused, Done::Counted).await
}

/// Back to the desk: by a redirect when the step was taken, which it then says; with the reason when it was refused.
async fn back(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    refused: Option<&'static str>,
    done: Done,
) -> Result<Response, Error> {
    if refused.is_none() {
        return Ok(go_on(visit, &format!("/office/{}/{}", town.slug, cycle.slug), done));
    }
    let desk = Desk::read(visit, &town.slug, &cycle.slug).await?;
    Ok(desk::page(visit, &desk, refused))
}
