//! Whether answers are as the API describes them.

use super::server::Response;
use serde_json::{Value, json};

/// The description of the API, for checking answers against it.
pub struct Described(pub Value);

impl Described {
    /// Checks an answer of an operation: a documented status, of the documented shape.
    pub fn check(&self, operation: &str, response: &Response) {
        let pointer = format!(
            "/paths/~1api~1operations~1{operation}/post/responses/{}",
            response.status
        );
        let documented = self.0.pointer(&pointer);
        let documented = documented.unwrap_or_else(|| {
            panic!(
                "{operation} answered {}: {}",
                response.status, response.body
            )
        });
        let documented = match documented["$ref"].as_str() {
            Some(reference) => self
                .0
                .pointer(reference.trim_start_matches('#'))
                .expect("a reference leads somewhere"),
            None => documented,
        };
        let content = documented
            .get("content")
            .and_then(Value::as_object)
            .expect("a body");
        let sent = response.header("content-type").unwrap_or("");
        let (_, content) = content
            .iter()
            .find(|(kind, _)| sent.starts_with(kind.as_str()))
            .unwrap_or_else(|| panic!("{operation} answered {} as {sent}", response.status));
        let schema = json!({ "components": self.0["components"], "allOf": [content["schema"]] });
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<_> = validator
            .iter_errors(&response.body)
            .map(|e| e.to_string())
            .collect();
        assert!(
            errors.is_empty(),
            "{operation} {}: {errors:?} in {}",
            response.status,
            response.body
        );
        if response.status != 200 {
            assert_eq!(response.body["status"], response.status);
            assert!(
                response.body["type"]
                    .as_str()
                    .expect("text")
                    .starts_with("/problems/")
            );
        }
        assert!(response.status < 500, "{operation}: {}", response.body);
    }
}
