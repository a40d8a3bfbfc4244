//! Giving a town's pages a colour.

use crate::accent::Colour;
use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Fields;
use crate::pages::office::look::page;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;

/// Takes the colour, or goes back to Écot's own.
pub async fn save(visit: Visit, Path(town): Path<String>, form: Fields) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let accent = match form.get("accent").parse::<Colour>() {
        _ if !form.get("own").is_empty() => None,
        Ok(colour) => Some(colour.to_string()),
        Err(_) => {
            let mut problems = Problems::default();
            problems.add("accent", visit.text.not_a_colour(form.get("accent")));
            return Ok(page(&visit, &town, &form, &problems));
        }
    };
    store::municipality::set_accent(visit.db(), &town.municipality_id, accent.as_deref()).await?;
    Ok(go_on(&visit, &format!("/office/{}/look", town.slug), Done::LookSaved))
}
