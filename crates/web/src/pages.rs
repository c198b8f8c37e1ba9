//! The pages for people, rendered on the server. They work without JavaScript; with it they update
//! live. Every page is one snapshot, and every form runs one operation.

pub(crate) mod api_docs;
pub(crate) mod assets;
pub(crate) mod attempts;
pub(crate) mod changes;
pub(crate) mod done;
pub(crate) mod export;
pub(crate) mod filters;
pub(crate) mod form;
pub mod gate;
pub(crate) mod history;
pub(crate) mod history_file;
pub(crate) mod known;
pub(crate) mod live;
pub(crate) mod log;
mod log_target;
pub(crate) mod map;
pub(crate) mod navigation;
pub(crate) mod operations;
pub(crate) mod overview;
pub(crate) mod past;
pub(crate) mod pickers;
pub(crate) mod places;
pub(crate) mod problems;
pub(crate) mod saved_form;
pub(crate) mod shell;
pub(crate) mod special_form;
pub(crate) mod stream;
pub(crate) mod suggest;
pub(crate) mod thing;
pub mod visit;
pub(crate) mod words;

use crate::ROOMS;
use crate::state::Shared;
use application::policy::Read;
use axum::Router;
use axum::routing::{MethodRouter, get};
use navigation::NavigationEntry;

/// A page and its forms.
pub(crate) struct PageRoute {
    pub(crate) path: &'static str,
    pub(crate) methods: fn() -> MethodRouter<Shared>,
}

/// The pages that belong to no subdomain.
const SHARED: &[PageRoute] = &[
    PageRoute {
        path: overview::PATH,
        methods: || get(overview::show),
    },
    PageRoute {
        path: navigation::START,
        methods: || get(overview::start),
    },
    PageRoute {
        path: live::PATH,
        methods: || get(live::follow),
    },
    PageRoute {
        path: log::LIST,
        methods: || get(log::list),
    },
    PageRoute {
        path: log::ONE,
        methods: || get(log::show),
    },
    PageRoute {
        path: history::ONE,
        methods: || get(history::show),
    },
    PageRoute {
        path: operations::LIST,
        methods: || get(operations::list),
    },
    PageRoute {
        path: operations::ONE,
        methods: || get(operations::form).post(operations::run),
    },
    PageRoute {
        path: export::ONE,
        methods: || get(export::download),
    },
    PageRoute {
        path: api_docs::DOCS,
        methods: || get(api_docs::lead_there),
    },
    PageRoute {
        path: api_docs::DOCS_SLASH,
        methods: || get(api_docs::show),
    },
    PageRoute {
        path: problems::INDEX,
        methods: || get(problems::index),
    },
    PageRoute {
        path: problems::INDEX_SLASH,
        methods: || get(problems::index),
    },
    PageRoute {
        path: problems::ONE,
        methods: || get(problems::one),
    },
    PageRoute {
        path: assets::ONE,
        methods: || get(assets::one),
    },
];

/// The links before and after those of the subdomains.
pub(crate) const NAVIGATION_FIRST: &[NavigationEntry] = &[NavigationEntry {
    label: "Overview",
    path: overview::PATH,
    is_shown: |_| true,
    is_start: |_| false,
}];
pub(crate) const NAVIGATION_LAST: &[NavigationEntry] = &[
    NavigationEntry {
        label: "Log",
        path: log::LIST,
        is_shown: |reading| reading.permit(Read::Log).is_ok(),
        is_start: |_| false,
    },
    NavigationEntry {
        label: "Operations",
        path: operations::LIST,
        is_shown: |_| true,
        is_start: |_| false,
    },
];

/// All pages, with their addresses.
pub(crate) fn router() -> (Router<Shared>, Vec<&'static str>) {
    let of_rooms = ROOMS.iter().flat_map(|room| room.pages);
    let (mut router, mut paths) = suggest::routes();
    for page in of_rooms.chain(SHARED) {
        router = router.route(page.path, (page.methods)());
        paths.push(page.path);
    }
    (router, paths)
}
