//! Voyages: the timetable, and one voyage with its load.

pub(crate) mod gauge;
mod schedule;

use self::gauge::{Gauge, Hulls};
use self::schedule::{MovementRow, Reports};
use crate::limits::CURSOR_CHARS_MAX;
use crate::locations::suggest::Locations;
use crate::pages::PageRoute;
use crate::pages::export;
use crate::pages::filters::{FilterFaults, named, next_page, wanted};
use crate::pages::map::Map;
use crate::pages::past::{ListedAsOf, PastState};
use crate::pages::places::{LocalTime, Places};
use crate::pages::shell::Shell;
use crate::pages::stream::{LogLine, lines};
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use crate::state::Shared;
use crate::voyages::vessels::suggest::registered;
use application::Operation;
use application::booking::{CargoView, CreateCargo, RollCargo};
use application::policy::Read;
use application::queries::{At, Viewed};
use application::voyages::{
    ChangeVoyageCapacity, MovementView, OmitCall, ReportDeparture, ScheduleVoyage, VoyageView,
};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use domain::Moment;
use domain::booking::{BookingStatus, Cargo, CargoFilter};
use domain::locations::UnLocode;
use domain::log::reader::LogFilter;
use domain::space::CUSTOMER_STEP;
use domain::space::{Space, SpaceLimit, Teu};
use domain::voyages::{Voyage, VoyageFilter, VoyageNumber, VoyageStatus};

/// The timetable.
pub(crate) const LIST: &str = "/voyages";
/// One voyage.
pub(crate) const ONE: &str = "/voyages/{number}";

/// The page of the timetable.
pub(crate) const LIST_ROUTE: PageRoute = PageRoute {
    path: LIST,
    methods: || get(list),
};
/// The page of one voyage.
pub(crate) const ONE_ROUTE: PageRoute = PageRoute {
    path: ONE,
    methods: || get(show),
};

/// The number of voyages on a page.
const SHOWN: u64 = 40;
/// The number of log lines on a voyage's page.
const LINES: u64 = 12;
/// The maximum number of cargoes shown on board.
const ABOARD: u64 = 100;

#[derive(Template)]
#[template(path = "voyages/voyages.html")]
struct VoyagesPage {
    shell: Shell,
    rows: Vec<VoyageRow>,
    port: String,
    from: String,
    room: String,
    export: String,
    show: &'static str,
    is_filtered: bool,
    next: Option<String>,
    may_schedule: bool,
    /// Whether the reader may see the past of the list.
    tells_past: bool,
    as_of: ListedAsOf,
    /// Whether the reader may see loads, and not only free space.
    tells_load: bool,
    /// Filters that cannot be read. They find nothing rather than everything.
    faults: FilterFaults,
}

/// A voyage in a list.
pub(crate) struct VoyageRow {
    pub(crate) number: String,
    /// The query of its page in the past.
    pub(crate) at: String,
    pub(crate) vessel: String,
    /// Its ports of call: the first three, and the last if it differs from the first.
    pub(crate) way: String,
    pub(crate) calls: usize,
    pub(crate) departs: LocalTime,
    pub(crate) departs_in: String,
    pub(crate) arrives: LocalTime,
    pub(crate) cut_off: Option<String>,
    /// How full it is, for a reader who may see that.
    pub(crate) gauge: Option<Gauge>,
    /// The free space, for other readers.
    pub(crate) free: String,
    pub(crate) cancelled: bool,
}

impl VoyageRow {
    /// The row of a voyage.
    pub(crate) fn new(voyage: &VoyageView, places: &Places, now: Moment) -> Self {
        let (first, last) = ends(voyage);
        let cancelled = voyage.status == VoyageStatus::Cancelled;
        let cut_off = voyage.cut_off(first);
        Self {
            number: voyage.voyage.to_string(),
            at: String::new(),
            vessel: voyage.vessel.name.to_string(),
            way: way(voyage, places),
            calls: voyage.calls_made().count(),
            departs: places.time(&first.from, first.departs),
            departs_in: words::distance(first.departs, now),
            arrives: places.time(&last.to, last.arrives),
            cut_off: (cut_off > now && !cancelled).then(|| words::distance(cut_off, now)),
            gauge: Gauge::of_voyage(voyage, places),
            free: free(voyage, now),
            cancelled,
        }
    }
}

/// The free space on the tightest movement ahead.
fn free(voyage: &VoyageView, now: Moment) -> String {
    let ahead = voyage.movements.iter().filter(|m| !m.has_departed(now));
    let least = ahead.filter_map(MovementView::left).reduce(SpaceLimit::min);
    least.map(at_least).unwrap_or_default()
}

/// Rounded space in words.
fn at_least(left: SpaceLimit) -> String {
    let step = CUSTOMER_STEP;
    if left.quarter_teu < step.quarter_teu || left.kg < step.kg {
        return format!("less than {}", words::taken(step.without_plugs()));
    }
    format!("{} or more", words::space(left.into()))
}

fn way(voyage: &VoyageView, places: &Places) -> String {
    let names = voyage.calls_made().map(|code| places.named(code));
    let names: Vec<_> = names.collect();
    let (first, last) = (names[0], names[names.len() - 1]);
    let mut shown: Vec<_> = names.iter().take(3).copied().collect();
    match names.len() {
        0..=3 => {}
        4 => shown.push(last),
        _ if first == last => shown.push("…"),
        _ => shown.extend(["…", last]),
    }
    shown.join(" → ")
}

fn ends(voyage: &VoyageView) -> (&MovementView, &MovementView) {
    let movements = &voyage.movements;
    (&movements[0], &movements[movements.len() - 1])
}

/// The ports of call of a voyage, in order.
pub(crate) fn calls(voyage: &VoyageView) -> impl Iterator<Item = &UnLocode> {
    let first = voyage.movements.first().map(|movement| &movement.from);
    let others = voyage.movements.iter().map(|movement| &movement.to);
    first.into_iter().chain(others)
}

/// Which voyages are asked for: those that have not departed, those under way too, or all.
fn shown(visit: &mut Visit) -> &'static str {
    let words = ["ahead", "sailing", "all"];
    let asked = visit.parameters.one_of("show", &words);
    let found = words.into_iter().find(|own| asked.as_deref() == Some(*own));
    found.unwrap_or("ahead")
}

/// The timetable.
pub(crate) async fn list(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut shell = visit.shell("Voyages");
    let mut faults = FilterFaults::of(&parts);
    let as_of = ListedAsOf::read(&mut visit, &mut faults);
    shell.live = visit.live("").filter(|_| !as_of.is_past());
    let (port, location) =
        named(&mut visit, ("port", "Calling at"), &Locations, &mut faults).await?;
    let show = shown(&mut visit);
    let cursor = visit.parameters.line("cursor", CURSOR_CHARS_MAX);
    let from = visit.parameters.line("from", 20).unwrap_or_default();
    let read = |day: &str| format!("{day}T00:00:00Z").parse::<Moment>().ok();
    let complaint = "“Departing on or after” is not a date. Enter it as 2027-03-31.";
    let day = wanted(&from, read, complaint, &mut faults);
    let room = visit.parameters.line("room", 20).unwrap_or_default();
    let read = |teu: &str| teu.parse::<Teu>().ok();
    let complaint = "“Space for” is in TEU, 0 or more, in steps of 0.25, for example 20.25.";
    let teu = wanted(&room, read, complaint, &mut faults);
    let now = as_of.time.unwrap_or(visit.now);
    let filter = VoyageFilter {
        port: location.and_then(|code| code.parse().ok()),
        departs_from: day.or((show == "ahead").then_some(now)),
        arrives_from: (show == "sailing").then_some(now),
        quarter_teu_left: teu.map(|teu| teu.0),
        ..VoyageFilter::default()
    };
    let export = export_address(&filter, &as_of);
    let page = visit
        .reading
        .list_when::<Voyage>(filter, as_of.when(), cursor.as_deref(), SHOWN);
    let page = page.await?.page;
    let found = if faults.is_empty() {
        page.items
    } else {
        Vec::new()
    };
    let places = Places::load(&mut visit.reading, found.iter().flat_map(calls)).await?;
    let template = VoyagesPage {
        rows: found
            .iter()
            .map(|voyage| VoyageRow {
                at: as_of.query(page.position),
                ..VoyageRow::new(voyage, &places, now)
            })
            .collect(),
        is_filtered: show != "ahead"
            || ![&port, &from, &room, &as_of.typed]
                .iter()
                .all(|text| text.is_empty()),
        from,
        room,
        export,
        port,
        show,
        next: next_page(&parts, page.next.as_deref()).filter(|_| faults.is_empty()),
        may_schedule: visit.may_run(&ScheduleVoyage::ABOUT) && !as_of.is_past(),
        tells_past: visit.reading.permit_versions::<Voyage>().is_ok(),
        as_of,
        tells_load: !visit.reading.is_for_customer(),
        faults,
        shell,
    };
    visit.answer(&template)
}

#[derive(Template)]
#[template(path = "voyages/voyage.html")]
struct VoyagePage {
    shell: Shell,
    row: VoyageRow,
    imo: String,
    capacity: String,
    /// The limit line, for a reader who may see it.
    limit: Option<String>,
    /// The classes of dangerous goods that it takes.
    takes: Vec<String>,
    allowance: u8,
    cut_off_hours: u16,
    movements: Vec<MovementRow>,
    hulls: Option<Hulls>,
    map: Option<Map>,
    aboard: Vec<Aboard>,
    aboard_more: bool,
    log: Vec<LogLine>,
    as_of: Option<PastState>,
    may_change: bool,
    /// Whether a change of its ship or capacity still matters: it has a departure ahead.
    has_departure_ahead: bool,
    may_create: bool,
    /// Whether there are more cargoes on board than the reader may see.
    is_loaded: bool,
    is_for_customer: bool,
    /// Whether its ship is in the register.
    is_registered: bool,
    late_ship: Option<LateShip>,
    may_reschedule: bool,
    may_omit: bool,
    may_cancel: bool,
    /// How many of its cargoes need attention.
    at_risk: usize,
    /// How many of them need another way.
    to_roll: usize,
    may_roll: bool,
}

/// The voyage on which a ship is expected to be when it should already sail this one.
struct LateShip {
    voyage: String,
    port: String,
    arrives: String,
}

/// A cargo on board.
struct Aboard {
    cargo: String,
    from: String,
    to: String,
    size: String,
    weight: String,
    commodity: String,
    status: BookingStatus,
    trouble: Option<String>,
}

/// One voyage, now or in the past.
pub(crate) async fn show(
    State(site): State<Shared>,
    Path(number): Path<String>,
    parts: Parts,
) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut shell = visit.shell(&format!("Voyage {number}"));
    let as_of = visit.parameters.position("at");
    let number = crate::api::resources::named::<Voyage>(&number)?;
    let found = visit
        .reading
        .one(&number, as_of.map(At::Position).into())
        .await?;
    let voyage: VoyageView = found.view;
    let past = PastState::of(&mut visit.reading, &number, as_of, found.version).await?;
    let live = visit.live(&format!("voyage:{number}"));
    shell.live = live.filter(|_| as_of.is_none());
    let places = Places::load(&mut visit.reading, calls(&voyage)).await?;
    let (aboard, aboard_more) = aboard(&mut visit, &number, &places).await?;
    let log = history(&mut visit, &number).await?;
    let title = format!("The route of voyage {number}");
    let now = visit.now;
    let is_cancelled = voyage.status == VoyageStatus::Cancelled;
    let late_ship = late_ship(&mut visit, &voyage).await?;
    let is_registered = registered(&mut visit.reading, &voyage.vessel.imo).await?;
    let reports = reports(&visit, as_of.is_some(), is_cancelled);
    let troubled = match as_of {
        None => troubled(&mut visit, &number).await?,
        Some(_) => Vec::new(),
    };
    let may_change = visit.may_run(&ChangeVoyageCapacity::ABOUT) && !is_cancelled;
    let template = VoyagePage {
        row: VoyageRow::new(&voyage, &places, now),
        imo: voyage.vessel.imo.to_string(),
        capacity: words::space(voyage.capacity),
        limit: voyage.movements[0].limit.map(words::space),
        takes: takes(&voyage),
        allowance: voyage.overbooking_percent,
        cut_off_hours: voyage.cut_off_hours,
        movements: (0..voyage.movements.len())
            .map(|index| MovementRow::new(index, &voyage, &places, reports, now))
            .collect(),
        hulls: Hulls::of(&voyage, &places),
        map: Map::of(&title, voyage.calls_made(), None, &places),
        aboard,
        aboard_more,
        log,
        as_of: past,
        may_change,
        may_reschedule: may_change && voyage.may_be_rescheduled(now),
        may_omit: may_change && voyage.may_omit_a_call(now),
        may_cancel: may_change && voyage.may_be_cancelled(now),
        has_departure_ahead: !ends(&voyage).1.has_departed(now),
        is_for_customer: visit.reading.is_for_customer(),
        is_loaded: voyage
            .movements
            .iter()
            .any(|m| m.booked.map(Space::from) != Some(Space::default())),
        may_create: visit.may_run(&CreateCargo::ABOUT),
        is_registered: is_registered.is_some(),
        late_ship: late_ship.filter(|_| as_of.is_none()),
        at_risk: troubled.len(),
        to_roll: to_roll(&troubled),
        may_roll: visit.may_run(&RollCargo::ABOUT),
        shell,
    };
    visit.answer(&template)
}

/// How many of these cargoes need another way.
fn to_roll(troubled: &[CargoView]) -> usize {
    let own = troubled.iter();
    own.filter(|own| own.needs_another_way()).count()
}

/// The classes of dangerous goods that it takes.
fn takes(voyage: &VoyageView) -> Vec<String> {
    let classes = voyage.dangerous_goods_classes.iter();
    classes.map(ToString::to_string).collect()
}

/// What the reader may report on it.
fn reports(visit: &Visit, is_past: bool, is_cancelled: bool) -> Option<Reports> {
    let may_report = visit.may_run(&ReportDeparture::ABOUT) && !is_past;
    may_report.then(|| Reports {
        is_cancelled,
        may_restore: visit.may_run(&OmitCall::ABOUT),
    })
}

/// Its cargoes that need attention, for staff.
async fn troubled(visit: &mut Visit, number: &VoyageNumber) -> Result<Vec<CargoView>, Away> {
    if visit.reading.is_for_customer() || !visit.may_read(Cargo::READ) {
        return Ok(Vec::new());
    }
    let filter = CargoFilter {
        voyage: Some(number.clone()),
        at_risk: Some(true),
        ..CargoFilter::default()
    };
    Ok(visit.reading.by_deadline(filter).await?.cargoes)
}

/// The voyage that its ship is still on when this one is to start, if it is expected to be late.
async fn late_ship(visit: &mut Visit, voyage: &VoyageView) -> Result<Option<LateShip>, Away> {
    let (first, _) = ends(voyage);
    if voyage.status == VoyageStatus::Cancelled || first.has_departed(visit.now) {
        return Ok(None);
    }
    let filter = VoyageFilter {
        imo: Some(voyage.vessel.imo.clone()),
        status: Some(VoyageStatus::Scheduled),
        departs_until: Some(first.departs),
        arrives_from: Some(first.departs),
        ..VoyageFilter::default()
    };
    let before = visit.reading.list::<Voyage>(filter, None, SHOWN).await?;
    let late = before
        .items
        .into_iter()
        .filter(|own| ends(own).1.arrives > first.departs)
        .max_by_key(|own| ends(own).1.arrives);
    let Some(late) = late else {
        return Ok(None);
    };
    let (_, last) = ends(&late);
    let places = Places::load(&mut visit.reading, [&last.to]).await?;
    Ok(Some(LateShip {
        voyage: late.voyage.to_string(),
        port: places.named(&last.to).to_owned(),
        arrives: places.dated(last.arrives, Some(&last.to)),
    }))
}

async fn aboard(
    visit: &mut Visit,
    number: &VoyageNumber,
    places: &Places,
) -> Result<(Vec<Aboard>, bool), Away> {
    let filter = CargoFilter {
        voyage: Some(number.clone()),
        ..CargoFilter::default()
    };
    let page = visit.reading.list::<Cargo>(filter, None, ABOARD).await?;
    let row = |cargo: &CargoView| {
        let mut legs = cargo.approach.iter().chain(&cargo.itinerary);
        let leg = legs.find(|leg| leg.voyage == *number)?;
        Some(Aboard {
            cargo: cargo.cargo.to_string(),
            from: places.named(&leg.load_at).to_owned(),
            to: places.named(&leg.unload_at).to_owned(),
            size: words::number(cargo.size_teu),
            weight: words::tonnes(cargo.gross_weight_kg),
            commodity: cargo.commodity.to_string(),
            status: cargo.status,
            trouble: crate::booking::pages::cargoes::trouble(cargo, places),
        })
    };
    Ok((
        page.items.iter().filter_map(row).collect(),
        page.next.is_some(),
    ))
}

/// What changed the voyage, and what was refused.
async fn history(visit: &mut Visit, number: &VoyageNumber) -> Result<Vec<LogLine>, Away> {
    if !visit.may_read(Read::Log) {
        return Ok(Vec::new());
    }
    let versions = visit
        .reading
        .latest_versions::<Voyage>(number, LINES)
        .await?;
    let positions: Vec<u64> = versions.iter().map(|version| version.position).collect();
    let entries = visit.reading.entries_at(&positions).await?;
    let filter = LogFilter {
        target: Some(format!("voyage:{number}")),
        ..LogFilter::default()
    };
    let refusals = visit.reading.refusals(&filter, 0..=u64::MAX, None, LINES);
    let refusals = refusals.await?.items;
    Ok(lines(&mut visit.reading, entries, refusals, visit.now).await?)
}

/// The file of these voyages.
fn export_address(filter: &VoyageFilter, as_of: &ListedAsOf) -> String {
    let left = filter
        .quarter_teu_left
        .map(|quarters| quarters as f64 / 4.0);
    export::address(
        "voyages",
        vec![
            ("port", filter.port.as_ref().map(UnLocode::to_string)),
            ("departs_from", filter.departs_from.map(String::from)),
            ("departs_until", filter.departs_until.map(String::from)),
            ("arrives_from", filter.arrives_from.map(String::from)),
            ("teu_left", left.map(|left| left.to_string())),
            as_of.parameter(),
        ],
    )
}
