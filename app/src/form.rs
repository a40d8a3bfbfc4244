//! Reading what a form sends, as plain fields.
//!
//! Decides nothing about them: what a field means is its action's business. Refuses what is not a form.

use crate::error::Error;
use crate::text::Language;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::Translated;

/// The fields of an `application/x-www-form-urlencoded` body, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let form = axum::extract::Form::<Vec<(String, String)>>::from_request(request, state).await;
        let fields = form.map_err(|_| Error::BadRequest)?.0;
        // No form of ours sends a zero byte, and PostgreSQL keeps none.
        if fields.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Error::BadRequest);
        }
        Ok(Self(fields).with_plain_lines())
    }
}

impl Fields {
    /// Browsers end the lines of a text with CR LF (HTML, "constructing the entry list"); here a line ends with LF.
    fn with_plain_lines(self) -> Self {
        Self(self.0.into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect())
    }

    /// The first field of this name, or an empty text.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Whether there is a field of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The same as [`Fields::get`], without space around.
    #[must_use]
    pub fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// A text that the form asks in each language: the fields `NAME.fr`, `NAME.en` and so on.
    #[must_use]
    pub fn translated(&self, name: &str) -> Translated {
        Language::ALL.into_iter().fold(Translated::default(), |text, language| {
            text.with(language.tag(), self.trimmed(&language.field(name)))
        })
    }

    /// All fields whose name starts with this, as (the rest of the name, value).
    pub fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value.as_str())))
    }

    /// A text in each language, as the fields that [`Fields::translated`] reads.
    #[must_use]
    pub fn with_translated(self, name: &str, text: &Translated) -> Self {
        Language::ALL
            .into_iter()
            .fold(self, |fields, language| fields.with(&language.field(name), text.exactly(language.tag())))
    }

    /// As a body of `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// What [`Fields::encoded`] wrote.
    #[must_use]
    pub fn decoded(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// A form's fields as they are before anybody touched it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }
}

/// Whether a spreadsheet would take a text for a formula.
#[must_use]
pub fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The fields of an address, after its question mark.
pub struct Asked(pub Fields);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Query(fields) = Query::try_from_uri(&parts.uri).map_err(|_| Error::BadRequest)?;
        Ok(Self(Fields(fields)))
    }
}

/// A file sent by a form, with the form's other fields.
pub struct Upload {
    /// The bytes of the file; empty when none was chosen.
    pub file: Vec<u8>,
    /// Everything else.
    pub fields: Fields,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Error::BadRequest)?;
        let mut upload = Self { file: Vec::new(), fields: Fields::default() };
        while let Some(part) = parts.next_field().await.map_err(|_| Error::BadRequest)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(|_| Error::BadRequest)?;
            if is_file {
                upload.file = bytes.to_vec();
            } else {
                if bytes.contains(&0) {
                    return Err(Error::BadRequest);
                }
                upload.fields.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        upload.fields = upload.fields.with_plain_lines();
        Ok(upload)
    }
}

/// Sends the visitor on after a form was taken (303 See Other), with the cookies that change.
#[must_use]
pub fn redirect(to: &str, cookies: &[HeaderValue]) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// The same page, for somebody who has to wait before the next try (429 Too Many Requests, RFC 6585).
#[must_use]
pub fn slowed(mut page: Response, seconds: u32) -> Response {
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    page
}

/// The same answer, which makes the browser forget what it keeps for our pages besides cookies: a draft is nobody
/// else's, at a computer that many use.
#[must_use]
pub fn forgetting_drafts(mut response: Response) -> Response {
    let storage = HeaderValue::from_static("\"storage\"");
    response.headers_mut().insert("clear-site-data", storage);
    response
}
