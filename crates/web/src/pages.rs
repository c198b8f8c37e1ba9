//! The pages that people use, made on the server. They work without JavaScript; with it they stay
//! up to date by themselves. Every page is one snapshot, and every form runs one operation.

pub(crate) mod api_docs;
pub(crate) mod assets;
pub(crate) mod changes;
pub(crate) mod done;
pub(crate) mod export;
pub(crate) mod filters;
pub(crate) mod form;
pub mod gate;
pub(crate) mod kept;
pub(crate) mod known;
pub(crate) mod log;
pub(crate) mod map;
pub(crate) mod operations;
pub(crate) mod overview;
pub(crate) mod pickers;
pub(crate) mod places;
pub(crate) mod problems;
pub(crate) mod shell;
pub(crate) mod stream;
pub(crate) mod suggest;
pub mod visit;
pub(crate) mod words;

use crate::access::pages::{passwords, sign_in};
use crate::booking::pages::{book, cargo, cargoes, track};
use crate::customers::pages as customers;
use crate::handling::pages as handling;
use crate::handling::pages::import as handling_import;
use crate::locations::pages as locations;
use crate::state::Shared;
use crate::voyages::pages as voyages;
use axum::Router;
use axum::routing::{get, post};

/// Every page there is, as metrics know it.
pub(crate) const ROUTES: &[&str] = &[
    overview::PATH,
    sign_in::SIGN_IN,
    sign_in::SIGN_OUT,
    passwords::FIRST_RUN,
    passwords::ACCOUNT,
    voyages::LIST,
    voyages::ONE,
    cargoes::LIST,
    book::NEW,
    cargo::ONE,
    book::BOOK,
    cargo::RELEASE,
    cargo::CANCEL,
    handling::PAGE,
    handling::RETRACT,
    customers::LIST,
    customers::NEW,
    customers::ONE,
    locations::LIST,
    log::LIST,
    log::ONE,
    operations::LIST,
    operations::ONE,
    export::ONE,
    handling_import::PATH,
    handling_import::TEMPLATE_PATH,
    track::FORM,
    track::ONE,
    pickers::LOCATIONS,
    pickers::CUSTOMERS,
    pickers::VOYAGES,
    pickers::CARGOES,
    pickers::USERS,
    api_docs::DOCS,
    api_docs::DOCS_SLASH,
    problems::INDEX,
    problems::INDEX_SLASH,
    problems::ONE,
    assets::ONE,
];

/// All pages.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(overview::PATH, get(overview::show))
        .route(sign_in::SIGN_IN, get(sign_in::form).post(sign_in::sign_in))
        .route(sign_in::SIGN_OUT, post(sign_in::sign_out))
        .route(
            passwords::FIRST_RUN,
            get(passwords::first_run_form).post(passwords::first_run),
        )
        .route(
            passwords::ACCOUNT,
            get(passwords::account).post(passwords::change_password),
        )
        .route(voyages::LIST, get(voyages::list))
        .route(voyages::ONE, get(voyages::show))
        .route(cargoes::LIST, get(cargoes::list))
        .route(book::NEW, get(book::new_form).post(book::create))
        .route(cargo::ONE, get(cargo::show))
        .route(book::BOOK, get(book::choose).post(book::book))
        .route(cargo::RELEASE, get(cargo::back).post(cargo::release))
        .route(cargo::CANCEL, get(cargo::back).post(cargo::cancel))
        .route(handling::PAGE, get(handling::show).post(handling::report))
        .route(
            handling::RETRACT,
            get(handling::back).post(handling::retract),
        )
        .route(customers::LIST, get(customers::list))
        .route(
            customers::NEW,
            get(customers::new_form).post(customers::create),
        )
        .route(customers::ONE, get(customers::show))
        .route(locations::LIST, get(locations::list))
        .route(log::LIST, get(log::list))
        .route(log::ONE, get(log::show))
        .route(operations::LIST, get(operations::list))
        .route(operations::ONE, get(operations::form).post(operations::run))
        .route(
            handling_import::PATH,
            get(handling_import::form).post(handling_import::import),
        )
        .route(
            handling_import::TEMPLATE_PATH,
            get(handling_import::template),
        )
        .route(export::ONE, get(export::download))
        .route(track::FORM, get(track::form))
        .route(track::ONE, get(track::show))
        .route(api_docs::DOCS, get(api_docs::lead_there))
        .route(api_docs::DOCS_SLASH, get(api_docs::show))
        .route(problems::INDEX, get(problems::index))
        .route(problems::INDEX_SLASH, get(problems::index))
        .route(problems::ONE, get(problems::one))
        .merge(suggest::routes())
        .merge(assets::routes())
}
