//! `/office/{town}/{cycle}/incidents`: tell the public what went wrong.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::pages::public::status::list;
use crate::views::field::{Field, Problems, each_language};
use crate::views::{Tone, alert, breadcrumb};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = visit.managed_cycle(&town, &cycle).await?;
    page(&visit, &town, &cycle, (&Fields::default(), &Problems::default())).await
}

/// The page, with what was typed and what is wrong with it.
///
/// # Errors
/// The database's.
pub async fn page(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    (form, problems): (&Fields, &Problems),
) -> Result<Response, Error> {
    let t = visit.text;
    let incidents = store::incident::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let (desk, way) = desk(t, town, cycle);
    let field = |name: &str, language: &str| Field::area(name, t.incident_in(language), form.get(name), 4);
    let fields = each_language(t, "body", field, problems);
    Ok(Page::new(visit, t.incidents()).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.incidents().to_owned())}
            {problems.summary(t)}
            <h1>{t.incident_tell()}</h1>
            {alert(Tone::Warning, view! { <p>{t.incident_for_good()}</p> })}
            <p>{t.incident_hint()}</p>
            <form class="stack" method="post" action=format!("{desk}/incidents")>
                {fields}
                <p class="cluster"><button class="button">{t.incident_publish()}</button></p>
            </form>
            <section>
                <h2>{t.incidents()}</h2>
                {list(t, town, &incidents)}
            </section>
        }
        .into_any()
    }))
}
