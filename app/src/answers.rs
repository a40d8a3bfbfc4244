//! What a form answered, at an address of its own.
//!
//! A page that is answered where a form was sent can be come back to only by sending the form again. So it is kept in
//! memory for ten minutes, and the browser is led (303) to an address at which that browser alone finds it: going back,
//! forward or loading again shows it and does nothing. Whoever comes with another cookie, later, or to another process,
//! finds the form. In another language the same is asked again, where asking changes nothing.
//!
//! Not for the office: what it shows once, such as codes, is kept nowhere. Nor for `/stop`, which mail programs send to by
//! themselves and which may not lead elsewhere (RFC 8058).

use crate::access::{House, Visit};
use crate::error::Error;
use crate::form::redirect;
use axum::RequestExt;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::Arc;

/// The cookie that tells browsers apart.
pub const COOKIE: &str = "answers";
/// The parameter of an address that names an answer.
const PARAMETER: &str = "answer=";
/// How long an answer is found.
const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How much memory they may take.
const ROOM_BYTES: u64 = 64 << 20;
/// Larger answers, and answers to larger forms, are given at once and not kept.
const LARGEST_BYTES: usize = 1 << 20;

/// The kept answers.
pub struct Answers(Cache<Key, Arc<Kept>, Size>);

/// Path, name and browser.
type Key = (String, String, String);

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({})", self.0.len())
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self(Cache::with_weighter(1_000, ROOM_BYTES, Size))
    }
}

#[derive(Clone)]
struct Size;

impl Weighter<Key, Arc<Kept>> for Size {
    fn weight(&self, _: &Key, kept: &Arc<Kept>) -> u64 {
        (kept.page.len() + kept.form.as_ref().map_or(0, Bytes::len) + 1_024) as u64
    }
}

/// An answer, and the form that it answers where that may be asked again.
struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    page: String,
    nonce: Arc<str>,
    language: &'static str,
    form: Option<Bytes>,
    until: Timestamp,
}

/// The address at which the answer to a form will be found that is sent to this path; the path, where none is kept.
#[must_use]
pub fn address(house: &House, path: &str) -> String {
    if is_kept(path) {
        format!("{path}?{PARAMETER}{}", store::hex(&house.bytes::<16>()))
    } else {
        path.to_owned()
    }
}

fn is_kept(path: &str) -> bool {
    !path.starts_with("/office") && path != "/stop"
}

/// The layer that keeps answers and gives them.
pub async fn keep(State(house): State<House>, visit: Visit, request: Request, next: Next) -> Response {
    if !is_kept(&visit.path) {
        return next.run(request).await;
    }
    match *request.method() {
        Method::GET => give(&house, &visit, request, next).await,
        Method::POST => answer(&house, &visit, request, next).await,
        _ => next.run(request).await,
    }
}

/// The name of an answer in its address.
fn named(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    query.split('&').find_map(|parameter| parameter.strip_prefix(PARAMETER)).map(str::to_owned)
}

/// The answer that is kept at this address for this browser; else what the page has for everybody.
async fn give(house: &House, visit: &Visit, request: Request, next: Next) -> Response {
    let Some(name) = named(&request.uri().to_string()) else { return next.run(request).await };
    let browser = visit.cookie(COOKIE).unwrap_or_default().to_owned();
    let key = (visit.path.clone(), name, browser);
    let Some(kept) = house.answers.0.get(&key).filter(|kept| visit.now < kept.until) else {
        return next.run(request).await;
    };
    if kept.language == visit.text.language.tag() {
        return kept.give(&visit.nonce);
    }
    let Some(form) = kept.form.clone() else { return next.run(request).await };
    let response = next.run(again(request, form.clone())).await;
    match Kept::of(visit, response, Some(form)).await {
        Ok(kept) => {
            let kept = Arc::new(kept);
            house.answers.0.insert(key, Arc::clone(&kept));
            kept.give(&visit.nonce)
        }
        Err(other) => other,
    }
}

/// Keeps what answers this form, and leads to it.
async fn answer(house: &House, visit: &Visit, request: Request, next: Next) -> Response {
    let (parts, body) = request.with_limited_body().into_parts();
    let Ok(form) = to_bytes(body, usize::MAX).await else { return Error::BadRequest.into_response() };
    let again = Some(form.clone()).filter(|form| form.len() <= LARGEST_BYTES);
    let response = next.run(Request::from_parts(parts, Body::from(form))).await;
    let cookies = response.headers().get_all(header::SET_COOKIE);
    let mut cookies: Vec<HeaderValue> = cookies.iter().cloned().collect();
    match (named(&visit.address), Kept::of(visit, response, again).await) {
        (Some(name), Ok(kept)) => {
            let browser = visit.cookie(COOKIE).map_or_else(|| house.token(), str::to_owned);
            cookies.push(visit.set_cookie(COOKIE, &browser, LASTS.as_secs()));
            house.answers.0.insert((visit.path.clone(), name, browser), Arc::new(kept));
            redirect(&visit.address, &cookies)
        }
        (None, Ok(kept)) => kept.give(&visit.nonce),
        (_, Err(other)) => other,
    }
}

/// The form, sent again by the server itself.
fn again(request: Request, form: Bytes) -> Request {
    let (mut parts, _) = request.into_parts();
    parts.method = Method::POST;
    let urlencoded = HeaderValue::from_static("application/x-www-form-urlencoded");
    parts.headers.insert(header::CONTENT_TYPE, urlencoded);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(form.len()));
    Request::from_parts(parts, Body::from(form))
}

impl Kept {
    /// Takes a page that answers a form; anything else comes back as it was.
    async fn of(visit: &Visit, response: Response, form: Option<Bytes>) -> Result<Self, Response> {
        let is_page = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|media| media.to_str().is_ok_and(|media| media.starts_with("text/html")));
        let status = response.status();
        let is_answer = matches!(
            status,
            StatusCode::OK
                | StatusCode::UNAUTHORIZED
                | StatusCode::CONFLICT
                | StatusCode::UNPROCESSABLE_ENTITY
        );
        if !is_page || !is_answer || response.headers().contains_key(header::CONTENT_DISPOSITION) {
            return Err(response);
        }
        let (mut parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Err(Error::Broken.into_response()) };
        if bytes.len() > LARGEST_BYTES {
            return Err(Response::from_parts(parts, Body::from(bytes)));
        }
        for header in [header::SET_COOKIE, header::CONTENT_LENGTH] {
            parts.headers.remove(header);
        }
        Ok(Self {
            status,
            headers: parts.headers,
            page: String::from_utf8_lossy(&bytes).into_owned(),
            nonce: Arc::clone(&visit.nonce),
            language: visit.text.language.tag(),
            form: form.filter(|_| only_asks(&visit.path, status)),
            until: visit.now + LASTS,
        })
    }

    /// The same page, whose scripts are those of this answer.
    fn give(&self, nonce: &str) -> Response {
        let page =
            if self.nonce.is_empty() { self.page.clone() } else { self.page.replace(&*self.nonce, nonce) };
        (self.status, self.headers.clone(), page).into_response()
    }
}

/// Whether a form with this answer may be asked again: it was refused, or asks what changes nothing. Never where
/// passwords are typed.
fn only_asks(path: &str, status: StatusCode) -> bool {
    !path.starts_with("/account")
        && (status == StatusCode::UNPROCESSABLE_ENTITY || ["/enter/used", "/euros"].contains(&path))
}
