//! What was typed into a form whose session had ended. The browser keeps it on the page to sign in
//! on, and after that it comes back to be looked over; the server keeps nothing.

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

/// Most bytes that are kept.
const KEPT_BYTES_MAX: usize = 64 << 10;

/// A form to come back to.
pub(crate) struct Kept {
    /// Where it was sent.
    pub(crate) to: String,
    /// Who had opened it: nobody else sees what was typed.
    pub(crate) user: String,
    /// Its fields, as forms are sent.
    pub(crate) fields: String,
}

/// The fields that are secret, by their pointers.
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

impl Kept {
    /// What was entered into a form, if it is not too much to be kept.
    pub(crate) fn new(to: String, entered: &Entered) -> Option<Self> {
        let fields = entered.lasting(|pointer| SECRETS.contains(pointer));
        let is_some = !fields.is_empty() && fields.len() <= KEPT_BYTES_MAX;
        (is_some && !entered.sender().is_empty()).then(|| Self {
            to,
            user: entered.sender().to_owned(),
            fields,
        })
    }

    /// What the page to sign in on has kept.
    pub(crate) fn sent(to: &str, entered: &Entered) -> Option<Self> {
        let fields = entered.extra("kept");
        let is_some = !fields.is_empty() && fields.len() <= KEPT_BYTES_MAX;
        is_some.then(|| Self {
            to: to.to_owned(),
            user: entered.extra("kept_for").to_owned(),
            fields: fields.to_owned(),
        })
    }

    /// The page from which the form comes back, in a session that has just begun.
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
