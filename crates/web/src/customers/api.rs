//! `GET /api/customers`

use crate::api::resources::{Parameter, Resource};
use crate::csv::Columns;
use crate::parameters::{Parameters, hyphenated};
use application::schema;
use domain::customers::{Customer, CustomerFilter, CustomerId};
use domain::limits::NAME_CHARS_MAX;
use utoipa::openapi::{RefOr, Schema};

impl Resource for Customer {
    type Id = CustomerId;
    const LIST: &'static str = "/api/customers";
    const ONE: &'static str = "/api/customers/{id}";
    const HISTORY: &'static str = "/api/customers/{id}/history";
    const TIMEGATE: &'static str = "/api/customers/{id}/timegate";
    const TIMEMAP: &'static str = "/api/customers/{id}/timemap";
    const WORDS: (&'static str, &'static str) = ("customer", "customers");
    const FILTERS: &'static [Parameter] = &[Parameter {
        name: "name",
        meaning: "Only customers whose name contains this text, ignoring case.",
        schema: || schema::part_of_name().into(),
    }];

    const CSV: Columns = &[
        ("customer", "/customer"),
        ("name", "/name"),
        ("email", "/email"),
        ("country", "/country"),
        ("status", "/status"),
        ("version", "/version"),
    ];

    fn read_id(text: &str) -> Result<CustomerId, String> {
        let id = hyphenated(text).map(CustomerId);
        id.ok_or_else(|| "must be a UUID".to_owned())
    }

    fn filter(parameters: &mut Parameters) -> CustomerFilter {
        CustomerFilter {
            id: None,
            name: parameters.line("name", NAME_CHARS_MAX),
        }
    }

    fn id_schema() -> RefOr<Schema> {
        schema::uuid().into()
    }
}
