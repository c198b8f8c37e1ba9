//! Care for cargoes at risk: misdirected ones are rerouted, and those that missed their ship are
//! rolled.

use super::Desk;
use super::quay::time;
use crate::demo::routes;
use crate::demo::sailing::Sailing;
use domain::Moment;
use serde_json::{Value, json};

/// The number of cargoes at risk that are left for visitors.
const LEFT_ALONE: usize = 20;

impl Desk {
    pub(super) async fn look_after(&mut self) -> Option<()> {
        let cargoes = self.cargoes("/api/cargoes?at_risk=true&limit=200").await?;
        if cargoes.len() <= LEFT_ALONE {
            return None;
        }
        let cargo = self.dice.one(&cargoes).clone();
        let delivery = &cargo["delivery"];
        if delivery["misdirected"] == true {
            return self.find_again(&cargo).await;
        }
        if delivery["routing_status"] == "MISROUTED" {
            return self.send_on(&cargo).await;
        }
        let flags = delivery["flags"].as_array()?;
        let is = |flag: &str| flags.iter().any(|own| own == flag);
        let broken = ["VoyageCancelled", "ConnectionMissed", "DepartsBeforeReady"];
        if broken.into_iter().any(is) {
            self.roll(&cargo).await
        } else {
            let now = Self::now().plus_hours(48);
            let deadline = time(&delivery["eta"])?.plus_hours(48).max(now);
            self.put_off(&cargo, deadline).await
        }
    }

    /// Retracts the report from a place where a cargo has no reason to be. If it really was
    /// unloaded at a wrong port, it is rerouted from there.
    async fn find_again(&mut self, cargo: &Value) -> Option<()> {
        let last = cargo["handling"].as_array()?.last()?;
        if last["type"] == "UNLOAD" && self.dice.percent(70) {
            return self.send_on(cargo).await;
        }
        let reason = "Reported for another container by mistake";
        let input = json!({ "event": last["event"], "reason": reason });
        self.agent("retract-handling-event", &input).await.map(drop)
    }

    /// Gives a cargo a route from where it is to its destination, even one that takes longer.
    async fn send_on(&mut self, cargo: &Value) -> Option<()> {
        let specification = &cargo["route_specification"];
        let origin = specification["origin"].as_str()?;
        let here = cargo["delivery"]["last_known_location"].as_str();
        let here = here.unwrap_or(origin);
        let destination = specification["destination"].as_str()?;
        if here == destination || cargo["delivery"]["transport_status"] == "ONBOARD_CARRIER" {
            return None;
        }
        let sailings = self.sailings().await?;
        let route = routes::between(&sailings, (here, Self::now()), destination)?;
        let deadline = time(&specification["arrival_deadline"])?;
        let arrives = route[route.len() - 1].arrives(&sailings).plus_hours(48);
        if here != origin {
            let input = json!({
                "cargo": cargo["cargo"], "origin": here, "arrival_deadline": deadline.max(arrives),
            });
            self.clerk("reroute-cargo", &input).await?;
        } else if deadline < arrives {
            self.put_off(cargo, arrives).await?;
        }
        let assign = routes::assign(cargo["cargo"].as_str()?, &route, &sailings);
        self.clerk("assign-itinerary", &assign).await.map(drop)
    }

    /// Its customer agrees to another deadline.
    async fn put_off(&mut self, cargo: &Value, deadline: Moment) -> Option<()> {
        let input = json!({ "cargo": cargo["cargo"], "arrival_deadline": deadline });
        let changed = self.clerk("change-arrival-deadline", &input).await;
        changed.map(drop)
    }

    /// Rolls the leg that cannot be kept to the next sailing of its service.
    async fn roll(&mut self, cargo: &Value) -> Option<()> {
        let legs = cargo["itinerary"].as_array()?;
        let lost = legs.iter().enumerate().find(|(index, leg)| {
            let before = index.checked_sub(1).and_then(|before| legs.get(before));
            let arrives = before.and_then(|before| time(&before["unload_time"]));
            let ready = arrives.map(|arrives| arrives.plus_hours(6));
            leg["voyage_cancelled"] == true || ready > time(&leg["load_time"])
        });
        let (_, leg) = lost?;
        let from = leg["voyage"].as_str()?;
        let load_time = time(&leg["load_time"])?.max(Self::now());
        let sailings = self.sailings().await?;
        let departs_later = |sailing: &&Sailing| {
            let mut calls = sailing.movements.iter();
            !sailing.cancelled
                && sailing.number != from
                && from.starts_with(sailing.service())
                && calls.any(|call| leg["load_at"] == call.from && call.departs > load_time)
        };
        let onto = sailings.iter().find(departs_later)?;
        let input = json!({
            "cargo": cargo["cargo"], "from_voyage": from, "to_voyage": onto.number,
        });
        if self.clerk("roll-cargo", &input).await.is_some() {
            return Some(());
        }
        // A later ship often arrives after the deadline. The cargo is rolled once the deadline has
        // been extended.
        self.put_off(cargo, Self::now().plus_hours(70 * 24)).await
    }
}
