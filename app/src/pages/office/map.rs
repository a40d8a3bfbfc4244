//! `/office/{town}/map`: the town's outline, which its projects are shown on.

use super::{upload, way_to_office};
use crate::access::Visit;
use crate::error::Error;
use crate::map::Map;
use crate::pages::Page;
use crate::views::breadcrumb;
use crate::views::field::Problems;
use crate::views::map::map;
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::municipality::Municipality;

/// The page.
pub async fn show(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    page(&visit, &town, &Problems::default()).await
}

/// The form, with what is wrong with the file.
///
/// # Errors
/// The database's.
pub async fn page(visit: &Visit, town: &Municipality, problems: &Problems) -> Result<Response, Error> {
    let t = visit.text;
    let json = store::municipality::map(visit.db(), &town.municipality_id).await?;
    let drawing = json.and_then(|json| Map::from_json(&json));
    let address = format!("/office/{}/map", town.slug);
    let title = t.map_of(&town.name);
    let drawn = drawing.as_ref().and_then(|drawing| map(t, Some(drawing), &[], &title));
    let remove = drawing.is_some().then(|| {
        view! {
            <form method="post" action=format!("{address}/remove")>
                <p><button class="button button--danger">{t.remove_map()}</button></p>
            </form>
        }
    });
    let file =
        upload(t.map_file(), t.map_hint(), ".geojson,.json,application/geo+json,application/json", problems);
    Ok(Page::new(visit, title.clone()).of_town(town).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way_to_office(t), title.clone())}
            {problems.summary(t)}
            <h1>{title.clone()}</h1>
            <p class="lede">{t.map_lede()}</p>
            {drawn}
            <form class="stack" method="post" action=address enctype="multipart/form-data">
                {file}
                <p class="cluster"><button class="button">{t.save()}</button></p>
            </form>
            {remove}
        }
        .into_any()
    }))
}
