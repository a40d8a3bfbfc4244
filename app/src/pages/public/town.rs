//! `/{town}`: a town and its cycles; and the colour of its pages.

use super::cycle_item;
use super::shown::picture_of_town;
use crate::accent::{Colour, sheet};
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::views::{breadcrumb, prose, untranslated};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

/// The page.
pub async fn show(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = store::municipality::by_slug(visit.db(), &town).await?.ok_or(Error::NotFound)?;
    let cycles = visit.house.public_cycles_of(&town, visit.now).await?;
    let t = visit.text;
    let items = cycles.iter().map(|cycle| cycle_item(&visit, &town, cycle, false)).collect_view();
    let texts = cycles.iter().map(|cycle| &cycle.title).chain([&town.about]);
    let picture = picture_of_town(t, &town, &cycles);
    let none = items.is_empty().then(|| view! { <p>{t.no_cycles()}</p> });
    let feed = format!("/{}/feed.xml?language={}", town.slug, t.language.tag());
    let page = Page::new(&visit, town.name.clone()).of_town(&town).shared_as(&picture, &visit.path);
    Ok(page.feed(feed.clone()).kept(Keep::Briefly).show(|| {
        view! {
            {breadcrumb(t, vec![("/".into(), t.nav_home().into())], town.name.clone())}
            <h1><bdi>{town.name.clone()}</bdi></h1>
            {untranslated(t, texts)}
            {prose(t, &town.about)}
            <section><h2>{t.cycles()}</h2>{none}<ul class="cycle-list" role="list">{items}</ul></section>
            <p class="meta"><a href=feed>{t.feed()}</a></p>
        }
        .into_any()
    }))
}

/// `/{town}/accent.css`: what pages of the town load after the house's own style.
pub async fn accent(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = store::municipality::by_slug(visit.db(), &town).await?.ok_or(Error::NotFound)?;
    let colour: Colour = town.accent.and_then(|accent| accent.parse().ok()).ok_or(Error::NotFound)?;
    // The address says the colour, so what it gives never changes.
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, sheet(colour)).into_response())
}
