//! Clerks: they create, book, accept, reject and cancel cargo.

use super::Desk;
use crate::demo::customers::from_port;
use crate::demo::routes::{self, Route};
use crate::demo::sailing::Sailing;
use crate::demo::wish::Wish;
use serde_json::{Value, json};
use std::time::Duration;

/// The simulated staff book ships up to this share of the line, in percent. The rest is for
/// visitors.
const FILL_PERCENT: f64 = 75.0;
/// How far ahead people book, in hours.
const HORIZON_HOURS: i64 = 18 * 24;

impl Desk {
    /// Creates a cargo and books it a moment later.
    pub(super) async fn take_cargo(&mut self) -> Option<()> {
        let sailings = self.sailings().await?;
        let tries = (0..6)
            .filter_map(|_| routes::any(&sailings, Self::now(), HORIZON_HOURS, &mut self.dice));
        let room = |route: &Route| routes::percent_booked(route, &sailings) < FILL_PERCENT;
        let route = tries.into_iter().find(room)?;
        let containers = self.dice.between(1, 10);
        let cargo = self.create(&route, &sailings, containers).await?;
        if self.dice.percent(12) {
            return Some(());
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        let assign = routes::assign(&cargo, &route, &sailings);
        self.clerk("assign-itinerary", &assign).await.map(drop)
    }

    /// Asks for more than a ship has left. The line holds.
    pub(super) async fn ask_too_much(&mut self) -> Option<()> {
        let sailings = self.sailings().await?;
        let route = routes::any(&sailings, Self::now(), HORIZON_HOURS, &mut self.dice)?;
        let containers = self.dice.between(700, 900);
        let cargo = self.create(&route, &sailings, containers).await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
        let assign = routes::assign(&cargo, &route, &sailings);
        if self.clerk("assign-itinerary", &assign).await.is_none() {
            let input = json!({ "cargo": cargo, "reason": "No ship has enough space" });
            self.clerk("reject-booking", &input).await?;
        }
        Some(())
    }

    async fn create(
        &mut self,
        route: &Route,
        sailings: &[Sailing],
        containers: usize,
    ) -> Option<String> {
        let slack = self.dice.time(24, 500);
        let wish = Wish::over(route, sailings, containers, slack, &mut self.dice);
        let shipper = from_port(&self.customers, &wish.origin, &mut self.dice);
        let commodity = self.dice.one(&shipper.commodities);
        let create = wish.create(&shipper.id, commodity);
        let created = self.clerk("create-cargo", &create).await?;
        let cargo = created["cargo"].as_str()?.to_owned();
        self.cargoes.insert(cargo.clone());
        Some(cargo)
    }

    pub(super) async fn accept(&mut self) -> Option<()> {
        let cargo = self.any("/api/cargoes?status=BOOKED&limit=100").await?;
        let input = json!({ "cargo": cargo["cargo"] });
        self.clerk("accept-booking", &input).await.map(drop)
    }

    pub(super) async fn confirm(&mut self) -> Option<()> {
        let cargo = self.any("/api/cargoes?status=ACCEPTED&limit=100").await?;
        let input = json!({ "cargo": cargo["cargo"] });
        self.clerk("confirm-booking", &input).await.map(drop)
    }

    /// Looks for a route for a waiting cargo, and rejects it if none arrives in time.
    pub(super) async fn book_waiting(&mut self) -> Option<()> {
        let cargo = self.any("/api/cargoes?status=REQUESTED&limit=100").await?;
        let sailings = self.sailings().await?;
        let specification = &cargo["route_specification"];
        let origin = specification["origin"].as_str()?;
        let destination = specification["destination"].as_str()?;
        let deadline = specification["arrival_deadline"].as_str()?.parse().ok()?;
        let found = routes::between(&sailings, (origin, Self::now()), destination);
        let found = found.filter(|route| route[route.len() - 1].arrives(&sailings) <= deadline);
        let id = cargo["cargo"].as_str()?;
        match found {
            Some(route) => {
                let assign = routes::assign(id, &route, &sailings);
                self.clerk("assign-itinerary", &assign).await.map(drop)
            }
            None => {
                let input = json!({ "cargo": id, "reason": "No ship arrives in time" });
                self.clerk("reject-booking", &input).await.map(drop)
            }
        }
    }

    /// A customer cancels a cargo, or a clerk releases it.
    pub(super) async fn give_up(&mut self) -> Option<()> {
        let cargo = self.any("/api/cargoes?status=BOOKED&limit=100").await?;
        let mut input = json!({ "cargo": cargo["cargo"] });
        if self.dice.percent(40) {
            return self.clerk("release-cargo", &input).await.map(drop);
        }
        input["reason"] = json!("The buyer withdrew the order");
        self.clerk("cancel-cargo", &input).await.map(drop)
    }

    pub(super) async fn add_customer(&mut self) -> Option<()> {
        let mut shipper = self.dice.one(&self.customers).clone();
        let input = {
            let mut input = shipper.new_customer();
            let number = self.dice.between(2, 99);
            input["name"] = json!(format!("{} No. {number}", shipper.name));
            input
        };
        let added: Value = self.clerk("new-customer", &input).await?;
        added["customer"].as_str()?.clone_into(&mut shipper.id);
        self.customers.push(shipper);
        Some(())
    }
}
