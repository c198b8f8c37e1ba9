//! What pages say about operations on customers.

use crate::messages::{Facts, Reader, declare_facts};
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use crate::parameters::hyphenated;
use application::customers::{ChangeCustomer, CustomerView, NewCustomer};
use async_trait::async_trait;
use domain::Event;
use domain::Names;
use domain::customers::{Customer, CustomerEvent, CustomerFilter, CustomerId};
use domain::text::folded;

/// The maximum number of customers with the same name that are checked for a duplicate.
const ALIKE: u64 = 200;

declare_facts! {
    /// The facts of an operation on a customer.
    CustomerFacts {
        customer: String,
    }
}

/// What pages say after the operations of this subdomain.
pub(crate) struct CustomerSentences;

#[async_trait]
impl Sentences for CustomerSentences {
    fn names(&self) -> &'static [&'static str] {
        CustomerFacts::NAMES
    }

    async fn facts(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        let customer = match recorded.text("name") {
            "" => found(visit, recorded)
                .await?
                .map(|own| own.name_or("The customer").to_owned()),
            entered => Some(entered.to_owned()),
        };
        Ok(customer.map(|customer| CustomerFacts { customer }.list()))
    }

    async fn next(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        duplicate(visit, recorded).await
    }

    fn event(&self, event: &Event, _reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Customers(event) = event else {
            return None;
        };
        Some(match event {
            CustomerEvent::CustomerSuspended(event) => vec![event.reason.clone()],
            CustomerEvent::CustomerErased(event) => vec![event.reason.clone()],
            CustomerEvent::CustomerAdded(_)
            | CustomerEvent::CustomerChanged(_)
            | CustomerEvent::CustomerReinstated(_) => Vec::new(),
        })
    }
}

/// The page of another customer with the name and address of this one, which may be a duplicate.
async fn duplicate(visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
    if !recorded.is_of::<NewCustomer>() && !recorded.is_of::<ChangeCustomer>() {
        return Ok(None);
    }
    let Some(own) = found(visit, recorded).await? else {
        return Ok(None);
    };
    // An erased customer has no duplicates.
    let (Some(name), Some(email)) = (&own.name, &own.email) else {
        return Ok(None);
    };
    let alike = |text: &str| folded(text.trim());
    let filter = CustomerFilter {
        id: None,
        name: Some(alike(name.as_str())),
    };
    let listed = visit.reading.list::<Customer>(filter, None, ALIKE).await?;
    let twin = listed.items.into_iter().find(|other: &CustomerView| {
        other.customer != own.customer
            && alike(other.name_or("")) == alike(name.as_str())
            && alike(other.email_or("")) == alike(email.as_str())
    });
    Ok(twin.map(|twin| format!("/customers/{}", twin.customer)))
}

/// The customer that an operation is about, as it is now.
async fn found(visit: &mut Visit, recorded: &Recorded) -> Result<Option<CustomerView>, Away> {
    let Some(id) = hyphenated(&recorded.name) else {
        return Ok(None);
    };
    let found = visit.reading.some::<Customer>([CustomerId(id).lookup()]);
    Ok(found.await?.pop())
}
