//! `/office/{town}/{cycle}/delivery` and `…/projects/{project}/delivery`: what became of the money, told step by step.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::text::zone;
use crate::views::delivery::{stand_words, step_words, steps};
use crate::views::field::{Choice, Field, Problems, choices, each_language};
use crate::views::{Tone, alert, amount, breadcrumb, said};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::delivery::Delivery;
use store::municipality::Municipality;
use store::project::Project;
use tally::Minor;
use tally::delivery::Step;

/// A cycle of the officer's whose result is public, and what each project received.
///
/// # Errors
/// As [`Visit::managed_cycle`]; `WrongPhase` before the publication.
async fn published(
    visit: &Visit,
    town: &str,
    cycle: &str,
) -> Result<(Municipality, Cycle, Vec<(Project, Minor)>), Error> {
    let (town, cycle) = visit.managed_cycle(town, cycle).await?;
    let counted = store::outcome::published(visit.db(), &cycle, visit.now).await?.ok_or(Error::WrongPhase)?;
    let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let received = |project: Project| {
        let found = counted.outcome.projects.iter().find(|outcome| outcome.id == project.count_id)?;
        (found.received_minor > Minor::ZERO).then_some((project, found.received_minor))
    };
    let funded = projects.into_iter().filter_map(received).collect();
    Ok((town, cycle, funded))
}

/// The funded projects, and where each one stands.
pub async fn list(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle, funded) = published(&visit, &town, &cycle).await?;
    let told = store::delivery::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let t = visit.text;
    let (desk, way) = desk(t, &town, &cycle);
    let rows = funded
        .iter()
        .map(|(project, received)| {
            let told = told.get(&project.project_id).map_or(&[][..], Vec::as_slice);
            let words = stand_words(t, &town, &cycle.currency, told);
            let words = words.unwrap_or_else(|| t.delivery_none().to_owned());
            let href = format!("{desk}/projects/{}/delivery", project.slug);
            let title = t.said(&project.title).to_owned();
            view! {
                <tr>
                    <th scope="row">{said(t, &project.title)}</th>
                    <td class="num" data-label=t.received()>{amount(t, *received, &cycle.currency)}</td>
                    <td data-label=t.delivery()>{words}</td>
                    <td><a href=href>{t.delivery_tell()}<span class="visually-hidden">" "{title}</span></a></td>
                </tr>
            }
        })
        .collect_view();
    let none = funded.is_empty().then(|| view! { <p>{t.delivery_nothing_funded()}</p> });
    Ok(Page::new(&visit, t.delivery()).of_cycle(&town, &cycle).show(|| {
        view! {
            {breadcrumb(t, way, t.delivery().to_owned())}
            <h1>{t.delivery()}</h1>
            <p class="lede">{t.delivery_lede()}</p>
            {none}
            <div class="table-scroll" role="region" aria-label=t.delivery() tabindex="0">
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t.project()}</th>
                        <th scope="col" class="num">{t.received()}</th>
                        <th scope="col">{t.delivery()}</th>
                        <th scope="col"><span class="visually-hidden">{t.delivery_tell()}</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    }))
}

/// What the form of a project is about.
pub struct Ledger {
    /// The town.
    pub town: Municipality,
    /// The cycle.
    pub cycle: Cycle,
    /// The project.
    pub project: Project,
    /// What it received.
    pub received: Minor,
    /// What was told.
    pub told: Vec<Delivery>,
}

impl Ledger {
    /// Reads it for the officer who asks.
    ///
    /// # Errors
    /// As for the list; `NotFound` for a project that received nothing.
    pub async fn read(visit: &Visit, town: &str, cycle: &str, project: &str) -> Result<Self, Error> {
        let (town, cycle, funded) = published(visit, town, cycle).await?;
        let found = funded.into_iter().find(|(funded, _)| funded.slug == project);
        let (project, received) = found.ok_or(Error::NotFound)?;
        let told = store::delivery::of_project(visit.db(), &project.project_id).await?;
        Ok(Self { town, cycle, project, received, told })
    }

    /// The form's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/office/{}/{}/projects/{}/delivery", self.town.slug, self.cycle.slug, self.project.slug)
    }
}

/// The form, about what was not told yet, with the whole sum.
pub async fn show(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let ledger = Ledger::read(&visit, &town, &cycle, &project).await?;
    let today = visit.now.to_zoned(zone(&ledger.town.time_zone)).date().to_string();
    let sum = visit.text.money_format(&ledger.cycle.currency).typed(ledger.received.get());
    // The id comes with the form, so that a form that is sent twice tells once.
    let fields = Fields::default().with("delivery", visit.house.id()).with("day", today).with("amount", sum);
    Ok(page(&visit, &ledger, (&fields, &Problems::default())))
}

/// The form, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, ledger: &Ledger, (form, problems): (&Fields, &Problems)) -> Response {
    let t = visit.text;
    let Ledger { town, cycle, project, received, told } = ledger;
    let (desk, mut way) = desk(t, town, cycle);
    way.push((format!("{desk}/delivery"), t.delivery().to_owned()));
    let title = t.delivery_of(t.said(&project.title));
    let all = Step::ALL.map(|step| Choice { value: step.as_str(), words: step_words(t, step) });
    let step = choices("step", t.delivery_step(), &all, form.get("step"), problems);
    let of = |name: &str| form.get(name).to_owned();
    let sum = t.money_short(*received, &cycle.currency);
    let fields = [
        Field::amount("amount", t.delivery_amount(), of("amount")).hint(t.delivery_amount_hint(&sum)),
        Field::input("date", "day", t.delivery_day(), of("day")),
        Field::input("url", "document", t.delivery_document(), of("document"))
            .hint(t.delivery_document_hint())
            .ltr(),
    ];
    let fields = fields.into_iter().map(|field| field.show(problems)).collect_view();
    let note = |name: &str, words: &str| Field::area(name, t.delivery_note_in(words), of(name), 3);
    let notes = each_language(t, "note", note, problems);
    let drawn = (!told.is_empty()).then(|| {
        view! { <section><h2>{t.delivery_so_far()}</h2>{steps(t, town, &cycle.currency, *received, told)}</section> }
    });
    Page::new(visit, title.clone()).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way, title.clone())}
            {problems.summary(t)}
            <h1>{title.clone()}</h1>
            {drawn}
            {alert(Tone::Warning, view! { <p>{t.delivery_for_good()}</p> })}
            <form class="stack" method="post" action=ledger.address()>
                <input type="hidden" name="delivery" value=of("delivery")/>
                {step}
                {fields}
                {notes}
                <p class="cluster"><button class="button">{t.delivery_publish()}</button></p>
            </form>
        }
        .into_any()
    })
}
