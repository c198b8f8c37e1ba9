//! Traffic that goes on: clerks who take cargo and book it, change their minds, and meet the line.

use super::client::Client;
use super::dice::Dice;
use super::network::{Network, Sailing};
use super::world::{AHEAD_HOURS, Wish, new_customer, shippers};
use crate::clock::{SystemChance, SystemClock};
use domain::Moment;
use domain::ports::{Chance, Clock};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Who sends the traffic, by their tokens.
pub(crate) struct Clerks {
    /// Those who take cargo and book it.
    pub(crate) clerks: Vec<String>,
    /// Who schedules voyages.
    pub(crate) planner: String,
}

/// Sends traffic to a server until it is gone.
pub(crate) async fn traffic(address: SocketAddr, clerks: Clerks, pause: Duration) {
    let mut desk = Desk {
        client: Client::new(address),
        clerks,
        dice: Dice,
        customers: Vec::new(),
        recent: Vec::new(),
    };
    loop {
        let pause =
            pause.mul_f64(0.4 + f64::from(u8::try_from(desk.dice.below(120)).unwrap_or(0)) / 100.0);
        tokio::time::sleep(pause).await;
        if desk.something().await.is_none() {
            tracing::debug!("a part of the sample traffic found nothing to do");
        }
    }
}

struct Desk {
    client: Client,
    clerks: Clerks,
    dice: Dice,
    /// Their ids and what they ship.
    customers: Vec<(String, String)>,
    /// Cargoes of late.
    recent: Vec<String>,
}

impl Desk {
    async fn run(&mut self, operation: &str, input: &Value, token: &str) -> Option<Value> {
        let key = SystemChance.id(SystemClock.now()).to_string();
        self.client.run(operation, input, &key, token).await
    }

    fn clerk(&mut self) -> String {
        self.dice.one(&self.clerks.clerks).clone()
    }

    /// One thing that happens in a port world.
    async fn something(&mut self) -> Option<()> {
        if self.customers.is_empty() {
            self.learn_customers().await?;
        }
        match self.dice.below(100) {
            0..58 => self.book_something(60).await,
            58..72 => self.book_something(400).await,
            72..80 => self.take_back("release-cargo").await,
            80..88 => self.take_back("cancel-cargo").await,
            88..92 => self.change_capacity().await,
            92..96 => self.schedule().await,
            _ => self.add_customer().await,
        }
    }

    async fn learn_customers(&mut self) -> Option<()> {
        let token = self.clerk();
        let page = self.client.get("/api/customers?limit=200", &token).await?;
        let shippers = shippers();
        for customer in page["items"].as_array()? {
            let known = shippers
                .iter()
                .find(|own| customer["name"] == own.name.as_str());
            let commodities = known.map_or(&[][..], |own| &own.commodities);
            for commodity in commodities {
                let id = customer["customer"].as_str()?.to_owned();
                self.customers.push((id, commodity.clone()));
            }
        }
        Some(())
    }

    /// A voyage that can be booked, now or in some weeks.
    async fn voyage(&mut self, token: &str) -> Option<Value> {
        let now = SystemClock.now();
        let path = format!("/api/voyages?arrives_from={now}&limit=200");
        let page = self.client.get(&path, token).await?;
        let items = page["items"].as_array()?;
        (!items.is_empty()).then(|| self.dice.one(items).clone())
    }

    /// Takes a cargo into the book, and a moment later books it; many containers rarely fit.
    async fn book_something(&mut self, most: usize) -> Option<()> {
        let token = self.clerk();
        let voyage = self.voyage(&token).await?;
        let sailing = Sailing {
            number: voyage["voyage"].as_str()?.to_owned(),
            departs: Moment::from_micros(0),
            arrives: Moment::from_micros(0),
            input: voyage,
        };
        let wish = Wish::aboard(&sailing, SystemClock.now(), most, &mut self.dice)?;
        let (customer, commodity) = self.dice.one(&self.customers).clone();
        let create = wish.create(&customer, &commodity);
        let created = self.run("create-cargo", &create, &token).await?;
        let cargo = created["cargo"].as_str()?.to_owned();
        self.recent.push(cargo.clone());
        if self.recent.len() > 60 {
            self.recent.remove(0);
        }
        if self.dice.percent(12) {
            return Some(());
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        let book = json!({ "cargo": cargo, "voyage": sailing.number });
        self.run("book-onto-voyage", &book, &token).await.map(drop)
    }

    async fn take_back(&mut self, operation: &str) -> Option<()> {
        if self.recent.is_empty() {
            return None;
        }
        let cargo = self.dice.one(&self.recent).clone();
        let mut input = json!({ "cargo": cargo });
        if operation == "cancel-cargo" {
            input["reason"] = json!("The buyer withdrew the order");
        }
        let token = self.clerk();
        self.run(operation, &input, &token).await.map(drop)
    }

    /// A planner moves a limit line a little.
    async fn change_capacity(&mut self) -> Option<()> {
        let planner = self.clerks.planner.clone();
        let voyage = self.voyage(&planner).await?;
        let percent = self.dice.between(0, 10);
        let input = json!({
            "voyage": voyage["voyage"],
            "capacity": voyage["capacity"],
            "overbooking_percent": percent,
        });
        self.run("change-voyage-capacity", &input, &planner)
            .await
            .map(drop)
    }

    /// The next voyages are scheduled as time goes on.
    async fn schedule(&mut self) -> Option<()> {
        let planner = self.clerks.planner.clone();
        let now = SystemClock.now();
        let sailings = Network::own().sailings(now, now.plus_hours(AHEAD_HOURS));
        for sailing in sailings.iter().rev().take(12) {
            let path = format!("/api/voyages/{}", sailing.number);
            if self.client.get(&path, &planner).await.is_none() {
                let input = &sailing.input;
                return self.run("schedule-voyage", input, &planner).await.map(drop);
            }
        }
        None
    }

    async fn add_customer(&mut self) -> Option<()> {
        let shippers = shippers();
        let shipper = self.dice.one(&shippers);
        let mut input = new_customer(shipper);
        input["name"] = json!(format!("{} No. {}", shipper.name, self.dice.between(2, 99)));
        let token = self.clerk();
        let added = self.run("new-customer", &input, &token).await?;
        let id = added["customer"].as_str()?.to_owned();
        let commodity = self.dice.one(&shipper.commodities).clone();
        self.customers.push((id, commodity));
        Some(())
    }
}
