//! `/api/docs/`: the API description as a page, from the same description as `/api/openapi.json`.

use super::problems::shell_for;
use super::shell::{Shell, page};
use crate::openapi;
use crate::state::Shared;
use application::schema::type_of;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Redirect, Response};
use serde_json::{Map, Value};
use std::sync::OnceLock;

/// The address that redirects to the page.
pub(crate) const DOCS: &str = "/api/docs";
/// The page.
pub(crate) const DOCS_SLASH: &str = "/api/docs/";

/// The location of named schemas in the description.
const SCHEMAS: &str = "#/components/schemas/";

#[derive(Template)]
#[template(path = "api_docs.html")]
struct DocsPage {
    shell: Shell,
    api: &'static Api,
}

struct Api {
    about: String,
    version: String,
    groups: Vec<Group>,
    schemas: Vec<Named>,
}

/// The endpoints of one tag.
struct Group {
    name: String,
    meaning: String,
    endpoints: Vec<Endpoint>,
}

struct Endpoint {
    id: String,
    method: String,
    path: String,
    summary: String,
    text: Vec<DescriptionLine>,
    parameters: Vec<Row>,
    bodies: Vec<Content>,
    answers: Vec<Answer>,
}

/// A line of a longer text.
struct DescriptionLine {
    is_item: bool,
    text: String,
}

/// The contents of a body.
struct Content {
    media_type: String,
    what: Words,
    rows: Vec<Row>,
}

struct Answer {
    status: String,
    meaning: String,
    headers: Vec<String>,
    contents: Vec<Content>,
}

/// A parameter, or a field.
struct Row {
    name: String,
    /// The location of a parameter.
    place: String,
    what: Words,
    is_required: bool,
    meaning: String,
}

/// The type of a value: words, and the named schemas it consists of.
#[derive(Default)]
struct Words {
    text: String,
    links: Vec<String>,
}

struct Named {
    name: String,
    meaning: String,
    what: Words,
    rows: Vec<Row>,
}

pub(crate) async fn lead_there() -> Redirect {
    Redirect::permanent(DOCS_SLASH)
}

pub(crate) async fn show(State(site): State<Shared>, parts: Parts) -> Response {
    static API: OnceLock<Api> = OnceLock::new();
    let template = DocsPage {
        shell: shell_for(site, &parts, "API").await,
        api: API.get_or_init(api),
    };
    page(StatusCode::OK, &template)
}

/// The whole description, built once.
fn api() -> Api {
    let all = serde_json::to_value(openapi::description());
    let all = all.expect("the description can be written");
    let groups = items(&all["tags"]).iter().map(|tag| Group {
        name: text(&tag["name"]),
        meaning: plain(&tag["description"]),
        endpoints: endpoints(&all, &tag["name"]),
    });
    Api {
        about: plain(&all["info"]["description"]),
        version: text(&all["info"]["version"]),
        groups: groups.collect(),
        schemas: fields(&all["components"]["schemas"])
            .map(|(name, schema)| Named {
                name: name.clone(),
                meaning: plain(&schema["description"]),
                what: words(schema),
                rows: rows(schema, ""),
            })
            .collect(),
    }
}

/// The endpoints of a tag.
fn endpoints(all: &Value, tag: &Value) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for (path, methods) in fields(&all["paths"]) {
        for (method, endpoint) in fields(methods) {
            if items(&endpoint["tags"]).contains(tag) {
                found.push(Endpoint {
                    id: text(&endpoint["operationId"]),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    summary: text(&endpoint["summary"]),
                    text: lines(&plain(&endpoint["description"])),
                    parameters: items(&endpoint["parameters"])
                        .iter()
                        .map(parameter)
                        .collect(),
                    bodies: contents(&endpoint["requestBody"]),
                    answers: fields(&endpoint["responses"])
                        .map(|(status, answer)| response(all, status, answer))
                        .collect(),
                });
            }
        }
    }
    found
}

fn lines(text: &str) -> Vec<DescriptionLine> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| DescriptionLine {
            is_item: line.starts_with("- "),
            text: line.trim_start_matches("- ").to_owned(),
        })
        .collect()
}

fn parameter(parameter: &Value) -> Row {
    Row {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        what: words(&parameter["schema"]),
        is_required: parameter["required"] == true,
        meaning: plain(&parameter["description"]),
    }
}

fn response(all: &Value, status: &str, answer: &Value) -> Answer {
    let named = answer["$ref"].as_str().and_then(|name| {
        let pointer = name.strip_prefix('#')?;
        all.pointer(pointer)
    });
    let answer = named.unwrap_or(answer);
    Answer {
        status: status.to_owned(),
        meaning: plain(&answer["description"]),
        headers: fields(&answer["headers"])
            .map(|(name, header)| format!("{name}: {}", text(&header["description"])))
            .collect(),
        contents: contents(answer),
    }
}

fn contents(of: &Value) -> Vec<Content> {
    fields(&of["content"])
        .map(|(media_type, content)| Content {
            media_type: media_type.clone(),
            what: words(&content["schema"]),
            rows: rows(&content["schema"], ""),
        })
        .collect()
}

/// The fields of a schema, including those of unnamed schemas in it.
fn rows(schema: &Value, within: &str) -> Vec<Row> {
    let required = items(&schema["required"]);
    let mut found = Vec::new();
    for (name, field) in fields(&schema["properties"]) {
        let name = format!("{within}{name}");
        let is_list = type_of(field) == Some("array");
        let inner = if is_list { &field["items"] } else { field };
        let below = format!("{name}{}.", if is_list { "[]" } else { "" });
        let key = name.rsplit('.').next().unwrap_or(&name);
        found.push(Row {
            is_required: required.iter().any(|required| required == key),
            place: String::new(),
            what: words(field),
            meaning: plain(&field["description"]),
            name,
        });
        found.extend(rows(inner, &below));
    }
    for part in items(&schema["allOf"])
        .iter()
        .chain(items(&schema["oneOf"]))
    {
        found.extend(rows(part, within));
    }
    found
}

/// The type of a value.
fn words(schema: &Value) -> Words {
    let mut said = Words::default();
    if let Some(name) = schema["$ref"].as_str() {
        said.links
            .extend(name.strip_prefix(SCHEMAS).map(str::to_owned));
        return said;
    }
    for part in items(&schema["allOf"])
        .iter()
        .chain(items(&schema["oneOf"]))
    {
        said.links.extend(words(part).links);
    }
    if type_of(schema) == Some("array") {
        let inner = words(&schema["items"]);
        said.links = inner.links;
        said.text = match inner.text.as_str() {
            "" => "a list of".to_owned(),
            text => format!("a list: {text}"),
        };
        return said;
    }
    said.text = facts(schema).join(", ");
    said
}

/// The type of a value, with its restrictions.
fn facts(schema: &Value) -> Vec<String> {
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    };
    let number = |name: &str| schema[name].as_f64().map(|_| schema[name].to_string());
    let range = |low: &str, high: &str, unit: &str| match (number(low), number(high)) {
        (Some(low), Some(high)) => format!("{low} to {high}{unit}"),
        (Some(low), None) => format!("at least {low}{unit}"),
        (None, Some(high)) => format!("at most {high}{unit}"),
        (None, None) => String::new(),
    };
    let choices: Vec<_> = items(&schema["enum"]).iter().map(text).collect();
    let example = items(&schema["examples"]).first();
    [
        kind,
        text(&schema["format"]),
        choices.join(" | "),
        range("minimum", "maximum", ""),
        range("minLength", "maxLength", " characters"),
        schema["default"]
            .as_i64()
            .map_or_else(String::new, |value| format!("{value} unless given")),
        example.map_or_else(String::new, |example| format!("such as {}", text(example))),
    ]
    .into_iter()
    .filter(|fact| !fact.is_empty())
    .collect()
}

/// A text. Another value as JSON, or empty if there is none.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text without the marks around code.
fn plain(value: &Value) -> String {
    text(value).replace('`', "")
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
