//! How an answer leaves: as JSON with a strong tag, or as the word that nothing has changed; and for how long it holds.

use super::problem::Problem;
use app::shelf::Keep;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::cycle::{Cycle, Phase};

/// How long an answer may be kept without asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Freshness {
    /// Whoever keeps it asks each time: the result of a cycle may come out at any second.
    Asks,
    /// A few seconds: voting is open.
    Seconds,
    /// A minute.
    Minute,
    /// For good: a version of a result never changes.
    Forever,
}

impl Freshness {
    /// That of what is said of a cycle.
    pub(super) fn of(cycle: &Cycle) -> Self {
        match cycle.phase {
            Phase::Counting => Self::Asks,
            Phase::Allocating => Self::Seconds,
            Phase::Draft | Phase::Proposing | Phase::Reviewing => Self::Minute,
            Phase::Published | Phase::Delivering | Phase::Archived => Self::Minute,
        }
    }

    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Asks => "public, no-cache",
            Self::Seconds => "public, max-age=15",
            Self::Minute => "public, max-age=60",
            Self::Forever => "public, max-age=31536000, immutable",
        })
    }
}

/// The value as JSON, or 304 to whoever has it already (RFC 9110 §13.1.2).
pub(super) fn answer(
    value: &impl Serialize,
    freshness: Freshness,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|cause| {
        tracing::error!(%cause, "an answer could not be written");
        Problem::Broken
    })?;
    let tag = format!("\"{}\"", store::hex(&Sha256::digest(&body)));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|tags| knows(tags, &tag));
    let tag = HeaderValue::from_str(&tag).expect("a hash is hexadecimal");
    let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, freshness.header())];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let media_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (caching, media_type, body).into_response();
    match freshness {
        Freshness::Asks => {}
        Freshness::Seconds | Freshness::Minute => Keep::Briefly.mark(&mut response),
        Freshness::Forever => Keep::ForGood.mark(&mut response),
    }
    Ok(response)
}

/// Whether a list of tags has this one; a weak one counts, since nothing here is asked for in ranges.
fn knows(tags: &HeaderValue, tag: &str) -> bool {
    let tags = tags.to_str().unwrap_or("");
    tags.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
