//! The list of customers, one customer with its cargoes, and a new one.

use crate::api::catalogue::input_schema;
use crate::booking::pages::cargoes::{CargoRow, rows};
use crate::limits::CURSOR_CHARS_MAX;
use crate::pages::PageRoute;
use crate::pages::export;
use crate::pages::filters::{FilterFaults, next_page};
use crate::pages::form::{Clocks, Entered, Form, Tweaks, input, new_key};
use crate::pages::past::ListedAsOf;
use crate::pages::shell::{Shell, page};
use crate::pages::stream::actor;
use crate::pages::visit::{Away, FormOutcome, PostedForm, Visit, done};
use crate::pages::words;
use crate::state::Shared;
use application::Operation;
use application::booking::CreateCargo;
use application::customers::{ChangeCustomer, CustomerView, EraseCustomer, NewCustomer};
use application::find;
use application::policy::Read;
use application::queries::When;
use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::booking::{Cargo, CargoFilter};
use domain::customers::{Customer, CustomerFilter, CustomerId, CustomerStatus};
use domain::limits::NAME_CHARS_MAX;

/// The list.
pub(crate) const LIST: &str = "/customers";
/// A new customer.
pub(crate) const NEW: &str = "/customers/new";
/// One customer.
pub(crate) const ONE: &str = "/customers/{id}";

/// The pages and their forms.
pub(crate) const ROUTES: &[PageRoute] = &[
    PageRoute {
        path: LIST,
        methods: || get(list),
    },
    PageRoute {
        path: NEW,
        methods: || get(new_form).post(create),
    },
    PageRoute {
        path: ONE,
        methods: || get(show),
    },
];

/// The number of customers on a page.
const SHOWN: u64 = 50;

#[derive(Template)]
#[template(path = "customers/customers.html")]
struct CustomersPage {
    shell: Shell,
    customers: Vec<CustomerView>,
    name: String,
    as_of: ListedAsOf,
    /// Filters that cannot be read. They find nothing rather than everything.
    faults: FilterFaults,
    /// The file with the same contents.
    export: String,
    next: Option<String>,
    may_add: bool,
}

/// The list.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let shell = visit.shell("Customers");
    let mut faults = FilterFaults::of(&parts);
    let as_of = ListedAsOf::read(&mut visit, &mut faults);
    let name = visit.parameters.line("name", NAME_CHARS_MAX);
    let name = name.filter(|name| !name.is_empty());
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let filter = CustomerFilter {
        id: None,
        name: name.clone(),
    };
    let when = as_of.when();
    let found = visit
        .reading
        .list_when::<Customer>(filter, when, cursor.as_deref(), SHOWN);
    let found = found.await?.page;
    let is_clear = faults.is_empty();
    let template = CustomersPage {
        next: next_page(&parts, found.next.as_deref()).filter(|_| is_clear),
        customers: found.items,
        name: name.clone().unwrap_or_default(),
        export: export::address("customers", vec![("name", name), as_of.parameter()]),
        may_add: visit.may_run(&NewCustomer::ABOUT) && !as_of.is_past(),
        as_of,
        faults,
        shell,
    };
    visit.answer(&template)
}

#[derive(Template)]
#[template(path = "customers/customer.html")]
struct CustomerPage {
    shell: Shell,
    customer: CustomerView,
    erasure: Option<Erasure>,
    rows: Vec<CargoRow>,
    more: bool,
    may_create: bool,
    may_change: bool,
    may_erase: bool,
}

/// When a customer was erased, and by whom.
struct Erasure {
    time: String,
    machine: String,
    /// The user, if the reader may know.
    actor: Option<String>,
    /// The entry, for readers of the log.
    entry: Option<u64>,
}

/// Nothing changes an erased customer, so its last version is the erasure.
async fn erasure(visit: &mut Visit, id: CustomerId) -> Result<Option<Erasure>, Away> {
    let (versions, _) = visit
        .reading
        .history_before::<Customer>(&id, None, 1)
        .await?;
    let reads_log = visit.may_read(Read::Log);
    Ok(versions.into_iter().next().map(|last| Erasure {
        time: words::utc(last.recorded_at),
        machine: last.recorded_at.to_string(),
        actor: last
            .made_by
            .and_then(|maker| maker.actor)
            .map(|text| actor(&text)),
        entry: reads_log.then_some(last.position),
    }))
}

/// One customer.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let id = crate::api::resources::named::<Customer>(&id)?;
    let customer: CustomerView = visit.reading.one(&id, When::default()).await?.view;
    let mut shell = visit.shell(&super::name(&customer));
    shell.live = visit.live("");
    let filter = CargoFilter {
        customer: Some(id),
        ..CargoFilter::default()
    };
    let cargoes = visit.reading.list::<Cargo>(filter, None, SHOWN).await?;
    let is_erased = customer.status == CustomerStatus::Erased;
    let erasure = match is_erased {
        true => erasure(&mut visit, id).await?,
        false => None,
    };
    let template = CustomerPage {
        erasure,
        rows: rows(&mut visit, &cargoes.items).await?,
        more: cargoes.next.is_some(),
        may_change: visit.may_run(&ChangeCustomer::ABOUT) && !is_erased,
        may_erase: visit.may_run(&EraseCustomer::ABOUT) && !is_erased,
        may_create: visit.may_run(&CreateCargo::ABOUT) && customer.status == CustomerStatus::Active,
        customer,
        shell,
    };
    visit.answer(&template)
}

#[derive(Template)]
#[template(path = "customers/new_customer.html")]
struct NewCustomerPage {
    shell: Shell,
    form: Form,
}

/// The form of a new customer.
pub(crate) async fn new_form(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    new_customer_page(visit, StatusCode::OK, &Entered::default())
}

fn new_customer_page(
    mut visit: Visit,
    status: StatusCode,
    entered: &Entered,
) -> Result<Response, Away> {
    let tweaks = Tweaks {
        labels: &[("/email", "E-mail")],
        hints: &[
            ("/name", "As it appears on documents."),
            ("/email", "Notices are sent here."),
            (
                "/country",
                "Two-letter ISO 3166 code, such as NL, SG or US.",
            ),
        ],
        ..Tweaks::default()
    };
    let schema = input_schema(find(NewCustomer::ABOUT.name).expect("an operation"));
    let template = NewCustomerPage {
        shell: visit.shell("New customer"),
        form: Form::new(&schema, entered, &tweaks, new_key(visit.now)),
    };
    visit.parameters.finish()?;
    Ok(page(status, &template))
}

/// Adds a customer.
pub(crate) async fn create(State(site): State<Shared>, request: Request) -> Result<Response, Away> {
    let mut sent = PostedForm::read(site, request).await?;
    let definition = find(NewCustomer::ABOUT.name).expect("an operation");
    let schema = input_schema(definition);
    let status = match input(definition, &schema, &mut sent.entered, &Clocks::default()) {
        None => StatusCode::UNPROCESSABLE_ENTITY,
        Some(input) => match sent.run(NewCustomer::ABOUT.name, &input).await? {
            FormOutcome::Accepted(accepted) => {
                let outcome: serde_json::Value =
                    serde_json::from_str(&accepted.outcome).unwrap_or_default();
                let customer = outcome["customer"].as_str().unwrap_or_default();
                return Ok(done(&format!("{LIST}/{customer}"), accepted.position));
            }
            FormOutcome::NotApplied(status) => status,
        },
    };
    let visit = sent.visit().await?;
    new_customer_page(visit, status, &sent.entered)
}
