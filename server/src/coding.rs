//! Strong tags of compressed answers.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// The codings that the layer below may choose.
const CODINGS: [&str; 2] = ["gzip", "br"];

/// A compressed answer is another representation, so its strong tag is another too (RFC 9110 §8.8.3): `"TAG-gzip"`. Who
/// comes back with it means the same content.
pub async fn tag(mut request: Request, next: Next) -> Response {
    let tags = request.headers().get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let asked: Vec<String> = tags.flat_map(|tags| tags.split(',').map(|tag| tag.trim().to_owned())).collect();
    if !asked.is_empty() {
        let plain: Vec<_> = asked.iter().map(|tag| without_coding(tag)).collect();
        if let Ok(plain) = HeaderValue::from_str(&plain.join(", ")) {
            request.headers_mut().insert(header::IF_NONE_MATCH, plain);
        }
    }
    let mut response = next.run(request).await;
    let headers = response.headers();
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    // A weak tag is of what is said, however it is coded; and a tag that names its coding already is right.
    let Some(tag) = tag.filter(|tag| tag.starts_with('"') && without_coding(tag) == *tag) else {
        return response;
    };
    let coded = if response.status() == StatusCode::NOT_MODIFIED {
        asked.into_iter().find(|asked| without_coding(asked) == tag)
    } else {
        let coding = headers.get(header::CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
        coding.map(|coding| format!("{}-{coding}\"", tag.trim_end_matches('"')))
    };
    if let Some(coded) = coded.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        response.headers_mut().insert(header::ETAG, coded);
    }
    response
}

fn without_coding(tag: &str) -> String {
    let plain = CODINGS.iter().find_map(|coding| tag.strip_suffix(&format!("-{coding}\"")));
    plain.map_or_else(|| tag.to_owned(), |plain| format!("{plain}\""))
}
