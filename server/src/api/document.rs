//! What the API says of itself (OpenAPI 3.1), made from the types that answer.
//!
//! What is true of every operation (304, 404, 405 and so on) is added here once, so that none forgets it; and so are the
//! examples, each the answer to the request that the examples of its parameters make.

use super::answer::{Freshness, answer};
use super::asked::Nothing;
use super::problem::{Problem, Told};
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::Arc;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ContactBuilder, Content, Info, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Response as Described, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

/// Each operation's example: the answer to the request that its parameters' examples make.
const EXAMPLES: &[(&str, &str)] = &[
    ("municipalities", include_str!("example/municipalities.json")),
    ("municipality", include_str!("example/municipality.json")),
    ("cycles", include_str!("example/cycles.json")),
    ("municipality_cycles", include_str!("example/municipality_cycles.json")),
    ("cycle", include_str!("example/cycle.json")),
    ("projects", include_str!("example/projects.json")),
    ("project", include_str!("example/project.json")),
    ("results", include_str!("example/results.json")),
    ("result", include_str!("example/result.json")),
];

/// The document before any operation is in it.
pub(super) fn begun() -> OpenApi {
    let tags = [
        ("municipalities", "Town halls that publish cycles."),
        ("cycles", "Editions of a participatory budget, from the call for projects to the archive."),
        ("projects", "What can be funded."),
        ("results", "What the count gave, version by version."),
    ];
    let tags = tags.map(|(name, says)| TagBuilder::new().name(name).description(Some(says)).build());
    OpenApiBuilder::new().info(info()).tags(Some(tags)).build()
}

fn info() -> Info {
    let says = "Towns, cycles, projects and results of this installation of Écot, read-only. No key, and any site may \
                ask (CORS). Amounts are whole minor units (`…_minor`, hundredths) with their currency beside them; \
                instants are UTC (RFC 3339); texts are given in every language that the town wrote them in. Every \
                answer has a strong `ETag`: send it back in `If-None-Match`. Results answer 404 until they are published. \
                The data that results are counted from is in the bundle of each version.";
    InfoBuilder::new()
        .title("Écot")
        .version("1")
        .description(Some(says))
        .license(Some(LicenseBuilder::new().name("EUPL-1.2").identifier(Some("EUPL-1.2")).build()))
        .contact(Some(ContactBuilder::new().name(Some("Écot")).build()))
        .build()
}

/// The document as it is served at this address.
pub(super) fn served(mut document: OpenApi, public_url: &str) -> OpenApi {
    document.servers = Some(vec![Server::new(public_url)]);
    if let Some(components) = &mut document.components {
        components.schemas.insert(Told::name().into_owned(), Told::schema());
    }
    for item in document.paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            complete(operation);
        }
    }
    document
}

/// Adds what is true of every operation.
fn complete(operation: &mut Operation) {
    let example = EXAMPLES.iter().find(|(id, _)| operation.operation_id.as_deref() == Some(id));
    let example = example.and_then(|(_, json)| serde_json::from_str::<Value>(json).ok());
    let answers = &mut operation.responses.responses;
    if let Some(RefOr::T(good)) = answers.get_mut("200") {
        good.headers.insert("ETag".into(), text_header("Changes with the content, and only with it.").into());
        good.headers.insert("Cache-Control".into(), text_header("For how long it holds.").into());
        if let Some(RefOr::T(content)) = good.content.get_mut("application/json") {
            content.example = example;
        }
    }
    let unchanged = ResponseBuilder::new()
        .description("Nothing has changed since the answer with the tag in `If-None-Match`.")
        .header("ETag", text_header("The same tag."))
        .header("Cache-Control", text_header("For how long it holds."));
    answers.insert("304".into(), RefOr::T(unchanged.build()));
    for (status, says) in [
        ("400", "A parameter is unknown, given twice or not of its kind."),
        ("404", "Nothing public is at this address."),
        ("405", "This API is read-only."),
        ("500", "Something broke here."),
        ("503", "It took too long, or too many ask at once."),
    ] {
        answers.insert(status.into(), RefOr::T(problem(says)));
    }
}

fn text_header(says: &str) -> utoipa::openapi::Header {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(text)).description(Some(says)).build()
}

fn problem(says: &str) -> Described {
    let told = Ref::from_schema_name(Told::name());
    ResponseBuilder::new()
        .description(says)
        .content("application/problem+json", Content::new(Some(told)))
        .build()
}

/// `/api/v1/openapi.json`
pub(super) async fn show(document: Arc<OpenApi>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let shown = match Nothing::from_request_parts(&mut parts, &()).await {
        Ok(_) => answer(&*document, Freshness::Minute, &parts.headers),
        Err(problem) => Err(problem),
    };
    shown.unwrap_or_else(Problem::into_response)
}
