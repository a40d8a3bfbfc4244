//! `/office/{town}/{cycle}/claims`: what people ask about their letters and the roll, and what becomes of it.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::pages::citizen::claim::kind_words;
use crate::text::Text;
use crate::views::breadcrumb;
use crate::views::field::{Choice, Field, Problems, choices};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::claim::{Claim, Kind, Settlement};
use store::cycle::{Cycle, Phase};
use store::municipality::Municipality;

/// The page's address.
#[must_use]
pub fn address(town: &Municipality, cycle: &Cycle) -> String {
    format!("/office/{}/{}/claims", town.slug, cycle.slug)
}

/// The names of the fields of one claim's form: many stand on one page.
#[must_use]
pub fn fields_of(claim_id: &str) -> [String; 2] {
    [format!("settlement-{claim_id}"), format!("answer-{claim_id}")]
}

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = visit.managed_cycle(&town, &cycle).await?;
    page(&visit, &town, &cycle, (&Fields::default(), &Problems::default())).await
}

/// The page, with what was typed and what is wrong with it.
///
/// # Errors
/// The database's.
pub async fn page(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    (form, problems): (&Fields, &Problems),
) -> Result<Response, Error> {
    let t = visit.text;
    let waiting = store::claim::waiting(visit.db(), &cycle.cycle_id).await?;
    let count = store::claim::how_many_wait(visit.db(), &cycle.cycle_id).await?;
    let settled = store::claim::settled(visit.db(), &cycle.cycle_id).await?;
    let (desk, way) = desk(t, town, cycle);
    let count = if count == 0 { t.claims_none().to_owned() } else { t.claims_waiting(count) };
    let items = waiting.iter().map(|claim| item(t, town, cycle, claim, (form, problems))).collect_view();
    let roll = (cycle.phase <= Phase::Allocating).then(|| {
        view! { <p><a class="button button--secondary" href=format!("{desk}/roll")>{t.import_roll()}</a></p> }
    });
    let settled = (!settled.is_empty()).then(|| settled_table(t, town, &settled));
    Ok(Page::new(visit, t.claims()).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.claims().to_owned())}
            {problems.summary(t)}
            <h1>{t.claims()}</h1>
            <p class="lede">{t.claims_lede()}</p>
            <p id="claims"><strong>{count}</strong>" "<span class="meta">{t.claims_erased()}</span></p>
            {roll}
            {items}
            {settled}
        }
        .into_any()
    }))
}

fn item(
    t: Text,
    town: &Municipality,
    cycle: &Cycle,
    claim: &Claim,
    (form, problems): (&Fields, &Problems),
) -> impl IntoView + use<> {
    let todo = match claim.kind {
        Kind::Letter => t.claim_todo_letter(),
        Kind::Roll => t.claim_todo_roll(),
        Kind::Used => t.claim_todo_used(),
    };
    let [settlement, answer] = fields_of(&claim.claim_id);
    let options = Settlement::ALL.map(|settlement| Choice {
        value: settlement.as_str(),
        words: match settlement {
            Settlement::Granted => t.claim_grant(),
            Settlement::Refused => t.claim_refuse(),
        },
    });
    let settlement = choices(&settlement, t.claim_settlement(), &options, form.get(&settlement), problems);
    let typed = form.get(&answer).to_owned();
    let answer = Field::area(answer, t.claim_answer(), typed, 2).hint(t.claim_answer_hint()).show(problems);
    let action = format!("{}/{}", address(town, cycle), claim.claim_id);
    let received = t.claim_received(&t.day(claim.made_at, &town.time_zone));
    let note = (!claim.note.is_empty())
        .then(|| view! { <div><dt>{t.claim_note()}</dt><dd><bdi class="as-typed">{claim.note.clone()}</bdi></dd></div> });
    view! {
        <section class="claim">
            <h2><bdi>{claim.name.clone()}</bdi></h2>
            <p class="meta"><bdi dir="ltr">{claim.claim_id.clone()}</bdi>" · "{received}</p>
            <p><strong>{kind_words(t, claim.kind)}"."</strong></p>
            <dl class="summary-list">
                <div><dt>{t.claim_reach()}</dt><dd><bdi class="as-typed">{claim.reach.clone()}</bdi></dd></div>
                {note}
            </dl>
            <p>{todo}</p>
            <form class="stack" method="post" action=action>
                {settlement}
                {answer}
                <p><button class="button button--secondary">{t.claim_settle()}</button></p>
            </form>
        </section>
    }
}

fn settled_table(t: Text, town: &Municipality, settled: &[Claim]) -> impl IntoView + use<> {
    let items = settled
        .iter()
        .filter_map(|claim| Some((claim, claim.settled?)))
        .map(|(claim, (settlement, at))| {
            let became = match settlement {
                Settlement::Granted => t.claim_grant(),
                Settlement::Refused => t.claim_refuse(),
            };
            let on = t.claim_settled_on(&t.day(at, &town.time_zone));
            let answer =
                (!claim.answer.is_empty()).then(|| view! { <p><bdi>{claim.answer.clone()}</bdi></p> });
            view! {
                <li>
                    <p><bdi>{claim.name.clone()}</bdi>" · "<strong>{became}</strong></p>
                    <p class="meta"><bdi dir="ltr">{claim.claim_id.clone()}</bdi>" · "{on}</p>
                    {answer}
                </li>
            }
        })
        .collect_view();
    view! { <section><h2>{t.claims_settled()}</h2><ul class="timeline" role="list">{items}</ul></section> }
}
