//! The town's map: draw it from a file, or take it away.

use crate::access::{Staff, Visit};
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Upload;
use crate::map::{MOST_POINTS, Map, MapProblem};
use crate::pages::office::map::page;
use crate::text::Text;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;

/// Takes the officer's file.
pub async fn save(
    visit: Visit,
    _: Staff,
    Path(town): Path<String>,
    upload: Result<Upload, Error>,
) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    match upload.map_err(|_| MapProblem::TooLarge).and_then(|upload| Map::read(&upload.file)) {
        Ok(map) => {
            let json = map.to_json();
            store::municipality::set_map(visit.db(), &town.municipality_id, Some(&json), visit.now).await?;
            Ok(go_on(&visit, &format!("/office/{}/map", town.slug), Done::MapSaved))
        }
        Err(problem) => {
            let mut problems = Problems::default();
            problems.add("file", say(visit.text, problem));
            page(&visit, &town, &problems).await
        }
    }
}

/// Takes the map away.
pub async fn remove(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    store::municipality::set_map(visit.db(), &town.municipality_id, None, visit.now).await?;
    Ok(go_on(&visit, &format!("/office/{}/map", town.slug), Done::MapRemoved))
}

/// Why a file is no map, in words. The same for the office and for the command line.
#[must_use]
pub fn say(t: Text, problem: MapProblem) -> String {
    match problem {
        MapProblem::TooLarge => t.map_too_large().to_owned(),
        MapProblem::NotJson { line } => t.map_not_json(&t.number(line)),
        MapProblem::NotGeoJson => t.map_not_geojson().to_owned(),
        MapProblem::NoArea => t.map_no_area().to_owned(),
        MapProblem::TooManyPoints => t.map_too_many_points(&t.number(MOST_POINTS as u64)),
        MapProblem::NotDegrees => t.map_not_degrees().to_owned(),
        MapProblem::TooWide => t.map_too_wide().to_owned(),
    }
}
