//! `/office/{town}/{cycle}/corrections`: a result that turned out to be wrong gets a further version, with its reason.
//!
//! Replaces nothing: what was published stays at its address and says that there is a later version.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::text::Text;
use crate::views::field::{Field, Problems, each_language};
use crate::views::{Tone, alert, amount, breadcrumb, said};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::{Cycle, Nature};
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;
use tally::compare::changes;

/// What the page is about.
pub struct Corrections {
    /// The town.
    pub town: Municipality,
    /// The cycle, published.
    pub cycle: Cycle,
    /// A correction that was counted and waits for its publication.
    pub waiting: Option<Counted>,
    versions: Vec<Counted>,
    projects: Vec<Project>,
}

impl Corrections {
    /// Reads it for the officer who asks.
    ///
    /// # Errors
    /// `WrongPhase` where nothing is published that could be corrected.
    pub async fn read(visit: &Visit, town: &str, cycle: &str) -> Result<Self, Error> {
        let (town, cycle) = visit.managed_cycle(town, cycle).await?;
        if !cycle.phase.is_published() || cycle.nature == Nature::Real {
            return Err(Error::WrongPhase);
        }
        let latest = store::outcome::latest(visit.db(), &cycle).await?;
        Ok(Self {
            waiting: latest.filter(|counted| counted.published_at.is_none()),
            versions: store::outcome::versions(visit.db(), &cycle, visit.now).await?,
            projects: store::project::of_cycle(visit.db(), &cycle.cycle_id).await?,
            town,
            cycle,
        })
    }
}

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let corrections = Corrections::read(&visit, &town, &cycle).await?;
    Ok(page(&visit, &corrections, (&Fields::default(), &Problems::default())))
}

/// The page, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, of: &Corrections, (form, problems): (&Fields, &Problems)) -> Response {
    let t = visit.text;
    let (address, way) = desk(t, &of.town, &of.cycle);
    let next = match &of.waiting {
        Some(waiting) => waits(t, of, waiting, &address).into_any(),
        None => ask(t, &address, (form, problems)).into_any(),
    };
    let versions = of
        .versions
        .iter()
        .map(|counted| {
            let number = t.number(counted.version.unsigned_abs());
            let href = format!("/{}/{}/results/v{}", of.town.slug, of.cycle.slug, counted.version);
            let day = counted.published_at.map(|at| t.day(at, &of.town.time_zone)).unwrap_or_default();
            let reason = (!counted.reason.is_empty()).then(|| view! { <p>{said(t, &counted.reason)}</p> });
            view! { <li><a href=href>{t.version_of_day(&number, &day)}</a>{reason}</li> }
        })
        .collect_view();
    Page::new(visit, t.corrections()).of_cycle(&of.town, &of.cycle).status(problems.status()).narrow().show(
        || {
            view! {
                {breadcrumb(t, way, t.corrections().to_owned())}
                {problems.summary(t)}
                <h1>{t.corrections()}</h1>
                {next}
                <section>
                    <h2>{t.versions_published()}</h2>
                    <ol class="timeline" role="list">{versions}</ol>
                </section>
            }
            .into_any()
        },
    )
}

fn ask(t: Text, address: &str, (form, problems): (&Fields, &Problems)) -> impl IntoView + use<> {
    let reason =
        |name: &str, language: &str| Field::area(name, t.correction_reason_in(language), form.get(name), 3);
    let void =
        Field::line("void", t.correction_void(), form.get("void")).hint(t.correction_void_hint()).ltr();
    view! {
        <p>{t.correction_lede()}</p>
        <form class="stack" method="post" action=format!("{address}/corrections")>
            {each_language(t, "reason", reason, problems)}
            {void.show(problems)}
            <p class="cluster"><button class="button">{t.correction_count()}</button></p>
        </form>
    }
}

/// What a correction would change, and whether it is to be.
fn waits(t: Text, of: &Corrections, waiting: &Counted, address: &str) -> impl IntoView + use<> {
    let before = of.versions.first().map(|counted| &counted.outcome);
    let changed = before.map(|before| changes(&[before, &waiting.outcome])).unwrap_or_default();
    let rows = changed
        .iter()
        .filter_map(|change| {
            let project = of.projects.iter().find(|project| project.count_id == change.project)?;
            let [before, after] = change.received_minor[..] else { return None };
            Some(view! {
                <tr>
                    <th scope="row">{said(t, &project.title)}</th>
                    <td class="num">{amount(t, before, &of.cycle.currency)}</td>
                    <td class="num">{amount(t, after, &of.cycle.currency)}</td>
                </tr>
            })
        })
        .collect_view();
    let table = if changed.is_empty() {
        view! { <p>{t.correction_changes_nothing()}</p> }.into_any()
    } else {
        view! {
            <table class="table">
                <caption>{t.correction_changes()}</caption>
                <thead><tr>
                    <th scope="col">{t.project()}</th>
                    <th scope="col" class="num">{t.received_before()}</th>
                    <th scope="col" class="num">{t.received_after()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let version = t.number(waiting.version.unsigned_abs());
    let ballots = t.ballots(waiting.outcome.ballots.into());
    let void = t.ballots_void(waiting.void);
    view! {
        {alert(Tone::Warning, view! { <p>{t.correction_waits(&version)}</p> })}
        <p>{said(t, &waiting.reason)}</p>
        <p>{ballots}" "{void}</p>
        {table}
        <div class="cluster">
            <form method="post" action=format!("{address}/corrections/publish")>
                <input type="hidden" name="counted_at" value=waiting.counted_at.to_string()/>
                <button class="button">{t.correction_publish()}</button></form>
            <form method="post" action=format!("{address}/corrections/discard")><button class="button button--secondary">{t.correction_discard()}</button></form>
        </div>
    }
}
