//! `/{town}/{cycle}/projects/{project}`: one project, what its money pays for, where it is, and its updates.

use super::map::of_town;
use super::shown::Shown;
use super::whereabouts;
use crate::access::Visit;
use crate::browse::{Browse, draw};
use crate::error::Error;
use crate::map::Map;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::delivery::steps;
use crate::views::map::{Mark, map};
use crate::views::{amount, back_link, breadcrumb, picture, prose, said, untranslated, untranslated_short};
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use store::cycle::{Cycle, Nature};
use store::municipality::Municipality;
use store::project::{BudgetLine, Kind, Project};
use store::update::Update;
use tally::Minor;
use tally::rule_sheet::Rule;

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle_or_draft(&town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &project).await?;
    let (project, budget) = found.ok_or(Error::NotFound)?;
    let updates = store::update::of_project(visit.db(), &project.project_id).await?;
    let drawing = of_town(&visit, &town).await?;
    let delivery = delivery_section(&visit, &town, &cycle, &project).await?;
    let about = (town.clone(), cycle.clone());
    let shown = Shown::of(&visit.house, about, vec![project.clone()], visit.now).await?;
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    // Who came from a list goes back to it, to the place where they left it.
    let browse = (!asked.is_empty()).then(|| Browse::read(&asked, draw(&visit, &cycle)));
    let query = browse.as_ref().map(Browse::query).unwrap_or_default();
    let back = browse
        .map(|_| back_link(format!("{base}{query}#project-{}", project.slug), t.back_to_list().to_owned()));
    let way = vec![
        ("/".into(), t.nav_home().into()),
        (format!("/{}", town.slug), town.name.clone()),
        (format!("{base}{query}"), t.said(&cycle.title).to_owned()),
    ];
    let title = t.said(&project.title).to_owned();
    let vote = cycle.takes_ballots(visit.now).then(|| {
        let words = t.spread_my(&t.money_short(cycle.sheet.envelope, &cycle.currency));
        view! { <p><a class="button" href=format!("{base}/ballot#row-{}", project.slug)>{words}</a></p> }
    });
    let feed = format!("{base}/projects/{}/feed.xml?language={}", project.slug, t.language.tag());
    let page =
        Page::new(&visit, title.clone()).of_cycle(&town, &cycle).feed(feed.clone()).kept(Keep::Briefly);
    let page = page.shared_as(&shown.picture_of(t, &project), &visit.path).embeddable(visit.path.clone());
    Ok(page.show(|| {
        view! {
            {breadcrumb(t, way, title)}
            {back}
            <h1>{said(t, &project.title)}</h1>
            <p class="meta">{whereabouts(t, &project)}</p>
            {untranslated(t, [&project.title, &project.summary, &project.body])}
            <div class="project">
                <div class="project__picture">{picture(t, &project, "(min-width: 60rem) 49rem, 100vw")}</div>
                <div class="project__side">
                    {vote}
                    {facts(t, &cycle, &project)}
                    {whereabouts_drawn(t, &town, drawing.as_ref(), &project)}
                </div>
                <div class="project__main">
                    <p class="lede">{said(t, &project.summary)}</p>
                    {prose(t, &project.body)}
                    {(!budget.is_empty()).then(|| budget_table(t, &budget, &cycle.currency))}
                    {delivery}
                    {updates_section(t, &town, &updates, feed)}
                </div>
            </div>
        }
        .into_any()
    }))
}

fn facts(t: Text, cycle: &Cycle, project: &Project) -> impl IntoView + use<> {
    let (kind, explained) = kind_words(t, project.kind);
    let money = |minor| amount(t, minor, &cycle.currency);
    let fact = |name: &'static str, value: AnyView| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    // Only a rule that pays partial sums asks for the least sum.
    let by_parts = matches!(cycle.sheet.rule, Rule::Direct | Rule::Transfer { .. } | Rule::CubeRoot);
    let floor_counts = by_parts && project.floor < project.ceiling;
    let place =
        (!project.place_name.is_empty()).then(|| fact(t.place(), said(t, &project.place_name).into_any()));
    let holder = (!project.holder.is_empty())
        .then(|| fact(t.holder(), view! { <bdi>{project.holder.clone()}</bdi> }.into_any()));
    view! {
        <dl class="facts">
            {fact(t.asks(), money(project.ceiling).into_any())}
            {floor_counts.then(|| fact(t.at_least(), money(project.floor).into_any()))}
            {fact(t.kind(), view! { {kind}<p class="meta">{explained}</p> }.into_any())}
            {place}
            {holder}
        </dl>
    }
}

/// The place on the town's map.
fn whereabouts_drawn(
    t: Text,
    town: &Municipality,
    drawing: Option<&Map>,
    project: &Project,
) -> Option<AnyView> {
    let (drawing, point) = (drawing?, project.point?);
    let title = t.said(&project.place_name).to_owned();
    let title = if title.is_empty() { t.place().to_owned() } else { title };
    map(t, Some(drawing), &[Mark { number: String::new(), title, href: None, point }], &t.map_of(&town.name))
}

/// What became of the project's money; nothing before the result is public, and for a project that received none.
async fn delivery_section(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    project: &Project,
) -> Result<Option<AnyView>, Error> {
    let Some(counted) = store::outcome::published(visit.db(), cycle, visit.now).await? else {
        return Ok(None);
    };
    let found = counted.outcome.projects.iter().find(|outcome| outcome.id == project.count_id);
    let received = found.map_or(Minor::ZERO, |outcome| outcome.received_minor);
    if received == Minor::ZERO || cycle.nature == Nature::Import {
        return Ok(None);
    }
    let told = store::delivery::of_project(visit.db(), &project.project_id).await?;
    let t = visit.text;
    let none = told.is_empty().then(|| view! { <p>{t.delivery_none()}</p> });
    let drawn = steps(t, town, &cycle.currency, received, &told);
    Ok(Some(view! { <h2 id="delivery">{t.delivery()}</h2>{none}{drawn} }.into_any()))
}

/// What the town has told, newest first, each correction with what it corrects.
fn updates_section(t: Text, town: &Municipality, updates: &[Update], feed: String) -> impl IntoView + use<> {
    let items = updates.iter().map(|update| update_item(t, town, update)).collect_view();
    let list = if updates.is_empty() {
        view! { <p>{t.no_updates()}</p> }.into_any()
    } else {
        view! { <ol class="timeline" role="list">{items}</ol> }.into_any()
    };
    view! {
        <h2 id="updates">{t.updates()}</h2>
        {list}
        <p class="meta"><a href=feed>{t.feed()}</a></p>
    }
}

fn update_item(t: Text, town: &Municipality, update: &Update) -> impl IntoView + use<> {
    let day = |at| t.day(at, &town.time_zone);
    let corrected = (!update.before.is_empty())
        .then(|| view! { <p class="meta">{t.corrected_on(&day(update.written_at))}</p> });
    let before = update.before.iter().map(|(written_at, words)| {
        view! {
            <div class="stack stack--tight">
                <p class="meta">{t.written_on(&day(*written_at))}</p>
                <p><strong>{said(t, &words.title)}</strong></p>
                {prose(t, &words.body)}
            </div>
        }
    });
    let before = before.collect_view();
    let before = (!update.before.is_empty()).then(|| {
        view! { <details class="details"><summary>{t.before_correction()}</summary>{before}</details> }
    });
    view! {
        <li id=format!("update-{}", update.update_id)>
            <p class="meta">{day(update.published_at)}</p>
            <h3>{said(t, &update.now.title)}</h3>
            {untranslated_short(t, [&update.now.title, &update.now.body])}
            {prose(t, &update.now.body)}
            {corrected}
            {before}
        </li>
    }
}

/// A kind's name, and what it means.
pub(super) fn kind_words(t: Text, kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Grant => (t.kind_grant(), t.kind_grant_body()),
        Kind::Threshold => (t.kind_threshold(), t.kind_threshold_body()),
        Kind::Monthly => (t.kind_monthly(), t.kind_monthly_body()),
        Kind::Advance => (t.kind_advance(), t.kind_advance_body()),
    }
}

fn budget_table(t: Text, budget: &[BudgetLine], currency: &str) -> impl IntoView + use<> {
    let total = budget.iter().map(|line| line.amount).sum();
    let rows = budget
        .iter()
        .map(|line| {
            view! { <tr><th scope="row">{said(t, &line.label)}</th><td class="num">{amount(t, line.amount, currency)}</td></tr> }
        })
        .collect_view();
    view! {
        <h2>{t.budget()}</h2>
        <table class="table">
            <caption class="visually-hidden">{t.budget()}</caption>
            <thead><tr><th scope="col">{t.item()}</th><th scope="col" class="num">{t.amount()}</th></tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr><th scope="row">{t.total()}</th><td class="num">{amount(t, total, currency)}</td></tr></tfoot>
        </table>
    }
}

/// `/pictures/{file}`: a drawing (`HASH.svg`) or a size of a photograph (`HASH-WIDTH.jpg`) under the name of its content,
/// for good. It may run nothing and load nothing.
pub async fn picture_file(visit: Visit, Path(file): Path<String>) -> Result<Response, Error> {
    let (media_type, body) = if let Some(hash) = file.strip_suffix(".svg") {
        store::project::picture(visit.db(), hash).await?.ok_or(Error::NotFound)?
    } else {
        let name = file.strip_suffix(".jpg").and_then(|name| name.split_once('-'));
        let (hash, width) = name.ok_or(Error::NotFound)?;
        let width = width.parse().map_err(|_| Error::NotFound)?;
        let body = store::photo::file(visit.db(), hash, width).await?.ok_or(Error::NotFound)?;
        ("image/jpeg".to_owned(), body)
    };
    let headers = [
        (header::CONTENT_TYPE, media_type.as_str()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ];
    Ok((headers, body).into_response())
}
