//! An input for each operation.

use super::world::{cargo, moment, voyage};
use serde_json::json;

/// A valid input for every operation. Whether it could apply does not matter.
pub(super) fn any_input(operation: &str) -> serde_json::Value {
    let id = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    match operation {
        "add-locations" => json!({ "locations": [{ "un_locode": "DEHAM", "name": "Hamburg",
            "country": "DE", "latitude": 53.5, "longitude": 9.9, "time_zone": "Europe/Berlin" }] }),
        "correct-location" => json!({ "location": "DEHAM", "name": "Hamburg", "latitude": 53.5,
            "longitude": 9.9, "time_zone": "Europe/Berlin" }),
        "new-customer" => json!({ "name": "A", "email": "a@example.com", "country": "NL" }),
        "change-customer" => json!({ "customer": id, "name": "A", "email": "a@example.com",
            "country": "NL" }),
        "register-vessel" => json!({ "imo": "9074729", "name": "Aurora",
            "capacity": { "teu": 1, "tonnes": 1 } }),
        "schedule-voyage" => voyage("V7"),
        "change-voyage-capacity" => {
            json!({ "voyage": "V7", "capacity": { "teu": 1, "tonnes": 1 }, "overbooking_percent": 0 })
        }
        "create-cargo" => cargo(&id, 1),
        "reschedule-voyage" => json!({ "voyage": "V7", "movements": voyage("V7")["movements"] }),
        "report-departure" => {
            json!({ "voyage": "V7", "location": "HKHKG", "at": "2027-03-03T00:00:00Z" })
        }
        "retract-call-report" => {
            json!({ "voyage": "V7", "location": "HKHKG", "reported": "DEPARTURE", "reason": "x" })
        }
        "report-arrival" => {
            json!({ "voyage": "V7", "location": "JPTYO", "call": 2, "at": "2027-03-05T00:00:00Z" })
        }
        "change-vessel" => {
            json!({ "voyage": "V7", "vessel": voyage("V7")["vessel"],
                "capacity": { "teu": 1, "tonnes": 1 } })
        }
        "omit-call" => json!({ "voyage": "V7", "location": "JPTYO", "reason": "x" }),
        "cancel-voyage" => json!({ "voyage": "V7", "reason": "x" }),
        "suspend-customer" => json!({ "customer": id, "reason": "x" }),
        "erase-customer" => json!({ "customer": id, "reason": "x" }),
        "reinstate-customer" => json!({ "customer": id }),
        "assign-itinerary" => json!({ "cargo": "23456789AB3",
            "legs": [{ "voyage": "V7", "load_at": "HKHKG", "unload_at": "USNYC" }] }),
        "roll-cargo" => {
            json!({ "cargo": "23456789AB3", "from_voyage": "V7", "to_voyage": "V8" })
        }
        "amend-cargo" => json!({ "cargo": "23456789AB3", "gross_weight_kg": 1_000,
            "equipment": [{ "type": "22G1", "count": 1 }], "commodity": "Toys",
            "reference": "PO 4711", "ready_from": moment("02-28") }),
        "split-cargo" => json!({ "cargo": "23456789AB3", "gross_weight_kg": 1_000,
            "equipment": [{ "type": "22G1", "count": 1 }] }),
        "assign-containers" => json!({ "cargo": "23456789AB3",
            "containers": [{ "number": "CSQU3054383" }] }),
        "change-destination" => json!({ "cargo": "23456789AB3", "destination": "NLRTM" }),
        "change-arrival-deadline" => {
            json!({ "cargo": "23456789AB3", "arrival_deadline": moment("03-18") })
        }
        "reroute-cargo" => json!({ "cargo": "23456789AB3", "origin": "NLRTM" }),
        "accept-booking" | "confirm-booking" => json!({ "cargo": "23456789AB3" }),
        "reject-booking" => json!({ "cargo": "23456789AB3", "reason": "x" }),
        "register-handling-event" => json!({ "cargo": "23456789AB3", "type": "RECEIVE",
            "location": "HKHKG", "completed_at": moment("02-19") }),
        "retract-handling-event" => json!({ "event": id, "reason": "x" }),
        "book-onto-voyage" => json!({ "cargo": "23456789AB3", "voyage": "V7" }),
        "release-cargo" => json!({ "cargo": "23456789AB3" }),
        "cancel-cargo" => json!({ "cargo": "23456789AB3", "reason": "x" }),
        "register-user" => json!({ "name": "new" }),
        "assign-role" => json!({ "user": "clerk", "role": "planner" }),
        "issue-token" => json!({ "user": "clerk" }),
        "revoke-token" => json!({ "token_id": id }),
        "remove-role" => json!({ "user": "clerk", "role": "clerk" }),
        "suspend-user" => json!({ "user": "clerk", "reason": "x" }),
        "reinstate-user" => json!({ "user": "clerk" }),
        "issue-password-link" => json!({ "user": "clerk" }),
        "redeem-password-link" => {
            json!({ "user": "clerk", "link": "0".repeat(64), "password": "correct horse" })
        }
        "set-password" => json!({ "user": "clerk", "password": "correct horse" }),
        "sign-in" => json!({ "user": "clerk", "password": "0".repeat(64) }),
        "sign-out" => json!({ "session": id }),
        "register-consumer" => json!({ "name": "billing", "description": "Writes invoices" }),
        "pause-consumer" | "remove-consumer" => json!({ "consumer": "billing", "reason": "x" }),
        "resume-consumer" => json!({ "consumer": "billing" }),
        "reset-consumer" | "skip-consumer" => {
            json!({ "consumer": "billing", "position": 1, "reason": "x" })
        }
        unknown => panic!("give {unknown} an input here, so that its denied case is tested"),
    }
}
