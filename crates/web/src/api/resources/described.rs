//! The API descriptions of a kind's endpoints.

use super::Resource;
use crate::openapi::endpoint::Schemas;
use crate::openapi::parts::{
    CHANGED_AFTER, HAPPENED_BY, JSON, MIN_POSITION, Parameter as Named, TIME_TRAVEL, answer,
    etag_header, header, in_header, in_path, in_query, number, position_header, table, text,
    with_problems,
};
use application::queries::VersionView;
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, Parameter};
use utoipa::openapi::{Ref, ResponseBuilder};

/// The descriptions of the three endpoints.
pub(super) struct Described {
    pub(super) list: OperationBuilder,
    pub(super) one: OperationBuilder,
    pub(super) history: OperationBuilder,
    pub(super) time_gate: OperationBuilder,
    pub(super) time_map: OperationBuilder,
}

impl Described {
    pub(super) fn of<R: Resource<View: ToSchema>>(schemas: &mut Schemas) -> Self {
        let (one, many) = R::WORDS;
        let view = schemas.of::<R::View>();
        let page = schemas.page::<R::View>(&view);
        let version = schemas.named::<VersionView<R::View>>(format!("{view}Version"));
        let versions = schemas.page::<VersionView<R::View>>(&version);
        let name = R::ONE.rsplit(['{', '}']).nth(1).unwrap_or_default();
        let id = || in_path(name, "Its name.", R::id_schema());
        let summary = format!("The versions of one {one}, oldest first");
        let history = table(&format!("get-{one}-history"), &summary, &[], &versions);
        Self {
            list: TIME_TRAVEL.iter().chain(&[CHANGED_AFTER]).fold(
                table(
                    &format!("list-{many}"),
                    &format!("The {many}, now or as they were"),
                    R::FILTERS,
                    &page,
                ),
                |list, named| list.parameter(in_query(named)),
            ),
            one: single::<R>(id(), &view),
            history: with_problems(history.parameter(id()), &[404]),
            time_gate: time_gate(one).parameter(id()),
            time_map: time_map(one).parameter(id()),
        }
    }
}

fn time_gate(one: &str) -> OperationBuilder {
    let found = ResponseBuilder::new()
        .description("The address of the state at that time.")
        .header("Location", header("The memento.", text()))
        .header("Link", header(MEMENTO_LINKS, text()));
    let gate = OperationBuilder::new()
        .operation_id(Some(format!("get-{one}-timegate")))
        .summary(Some(format!(
            "Leads to one {one} as it was at a time (RFC 7089)"
        )))
        .parameter(accept_datetime())
        .response("302", found);
    with_problems(gate, &[400, 401, 403, 404, 503])
}

fn time_map(one: &str) -> OperationBuilder {
    let map = answer(
        "Links to the past states.",
        "application/link-format",
        text(),
    );
    let get = OperationBuilder::new()
        .operation_id(Some(format!("get-{one}-timemap")))
        .summary(Some(format!(
            "The times at which one {one} changed (RFC 7089)"
        )))
        .parameter(in_query(&PAGE))
        .response("200", map.header("ETag", etag_header()));
    with_problems(get, &[400, 401, 403, 404, 503])
}

const MEMENTO_LINKS: &str =
    "original, timegate, timemap, and the first, prev, next and last memento.";

const PAGE: Named = Named {
    name: "page",
    meaning: "The number of the page, from 1. A page has 500 states, oldest first.",
    schema: || number(1).into(),
};

fn accept_datetime() -> Parameter {
    let meaning = "A time in whole seconds, like Tue, 11 Sep 2001 20:35:00 GMT: the state after the \
                   last change within that second (RFC 7089).";
    in_header("Accept-Datetime", meaning, text())
}

fn single<R: Resource>(id: Parameter, view: &str) -> OperationBuilder {
    let (one, _) = R::WORDS;
    let get = OperationBuilder::new()
        .operation_id(Some(format!("get-{one}")))
        .summary(Some(format!("One {one}, now or as it was")))
        .parameter(id)
        .parameter(in_header(
            "If-None-Match",
            "Entity tags of versions the client already has.",
            text(),
        ))
        .parameter(accept_datetime());
    let get = TIME_TRAVEL
        .iter()
        .chain(R::HAPPENED.then_some(&HAPPENED_BY))
        .chain(&[MIN_POSITION])
        .fold(get, |get, named| get.parameter(in_query(named)));
    let found = answer("The state.", JSON, Ref::from_schema_name(view))
        .header("ETag", etag_header())
        .header(
            "Memento-Datetime",
            header("When this past state was recorded.", text()),
        )
        .header("Link", header(MEMENTO_LINKS, text()))
        .header("Plimsoll-Position", position_header());
    let same = ResponseBuilder::new()
        .description("The version matches If-None-Match.")
        .header("ETag", etag_header())
        .header("Plimsoll-Position", position_header());
    let get = get.response("200", found).response("304", same);
    with_problems(get, &[400, 401, 403, 404, 503])
}
