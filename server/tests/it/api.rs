//! `/api/v1`: what it says is what it documents, and nothing of results before their publication.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::town::{Cycle, Project};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::Value;
use std::path::PathBuf;

const DOCUMENT: &str = "/api/v1/openapi.json";
const CYCLE: &str = "/api/v1/municipalities/laudry/cycles/2026";

/// A GET with these headers.
async fn ask(visitor: &Visitor, path: &str, headers: &[(&str, &str)]) -> Page {
    let request =
        headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    visitor.send(request.body(Body::empty()).unwrap()).await
}

/// An operation of the document: its id, its description, and the address that its examples make.
fn operations(document: &Value) -> Vec<(String, Value, String)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().map(|(path, item)| {
        let methods: Vec<_> = item.as_object().unwrap().keys().collect();
        assert_eq!(methods, ["get"], "{path} can only be read");
        let operation = item["get"].clone();
        let mut address = path.clone();
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let example = &parameter["example"];
            let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            assert_ne!(example, "null", "{path}: {name} has no example");
            match parameter["in"].as_str().unwrap() {
                "path" => address = address.replace(&format!("{{{name}}}"), &example),
                "query" => query.push(format!("{name}={example}")),
                other => panic!("{path}: {name} is in {other}"),
            }
        }
        if !query.is_empty() {
            address = format!("{address}?{}", query.join("&"));
        }
        (operation["operationId"].as_str().unwrap().to_owned(), operation, address)
    });
    operations.collect()
}

/// Whether a value is what a schema says: JSON Schema as far as the document uses it, and no further. A property that no
/// schema names is wrong as well, for whoever reads the document would not know of it.
struct Schemas<'a>(&'a Value);

impl Schemas<'_> {
    fn check(&self, value: &Value, schema: &Value, at: &str) {
        let named = self.properties(schema);
        if let (Some(object), Some(named)) = (value.as_object(), named) {
            for name in object.keys() {
                assert!(named.contains(name), "{at}: {name} is not documented");
            }
        }
        self.check_part(value, schema, at);
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.0.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("no {name}")),
            None => schema,
        }
    }

    /// All properties that an object may have; none where it may have any.
    fn properties(&self, schema: &Value) -> Option<Vec<String>> {
        let schema = self.resolve(schema);
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().try_fold(Vec::new(), |mut all, part| {
                all.extend(self.properties(part)?);
                Some(all)
            });
        }
        schema["properties"].as_object().map(|properties| properties.keys().cloned().collect())
    }

    fn check_part(&self, value: &Value, schema: &Value, at: &str) {
        let schema = self.resolve(schema);
        for (keyword, says) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "description" | "title" | "default" | "example" => {}
                "type" => {
                    let words: Vec<_> = says.as_array().map_or_else(|| vec![says.clone()], Clone::clone);
                    assert!(
                        words.iter().any(|word| is_a(value, word.as_str().unwrap())),
                        "{at}: {value} is no {says}"
                    );
                }
                "allOf" => says.as_array().unwrap().iter().for_each(|part| self.check_part(value, part, at)),
                "oneOf" => {
                    let (null, other): (Vec<_>, Vec<_>) =
                        says.as_array().unwrap().iter().partition(|choice| choice["type"] == "null");
                    assert_eq!(
                        (null.len(), other.len()),
                        (1, 1),
                        "{at}: only what may be missing has a choice"
                    );
                    if !value.is_null() {
                        self.check(value, other[0], at);
                    }
                }
                "enum" => {
                    assert!(says.as_array().unwrap().contains(value), "{at}: {value} is none of {says}")
                }
                "required" => {
                    for name in says.as_array().unwrap() {
                        assert!(value.get(name.as_str().unwrap()).is_some(), "{at}: {name} is missing");
                    }
                }
                "properties" => {
                    for (name, schema) in says.as_object().unwrap() {
                        if let Some(value) = value.get(name) {
                            self.check(value, schema, &format!("{at}.{name}"));
                        }
                    }
                }
                "additionalProperties" => {
                    value
                        .as_object()
                        .unwrap()
                        .iter()
                        .for_each(|(name, value)| self.check(value, says, &format!("{at}.{name}")));
                }
                "propertyNames" => assert_eq!(says["type"], "string"),
                "items" => value
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|item| self.check(item, says, &format!("{at}[]"))),
                "minimum" => {
                    assert!(value.is_null() || value.as_i64() >= says.as_i64(), "{at}: {value} < {says}")
                }
                "maximum" => {
                    assert!(value.is_null() || value.as_i64() <= says.as_i64(), "{at}: {value} > {says}")
                }
                "format" if value.is_null() => {}
                "format" => assert!(has_format(value, says.as_str().unwrap()), "{at}: {value} is no {says}"),
                "pattern" => {
                    assert_eq!(says, "^[0-9a-f]{64}$");
                    assert!(value.as_str().unwrap().len() == 64, "{at}: {value}");
                }
                other => panic!("{at}: this test does not know {other}"),
            }
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("this test does not know the type {other}"),
    }
}

fn has_format(value: &Value, format: &str) -> bool {
    let text = value.as_str().unwrap_or("");
    match format {
        "int32" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "int64" => value.is_i64(),
        "uuid" => text.len() == 36 && text.matches('-').count() == 4,
        "uri" => text.starts_with("https://ecot.example/"),
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        other => panic!("this test does not know the format {other}"),
    }
}

/// What of an answer changes only when the API does: a better README in the bundle is no other API.
fn lasting(mut answer: Value) -> Value {
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("files");
    }
    answer
}

/// The town of the document's examples: a cycle that is published, in which two people gave.
async fn published(app: &TestApp) -> Cycle<'_> {
    let cycle = app.town().await.with_open_cycle().await;
    cycle.citizen(0).await.vote(&[("garden", "12"), ("lamps", "3")]).await;
    cycle.citizen(1).await.vote(&[("garden", "8"), ("kiosk", "12")]).await;
    cycle.publish().await;
    cycle
}

on_both! {
    /// Each example is a request that the documented address answers with the documented answer, which is of the
    /// documented schema. Where the API has changed, `ECOT_WRITE_EXAMPLES=1` writes what it says now into the document.
    async fn every_documented_example_is_answered_as_documented(app: TestApp) {
        let _cycle = published(&app).await;
        let visitor = app.visitor();
        let document = visitor.get(DOCUMENT).await.assert_status(200).json();
        assert_eq!(document["openapi"], "3.1.0");
        for (id, operation, address) in operations(&document) {
            let page = visitor.get(&address).await;
            page.assert_status(200);
            assert_eq!(page.header("content-type"), "application/json");
            let documented = &operation["responses"]["200"]["content"]["application/json"];
            Schemas(&document).check(&page.json(), &documented["schema"], &id);
            if std::env::var_os("ECOT_WRITE_EXAMPLES").is_some() {
                let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/api/example/{id}.json"));
                std::fs::write(file, serde_json::to_string_pretty(&page.json()).unwrap() + "\n").unwrap();
            } else {
                assert_eq!(lasting(page.json()), lasting(documented["example"].clone()), "{id}: see this test's comment");
            }
            for status in ["304", "400", "404", "405", "500", "503"] {
                assert!(operation["responses"][status].is_object(), "{id}: {status} is not documented");
            }
        }
    }

    async fn problems_are_said_in_json(app: TestApp) {
        let _cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let document = visitor.get(DOCUMENT).await.json();
        for (address, status) in [
            ("/api/v1", 404),
            ("/api/v1/nothing", 404),
            ("/api/v1/municipalities/", 404),
            ("/api/v1/municipalities/nowhere", 404),
            ("/api/v1/municipalities/nowhere/cycles", 404),
            ("/api/v1/municipalities/lau%00dry", 404),
            ("/api/v1/municipalities/%ff", 404),
            ("/api/v1/municipalities/laudry/cycles/1999", 404),
            ("/api/v1/municipalities/laudry/cycles/2026/projects/nothing", 404),
            ("/api/v1/municipalities/laudry/cycles/2026/results/first", 404),
            ("/api/v1/municipalities?limit=0", 400),
            ("/api/v1/municipalities?limit=101", 400),
            ("/api/v1/municipalities?limit=ten", 400),
            ("/api/v1/municipalities?limit=1&limit=2", 400),
            ("/api/v1/municipalities?after=", 400),
            ("/api/v1/municipalities?after=A%00", 400),
            ("/api/v1/municipalities?page=2", 400),
            ("/api/v1/municipalities/laudry?x", 400),
            ("/api/v1/openapi.json?x=1", 400),
        ] {
            let page = visitor.get(address).await;
            page.assert_status(status);
            assert_eq!(page.header("content-type"), "application/problem+json", "{address}");
            assert_eq!(page.header("cache-control"), "no-store");
            assert_eq!(page.header("access-control-allow-origin"), "*");
            let problem = page.json();
            assert_eq!(problem["status"], status);
            Schemas(&document).check(&problem, &document["components"]["schemas"]["Problem"], address);
        }
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE"] {
            let request = Request::builder().method(method).uri("/api/v1/municipalities").body(Body::empty()).unwrap();
            let page = visitor.send(request).await;
            page.assert_status(405);
            assert_eq!(page.header("allow"), "GET, HEAD, OPTIONS");
            assert_eq!(page.json()["status"], 405);
        }
    }

    async fn lists_are_read_part_by_part(app: TestApp) {
        let plan = app.town().await.plan();
        let named = |slug| Project { slug, floor: "0", ceiling: "100", kind: "grant" };
        let slugs = ["ash", "beech", "cedar", "elm", "fir"];
        let _cycle = plan.projects(&slugs.map(named)).open().await;
        let visitor = app.visitor();
        let mut address = format!("{CYCLE}/projects?limit=2");
        let mut found = Vec::new();
        let mut parts = 0;
        loop {
            let page = visitor.get(&address).await.assert_status(200).json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            found.extend(items.iter().map(|item| item["slug"].as_str().unwrap().to_owned()));
            parts += 1;
            let Some(next) = page["next"].as_str() else { break };
            address = next.strip_prefix("https://ecot.example").unwrap().to_owned();
        }
        assert_eq!((found, parts), (slugs.map(str::to_owned).to_vec(), 3));
    }

    /// Any site may read, by any name; nobody's session or language changes what is said.
    async fn everybody_gets_the_same_from_anywhere(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("garden", "3")]).await;
        let french = app.visitor().reading("fr");
        for address in ["/api/v1/cycles".to_owned(), format!("{CYCLE}/projects"), CYCLE.to_owned()] {
            let plain = app.visitor().get(&address).await;
            plain.assert_status(200);
            assert_eq!(plain.header("set-cookie"), "");
            for visitor in [&citizen.visitor, &cycle.officer, &french] {
                assert_eq!(visitor.get(&address).await.body(), plain.body());
            }
            let foreign = ask(&app.visitor(), &address, &[("origin", "https://paper.example")]).await;
            assert_eq!(foreign.header("access-control-allow-origin"), "*");
            assert_eq!(foreign.header("access-control-allow-credentials"), "");
            assert_eq!(foreign.header("cross-origin-resource-policy"), "cross-origin");
            let preflight = Request::options(&address)
                .header("origin", "https://paper.example")
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "if-none-match")
                .body(Body::empty())
                .unwrap();
            let preflight = app.visitor().send(preflight).await;
            preflight.assert_status(200);
            assert_eq!(preflight.header("access-control-allow-origin"), "*");
            assert_eq!(preflight.header("access-control-allow-methods"), "GET,HEAD");
            assert_eq!(preflight.header("access-control-allow-headers"), "*");
        }
    }

    async fn drafts_are_not_there(app: TestApp) {
        let _cycle = app.town().await.plan().draft().await;
        let visitor = app.visitor();
        for address in [CYCLE.to_owned(), format!("{CYCLE}/projects"), format!("{CYCLE}/projects/garden")] {
            visitor.get(&address).await.assert_status(404);
        }
        for list in ["/api/v1/cycles", "/api/v1/municipalities/laudry/cycles"] {
            assert_eq!(visitor.get(list).await.json()["items"], serde_json::json!([]));
        }
    }

    async fn who_has_the_answer_already_is_told_so(app: TestApp) {
        let _cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let page = visitor.get(CYCLE).await;
        let tag = page.header("etag").to_owned();
        assert_eq!(tag.len(), 66, "a strong tag: SHA-256 of the body");
        for known in [tag.as_str(), "*", &format!("W/{tag}"), &format!("\"other\", {tag}")] {
            let again = ask(&visitor, CYCLE, &[("if-none-match", known)]).await;
            again.assert_status(304);
            assert_eq!((again.header("etag"), again.bytes.len()), (tag.as_str(), 0));
        }
        ask(&visitor, CYCLE, &[("if-none-match", "\"other\"")]).await.assert_status(200);
        // Compressed, it is other bytes, so a strong tag must be another one (RFC 9110 §8.8.3).
        let small = ask(&visitor, CYCLE, &[("accept-encoding", "gzip")]).await;
        assert_eq!(small.header("content-encoding"), "gzip");
        let coded = small.header("etag").to_owned();
        assert_eq!(coded, format!("{}-gzip\"", tag.trim_end_matches('"')));
        let again = ask(&visitor, CYCLE, &[("accept-encoding", "gzip"), ("if-none-match", &coded)]).await;
        again.assert_status(304);
        assert_eq!(again.header("etag"), coded);
        let head = Request::head(CYCLE).body(Body::empty()).unwrap();
        let head = visitor.send(head).await;
        head.assert_status(200);
        assert_eq!((head.header("etag"), head.bytes.len()), (tag.as_str(), 0));
    }

    /// Until the result is out, whoever keeps an answer asks again, and no refusal is kept; a version is kept for good.
    async fn answers_are_kept_as_long_as_they_hold(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "3")]).await;
        let visitor = app.visitor();
        let holds = async |path: &str| {
            let page = visitor.get(format!("{CYCLE}{path}")).await;
            (page.status.as_u16(), page.header(header::CACHE_CONTROL.as_str()).to_owned())
        };
        let refused = (404, "no-store".to_owned());
        assert_eq!(holds("").await, (200, "public, max-age=15".into()));
        for results in ["/results", "/results/1", "/results/latest"] {
            assert_eq!(holds(results).await, refused);
        }
        cycle.take_step("close").await;
        cycle.take_step("count").await;
        assert_eq!(holds("").await, (200, "public, no-cache".into()));
        for results in ["/results", "/results/1", "/results/latest"] {
            assert_eq!(holds(results).await, refused);
        }
        cycle.take_step("publish").await;
        assert_eq!(holds("").await, (200, "public, max-age=60".into()));
        assert_eq!(holds("/results").await, (200, "public, max-age=60".into()));
        assert_eq!(holds("/results/latest").await, (200, "public, max-age=60".into()));
        assert_eq!(holds("/results/1").await, (200, "public, max-age=31536000, immutable".into()));
        assert_eq!(holds("/results/2").await, refused);
    }
}
