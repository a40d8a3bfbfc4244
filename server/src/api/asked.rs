//! What a request asks for: its address and its parameters.
//!
//! Refuses parameters that an operation does not have, because one that is mistyped and passed over gives an answer that
//! looks right.

use super::problem::Problem;
use app::access::is_text;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::num::NonZeroU16;
use utoipa::IntoParams;

/// The variable parts of an address.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if !is_text(parts.uri.path()) {
            return Err(Problem::NotFound);
        }
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(address)| Self(address)).map_err(|_| Problem::NotFound)
    }
}

/// That nothing is asked for besides the address.
pub(super) struct Nothing;

impl<S: Send + Sync> FromRequestParts<S> for Nothing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parameters(parts)?.is_empty() {
            true => Ok(Self),
            false => Err(Problem::BadParameter(
                "?",
                "belongs to no operation at this address: nothing stands after its question mark",
            )),
        }
    }
}

/// How many of a list, and from where on.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// The slug of the last item that you have; the answer goes on after it. Take it from `next`.
    #[param(example = "0", max_length = 100, pattern = "^[a-z0-9-]{1,100}$")]
    pub(super) after: Option<String>,
    /// How many items at most, 1 to 100.
    #[param(value_type = Option<u16>, example = 10, minimum = 1, maximum = 100, default = 50)]
    pub(super) limit: NonZeroU16,
}

/// How many items a page has at most, unless its reader asks for fewer or more.
const USUAL: NonZeroU16 = NonZeroU16::new(50).expect("fifty is not nought");
/// How many it has at most.
const MOST: u16 = 100;

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut part = Self { after: None, limit: USUAL };
        let mut seen = Vec::new();
        for (name, value) in parameters(parts)? {
            if seen.contains(&name) {
                return Err(Problem::BadParameter("after", "and the parameter `limit` are each given once"));
            }
            match name.as_str() {
                "after" if is_cursor(&value) => part.after = Some(value),
                "after" => {
                    return Err(Problem::BadParameter(
                        "after",
                        "is the slug of an item: a-z, 0-9 and dashes",
                    ));
                }
                "limit" => {
                    let asked = value.parse().ok().filter(|limit: &NonZeroU16| limit.get() <= MOST);
                    part.limit =
                        asked.ok_or(Problem::BadParameter("limit", "is a whole number from 1 to 100"))?;
                }
                _ => {
                    return Err(Problem::BadParameter(
                        "after",
                        "and the parameter `limit` are the only ones here",
                    ));
                }
            }
            seen.push(name);
        }
        Ok(part)
    }
}

fn parameters(parts: &Parts) -> Result<Vec<(String, String)>, Problem> {
    let Query(parameters) = Query::try_from_uri(&parts.uri)
        .map_err(|_| Problem::BadParameter("?", "cannot be read: write names and values as in a form"))?;
    Ok(parameters)
}

fn is_cursor(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
