//! Answers that many people ask for, kept ready in memory: made once, compressed once.
//!
//! Keeps only what a page says may be kept, and gives it only to visitors without a session, so nobody sees what was
//! made for somebody else. Files of a published version are kept for good; pages for a second, and not beyond the next
//! change that is made here, so that whoever changes something sees it at once. Forgets the least used when full.

use crate::access::{House, draw, language};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How much memory kept answers may take.
const ROOM_BYTES: u64 = 192 << 20;
/// Larger answers are not kept.
const LARGEST_BYTES: usize = 48 << 20;
/// How long a page is kept.
const BRIEFLY: SignedDuration = SignedDuration::from_secs(1);
/// How long an outdated page is still given while one visitor's request makes it anew.
const MEANWHILE: SignedDuration = SignedDuration::from_secs(5);

/// What pages say of caches; where there is no session, a page that may be kept here may be kept elsewhere too.
pub const PRIVATE: &str = "private, no-store";

/// What a page says of its answer: that it is the same for everybody without a session, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The address will always give this answer.
    ForGood,
    /// The answer changes when somebody changes something.
    Briefly,
    /// The same, of an answer in which something is drawn by lot.
    Drawn,
}

impl Keep {
    /// Marks an answer with it.
    pub fn mark(self, response: &mut Response) {
        if self == Self::ForGood {
            let a_year = HeaderValue::from_static("public, max-age=31536000, immutable");
            response.headers_mut().insert(header::CACHE_CONTROL, a_year);
        }
        response.extensions_mut().insert(self);
    }
}

/// An address in a language, and which of its draws.
type Key = (String, &'static str, u8);

/// The kept answers.
pub struct Shelf {
    kept: Cache<Key, Arc<Kept>, Size>,
    /// Goes up with every change that is made here.
    generation: AtomicU64,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shelf({} answers)", self.kept.len())
    }
}

impl Default for Shelf {
    fn default() -> Self {
        Self { kept: Cache::with_weighter(1_000, ROOM_BYTES, Size), generation: AtomicU64::new(0) }
    }
}

#[derive(Clone)]
struct Size;

impl Weighter<Key, Arc<Kept>> for Size {
    fn weight(&self, (address, ..): &Key, kept: &Arc<Kept>) -> u64 {
        let bodies = [Some(&kept.plain), kept.brotli.as_ref(), kept.gzip.as_ref()];
        let bytes: usize = bodies.into_iter().flatten().map(Bytes::len).sum();
        (bytes + address.len() + 512) as u64
    }
}

/// An answer as it was, and compressed where that pays.
struct Kept {
    headers: HeaderMap,
    /// The hash of the plain body, without quotation marks.
    tag: String,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    keeping: Keep,
    made_at: Timestamp,
    generation: u64,
    /// Whether somebody's request is making it anew.
    renewing: AtomicBool,
}

/// The layer that gives what is kept, and keeps what may be.
pub async fn shelve(State(house): State<House>, request: Request, next: Next) -> Response {
    let shelf = Arc::clone(&house.shelf);
    if request.method() != Method::GET {
        let changes = !request.method().is_safe();
        let response = next.run(request).await;
        if changes {
            shelf.generation.fetch_add(1, Ordering::AcqRel);
        }
        return response;
    }
    if has_session(request.headers()) {
        return next.run(request).await;
    }
    // What is kept for good does not depend on language or query.
    let lasting: Key = (request.uri().path().to_owned(), "", 0);
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let tag = language(request.headers(), request.uri()).tag();
    let now = house.now();
    let draw = draw(&house, request.headers(), request.extensions(), now);
    let key = match shelf.kept.get(&(address.clone(), tag, 0)) {
        Some(first) if first.keeping == Keep::Drawn => (address, tag, draw),
        _ => (address, tag, 0),
    };
    let asked = Asked::of(request.headers());
    if let Some(kept) = shelf.kept.get(&lasting) {
        return kept.give(&asked);
    }
    if let Some(kept) = shelf.kept.get(&key).filter(|kept| shelf.may_give(kept, now)) {
        return kept.give(&asked);
    }
    let generation = shelf.generation.load(Ordering::Acquire);
    let response = next.run(request).await;
    let Some(keeping) = response.extensions().get::<Keep>().copied() else { return response };
    if response.status() != StatusCode::OK || response.headers().contains_key(header::SET_COOKIE) {
        return response;
    }
    match Kept::of(response, keeping, now, generation).await {
        Ok(kept) => {
            let kept = Arc::new(kept);
            if kept.plain.len() <= LARGEST_BYTES {
                let key = if keeping == Keep::ForGood { lasting } else { key };
                shelf.kept.insert(key, Arc::clone(&kept));
            }
            kept.give(&asked)
        }
        Err(broken) => broken,
    }
}

impl Shelf {
    /// Whether an answer is still what a page would say; the first who asks too late for it makes it anew, and others
    /// do not wait for that.
    fn may_give(&self, kept: &Kept, now: Timestamp) -> bool {
        if kept.keeping == Keep::ForGood {
            return true;
        }
        let age = now.duration_since(kept.made_at);
        if kept.generation != self.generation.load(Ordering::Acquire) || age > MEANWHILE {
            return false;
        }
        age <= BRIEFLY || kept.renewing.swap(true, Ordering::AcqRel)
    }
}

/// Whether a request comes with a cookie that could change the answer: any but the chosen language, and the name under
/// which a browser finds what forms answered.
fn has_session(headers: &HeaderMap) -> bool {
    let cookies =
        headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|&b| b == b';'));
    let names = cookies.map(|pair| pair.split(|&b| b == b'=').next().unwrap_or_default().trim_ascii());
    let plain = [crate::access::LANGUAGE, crate::answers::COOKIE, ""];
    names.into_iter().any(|name| plain.iter().all(|plain| plain.as_bytes() != name))
}

/// What a request says of the form in which it takes an answer.
struct Asked {
    brotli: bool,
    gzip: bool,
    known: String,
}

impl Asked {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
        let accepted = text(header::ACCEPT_ENCODING);
        let takes = |coding: &str| {
            accepted.split(',').map(|range| range.split(';').map(str::trim)).any(|mut range| {
                range.next() == Some(coding)
                    && !range.any(|q| matches!(q, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
            })
        };
        Self { brotli: takes("br"), gzip: takes("gzip"), known: text(header::IF_NONE_MATCH) }
    }
}

impl Kept {
    async fn of(
        response: Response,
        keeping: Keep,
        made_at: Timestamp,
        generation: u64,
    ) -> Result<Self, Response> {
        let (parts, body) = response.into_parts();
        let Ok(plain) = to_bytes(body, usize::MAX).await else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let mut headers = parts.headers;
        let tag = headers.remove(header::ETAG);
        let tag = tag.as_ref().and_then(|tag| tag.to_str().ok()).map(|tag| tag.trim_matches('"').to_owned());
        headers.remove(header::CONTENT_LENGTH);
        if keeping == Keep::Briefly
            && headers.get(header::CACHE_CONTROL).is_some_and(|value| value == PRIVATE)
        {
            headers.insert(
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=0, must-revalidate"),
            );
        }
        let media_type =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let is_text = media_type.starts_with("text/")
            || ["json", "xml", "svg", "javascript"].iter().any(|kind| media_type.contains(kind));
        let compress = is_text && plain.len() > 512 && plain.len() <= LARGEST_BYTES;
        let thorough = keeping == Keep::ForGood;
        let body = plain.clone();
        // Apart from the threads that answer: a large file takes a moment.
        let made = tokio::task::spawn_blocking(move || {
            let hash = store::hex(&Sha256::digest(&body));
            (hash, compress.then(|| (brotli(&body, thorough), gzip(&body))))
        });
        let Ok((hash, packed)) = made.await else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let (brotli, gzip) = packed.unzip();
        let tag = tag.unwrap_or(hash);
        let renewing = AtomicBool::new(false);
        Ok(Self { headers, tag, plain, brotli, gzip, keeping, made_at, generation, renewing })
    }

    /// The answer in the form that was asked for, or that the visitor has it already (RFC 9110 §13.1.2).
    fn give(&self, asked: &Asked) -> Response {
        let (coding, body) = match (&self.brotli, &self.gzip) {
            (Some(packed), _) if asked.brotli => (Some("br"), packed),
            (_, Some(packed)) if asked.gzip => (Some("gzip"), packed),
            _ => (None, &self.plain),
        };
        // Each form has a tag of its own, as strong tags are of bytes (RFC 9110 §8.8.1).
        let tag =
            coding.map_or_else(|| format!("\"{}\"", self.tag), |coding| format!("\"{}-{coding}\"", self.tag));
        let is_known =
            asked.known.split(',').map(|known| known.trim().trim_start_matches("W/").trim_matches('"'));
        let is_known = is_known
            .map(|known| known.trim_end_matches("-br").trim_end_matches("-gzip"))
            .any(|known| known == self.tag || known == "*");
        let mut response =
            if is_known { Response::new(Body::empty()) } else { Response::new(body.clone().into()) };
        let headers = response.headers_mut();
        *headers = self.headers.clone();
        if self.keeping != Keep::Drawn {
            headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("a tag is hexadecimal"));
        }
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        let varies: &[HeaderName] = if self.keeping == Keep::ForGood {
            &[header::ACCEPT_ENCODING]
        } else {
            &[header::ACCEPT_ENCODING, header::ACCEPT_LANGUAGE, header::COOKIE]
        };
        headers.remove(header::VARY);
        for name in varies {
            headers.append(header::VARY, HeaderValue::from_name(name.clone()));
        }
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        response
    }
}

/// RFC 7932. What is kept for good is worth the time.
fn brotli(plain: &[u8], thorough: bool) -> Bytes {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: if thorough { 9 } else { 5 }, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters).expect("a vector takes everything");
    packed.into()
}

/// RFC 1952.
fn gzip(plain: &[u8]) -> Bytes {
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::default());
    let written = packed.write_all(plain).and_then(|()| packed.finish());
    written.expect("a vector takes everything").into()
}
