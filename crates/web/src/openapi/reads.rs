//! The reads, and what is public.

use super::Description;
use super::parts::{
    HAPPENED_BY, MIN_POSITION, PAGING, TIME_TRAVEL, answer, etag_header, header, in_header,
    in_path, in_query, in_query_always, number, position_header, text, with_problems,
};
use crate::api::refusals::RefusalBody;
use crate::api::resources::{Parameter as Named, Resource};
use crate::api::{docs, events, health, log, refusals};
use crate::booking::api::{routes, track};
use crate::limits::{TRACKING_INTERVAL, TRACKINGS};
use crate::pages::problems;
use application::booking::{RouteView, TrackView};
use application::queries::{ChangeView, EntryView, HeadView, VersionView};
use domain::booking::Cargo;
use domain::customers::Customer;
use domain::handling::HandlingEvent;
use domain::locations::Location;
use domain::voyages::Voyage;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, ResponseBuilder};

const JSON: &str = "application/json";

pub(super) fn add(description: &mut Description) {
    resource::<Cargo>(description, "booking");
    resource::<Voyage>(description, "voyages");
    resource::<HandlingEvent>(description, "handling");
    resource::<Customer>(description, "customers");
    resource::<Location>(description, "locations");
    find_routes(description);
    the_log(description);
    public(description);
}

fn resource<R: Resource<View: ToSchema>>(description: &mut Description, tag: &str) {
    let (one, many) = R::WORDS;
    let view = description.schema::<R::View>();
    let page = description.page::<R::View>(&view);
    let version = description.named::<VersionView<R::View>>(format!("{view}Version"));
    let versions = description.page::<VersionView<R::View>>(&version);
    let name = R::ONE.rsplit(['{', '}']).nth(1).unwrap_or_default();
    let id = in_path(name, "Its name.", R::id_schema());
    let all = table(
        &format!("list-{many}"),
        tag,
        &format!("The {many}"),
        R::FILTERS,
        &page,
    );
    description
        .paths
        .push((R::LIST, HttpMethod::Get, all.build()));

    let get = OperationBuilder::new()
        .operation_id(Some(format!("get-{one}")))
        .tag(tag)
        .summary(Some(format!("One {one}, now or as it was")))
        .parameter(id.clone())
        .parameter(in_header(
            "If-None-Match",
            "Entity tags of versions the client already has.",
            text(),
        ));
    let get = TIME_TRAVEL
        .iter()
        .chain(R::HAPPENED.then_some(&HAPPENED_BY))
        .chain(&[MIN_POSITION])
        .fold(get, |get, named| get.parameter(in_query(named)));
    let found = answer("The state.", JSON, Ref::from_schema_name(view))
        .header("ETag", etag_header())
        .header("Plimsoll-Position", position_header());
    let same = ResponseBuilder::new()
        .description("The version matches If-None-Match.")
        .header("ETag", etag_header())
        .header("Plimsoll-Position", position_header());
    let get = get.response("200", found).response("304", same);
    let get = with_problems(get, &[400, 401, 403, 404, 503]);
    description
        .paths
        .push((R::ONE, HttpMethod::Get, get.build()));

    let summary = format!("The versions of one {one}, oldest first");
    let history = list(&format!("get-{one}-history"), tag, &summary, &[], &versions);
    let history = with_problems(history.parameter(id), &[404]);
    description
        .paths
        .push((R::HISTORY, HttpMethod::Get, history.build()));
}

/// A list, page by page.
fn list(id: &str, tag: &str, summary: &str, filters: &[Named], page: &str) -> OperationBuilder {
    list_as(page_of(page), id, tag, summary, filters)
}

/// The same, which can be taken away as a table, too.
fn table(id: &str, tag: &str, summary: &str, filters: &[Named], page: &str) -> OperationBuilder {
    let csv = ContentBuilder::new().schema(Some(text())).build();
    list_as(
        page_of(page).content("text/csv", csv),
        id,
        tag,
        summary,
        filters,
    )
}

fn page_of(page: &str) -> ResponseBuilder {
    answer("A page.", JSON, Ref::from_schema_name(page))
        .header("Plimsoll-Position", position_header())
        .header(
            "Link",
            header("The address of the next page, with rel=\"next\".", text()),
        )
}

fn list_as(
    found: ResponseBuilder,
    id: &str,
    tag: &str,
    summary: &str,
    filters: &[Named],
) -> OperationBuilder {
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .tag(tag)
        .summary(Some(summary));
    let operation = filters
        .iter()
        .chain(&PAGING)
        .fold(operation, |operation, named| {
            operation.parameter(in_query(named))
        });
    with_problems(operation.response("200", found), &[400, 401, 403, 503])
}

fn find_routes(description: &mut Description) {
    let route = description.schema::<RouteView>();
    let page = description.page::<RouteView>(&route);
    let operation = OperationBuilder::new()
        .operation_id(Some("find-routes"))
        .tag("booking")
        .summary(Some("Routes to a destination with space on every movement"))
        .description(Some(
            "The Pareto set over arrival time and number of transhipments, earliest arrival first. Each route has open booking at its first port, at least six hours for each transhipment, and space within the limit line in TEU and in tonnes. An answer may be out of date when it is used: assign-itinerary decides.",
        ));
    let operation = routes::ALWAYS.iter().fold(operation, |operation, named| {
        operation.parameter(in_query_always(named))
    });
    let operation = routes::PARAMETERS
        .iter()
        .chain(&[MIN_POSITION])
        .fold(operation, |operation, named| {
            operation.parameter(in_query(named))
        });
    let found = answer("The routes.", JSON, Ref::from_schema_name(page))
        .header("Plimsoll-Position", position_header());
    let operation = with_problems(operation.response("200", found), &[400, 401, 403, 503]);
    description
        .paths
        .push((routes::LIST, HttpMethod::Get, operation.build()));
}

fn the_log(description: &mut Description) {
    let entry = description.schema::<EntryView>();
    let page = description.page::<EntryView>(&entry);
    let head = description.schema::<HeadView>();
    let refusal = description.schema::<RefusalBody>();
    let refusals = description.page::<RefusalBody>(&refusal);
    let all = table(
        "list-log",
        "log",
        "Log entries, oldest first",
        log::FILTERS,
        &page,
    );
    description
        .paths
        .push((log::LIST, HttpMethod::Get, all.build()));
    let single = |id: &str, summary: &str, schema: &str| {
        let found = answer("The current state.", JSON, Ref::from_schema_name(schema))
            .header("Plimsoll-Position", position_header());
        let operation = OperationBuilder::new()
            .operation_id(Some(id))
            .tag("log")
            .summary(Some(summary))
            .parameter(in_query(&MIN_POSITION))
            .response("200", found);
        with_problems(operation, &[400, 401, 403, 503])
    };
    let get = single("get-log-head", "Where the log ends", &head);
    description
        .paths
        .push((log::HEAD, HttpMethod::Get, get.build()));
    let get = single("get-log-entry", "One log entry", &entry);
    let get = get.parameter(in_path("position", "Its position.", number(1)));
    let get = with_problems(get, &[404]);
    description
        .paths
        .push((log::ONE, HttpMethod::Get, get.build()));
    let all = table(
        "list-refusals",
        "log",
        "Refusals, newest first",
        &[log::ACTOR],
        &refusals,
    );
    description
        .paths
        .push((refusals::LIST, HttpMethod::Get, all.build()));
    description.schema::<ChangeView>();
    follow_log(description);
}

fn follow_log(description: &mut Description) {
    let stream = answer(
        "One event per entry. Its id is the position, its name the operation, its data a ChangeView.",
        "text/event-stream",
        text(),
    );
    let follow = OperationBuilder::new()
        .operation_id(Some("follow-log"))
        .tag("log")
        .summary(Some("Entries as they are committed, as server-sent events"))
        .description(Some(
            "Continues after Last-Event-ID, or from now on. A client that was disconnected, or dropped for being slow, reconnects with the last id it saw and misses nothing. Comments are heartbeats.",
        ))
        .parameter(in_query(&events::KIND))
        .parameter(in_query(&events::AFTER))
        .parameter(in_header(
            "Last-Event-ID",
            "The position to continue after.",
            number(0),
        ))
        .response("200", stream);
    let follow = with_problems(follow, &[400, 401, 403, 503]);
    description
        .paths
        .push((events::PATH, HttpMethod::Get, follow.build()));
}

/// An endpoint that needs no token.
fn open(id: &str, tag: &str, summary: &str, media_type: &str) -> OperationBuilder {
    let schema = match media_type {
        JSON => ObjectBuilder::new().schema_type(Type::Object),
        _ => text(),
    };
    OperationBuilder::new()
        .operation_id(Some(id))
        .tag(tag)
        .summary(Some(summary))
        .security(SecurityRequirement::default())
        .response("200", answer(summary, media_type, schema))
}

/// Where a cargo is, for anyone with its tracking ID.
fn tracking(description: &mut Description) {
    let view = description.schema::<TrackView>();
    let kept = "How long the answer may be cached.";
    let found = answer("Where it is.", JSON, Ref::from_schema_name(view))
        .header("ETag", etag_header())
        .header("Cache-Control", header(kept, text()));
    let same = ResponseBuilder::new()
        .description("It matches the entity tag in If-None-Match.")
        .header("ETag", etag_header());
    let minute = 60 / TRACKING_INTERVAL.as_secs();
    let get = OperationBuilder::new()
        .operation_id(Some("track-cargo"))
        .tag("booking")
        .summary(Some("Where a cargo is, for anyone with its tracking ID"))
        .description(Some(format!(
            "Needs no token and shows nothing commercial. Each address gets a burst of {TRACKINGS} requests, then {minute} a minute. A malformed ID gets 404 like an unknown one, with the reason."
        )))
        .security(SecurityRequirement::default())
        .parameter(in_path("tracking_id", "Its name.", Cargo::id_schema()))
        .parameter(in_header(
            "If-None-Match",
            "Entity tags of versions the client already has.",
            text(),
        ))
        .response("200", found)
        .response("304", same);
    let get = with_problems(get, &[400, 404, 429, 503]);
    description
        .paths
        .push((track::ONE, HttpMethod::Get, get.build()));
}

fn public(description: &mut Description) {
    tracking(description);
    let mut add = |path, operation: OperationBuilder| -> () {
        let operation: Operation = operation.build();
        description.paths.push((path, HttpMethod::Get, operation));
    };
    add(
        health::LIVE,
        open(
            "get-livez",
            "health",
            "Whether the process is alive",
            "text/plain",
        ),
    );
    let ready = open(
        "get-readyz",
        "health",
        "Whether the server can serve",
        "text/plain",
    );
    add(health::READY, with_problems(ready, &[503]));
    add(
        health::METRICS,
        open(
            "get-metrics",
            "health",
            "Metrics for Prometheus",
            "text/plain",
        ),
    );
    let this = open("get-openapi", "documentation", "This description", JSON);
    add(docs::OPENAPI, this);
    let index = open(
        "list-problems",
        "documentation",
        "All rules and problems",
        "text/html",
    );
    add(problems::INDEX_SLASH, index);
    let page = open(
        "get-problem",
        "documentation",
        "A page about a problem",
        "text/html",
    );
    let page = page.parameter(in_path("name", "The last part of its type.", text()));
    add(problems::ONE, with_problems(page, &[404]));
}
