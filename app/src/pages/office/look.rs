//! `/office/{town}/look`: the town's colour.

use super::way_to_office;
use crate::accent::{Accent, Colour};
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::views::breadcrumb;
use crate::views::field::{Field, Problems};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::municipality::Municipality;

/// What is offered where the town has asked for nothing: Écot's own colour.
const OWN: &str = "#0b5f53";

/// The page.
pub async fn show(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let colour = town.accent.clone().unwrap_or_else(|| OWN.to_owned());
    Ok(page(&visit, &town, &Fields::default().with("accent", colour), &Problems::default()))
}

/// The form, with what is wrong with it, and what pages make of the colour.
pub fn page(visit: &Visit, town: &Municipality, form: &Fields, problems: &Problems) -> Response {
    let t = visit.text;
    let field = Field::input("color", "accent", t.accent(), form.get("accent")).hint(t.accent_hint());
    let field = field.show(problems);
    let shades = form.get("accent").parse::<Colour>().ok().map(|asked| {
        let shade = |words: &'static str, Accent { accent, on, wash, .. }: Accent| {
            // As attributes of a drawing: no style has to be allowed for it.
            view! {
                <li>
                    <svg class="shade" viewBox="0 0 240 56" role="img" aria-label=words>
                        <rect width="240" height="56" rx="8" fill=wash.to_string()/>
                        <rect x="8" y="8" width="112" height="40" rx="20" fill=accent.to_string()/>
                        <text x="64" y="34" text-anchor="middle" fill=on.to_string()>{words}</text>
                        <text x="136" y="34" fill=accent.to_string()>{accent.to_string()}</text>
                    </svg>
                </li>
            }
        };
        view! {
            <ul class="cluster" role="list">
                {shade(t.accent_day(), Accent::day(asked))}{shade(t.accent_night(), Accent::night(asked))}
            </ul>
        }
    });
    Page::new(visit, t.look()).of_town(town).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way_to_office(t), town.name.clone())}
            {problems.summary(t)}
            <h1>{t.look()}</h1>
            <p class="lede">{t.look_lede()}</p>
            {shades}
            <form class="stack" method="post" action=format!("/office/{}/look", town.slug)>
                {field}
                <p class="cluster">
                    <button class="button">{t.save()}</button>
                    <button class="button button--secondary" name="own" value="yes">{t.accent_own()}</button>
                </p>
            </form>
        }
        .into_any()
    })
}
