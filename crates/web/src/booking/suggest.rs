//! Cargoes by tracking id and customer.

use crate::pages::pickers::{
    OFFERED, Picker, SOUGHT, Search, Suggestion, Unclear, as_browsers_show, is_name, unclear,
};
use application::booking::CargoView;
use application::customers::CustomerView;
use application::queries::{QueryError, Reading};
use async_trait::async_trait;
use domain::Names;
use domain::booking::{Cargo, CargoFilter, TrackingId};
use domain::customers::{Customer, CustomerId};
use domain::text::folded;
use std::collections::BTreeMap;

pub(crate) const PICKER: Picker = Picker {
    path: "/suggest/cargoes",
    search: &Cargoes,
    cache_control: "no-store",
    hint_of_schema_first: false,
    hint: "Tracking ID or customer.",
    example: "23456789AB3",
    asks: |_, format| format == "tracking-id",
};

/// The search for cargoes.
pub(crate) struct Cargoes;

#[async_trait]
impl Search for Cargoes {
    async fn suggestions(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Vec<Suggestion>, QueryError> {
        Ok(as_browsers_show(search(reading, text).await?, text))
    }

    async fn meant(
        &self,
        reading: &mut Reading,
        text: &str,
    ) -> Result<Result<String, Unclear>, QueryError> {
        meant(reading, text).await
    }
}

/// The maximum number of customers whose cargoes are searched for one text.
const CUSTOMERS: usize = 4;

/// Cargoes whose tracking id begins with a text, then cargoes of customers whose name contains it,
/// newest first. A customer finds only its own.
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
    if text.trim().chars().count() > 1 {
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
    let owners = owners.map(|own: CustomerView| (own.customer, own.name.to_string()));
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
    let parts = parts.chain([cargo.commodity.to_string(), way, status]);
    parts.collect::<Vec<_>>().join(" · ")
}

/// The tracking id that a text means: it is one, or nothing matches and the operation refuses it.
/// Part of one, or the name of a customer, offers the cargoes it may mean.
async fn meant(reading: &mut Reading, text: &str) -> Result<Result<String, Unclear>, QueryError> {
    let typed = TrackingId::typed(text);
    if let Ok(id) = &typed {
        return Ok(Ok(id.to_string()));
    }
    let found = search(reading, text).await?;
    Ok(match found.is_empty() {
        true => Ok(text.trim().to_owned()),
        false => Err(unclear(text.trim(), found, "cargoes")),
    })
}
