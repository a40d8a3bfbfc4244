//! `/office/{town}/{cycle}/projects/{project}/picture`: the picture of a project, and what it shows in words.

use super::project::editable;
use super::{desk, upload};
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::views::field::{Field, Problems, each_language};
use crate::views::{breadcrumb, picture};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::project::Project;

/// What the page is about.
pub struct Wall {
    /// The town.
    pub town: Municipality,
    /// The cycle.
    pub cycle: Cycle,
    /// The project.
    pub project: Project,
}

impl Wall {
    /// Reads it for the officer who asks.
    ///
    /// # Errors
    /// As [`editable`]; `NotFound` for a project that is not there.
    pub async fn read(visit: &Visit, town: &str, cycle: &str, project: &str) -> Result<Self, Error> {
        let (town, cycle) = editable(visit, town, cycle).await?;
        let found = store::project::by_slug(visit.db(), &cycle.cycle_id, project).await?;
        let (project, _) = found.ok_or(Error::NotFound)?;
        Ok(Self { town, cycle, project })
    }

    /// The page's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/picture", self.form_address())
    }

    /// The address of the project's form.
    #[must_use]
    pub fn form_address(&self) -> String {
        format!("/office/{}/{}/projects/{}", self.town.slug, self.cycle.slug, self.project.slug)
    }

    /// Whether there is a picture.
    #[must_use]
    pub fn has_picture(&self) -> bool {
        self.project.photo.is_some() || self.project.picture_hash.is_some()
    }
}

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let wall = Wall::read(&visit, &town, &cycle, &project).await?;
    let fields = Fields::default().with_translated("alt", &wall.project.picture_alt);
    Ok(page(&visit, &wall, (&fields, &Problems::default())))
}

/// The form, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, wall: &Wall, (fields, problems): (&Fields, &Problems)) -> Response {
    let t = visit.text;
    let (_, mut way) = desk(t, &wall.town, &wall.cycle);
    way.push((wall.form_address(), t.said(&wall.project.title).to_owned()));
    let title = t.picture_of(t.said(&wall.project.title));
    let here = wall.has_picture().then(|| {
        let shown = picture(t, &wall.project, "(min-width: 44rem) 44rem, 100vw");
        view! { <div class="project__picture">{shown}</div> }
    });
    let remove = wall.has_picture().then(|| {
        view! {
            <form method="post" action=format!("{}/remove", wall.address())>
                <p><button class="button button--danger">{t.remove_picture()}</button></p>
            </form>
        }
    });
    let alt = each_language(
        t,
        "alt",
        |name, words| Field::line(name, t.alt_in(words), fields.get(name)).hint(t.alt_hint()),
        problems,
    );
    let file = upload(t.picture_file(), t.picture_hint(), "image/jpeg,image/png,image/webp", problems);
    Page::new(visit, title.clone()).of_cycle(&wall.town, &wall.cycle).status(problems.status()).narrow().show(
        || {
            view! {
                {breadcrumb(t, way, t.picture().to_owned())}
                {problems.summary(t)}
                <h1>{title}</h1>
                {here}
                <form class="stack" method="post" action=wall.address() enctype="multipart/form-data">
                    {file}
                    {alt}
                    <p class="cluster"><button class="button">{t.save()}</button></p>
                </form>
                {remove}
            }
            .into_any()
        },
    )
}
