//! The forms of consumers: where one starts, and where one is before it is moved.

use crate::pages::form::Entered;
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm};
use crate::pages::visit::{Away, Visit};
use crate::pages::words::count;
use application::consumers::{RegisterConsumer, ResetConsumer, SkipConsumer};
use application::queries::QueryError;
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use domain::consumers::ConsumerName;

/// The forms with more than fields.
pub(super) const FORMS: &[&dyn SpecialForm] = &[
    &Register,
    &Move {
        operation: &ResetConsumer::ABOUT,
        labels: &[("/position", "Continue after position")],
        button: None,
    },
    &Move {
        operation: &SkipConsumer::ABOUT,
        labels: &[("/position", "Skip up to position")],
        button: Some("Skip entries"),
    },
];

/// The form of a new consumer.
struct Register;

#[async_trait]
impl SpecialForm for Register {
    fn operation(&self) -> &'static About {
        &RegisterConsumer::ABOUT
    }

    async fn parts(&self, visit: &mut Visit, _: &mut Entered) -> Result<FormParts, Away> {
        Ok(FormParts {
            labels: &[("/from", "Start after position")],
            hints: vec![(
                "/from",
                "0 for all entries, or the position of the snapshot that it begins with. Leave it empty for new entries only.",
            )],
            above: render(&Head {
                head: count(visit.reading.position()),
                consumer: None,
            }),
            ..FormParts::default()
        })
    }
}

/// A form that sets a consumer to another position.
struct Move {
    operation: &'static About,
    labels: &'static [(&'static str, &'static str)],
    button: Option<&'static str>,
}

/// Where the log ends, and where a consumer is.
#[derive(Template)]
#[template(path = "consumers/head.html")]
struct Head {
    head: String,
    /// Its name and its position.
    consumer: Option<(String, String)>,
}

#[async_trait]
impl SpecialForm for Move {
    fn operation(&self) -> &'static About {
        self.operation
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        Ok(FormParts {
            labels: self.labels,
            button: self.button,
            above: render(&Head {
                head: count(visit.reading.position()),
                consumer: place(visit, entered).await?,
            }),
            ..FormParts::default()
        })
    }
}

/// The entered consumer and its position, if it is known.
async fn place(visit: &mut Visit, entered: &Entered) -> Result<Option<(String, String)>, Away> {
    let typed = entered.value("/consumer").unwrap_or_default();
    let Ok(name) = typed.trim().to_lowercase().parse::<ConsumerName>() else {
        return Ok(None);
    };
    match visit.reading.consumer(&name).await {
        Ok(own) => Ok(Some((own.consumer.to_string(), count(own.position)))),
        Err(QueryError::NotFound(_) | QueryError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
