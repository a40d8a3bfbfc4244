//! `/embed/{town}/{cycle}` and `/embed/{town}/{cycle}/projects/{project}`: a chart for the pages of others, and `/oembed`,
//! by which their programs find it (<https://oembed.com>).
//!
//! The only pages that other sites may show in a frame. They read no cookie, set none, run no script and have no form, so
//! that there is nothing to take from a visitor who clicks on them elsewhere.

use super::shown::Shown;
use super::{share, when_at};
use crate::access::{Framable, House};
use crate::error::Error;
use crate::pages::own_style;
use crate::text::{Language, Text};
use crate::views::bar::bar;
use crate::views::embed::frame;
use crate::views::{amount, icon, phase_badge, said, status_badge};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;
use serde_json::json;
use store::cycle::Phase;
use store::municipality::Municipality;
use store::project::Project;

/// How many projects a chart shows; the others are on the page that it leads to.
const MOST: usize = 8;

/// Loads its style, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors *";

/// A chart's words: in the language that the address names, or else in one that the reader's browser asks for.
fn text(asked: &[(String, String)], headers: &HeaderMap) -> Text {
    let named = asked.iter().find(|(name, _)| name == "lang").and_then(|(_, tag)| Language::parse(tag));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    Text::of(named.unwrap_or_else(|| Language::negotiate(accepted)))
}

/// The chart of a cycle: its results, or where it stands.
pub async fn cycle(
    State(house): State<House>,
    Path((town, cycle)): Path<(String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let (t, now) = (text(&asked, &headers), house.now());
    let shown = match Shown::read(&house, &town, &cycle, now).await {
        Ok(shown) => shown,
        Err(error) => return nothing(&house, t, error),
    };
    let page = if shown.counted.is_some() { format!("{}/results", shown.base()) } else { shown.base() };
    let title = t.embed_of(t.said(&shown.cycle.title), &shown.town.name);
    document(&house, t, (Some(&shown.town), &title, &page), freshness(&shown), || {
        view! {
            <h1>{said(t, &shown.cycle.title)}</h1>
            <p class="meta"><bdi>{shown.town.name.clone()}</bdi>" "{phase_badge(t, &shown.cycle, now)}" "{super::nature(t, shown.cycle.nature)}</p>
            <p class="answer">{shown.says(t, now)}</p>
            {shown.counted.is_some().then(|| bars(t, &shown))}
        }
        .into_any()
    })
}

/// The chart of a project: what it asks, and what it receives once that is known.
pub async fn project(
    State(house): State<House>,
    Path((town, cycle, project)): Path<(String, String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let (t, now) = (text(&asked, &headers), house.now());
    let shown = match Shown::read(&house, &town, &cycle, now).await {
        Ok(shown) => shown,
        Err(error) => return nothing(&house, t, error),
    };
    let project = match shown.project(&project) {
        Ok(project) => project,
        Err(error) => return nothing(&house, t, error),
    };
    let page = format!("{}/projects/{}", shown.base(), project.slug);
    let title = t.embed_of(t.said(&project.title), &shown.town.name);
    let most = project.ceiling.get();
    document(&house, t, (Some(&shown.town), &title, &page), freshness(&shown), || {
        let of = shown.outcome_of(project);
        view! {
            <h1>{said(t, &project.title)}</h1>
            <p class="meta"><bdi>{shown.town.name.clone()}</bdi>" · "{said(t, &shown.cycle.title)}" "{super::nature(t, shown.cycle.nature)}</p>
            <p class="answer">{shown.says_of(t, project)}</p>
            {of.map(|of| view! { {bar(most, of.received_minor.get(), most)}<p>{status_badge(t, of.status)}</p> })}
            {of.is_none().then(|| view! { <p>{phase_badge(t, &shown.cycle, now)}" "{when_at(t, &shown.town, &shown.cycle, now)}</p> })}
        }
        .into_any()
    })
}

fn bars(t: Text, shown: &Shown) -> impl IntoView + use<> {
    let most = shown.projects.iter().map(|project| project.ceiling.get()).max().unwrap_or(0);
    let currency = &shown.cycle.currency;
    let item = |project: &Project| {
        let received = shown.outcome_of(project)?.received_minor;
        Some(view! {
            <li>
                <span class="bars__label">{said(t, &project.title)}</span>
                <span class="bars__amount"><strong>{amount(t, received, currency)}</strong></span>
                {bar(project.ceiling.get(), received.get(), most)}
            </li>
        })
    };
    let items = shown.projects.iter().take(MOST).filter_map(item).collect_view();
    view! {
        <ul class="legend" role="list">
            <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__received" width="24" height="14"/></svg>{t.received()}</li>
            <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__asked" x="1" y="1" width="22" height="12"/></svg>{t.asked()}</li>
        </ul>
        <ol class="bars" role="list">{items}</ol>
    }
}

/// A result may come out at any second; until then nobody keeps a chart without it.
fn freshness(shown: &Shown) -> &'static str {
    if shown.cycle.phase == Phase::Counting { "public, no-cache" } else { "public, max-age=60" }
}

fn nothing(house: &House, t: Text, error: Error) -> Response {
    let mut response = document(house, t, (None, t.embed_nothing(), "/"), "no-store", || {
        view! { <p>{t.embed_nothing()}</p> }.into_any()
    });
    *response.status_mut() = error.status();
    response
}

/// The chart in its document, with the way to the whole page, which opens by itself.
fn document(
    house: &House,
    t: Text,
    (town, title, page): (Option<&Municipality>, &str, &str),
    caching: &'static str,
    content: impl FnOnce() -> AnyView,
) -> Response {
    let site = format!("/pkg/{}", house.site);
    let page = format!("{}{page}", house.public_url);
    let owner = Owner::new();
    let html = owner.with(|| {
        view! {
            <html lang=t.language.tag() dir=t.language.dir()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <meta name="robots" content="noindex"/>
                    <title>{format!("{title} – Écot")}</title>
                    <link rel="canonical" href=page.clone()/>
                    <link rel="icon" type="image/svg+xml" href=format!("{site}/favicon.svg")/>
                    <link rel="stylesheet" href=format!("{site}/ecot.css")/>
                    {town.and_then(own_style)}
                </head>
                <body class="embed">
                    <main class="embed__main">{content()}</main>
                    <footer class="embed__end">
                        <a href=page target="_blank" rel="noopener">{t.embed_open()}</a>
                        <span class="embed__brand">{icon::logo()}"Écot"</span>
                    </footer>
                </body>
            </html>
        }
        .to_html()
    });
    owner.unset();
    let headers = [
        (header::CACHE_CONTROL, caching),
        (header::VARY, "Accept-Language"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (Extension(Framable), headers, Html(format!("<!DOCTYPE html>{html}"))).into_response()
}

/// `/oembed?url=…`: how to show one of our pages.
pub async fn oembed(
    State(house): State<House>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    let get = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if get("format").is_some_and(|format| format != "json") {
        return Err(StatusCode::NOT_IMPLEMENTED);
    }
    let url = get("url").ok_or(StatusCode::BAD_REQUEST)?;
    let path = url.strip_prefix(&*house.public_url).ok_or(StatusCode::NOT_FOUND)?;
    let (path, query) = path.split_once(['?', '#']).unwrap_or((path, ""));
    let named: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let (t, now) = (text(&named, &headers), house.now());
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (town, cycle, project) = match parts[..] {
        [town, cycle] | [town, cycle, "results"] | [town, cycle, "results", _] => (town, cycle, None),
        [town, cycle, "projects", project] => (town, cycle, Some(project)),
        _ => return Err(StatusCode::NOT_FOUND),
    };
    let shown = Shown::read(&house, town, cycle, now).await.map_err(Error::status)?;
    let project = project.map(|slug| shown.project(slug)).transpose().map_err(Error::status)?;
    let most = |name: &str, usual: u32| {
        get(name).and_then(|most| most.parse().ok()).map_or(usual, |most: u32| usual.min(most))
    };
    let (page, title, picture, height) = match project {
        Some(project) => {
            let page = format!("{}/projects/{}", shown.base(), project.slug);
            (page, &project.title, shown.picture_of(t, project), 260)
        }
        None => {
            let height = if shown.counted.is_some() { 720 } else { 260 };
            (shown.base(), &shown.cycle.title, shown.picture(t, now), height)
        }
    };
    let (width, height) = (most("maxwidth", 640), most("maxheight", height));
    let title = t.embed_of(t.said(title), &shown.town.name);
    let site = &house.public_url;
    let answer = json!({
        "version": "1.0", "type": "rich", "provider_name": "Écot", "provider_url": &**site,
        "title": title, "author_name": shown.town.name, "author_url": format!("{site}/{}", shown.town.slug),
        "html": frame(t, site, &page, &title, (width, height)), "width": width, "height": height, "cache_age": 300,
        "thumbnail_url": format!("{site}{}", share::address(&picture, &page)),
        "thumbnail_width": crate::share::WIDTH_PX, "thumbnail_height": crate::share::HEIGHT_PX,
    });
    let headers = [
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::VARY, "Accept-Language"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((headers, axum::Json(answer)).into_response())
}
