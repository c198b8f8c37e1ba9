//! Route searches on timetables of growing size, in memory alone and through a server.

use crate::support::server::{Client, Server, issue_token};
use crate::support::world::{Database, with_check_digit};
use domain::Moment;
use domain::booking::{Timetable, Wanted};
use domain::locations::UnLocode;
use domain::space::{Space, SpaceLimit};
use domain::voyages::{ImoNumber, Plan, PlannedMovement, Vessel, Voyage, VoyageId};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::time::Instant;
use uuid::Uuid;

/// The numbers of movements in the timetables.
pub const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// The number of ports that voyages call at.
const PORTS: usize = 300;
/// The number of movements of a voyage.
const MOVEMENTS: usize = 4;
/// The numbers of queries measured in memory and over HTTP.
const QUERIES: (usize, usize) = (2_000, 500);
/// How far ahead departures are, in hours: a year.
const AHEAD: i64 = 365 * 24;
/// How far ahead a query looks, in hours: sixty days.
const WINDOW: i64 = 60 * 24;

/// The measurements of one timetable.
pub struct Found {
    pub movements: usize,
    /// Queries in memory, in ms, sorted.
    in_memory: Vec<f64>,
    /// Queries over HTTP, in ms, sorted.
    over_http: Vec<f64>,
    /// The first query after a start of the server, which reads all voyages, in ms.
    first: f64,
    /// The total number of routes that the queries over HTTP found.
    routes: usize,
}

/// Each voyage has a ship of its own.
fn imo(number: usize) -> ImoNumber {
    let first = 100_000 + u32::try_from(number).expect("few voyages");
    with_check_digit(first).parse().expect("an IMO number")
}

/// A random timetable: voyages over `PORTS` ports that leave within a year from `now`.
fn plans(movements: usize, ports: &[UnLocode], now: Moment) -> Vec<Plan> {
    let mut dice = StdRng::seed_from_u64(1);
    let plan = |number: usize| {
        let mut time = now.plus_hours(dice.random_range(48..AHEAD));
        let mut from = dice.random_range(0..ports.len());
        let mut movement = || {
            let to = (from + dice.random_range(1..ports.len())) % ports.len();
            let departs = time;
            let arrives = departs.plus_hours(dice.random_range(12..240));
            time = arrives.plus_hours(dice.random_range(8..36));
            let places = (std::mem::replace(&mut from, to), to);
            PlannedMovement {
                from: ports[places.0].clone(),
                to: ports[places.1].clone(),
                departs,
                arrives,
            }
        };
        Plan {
            number: format!("B{number}").parse().expect("a number"),
            vessel: Vessel {
                imo: imo(number),
                name: "Bench".parse().expect("a name"),
            },
            capacity: SpaceLimit {
                quarter_teu: 400,
                kg: 2_000_000,
                plugs: Some(100),
            },
            overbooking_percent: 0,
            cut_off_hours: 24,
            dangerous_goods_classes: Default::default(),
            movements: (0..MOVEMENTS).map(|_| movement()).collect(),
        }
    };
    (0..movements / MOVEMENTS).map(plan).collect()
}

fn wanted(dice: &mut StdRng, ports: &[UnLocode], now: Moment) -> Wanted {
    let origin = dice.random_range(0..ports.len());
    let destination = (origin + dice.random_range(1..ports.len())) % ports.len();
    let depart_after = now.plus_hours(dice.random_range(0..AHEAD - WINDOW));
    Wanted {
        origin: ports[origin].clone(),
        destination: ports[destination].clone(),
        depart_after,
        arrive_by: depart_after.plus_hours(WINDOW),
        now,
        size: Space {
            quarter_teu: 8,
            kg: 10_000,
            plugs: 0,
        },
        classes: Default::default(),
        held: Vec::new(),
        transhipments_max: 3,
        alternatives: 0,
    }
}

fn sorted(mut all: Vec<f64>) -> Vec<f64> {
    all.sort_by(f64::total_cmp);
    all
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}

fn in_memory(plans: &[Plan], ports: &[UnLocode], now: Moment) -> Vec<f64> {
    let mut timetable = Timetable::default();
    for (plan, id) in plans.iter().zip(1..) {
        let voyage = Voyage::schedule(VoyageId(Uuid::from_u128(id)), plan.clone());
        timetable.put(&voyage.expect("it connects").0);
    }
    timetable.settle();
    let mut dice = StdRng::seed_from_u64(2);
    let query = |_| {
        let wanted = wanted(&mut dice, ports, now);
        let began = Instant::now();
        std::hint::black_box(timetable.routes(&wanted));
        ms(began)
    };
    sorted((0..QUERIES.0).map(query).collect())
}

async fn schedule(client: &Client, plans: &[Plan]) {
    for part in plans.chunks(500) {
        let lines: String = part
            .iter()
            .map(|plan| {
                let input = json!({ "number": plan.number, "vessel": plan.vessel,
                    "capacity": { "teu": 100, "tonnes": 2000 }, "overbooking_percent": 0,
                    "cut_off_hours": 24, "movements": plan.movements });
                format!(
                    "{}\n",
                    json!({ "operation": "schedule-voyage", "input": input })
                )
            })
            .collect();
        let head = [("content-type", "application/x-ndjson")];
        let sent = client.send(
            reqwest::Method::POST,
            "/api/operations",
            &head,
            Some(lines.into()),
        );
        assert_eq!(sent.await.expect("an answer").status, 200);
    }
}

/// Sends one query over HTTP. Returns the time it took and the number of routes found.
async fn ask(client: &Client, wanted: &Wanted) -> (f64, usize) {
    let path = format!(
        "/api/routes?origin={}&destination={}&depart_after={}&arrive_by={}&equipment=22G1:2&weight_kg=10000",
        wanted.origin, wanted.destination, wanted.depart_after, wanted.arrive_by
    );
    let began = Instant::now();
    let answer = client.get(&path).await;
    let took = ms(began);
    assert_eq!(answer.status, 200, "{}", answer.body);
    (took, answer.body["items"].as_array().map_or(0, Vec::len))
}

/// Measures one size of timetable.
pub async fn measure(movements: usize) -> Found {
    let database = Database::sqlite();
    let url = database.url();
    let server = Server::start(&url, &[]);
    let admin = Client::new(&server.url, &issue_token(&url, "admin", "admin"));
    let known = admin.all("/api/locations").await;
    let ports: Vec<UnLocode> = known
        .iter()
        .take(PORTS)
        .map(|place| {
            place["location"]
                .as_str()
                .expect("text")
                .parse()
                .expect("a UN/LOCODE")
        })
        .collect();
    let now = domain::ports::Clock::now(&plimsoll::clock::SystemClock);
    let plans = plans(movements, &ports, now);
    schedule(&admin, &plans).await;
    server.stop();
    let server = Server::start(&url, &[]);
    let admin = admin.to(&server.url);
    let mut dice = StdRng::seed_from_u64(2);
    let (first, _) = ask(&admin, &wanted(&mut dice, &ports, now)).await;
    let mut over_http = Vec::new();
    let mut routes = 0;
    for _ in 0..QUERIES.1 {
        let (took, found) = ask(&admin, &wanted(&mut dice, &ports, now)).await;
        over_http.push(took);
        routes += found;
    }
    let found = Found {
        movements: plans.len() * MOVEMENTS,
        in_memory: in_memory(&plans, &ports, now),
        over_http: sorted(over_http),
        first,
        routes,
    };
    println!("{}", line(&found));
    found
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    sorted[((last as f64) * share).round() as usize]
}

fn line(found: &Found) -> String {
    format!(
        "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {:.1} |",
        found.movements,
        quantile(&found.in_memory, 0.5),
        quantile(&found.in_memory, 0.99),
        quantile(&found.over_http, 0.5),
        quantile(&found.over_http, 0.99),
        found.first,
        found.routes as f64 / QUERIES.1 as f64,
    )
}

/// The table for the page.
pub fn table(all: &[Found]) -> String {
    let head = "| movements | in memory: p50, ms | p99, ms | over HTTP: p50, ms | p99, ms | \
        first after a start, ms | routes found by a query |\n|--:|--:|--:|--:|--:|--:|--:|\n";
    let lines: Vec<_> = all.iter().map(line).collect();
    format!("{head}{}", lines.join("\n"))
}
