//! Cargoes by tracking id and customer.

use crate::pages::pickers::{OFFERED, Picker, SOUGHT, SearchByName, Suggestion, is_name};
use application::booking::CargoView;
use application::customers::CustomerView;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::Names;
use domain::booking::{Cargo, CargoFilter, ContainerNumber, TrackingId};
use domain::customers::{Customer, CustomerId};
use domain::text::folded;
use std::collections::BTreeMap;

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/cargoes",
    search: &Cargoes,
    cache_control: "no-store",
    hint_of_schema_first: false,
    hint: "Tracking ID, reference, container or customer.",
    example: "23456789AB3",
    asks: |_, format| format == "tracking-id",
};

/// The search for cargoes.
pub(crate) struct Cargoes;

#[async_trait]
impl SearchByName for Cargoes {
    const THINGS: &'static str = "cargoes";

    async fn search(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        search(reading, text).await
    }

    async fn exactly(&self, _: &mut Reading, text: &str) -> Result<Option<String>, QueryError> {
        let id = TrackingId::typed(text).ok();
        Ok(id.map(|id| id.to_string()))
    }
}

/// The maximum number of customers whose cargoes are searched for one text.
const CUSTOMERS: usize = 4;

/// Cargoes whose tracking id begins with a text, then those in a container, then those whose reference contains it, then those
/// of customers whose name contains it, newest first. A customer finds only its own.
async fn search(reading: &mut Reading, text: &str) -> Result<Vec<Suggestion>, QueryError> {
    if !is_name(&folded(text.trim())) {
        return Ok(Vec::new());
    }
    let mut filters = Vec::new();
    let written = |c: &char| !c.is_whitespace() && *c != '-';
    let id: String = text.chars().filter(written).collect();
    if id.chars().all(|c| c.is_ascii_alphanumeric()) {
        filters.push(CargoFilter {
            tracking_id: Some(id),
            ..CargoFilter::default()
        });
    }
    if let Ok(container) = ContainerNumber::typed(text) {
        filters.push(CargoFilter::in_container(&container));
    }
    if text.trim().chars().count() > 1 {
        filters.push(CargoFilter {
            reference: Some(text.trim().to_owned()),
            ..CargoFilter::default()
        });
        let whose = crate::customers::suggest::ids(reading, text)
            .await?
            .into_iter();
        filters.extend(whose.take(CUSTOMERS).map(|customer| CargoFilter {
            customer: Some(customer),
            ..CargoFilter::default()
        }));
    }
    let mut found: Vec<CargoView> = Vec::new();
    for filter in filters {
        if found.len() > OFFERED {
            break;
        }
        let more = reading.list::<Cargo>(filter, None, SOUGHT);
        for cargo in more.await?.items {
            if found.iter().all(|own| own.cargo != cargo.cargo) {
                found.push(cargo);
            }
        }
    }
    let owners = found.iter().map(|cargo| cargo.customer.lookup());
    let owners = reading.some::<Customer>(owners).await?.into_iter();
    let owners = owners.map(|own: CustomerView| (own.customer, crate::customers::name(&own)));
    let owners: BTreeMap<_, _> = owners.collect();
    let suggested = found.iter().map(|cargo| Suggestion {
        value: cargo.cargo.to_string(),
        label: label(cargo, &owners),
    });
    Ok(suggested.collect())
}

/// A cargo in words that distinguish it from others of the same customer.
fn label(cargo: &CargoView, owners: &BTreeMap<CustomerId, String>) -> String {
    let specification = &cargo.route_specification;
    let way = format!("{} to {}", specification.origin, specification.destination);
    let status = cargo.status.to_string().to_lowercase();
    let owner = owners.get(&cargo.customer).cloned();
    let parts = owner.into_iter();
    let reference = cargo.reference.as_ref().map(ToString::to_string);
    let parts = parts.chain(reference);
    let parts = parts.chain([cargo.commodity.to_string(), way, status]);
    parts.collect::<Vec<_>>().join(" · ")
}
