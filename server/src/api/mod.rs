//! `/api/v1`: towns, cycles, projects and results as JSON, for programs of other people.
//!
//! Read-only and without keys. Says nothing that the pages do not say to everybody: it sits outside the layer that reads
//! cookies, so that an officer's session changes no answer. What the document at `/api/v1/openapi.json` says of it is
//! made from the same types that answer, and its examples are requests that the tests send.

mod answer;
mod asked;
mod cycle;
mod document;
mod municipality;
mod page;
mod problem;
mod project;
mod result;

use app::access::{House, Visit};
use app::pages::public::api;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any as Anybody, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use problem::Problem;

/// Where the document is.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// Everything under `/api/v1`.
pub fn router(house: &House) -> Router<House> {
    let (operations, document) = operations();
    let document = Arc::new(document::served(document, &house.public_url));
    Router::new()
        .merge(operations)
        .route(DOCUMENT, get(move |request: Request| document::show(document.clone(), request)))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        // Under it nothing else answers, so that whoever mistypes an address gets a problem and no page.
        .route("/api/v1", get(async || Problem::NotFound))
        .route("/api/v1/{*rest}", axum::routing::any(async || Problem::NotFound))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(house.clone(), in_time))
        .layer(open_to_all())
        .layer(from_fn(open_policy))
}

/// `/api`: the same document for people.
pub async fn page(visit: Visit) -> Response {
    let document = document::served(operations().1, &visit.house.public_url);
    match serde_json::to_value(&document) {
        Ok(document) => api::show(&visit, &document),
        Err(cause) => {
            tracing::error!(%cause, "the API's document could not be written");
            app::error::Error::Broken.into_response()
        }
    }
}

fn operations() -> (Router<House>, OpenApi) {
    OpenApiRouter::with_openapi(document::begun())
        .routes(routes!(municipality::list))
        .routes(routes!(municipality::one))
        .routes(routes!(cycle::list))
        .routes(routes!(cycle::of_town))
        .routes(routes!(cycle::one))
        .routes(routes!(project::list))
        .routes(routes!(project::one))
        .routes(routes!(result::list))
        .routes(routes!(result::one))
        .split_for_parts()
}

/// Any page of any site may read (Fetch, CORS); there is nothing here that only some may read.
fn open_to_all() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Anybody)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers(Anybody)
        .expose_headers([header::ETAG, header::LINK])
        .max_age(std::time::Duration::from_secs(86_400))
        // The answer is the same whoever asks.
        .vary([])
}

/// A file of data loads nothing and may be used anywhere.
async fn open_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}

/// Gives up what takes too long, as the pages do.
async fn in_time(State(house): State<House>, request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(house.patience, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::Slow.into_response())
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands over what it caught")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause.downcast_ref::<String>().map(String::as_str);
    tracing::error!(cause = cause.unwrap_or("without words"), "a handler of the API panicked");
    Problem::Broken.into_response()
}
