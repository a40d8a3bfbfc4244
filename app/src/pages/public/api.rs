//! `/api`: the API for people, made from the same document that programs read, with requests to copy.
//!
//! What the document says in English is said here in the visitor's language, but for the fields of answers.

use crate::access::Visit;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::breadcrumb;
use axum::response::Response;
use leptos::prelude::*;
use serde_json::Value;

/// The page.
#[must_use]
pub fn show(visit: &Visit, document: &Value) -> Response {
    let t = visit.text;
    let site = visit.house.public_url.clone();
    let rules = [
        t.api_rule_money(),
        t.api_rule_time(),
        t.api_rule_texts(),
        t.api_rule_parts(),
        t.api_rule_cache(),
        t.api_rule_results(),
        t.api_rule_problems(),
    ];
    let rules = rules.map(|rule| view! { <li>{rule}</li> }).to_vec();
    let paths = document["paths"].as_object();
    let operations: Vec<_> = paths.into_iter().flatten().map(|(path, item)| (path, &item["get"])).collect();
    let list = operations
        .iter()
        .map(|(path, operation)| {
            let id = said(&operation["operationId"]);
            view! { <li><a href=format!("#{id}")>{words(t, id)}</a>" "<code dir="ltr">{(*path).clone()}</code></li> }
        })
        .collect_view();
    let sections = operations
        .iter()
        .map(|(path, operation)| section(t, document, &site, path, operation))
        .collect_view();
    let mut response = Page::new(visit, t.api_title()).show(|| {
        view! {
            {breadcrumb(t, vec![("/".into(), t.nav_home().into())], t.api_title().to_owned())}
            <h1>{t.api_title()}</h1>
            <p class="lede">{t.api_lede()}</p>
            <pre class="code" dir="ltr" tabindex="0"><code>{format!("curl {site}/api/v1/municipalities")}</code></pre>
            <p><a href="/api/v1/openapi.json">{t.api_document()}</a></p>
            <section><h2>{t.api_rules()}</h2><ul>{rules}</ul></section>
            <section><h2>{t.api_addresses()}</h2><ul class="api__list">{list}</ul></section>
            <p class="meta">{t.api_fields_in_english()}</p>
            {sections}
        }
        .into_any()
    });
    Keep::Briefly.mark(&mut response);
    response
}

fn said(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// What an operation gives.
fn words(t: Text, id: &str) -> &'static str {
    match id {
        "municipalities" => t.api_municipalities(),
        "municipality" => t.api_municipality(),
        "cycles" => t.api_cycles(),
        "municipality_cycles" => t.api_municipality_cycles(),
        "cycle" => t.api_cycle(),
        "projects" => t.api_projects(),
        "project" => t.api_project(),
        "results" => t.api_results(),
        "result" => t.api_result(),
        _ => "",
    }
}

/// What a parameter means.
fn meaning(t: Text, name: &str) -> &'static str {
    match name {
        "town" => t.api_of_town(),
        "cycle" => t.api_of_cycle(),
        "project" => t.api_of_project(),
        "version" => t.api_of_version(),
        "after" => t.api_after(),
        "limit" => t.api_limit(),
        _ => "",
    }
}

fn section(t: Text, document: &Value, site: &str, path: &str, operation: &Value) -> impl IntoView + use<> {
    let id = said(&operation["operationId"]).to_owned();
    let given: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    let example = |parameter: &Value| {
        let example = &parameter["example"];
        example.as_str().map_or_else(|| example.to_string(), str::to_owned)
    };
    let address = given.iter().filter(|parameter| parameter["in"] == "path").fold(
        path.to_owned(),
        |address, parameter| {
            address.replace(&format!("{{{}}}", said(&parameter["name"])), &example(parameter))
        },
    );
    let rows = given
        .iter()
        .map(|parameter| {
            let name = said(&parameter["name"]).to_owned();
            view! {
                <tr>
                    <th scope="row"><code dir="ltr">{name.clone()}</code></th>
                    <td data-label=t.api_meaning()>{meaning(t, &name)}</td>
                    <td data-label=t.api_example()><code dir="ltr">{example(parameter)}</code></td>
                </tr>
            }
        })
        .collect_view();
    let parameters = (!given.is_empty()).then(|| {
        view! {
            <table class="table">
                <caption>{t.api_parameters()}</caption>
                <thead><tr><th scope="col">{t.api_parameter()}</th><th scope="col">{t.api_meaning()}</th><th scope="col">{t.api_example()}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    let answer = &operation["responses"]["200"]["content"]["application/json"];
    let body = serde_json::to_string_pretty(&answer["example"]).unwrap_or_default();
    view! {
        <section class="api" id=id.clone()>
            <h3>{words(t, &id)}</h3>
            <pre class="code" dir="ltr" tabindex="0"><code>{format!("curl {site}{address}")}</code></pre>
            {parameters}
            {fields(t, document, &answer["schema"])}
            <details class="details">
                <summary>{t.api_answer()}</summary>
                <pre class="code" dir="ltr" tabindex="0"><code>{body}</code></pre>
            </details>
        </section>
    }
}

/// The fields of an answer, or of each item where it is a list.
fn fields(t: Text, document: &Value, schema: &Value) -> impl IntoView + use<> {
    let mut found = properties(document, schema);
    if let Some((_, items, _)) = found.iter().find(|(name, ..)| name == "items") {
        found = properties(document, &items["items"]);
    }
    let rows = found
        .into_iter()
        .map(|(name, schema, says)| {
            view! {
                <tr>
                    <th scope="row"><code dir="ltr">{name}</code></th>
                    <td data-label=t.api_type()><code dir="ltr">{kind(&schema)}</code></td>
                    <td data-label=t.api_meaning() lang="en" dir="ltr">{says}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="details">
            <summary>{t.api_fields()}</summary>
            <table class="table">
                <caption class="visually-hidden">{t.api_fields()}</caption>
                <thead><tr><th scope="col">{t.api_field()}</th><th scope="col">{t.api_type()}</th><th scope="col">{t.api_meaning()}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}

/// The properties of a schema with what is said of each, those of its parts among them.
fn properties(document: &Value, schema: &Value) -> Vec<(String, Value, String)> {
    let schema = resolved(document, schema);
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().flat_map(|part| properties(document, part)).collect();
    }
    let named = schema["properties"].as_object().into_iter().flatten();
    named
        .map(|(name, property)| {
            // Of what may be missing, the choice that is not null is described.
            let choices = property["oneOf"].as_array().into_iter().flatten();
            let mut told = [property].into_iter().chain(choices).map(|choice| said(&choice["description"]));
            let own = told.find(|says| !says.is_empty());
            let says = own.unwrap_or_else(|| said(&resolved(document, property)["description"]));
            (name.clone(), property.clone(), says.to_owned())
        })
        .collect()
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = said(&schema["$ref"]).trim_start_matches('#');
    if reference.is_empty() { schema } else { document.pointer(reference).unwrap_or(schema) }
}

/// The type of a property, in the words of JSON Schema.
fn kind(schema: &Value) -> String {
    let name = |reference: &str| reference.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(reference) = schema["$ref"].as_str() {
        return name(reference);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(said).collect::<Vec<_>>().join(" | "),
        Value::String(kind) if kind == "array" => format!("[{}]", self::kind(&schema["items"])),
        Value::String(kind) => kind.clone(),
        _ => String::new(),
    }
}
