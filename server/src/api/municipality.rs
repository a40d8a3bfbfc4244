//! Towns.

use super::answer::{Freshness, answer};
use super::asked::{At, Nothing, Part};
use super::page::{Page, after};
use super::problem::Problem;
use app::access::House;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use store::Translated;
use utoipa::ToSchema;

/// A town hall that publishes cycles.
#[derive(Serialize, ToSchema)]
pub(super) struct Municipality {
    /// Its id, which stays when its address changes.
    #[schema(format = "uuid")]
    id: String,
    /// The first part of its addresses.
    slug: String,
    /// Its name, the same in every language.
    name: String,
    /// ISO 3166-1 alpha-2, or the country's name where an imported file gives only that.
    country: String,
    /// The time zone in which its hours are said (IANA).
    time_zone: String,
    /// A few sentences, by language (BCP 47).
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    about: Translated,
    /// Where to go on.
    links: Links,
}

/// Addresses around a municipality.
#[derive(Serialize, ToSchema)]
#[schema(as = MunicipalityLinks)]
struct Links {
    /// This, by itself.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    own: String,
    /// Its page.
    #[schema(format = "uri")]
    page: String,
    /// Its cycles.
    #[schema(format = "uri")]
    cycles: String,
    /// What is new (JSON Feed 1.1).
    #[schema(format = "uri")]
    feed: String,
}

/// The address of a town in this API.
pub(super) fn address(house: &House, town: &str) -> String {
    format!("{}/api/v1/municipalities/{town}", house.public_url)
}

impl Municipality {
    fn new(house: &House, town: store::municipality::Municipality) -> Self {
        let own = address(house, &town.slug);
        let page = format!("{}/{}", house.public_url, town.slug);
        let links = Links { cycles: format!("{own}/cycles"), feed: format!("{page}/feed.json"), page, own };
        Self {
            id: town.municipality_id,
            slug: town.slug,
            name: town.name,
            country: town.country,
            time_zone: town.time_zone,
            about: town.about,
            links,
        }
    }
}

/// All municipalities
///
/// In the order of their slugs.
#[utoipa::path(
    get, path = "/api/v1/municipalities", operation_id = "municipalities", tag = "municipalities",
    params(Part), responses((status = 200, description = "Municipalities.", body = Page<Municipality>))
)]
pub(super) async fn list(
    State(house): State<House>,
    part: Part,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let towns = after(store::municipality::all(&house.db).await?, &part, |town| &town.slug);
    let towns = towns.into_iter().map(|town| Municipality::new(&house, town)).collect();
    let address = format!("{}/api/v1/municipalities", house.public_url);
    let page = Page::new(towns, &part, &address, |town: &Municipality| &town.slug);
    answer(&page, Freshness::Minute, &headers)
}

/// One municipality
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}", operation_id = "municipality", tag = "municipalities",
    params(("town" = String, Path, description = "The slug of the municipality.", example = "laudry")),
    responses((status = 200, description = "The municipality.", body = Municipality))
)]
pub(super) async fn one(
    State(house): State<House>,
    At(town): At<String>,
    _: Nothing,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let town = store::municipality::by_slug(&house.db, &town).await?.ok_or(Problem::NotFound)?;
    answer(&Municipality::new(&house, town), Freshness::Minute, &headers)
}
