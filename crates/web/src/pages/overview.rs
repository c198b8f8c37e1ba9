//! The overview: departures, waiting cargoes, recent activity.

use super::navigation::start_of;
use super::places::Places;
use super::shell::Shell;
use super::stream::{LogLine, lines};
use super::visit::{Away, Visit};
use super::words;
use crate::booking::pages::cargoes::{CargoRow, troubled_rows};
use crate::state::Shared;
use crate::voyages::pages::VoyageRow;
use crate::voyages::pages::gauge::Gauge;
use application::Operation;
use application::booking::{BookOntoVoyage, CargoView, CreateCargo};
use application::policy::Read;
use application::queries::{At, Page, Reading};
use application::voyages::ScheduleVoyage;
use askama::Template;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Moment;
use domain::booking::{BookingStatus, Cargo, CargoFilter};
use domain::log::reader::LogFilter;
use domain::voyages::{Voyage, VoyageFilter, VoyageStatus};

/// The front page.
pub(crate) const PATH: &str = "/";

/// The departures shown, in hours ahead.
const SOON_HOURS: i64 = 14 * 24;
/// The number of voyages, cargoes and entries shown.
const SHOWN: usize = 8;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    shell: Shell,
    leaving: Vec<VoyageRow>,
    leaving_count: usize,
    fullest: Option<(String, Gauge)>,
    waiting: Vec<Waiting>,
    waiting_count: String,
    troubled: Vec<CargoRow>,
    troubled_count: String,
    activity: Option<Activity>,
    may_create: bool,
    may_book: bool,
    may_schedule: bool,
}

/// A cargo that has no space yet.
struct Waiting {
    cargo: String,
    from: String,
    to: String,
    size: String,
    deadline: String,
    deadline_in: String,
    is_late: bool,
}

/// Recent activity.
struct Activity {
    lines: Vec<LogLine>,
    /// The number of operations in each of the last twelve five-minute intervals, oldest first.
    pace: Vec<Pace>,
    last_hour: String,
    per_minute: String,
}

struct Pace {
    x: usize,
    y: u64,
    height: u64,
    title: String,
}

/// The front page, or the sign-in page.
pub(crate) async fn show(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let mut visit = Visit::of(site, &parts).await?;
    let mut shell = visit.shell("Overview");
    shell.live = visit.live("");
    let now = visit.now;
    let filter = VoyageFilter {
        departs_from: Some(now),
        departs_until: Some(now.plus_hours(SOON_HOURS)),
        status: Some(VoyageStatus::Scheduled),
        ..VoyageFilter::default()
    };
    let voyages = visit.reading.list::<Voyage>(filter, None, 200).await?.items;
    let requested = CargoFilter {
        status: Some(BookingStatus::Requested),
        ..CargoFilter::default()
    };
    let requested = visit.reading.list::<Cargo>(requested, None, 200).await?;
    let troubled = CargoFilter {
        at_risk: Some(true),
        ..CargoFilter::default()
    };
    let troubled = visit.reading.by_deadline(troubled).await?;
    let cargoes = &troubled.cargoes;
    let worst = cargoes.get(..SHOWN).unwrap_or(cargoes);
    let worst = troubled_rows(&mut visit, worst).await?;
    let stops = voyages.iter().flat_map(crate::voyages::pages::calls);
    let ends = requested.items.iter().flat_map(|cargo| {
        let specification = &cargo.route_specification;
        [&specification.origin, &specification.destination]
    });
    let places = Places::load(&mut visit.reading, stops.chain(ends)).await?;
    let gauges = voyages.iter().filter_map(|voyage| {
        let gauge = Gauge::of_voyage(voyage, &places)?;
        Some((voyage.voyage.to_string(), gauge))
    });
    let fullest = gauges.max_by_key(|(_, gauge)| gauge.percent);
    let activity = if visit.may_read(Read::Log) {
        Some(activity(&mut visit, now).await?)
    } else {
        None
    };
    let template = OverviewPage {
        leaving_count: voyages.len(),
        leaving: voyages
            .iter()
            .take(SHOWN)
            .map(|voyage| VoyageRow::new(voyage, &places, now))
            .collect(),
        fullest,
        waiting_count: count(&requested),
        waiting: waiting(requested.items, &places, now),
        troubled: worst,
        troubled_count: format!(
            "{}{}",
            troubled.cargoes.len(),
            if troubled.has_more { "+" } else { "" }
        ),
        activity,
        may_book: visit.may_run(&BookOntoVoyage::ABOUT),
        may_create: visit.may_run(&CreateCargo::ABOUT),
        may_schedule: visit.may_run(&ScheduleVoyage::ABOUT),
        shell,
    };
    visit.answer(&template)
}

/// Leads a person who has signed in to the page where their work starts.
pub(crate) async fn start(State(site): State<Shared>, parts: Parts) -> Result<Response, Away> {
    let visit = Visit::of(site, &parts).await?;
    visit.parameters.finish()?;
    Ok(Redirect::to(start_of(&visit.reading)).into_response())
}

/// The count, or that there are more.
fn count<T>(page: &Page<T>) -> String {
    let more = if page.next.is_some() { "+" } else { "" };
    format!("{}{more}", page.items.len())
}

/// Those with the nearest deadline. Cargoes that are already late come last.
fn waiting(mut cargoes: Vec<CargoView>, places: &Places, now: Moment) -> Vec<Waiting> {
    cargoes.sort_by_key(|cargo| {
        let deadline = cargo.route_specification.arrival_deadline;
        (deadline < now, deadline)
    });
    let nearest = cargoes.into_iter().take(SHOWN);
    nearest
        .map(|cargo| {
            let specification = &cargo.route_specification;
            Waiting {
                from: places.named(&specification.origin).to_owned(),
                to: places.named(&specification.destination).to_owned(),
                size: format!("{} TEU", words::number(cargo.size_teu)),
                is_late: specification.arrival_deadline < now,
                deadline: places
                    .time(&specification.destination, specification.arrival_deadline)
                    .local,
                deadline_in: words::distance(specification.arrival_deadline, now),
                cargo: cargo.cargo.to_string(),
            }
        })
        .collect()
}

async fn activity(visit: &mut Visit, now: Moment) -> Result<Activity, Away> {
    let log = LogFilter::default();
    let (entries, _) = visit
        .reading
        .newest(&log, 0..=u64::MAX, SHOWN as u64)
        .await?;
    let oldest = entries.last().map_or(0, |entry| entry.position);
    let refusals = visit
        .reading
        .refusals(&log, oldest..=u64::MAX, None, SHOWN as u64);
    let refusals = refusals.await?.items;
    let mut lines = lines(&mut visit.reading, entries, refusals, now).await?;
    lines.truncate(SHOWN + 2);
    let counts = pace(&mut visit.reading, now).await?;
    let all: u64 = counts.iter().sum();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let pace = counts.iter().enumerate().map(|(index, count)| {
        let height = (count * 40).div_ceil(most);
        let minutes = (counts.len() - index) * 5;
        Pace {
            x: index * 14,
            y: 42 - height,
            height,
            title: format!("{count} operations, {} to {minutes} min ago", minutes - 5),
        }
    });
    let last = counts.last().copied().unwrap_or(0);
    Ok(Activity {
        lines,
        pace: pace.collect(),
        last_hour: words::count(all),
        #[expect(
            clippy::cast_precision_loss,
            reason = "five minutes hold few operations"
        )]
        per_minute: words::number((last as f64 / 5.0 * 10.0).round() / 10.0),
    })
}

/// The number of operations recorded in each of the last twelve five-minute intervals.
async fn pace(reading: &mut Reading, now: Moment) -> Result<Vec<u64>, Away> {
    let mut positions = Vec::with_capacity(13);
    for back in (1..=12).rev() {
        let time = now.plus_micros(-back * 300_000_000);
        positions.push(reading.position_at(At::Time(time)).await?);
    }
    positions.push(reading.position());
    Ok(positions.windows(2).map(|pair| pair[1] - pair[0]).collect())
}
