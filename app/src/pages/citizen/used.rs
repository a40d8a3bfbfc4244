//! `/enter/used`: whether a code has been voted with, and on which day. Opens no session and shows no amount.

use crate::access::Visit;
use crate::pages::Page;
use crate::pages::citizen::claim;
use crate::text::zone;
use crate::views::field::{Field, Problems};
use crate::views::{back_link, said};
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::roll::{Channel, Participation};

/// The page, empty.
pub async fn show(visit: Visit) -> Response {
    page(&visit, "", &Problems::default())
}

/// The page with what was typed and what is wrong with it.
pub fn page(visit: &Visit, typed: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let field = Field::code("code", t.used_code(), typed).hint(t.enter_hint()).required();
    Page::new(visit, t.used_title()).status(problems.status()).narrow().show(|| {
        view! {
            {back_link("/enter".into(), t.back().into())}
            {problems.summary_of_question(t)}
            <h1>{t.used_title()}</h1>
            <p class="lede">{t.used_lede()}</p>
            <form class="stack" method="post" action="/enter/used">
                {field.show(problems)}
                <p class="cluster"><button class="button">{t.used_ask()}</button></p>
            </form>
        }
        .into_any()
    })
}

/// The answer, and what to do when it was somebody else.
pub fn answer(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    participation: Option<Participation>,
) -> Response {
    let t = visit.text;
    let open = cycle.takes_ballots(visit.now);
    let title = if participation.is_some() { t.used_yes() } else { t.used_no() };
    let told = participation.and_then(|Participation { channel, day }| {
        let noon = day.at(12, 0, 0, 0).to_zoned(zone(&town.time_zone)).ok()?;
        let day = t.day(noon.timestamp(), &town.time_zone);
        Some(match channel {
            Channel::Online => t.used_online(&day),
            Channel::Paper => t.used_paper(&day),
        })
    });
    let until = match (open, told.is_some()) {
        (true, true) => None,
        (true, false) => Some(t.used_until(&t.moment(cycle.closes_at, &town.time_zone))),
        (false, _) => Some(t.used_too_late().to_owned()),
    };
    let not_me = told.is_some().then(|| {
        let next = if open { t.used_not_me_open() } else { t.used_not_me_closed() };
        let tell = store::claim::takes_claims(cycle, visit.now).then(|| {
            view! { <a class="button button--secondary" href=claim::address(town, cycle)>{t.used_tell()}</a> }
        });
        view! { <section><h2>{t.used_not_me()}</h2><p>{next}</p><p>{tell}</p></section> }
    });
    let told = told.map(|words| view! { <p class="lede">{words}</p><p>{t.used_day_only()}</p> });
    let enter = open.then(|| view! { <a class="button" href="/enter">{t.enter_my_code()}</a> });
    Page::new(visit, title).of_cycle(town, cycle).narrow().show(|| {
        view! {
            {back_link("/enter".into(), t.back().into())}
            <p class="meta">{said(t, &cycle.title)}" · "<bdi>{town.name.clone()}</bdi></p>
            <h1>{title}</h1>
            {told}
            {until.map(|words| view! { <p>{words}</p> })}
            {not_me}
            <p class="cluster">{enter}</p>
        }
        .into_any()
    })
}
