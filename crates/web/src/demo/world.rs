//! Builds the sample world: people, the network, customers, and four weeks of bookings and
//! transport.

use super::customers::{Shipper, shippers};
use super::dice::Dice;
use super::network::Network;
use super::people::{People, Staff, employ, invite};
use super::sailing::Sailing;
use super::story::Story;
use crate::cli::local::{Local, Trouble};
use application::{Accepted, Caller};
use domain::Moment;
use domain::ports::Clock;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far back the sample world goes.
const PAST_HOURS: i64 = 28 * 24;
/// How far ahead voyages are scheduled.
pub(super) const AHEAD_HOURS: i64 = 8 * 7 * 24;
/// The seed. At the same time, the world is always the same except for ids and secrets.
const SEED: u64 = 1876;

/// A clock that is set by hand. The past of the world happens in order, and each operation is
/// recorded at its own time.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    /// A clock at the start of the sample world.
    pub(crate) fn at_the_beginning(now: Moment) -> Self {
        let start = now.plus_hours(-PAST_HOURS);
        Self(Arc::new(AtomicI64::new(start.micros())))
    }

    /// Moves the clock forward. It never goes back.
    pub(super) fn set(&self, moment: Moment) {
        self.0.fetch_max(moment.micros(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// The staff of the sample world, and the pipeline they use.
pub(super) struct Office<'a> {
    local: &'a Local,
    pub(super) clock: &'a Hands,
    /// The end of the world's past.
    pub(super) now: Moment,
    pub(super) dice: Dice,
    staff: Staff<Caller>,
}

impl Office<'_> {
    /// Runs an operation. Returns its outcome unless it was refused. Refusals are part of the
    /// picture.
    async fn run(
        &self,
        caller: Caller,
        operation: &str,
        input: &Value,
    ) -> Result<Option<Value>, Trouble> {
        match self.local.run_as(caller, operation, input).await {
            Ok(accepted) => Ok(Some(outcome(&accepted))),
            Err(Trouble::Refused(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    pub(super) async fn clerk(
        &mut self,
        op: &str,
        input: &Value,
    ) -> Result<Option<Value>, Trouble> {
        let caller = self.dice.one(&self.staff.clerks).clone();
        self.run(caller, op, input).await
    }

    pub(super) async fn planner(
        &mut self,
        op: &str,
        input: &Value,
    ) -> Result<Option<Value>, Trouble> {
        let caller = self.dice.one(&self.staff.planners).clone();
        self.run(caller, op, input).await
    }

    pub(super) async fn agent(
        &mut self,
        op: &str,
        input: &Value,
    ) -> Result<Option<Value>, Trouble> {
        let caller = self.dice.one(&self.staff.agents).clone();
        self.run(caller, op, input).await
    }
}

impl Office<'_> {
    /// Schedules voyages all at once, so that the pipeline writes them together.
    async fn schedule(&self, sailings: &[Sailing]) -> Result<(), Trouble> {
        let planner = &self.staff.planners[0];
        let scheduled = sailings.iter().map(|sailing| async {
            let input = sailing.schedule();
            self.run(planner.clone(), "schedule-voyage", &input).await
        });
        futures::future::try_join_all(scheduled).await.map(drop)
    }
}

fn outcome(accepted: &Accepted) -> Value {
    serde_json::from_str(&accepted.outcome).unwrap_or_default()
}

/// Builds the world up to `now` in an empty database.
pub(crate) async fn furnish(local: &Local, clock: &Hands, now: Moment) -> Result<People, Trouble> {
    let start = clock.now();
    let staff = employ(local).await?;
    let mut office = Office {
        local,
        clock,
        now,
        dice: Dice::seeded(SEED),
        staff: staff.callers(),
    };
    let customers = customers(&mut office).await?;
    let password = invite(local, &customers[0].id).await?;
    let sailings = Network::own().sailings(start, now.plus_hours(AHEAD_HOURS));
    office.schedule(&sailings).await?;
    Story::new(office, sailings, customers).unfold().await?;
    Ok(People { password, staff })
}

async fn customers(office: &mut Office<'_>) -> Result<Vec<Shipper>, Trouble> {
    let mut customers = Vec::new();
    for mut shipper in shippers() {
        let added = office
            .clerk("new-customer", &shipper.new_customer())
            .await?;
        let id = added.as_ref().and_then(|added| added["customer"].as_str());
        id.unwrap_or_default().clone_into(&mut shipper.id);
        customers.push(shipper);
    }
    Ok(customers)
}
