//! `/share/{language}/{key}/…`: the pictures that others show of pages, under the names of their contents.
//!
//! At the address of a content that has changed since there is the picture of today, but not for long: who passed the
//! old address on wants no gap.

use super::shown::{Shown, picture_of_town};
use crate::access::House;
use crate::error::Error;
use crate::share::{Picture, png};
use crate::text::{Language, Text};
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};

/// The path of the picture of a page at this path.
pub(crate) fn address(picture: &Picture, page: &str) -> String {
    format!("/share/{}/{}{page}.png", picture.language.tag(), picture.key())
}

/// The words of an address: a language, and a name that ends in `.png`.
fn read<'a>(language: &str, file: &'a str) -> Result<(Text, &'a str), Error> {
    let language = Language::ALL.into_iter().find(|known| known.tag() == language);
    Ok((Text::of(language.ok_or(Error::NotFound)?), file.strip_suffix(".png").ok_or(Error::NotFound)?))
}

/// That of a town.
pub async fn town(
    State(house): State<House>,
    Path((language, key, town)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let (t, town) = read(&language, &town)?;
    let town = store::municipality::by_slug(&house.db, town).await?.ok_or(Error::NotFound)?;
    let cycles = house.public_cycles_of(&town, house.now()).await?;
    answer(picture_of_town(t, &town, &cycles), &key).await
}

/// That of a cycle, with its results once they are out.
pub async fn cycle(
    State(house): State<House>,
    Path((language, key, town, cycle)): Path<(String, String, String, String)>,
) -> Result<Response, Error> {
    let (t, cycle) = read(&language, &cycle)?;
    let now = house.now();
    answer(Shown::read(&house, &town, cycle, now).await?.picture(t, now), &key).await
}

/// That of a project.
pub async fn project(
    State(house): State<House>,
    Path((language, key, town, cycle, project)): Path<(String, String, String, String, String)>,
) -> Result<Response, Error> {
    let (t, project) = read(&language, &project)?;
    let shown = Shown::read(&house, &town, &cycle, house.now()).await?;
    answer(shown.picture_of(t, shown.project(project)?), &key).await
}

async fn answer(picture: Picture, key: &str) -> Result<Response, Error> {
    let caching =
        if picture.key() == key { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
    let drawn = tokio::task::spawn_blocking(move || png(&picture)).await.map_err(|cause| {
        tracing::error!(%cause, "the drawing of a share picture broke off");
        Error::Broken
    })?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, caching),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok((headers, drawn.ok_or(Error::Broken)?.to_vec()).into_response())
}
