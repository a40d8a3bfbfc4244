//! `/{town}/{cycle}/map`: where the projects are, with the list of them beside it.

use super::browse::Listing;
use crate::access::Visit;
use crate::browse::{Browse, draw, draw_again};
use crate::error::Error;
use crate::map::Map;
use crate::pages::Page;
use crate::text::Text;
use crate::views::map::{Mark, map};
use crate::views::{amount, breadcrumb, said};
use axum::extract::{Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use store::municipality::Municipality;
use store::project::Project;

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle_or_draft(&town, &cycle).await?;
    let browse = Browse::read(&asked, draw(&visit, &cycle));
    let all = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let drawing = of_town(&visit, &town).await?;
    if drawing.is_none() && all.iter().all(|project| project.point.is_none()) {
        return Err(Error::NotFound);
    }
    let t = visit.text;
    let chosen = browse.choose(t, all.clone());
    let base = format!("/{}/{}", town.slug, cycle.slug);
    let listing = Listing {
        browse: &browse,
        address: format!("{base}/map"),
        currency: &cycle.currency,
        all: &all,
        found: chosen.len(),
        another: draw_again(&visit),
    };
    let query = browse.query();
    let marks = marks(t, &chosen, |project| format!("{base}/projects/{}{query}", project.slug));
    let drawn = map(t, drawing.as_ref(), &marks, &t.map_of(&town.name));
    let items = chosen.iter().zip(1_u64..).map(|(project, number)| {
        let nowhere = project.point.is_none().then(|| view! { " · " {t.no_place()} });
        let number = t.number(number);
        view! {
            <li>
                <span class="map-list__number" aria-hidden="true">{number}</span>
                <div>
                    <a href=format!("{base}/projects/{}{query}", project.slug)>{said(t, &project.title)}</a>
                    <p class="meta">{amount(t, project.ceiling, &cycle.currency)}" · "{said(t, &project.place_name)}{nowhere}</p>
                </div>
            </li>
        }
    });
    let items = items.collect_view();
    let way = vec![
        ("/".into(), t.nav_home().into()),
        (format!("/{}", town.slug), town.name.clone()),
        (format!("{base}{query}"), t.said(&cycle.title).to_owned()),
    ];
    let title = t.map_title();
    Ok(Page::new(&visit, format!("{title}, {}", t.said(&cycle.title))).of_cycle(&town, &cycle).show(|| {
        view! {
            {breadcrumb(t, way, title.to_owned())}
            <h1>{title}</h1>
            {listing.form(t)}
            <section id="projects" class="map-page">
                <h2 class="visually-hidden">{t.projects_title()}</h2>
                <div class="map-page__found">
                    {listing.summary(t)}
                    <p><a href=format!("{base}{query}#projects")>{t.as_list()}</a></p>
                </div>
                <div class="map-page__map">{drawn}</div>
                <ol class="map-list" role="list">{items}</ol>
            </section>
        }
        .into_any()
    }))
}

/// The town's map, if it has given one.
///
/// # Errors
/// The database's.
pub(super) async fn of_town(visit: &Visit, town: &Municipality) -> Result<Option<Map>, Error> {
    let json = store::municipality::map(visit.db(), &town.municipality_id).await?;
    Ok(json.and_then(|json| Map::from_json(&json)))
}

/// The places of projects, numbered as the list is.
fn marks(t: Text, projects: &[Project], href: impl Fn(&Project) -> String) -> Vec<Mark> {
    let numbered = projects.iter().zip(1_u64..);
    let mark = |(project, number): (&Project, u64)| {
        Some(Mark {
            number: t.number(number),
            title: t.said(&project.title).to_owned(),
            href: Some(href(project)),
            point: project.point?,
        })
    };
    numbered.filter_map(mark).collect()
}
