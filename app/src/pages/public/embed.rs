//! `/embed/{town}/{cycle}` and `/embed/{town}/{cycle}/projects/{project}`: a chart for the pages of others, and `/oembed`,
//! by which their programs find it (<https://oembed.com>).
//!
//! The only pages that other sites may show in a frame. They read no cookie, set none, run no script and have no form, so
//! that there is nothing to take from a visitor who clicks on them elsewhere.

use super::shown::Shown;
use super::{share, version_number, when_at};
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
use store::cycle::{Nature, Phase};
use store::municipality::Municipality;
use store::project::Project;

/// How many projects a chart shows; the others are on the page that it leads to.
const MOST: usize = 8;

/// How wide a chart is where there is room.
pub(super) const WIDTH_PX: u32 = 640;
/// How high one without bars is.
const LOW_PX: u32 = 260;

/// So many letters of a title find room beside its sum before it takes another line.
const LETTERS: usize = 40;

/// How high a chart of projects of these titles is. On a narrower page more lines break, and it scrolls under its foot.
pub(super) fn height_px<'a>(titles: impl Iterator<Item = &'a str>) -> u32 {
    let lines = |title: &str| u32::try_from(title.chars().count().div_ceil(LETTERS)).unwrap_or(1);
    300 + titles.take(MOST).map(|title| 46 + 27 * lines(title)).sum::<u32>()
}

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
    match Shown::read(&house, &town, &cycle, now).await {
        Ok(shown) => {
            let page =
                if shown.counted.is_some() { format!("{}/results", shown.base()) } else { shown.base() };
            chart(&house, t, &shown, &page)
        }
        Err(error) => nothing(&house, t, error),
    }
}

/// The chart of a version of a result, which stays what it is.
pub async fn version(
    State(house): State<House>,
    Path((town, cycle, version)): Path<(String, String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let (t, now) = (text(&asked, &headers), house.now());
    let shown = match version_number(&version) {
        Some(number) => Shown::read_version(&house, (&town, &cycle, number), now).await,
        None => Err(Error::NotFound),
    };
    match shown {
        Ok(shown) => chart(&house, t, &shown, &shown.permanent().unwrap_or_else(|| shown.base())),
        Err(error) => nothing(&house, t, error),
    }
}

/// The chart of a cycle, of which there is more at the page of this path.
fn chart(house: &House, t: Text, shown: &Shown, page: &str) -> Response {
    let now = house.now();
    let title = t.embed_of(t.said(&shown.cycle.title), &shown.town.name);
    let has_result = shown.counted.is_some();
    document(house, t, (Some(&shown.town), &title, page), freshness(shown), || {
        // A step of the cycle beside its figures would be taken for one of them.
        let badge = (!has_result).then(|| phase_badge(t, &shown.cycle, now));
        view! {
            <h1>{said(t, &shown.cycle.title)}</h1>
            <p class="meta embed__of"><bdi>{shown.town.name.clone()}</bdi>{badge}<span>{super::nature(t, shown.cycle.nature)}</span></p>
            {standing(house, t, shown)}
            <p class="answer">{shown.says(t, now)}</p>
            {has_result.then(|| bars(t, shown))}
        }
        .into_any()
    })
}

/// Which version it shows, of when, and where that stays; and that there is a later one.
fn standing(house: &House, t: Text, shown: &Shown) -> Option<impl IntoView + use<>> {
    let counted = shown.counted.as_ref()?;
    let address = format!("{}{}", house.public_url, shown.permanent()?);
    let number = |version: i64| t.number(u64::try_from(version).unwrap_or(0));
    let at = counted.published_at.or(shown.cycle.published_at);
    let day = at.map(|at| t.day(at, &shown.town.time_zone)).unwrap_or_default();
    let later = shown.latest.filter(|latest| *latest > counted.version).map(|latest| {
        let href = format!("{}{}/results/v{latest}", house.public_url, shown.base());
        view! { <p class="meta"><strong>{t.version_old()}</strong>" "<a href=href target="_blank" rel="noopener">{t.version_newer(&number(latest))}</a></p> }
    });
    let version = number(counted.version);
    // An election of elsewhere was published there, long before.
    let words = match shown.cycle.nature {
        Nature::Import => t.counted_here_version(&day, &version),
        Nature::Practice | Nature::Real => t.embed_version(&version, &day),
    };
    Some(view! {
        <p class="meta"><a href=address target="_blank" rel="noopener">{words}</a></p>
        {later}
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
            <p class="meta embed__of"><span><bdi>{shown.town.name.clone()}</bdi>" · "{said(t, &shown.cycle.title)}</span><span>{super::nature(t, shown.cycle.nature)}</span></p>
            <p class="answer">{shown.says_of(t, project)}</p>
            {of.map(|of| view! { {bar(most, of.received_minor.get(), most)}<p>{status_badge(t, of.status)}</p> })}
            {of.is_none().then(|| view! { <p>{phase_badge(t, &shown.cycle, now)}" "{when_at(t, &shown.town, &shown.cycle, now)}</p> })}
            {standing(&house, t, &shown)}
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
    let others = shown.projects.len().saturating_sub(MOST) as u64;
    let items = shown.projects.iter().take(MOST).filter_map(item).collect_view();
    view! {
        <ul class="legend" role="list">
            <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__received" width="24" height="14"/></svg>{t.received()}</li>
            <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__asked" x="1" y="1" width="22" height="12"/></svg>{t.asked()}</li>
        </ul>
        <ol class="bars" role="list">{items}</ol>
        {(others > 0).then(|| view! { <p class="meta">"… "{t.and_more(others)}</p> })}
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
    let (town, cycle, version, project) = match parts[..] {
        [town, cycle] | [town, cycle, "results"] => (town, cycle, None, None),
        [town, cycle, "results", version] => (town, cycle, Some(version), None),
        [town, cycle, "projects", project] => (town, cycle, None, Some(project)),
        _ => return Err(StatusCode::NOT_FOUND),
    };
    let shown = match version {
        None => Shown::read(&house, town, cycle, now).await,
        Some(version) => {
            let number = version_number(version).ok_or(StatusCode::NOT_FOUND)?;
            Shown::read_version(&house, (town, cycle, number), now).await
        }
    };
    let shown = shown.map_err(Error::status)?;
    let project = project.map(|slug| shown.project(slug)).transpose().map_err(Error::status)?;
    let most = |name: &str, usual: u32| {
        get(name).and_then(|most| most.parse().ok()).map_or(usual, |most: u32| usual.min(most))
    };
    let (page, title, picture, height) = match project {
        Some(project) => {
            let page = format!("{}/projects/{}", shown.base(), project.slug);
            (page, &project.title, shown.picture_of(t, project), LOW_PX)
        }
        None => {
            let titles = shown.projects.iter().map(|project| t.said(&project.title));
            let height = shown.counted.as_ref().map_or(LOW_PX, |_| height_px(titles));
            let page = version.and_then(|_| shown.permanent()).unwrap_or_else(|| shown.base());
            (page, &shown.cycle.title, shown.picture(t, now), height)
        }
    };
    let (width, height) = (most("maxwidth", WIDTH_PX), most("maxheight", height));
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
