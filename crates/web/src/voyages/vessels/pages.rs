//! The list of vessels, and one vessel with its voyages.

use crate::limits::CURSOR_CHARS_MAX;
use crate::pages::PageRoute;
use crate::pages::export;
use crate::pages::filters::next_page;
use crate::pages::places::Places;
use crate::pages::shell::Shell;
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use crate::state::Shared;
use crate::voyages::pages::{VoyageRow, calls};
use application::Operation;
use application::queries::When;
use application::voyages::{RegisterVessel, ScheduleVoyage, VesselView};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::limits::NAME_CHARS_MAX;
use domain::space::Capacity;
use domain::voyages::{RegisteredVessel, VesselFilter, Voyage, VoyageFilter};

/// The list.
pub(crate) const LIST: &str = "/vessels";
/// One vessel.
pub(crate) const ONE: &str = "/vessels/{imo}";

/// The page of the list.
pub(crate) const LIST_ROUTE: PageRoute = PageRoute {
    path: LIST,
    methods: || get(list),
};
/// The page of one vessel.
pub(crate) const ONE_ROUTE: PageRoute = PageRoute {
    path: ONE,
    methods: || get(show),
};

/// The number of vessels, or of voyages of one, on a page.
const SHOWN: u64 = 50;

#[derive(Template)]
#[template(path = "voyages/vessels.html")]
struct VesselsPage {
    shell: Shell,
    vessels: Vec<VesselRow>,
    name: String,
    export: String,
    next: Option<String>,
    may_register: bool,
}

/// A vessel in words.
struct VesselRow {
    imo: String,
    name: String,
    capacity: String,
    plugs: String,
}

impl From<&VesselView> for VesselRow {
    fn from(vessel: &VesselView) -> Self {
        let plugs = vessel.capacity.plugs;
        Self {
            imo: vessel.imo.to_string(),
            name: vessel.name.to_string(),
            capacity: words::space(Capacity {
                plugs: None,
                ..vessel.capacity
            }),
            plugs: plugs.map_or_else(
                || "not known".to_owned(),
                |plugs| u64::from(plugs).to_string(),
            ),
        }
    }
}

/// The list.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let shell = visit.shell("Vessels");
    let name = visit.parameters.line("name", NAME_CHARS_MAX);
    let name = name.filter(|name| !name.is_empty());
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let filter = VesselFilter {
        name: name.clone(),
        ..VesselFilter::default()
    };
    let found = visit
        .reading
        .list::<RegisteredVessel>(filter, cursor.as_deref(), SHOWN);
    let found = found.await?;
    let template = VesselsPage {
        next: next_page(&parts, found.next.as_deref()),
        vessels: found.items.iter().map(VesselRow::from).collect(),
        export: export::address("vessels", vec![("name", name.clone())]),
        name: name.unwrap_or_default(),
        may_register: visit.may_run(&RegisterVessel::ABOUT),
        shell,
    };
    visit.answer(&template)
}

#[derive(Template)]
#[template(path = "voyages/vessel.html")]
struct VesselPage {
    shell: Shell,
    vessel: VesselRow,
    rows: Vec<VoyageRow>,
    /// Whether there are more voyages.
    more: bool,
    export: String,
    tells_load: bool,
    may_register: bool,
    may_schedule: bool,
}

/// One vessel.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(imo): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let imo = crate::api::resources::named::<RegisteredVessel>(&imo)?;
    let vessel: VesselView = visit.reading.one(&imo, When::default()).await?.view;
    let mut shell = visit.shell(vessel.name.as_str());
    shell.live = visit.live("");
    let filter = VoyageFilter {
        imo: Some(imo.clone()),
        ..VoyageFilter::default()
    };
    let voyages = visit.reading.list::<Voyage>(filter, None, SHOWN).await?;
    let places = Places::load(&mut visit.reading, voyages.items.iter().flat_map(calls)).await?;
    let now = visit.now;
    let rows = voyages.items.iter();
    let template = VesselPage {
        rows: rows.map(|own| VoyageRow::new(own, &places, now)).collect(),
        more: voyages.next.is_some(),
        export: export::address("voyages", vec![("imo", Some(imo.to_string()))]),
        tells_load: !visit.reading.is_for_customer(),
        may_register: visit.may_run(&RegisterVessel::ABOUT),
        may_schedule: visit.may_run(&ScheduleVoyage::ABOUT),
        vessel: VesselRow::from(&vessel),
        shell,
    };
    visit.answer(&template)
}
