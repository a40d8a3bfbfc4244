//! `/office/{town}/{cycle}/projects/{project}/updates`: what the town tells about a project, and its corrections.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::views::field::{Field, Problems, each_language};
use crate::views::{breadcrumb, said};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::{Cycle, Phase};
use store::municipality::Municipality;
use store::project::Project;
use store::update::Update;

/// What the pages are about.
pub struct Paper {
    /// The town.
    pub town: Municipality,
    /// The cycle.
    pub cycle: Cycle,
    /// The project.
    pub project: Project,
    /// What was told.
    pub updates: Vec<Update>,
}

impl Paper {
    /// Reads it for the officer who asks.
    ///
    /// # Errors
    /// As [`Visit::managed_cycle`]; `NotFound` for a project that is not there; `WrongPhase` in an archive.
    pub async fn read(visit: &Visit, town: &str, cycle: &str, project: &str) -> Result<Self, Error> {
        let (town, cycle) = visit.managed_cycle(town, cycle).await?;
        if cycle.phase == Phase::Archived {
            return Err(Error::WrongPhase);
        }
        let found = store::project::by_slug(visit.db(), &cycle.cycle_id, project).await?;
        let (project, _) = found.ok_or(Error::NotFound)?;
        let updates = store::update::of_project(visit.db(), &project.project_id).await?;
        Ok(Self { town, cycle, project, updates })
    }

    /// The address of the list.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/office/{}/{}/projects/{}/updates", self.town.slug, self.cycle.slug, self.project.slug)
    }

    /// One piece of it.
    ///
    /// # Errors
    /// `NotFound` where there is none of this id.
    pub fn one(&self, update_id: &str) -> Result<&Update, Error> {
        self.updates.iter().find(|update| update.update_id == update_id).ok_or(Error::NotFound)
    }
}

/// What was told, and the form to tell more.
pub async fn show(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let paper = Paper::read(&visit, &town, &cycle, &project).await?;
    // The id comes with the form, so that a form that is sent twice tells once.
    let fields = Fields::default().with("update", visit.house.id());
    Ok(page(&visit, &paper, (&fields, &Problems::default())))
}

/// The list and the form, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, paper: &Paper, (fields, problems): (&Fields, &Problems)) -> Response {
    let t = visit.text;
    let (_, way) = desk(t, &paper.town, &paper.cycle);
    let title = t.updates_of(t.said(&paper.project.title));
    let items = paper.updates.iter().map(|update| {
        let href = format!("{}/{}", paper.address(), update.update_id);
        let corrected = (!update.before.is_empty())
            .then(|| t.corrected_on(&t.day(update.written_at, &paper.town.time_zone)));
        view! {
            <li>
                <h3><a href=href>{said(t, &update.now.title)}</a></h3>
                <p class="meta">{t.day(update.published_at, &paper.town.time_zone)}" "{corrected}</p>
            </li>
        }
    });
    let items = items.collect_view();
    let list = (!paper.updates.is_empty()).then(|| {
        view! { <section><h2>{t.correct_update()}</h2><ul class="cycle-list" role="list">{items}</ul></section> }
    });
    let form = form(visit, &paper.address(), (fields, problems));
    Page::new(visit, title.clone())
        .of_cycle(&paper.town, &paper.cycle)
        .status(problems.status())
        .narrow()
        .show(|| {
            view! {
                {breadcrumb(t, way, title.clone())}
                {problems.summary(t)}
                <h1>{title.clone()}</h1>
                <p class="lede">{t.updates_lede()}</p>
                {form}
                {list}
            }
            .into_any()
        })
}

/// The form of one update, to correct it.
pub async fn edit(
    visit: Visit,
    Path((town, cycle, project, update)): Path<(String, String, String, String)>,
) -> Result<Response, Error> {
    let paper = Paper::read(&visit, &town, &cycle, &project).await?;
    let now = &paper.one(&update)?.now;
    let fields = Fields::default().with_translated("title", &now.title).with_translated("body", &now.body);
    Ok(correction(&visit, &paper, &update, (&fields, &Problems::default())))
}

/// The form to correct, with what was typed and what is wrong with it.
pub fn correction(
    visit: &Visit,
    paper: &Paper,
    update_id: &str,
    (fields, problems): (&Fields, &Problems),
) -> Response {
    let t = visit.text;
    let (_, mut way) = desk(t, &paper.town, &paper.cycle);
    way.push((paper.address(), t.updates_of(t.said(&paper.project.title))));
    let form = form(visit, &format!("{}/{update_id}", paper.address()), (fields, problems));
    let title = t.correct_update();
    Page::new(visit, title).of_cycle(&paper.town, &paper.cycle).status(problems.status()).narrow().show(
        || {
            view! {
                {breadcrumb(t, way, title.to_owned())}
                {problems.summary(t)}
                <h1>{title}</h1>
                <p class="lede">{t.correct_update_lede()}</p>
                {form}
            }
            .into_any()
        },
    )
}

fn form(visit: &Visit, action: &str, (fields, problems): (&Fields, &Problems)) -> impl IntoView + use<> {
    let t = visit.text;
    let of = |name: &str| fields.get(name).to_owned();
    let id = fields.get("update").to_owned();
    let id = (!id.is_empty()).then(|| view! { <input type="hidden" name="update" value=id/> });
    view! {
        <form class="stack" method="post" action=action.to_owned()>
            {id}
            {each_language(t, "title", |name, words| Field::line(name, t.title_in(words), of(name)), problems)}
            {each_language(t, "body", |name, words| Field::area(name, t.update_text_in(words), of(name), 6).hint(t.body_hint()), problems)}
            <p class="cluster"><button class="button">{t.publish_update()}</button></p>
        </form>
    }
}
