//! A browser without JavaScript: pages, their forms, redirects that are not followed by themselves, and cookies.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tower::ServiceExt;

/// Where the house believes it is.
pub(crate) const HOST: &str = "ecot.example";

/// Somebody with a browser.
pub(crate) struct Visitor {
    router: Router,
    language: String,
    address: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Visitor {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, language: "en".into(), address: "192.0.2.1".into(), cookies: Mutex::default() }
    }

    /// Coming from another address.
    pub(crate) fn at(self, address: &str) -> Self {
        Self { address: address.into(), ..self }
    }

    pub(crate) fn reading(self, language: &str) -> Self {
        Self { language: language.into(), ..self }
    }

    /// Another browser with the same cookies, such as a thief's.
    pub(crate) fn copy(&self) -> Self {
        Self {
            router: self.router.clone(),
            language: self.language.clone(),
            address: self.address.clone(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.into(), value.into());
    }

    pub(crate) async fn get(&self, path: impl AsRef<str>) -> Page {
        self.send(Request::get(path.as_ref()).body(Body::empty()).unwrap()).await
    }

    /// Sends a form, and goes to where its answer is, as a browser does.
    pub(crate) async fn submit(&self, form: &Form) -> Page {
        let answer = self.send(form.request()).await;
        let location = answer.header("location");
        if location.contains("?answer=") { self.get(location).await } else { answer }
    }

    /// Sends a form with these fields, whether or not there is such a form.
    pub(crate) async fn post(&self, path: impl AsRef<str>, fields: &[(&str, &str)]) -> Page {
        let mut form = Form::new(path.as_ref());
        form.fields = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        self.submit(&form).await
    }

    /// Sends a request with the cookies of this browser, and keeps those that come back.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Page {
        let path = request.uri().path().to_owned();
        let headers = request.headers_mut();
        headers.entry(header::HOST).or_insert(HOST.parse().unwrap());
        // As the proxy of the house says it.
        headers.entry("x-forwarded-for").or_insert(self.address.parse().unwrap());
        headers.entry(header::ACCEPT_LANGUAGE).or_insert(self.language.parse().unwrap());
        let cookies = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>();
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Page { path, status: parts.status, headers: parts.headers, bytes }
    }

    fn keep(&self, set_cookie: &str) {
        let (pair, attributes) = set_cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        if attributes.contains("Max-Age=0") {
            cookies.remove(name);
        } else {
            cookies.insert(name.into(), value.into());
        }
    }
}

/// An answer.
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    #[track_caller]
    pub(crate) fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.path, self.words());
        self
    }

    /// It sends the visitor on to an address that ends like this.
    #[track_caller]
    pub(crate) fn assert_redirect(&self, to: &str) -> &Self {
        self.assert_status(303);
        let location = self.headers[header::LOCATION].to_str().unwrap();
        assert!(location.ends_with(to), "{}: to {location}, not {to}", self.path);
        self
    }

    /// It says this, wherever it does.
    #[track_caller]
    pub(crate) fn assert_says(&self, words: &str) -> &Self {
        assert!(self.words().contains(words), "{}: no {words:?} in: {}", self.path, self.words());
        self
    }

    #[track_caller]
    pub(crate) fn assert_says_not(&self, words: &str) -> &Self {
        assert!(!self.words().contains(words), "{}: {words:?} in: {}", self.path, self.words());
        self
    }

    /// Refused, for this reason, in the summary that stands above the form.
    #[track_caller]
    pub(crate) fn assert_refused(&self, words: &str) -> &Self {
        self.assert_status(422);
        let summary = self.text(".error-summary");
        assert!(summary.contains(words), "{}: no {words:?} in: {summary}", self.path);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }

    /// The body as it came.
    pub(crate) fn body(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// The same, without the name by which this browser finds it.
    pub(crate) fn nameless(&self) -> String {
        let mut parts = self.body().split("?answer=");
        let first = parts.next().unwrap_or_default();
        parts.fold(first.to_owned(), |body, part| {
            body + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
        })
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// All that a person can read in the page's body, with single spaces.
    pub(crate) fn words(&self) -> String {
        if self.is_html() { self.texts("body").concat() } else { self.body().to_owned() }
    }

    /// The text of the only element that this selects.
    #[track_caller]
    pub(crate) fn text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        let [text] = texts.as_slice() else {
            panic!("{}: {selector:?} selects {texts:?} in {}", self.path, self.words())
        };
        text.clone()
    }

    /// The texts of all elements that this selects, with single spaces.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.html().select(&selected(selector)).map(text_of).collect()
    }

    pub(crate) fn attributes(&self, selector: &str, attribute: &str) -> Vec<String> {
        let html = self.html();
        html.select(&selected(selector))
            .map(|element| element.attr(attribute).unwrap_or_default().to_owned())
            .collect()
    }

    pub(crate) fn count(&self, selector: &str) -> usize {
        self.html().select(&selected(selector)).count()
    }

    /// What stands in the field of this name.
    #[track_caller]
    pub(crate) fn value_of(&self, name: &str) -> String {
        let html = self.html();
        let found =
            html.select(&selected("input, textarea, select")).find(|field| field.attr("name") == Some(name));
        value(found.unwrap_or_else(|| panic!("{}: no field {name:?}", self.path))).unwrap_or_default()
    }

    /// The form that is sent to an address that ends like this, as it is before anybody touches it.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form {
        let html = self.html();
        let ends_so =
            |form: &ElementRef<'_>| form.attr("action").is_some_and(|address| address.ends_with(action));
        let found = html.select(&selected("form")).find(ends_so);
        let found =
            found.unwrap_or_else(|| panic!("{}: no form to {action:?} in: {}", self.path, self.words()));
        assert_eq!(found.attr("method"), Some("post"), "every form here changes something");
        let named = |element: ElementRef<'_>| element.attr("name").map(str::to_owned);
        let mut form = Form::new(found.attr("action").unwrap());
        form.is_multipart = found.attr("enctype") == Some("multipart/form-data");
        for field in found.select(&selected("input, textarea, select")) {
            let Some(name) = named(field) else { continue };
            match value(field) {
                Some(value) => form.fields.push((name, value)),
                None => form.untouched.push(name),
            }
        }
        for button in found.select(&selected("button")) {
            form.buttons.extend(
                named(button).map(|name| (name, button.attr("value").unwrap_or_default().to_owned())),
            );
        }
        form
    }

    fn html(&self) -> Html {
        assert!(self.is_html(), "{} is no page: {:?}", self.path, self.headers);
        Html::parse_document(self.body())
    }
}

fn selected(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_ascii_whitespace).collect::<Vec<_>>().join(" ")
}

/// What a field would send, were its form sent now; nothing from a box that is not ticked or a file not chosen.
fn value(field: ElementRef<'_>) -> Option<String> {
    match (field.value().name(), field.attr("type")) {
        ("input", Some("file")) => None,
        ("input", Some("checkbox" | "radio")) if field.attr("checked").is_none() => None,
        ("textarea", _) => Some(field.text().collect()),
        ("select", _) => {
            let chosen = field.select(&selected("option[selected]")).next();
            chosen.or_else(|| field.select(&selected("option")).next())?.attr("value").map(str::to_owned)
        }
        _ => Some(field.attr("value").unwrap_or_default().to_owned()),
    }
}

/// A form, being filled in.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    fields: Vec<(String, String)>,
    untouched: Vec<String>,
    buttons: Vec<(String, String)>,
    file: Option<(String, Vec<u8>)>,
    is_multipart: bool,
}

impl Form {
    fn new(action: &str) -> Self {
        let (fields, untouched, buttons) = Default::default();
        Self { action: action.into(), fields, untouched, buttons, file: None, is_multipart: false }
    }

    /// Writes into a field, which must be there.
    #[track_caller]
    pub(crate) fn fill(mut self, name: &str, value: impl Into<String>) -> Self {
        let field = self.fields.iter_mut().find(|(field, _)| field == name);
        field.unwrap_or_else(|| panic!("{}: no field {name:?}", self.action)).1 = value.into();
        self
    }

    /// Ticks a box.
    #[track_caller]
    pub(crate) fn tick(mut self, name: &str) -> Self {
        assert!(self.untouched.iter().any(|field| field == name), "{}: no box {name:?}", self.action);
        self.fields.push((name.into(), "yes".into()));
        self
    }

    /// Chooses a file.
    #[track_caller]
    pub(crate) fn attach(mut self, name: &str, file: impl Into<Vec<u8>>) -> Self {
        assert!(self.untouched.iter().any(|field| field == name), "{}: no file {name:?}", self.action);
        self.file = Some((name.into(), file.into()));
        self
    }

    /// Sends it by the button of this name and value, which must be there.
    #[track_caller]
    pub(crate) fn press(mut self, name: &str, value: &str) -> Self {
        let button = (name.to_owned(), value.to_owned());
        assert!(
            self.buttons.contains(&button),
            "{}: no button {button:?} in {:?}",
            self.action,
            self.buttons
        );
        self.fields.push(button);
        self
    }

    /// Adds a field that the page did not offer.
    pub(crate) fn smuggle(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Takes a field away that the page did offer.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn request(&self) -> Request<Body> {
        let (media_type, body) = if self.is_multipart { self.parts() } else { self.pairs() };
        Request::post(&self.action).header(header::CONTENT_TYPE, media_type).body(Body::from(body)).unwrap()
    }

    fn pairs(&self) -> (String, Vec<u8>) {
        let pairs: Vec<_> =
            self.fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        ("application/x-www-form-urlencoded".into(), pairs.join("&").into_bytes())
    }

    fn parts(&self) -> (String, Vec<u8>) {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            body.extend(
                format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        if let Some((name, file)) = &self.file {
            let head = format!("content-disposition: form-data; name=\"{name}\"; filename=\"table.csv\"");
            body.extend(format!("--edge\r\n{head}\r\ncontent-type: text/csv\r\n\r\n").bytes());
            body.extend(file);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        ("multipart/form-data; boundary=edge".into(), body)
    }
}

/// Percent-encoding of a form's names and values.
fn percent(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
