//! What became of the money: tell a step, for good.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Fields;
use crate::money;
use crate::pages::office::delivery::{self as page, Ledger};
use crate::text::zone;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use store::delivery::Delivery;
use tally::Minor;
use tally::delivery::Step;

/// How many characters a note may have, in each language, and an address.
const LONGEST_NOTE: usize = 2_000;
const LONGEST_ADDRESS: usize = 500;

/// Tells a step.
pub async fn tell(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let ledger = Ledger::read(&visit, &town, &cycle, &project).await?;
    let delivery_id = uuid::Uuid::parse_str(form.get("delivery")).map_err(|_| Error::BadRequest)?.to_string();
    let delivery = match read(&visit, &ledger, delivery_id, &form) {
        Ok(delivery) => delivery,
        Err(problems) => return Ok(page::page(&visit, &ledger, (&form, &problems))),
    };
    let officer_id = &visit.officer()?.officer_id;
    let of = &ledger.project.project_id;
    if !store::delivery::tell(visit.db(), &ledger.cycle, of, &delivery, officer_id).await? {
        return Err(Error::WrongPhase);
    }
    Ok(go_on(&visit, &ledger.address(), Done::DeliveryTold))
}

fn read(visit: &Visit, ledger: &Ledger, delivery_id: String, form: &Fields) -> Result<Delivery, Problems> {
    let t = visit.text;
    let mut problems = Problems::default();
    let step = Step::parse(form.get("step"));
    if step.is_none() {
        problems.add("step", t.delivery_step_missing());
    }
    let amount = money::parse(form.get("amount")).filter(|minor| *minor >= 0).map(Minor::new);
    match amount {
        None => problems.add("amount", t.not_an_amount(form.get("amount"))),
        Some(amount) if amount > ledger.received => {
            let sum = t.money_short(ledger.received, &ledger.cycle.currency);
            problems.add("amount", t.delivery_over(&sum));
        }
        Some(_) => {}
    }
    let day = form.trimmed("day").parse::<Date>().ok();
    let today = visit.now.to_zoned(zone(&ledger.town.time_zone)).date();
    match day {
        None => problems.add("day", t.delivery_day_unreadable()),
        Some(day) if day > today => problems.add("day", t.delivery_day_to_come()),
        Some(_) => {}
    }
    let document = form.trimmed("document");
    if !document.is_empty() && !is_address(document) {
        problems.add("document", t.delivery_document_wrong());
    }
    problems.limit_translated(t, form, "note", LONGEST_NOTE);
    let (Some(step), Some(amount), Some(day), true) = (step, amount, day, problems.is_empty()) else {
        return Err(problems);
    };
    let (day, document, note) = (day.to_string(), document.to_owned(), form.translated("note"));
    Ok(Delivery { delivery_id, step, amount, day, document, note, told_at: visit.now })
}

/// Whether people can be sent there: a web address, and nothing that a browser could take for anything else.
fn is_address(typed: &str) -> bool {
    let rest = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"));
    let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '@');
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.contains('.') && typed.chars().count() <= LONGEST_ADDRESS && !typed.contains(strange)
    })
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn a_document_is_at_a_web_address() {
        assert!(is_address("https://mairie.example/deliberations/2026-12.pdf?page=3#annexe"));
        for no in [
            "",
            "mairie.example",
            "javascript:alert(1)",
            "https://",
            "https://x",
            "https://a.b/ c",
            "https://me@a.b/",
        ] {
            assert!(!is_address(no), "{no}");
        }
    }
}
