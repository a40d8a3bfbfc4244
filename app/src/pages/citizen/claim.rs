//! `/claim` and `/{town}/{cycle}/claim`: ask the town about one's letter or one's place on the roll.
//!
//! Asks for no reference and no code: who it is about is for the officer to find on the town's own list.

use crate::access::Visit;
use crate::error::Error;
use crate::form::{Fields, redirect};
use crate::pages::Page;
use crate::text::Text;
use crate::views::field::{Choice, Field, Problems, choices};
use crate::views::{Tone, alert, back_link, said};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use store::claim::{Claim, Kind, Settlement, takes_claims};
use store::cycle::Cycle;
use store::municipality::Municipality;

/// `/claim`: which vote it is about; where there is only one, it is that.
pub async fn which(visit: Visit) -> Result<Response, Error> {
    let t = visit.text;
    let all = store::cycle::public(visit.db(), visit.now).await?;
    let open: Vec<_> = all.into_iter().filter(|(_, cycle)| takes_claims(cycle, visit.now)).collect();
    if let [(town, cycle)] = open.as_slice() {
        return Ok(redirect(&address(town, cycle), &[]));
    }
    let none = open.is_empty().then(|| view! { <p class="lede">{t.claim_nowhere()}</p> });
    let items = open
        .iter()
        .map(|(town, cycle)| {
            view! {
                <li><h2><a href=address(town, cycle)><bdi>{town.name.clone()}</bdi>" · "{said(t, &cycle.title)}</a></h2></li>
            }
        })
        .collect_view();
    Ok(Page::new(&visit, t.claim_which()).narrow().show(|| {
        view! {
            {back_link("/enter".into(), t.back().into())}
            <h1>{t.claim_which()}</h1>
            {none}
            <ul class="cycle-list" role="list">{items}</ul>
        }
        .into_any()
    }))
}

/// The address of a cycle's form.
#[must_use]
pub fn address(town: &Municipality, cycle: &Cycle) -> String {
    format!("/{}/{}/claim", town.slug, cycle.slug)
}

/// The form, empty; or why there is none.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    if !takes_claims(&cycle, visit.now) {
        return Ok(over(&visit, &town, &cycle));
    }
    Ok(page(&visit, &town, &cycle, &Fields::default(), &Problems::default()))
}

/// That claims are not taken here, and where to go.
pub fn over(visit: &Visit, town: &Municipality, cycle: &Cycle) -> Response {
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    Page::new(visit, t.claim_title()).of_cycle(town, cycle).status(StatusCode::CONFLICT).narrow().show(|| {
        view! {
            {back_link(base, t.said(&cycle.title).to_owned())}
            <h1>{t.claim_title()}</h1>
            <p class="lede">{t.claim_over()}</p>
        }
        .into_any()
    })
}

/// What a claim is about, as its person says it.
#[must_use]
pub fn kind_words(t: Text, kind: Kind) -> &'static str {
    match kind {
        Kind::Letter => t.claim_letter(),
        Kind::Roll => t.claim_roll(),
        Kind::Used => t.claim_used(),
    }
}

/// The form, with what was typed and what is wrong with it.
pub fn page(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    form: &Fields,
    problems: &Problems,
) -> Response {
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    let kinds = Kind::ALL.map(|kind| Choice { value: kind.as_str(), words: kind_words(t, kind) });
    let kinds = choices("kind", t.claim_kind(), &kinds, form.get("kind"), problems);
    let of = |name: &str| form.get(name).to_owned();
    let fields = [
        Field::line("name", t.claim_name(), of("name")).autocomplete("name"),
        Field::area("reach", t.claim_reach(), of("reach"), 3).hint(t.claim_reach_hint()),
        Field::area("note", t.claim_note(), of("note"), 4).hint(t.claim_note_hint()),
    ];
    let fields = fields.into_iter().map(|field| field.show(problems)).collect_view();
    let until =
        cycle.takes_ballots(visit.now).then(|| t.claim_until(&t.moment(cycle.closes_at, &town.time_zone)));
    Page::new(visit, t.claim_title()).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {back_link(base, t.said(&cycle.title).to_owned())}
            {problems.summary(t)}
            <h1>{t.claim_title()}</h1>
            <p class="lede">{t.claim_lede()}</p>
            {until.map(|words| view! { <p>{words}</p> })}
            <form class="stack" method="post" action=address(town, cycle)>
                {kinds}
                {fields}
                <p class="meta">{t.claim_kept()}</p>
                <p class="cluster"><button class="button">{t.claim_send()}</button></p>
            </form>
        }
        .into_any()
    })
}

/// `/{town}/{cycle}/claim/{claim}`: its number, what happens next, and the answer. Never who asked.
pub async fn one(
    visit: Visit,
    Path((town, cycle, claim)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let claim = store::claim::by_id(visit.db(), &cycle.cycle_id, &claim).await?.ok_or(Error::NotFound)?;
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    let received = t.claim_received(&t.day(claim.made_at, &town.time_zone));
    let keep = claim.settled.is_none().then(|| view! { <p>{t.claim_keep()}</p> });
    let title = if claim.settled.is_some() { t.claim_answered() } else { t.claim_sent() };
    let state = state(t, &town, &claim);
    Ok(Page::new(&visit, title).of_cycle(&town, &cycle).narrow().show(|| {
        view! {
            {back_link(base, t.said(&cycle.title).to_owned())}
            <div class="panel">
                <div class="panel__body">
                    <h1>{title}</h1>
                    <p>{t.claim_number()}</p>
                    <p class="reference" dir="ltr">{claim.claim_id.clone()}</p>
                </div>
            </div>
            {keep}
            <p>{kind_words(t, claim.kind)}". "{received}</p>
            {state}
            <p class="meta">{t.claim_kept()}</p>
        }
        .into_any()
    }))
}

/// What the town made of it, or what it will do.
fn state(t: Text, town: &Municipality, claim: &Claim) -> AnyView {
    let Some((settlement, at)) = claim.settled else {
        let next = match claim.kind {
            Kind::Letter => t.claim_next_letter(),
            Kind::Roll => t.claim_next_roll(),
            Kind::Used => t.claim_next_used(),
        };
        return view! { <h2>{t.what_happens_next()}</h2><p>{t.claim_waits()}" "{next}</p> }.into_any();
    };
    let (tone, words) = match settlement {
        Settlement::Granted => (Tone::Success, t.claim_granted()),
        Settlement::Refused => (Tone::Warning, t.claim_refused()),
    };
    let answer = (!claim.answer.is_empty())
        .then(|| view! { <p class="as-typed"><bdi>{claim.answer.clone()}</bdi></p> });
    let on = t.claim_settled_on(&t.day(at, &town.time_zone));
    alert(tone, view! { <p><strong>{words}</strong>" "{on}</p>{answer} }).into_any()
}
