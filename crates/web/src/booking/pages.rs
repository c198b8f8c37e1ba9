//! The pages of booking.

pub(crate) mod book;
pub(crate) mod cargo;
pub(crate) mod cargoes;
pub(crate) mod new_cargo;
pub(crate) mod roll;
pub(crate) mod routes;
pub(crate) mod track;
mod voyage_choice;
mod way;
mod weeks;
pub(crate) mod words;

use crate::messages::Message;
use crate::pages::PageRoute;
use axum::routing::get;

/// What the pages say about cargoes.
pub(crate) const NOTES: &[&[&Message]] = &[words::NOTES, track::NOTES];

/// The pages and their forms.
pub(crate) const ROUTES: &[PageRoute] = &[
    PageRoute {
        path: cargoes::LIST,
        methods: || get(cargoes::list),
    },
    PageRoute {
        path: new_cargo::PATH,
        methods: || get(new_cargo::form).post(new_cargo::create),
    },
    PageRoute {
        path: cargoes::ROLL,
        methods: || get(roll::choose).post(roll::roll),
    },
    PageRoute {
        path: cargo::ONE,
        methods: || get(cargo::show),
    },
    PageRoute {
        path: book::BOOK,
        methods: || get(book::choose).post(book::book),
    },
    PageRoute {
        path: cargo::RELEASE,
        methods: || get(cargo::back).post(cargo::release),
    },
    PageRoute {
        path: cargo::CANCEL,
        methods: || get(cargo::back).post(cargo::cancel),
    },
    PageRoute {
        path: cargo::STEP,
        methods: || get(cargo::back_from_step).post(cargo::step),
    },
    PageRoute {
        path: track::FORM,
        methods: || get(track::form),
    },
    PageRoute {
        path: track::ONE,
        methods: || get(track::show),
    },
];
