//! Routes: tables of cases, and a comparison with an exhaustive search.

mod alternatives;
mod special;

use super::*;
use crate::voyages::{Plan, PlannedMovement, Vessel, Voyage, VoyageId, VoyageStatus};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

fn port(code: &str) -> UnLocode {
    code.parse().expect("a UN/LOCODE")
}

/// Hours after the start of 2027.
fn hour(hour: i64) -> Moment {
    let new_year: Moment = "2027-01-01T00:00:00Z".parse().expect("a time");
    new_year.plus_micros(hour * MICROS_PER_HOUR)
}

/// A space of this many TEU and as many tonnes.
fn space(teu: u64) -> Space {
    Space {
        quarter_teu: teu * 4,
        kg: teu * 1_000,
        plugs: 0,
    }
}

/// The same as a limit, without plugs.
fn line(teu: u64) -> SpaceLimit {
    space(0).left_to(SpaceLimit::default()) + space(teu)
}

/// A voyage from `V1: NLRTM 100 > DEHAM 120, DEHAM 121 > USNYC 300`, with times in hours, space for
/// 10 TEU and 10 t, and a cut-off of 24 h.
fn voyage(text: &str) -> Voyage {
    let (number, movements) = text.split_once(": ").expect("a number");
    let call = |text: &str| {
        let (place, at) = text.split_once(' ').expect("place and hour");
        (port(place), hour(at.parse().expect("an hour")))
    };
    let movement = |text: &str| {
        let (from, to) = text.split_once(" > ").expect("from > to");
        let ((from, departs), (to, arrives)) = (call(from), call(to));
        PlannedMovement {
            from,
            to,
            departs,
            arrives,
        }
    };
    let id = number
        .bytes()
        .fold(0, |id, byte| id * 256 + u128::from(byte));
    planned(id, number, movements.split(", ").map(movement).collect())
}

fn planned(id: u128, number: &str, movements: Vec<PlannedMovement>) -> Voyage {
    let plan = Plan {
        number: number.parse().expect("a number"),
        vessel: Vessel {
            imo: "9074729".parse().expect("an IMO number"),
            name: "Ever Test".parse().expect("a name"),
        },
        capacity: line(10),
        overbooking_percent: 0,
        cut_off_hours: 24,
        dangerous_goods_classes: DangerousGoodsClasses::default(),
        movements,
    };
    Voyage::schedule(VoyageId(Uuid::from_u128(id)), plan)
        .expect("a schedule that connects")
        .0
}

fn timetable(voyages: &[Voyage]) -> Timetable {
    let mut timetable = Timetable::default();
    for voyage in voyages {
        timetable.put(voyage);
    }
    timetable.settle();
    timetable
}

/// 2 TEU and 2 t from NLRTM to USNYC, asked at hour 0.
fn wanted() -> Wanted {
    Wanted {
        origin: port("NLRTM"),
        destination: port("USNYC"),
        arrive_by: hour(1_000),
        depart_after: hour(0),
        now: hour(0),
        size: space(2),
        classes: DangerousGoodsClasses::default(),
        held: Vec::new(),
        transhipments_max: 3,
        alternatives: 0,
    }
}

/// A cargo that changes its route can use the space that it frees.
#[test]
fn a_cargo_may_reuse_the_space_it_holds() {
    let mut full = voyage("V1: NLRTM 50 > DEHAM 60, DEHAM 70 > USNYC 90");
    for movement in &mut full.movements {
        movement.load = space(10);
    }
    let mut asked = wanted();
    asked.origin = port("DEHAM");
    check(std::slice::from_ref(&full), &asked, &[]);
    let all = full
        .stretch((&port("NLRTM"), None), (&port("USNYC"), None))
        .expect("it calls there");
    asked.held = vec![Leg::over(&full, &all)];
    check(std::slice::from_ref(&full), &asked, &["V1 DEHAM-USNYC"]);
    let routes = timetable(std::slice::from_ref(&full)).routes(&asked);
    assert_eq!(routes[0].free, line(2));
    asked.held[0].unload_time = full.movements[0].arrives;
    check(&[full], &asked, &[]);
}

/// The routes in short: `V1 NLRTM-DEHAM V2 DEHAM-USNYC`.
fn found(timetable: &Timetable, wanted: &Wanted) -> Vec<String> {
    let leg = |leg: &Leg| format!("{} {}-{}", leg.voyage, leg.load_at, leg.unload_at);
    let routes = timetable.routes(wanted);
    let legs = |route: &Route| -> Vec<String> { route.legs.iter().map(leg).collect() };
    routes.iter().map(|route| legs(route).join(" ")).collect()
}

fn check(voyages: &[Voyage], wanted: &Wanted, expected: &[&str]) {
    assert_eq!(found(&timetable(voyages), wanted), expected, "{wanted:?}");
}

#[test]
fn more_transhipments_only_for_an_earlier_arrival() {
    let voyages = [
        voyage("SLOW: NLRTM 50 > USNYC 500"),
        voyage("SLOWER: NLRTM 60 > USNYC 501"),
        voyage("FIRST: NLRTM 100 > DEHAM 120, DEHAM 121 > GBFXT 150"),
        voyage("SECOND: DEHAM 130 > USNYC 300"),
        voyage("THIRD: GBFXT 160 > USNYC 200"),
        voyage("BACK: USNYC 310 > NLRTM 400"),
    ];
    let direct = "SLOW NLRTM-USNYC";
    let once = "FIRST NLRTM-GBFXT THIRD GBFXT-USNYC";
    check(&voyages, &wanted(), &[once, direct]);
    let full = |which: usize| {
        let mut voyages = voyages.clone();
        voyages[which].movements[0].load = space(9);
        voyages
    };
    check(
        &full(4),
        &wanted(),
        &["FIRST NLRTM-DEHAM SECOND DEHAM-USNYC", direct],
    );
    check(&full(0), &wanted(), &[once, "SLOWER NLRTM-USNYC"]);
    let mut asked = wanted();
    asked.transhipments_max = 0;
    check(&voyages, &asked, &[direct]);
    asked.transhipments_max = usize::MAX;
    check(&voyages, &asked, &[once, direct]);
    asked.origin = port("USNYC");
    asked.destination = port("GBFXT");
    check(&voyages, &asked, &[]);
    asked.destination = port("USNYC");
    check(&voyages, &asked, &[]);
    asked.destination = port("SESTO");
    check(&voyages, &asked, &[]);
}

#[test]
fn of_equal_arrivals_the_latest_departure_is_found() {
    let voyages = [
        voyage("EARLY: NLRTM 100 > DEHAM 120"),
        voyage("LATE-B: NLRTM 110 > DEHAM 130"),
        voyage("LATE-A: NLRTM 110 > DEHAM 125"),
        voyage("MISSED: NLRTM 120 > DEHAM 198"),
        voyage("OVER: DEHAM 200 > USNYC 300"),
    ];
    let expected = ["LATE-A NLRTM-DEHAM OVER DEHAM-USNYC"];
    check(&voyages, &wanted(), &expected);
    let mut reversed = voyages;
    reversed.reverse();
    check(&reversed, &wanted(), &expected);
}

fn load(quarter_teu: u64, kg: u64) -> Space {
    Space {
        quarter_teu,
        kg,
        plugs: 0,
    }
}

#[test]
fn every_movement_of_a_route_has_space() {
    let round = "ROUND: NLRTM 100 > DEHAM 120, DEHAM 121 > GBFXT 150, GBFXT 151 > USNYC 300";
    let direct = "ROUND NLRTM-USNYC";
    let around = "ROUND NLRTM-DEHAM LAND DEHAM-GBFXT ROUND GBFXT-USNYC";
    for (quarter_teu, kg, expected) in [
        (32, 8_000, direct),
        (33, 8_000, around),
        (32, 8_001, around),
        (40, 10_000, around),
    ] {
        let land = voyage("LAND: DEHAM 126 > GBFXT 145");
        let mut round = voyage(round);
        round.movements[1].load = load(quarter_teu, kg);
        check(&[round, land], &wanted(), &[expected]);
    }
}

#[test]
fn free_space_is_the_minimum_of_size_and_weight() {
    let mut first =
        voyage("V1: NLRTM 100 > DEHAM 120, DEHAM 121 > GBFXT 150, GBFXT 151 > SESTO 160");
    let mut second = voyage("V2: SESTO 150 > GBFXT 155, GBFXT 160 > USNYC 300");
    first.movements[1].load = load(7, 100);
    first.movements[2].load = load(40, 10_000);
    second.movements[0].load = load(40, 10_000);
    second.movements[1].load = load(2, 5_000);
    let voyages = [first, second];
    let routes = timetable(&voyages).routes(&wanted());
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0].free.without_plugs(), load(33, 5_000));
}

#[test]
fn booking_closes_at_cut_off() {
    let voyages = [
        voyage("V1: NLRTM 100 > DEHAM 120, DEHAM 130 > GBFXT 150"),
        voyage("V2: GBFXT 156 > USNYC 300"),
    ];
    let expected = "V1 NLRTM-GBFXT V2 GBFXT-USNYC";
    let mut asked = wanted();
    asked.now = hour(76);
    check(&voyages, &asked, &[expected]);
    asked.now = hour(76).plus_micros(1);
    check(&voyages, &asked, &[]);
    // The cut-off does not matter where the cargo is already on board, but it does where the cargo
    // changes ships.
    let mut late = voyages.clone();
    late[1].cut_off_hours = 80;
    asked.now = hour(76);
    check(&late, &asked, &[expected]);
    late[1].cut_off_hours = 81;
    check(&late, &asked, &[]);
    asked.origin = port("DEHAM");
    asked.now = hour(80);
    check(&voyages, &asked, &["V1 DEHAM-GBFXT V2 GBFXT-USNYC"]);
}

#[test]
fn transhipment_takes_six_hours() {
    let mut second = voyage("V2: DEHAM 126 > USNYC 300");
    let first = voyage("V1: NLRTM 100 > DEHAM 120");
    let voyages = [first.clone(), second.clone()];
    check(&voyages, &wanted(), &["V1 NLRTM-DEHAM V2 DEHAM-USNYC"]);
    second.movements[0].departs = hour(126).plus_micros(-1);
    check(&[first, second], &wanted(), &[]);
}

#[test]
fn departure_and_arrival_respect_the_time_limits() {
    let voyages = [voyage("V1: NLRTM 100 > DEHAM 120, DEHAM 121 > USNYC 300")];
    let expected = &["V1 NLRTM-USNYC"][..];
    for (depart_after, arrive_by, expected) in [
        (hour(100), hour(300), expected),
        (hour(100).plus_micros(1), hour(300), &[]),
        (hour(100), hour(300).plus_micros(-1), &[]),
        (hour(300), hour(100), &[]),
    ] {
        let asked = Wanted {
            depart_after,
            arrive_by,
            ..wanted()
        };
        check(&voyages, &asked, expected);
    }
}

#[test]
fn a_voyage_that_calls_twice() {
    let voyages = [voyage(
        "ROUND: NLRTM 100 > DEHAM 120, DEHAM 121 > NLRTM 140, NLRTM 141 > USNYC 300, USNYC 310 > NLRTM 400, NLRTM 410 > USNYC 500",
    )];
    let routes = timetable(&voyages).routes(&wanted());
    assert_eq!(routes.len(), 1, "later calls at either end are no better");
    let leg = &routes[0].legs[0];
    assert_eq!((leg.load_time, leg.unload_time), (hour(141), hour(300)));
    let mut full = voyages;
    full[0].movements[2].load = space(10);
    let leg = timetable(&full).routes(&wanted()).remove(0).legs.remove(0);
    assert_eq!((leg.load_time, leg.unload_time), (hour(410), hour(500)));
}

#[test]
fn put_replaces_a_voyage() {
    let first = voyage("V1: NLRTM 100 > DEHAM 120");
    let second = voyage("V2: DEHAM 150 > USNYC 300");
    let mut timetable = timetable(&[first.clone(), second.clone()]);
    let expected = ["V1 NLRTM-DEHAM V2 DEHAM-USNYC"];
    assert_eq!(found(&timetable, &wanted()), expected);
    assert_eq!(timetable.movements(), 2);

    let mut full = second;
    full.movements[0].load = space(9);
    timetable.put(&full);
    assert!(timetable.is_settled(), "a load has no place in the order");
    assert!(found(&timetable, &wanted()).is_empty());
    full.overbooking_percent = 10;
    timetable.put(&full);
    assert!(timetable.is_settled(), "nor has the limit line");
    assert_eq!(found(&timetable, &wanted()), expected);

    let mut cancelled = first;
    cancelled.status = VoyageStatus::Cancelled;
    timetable.put(&cancelled);
    assert!(timetable.is_settled(), "nor has the status");
    assert!(found(&timetable, &wanted()).is_empty());

    timetable.put(&voyage("V1: NLRTM 130 > DEHAM 150"));
    timetable.put(&voyage("V1: NLRTM 120 > DEHAM 144"));
    assert!(!timetable.is_settled());
    timetable.settle();
    assert_eq!(found(&timetable, &wanted()), expected);
    timetable.put(&voyage("V1: NLRTM 130 > DEHAM 145"));
    timetable.settle();
    assert!(found(&timetable, &wanted()).is_empty());
    assert_eq!(timetable.movements(), 2);
}

#[test]
#[should_panic(expected = "who puts voyages settles the timetable")]
fn an_unsettled_timetable_is_not_searched() {
    let mut timetable = Timetable::default();
    timetable.put(&voyage("V1: NLRTM 100 > USNYC 120"));
    let _ = timetable.routes(&wanted());
}

/// Ports in a ring. Voyages go one or two ports ahead, or one back, so few go straight from NLRTM
/// to USNYC and most routes need a transhipment.
const PORTS: [&str; 6] = ["NLRTM", "DEHAM", "GBFXT", "USNYC", "SESTO", "HKHKG"];
/// Times are on a grid of three hours, so that connections of exactly six hours are frequent.
const GRID_HOURS: i64 = 3;

/// A random movement: where it goes, how long the call before it and the movement take, and how
/// much is booked on it.
type RandomMovement = (usize, i64, i64, Space);

/// Usually little compared with a capacity of 3 TEU and 3 t, sometimes too much of one of the two.
fn random_load() -> impl Strategy<Value = Space> {
    let space = |(quarter_teu, kg)| Space {
        plugs: quarter_teu / 4,
        ..load(quarter_teu, kg)
    };
    prop_oneof![
        3 => (0..=6u64, 0..=1_500u64).prop_map(space),
        1 => (0..=12u64, 0..=3_000u64).prop_map(space),
    ]
}

fn random_voyage() -> impl Strategy<Value = Voyage> {
    let further = prop::sample::select(vec![1, 1, 2, PORTS.len() - 1]);
    let movement = (further, 0..4i64, 1..8i64, random_load());
    let movements = prop::collection::vec(movement, 1..=4);
    let cut_off = prop::sample::select(vec![0, 0, 6, 30]);
    (
        0..PORTS.len(),
        0..30i64,
        movements,
        cut_off,
        0..100u8,
        0..10u8,
    )
        .prop_map(
            |(origin, start, movements, cut_off_hours, overbooking_percent, fate)| {
                let mut voyage = planned(0, "X", sailed(origin, start, &movements));
                voyage.capacity = line(3);
                voyage.capacity.plugs = (fate % 2 == 1).then_some(2);
                voyage.dangerous_goods_classes = special::classes(fate % 3 > 0);
                voyage.overbooking_percent = overbooking_percent;
                voyage.cut_off_hours = cut_off_hours;
                if fate == 0 {
                    voyage.status = VoyageStatus::Cancelled;
                }
                for (movement, (.., load)) in voyage.movements.iter_mut().zip(&movements) {
                    movement.load = *load;
                }
                voyage
            },
        )
}

/// Random voyages, each with its own number.
fn random_voyages() -> impl Strategy<Value = Vec<Voyage>> {
    prop::collection::vec(random_voyage(), 8..=24).prop_map(|mut voyages| {
        for (voyage, number) in voyages.iter_mut().zip(1..) {
            voyage.id = VoyageId(Uuid::from_u128(number));
            voyage.number = format!("V{number}").parse().expect("a number");
        }
        voyages
    })
}

fn sailed(origin: usize, start: i64, movements: &[RandomMovement]) -> Vec<PlannedMovement> {
    let (mut at, mut time) = (origin, start);
    let mut planned = Vec::new();
    for (further, call, crossing, _) in movements {
        let to = (at + further) % PORTS.len();
        let departs = time + call;
        time = departs + crossing;
        planned.push(PlannedMovement {
            from: port(PORTS[at]),
            to: port(PORTS[to]),
            departs: hour(departs * GRID_HOURS),
            arrives: hour(time * GRID_HOURS),
        });
        at = to;
    }
    planned
}

fn random_wanted() -> impl Strategy<Value = Wanted> {
    let times = (0..6i64, 0..8i64, 20..60i64);
    (times, 0..=4u64, 0..=1_000u64, 0..4usize).prop_map(
        |((now, depart_after, arrive_by), quarter_teu, kg, transhipments_max)| Wanted {
            arrive_by: hour(arrive_by * GRID_HOURS),
            depart_after: hour(depart_after * GRID_HOURS),
            now: hour(now * GRID_HOURS),
            size: Space {
                plugs: quarter_teu % 3,
                ..load(quarter_teu, kg)
            },
            classes: special::classes(kg % 2 == 0),
            held: Vec::new(),
            transhipments_max,
            ..wanted()
        },
    )
}

/// Every leg that can be booked, on any voyage.
fn bookable(voyages: &[Voyage], wanted: &Wanted) -> Vec<Leg> {
    let mut legs = Vec::new();
    for voyage in voyages {
        for load in &voyage.movements {
            for unload in &voyage.movements {
                let load = (&load.from, Some(load.departs));
                let unload = (&unload.to, Some(unload.arrives));
                if let Ok(stretch) = voyage.stretch(load, unload)
                    && voyage.must_take(&wanted.classes).is_ok()
                    && voyage
                        .clone()
                        .book(&stretch, wanted.size, wanted.now)
                        .is_ok()
                {
                    legs.push(Leg::over(voyage, &stretch));
                }
            }
        }
    }
    legs
}

fn follows(last: &Leg, next: &Leg) -> bool {
    let hours = (next.load_time.micros() - last.unload_time.micros()) / MICROS_PER_HOUR;
    last.unload_at == next.load_at && hours >= 6
}

/// Every arrival at the destination, by number of transhipments, with its departure.
fn explore(
    legs: &[Leg],
    wanted: &Wanted,
    route: &mut Vec<Leg>,
    arrivals: &mut Vec<(usize, Moment, Moment)>,
) {
    if let (Some(first), Some(last)) = (route.first(), route.last())
        && last.unload_at == wanted.destination
    {
        arrivals.push((route.len() - 1, last.unload_time, first.load_time));
        return;
    }
    if route.len() > wanted.transhipments_max {
        return;
    }
    for leg in legs {
        let may = match route.last() {
            None => leg.load_at == wanted.origin && leg.load_time >= wanted.depart_after,
            Some(last) => follows(last, leg),
        };
        if may && leg.unload_time <= wanted.arrive_by {
            route.push(leg.clone());
            explore(legs, wanted, route, arrivals);
            route.pop();
        }
    }
}

/// Arrival, transhipments and departure of the routes that no other route beats, found by trying
/// all.
fn exhaustive(voyages: &[Voyage], wanted: &Wanted) -> Vec<(Moment, usize, Moment)> {
    let mut arrivals = Vec::new();
    let legs = bookable(voyages, wanted);
    explore(&legs, wanted, &mut Vec::new(), &mut arrivals);
    let mut best: BTreeMap<usize, (Moment, Moment)> = BTreeMap::new();
    for (transhipments, arrives, departs) in arrivals {
        let known = best.entry(transhipments).or_insert((arrives, departs));
        if arrives < known.0 || (arrives == known.0 && departs > known.1) {
            *known = (arrives, departs);
        }
    }
    let mut front: Vec<(Moment, usize, Moment)> = Vec::new();
    for (transhipments, (arrives, departs)) in best {
        if front.last().is_none_or(|fewer| arrives < fewer.0) {
            front.push((arrives, transhipments, departs));
        }
    }
    front.reverse();
    front
}

/// Books the route leg by leg, and returns the space that was left on the tightest movement.
fn book(route: &Route, voyages: &[Voyage], wanted: &Wanted) -> SpaceLimit {
    let mut voyages = voyages.to_vec();
    let mut left = Vec::new();
    for leg in &route.legs {
        let voyage = voyages
            .iter_mut()
            .find(|voyage| voyage.number == leg.voyage);
        let voyage = voyage.expect("the voyage exists");
        let load = (&leg.load_at, Some(leg.load_time));
        let unload = (&leg.unload_at, Some(leg.unload_time));
        let stretch = voyage.stretch(load, unload).expect("it calls there then");
        assert_eq!(*leg, Leg::over(voyage, &stretch));
        let crossed = voyage.crossed(&stretch).iter();
        left.extend(crossed.map(|movement| movement.load.left_to(voyage.limit())));
        let booked = voyage.book(&stretch, wanted.size, wanted.now);
        booked.expect("it can be booked");
    }
    assert!(
        route
            .legs
            .windows(2)
            .all(|pair| follows(&pair[0], &pair[1]))
    );
    left.into_iter().fold(SpaceLimit::NONE, SpaceLimit::min)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1_500),
        ..ProptestConfig::default()
    })]
    #[test]
    fn no_route_is_missed_and_none_is_invented(
        voyages in random_voyages(),
        // The timetable starts with every other voyage and then learns of the rest.
        before in random_voyages(),
        wanted in random_wanted(),
    ) {
        let mut known = voyages.clone();
        known.truncate(before.len());
        for (known, before) in known.iter_mut().zip(&before).step_by(2) {
            known.clone_from(before);
        }
        let mut timetable = timetable(&known);
        for voyage in voyages.iter().rev() {
            timetable.put(voyage);
        }
        timetable.settle();
        let routes = timetable.routes(&wanted);
        let found: Vec<_> = routes
            .iter()
            .map(|route| {
                let last = &route.legs[route.legs.len() - 1];
                (last.unload_time, route.legs.len() - 1, route.legs[0].load_time)
            })
            .collect();
        prop_assert_eq!(found, exhaustive(&voyages, &wanted));
        for route in &routes {
            prop_assert_eq!(route.free, book(route, &voyages, &wanted));
        }
    }
}
