//! What an erasure would do, shown before it is run: nothing brings a name back.

use super::erased::NotForErased;
use crate::clock::SystemChance;
use crate::pages::form::Entered;
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm};
use crate::pages::visit::{Away, Visit};
use crate::parameters::hyphenated;
use application::booking::CargoView;
use application::customers::{CustomerView, EraseCustomer};
use application::queries::Rehearsal;
use application::{About, Operation, find};
use askama::Template;
use async_trait::async_trait;
use domain::Names;
use domain::booking::{Cargo, CargoFilter};
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

/// The cargoes that stand in the way of an erasure.
#[derive(Template)]
#[template(path = "customers/unfinished.html")]
struct Unfinished {
    cargoes: Vec<String>,
    more: bool,
}

/// The maximum number of them that is named.
const NAMED: u64 = 10;

#[async_trait]
impl SpecialForm for Erase {
    fn operation(&self) -> &'static About {
        &EraseCustomer::ABOUT
    }

    fn is_final(&self) -> bool {
        true
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let parts = NotForErased(self.operation()).parts(visit, entered).await?;
        let id = entered.value("/customer").and_then(hyphenated);
        let Some(customer) = id.map(CustomerId).filter(|_| parts.instead.is_none()) else {
            return Ok(parts);
        };
        let filter = CargoFilter {
            customer: Some(customer),
            unfinished: true,
            ..CargoFilter::default()
        };
        let found = visit.reading.list::<Cargo>(filter, None, NAMED).await?;
        let cargoes = found
            .items
            .iter()
            .map(|own: &CargoView| own.cargo.to_string());
        let unfinished = Unfinished {
            cargoes: cargoes.collect(),
            more: found.next.is_some(),
        };
        Ok(FormParts {
            above: match unfinished.cargoes.is_empty() {
                true => String::new(),
                false => render(&unfinished),
            },
            ..parts
        })
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
