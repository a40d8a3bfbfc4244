//! `/`: what this is in two sentences, open cycles near the top, the municipalities.

use super::cycle_item;
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::{coins, said, share, untranslated};
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::{Nature, Phase};

const HERO: &str = include_str!("../../../../style/art/hero.svg");

/// The page.
pub async fn show(visit: Visit) -> Result<Response, Error> {
    let towns = store::municipality::all(visit.db()).await?;
    let cycles = store::cycle::public(visit.db(), visit.now).await?;
    let t = visit.text;
    let texts = towns.iter().map(|town| &town.about).chain(cycles.iter().map(|(_, cycle)| &cycle.title));
    let untranslated = untranslated(t, texts);
    let is_open = |phase, closes_at| phase == Phase::Allocating && closes_at > visit.now;
    let (open, past): (Vec<_>, Vec<_>) = cycles
        .into_iter()
        .partition(|(_, cycle)| is_open(cycle.phase, cycle.closes_at) && cycle.nature != Nature::Import);
    let list = |cycles: &[_]| {
        cycles.iter().map(|(town, cycle)| cycle_item(&visit, town, cycle, true)).collect_view()
    };
    // Where there are only elections of elsewhere, nobody is asked for a code or promised an envelope.
    let only_imports =
        open.is_empty() && !past.is_empty() && past.iter().all(|(_, cycle)| cycle.nature == Nature::Import);
    let compare = past.iter().any(|(_, cycle)| cycle.phase.is_published());
    let (open, past) = (list(&open), list(&past));
    let towns = towns
        .into_iter()
        .map(|town| {
            let about = said(t, &town.about);
            view! { <li><h3><a href=format!("/{}", town.slug)><bdi>{town.name}</bdi></a></h3><p class="meta">{about}</p></li> }
        })
        .collect_view();
    let section = |title: &'static str, class: &'static str, items: Vec<_>| {
        (!items.is_empty()).then(|| {
            view! { <section><h2>{title}</h2><ul class=class role="list">{items}</ul></section> }
        })
    };
    let (open, past) =
        (section(t.open_cycles(), "cycle-list", open), section(t.other_cycles(), "cycle-list", past));
    Ok(Page::new(&visit, t.home_title()).kept(Keep::Briefly).wide().show(|| {
        view! {
            {hero(t, only_imports)}
            <div class="page" id="cycles">
                {untranslated}
                {open}
                {(!only_imports).then(|| three_things(t))}
                {past}
                {compare.then(|| view! { <p><a href="/compare">{t.compare_link()}</a></p> })}
                <section><h2>{t.towns()}</h2><ul class="town-list" role="list">{towns}</ul></section>
            </div>
        }
        .into_any()
    }))
}

/// What this is, in two sentences.
fn hero(t: Text, only_imports: bool) -> impl IntoView {
    let (headline, lede) = if only_imports {
        (t.home_headline_imports(), t.home_lede_imports())
    } else {
        (t.home_headline(), t.home_lede())
    };
    let enter = (!only_imports).then(|| view! { <a class="button" href="/enter">{t.enter_my_code()}</a> });
    view! {
        <div class="hero">
            <div class="hero__inner">
                <div class="hero__text">
                    <h1>{headline}</h1>
                    <p class="lede">{lede}</p>
                    <div class="cluster">
                        {enter}
                        <a class="button button--secondary" href="#cycles">{t.see_cycles()}</a>
                    </div>
                </div>
                <svg class="hero__art" viewBox="24 24 488 452" role="img" aria-label=t.hero_alt() inner_html=HERO></svg>
            </div>
        </div>
    }
}

/// What holds for those who vote here.
fn three_things(t: Text) -> impl IntoView {
    view! {
        <section>
            <h2>{t.three_things()}</h2>
            <ul class="trio" role="list">
                <li>{coins(5, 5)}<h3>{t.equal_share_title()}</h3><p>{t.equal_share_body()}</p></li>
                <li>{coins(3, 5)}<h3>{t.change_title()}</h3><p>{t.change_body()}</p></li>
                <li>{share(35, 100)}<h3>{t.recount_title()}</h3><p>{t.recount_body()}</p></li>
            </ul>
        </section>
    }
}
