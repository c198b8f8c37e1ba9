//! The facts that people see about a thing that can change while they work, and what has changed
//! since a form was opened.

use super::form::Entered;
use super::places::Places;
use super::stream::actor;
use super::visit::{Away, Visit};
use super::words;
use crate::parameters::hyphenated;
use application::About;
use application::booking::{CargoView, LegView};
use application::customers::CustomerView;
use application::handling::HandlingEventView;
use application::locations::LocationView;
use application::policy::Read;
use application::queries::{QueryError, Viewed, When};
use application::voyages::VoyageView;
use domain::access::UserName;
use domain::booking::{Cargo, TrackingId};
use domain::customers::{Customer, CustomerId};
use domain::handling::{HandlingEvent, HandlingEventId};
use domain::locations::{Location, UnLocode};
use domain::log::reader::LogFilter;
use domain::text::Text;
use domain::voyages::{Voyage, VoyageNumber};
use domain::{Moment, Names};
use serde_json::Value;

/// The maximum number of versions between opening a form and sending it that are shown one by one.
const VERSIONS_TOLD: u64 = 50;
/// The maximum number of people who are named.
const NAMED: usize = 3;

/// The kinds of things that a form can be opened from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    Cargo(TrackingId),
    Voyage(VoyageNumber),
    Customer(CustomerId),
    HandlingEvent(HandlingEventId),
    User(UserName),
    Location(UnLocode),
}

/// Operations that create something, or report an event regardless of what is known.
const OPENED_FROM_NOTHING: &[&str] = &["create-cargo", "issue-token", "register-handling-event"];

impl Thing {
    /// The target of an operation, from the field that names it.
    pub(crate) fn of(about: &About, input: &Value) -> Option<Self> {
        if OPENED_FROM_NOTHING.contains(&about.name) {
            return None;
        }
        let text = |field: &str| Some(input[field].as_str()?.trim());
        let id = |field: &str| hyphenated(text(field)?);
        if let Some(cargo) = text("cargo") {
            return TrackingId::typed(cargo).ok().map(Self::Cargo);
        }
        if let Some(event) = id("event") {
            return Some(Self::HandlingEvent(HandlingEventId(event)));
        }
        if let Some(user) = text("user") {
            return user.to_lowercase().parse().ok().map(Self::User);
        }
        if let Some(voyage) = text("voyage") {
            return voyage.to_uppercase().parse().ok().map(Self::Voyage);
        }
        if about.subdomain == "locations" {
            let code = text("location")?.to_uppercase();
            return code.parse().ok().map(Self::Location);
        }
        id("customer").map(|id| Self::Customer(CustomerId(id)))
    }

    /// Its name within a sentence.
    pub(crate) async fn said(&self, visit: &mut Visit) -> Result<String, Away> {
        Ok(match self {
            Self::Cargo(cargo) => format!("cargo {cargo}"),
            Self::Voyage(voyage) => format!("voyage {voyage}"),
            Self::Customer(id) => {
                let found = visit.reading.some::<Customer>([id.lookup()]).await?.pop();
                found.map_or_else(
                    || "the customer".to_owned(),
                    |own: CustomerView| own.name.to_string(),
                )
            }
            Self::HandlingEvent(_) => "the report".to_owned(),
            Self::User(user) => format!("user {user}"),
            Self::Location(code) => format!("location {code}"),
        })
    }

    /// `kind:name`, as in the log.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Cargo(cargo) => format!("cargo:{cargo}"),
            Self::Voyage(voyage) => format!("voyage:{voyage}"),
            Self::Customer(customer) => format!("customer:{customer}"),
            Self::HandlingEvent(event) => format!("handling_event:{event}"),
            Self::User(user) => format!("user:{user}"),
            Self::Location(code) => format!("location:{code}"),
        }
    }
}

/// A fact that people see about a thing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    /// The field of a form that contains it, if one does.
    pub(crate) pointer: String,
    /// The label.
    name: String,
    /// The value: codes and times in machine format.
    pub(crate) value: String,
    /// Whether it follows from changes to other things, as the load of a voyage follows from every
    /// booking. Nobody bases a decision about the thing itself on it.
    follows: bool,
}

impl Fact {
    fn new(pointer: &str, name: &str, value: &dyn ToString) -> Self {
        Self {
            pointer: pointer.to_owned(),
            name: name.to_owned(),
            value: value.to_string(),
            follows: false,
        }
    }

    /// Whether both are the same fact at different times. The label alone is not enough.
    fn is_same_as(&self, other: &Self) -> bool {
        self.pointer == other.pointer && self.name == other.name
    }

    fn following(name: &str, value: &dyn ToString) -> Self {
        Self {
            follows: true,
            ..Self::new("", name, value)
        }
    }
}

/// A view with facts for people.
pub(crate) trait Facts {
    fn facts(&self) -> Vec<Fact>;
}

/// The calls of a voyage in order, by port. If it calls at a port more than once, each is numbered.
fn calls(voyage: &VoyageView) -> Vec<String> {
    let first = voyage.movements.first().map(|movement| &movement.from);
    let others = voyage.movements.iter().map(|movement| &movement.to);
    let ports: Vec<_> = first.into_iter().chain(others).collect();
    let named = ports.iter().enumerate().map(|(index, port)| {
        let same = |ports: &[&UnLocode]| ports.iter().filter(|own| *own == port).count();
        match (same(&ports), same(&ports[..index])) {
            (1, _) => port.to_string(),
            (_, 0) => format!("{port}, first call"),
            (_, 1) => format!("{port}, second call"),
            (_, 2) => format!("{port}, third call"),
            (_, earlier) => format!("{port}, call {}", earlier + 1),
        }
    });
    named.collect()
}

impl Facts for VoyageView {
    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::new("", "Status", &self.status.word()),
            Fact::new("/vessel/name", "Vessel", &&self.vessel.name),
            Fact::new("/vessel/imo", "IMO number", &&self.vessel.imo),
            Fact::new(
                "/capacity/teu",
                "Capacity (TEU)",
                &f64::from(self.capacity.teu),
            ),
            Fact::new(
                "/capacity/tonnes",
                "Capacity (t)",
                &f64::from(self.capacity.tonnes),
            ),
            Fact::new(
                "/overbooking_percent",
                "Overbooking (%)",
                &self.overbooking_percent,
            ),
            Fact::new("/cut_off_hours", "Cut-off (h)", &self.cut_off_hours),
        ];
        let calls = calls(self);
        for (index, movement) in self.movements.iter().enumerate() {
            let pointer = |field: &str| format!("/movements/{index}/{field}");
            let (from, to) = (&calls[index], &calls[index + 1]);
            let departs = format!("Departure from {from}");
            facts.push(Fact::new(&pointer("departs"), &departs, &movement.departs));
            let arrives = format!("Arrival in {to}");
            facts.push(Fact::new(&pointer("arrives"), &arrives, &movement.arrives));
            if let Some(booked) = movement.booked.map(words::space) {
                facts.push(Fact::following(&format!("Booked {from} → {to}"), &booked));
            }
        }
        facts
    }
}

/// Legs in one line.
fn way<'a>(legs: impl Iterator<Item = &'a LegView>) -> String {
    let legs = legs.map(|leg| format!("{} {} → {}", leg.voyage, leg.load_at, leg.unload_at));
    legs.collect::<Vec<_>>().join(", ")
}

impl Facts for CargoView {
    fn facts(&self) -> Vec<Fact> {
        let specification = &self.route_specification;
        let delivery = &self.delivery;
        let lines = self.equipment.iter();
        let equipment = lines.map(|line| format!("{} × {}", line.count, line.size_type));
        let handled = self.handling.last().map(|handled| &handled.done);
        let handled = handled.map(|done| {
            let voyage = done.voyage.as_ref().map(|own| format!(" {own}"));
            let voyage = voyage.unwrap_or_default();
            format!("{}{voyage} in {}", done.handling_type.word(), done.location)
        });
        let aboard = delivery.current_voyage.as_ref();
        vec![
            Fact::new("", "Status", &&self.status),
            Fact::new("", "From", &&specification.origin),
            Fact::new("/destination", "To", &&specification.destination),
            Fact::new(
                "/arrival_deadline",
                "Arrival deadline",
                &specification.arrival_deadline,
            ),
            Fact::new("/commodity", "Goods", &&self.commodity),
            Fact::new("", "Containers", &equipment.collect::<Vec<_>>().join(", ")),
            Fact::new(
                "/gross_weight_kg",
                "Gross weight (kg)",
                &self.gross_weight_kg,
            ),
            Fact::new(
                "",
                "Itinerary",
                &way(self.approach.iter().chain(&self.itinerary)),
            ),
            Fact::new("", "Last handling", &handled.unwrap_or_default()),
            Fact::new(
                "",
                "Aboard",
                &aboard.map(ToString::to_string).unwrap_or_default(),
            ),
            Fact::new(
                "",
                "Arrives",
                &delivery.eta.map(|eta| eta.to_string()).unwrap_or_default(),
            ),
        ]
    }
}

impl Facts for CustomerView {
    fn facts(&self) -> Vec<Fact> {
        vec![
            Fact::new("/name", "Name", &&self.name),
            Fact::new("/email", "E-mail", &&self.email),
            Fact::new("/country", "Country", &&self.country),
            Fact::new("", "Status", &self.status.word()),
        ]
    }
}

impl Facts for LocationView {
    fn facts(&self) -> Vec<Fact> {
        let aliases = self.aliases.iter().map(Text::as_str);
        vec![
            Fact::new("/name", "Name", &&self.name),
            Fact::new("", "Other names", &aliases.collect::<Vec<_>>().join(", ")),
            Fact::new("/latitude", "Latitude (° north)", &self.latitude),
            Fact::new("/longitude", "Longitude (° east)", &self.longitude),
            Fact::new("/time_zone", "Time zone", &&self.time_zone),
        ]
    }
}

impl Facts for HandlingEventView {
    fn facts(&self) -> Vec<Fact> {
        vec![
            Fact::new("", "Status", &&self.status),
            Fact::new("", "Reason", &self.reason.clone().unwrap_or_default()),
        ]
    }
}

/// A fact before and now, in readable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) now: String,
    /// The value in the form, if the form has a field for it.
    pub(crate) entered: Option<String>,
}

/// What has changed about a thing since a form was opened from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meanwhile {
    /// The current version.
    pub(crate) version: u64,
    /// Whether only derived facts have changed.
    pub(crate) only_follows: bool,
    changed: Vec<(Fact, Fact)>,
    /// Who changed it and by which operation, if the reader may know.
    pub(crate) by: Vec<String>,
}

impl Meanwhile {
    /// The fields of a form whose values have changed.
    pub(crate) fn fields(&self, entered: &Entered) -> Vec<String> {
        let own = self.changed.iter().map(|(_, now)| &now.pointer);
        let own = own.filter(|pointer| entered.value(pointer).is_some());
        own.cloned().collect()
    }

    /// The changes in words, beside the entered values.
    pub(crate) async fn told(
        &self,
        visit: &mut Visit,
        entered: &Entered,
    ) -> Result<Vec<Change>, Away> {
        let mut texts: Vec<&str> = Vec::new();
        for (before, now) in &self.changed {
            texts.extend([now.name.as_str(), &before.value, &now.value]);
        }
        let codes: Vec<_> = texts.into_iter().flat_map(words::codes_in).collect();
        let places = Places::load(&mut visit.reading, &codes).await?;
        let humane = |text: &str| match text {
            "" => "none".to_owned(),
            text => words::humane(text, &places),
        };
        let told = self.changed.iter().map(|(before, now)| Change {
            name: humane(&now.name),
            before: humane(&before.value),
            now: humane(&now.value),
            entered: entered
                .value(&now.pointer)
                .map(|own| humane(&as_written(own))),
        });
        Ok(told.collect())
    }
}

/// A time from a form in machine format. Other texts stay as they are.
fn as_written(text: &str) -> String {
    let zoned = match text.len() {
        16 => format!("{text}:00Z"),
        _ => format!("{text}Z"),
    };
    match zoned.parse::<Moment>() {
        Ok(moment) => moment.to_string(),
        Err(_) => text.to_owned(),
    }
}

/// A value in the format of form fields: browsers take times to the minute or second, without a
/// zone.
pub(crate) fn as_entered(text: &str) -> &str {
    if text.parse::<Moment>().is_err() {
        return text;
    }
    let is_whole = text.get(16..19) == Some(":00");
    text.get(..if is_whole { 16 } else { 19 }).unwrap_or(text)
}

/// The current version of a thing, if it exists and is visible.
pub(crate) async fn version(visit: &mut Visit, thing: &Thing) -> Result<Option<u64>, Away> {
    let now = When::default();
    let reading = &mut visit.reading;
    let found = match thing {
        Thing::Cargo(name) => reading.one::<Cargo>(name, now).await.map(|own| own.version),
        Thing::Voyage(name) => reading
            .one::<Voyage>(name, now)
            .await
            .map(|own| own.version),
        Thing::Customer(id) => reading
            .one::<Customer>(id, now)
            .await
            .map(|own| own.version),
        Thing::HandlingEvent(id) => {
            let found = reading.one::<HandlingEvent>(id, now).await;
            found.map(|own| own.version)
        }
        Thing::User(name) => reading.user_version(name).await.map(Some),
        Thing::Location(code) => reading
            .one::<Location>(code, now)
            .await
            .map(|own| own.version),
    };
    match found {
        Ok(version) => Ok(version),
        Err(QueryError::NotFound(_) | QueryError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What has changed about a thing since a version, or nothing if it is unchanged or not visible.
pub(crate) async fn since(
    visit: &mut Visit,
    thing: &Thing,
    opened: u64,
) -> Result<Option<Meanwhile>, Away> {
    let now = version(visit, thing).await?;
    let Some(now) = now.filter(|now| *now > opened && opened > 0) else {
        return Ok(None);
    };
    let (changed, positions) = match thing {
        Thing::Cargo(name) => compare::<Cargo>(visit, name, opened).await?,
        Thing::Voyage(name) => compare::<Voyage>(visit, name, opened).await?,
        Thing::Customer(id) => compare::<Customer>(visit, id, opened).await?,
        Thing::HandlingEvent(id) => compare::<HandlingEvent>(visit, id, opened).await?,
        Thing::Location(code) => compare::<Location>(visit, code, opened).await?,
        Thing::User(_) => Default::default(),
    };
    let changed: Vec<(Fact, Fact)> = changed;
    // No facts are shown about a user, so any change counts.
    let is_seen = !matches!(thing, Thing::User(_));
    let only_follows = is_seen && changed.iter().all(|(_, now)| now.follows);
    let by = match only_follows {
        true => Vec::new(),
        false => by_whom(visit, thing, &positions, now - opened).await?,
    };
    Ok(Some(Meanwhile {
        version: now,
        only_follows,
        changed,
        by,
    }))
}

type Compared = (Vec<(Fact, Fact)>, Vec<u64>);

/// The facts that differ between a version and now, and the positions of the entries in between.
async fn compare<A>(
    visit: &mut Visit,
    name: &(impl Names<A> + Sync),
    opened: u64,
) -> Result<Compared, Away>
where
    A: Viewed<View: Facts>,
{
    let cursor = hex::encode((opened - 1).to_string());
    let versions = visit
        .reading
        .history::<A>(name, Some(&cursor), VERSIONS_TOLD);
    let versions = versions.await?.items;
    let Some(before) = versions.first() else {
        return Ok(Compared::default());
    };
    let before = before.state.facts();
    let now = visit.reading.one::<A>(name, When::default()).await?;
    let now = now.view.facts();
    let positions = versions.iter().skip(1).map(|version| version.position);
    Ok((differing(&before, &now), positions.collect()))
}

fn differing(before: &[Fact], now: &[Fact]) -> Vec<(Fact, Fact)> {
    let pairs = now.iter().filter_map(|fact| {
        let was = before.iter().find(|own| own.is_same_as(fact));
        let was = was.cloned().unwrap_or_else(|| Fact {
            value: String::new(),
            ..fact.clone()
        });
        (was.value != fact.value).then(|| (was, fact.clone()))
    });
    pairs.collect()
}

/// Who changed a thing recently, and by which operations.
async fn by_whom(
    visit: &mut Visit,
    thing: &Thing,
    positions: &[u64],
    versions: u64,
) -> Result<Vec<String>, Away> {
    if !visit.may_read(Read::Log) {
        return Ok(Vec::new());
    }
    let entries = if positions.is_empty() {
        let filter = LogFilter {
            target: Some(thing.text()),
            ..LogFilter::default()
        };
        let limit = versions.min(VERSIONS_TOLD);
        visit.reading.newest(&filter, None, limit).await?.0
    } else {
        let mut entries = visit.reading.entries_at(positions).await?;
        entries.reverse();
        entries
    };
    let mut by: Vec<String> = Vec::new();
    for entry in entries {
        let operation = words::label(&entry.operation).to_lowercase();
        let ago = words::distance(entry.recorded_at, visit.now);
        by.push(format!("{}: {operation}, {ago}", actor(&entry.actor)));
    }
    by.dedup();
    by.truncate(NAMED);
    Ok(by)
}

/// The current values for the fields of a form.
pub(crate) async fn values_now(visit: &mut Visit, thing: &Thing) -> Result<Vec<Fact>, Away> {
    let (reading, now) = (&mut visit.reading, When::default());
    Ok(match thing {
        Thing::Cargo(name) => reading.one::<Cargo>(name, now).await?.view.facts(),
        Thing::Voyage(name) => reading.one::<Voyage>(name, now).await?.view.facts(),
        Thing::Customer(id) => reading.one::<Customer>(id, now).await?.view.facts(),
        Thing::Location(code) => reading.one::<Location>(code, now).await?.view.facts(),
        Thing::HandlingEvent(_) | Thing::User(_) => Vec::new(),
    })
}
