//! Valid inputs, from which tests make bad ones.

use super::world::{cargo, day, voyage};
use serde_json::{Value, json};

/// A valid input for each operation.
pub fn inputs(customer: &Value, cargo_id: &str) -> Vec<(&'static str, Value)> {
    vec![
        (
            "add-locations",
            json!({ "locations": [{ "un_locode": "XXAAA", "name": "Nowhere", "country": "NL",
            "latitude": 1.5, "longitude": 2, "time_zone": "UTC" }] }),
        ),
        (
            "correct-location",
            json!({ "location": "HKHKG", "name": "Hong Kong", "latitude": 22.3,
            "longitude": 114.2, "time_zone": "Asia/Hong_Kong" }),
        ),
        (
            "new-customer",
            json!({ "name": "A", "email": "a@example.com", "country": "NL" }),
        ),
        (
            "change-customer",
            json!({ "customer": customer, "name": "B", "email": "b@example.com", "country": "BE" }),
        ),
        (
            "register-vessel",
            json!({ "imo": "9321483", "name": "Borealis",
                "capacity": { "teu": 100, "tonnes": 2000, "plugs": 40 } }),
        ),
        ("schedule-voyage", voyage("V7")),
        (
            "change-voyage-capacity",
            json!({ "voyage": "V100", "overbooking_percent": 1,
            "capacity": { "teu": 100, "tonnes": 2000 } }),
        ),
        (
            "reschedule-voyage",
            json!({ "voyage": "V100", "movements": voyage("V100")["movements"] }),
        ),
        (
            "report-departure",
            json!({ "voyage": "V101", "location": "HKHKG", "at": day("03-03") }),
        ),
        (
            "retract-call-report",
            json!({ "voyage": "V101", "location": "HKHKG", "reported": "DEPARTURE",
                "reason": "Another ship" }),
        ),
        (
            "report-arrival",
            json!({ "voyage": "V101", "location": "JPTYO", "call": 2, "at": day("03-05") }),
        ),
        (
            "change-vessel",
            json!({ "voyage": "V100", "vessel": { "imo": "9321483", "name": "Borealis" },
            "capacity": { "teu": 100, "tonnes": 2000 }, "reason": "Dry dock" }),
        ),
        (
            "omit-call",
            json!({ "voyage": "V101", "location": "JPTYO", "reason": "Strike" }),
        ),
        (
            "cancel-voyage",
            json!({ "voyage": "V404", "reason": "Engine trouble" }),
        ),
        (
            "suspend-customer",
            json!({ "customer": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": "Does not pay" }),
        ),
        (
            "erase-customer",
            json!({ "customer": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": "Asked for it" }),
        ),
        ("reinstate-customer", json!({ "customer": customer })),
        ("create-cargo", cargo(customer, 1)),
        (
            "amend-cargo",
            json!({ "cargo": cargo_id, "equipment": [{ "type": "22G1", "count": 1 }],
                "gross_weight_kg": 9_000, "commodity": "Toys", "reference": "PO 4711" }),
        ),
        (
            "split-cargo",
            json!({ "cargo": cargo_id, "equipment": [{ "type": "22G1", "count": 1 }],
                "gross_weight_kg": 4_000 }),
        ),
        (
            "assign-containers",
            json!({ "cargo": cargo_id, "containers": [{ "number": "CSQU3054383", "type": "22G1",
                "seal": "ML-DK 4711", "vgm_kg": 9_000 }] }),
        ),
        (
            "assign-itinerary",
            json!({ "cargo": cargo_id, "legs": [{ "voyage": "V100", "load_at": "HKHKG",
                "unload_at": "USNYC", "load_time": day("03-03"), "unload_time": day("03-09") }] }),
        ),
        (
            "roll-cargo",
            json!({ "cargo": cargo_id, "from_voyage": "V100", "to_voyage": "V101" }),
        ),
        (
            "change-destination",
            json!({ "cargo": cargo_id, "destination": "USNYC" }),
        ),
        (
            "change-arrival-deadline",
            json!({ "cargo": cargo_id, "arrival_deadline": day("03-18") }),
        ),
        (
            "reroute-cargo",
            json!({ "cargo": cargo_id, "origin": "JPTYO", "destination": "USNYC",
                "arrival_deadline": day("03-18") }),
        ),
        ("accept-booking", json!({ "cargo": cargo_id })),
        ("confirm-booking", json!({ "cargo": cargo_id })),
        (
            "reject-booking",
            json!({ "cargo": "23456789AB3", "reason": "No truck left" }),
        ),
        (
            "register-handling-event",
            json!({ "cargo": "23456789AB3", "type": "LOAD", "location": "HKHKG",
                "voyage": "V100", "completed_at": "2026-01-01T00:00:00Z" }),
        ),
        (
            "retract-handling-event",
            json!({ "event": "01890a5d-ac96-774b-bcce-b302099a8057", "reason": "Wrong cargo" }),
        ),
        (
            "book-onto-voyage",
            json!({ "cargo": cargo_id, "voyage": "V100", "load_at": "HKHKG", "unload_at": "USNYC" }),
        ),
        ("release-cargo", json!({ "cargo": cargo_id })),
        (
            "cancel-cargo",
            json!({ "cargo": cargo_id, "reason": "Order withdrawn" }),
        ),
        ("register-user", json!({ "name": "somebody" })),
        (
            "assign-role",
            json!({ "user": "clerk", "role": "customer", "customer": customer }),
        ),
        ("issue-token", json!({ "user": "clerk", "label": "Gate 4" })),
        (
            "suspend-user",
            json!({ "user": "nobody-there", "reason": "Left" }),
        ),
        ("reinstate-user", json!({ "user": "nobody-there" })),
        ("remove-role", json!({ "user": "clerk", "role": "planner" })),
        (
            "revoke-token",
            json!({ "token_id": "01890a5d-ac96-774b-bcce-b302099a8057" }),
        ),
        ("issue-password-link", json!({ "user": "clerk" })),
        (
            "redeem-password-link",
            json!({ "user": "clerk", "link": "0".repeat(64), "password": "correct horse" }),
        ),
        (
            "set-password",
            json!({ "user": "clerk", "password": "correct horse" }),
        ),
        (
            "sign-in",
            json!({ "user": "clerk", "password": "0".repeat(64) }),
        ),
        (
            "register-consumer",
            json!({ "name": "billing", "description": "Writes invoices", "from": 0 }),
        ),
        (
            "pause-consumer",
            json!({ "consumer": "nobody", "reason": "Maintenance" }),
        ),
        ("resume-consumer", json!({ "consumer": "nobody" })),
        (
            "reset-consumer",
            json!({ "consumer": "nobody", "position": 1, "reason": "Restored" }),
        ),
        (
            "skip-consumer",
            json!({ "consumer": "nobody", "position": 2, "reason": "Known" }),
        ),
        (
            "remove-consumer",
            json!({ "consumer": "nobody", "reason": "Replaced" }),
        ),
        (
            "sign-out",
            json!({ "session": "01890a5d-ac96-774b-bcce-b302099a8057" }),
        ),
    ]
}
