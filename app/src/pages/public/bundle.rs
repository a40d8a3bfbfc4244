//! `/{town}/{cycle}/results/v{n}/{path}`: a file of a published version, for good.
//!
//! Answers 404 until the release, to everybody. Whoever has an address may keep it: what it gives never changes.

use crate::access::Visit;
use crate::error::Error;
use crate::shelf::Keep;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::outcome::Counted;

/// The version that an address names as `v1`, with its cycle.
///
/// # Errors
/// `NotFound` for a version that is not released as for what does not exist.
pub async fn of(
    visit: &Visit,
    (town, cycle, version): (&str, &str, &str),
) -> Result<(Municipality, Cycle, Counted), Error> {
    let (town, cycle) = visit.cycle(town, cycle).await?;
    let number = super::version_number(version).ok_or(Error::NotFound)?;
    let counted = store::outcome::version(visit.db(), &cycle, number, visit.now).await?;
    Ok((town, cycle, counted.ok_or(Error::NotFound)?))
}

/// The file. Other sites may read it, as it is public and no cookie changes it.
pub async fn file(
    visit: Visit,
    Path((town, cycle, version, path)): Path<(String, String, String, String)>,
) -> Result<Response, Error> {
    let (town, cycle, counted) = of(&visit, (&town, &cycle, &version)).await?;
    let found = store::bundle::file(visit.db(), &cycle.cycle_id, &counted, &path).await?;
    let (file, body) = found.ok_or(Error::NotFound)?;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let of_text = |text: &str| HeaderValue::from_str(text).map_err(|_| Error::Broken);
    headers.insert(header::CONTENT_TYPE, of_text(&file.media_type)?);
    headers.insert(header::ETAG, of_text(&format!("\"{}\"", file.sha256))?);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    let name = path.rsplit('/').next().unwrap_or_default();
    if !file.media_type.starts_with("application/json") && !file.media_type.starts_with("text/plain") {
        let name = format!("attachment; filename=\"{}-{}-{version}-{name}\"", town.slug, cycle.slug);
        headers.insert(header::CONTENT_DISPOSITION, of_text(&name)?);
    }
    Keep::ForGood.mark(&mut response);
    Ok(response)
}
