//! `/{town}/{cycle}/projects/{project}`: one project, and what its money pays for.

use super::{picture, whereabouts};
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::text::Text;
use crate::views::{amount, breadcrumb, prose, said, untranslated};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use store::project::{BudgetLine, Kind};
use tally::rule_sheet::Rule;

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &project).await?;
    let (project, budget) = found.ok_or(Error::NotFound)?;
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    let way = vec![
        ("/".into(), t.nav_home().into()),
        (format!("/{}", town.slug), town.name.clone()),
        (base.clone(), t.said(&cycle.title).to_owned()),
    ];
    let title = t.said(&project.title).to_owned();
    let (kind, explained) = kind_words(t, project.kind);
    let money = |minor| amount(t, minor, &cycle.currency);
    let vote = cycle.takes_ballots(visit.now).then(|| {
        let words = t.spread_my(&t.money_short(cycle.sheet.envelope, &cycle.currency));
        view! { <p><a class="button" href=format!("{base}/ballot#row-{}", project.slug)>{words}</a></p> }
    });
    let fact = |name: &'static str, value: AnyView| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    // Only a rule that pays partial sums asks for the least sum.
    let by_parts = matches!(cycle.sheet.rule, Rule::Direct | Rule::Transfer { .. } | Rule::CubeRoot);
    let floor_counts = by_parts && project.floor < project.ceiling;
    let place =
        (!project.place_name.is_empty()).then(|| fact(t.place(), said(t, &project.place_name).into_any()));
    let holder = (!project.holder.is_empty())
        .then(|| fact(t.holder(), view! { <bdi>{project.holder.clone()}</bdi> }.into_any()));
    Ok(Page::new(&visit, title.clone()).of_cycle(&town, &cycle).show(|| {
        view! {
            {breadcrumb(t, way, title)}
            <h1>{said(t, &project.title)}</h1>
            <p class="meta">{whereabouts(t, &project)}</p>
            {untranslated(t, [&project.title, &project.summary, &project.body])}
            <div class="project">
                <div class="project__picture">{picture(t, &project)}</div>
                <div class="project__side">
                    {vote}
                    <dl class="facts">
                        {fact(t.asks(), money(project.ceiling).into_any())}
                        {floor_counts.then(|| fact(t.at_least(), money(project.floor).into_any()))}
                        {fact(t.kind(), view! { {kind}<p class="meta">{explained}</p> }.into_any())}
                        {place}
                        {holder}
                    </dl>
                </div>
                <div class="project__main">
                    <p class="lede">{said(t, &project.summary)}</p>
                    {prose(t, &project.body)}
                    {(!budget.is_empty()).then(|| budget_table(t, &budget, &cycle.currency))}
                </div>
            </div>
        }
        .into_any()
    }))
}

/// A kind's name, and what it means.
fn kind_words(t: Text, kind: Kind) -> (&'static str, &'static str) {
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

/// `/pictures/{hash}.svg`: a picture under the name of its content, for good. It may run nothing and load nothing.
pub async fn picture_file(visit: Visit, Path(file): Path<String>) -> Result<Response, Error> {
    let hash = file.strip_suffix(".svg").ok_or(Error::NotFound)?;
    let (media_type, body) = store::project::picture(visit.db(), hash).await?.ok_or(Error::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, media_type.as_str()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ];
    Ok((headers, body).into_response())
}
