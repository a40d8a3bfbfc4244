//! `/data`: all that is published, to download and cite; and `/data.ttl` and `/data.jsonld`, the same for those who
//! collect catalogues (DCAT-AP 3).

use super::catalogue::{self, Entry};
use super::{nature, standing};
use crate::access::{House, Visit};
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::{breadcrumb, icon, said, untranslated};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use store::cycle::{Cycle, Nature, Phase};
use store::municipality::Municipality;

/// The page.
pub async fn show(visit: Visit) -> Result<Response, Error> {
    let entries = Entry::all(&visit.house).await?;
    let open = store::cycle::public(visit.db(), visit.now).await?;
    let open: Vec<_> = open
        .into_iter()
        .filter(|(_, cycle)| {
            matches!(cycle.phase, Phase::Allocating | Phase::Counting) && cycle.nature != Nature::Import
        })
        .collect();
    let t = visit.text;
    let titles = entries.iter().map(|entry| &entry.cycle).chain(open.iter().map(|(_, cycle)| cycle));
    let untranslated = untranslated(t, titles.map(|cycle| &cycle.title));
    let none = entries.is_empty().then(|| view! { <p>{t.data_none()}</p> });
    let results = entries.iter().map(|entry| result(t, entry)).collect_view();
    let open = open.iter().map(|(town, cycle)| open_files(t, town, cycle)).collect_view();
    let while_open = (!open.is_empty()).then(|| {
        view! { <section><h2>{t.data_open()}</h2><p>{t.data_open_body()}</p><ul class="data" role="list">{open}</ul></section> }
    });
    let linked = catalogue::schema_org(&visit.house.public_url, &entries);
    let mut response = Page::new(&visit, t.data_title()).linked(linked).show(|| {
        view! {
            {breadcrumb(t, vec![("/".into(), t.nav_home().into())], t.data_title().to_owned())}
            <h1>{t.data_title()}</h1>
            <p class="lede">{t.data_page_lede()}</p>
            {untranslated}
            <section>
                <h2>{t.data_results()}</h2>
                {none}
                <ul class="data" role="list">{results}</ul>
            </section>
            {while_open}
            {reuse(t)}
        }
        .into_any()
    });
    Keep::Briefly.mark(&mut response);
    Ok(response)
}

fn result(t: Text, entry: &Entry) -> impl IntoView + use<> {
    let day = t.day(entry.release.published_at, &entry.town.time_zone);
    let standing = standing(t, entry.cycle.nature, &day, entry.release.version);
    let address = entry.version();
    let file = |path: &'static str, words: &'static str| {
        let href = format!("{address}/{path}");
        entry.files.iter().any(|file| file.path == path).then(|| {
            view! { <li><a href=href download>{icon("down")}{path}</a><span class="meta">{words}</span></li> }
        })
    };
    view! {
        <li>
            <h3><a href=entry.results()><bdi>{entry.town.name.clone()}</bdi>" · "{said(t, &entry.cycle.title)}</a></h3>
            <p class="meta">{standing}" "{nature(t, entry.cycle.nature)}</p>
            <ul class="downloads" role="list">
                {file("bundle.zip", t.data_bundle())}
                {file("results.xlsx", t.file_words("results.xlsx"))}
                {file("totals.csv", t.data_totals())}
                {file("projects.csv", t.data_projects())}
            </ul>
        </li>
    }
}

/// What can be followed of a cycle while it is open.
fn open_files(t: Text, town: &Municipality, cycle: &Cycle) -> impl IntoView + use<> {
    let base = format!("/{}/{}", town.slug, cycle.slug);
    view! {
        <li>
            <h3><a href=base.clone()><bdi>{town.name.clone()}</bdi>" · "{said(t, &cycle.title)}</a></h3>
            <p class="meta">{nature(t, cycle.nature)}</p>
            {follow(t, &base)}
        </li>
    }
}

/// The files of a cycle at this path that can be followed while it is open.
pub(super) fn follow(t: Text, base: &str) -> impl IntoView + use<> {
    let feed = format!("{base}/turnout.xml?language={}", t.language.tag());
    view! {
        <ul class="downloads" role="list">
            <li><a href=format!("{base}/projects.csv") download>{icon("down")}"projects.csv"</a><span class="meta">{t.data_projects()}</span></li>
            <li><a href=format!("{base}/turnout.csv") download>{icon("down")}"turnout.csv"</a><span class="meta">{t.data_turnout()}</span></li>
            <li><a href=feed>"turnout.xml"</a><span class="meta">{t.data_turnout_feed()}</span></li>
        </ul>
    }
}

fn reuse(t: Text) -> impl IntoView + use<> {
    view! {
        <section>
            <h2>{t.data_reuse()}</h2>
            <ul>
                <li>{t.data_licence_town()}" "<a href="https://www.etalab.gouv.fr/licence-ouverte-open-licence/" rel="license noreferrer">"Licence Ouverte 2.0"</a></li>
                <li>{t.data_licence_import()}</li>
                <li>{t.data_permanent()}</li>
            </ul>
        </section>
        <section>
            <h2>{t.data_programs()}</h2>
            <ul class="downloads" role="list">
                <li><a href="/api">"/api/v1"</a><span class="meta">{t.data_api()}</span></li>
                <li><a href="/data.ttl">"data.ttl"</a><span class="meta">{t.data_catalogue()}" (Turtle)"</span></li>
                <li><a href="/data.jsonld">"data.jsonld"</a><span class="meta">{t.data_catalogue()}" (JSON-LD)"</span></li>
            </ul>
        </section>
    }
}

/// `/data.jsonld`
pub async fn json_ld(State(house): State<House>) -> Result<Response, Error> {
    let entries = Entry::all(&house).await?;
    let body = catalogue::json_ld(&house.public_url, &entries).to_string();
    Ok(answer("application/ld+json", body))
}

/// `/data.ttl`
pub async fn turtle(State(house): State<House>) -> Result<Response, Error> {
    let entries = Entry::all(&house).await?;
    let body = catalogue::turtle(&catalogue::json_ld(&house.public_url, &entries));
    Ok(answer("text/turtle; charset=utf-8", body))
}

fn answer(media_type: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    let mut response = (headers, body).into_response();
    Keep::Briefly.mark(&mut response);
    response
}
