//! What pages say about operations on customers.

use crate::messages::Reader;
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use crate::parameters::hyphenated;
use application::customers::CustomerView;
use async_trait::async_trait;
use domain::Event;
use domain::Names;
use domain::customers::{Customer, CustomerEvent, CustomerFilter, CustomerId};
use domain::text::folded;

/// The maximum number of customers with the same name that are checked for a duplicate.
const ALIKE: u64 = 200;

/// What pages say after the operations of this subdomain.
pub(crate) struct CustomerSentences;

#[async_trait]
impl Sentences for CustomerSentences {
    async fn done(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "new-customer" => format!("{} has been added.", recorded.text("name")),
            "change-customer" => format!("{} corrected.", recorded.text("name")),
            "suspend-customer" | "reinstate-customer" => {
                let who = customer(visit, name).await?;
                match recorded.operation() {
                    "suspend-customer" => {
                        format!("{who} is suspended. Its cargoes cannot be created or booked.")
                    }
                    _ => format!("{who} is active and can ship again."),
                }
            }
            _ => return Ok(None),
        }))
    }

    async fn unchanged(
        &self,
        visit: &mut Visit,
        recorded: &Recorded,
    ) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "suspend-customer" => format!("{} is suspended already", customer(visit, name).await?),
            "reinstate-customer" => format!("{} is active already", customer(visit, name).await?),
            "change-customer" => format!(
                "{} has this name and address already",
                recorded.text("name")
            ),
            _ => return Ok(None),
        }))
    }

    async fn next(
        &self,
        visit: &mut Visit,
        recorded: &Recorded,
    ) -> Result<Option<(String, String)>, Away> {
        duplicate(visit, recorded).await
    }

    fn event(&self, event: &Event, _reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Customers(event) = event else {
            return None;
        };
        Some(match event {
            CustomerEvent::CustomerSuspended(event) => vec![event.reason.clone()],
            CustomerEvent::CustomerAdded(_)
            | CustomerEvent::CustomerChanged(_)
            | CustomerEvent::CustomerReinstated(_) => Vec::new(),
        })
    }
}

/// Another customer with the name and address of the new one, which may be a duplicate.
async fn duplicate(
    visit: &mut Visit,
    recorded: &Recorded,
) -> Result<Option<(String, String)>, Away> {
    if !["new-customer", "change-customer"].contains(&recorded.operation()) {
        return Ok(None);
    }
    let Some(id) = hyphenated(&recorded.name) else {
        return Ok(None);
    };
    let own = visit.reading.some::<Customer>([CustomerId(id).lookup()]);
    let own: Option<CustomerView> = own.await?.pop();
    let Some(own) = own else {
        return Ok(None);
    };
    let alike = |text: &str| folded(text.trim());
    let filter = CustomerFilter {
        id: None,
        name: Some(alike(own.name.as_str())),
    };
    let found = visit.reading.list::<Customer>(filter, None, ALIKE).await?;
    let twin = found.items.into_iter().find(|other: &CustomerView| {
        other.customer != own.customer
            && alike(other.name.as_str()) == alike(own.name.as_str())
            && alike(other.email.as_str()) == alike(own.email.as_str())
    });
    Ok(twin.map(|twin| {
        let label = "Another customer has the same name and e-mail address".to_owned();
        (format!("/customers/{}", twin.customer), label)
    }))
}

async fn customer(visit: &mut Visit, id: &str) -> Result<String, Away> {
    let Some(id) = hyphenated(id) else {
        return Ok("The customer".to_owned());
    };
    let found = visit.reading.some::<Customer>([CustomerId(id).lookup()]);
    let found: Option<CustomerView> = found.await?.pop();
    Ok(found.map_or_else(|| "The customer".to_owned(), |own| own.name.to_string()))
}
