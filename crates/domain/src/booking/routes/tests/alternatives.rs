//! Later sailings: cases, and a comparison with an exhaustive search.

use super::*;

/// A route in three numbers: arrival, transhipments, departure.
type Sailing = (Moment, usize, Moment);

/// Whether a route is at least as good as another in everything.
fn beats(one: &Sailing, other: &Sailing) -> bool {
    one != other && one.0 <= other.0 && one.1 <= other.1 && one.2 >= other.2
}

/// What is found without alternatives, and the alternatives for each number of
/// transhipments, by trying all.
fn expected(voyages: &[Voyage], wanted: &Wanted) -> Vec<Sailing> {
    let mut found = Vec::new();
    let legs = bookable(voyages, wanted);
    explore(&legs, wanted, &mut Vec::new(), &mut found);
    let all: Vec<Sailing> = found
        .into_iter()
        .map(|(transhipments, arrives, departs)| (arrives, transhipments, departs))
        .collect();
    let mut worth: Vec<Sailing> = all.clone();
    worth.retain(|own| !all.iter().any(|other| beats(other, own)));
    worth.sort();
    worth.dedup();
    let mut expected = exhaustive(voyages, wanted);
    worth.retain(|own| !expected.contains(own));
    for transhipments in 0..=wanted.transhipments_max {
        let same = worth.iter().filter(|own| own.1 == transhipments);
        expected.extend(same.take(wanted.alternatives));
    }
    expected.sort();
    expected
}

#[test]
fn a_transhipment_next_week_stands_beside_a_direct_ship_today() {
    let voyages = [
        voyage("TODAY: NLRTM 50 > USNYC 250"),
        voyage("FEEDER: NLRTM 200 > GBFXT 210"),
        voyage("LINER: GBFXT 220 > USNYC 400"),
        voyage("SLOW: NLRTM 190 > USNYC 500"),
        voyage("NEXT: NLRTM 300 > USNYC 600"),
        voyage("LAST: NLRTM 400 > USNYC 700"),
    ];
    let (today, via) = ("TODAY NLRTM-USNYC", "FEEDER NLRTM-GBFXT LINER GBFXT-USNYC");
    let (next, last) = ("NEXT NLRTM-USNYC", "LAST NLRTM-USNYC");
    let slow = "SLOW NLRTM-USNYC";
    let mut asked = wanted();
    for (alternatives, expected) in [
        (0, &[today][..]),
        (1, &[today, via, slow]),
        (2, &[today, via, slow, next]),
        (3, &[today, via, slow, next, last]),
        (9, &[today, via, slow, next, last]),
    ] {
        asked.alternatives = alternatives;
        check(&voyages, &asked, expected);
    }
    asked.transhipments_max = 0;
    check(&voyages, &asked, &[today, slow, next, last]);
    asked.transhipments_max = 3;
    // Without space, after the cut-off, or too late: not offered.
    let mut full = voyages;
    full[2].movements[0].load = space(9);
    full[5].cut_off_hours = 401;
    asked.arrive_by = hour(600);
    check(&full, &asked, &[today, slow, next]);
    asked.now = hour(27);
    check(&full, &asked, &[slow, next]);
    asked.depart_after = hour(191);
    check(&full, &asked, &[next]);
}

#[test]
fn the_number_of_alternatives_has_a_limit() {
    let daily: Vec<Voyage> = (0..12)
        .map(|day| voyage(&format!("D{day}: NLRTM {} > USNYC {}", 50 + day, 250 + day)))
        .collect();
    let mut asked = wanted();
    asked.alternatives = usize::MAX;
    let found = timetable(&daily).routes(&asked);
    assert_eq!(found.len() as u64, 1 + crate::limits::ALTERNATIVES_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1_500),
        ..ProptestConfig::default()
    })]
    #[test]
    fn no_later_sailing_is_missed_and_none_is_invented(
        voyages in random_voyages(),
        wanted in random_wanted(),
        alternatives in 1..4usize,
    ) {
        let wanted = Wanted { alternatives, ..wanted };
        let timetable = timetable(&voyages);
        let routes = timetable.routes(&wanted);
        let found: Vec<_> = routes
            .iter()
            .map(|route| (route.arrives(), route.legs.len() - 1, route.legs[0].load_time))
            .collect();
        prop_assert_eq!(found, expected(&voyages, &wanted));
        for route in &routes {
            prop_assert_eq!(route.free, book(route, &voyages, &wanted));
        }
        // What is found without alternatives is among them, leg by leg.
        let best = timetable.routes(&Wanted { alternatives: 0, ..wanted });
        for route in &best {
            prop_assert!(routes.contains(route));
        }
    }
}
