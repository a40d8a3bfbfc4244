//! The site's files inside the binary (in development: read from the folder that `cargo xtask` fills).

use app::shelf::Keep;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// The hash of the site, which is part of its files' addresses; "none" where no site was built.
#[must_use]
pub fn hash() -> Arc<str> {
    let hash = Site::get("hash").and_then(|file| String::from_utf8(file.data.into_owned()).ok());
    hash.map_or_else(|| "none".into(), |hash| hash.trim().into())
}

/// `/pkg/{hash}/{file}`: a file of the site, which never changes at its address.
pub async fn file(Path((asked, name)): Path<(String, String)>) -> Response {
    let found = Site::get(&format!("pkg/{name}"));
    let Some(file) = found.filter(|_| *asked == *hash()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let media_type = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let mut response = ([(header::CONTENT_TYPE, media_type)], file.data.into_owned()).into_response();
    Keep::ForGood.mark(&mut response);
    response
}
