//! What forms show for a customer that was erased: nothing can be done about it any more.

use crate::pages::form::Entered;
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm};
use crate::pages::visit::{Away, Visit};
use crate::parameters::hyphenated;
use application::customers::{CustomerView, NewCustomer};
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use domain::Names;
use domain::customers::{Customer, CustomerId, CustomerStatus};

/// The form of an operation on a customer.
pub(super) struct NotForErased(pub(super) &'static About);

#[async_trait]
impl SpecialForm for NotForErased {
    fn operation(&self) -> &'static About {
        self.0
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        Ok(FormParts {
            instead: why_not(visit, entered).await?,
            ..FormParts::default()
        })
    }
}

#[derive(Template)]
#[template(path = "customers/erased.html")]
struct ErasedCustomer {
    customer: CustomerId,
    name: String,
    may_add: bool,
}

/// Why there is no form for the entered customer, as HTML, if it was erased.
pub(crate) async fn why_not(visit: &mut Visit, entered: &Entered) -> Result<Option<String>, Away> {
    let id = entered.value("/customer").and_then(hyphenated);
    let Some(id) = id.map(CustomerId) else {
        return Ok(None);
    };
    let found = visit.reading.some::<Customer>([id.lookup()]).await?.pop();
    let erased = found.filter(|own: &CustomerView| own.status == CustomerStatus::Erased);
    Ok(erased.map(|own| {
        render(&ErasedCustomer {
            customer: own.customer,
            name: super::name(&own),
            may_add: visit.may_run(&NewCustomer::ABOUT),
        })
    }))
}
