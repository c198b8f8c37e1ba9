//! What an erasure would do, shown before it is run: nothing brings a name back.

use crate::clock::SystemChance;
use crate::pages::shell::render;
use crate::pages::special_form::SpecialForm;
use crate::pages::visit::{Away, Visit};
use application::customers::{CustomerView, EraseCustomer};
use application::queries::Rehearsal;
use application::{About, Operation, find};
use askama::Template;
use async_trait::async_trait;
use domain::Names;
use domain::customers::{Customer, CustomerId, CustomerStatus};
use serde_json::Value;

/// The form of an erasure.
pub(super) struct Erase;

#[derive(Template)]
#[template(path = "customers/erase.html")]
struct Confirm {
    name: String,
    email: String,
}

#[async_trait]
impl SpecialForm for Erase {
    fn operation(&self) -> &'static About {
        &EraseCustomer::ABOUT
    }

    /// Nothing is confirmed if the operation would be refused or change nothing.
    async fn to_confirm(&self, visit: &mut Visit, input: &Value) -> Result<Option<String>, Away> {
        let definition = find(self.operation().name).expect("an operation");
        let json = serde_json::to_vec(input).expect("JSON can be written");
        let Ok(prepared) = definition.read(&json, visit.now, &mut SystemChance) else {
            return Ok(None);
        };
        let asked = [(definition, prepared)];
        let answers = visit
            .reading
            .rehearse(&asked, Rehearsal::Alone, visit.now)
            .await?;
        if !matches!(answers.first(), Some(Ok(_))) {
            return Ok(None);
        }
        let id: Option<CustomerId> = serde_json::from_value(input["customer"].clone()).ok();
        let Some(id) = id else {
            return Ok(None);
        };
        let found = visit.reading.some::<Customer>([id.lookup()]).await?.pop();
        let known = found.filter(|own: &CustomerView| own.status != CustomerStatus::Erased);
        let shown = known.map(|own| Confirm {
            name: own.name_or("").to_owned(),
            email: own.email_or("").to_owned(),
        });
        Ok(shown.as_ref().map(render))
    }
}
