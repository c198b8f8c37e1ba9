//! Furnishing the sample world: people, the network, customers, and four weeks of bookings.

use super::dice::Dice;
use super::network::{Network, Sailing};
use crate::cli::local::{Local, Trouble};
use application::{Accepted, Caller};
use domain::Moment;
use domain::access::TokenHash;
use domain::ports::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far back the sample world goes.
const PAST_HOURS: i64 = 28 * 24;
/// How far ahead voyages are scheduled.
pub(super) const AHEAD_HOURS: i64 = 8 * 7 * 24;
/// Cargoes in its book.
const CARGOES: usize = 1_400;
/// Voyages that leave soon and are booked up to their lines, where beyond is refused.
const FULL_VOYAGES: usize = 4;
/// The share of the bookings of the last week that is for those, in percent.
const FULL_PERCENT: usize = 40;

/// A user of the sample world, with what it is for.
pub(crate) struct User {
    pub(crate) name: &'static str,
    role: &'static str,
    pub(crate) meaning: &'static str,
}

/// Those a visitor can sign in as.
pub(crate) const USERS: &[User] = &[
    user("clerk", "clerk", "takes cargo and books it"),
    user(
        "planner",
        "planner",
        "schedules voyages and sets their capacity",
    ),
    user(
        "port-agent",
        "port-agent",
        "reads voyages, cargoes and customers",
    ),
    user("finance", "finance", "reads these and the log"),
    user("customer", "customer", "sees its own cargo alone"),
    user("auditor", "auditor", "reads everything, changes nothing"),
    user("admin", "admin", "may do everything"),
];

/// Those who work in it by themselves.
const STAFF: &[User] = &[
    user("ines", "clerk", ""),
    user("marek", "clerk", ""),
    user("yuki", "clerk", ""),
    user("olu", "planner", ""),
];

const fn user(name: &'static str, role: &'static str, meaning: &'static str) -> User {
    User {
        name,
        role,
        meaning,
    }
}

/// Who can sign in, and who works there by API.
pub(crate) struct People {
    /// The password of all users.
    pub(crate) password: String,
    /// The tokens of the clerks.
    pub(crate) clerks: Vec<String>,
    /// The token of the planner.
    pub(crate) planner: String,
}

/// A shipper of the sample world.
#[derive(Deserialize)]
pub(super) struct Shipper {
    pub(super) name: String,
    email: String,
    country: String,
    pub(super) commodities: Vec<String>,
}

/// The shippers that come with the program.
pub(super) fn shippers() -> Vec<Shipper> {
    serde_json::from_str(include_str!("../../data/demo-customers.json"))
        .expect("they come with the program")
}

/// The input of `new-customer` for a shipper.
pub(super) fn new_customer(shipper: &Shipper) -> Value {
    json!({ "name": shipper.name, "email": shipper.email, "country": shipper.country })
}

/// A clock that is put forward by hand.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    /// A clock that stands where the sample world begins.
    pub(crate) fn at_the_beginning(now: Moment) -> Self {
        let start = now.plus_hours(-PAST_HOURS);
        Self(Arc::new(AtomicI64::new(start.micros())))
    }

    /// Puts the clock forward, but not beyond a time.
    fn set(&self, moment: Moment, latest: Moment) {
        let moment = moment.min(latest);
        self.0.fetch_max(moment.micros(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Furnishes an empty world up to `now`.
pub(crate) async fn furnish(local: &Local, clock: &Hands, now: Moment) -> Result<People, Trouble> {
    let mut world = World {
        local,
        clock,
        now,
        dice: Dice,
        clerks: Vec::new(),
        planner: Caller::System(""),
        customers: Vec::new(),
    };
    let password = password();
    let mut people = People {
        password: password.clone(),
        clerks: Vec::new(),
        planner: String::new(),
    };
    for user in STAFF {
        let token = world.staff(user).await?;
        let caller = Caller::Token(TokenHash::of(&token));
        if user.role == "planner" {
            world.planner = caller;
            people.planner = token;
        } else {
            world.clerks.push(caller);
            people.clerks.push(token);
        }
    }
    world.customers().await?;
    for user in USERS {
        world.visitor(user, &password).await?;
    }
    let sailings = world.voyages().await?;
    world.bookings(&sailings).await?;
    Ok(people)
}

/// A password that can be typed from a screen.
fn password() -> String {
    const WORDS: [&str; 16] = [
        "anchor", "beacon", "capstan", "derrick", "ensign", "fairway", "galley", "halyard",
        "jetty", "keel", "lantern", "mooring", "pilot", "quay", "rudder", "tide",
    ];
    let mut dice = Dice;
    let (one, other) = (dice.below(16), dice.below(16));
    format!("{}-{}-{}", WORDS[one], WORDS[other], dice.between(10, 99))
}

struct World<'a> {
    local: &'a Local,
    clock: &'a Hands,
    now: Moment,
    dice: Dice,
    clerks: Vec<Caller>,
    planner: Caller,
    /// Their ids and what they ship.
    customers: Vec<(String, Vec<String>)>,
}

impl World<'_> {
    async fn run(&self, operation: &str, input: &Value) -> Result<Accepted, Trouble> {
        self.local.run(operation, input).await
    }

    async fn staff(&self, user: &User) -> Result<String, Trouble> {
        self.run("register-user", &json!({ "name": user.name }))
            .await?;
        let role = json!({ "user": user.name, "role": user.role });
        self.run("assign-role", &role).await?;
        let issue = json!({ "user": user.name, "label": "Sample traffic" });
        let once = self.run("issue-token", &issue).await?.once;
        let token = once.as_ref().and_then(|once| once["token"].as_str());
        Ok(token.expect("issue-token tells its secret once").to_owned())
    }

    async fn visitor(&self, user: &User, password: &str) -> Result<(), Trouble> {
        self.run("register-user", &json!({ "name": user.name }))
            .await?;
        let mut role = json!({ "user": user.name, "role": user.role });
        if user.role == "customer" {
            role["customer"] = json!(self.customers[0].0);
        }
        self.run("assign-role", &role).await?;
        let password = json!({ "user": user.name, "password": password });
        self.run("set-password", &password).await?;
        Ok(())
    }

    async fn customers(&mut self) -> Result<(), Trouble> {
        for shipper in shippers() {
            let clerk = self.clerk();
            let new = new_customer(&shipper);
            let added = self.local.run_as(clerk, "new-customer", &new).await?;
            let id = text(&added, "customer");
            self.customers.push((id, shipper.commodities));
        }
        Ok(())
    }

    fn clerk(&mut self) -> Caller {
        let index = self.dice.below(self.clerks.len());
        self.clerks[index].clone()
    }

    async fn voyages(&self) -> Result<Vec<Sailing>, Trouble> {
        let start = self.clock.now();
        let ahead = self.now.plus_hours(AHEAD_HOURS);
        let sailings = Network::own().sailings(start, ahead);
        for sailing in &sailings {
            let planner = self.planner.clone();
            let scheduled = self
                .local
                .run_as(planner, "schedule-voyage", &sailing.input);
            scheduled.await?;
        }
        Ok(sailings)
    }

    /// Cargoes from then to now, most of them booked.
    async fn bookings(&mut self, sailings: &[Sailing]) -> Result<(), Trouble> {
        let start = self.clock.now().micros();
        let step = (self.now.micros() - start) / (i64::try_from(CARGOES).unwrap_or(1) + 1);
        let soon = sailings.iter();
        let soon = soon.filter(|sailing| sailing.departs > self.now.plus_hours(60));
        let soon: Vec<_> = soon.take(FULL_VOYAGES).cloned().collect();
        for index in 0..CARGOES {
            let jitter = i64::try_from(self.dice.below(1_000)).unwrap_or(0) * step / 2_000;
            let place = i64::try_from(index).unwrap_or(0);
            let moment = Moment::from_micros(start + place * step + jitter);
            self.clock.set(moment, self.now);
            let is_late = index > CARGOES * 3 / 4 && self.dice.percent(FULL_PERCENT);
            let among = if is_late {
                &soon[..]
            } else {
                self.around(sailings, moment)
            };
            let sailing = self.dice.one(among).clone();
            let wish = if is_late {
                Wish::first_movements(&sailing, moment, &mut self.dice)
            } else {
                let most = if self.dice.percent(30) { 170 } else { 80 };
                Wish::aboard(&sailing, moment, most, &mut self.dice)
            };
            if let Some(wish) = wish {
                self.book(&wish, &sailing.number).await?;
            }
        }
        Ok(())
    }

    /// The voyages that people book at a time: mostly those that leave within some weeks.
    fn around<'s>(&mut self, sailings: &'s [Sailing], moment: Moment) -> &'s [Sailing] {
        let weeks = i64::try_from(self.dice.between(1, 6)).unwrap_or(1);
        let until = moment.plus_hours(weeks * 7 * 24);
        let count = sailings.partition_point(|sailing| sailing.departs < until);
        &sailings[..count.max(1)]
    }

    async fn book(&mut self, wish: &Wish, voyage: &str) -> Result<(), Trouble> {
        let (customer, commodities) = self.dice.one(&self.customers).clone();
        let commodity = self.dice.one(&commodities).clone();
        let clerk = self.clerk();
        let create = wish.create(&customer, &commodity);
        let created = self.local.run_as(clerk.clone(), "create-cargo", &create);
        let cargo = text(&created.await?, "cargo");
        if self.dice.percent(7) {
            return Ok(());
        }
        let minutes = i64::try_from(self.dice.between(1, 8)).unwrap_or(1);
        let later = self.clock.now().plus_micros(minutes * 60_000_000);
        self.clock.set(later, self.now);
        let book = json!({ "cargo": cargo, "voyage": voyage });
        match self
            .local
            .run_as(clerk.clone(), "book-onto-voyage", &book)
            .await
        {
            // The line held: that is part of the picture.
            Ok(_) | Err(Trouble::Refused(_)) => {}
            Err(trouble) => return Err(trouble),
        }
        if self.dice.percent(4) {
            let reason = *self.dice.one(&[
                "The buyer withdrew the order",
                "Goods not ready in time",
                "Shipped with another carrier",
            ]);
            let cancel = json!({ "cargo": cargo, "reason": reason });
            let cancelled = self.local.run_as(clerk, "cancel-cargo", &cancel);
            cancelled.await?;
        }
        Ok(())
    }
}

fn text(accepted: &Accepted, field: &str) -> String {
    let outcome: Value = serde_json::from_str(&accepted.outcome).unwrap_or_default();
    outcome[field].as_str().unwrap_or_default().to_owned()
}

/// What somebody wants carried, by a stretch of a voyage.
pub(super) struct Wish {
    origin: String,
    destination: String,
    deadline: Moment,
    equipment: Value,
    weight_kg: usize,
}

impl Wish {
    /// A cargo of at most so many containers for a stretch of a voyage that can still be booked.
    pub(super) fn aboard(
        sailing: &Sailing,
        now: Moment,
        most: usize,
        dice: &mut Dice,
    ) -> Option<Self> {
        let movements = sailing.input["movements"].as_array()?;
        let first = movements
            .iter()
            .position(|movement| time(&movement["departs"]) > Some(now.plus_hours(30)))?;
        let load = dice.between(first, movements.len() - 1);
        let unload = (load + dice.below(6)).min(movements.len() - 1);
        Self::over(movements, load, unload, dice.between(most / 8, most), dice)
    }

    /// A large cargo for the first movements of a voyage.
    fn first_movements(sailing: &Sailing, now: Moment, dice: &mut Dice) -> Option<Self> {
        let movements = sailing.input["movements"].as_array()?;
        if time(&movements[0]["departs"]) < Some(now.plus_hours(30)) {
            return None;
        }
        let unload = dice.between(1, 3).min(movements.len() - 1);
        Self::over(movements, 0, unload, dice.between(40, 90), dice)
    }

    /// A cargo for a stretch of movements.
    pub(super) fn over(
        movements: &[Value],
        load: usize,
        unload: usize,
        containers: usize,
        dice: &mut Dice,
    ) -> Option<Self> {
        let (origin, destination) = (&movements[load]["from"], &movements[unload]["to"]);
        if origin == destination {
            return None;
        }
        let days = i64::try_from(dice.between(6, 30)).unwrap_or(2);
        let arrives = time(&movements[unload]["arrives"])?;
        let size = *dice.one(&["22G1", "45G1", "45G1", "42G1", "45R1", "22G1", "L5G1"]);
        // Gross, with the container: full twenty-foot boxes are heavier than long ones for their size.
        let each = if size.starts_with('2') {
            dice.between(9, 19)
        } else {
            dice.between(14, 27)
        };
        Some(Self {
            origin: origin.as_str()?.to_owned(),
            destination: destination.as_str()?.to_owned(),
            deadline: arrives.plus_hours(days * 24),
            equipment: json!([{ "type": size, "count": containers }]),
            weight_kg: containers * each * 1_000 + dice.below(900),
        })
    }

    /// The input of `create-cargo`.
    pub(super) fn create(&self, customer: &str, commodity: &str) -> Value {
        json!({
            "customer": customer,
            "origin": self.origin,
            "destination": self.destination,
            "arrival_deadline": self.deadline,
            "equipment": self.equipment,
            "gross_weight_kg": self.weight_kg,
            "commodity": commodity,
        })
    }
}

fn time(value: &Value) -> Option<Moment> {
    value.as_str()?.parse().ok()
}
