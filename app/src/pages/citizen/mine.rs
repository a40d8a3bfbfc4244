//! `/{town}/{cycle}/mine`: that the ballot is in, and what happens next.
//!
//! The time of submission is shown from a cookie of the visitor's own and is stored nowhere else.

use crate::access::Visit;
use crate::actions::ballot::Receipt;
use crate::error::Error;
use crate::pages::Page;
use crate::pages::citizen::ballot::{Booth, closed};
use crate::pages::citizen::reminder::invitation;
use crate::views::{breadcrumb, icon};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(closed(&visit, &booth, &[]));
    }
    let t = visit.text;
    let zone = &booth.town.time_zone;
    let until = t.moment(booth.cycle.closes_at, zone);
    let receipt = Receipt::read(&visit, visit.citizen_of(&booth.cycle)?);
    let (title, body) = match (booth.version, receipt) {
        (None, _) => (t.no_ballot_title(), t.no_ballot_body(&until)),
        (Some(version), Some(receipt)) if receipt.version == version => (
            t.recorded_title(),
            t.recorded_at(
                &t.day(receipt.at, zone),
                &t.time(receipt.at, zone),
                &t.number(version.unsigned_abs()),
            ),
        ),
        (Some(version), _) => (t.recorded_title(), t.recorded_version(&t.number(version.unsigned_abs()))),
    };
    let way = vec![
        (format!("/{}", booth.town.slug), booth.town.name.clone()),
        (booth.base(), t.said(&booth.cycle.title).to_owned()),
    ];
    let recorded = booth.version.is_some();
    let again = if recorded { t.change_my_ballot() } else { t.fill_my_ballot() };
    let next = recorded.then(|| {
        view! {
            <h2>{t.what_happens_next()}</h2>
            <ul>
                <li>{t.next_change(&until)}</li>
                <li>{t.amounts_hidden()}</li>
                <li>{t.next_count()}</li>
                <li>{t.next_results()}</li>
            </ul>
        }
    });
    Ok(Page::new(&visit, title).of_cycle(&booth.town, &booth.cycle).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.my_ballot().to_owned())}
            <div class="panel">
                <div class="panel__body">
                    {recorded.then(icon::tick)}
                    <h1>{title}</h1>
                    <p>{body}</p>
                </div>
            </div>
            {next}
            {(!recorded).then(|| invitation(&visit, &booth))}
            <p class="cluster">
                <a class="button button--secondary" href=format!("{}/ballot", booth.base())>{again}</a>
            </p>
            <form method="post" action="/leave">
                <button class="link-button">{t.leave()}</button>
                " "<span class="meta">{t.leave_hint()}</span>
            </form>
        }
        .into_any()
    }))
}
