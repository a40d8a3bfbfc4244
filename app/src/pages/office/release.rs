//! `/office/{town}/{cycle}/publish`: the result before its release, for those who release it, and when that is to be.
//!
//! The only page that shows a result before everybody can see it, and only to officers of the town.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::text::{Text, zone};
use crate::views::field::{Choice, Field, Problems, choices};
use crate::views::{Tone, alert, amount, breadcrumb, said, status_badge};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use std::cmp::Reverse;
use store::cycle::{Cycle, Nature, Phase};
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;

/// What the page is about.
pub struct Release {
    /// The town.
    pub town: Municipality,
    /// The cycle, closed and counted.
    pub cycle: Cycle,
    /// What was counted.
    pub counted: Counted,
    projects: Vec<Project>,
}

impl Release {
    /// Reads it for the officer who asks.
    ///
    /// # Errors
    /// `WrongPhase` where nothing waits for its release.
    pub async fn read(visit: &Visit, town: &str, cycle: &str) -> Result<Self, Error> {
        let (town, cycle) = visit.managed_cycle(town, cycle).await?;
        let counted = store::outcome::latest(visit.db(), &cycle).await?.ok_or(Error::WrongPhase)?;
        if cycle.phase != Phase::Counting || cycle.nature == Nature::Real {
            return Err(Error::WrongPhase);
        }
        let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
        Ok(Self { town, cycle, counted, projects })
    }
}

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let release = Release::read(&visit, &town, &cycle).await?;
    let tomorrow =
        visit.now.to_zoned(zone(&release.town.time_zone)).date().tomorrow().map_err(|_| Error::Broken)?;
    let form = Fields::default()
        .with("when", "now")
        .with("release_date", tomorrow.to_string())
        .with("release_time", "18:00");
    Ok(page(&visit, &release, (&form, &Problems::default())))
}

/// The page, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, release: &Release, (form, problems): (&Fields, &Problems)) -> Response {
    let t = visit.text;
    let Release { town, cycle, counted, .. } = release;
    let (address, way) = desk(t, town, cycle);
    let form = match counted.published_at {
        Some(at) => scheduled(t, &address, &t.moment(at, &town.time_zone)).into_any(),
        None => when(t, town, &address, (form, problems)).into_any(),
    };
    Page::new(visit, t.publish()).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.publish().to_owned())}
            {problems.summary(t)}
            <h1>{t.publish()}</h1>
            <p class="lede"><bdi>{town.name.clone()}</bdi>" · "{said(t, &cycle.title)}</p>
            {form}
            <section>
                <h2>{t.release_preview()}</h2>
                <p>{t.release_preview_hint()}</p>
                {totals(t, release)}
            </section>
        }
        .into_any()
    })
}

fn when(
    t: Text,
    town: &Municipality,
    address: &str,
    (form, problems): (&Fields, &Problems),
) -> impl IntoView + use<> {
    let answers = [
        Choice { value: "now", words: t.release_now() },
        Choice { value: "later", words: t.release_later() },
    ];
    let date = Field::input("date", "release_date", t.release_date(), form.get("release_date"));
    let time = Field::input("time", "release_time", t.release_time(), form.get("release_time"));
    view! {
        {alert(Tone::Warning, view! { <p>{t.step_for_good()}</p><ul><li>{t.publish_explained()}</li><li>{t.step_publish_stays()}</li></ul> })}
        <form class="stack" method="post" action=format!("{address}/publish")>
            {choices("when", t.release_when(), &answers, form.get("when"), problems)}
            {date.show(problems)}
            {time.hint(town.time_zone.clone()).show(problems)}
            <p class="cluster">
                <button class="button">{t.publish()}</button>
                <a href=address.to_owned()>{t.step_not_now()}</a>
            </p>
        </form>
    }
}

fn scheduled(t: Text, address: &str, at: &str) -> impl IntoView + use<> {
    view! {
        {alert(Tone::Info, view! { <p>{t.release_scheduled(at)}</p> })}
        <form class="cluster" method="post" action=format!("{address}/publish/withdraw")>
            <button class="button button--secondary">{t.release_withdraw()}</button>
        </form>
    }
}

/// What each project would receive.
fn totals(t: Text, release: &Release) -> impl IntoView + use<> {
    let currency = &release.cycle.currency;
    let mut rows: Vec<_> = release.counted.outcome.projects.iter().collect();
    rows.sort_by_key(|outcome| Reverse(outcome.received_minor));
    let rows = rows
        .into_iter()
        .filter_map(|outcome| {
            let project = release.projects.iter().find(|project| project.count_id == outcome.id)?;
            Some(view! {
                <tr>
                    <th scope="row">{said(t, &project.title)}</th>
                    <td>{status_badge(t, outcome.status)}</td>
                    <td class="num">{t.number(outcome.supporters.into())}</td>
                    <td class="num">{amount(t, outcome.received_minor, currency)}</td>
                </tr>
            })
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=t.release_preview()>
            <table class="table">
                <thead><tr>
                    <th scope="col">{t.project()}</th>
                    <th scope="col">{t.status()}</th>
                    <th scope="col" class="num">{t.supporters_column()}</th>
                    <th scope="col" class="num">{t.received()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr>
                    <th scope="row">{t.total()}</th><td></td><td></td>
                    <td class="num">{amount(t, release.counted.outcome.funded_minor, currency)}</td>
                </tr></tfoot>
            </table>
        </div>
    }
}
