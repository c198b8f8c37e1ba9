//! The form of a new cargo.

use crate::api::catalogue::input_schema;
use crate::customers::erased::why_not;
use crate::pages::form::{Entered, Form, Tweaks, input, new_key};
use crate::pages::shell::{Shell, page};
use crate::pages::special_form::clocks;
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit, done};
use crate::state::Shared;
use application::booking::{AssignItinerary, BookOntoVoyage, CreateCargo};
use application::customers::NewCustomer;
use application::{Operation, find};
use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::customers::{Customer, CustomerFilter};

/// Its address.
pub(crate) const PATH: &str = "/cargoes/new";

#[derive(Template)]
#[template(path = "booking/new_cargo.html")]
struct NewCargoPage {
    shell: Shell,
    form: Form,
    has_customers: bool,
    may_add_customer: bool,
    may_book: bool,
    /// Why the chosen customer ships nothing, instead of the form.
    instead: Option<String>,
}

/// The form of a new cargo.
pub(crate) async fn form(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut entered = Entered::default();
    for name in ["customer", "origin", "destination"] {
        if let Some(value) = visit.parameters.line(name, 200) {
            entered.preset(&format!("/{name}"), value);
        }
    }
    new_cargo_page(visit, StatusCode::OK, entered).await
}

async fn new_cargo_page(
    mut visit: Visit,
    status: StatusCode,
    mut entered: Entered,
) -> Result<Response, Away> {
    let shell = visit.shell("New cargo");
    let everybody = CustomerFilter {
        id: None,
        name: None,
    };
    let customers = visit.reading.list::<Customer>(everybody, None, 1).await?;
    if let Some(own) = visit.reading.principal().confined_to() {
        entered.preset("/customer", own.to_string());
    }
    let instead = why_not(&mut visit, &entered).await?;
    entered.preset("/equipment/0/type", "22G1");
    entered.preset("/equipment/0/count", "1");
    let schema = input_schema(find(CreateCargo::ABOUT.name).expect("an operation"));
    crate::pages::suggest::name(&mut visit.reading, &schema, &mut entered).await?;
    let tweaks = Tweaks {
        clocks: clocks(&mut visit, &CreateCargo::ABOUT, &schema, &entered).await?,
        choices: vec![("/equipment/*/type", sizes())],
        labels: &[
            ("/origin", "From"),
            ("/destination", "To"),
            ("/arrival_deadline", "Arrival deadline"),
            ("/ready_from", "Ready date"),
            ("/gross_weight_kg", "Total gross weight (kg)"),
            ("/reference", "Customer’s reference"),
            ("/set_point_celsius", "Temperature set point (°C)"),
        ],
        hints: &[
            ("/origin", "Port name or UN/LOCODE."),
            ("/destination", "Port name or UN/LOCODE."),
            ("/arrival_deadline", "The latest time of arrival."),
            ("/ready_from", "The cargo is loaded no earlier."),
            ("/gross_weight_kg", "Goods plus containers."),
            (
                "/set_point_celsius",
                "Only for refrigerated containers, for example -18.",
            ),
            (
                "/dangerous_goods",
                "UN number and class of each kind, if there are any.",
            ),
        ],
        ..Tweaks::default()
    };
    let template = NewCargoPage {
        form: Form::new(&schema, &entered, &tweaks, new_key(visit.now)),
        has_customers: !customers.items.is_empty(),
        may_add_customer: visit.may_run(&NewCustomer::ABOUT),
        may_book: visit.may_run(&AssignItinerary::ABOUT),
        instead,
        shell,
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// The usual containers. Others can be entered in the operation's own form.
fn sizes() -> Vec<(String, String)> {
    [
        ("22G1", "20′ general purpose"),
        ("42G1", "40′ general purpose"),
        ("45G1", "40′ high cube"),
        ("L5G1", "45′ high cube"),
        ("22R1", "20′ refrigerated"),
        ("45R1", "40′ high cube refrigerated"),
        ("22U1", "20′ open top"),
        ("42U1", "40′ open top"),
        ("22P1", "20′ flat rack"),
        ("42P1", "40′ flat rack"),
        ("22T1", "20′ tank"),
    ]
    .map(|(code, name)| (code.to_owned(), format!("{code} · {name}")))
    .into()
}

/// Creates a cargo.
pub(crate) async fn create(State(site): State<Shared>, request: Request) -> Result<Response, Away> {
    let mut sent = PostedForm::read(site, request).await?;
    let status = if sent.entered.change_lists() {
        StatusCode::OK
    } else {
        let mut visit = sent.visit().await?;
        let definition = find(CreateCargo::ABOUT.name).expect("an operation");
        let schema = input_schema(definition);
        crate::pages::suggest::resolve(&mut visit.reading, &schema, &mut sent.entered).await?;
        let clocks = clocks(&mut visit, definition.about, &schema, &sent.entered).await?;
        let may_book = visit.may_run(&BookOntoVoyage::ABOUT);
        drop(visit);
        match input(definition, &schema, &mut sent.entered, &clocks) {
            None => StatusCode::UNPROCESSABLE_ENTITY,
            Some(input) => match sent.run(CreateCargo::ABOUT.name, &input).await? {
                FormOutcome::Accepted(accepted) => {
                    let outcome: serde_json::Value =
                        serde_json::from_str(&accepted.outcome).unwrap_or_default();
                    let cargo = outcome["cargo"].as_str().unwrap_or_default();
                    let to = if may_book {
                        format!("/cargoes/{cargo}/book")
                    } else {
                        format!("/cargoes/{cargo}")
                    };
                    return Ok(done(&to, accepted.position));
                }
                FormOutcome::NotApplied(status) => status,
            },
        }
    };
    let visit = sent.visit().await?;
    new_cargo_page(visit, status, std::mem::take(&mut sent.entered)).await
}
