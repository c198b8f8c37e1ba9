//! States and entries to store.

use domain::customers::CustomerId;
use domain::customers::rules::CustomerMustBeActive;
use domain::log::store::Change;
use domain::log::{Actor, Entry, Hash, Head, Key, Refusal, RefusalKind};
use domain::{AnyAggregate, Kind, Moment, Versioned};
use serde_json::{Value, json};
use uuid::Uuid;

/// An id. Ids sort like their numbers.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A time, this many microseconds after a fixed start.
pub fn at(micros: i64) -> Moment {
    Moment::from_micros(1_800_000_000_000_000 + micros)
}

pub fn state(kind: Kind, json: &Value) -> AnyAggregate {
    kind.state_from_json(&json.to_string()).expect("a state")
}

pub fn new(state: AnyAggregate) -> Change {
    Change {
        loaded: None,
        new: Versioned { version: 1, state },
    }
}

/// The next version of an aggregate, which replaces another in every changed field.
pub fn changed(loaded: u64, state: AnyAggregate) -> Change {
    let number = state.id().as_u128();
    let before = match state.kind() {
        Kind::Location => location(number, "AQMCM", "McMurdo", "AQ"),
        Kind::Customer => customer(number, "Before", "SUSPENDED"),
        Kind::Voyage => voyage(
            number,
            &format!("BEFORE{number}"),
            &["AQMCM", "NZLYT", "AQMCM"],
            at(-1),
        ),
        Kind::RegisteredVessel => vessel(number, "9321483", "Before", Some(7)),
        Kind::Cargo => {
            let number = usize::try_from(number).expect("small");
            let booking = match loaded {
                1 => requested(),
                _ => booked(&[leg("BEFORE", "AQMCM", "NZLYT")]),
            };
            cargo(number, 98, &booking)
        }
        Kind::HandlingEvent => handling_event(number, "CUSTOMS", None, "AQMCM", None),
        Kind::User => user(number, "before"),
        Kind::Token => token(number, Some("before")),
        Kind::Consumer => consumer(number, "before", "PAUSED"),
    };
    Change {
        loaded: Some(Versioned {
            version: loaded,
            state: before,
        }),
        new: Versioned {
            version: loaded + 1,
            state,
        },
    }
}

pub fn location(number: u128, un_locode: &str, name: &str, country: &str) -> AnyAggregate {
    state(
        Kind::Location,
        &json!({
            "id": id(number), "un_locode": un_locode, "name": name, "country": country,
            "latitude": 51.885_000_000_000_01, "longitude": -4.286_666_666_666_667,
            "time_zone": "Europe/Amsterdam",
        }),
    )
}

pub fn known_as(
    number: u128,
    un_locode: &str,
    name: &str,
    country: &str,
    aliases: &[&str],
) -> AnyAggregate {
    state(
        Kind::Location,
        &json!({
            "id": id(number), "un_locode": un_locode, "name": name, "aliases": aliases,
            "country": country, "latitude": 57.7, "longitude": 11.9, "time_zone": "UTC",
        }),
    )
}

pub fn customer(number: u128, name: &str, status: &str) -> AnyAggregate {
    state(
        Kind::Customer,
        &json!({
            "id": id(number), "name": name, "email": "desk@example.com", "country": "NL",
            "status": status,
        }),
    )
}

/// A voyage over some ports, with one departure a day.
pub fn voyage(number: u128, name: &str, ports: &[&str], departs: Moment) -> AnyAggregate {
    let movements: Vec<_> = ports
        .windows(2)
        .zip(0..)
        .map(|(pair, day)| {
            json!({
                "from": pair[0], "to": pair[1], "departs": departs.plus_hours(24 * day),
                "arrives": departs.plus_hours(24 * day + 12).plus_micros(1),
                "load": { "quarter_teu": 9, "kg": 123_456 },
            })
        })
        .collect();
    state(
        Kind::Voyage,
        &json!({
            "id": id(number), "number": name,
            "vessel": { "imo": "9074729", "name": "Émile Ø 大洋" },
            "capacity": { "quarter_teu": 200_000, "kg": 1_000_000_000 },
            "overbooking_percent": 10, "cut_off_hours": 24, "status": "SCHEDULED",
            "movements": movements,
        }),
    )
}

/// A vessel in the register.
pub fn vessel(number: u128, imo: &str, name: &str, plugs: Option<u32>) -> AnyAggregate {
    let mut json = json!({
        "id": id(number), "imo": imo, "name": name,
        "capacity": { "quarter_teu": 400, "kg": 2_000_000 },
    });
    if let Some(plugs) = plugs {
        json["capacity"]["plugs"] = json!(plugs);
    }
    state(Kind::RegisteredVessel, &json)
}

/// Tracking ids with a correct check character.
pub fn tracking_id(number: usize) -> String {
    const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let (mut text, mut rest, mut sum) = (String::new(), number, 0);
    for weight in 1..=10 {
        let place = rest % 31;
        rest /= 31;
        sum += weight * place;
        text.push(char::from(ALPHABET[place]));
    }
    let check = (0..31).find(|place| (sum + 11 * place) % 31 == 0);
    text.push(char::from(ALPHABET[check.expect("31 is prime")]));
    text
}

pub fn leg(voyage: &str, load_at: &str, unload_at: &str) -> Value {
    json!({
        "voyage": voyage, "load_at": load_at, "load_time": at(1), "unload_at": unload_at,
        "unload_time": at(86_400_000_007),
    })
}

pub fn cargo(number: usize, customer: u128, booking: &Value) -> AnyAggregate {
    state(
        Kind::Cargo,
        &json!({
            "id": id(number as u128), "tracking_id": tracking_id(number),
            "customer": id(customer),
            "equipment": [{ "type": "22G1", "count": 2 }, { "type": "L5G1", "count": 1 }],
            "size": { "quarter_teu": 17, "kg": 10_001 },
            "commodity": "Möbel, 家具 & 🪑",
            "route_specification": {
                "origin": if number.is_multiple_of(2) { "HKHKG" } else { "NLRTM" },
                "destination": if number.is_multiple_of(3) { "SESTO" } else { "FIHEL" },
                "arrival_deadline": at(999_999),
            },
            "booking": booking,
        }),
    )
}

pub fn requested() -> Value {
    json!({ "status": "REQUESTED" })
}

pub fn booked(legs: &[Value]) -> Value {
    json!({ "status": "BOOKED", "itinerary": legs })
}

/// A cargo after some reports: type, voyage, location.
pub fn handled(cargo: &AnyAggregate, reports: &[(&str, Option<&str>, &str)]) -> AnyAggregate {
    let mut json: Value = serde_json::from_str(&cargo.json()).expect("JSON");
    let reports = reports.iter().zip(1..).map(|((done, voyage, place), n)| {
        json!({ "event": id(n), "type": done, "location": place, "voyage": voyage,
                "completed_at": at(n as i64), "registered_at": at(100) })
    });
    json["handling"] = reports.collect();
    state(Kind::Cargo, &json)
}

/// A report about the cargo with tracking id 7, retracted if a reason is given.
pub fn handling_event(
    number: u128,
    done: &str,
    voyage: Option<&str>,
    location: &str,
    retracted: Option<&str>,
) -> AnyAggregate {
    let mut json = json!({ "id": id(number), "cargo": tracking_id(7), "type": done,
        "location": location, "voyage": voyage, "completed_at": at(1), "registered_at": at(2),
        "status": if retracted.is_some() { "RETRACTED" } else { "REGISTERED" } });
    if let Some(reason) = retracted {
        json["reason"] = json!(reason);
    }
    state(Kind::HandlingEvent, &json)
}

pub fn user(number: u128, name: &str) -> AnyAggregate {
    state(
        Kind::User,
        &json!({
            "id": id(number), "name": name, "roles": ["clerk", "customer"],
            "customer": id(3), "status": "ACTIVE",
        }),
    )
}

pub fn user_with_password(number: u128, name: &str) -> AnyAggregate {
    state(
        Kind::User,
        &json!({
            "id": id(number), "name": name, "roles": ["clerk"], "customer": null, "status": "ACTIVE",
            "password": { "hash": "$argon2id$x", "set_at": "2027-01-01T00:00:00Z" },
            "password_link": { "secret": "0".repeat(64), "ends": "2027-01-02T00:00:00Z" },
        }),
    )
}

pub fn token(number: u128, label: Option<&str>) -> AnyAggregate {
    state(
        Kind::Token,
        &json!({
            "id": id(number), "hash": format!("{number:064x}"), "user": id(5), "label": label,
            "revoked": label.is_none(),
        }),
    )
}

pub fn consumer(number: u128, name: &str, status: &str) -> AnyAggregate {
    let skipped = (status == "PAUSED").then_some(1_000_000);
    state(
        Kind::Consumer,
        &json!({
            "id": id(number), "name": name, "owner": "anna", "description": skipped.map(|_| "Büro 🔑"),
            "status": status, "start": 7, "skipped_to": skipped, "generation": 3,
        }),
    )
}

/// An entry that can follow a head.
pub fn entry(head: &Head) -> Entry {
    let position = head.position + 1;
    let number = u128::from(position);
    Entry {
        position,
        id: id(1_000_000 + number),
        operation: "book-onto-voyage".to_owned(),
        version: 3,
        subdomain: "booking".to_owned(),
        target: Some(format!("cargo:{position}")),
        target_version: Some(2),
        actor: "user:anna".parse::<Actor>().expect("an actor"),
        key: None,
        cause: None,
        input: r#"{"b":1,"a":"ü  "}"#.to_owned(),
        prepared: "null".to_owned(),
        events: "[]".to_owned(),
        outcome: "{}".to_owned(),
        recorded_at: at(i64::try_from(position).expect("small") * 10),
        program: "plimsoll 0.1.0 (abc)".to_owned(),
        rules_version: 1,
        policy_version: 4,
        trace_id: None,
        hash: Hash::of(&number.to_be_bytes()),
    }
}

pub fn key(text: &str) -> Key {
    Key {
        text: text.to_owned(),
        fingerprint: Hash::of(text.as_bytes()),
    }
}

pub fn refusal(number: u128, actor: &str, key_text: Option<&str>) -> Refusal {
    Refusal {
        id: id(number),
        judged_at: 0,
        recorded_at: at(i64::try_from(number).expect("small")),
        operation: "create-cargo".to_owned(),
        target: None,
        actor: actor.parse().expect("an actor"),
        kind: RefusalKind::Rule,
        rejection: CustomerMustBeActive {
            customer: CustomerId(id(1)),
        }
        .into(),
        input: "{}".to_owned(),
        key: key_text.map(key),
        trace_id: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
    }
}
