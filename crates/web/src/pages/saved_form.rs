//! Form values from an ended session. The browser keeps them on the sign-in page, and they come
//! back for review after that. The server stores nothing.

use super::form::Entered;
use super::gate::form_token;
use super::shell::{Shell, page};
use crate::api::catalogue::input_schema;
use application::catalogue;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The maximum size that is kept, in bytes.
const KEPT_BYTES_MAX: usize = 64 << 10;

/// A form to come back to.
pub(crate) struct SavedForm {
    /// The address it was sent to.
    pub(crate) to: String,
    /// The user who had opened it. Nobody else sees the values.
    pub(crate) user: String,
    /// The fields, encoded as a form.
    pub(crate) fields: String,
}

/// The secret fields, by pointer.
static SECRETS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut secrets = BTreeSet::new();
    for definition in catalogue() {
        let schema = input_schema(definition);
        let fields = schema["properties"].as_object().into_iter().flatten();
        let secret = fields.filter(|(_, field)| field["writeOnly"] == true);
        secrets.extend(secret.map(|(name, _)| format!("/{name}")));
    }
    secrets
});

impl SavedForm {
    /// The entered values, unless they are too large to keep.
    pub(crate) fn new(to: String, entered: &Entered) -> Option<Self> {
        let fields = entered.lasting(|pointer| SECRETS.contains(pointer));
        let is_some = !fields.is_empty() && fields.len() <= KEPT_BYTES_MAX;
        (is_some && !entered.sender().is_empty()).then(|| Self {
            to,
            user: entered.sender().to_owned(),
            fields,
        })
    }

    /// Reads what the sign-in page has kept.
    pub(crate) fn sent(to: &str, entered: &Entered) -> Option<Self> {
        let fields = entered.extra("kept");
        let is_some = !fields.is_empty() && fields.len() <= KEPT_BYTES_MAX;
        is_some.then(|| Self {
            to: to.to_owned(),
            user: entered.extra("kept_for").to_owned(),
            fields: fields.to_owned(),
        })
    }

    /// The page that restores the form in a new session.
    pub(crate) fn resumed(&self, secret: &str) -> Response {
        let fields = form_urlencoded::parse(self.fields.as_bytes());
        let template = ResumePage {
            shell: Shell {
                csrf: format!("{}:{}", form_token(secret), self.user),
                ..Shell::new("Signed in")
            },
            to: self.to.clone(),
            fields: fields
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        };
        page(StatusCode::OK, &template)
    }
}

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage {
    shell: Shell,
    to: String,
    fields: Vec<(String, String)>,
}
