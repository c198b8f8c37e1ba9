//! Customers by name.

use crate::pages::pickers::{Picker, Search, ShownInField, Suggestion, Unclear, findable, is_name};
use crate::parameters::hyphenated;
use application::customers::CustomerView;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::Names;
use domain::customers::{Customer, CustomerFilter, CustomerId, CustomerStatus};
use domain::text::folded;

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/customers",
    search: &Customers,
    cache_control: "no-store",
    hint_of_schema_first: true,
    hint: "Customer name.",
    example: "Blue Anchor Trading",
    asks: |pointer, format| format == "uuid" && pointer.ends_with("/customer"),
};

/// The search for customers.
pub(crate) struct Customers;

#[async_trait]
impl Search for Customers {
    async fn suggestions(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        suggestions(reading, text).await
    }

    async fn meant(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Result<String, Unclear>, QueryError> {
        let meant = meant(reading, text).await?;
        Ok(meant.map(|id| id.to_string()))
    }

    async fn shown(
        &self,
        reading: &mut Reading,
        id: &str,
    ) -> Result<Option<ShownInField>, QueryError> {
        shown(reading, id).await
    }
}

/// The maximum number of customers offered.
const OFFERED: usize = 12;

/// The number of customers searched for one text, as page size and number of pages.
const PAGE: u64 = 200;
const PAGES_MAX: usize = 5;

/// The customers whose name contains a text.
struct Found {
    /// Those whose name equals or starts with the text first.
    customers: Vec<CustomerView>,
    /// Whether these are all.
    is_complete: bool,
}

impl Found {
    /// Those with exactly this name.
    fn named(&self, name: &str) -> Vec<&CustomerView> {
        let is_named = |own: &&CustomerView| folded(own.name_or("")) == name;
        self.customers.iter().filter(is_named).collect()
    }

    /// The only customer with this name.
    fn only(&self, name: &str) -> Option<&CustomerView> {
        match self.named(name).as_slice() {
            [one] if self.is_complete => Some(one),
            _ => None,
        }
    }
}

async fn search(reading: &mut Reading, text: &str) -> Result<Found, QueryError> {
    let text = folded(text.trim());
    let mut found = Found {
        customers: Vec::new(),
        is_complete: true,
    };
    if !is_name(&text) {
        return Ok(found);
    }
    let filter = CustomerFilter {
        id: None,
        name: Some(text.clone()),
    };
    let mut cursor = None::<String>;
    for _ in 0..PAGES_MAX {
        let page = reading.list::<Customer>(filter.clone(), cursor.as_deref(), PAGE);
        let page = page.await?;
        found.customers.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    found.is_complete = cursor.is_none();
    found.customers.sort_by_cached_key(|own| {
        let name = folded(own.name_or(""));
        (name != text, !name.starts_with(&text), name)
    });
    Ok(found)
}

/// A customer in words that distinguish it from others with the same name.
fn label(customer: &CustomerView) -> String {
    let (name, country) = (super::name(customer), &customer.country);
    let Some(email) = &customer.email else {
        return format!("{name} · {country}");
    };
    let status = match customer.status {
        CustomerStatus::Active | CustomerStatus::Erased => "",
        CustomerStatus::Suspended => " · suspended",
    };
    format!("{name} · {country} · {email}{status}")
}

/// Customers whose name contains a text.
async fn suggestions(reading: &mut Reading, text: &str) -> Result<Vec<Suggestion>, QueryError> {
    let found = search(reading, text).await?;
    let suggested = found.customers.iter().take(OFFERED).map(|own| {
        let is_clear = found.only(&folded(own.name_or(""))).is_some();
        let value = match is_clear {
            true => own.name_or("").to_owned(),
            false => own.customer.to_string(),
        };
        let label = findable(&value, label(own), &[own.name_or("")], text);
        Suggestion { value, label }
    });
    Ok(suggested.collect())
}

/// The customers whose name contains a text.
pub(crate) async fn ids(reading: &mut Reading, text: &str) -> Result<Vec<CustomerId>, QueryError> {
    let found = search(reading, text).await?.customers.into_iter();
    Ok(found.map(|own| own.customer).collect())
}

/// The customer that a text means: by its id, or by a name that only one has. An unknown id stays
/// as it is, and the operation refuses it.
async fn meant(
    reading: &mut Reading,
    text: &str,
) -> Result<Result<CustomerId, Unclear>, QueryError> {
    let text = text.trim();
    if let Some(id) = hyphenated(text) {
        return Ok(Ok(CustomerId(id)));
    }
    let found = search(reading, text).await?;
    let sought = folded(text);
    if let Some(own) = found.only(&sought) {
        return Ok(Ok(own.customer));
    }
    let mut candidates = found.named(&sought);
    if candidates.is_empty() || !found.is_complete {
        candidates = found.customers.iter().collect();
    }
    let count = candidates.len();
    candidates.truncate(OFFERED);
    let complaint = match (count, found.is_complete) {
        (0, _) => format!("is not a known customer: “{text}”. Enter the name, or part of it"),
        (1, _) => format!("“{text}” is only part of a customer's name. Choose it if you mean it"),
        (2..=OFFERED, true) => format!("“{text}” matches {count} customers. Choose one"),
        (_, true) => format!(
            "“{text}” matches {count} customers, of which {OFFERED} are shown. Choose one, or enter more of the name"
        ),
        (_, false) => format!(
            "“{text}” matches more than {count} customers. Choose one, or enter more of the name"
        ),
    };
    let offered = candidates.into_iter();
    let offered = offered.map(|own| (own.customer.to_string(), label(own)));
    Ok(Err(Unclear {
        complaint,
        offered: offered.collect(),
    }))
}

/// How the customer with an id is shown, or `None` if no such customer is visible.
async fn shown(reading: &mut Reading, id: &str) -> Result<Option<ShownInField>, QueryError> {
    let Some(id) = hyphenated(id.trim()) else {
        return Ok(None);
    };
    let known = reading.some::<Customer>([CustomerId(id).lookup()]).await?;
    let Some(own) = known.first() else {
        return Ok(None);
    };
    let Some(name) = &own.name else {
        let among = vec![(own.customer.to_string(), label(own))];
        return Ok(Some(ShownInField::Among(among)));
    };
    let found = search(reading, name.as_str()).await?;
    let name = folded(name.as_str());
    if found.only(&name).is_some() {
        return Ok(Some(ShownInField::Name(own.name_or("").to_owned())));
    }
    let others = found.named(&name).into_iter();
    let others = others.filter(|other| other.customer != own.customer);
    let among = std::iter::once(own).chain(others.take(OFFERED));
    let among = among.map(|own| (own.customer.to_string(), label(own)));
    Ok(Some(ShownInField::Among(among.collect())))
}
