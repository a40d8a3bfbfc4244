//! `/share/{language}/{key}/…`: the pictures that others show of pages, under the names of their contents.
//!
//! The address of a content that has changed since leads on to the picture of today: who passed the old one on wants no
//! gap. Drawing takes a while, so only the address of today's content draws, and what it gives is kept.

use super::shown::{Shown, picture_of_town};
use crate::access::House;
use crate::error::Error;
use crate::share::{Picture, png};
use crate::shelf::Keep;
use crate::text::{Language, Text};
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
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
    answer(picture_of_town(t, &town, &cycles), &format!("/{}", town.slug), &key).await
}

/// That of a cycle, with its results once they are out.
pub async fn cycle(
    State(house): State<House>,
    Path((language, key, town, cycle)): Path<(String, String, String, String)>,
) -> Result<Response, Error> {
    let (t, cycle) = read(&language, &cycle)?;
    let now = house.now();
    let shown = Shown::read(&house, &town, cycle, now).await?;
    answer(shown.picture(t, now), &shown.base(), &key).await
}

/// That of a project.
pub async fn project(
    State(house): State<House>,
    Path((language, key, town, cycle, project)): Path<(String, String, String, String, String)>,
) -> Result<Response, Error> {
    let (t, project) = read(&language, &project)?;
    let shown = Shown::read(&house, &town, &cycle, house.now()).await?;
    let project = shown.project(project)?;
    let page = format!("{}/projects/{}", shown.base(), project.slug);
    answer(shown.picture_of(t, project), &page, &key).await
}

async fn answer(picture: Picture, page: &str, key: &str) -> Result<Response, Error> {
    let open = (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    if picture.key() != key {
        let to = address(&picture, page);
        let headers =
            [(header::LOCATION, to.as_str()), (header::CACHE_CONTROL, "no-cache"), (open.0, open.1)];
        return Ok((StatusCode::TEMPORARY_REDIRECT, headers).into_response());
    }
    let drawn = tokio::task::spawn_blocking(move || png(&picture)).await.map_err(|cause| {
        tracing::error!(%cause, "the drawing of a share picture broke off");
        Error::Broken
    })?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (open.0, open.1)];
    let mut response = (headers, drawn.ok_or(Error::Broken)?.to_vec()).into_response();
    Keep::ForGood.mark(&mut response);
    Ok(response)
}
