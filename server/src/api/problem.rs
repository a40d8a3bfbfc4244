//! What can go wrong for a program that asks, as RFC 9457 has it.
//!
//! A closed list like that of the pages; a cause is logged where it is turned into one of these, and never sent.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Nothing is at this address, or nothing that the public may know of.
    NotFound,
    /// A parameter is not one of ours, or not of its kind.
    BadParameter(&'static str, &'static str),
    /// Somebody wants to write.
    MethodNotAllowed,
    /// It took too long.
    Slow,
    /// Something broke here; the cause is in the log.
    Broken,
}

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Told {
    /// What kind of problem it is; `about:blank` means: no more than the status says.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What to do about it.
    detail: String,
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadParameter(..) => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NotFound => {
                "Nothing public is at this address. Results are here once they are published.".into()
            }
            Self::BadParameter(name, wanted) => format!("The parameter `{name}` {wanted}."),
            Self::MethodNotAllowed => "This API is read-only: send GET or HEAD.".into(),
            Self::Slow => "The answer took too long and was given up. Try again in a moment.".into(),
            Self::Broken => "Something broke here, and it has been noted. Try again in a moment.".into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let told = Told {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.detail(),
        };
        let mut response = (status, axum::Json(told)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // What is not there yet may be there in a second, for everybody at once.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
        }
        response
    }
}

impl From<store::Error> for Problem {
    fn from(cause: store::Error) -> Self {
        tracing::error!(%cause, "the database failed");
        Self::Broken
    }
}
