//! Port agents: they report the handling of cargoes in their port.

use super::Desk;
use crate::demo::calls::{LEAVES_LATE, report};
use domain::Moment;
use serde_json::{Value, json};

/// The number of ports to check before giving up.
const PORTS: usize = 5;
/// The maximum time before its departure at which a cargo is received, and loaded, in hours.
const RECEIVED_HOURS: i64 = 96;
const LOADED_HOURS: i64 = 8;

impl Desk {
    fn port(&mut self) -> String {
        let service = self.dice.one(&self.network.services);
        self.dice.one(&service.rotation).port.clone()
    }

    /// Reports what is due somewhere, occasionally at the wrong place.
    pub(super) async fn handle(&mut self) -> Option<()> {
        for _ in 0..PORTS {
            let port = self.port();
            for stage in [
                "transport_status=ONBOARD_CARRIER",
                "transport_status=IN_PORT",
                "transport_status=NOT_RECEIVED&status=CONFIRMED",
            ] {
                let path = format!("/api/cargoes?port={port}&{stage}&limit=100");
                for cargo in self.cargoes(&path).await? {
                    if let Some(mut report) = self.due(&cargo, &port) {
                        if self.dice.percent(3) && report["type"] != "CLAIM" {
                            report["location"] = json!(self.port());
                        }
                        let done = self.agent("register-handling-event", &report).await;
                        return done.map(drop);
                    }
                }
            }
        }
        None
    }

    /// Reports the next departure or arrival of a ship, a little after it was expected.
    pub(super) async fn report_ship(&mut self) -> Option<()> {
        let now = Self::now();
        let mut sailings = self.sailings_from(now.plus_hours(-24)).await?;
        sailings.retain(|sailing| !sailing.cancelled);
        let late = self.dice.time(LEAVES_LATE.0, LEAVES_LATE.1);
        let due = sailings.iter().find_map(|sailing| {
            let (movement, arrives) = sailing.unreported()?;
            let own = &sailing.movements[movement];
            let (port, expected) = match arrives {
                true => (&own.to, own.arrives),
                false => (&own.from, own.departs),
            };
            let at = expected.plus_minutes(late);
            (at < now).then(|| report(&sailing.number, port, (movement, arrives), at))
        });
        let (operation, input) = due?;
        self.agent(operation, &input).await.map(drop)
    }

    /// Something that has not happened yet cannot be reported.
    pub(super) async fn report_the_future(&mut self) -> Option<()> {
        let path = "/api/cargoes?transport_status=IN_PORT&limit=50";
        let cargo = self.any(path).await?;
        let report = json!({
            "cargo": cargo["cargo"],
            "type": "CUSTOMS",
            "location": cargo["delivery"]["last_known_location"],
            "completed_at": Self::now().plus_hours(self.dice.time(2, 24)),
        });
        self.agent("register-handling-event", &report).await;
        Some(())
    }

    /// The handling of a cargo that should have happened at a port by now, as a report.
    fn due(&mut self, cargo: &Value, port: &str) -> Option<Value> {
        let next = &cargo["delivery"]["next_expected"];
        if next["location"] != port {
            return None;
        }
        let now = Self::now();
        let ahead = cargo["plan"].as_array()?.iter();
        let mut ahead = ahead.filter(|step| step["event"].is_null());
        let planned = ahead.find(|step| {
            step["type"] == next["type"]
                && step["location"] == next["location"]
                && step["voyage"] == next["voyage"]
        })?;
        let scheduled = time(&planned["scheduled_at"]);
        let mut kind = next["type"].as_str()?;
        let is_due = match kind {
            "RECEIVE" => {
                let departs = time(&cargo["itinerary"][0]["load_time"])?;
                departs.plus_hours(-RECEIVED_HOURS) <= now && departs > now
            }
            // After that the ship has left, and the cargo has to be rolled.
            "LOAD" => {
                scheduled?.plus_hours(-LOADED_HOURS) <= now && scheduled?.plus_hours(12) > now
            }
            "UNLOAD" => scheduled? <= now,
            _ => true,
        };
        if !is_due {
            return None;
        }
        let handled = cargo["handling"].as_array()?;
        let mut done = handled.iter().map(|own| &own["type"]);
        if kind == "CLAIM" && self.dice.percent(40) && !done.any(|done| done == "CUSTOMS") {
            kind = "CUSTOMS";
        }
        // A few minutes ago, but after the previous event.
        let before = handled
            .iter()
            .filter_map(|own| time(&own["completed_at"]))
            .max();
        let ago = now.plus_micros(-self.dice.time(1, 20) * 60_000_000);
        let completed = before.map_or(ago, |before| ago.max(before.plus_micros(60_000_000)));
        let mut report = json!({
            "cargo": cargo["cargo"],
            "type": kind,
            "location": port,
            "completed_at": completed,
        });
        if !next["voyage"].is_null() {
            report["voyage"] = next["voyage"].clone();
        }
        Some(report)
    }
}

pub(super) fn time(value: &Value) -> Option<Moment> {
    value.as_str()?.parse().ok()
}
