//! Checks that answers match the API description.

use super::server::Response;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

/// The API description, with the body validators built so far.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    serde_json::to_value(plimsoll::openapi::description()).expect("a description can be written")
});
static BODIES: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Checks an answer of the API: a documented status and a documented shape.
pub fn check(method: &str, path: &str, response: &Response) {
    let path = path.split('?').next().expect("a first part");
    let asked = format!("{method} {path}");
    let paths = DESCRIPTION["paths"].as_object().expect("paths");
    let template = match paths.contains_key(path) {
        true => path,
        false => paths
            .keys()
            .find(|template| leads_to(template, path))
            .unwrap_or_else(|| panic!("{asked} is not described")),
    };
    let template = template.replace('/', "~1");
    let method = method.to_lowercase();
    let place = format!("/paths/{template}/{method}/responses/{}", response.status);
    let documented = DESCRIPTION.pointer(&place);
    let documented =
        documented.unwrap_or_else(|| panic!("{asked}: {}: {}", response.status, response.body));
    let documented = match documented["$ref"].as_str() {
        Some(reference) => DESCRIPTION
            .pointer(reference.trim_start_matches('#'))
            .expect("a reference leads somewhere"),
        None => documented,
    };
    let Some(content) = documented.get("content").and_then(Value::as_object) else {
        assert_eq!(response.body, "", "{asked}: {}", response.status);
        return;
    };
    let sent = response.header("content-type").unwrap_or("");
    let (kind, content) = content
        .iter()
        .find(|(kind, _)| sent.starts_with(kind.as_str()))
        .unwrap_or_else(|| panic!("{asked} answered {} as {sent}", response.status));
    let validator = validator(format!("{place} {kind}"), &content["schema"]);
    let errors: Vec<_> = validator
        .iter_errors(&response.body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    let (status, body) = (response.status, &response.body);
    assert!(errors.is_empty(), "{asked}: {status}: {errors:?} in {body}");
    if status >= 400 {
        assert_eq!(body["status"], status);
        let kind = body["type"].as_str().expect("text");
        assert!(kind.starts_with("/problems/"), "{kind}");
    }
    assert!(status < 500 || status == 503, "{asked}: {body}");
}

/// Whether a path matches a template such as `/api/cargoes/{tracking_id}`.
fn leads_to(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(own, asked)| own == asked || own.starts_with('{'))
}

fn validator(place: String, schema: &Value) -> Arc<Validator> {
    let mut bodies = BODIES.lock().expect("no panic");
    let made = bodies.entry(place).or_insert_with(|| {
        let whole = json!({ "components": DESCRIPTION["components"], "allOf": [schema] });
        Arc::new(jsonschema::validator_for(&whole).expect("a schema"))
    });
    Arc::clone(made)
}
