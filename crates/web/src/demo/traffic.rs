//! Continuing traffic: simulated people who book, carry and reschedule through the public API,
//! sometimes make mistakes, and meet the rules. They keep no memory and read what there is to do.

mod clerks;
mod looking_after;
mod planners;
mod quay;

use super::client::Client;
use super::customers::{Shipper, shippers};
use super::dice::Dice;
use super::network::Network;
use super::people::Staff;
use super::sailing::Sailing;
use crate::clock::{SystemChance, SystemClock};
use domain::Moment;
use domain::ports::{Chance, Clock};
use serde_json::Value;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

/// Sends traffic to a server until it is gone.
pub(crate) async fn traffic(address: SocketAddr, staff: Staff<String>, pause: Duration) {
    let mut desk = Desk {
        client: Client::new(address),
        staff,
        dice: Dice::unforeseen(),
        customers: Vec::new(),
        cargoes: HashSet::new(),
        network: Network::own(),
    };
    loop {
        let part = f64::from(u8::try_from(desk.dice.below(120)).unwrap_or(0)) / 100.0;
        tokio::time::sleep(pause.mul_f64(0.4 + part)).await;
        // With nothing else to do, take a new cargo, so that the world does not run dry.
        if desk.something().await.is_none() && desk.take_cargo().await.is_none() {
            tracing::debug!("sample traffic skipped an action: nothing to do");
        }
    }
}

/// The staff who work through the API.
struct Desk {
    client: Client,
    staff: Staff<String>,
    dice: Dice,
    customers: Vec<Shipper>,
    /// The cargoes of the sample world. Visitors' cargoes are left alone.
    cargoes: HashSet<String>,
    network: Network,
}

impl Desk {
    /// Runs one action. Returns `None` if there was nothing to do.
    async fn something(&mut self) -> Option<()> {
        if self.customers.is_empty() {
            self.learn_cargoes().await?;
            self.learn_customers().await?;
        }
        match self.dice.below(1_000) {
            0..220 => self.take_cargo().await,
            220..250 => self.ask_too_much().await,
            250..400 => self.accept().await,
            400..550 => self.confirm().await,
            550..590 => self.book_waiting().await,
            590..640 => self.give_up().await,
            640..840 => self.handle().await,
            840..890 => self.report_ship().await,
            890..900 => self.report_the_future().await,
            900..960 => self.look_after().await,
            960..975 => self.move_line().await,
            975..979 => self.delay().await,
            979..992 => self.schedule().await,
            _ => self.add_customer().await,
        }
    }

    fn now() -> Moment {
        SystemClock.now()
    }

    async fn run(&mut self, operation: &str, input: &Value, token: &str) -> Option<Value> {
        let key = SystemChance.id(Self::now()).to_string();
        self.client.run(operation, input, &key, token).await
    }

    async fn clerk(&mut self, operation: &str, input: &Value) -> Option<Value> {
        let token = self.dice.one(&self.staff.clerks).clone();
        self.run(operation, input, &token).await
    }

    async fn planner(&mut self, operation: &str, input: &Value) -> Option<Value> {
        let token = self.dice.one(&self.staff.planners).clone();
        self.run(operation, input, &token).await
    }

    async fn agent(&mut self, operation: &str, input: &Value) -> Option<Value> {
        let token = self.dice.one(&self.staff.agents).clone();
        self.run(operation, input, &token).await
    }

    /// The items of one page.
    async fn list(&mut self, path: &str) -> Option<Vec<Value>> {
        let token = self.dice.one(&self.staff.clerks).clone();
        let mut page = self.client.get(path, &token).await?;
        match page["items"].take() {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The cargoes of the sample world on a page.
    async fn cargoes(&mut self, path: &str) -> Option<Vec<Value>> {
        let mut cargoes = self.list(path).await?;
        cargoes.retain(|cargo| {
            let id = cargo["cargo"].as_str();
            id.is_some_and(|id| self.cargoes.contains(id))
        });
        Some(cargoes)
    }

    /// One cargo from a page.
    async fn any(&mut self, path: &str) -> Option<Value> {
        let cargoes = self.cargoes(path).await?;
        (!cargoes.is_empty()).then(|| self.dice.one(&cargoes).clone())
    }

    /// The voyages that are not over, by departure.
    async fn sailings(&mut self) -> Option<Vec<Sailing>> {
        self.sailings_from(Self::now()).await
    }

    /// The voyages that end after a time, by departure.
    async fn sailings_from(&mut self, time: Moment) -> Option<Vec<Sailing>> {
        let path = format!("/api/voyages?arrives_from={time}&limit=200");
        let items = self.list(&path).await?;
        let mut sailings: Vec<_> = items.iter().filter_map(Sailing::read).collect();
        sailings.sort_by_key(Sailing::departs);
        (!sailings.is_empty()).then_some(sailings)
    }

    /// Everything that exists before the first visitor adds something.
    async fn learn_cargoes(&mut self) -> Option<()> {
        let token = self.dice.one(&self.staff.clerks).clone();
        let mut path = "/api/cargoes?limit=200".to_owned();
        loop {
            let page = self.client.get(&path, &token).await?;
            let ids = page["items"]
                .as_array()?
                .iter()
                .map(|cargo| &cargo["cargo"]);
            let ids = ids.filter_map(|id| id.as_str().map(str::to_owned));
            self.cargoes.extend(ids);
            match page["next"].as_str() {
                Some(next) => path = format!("/api/cargoes?limit=200&cursor={next}"),
                None => return Some(()),
            }
        }
    }

    async fn learn_customers(&mut self) -> Option<()> {
        let known = shippers();
        for customer in self.list("/api/customers?limit=200").await? {
            let known = known.iter().find(|own| customer["name"] == own.name);
            if let Some(shipper) = known {
                let id = customer["customer"].as_str()?.to_owned();
                self.customers.push(Shipper {
                    id,
                    ..shipper.clone()
                });
            }
        }
        (!self.customers.is_empty()).then_some(())
    }
}
