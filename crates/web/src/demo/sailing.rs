//! Voyages as the sample world and its traffic see them.

use domain::Moment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The classes of dangerous goods that the carrier takes.
const CLASSES: [&str; 3] = ["3", "8", "9"];
const HOUR_MICROS: i64 = 3_600_000_000;

/// One voyage.
#[derive(Debug, Clone)]
pub(super) struct Sailing {
    pub(super) number: String,
    pub(super) vessel: Value,
    pub(super) capacity: Value,
    pub(super) movements: Vec<Movement>,
    pub(super) cancelled: bool,
    /// The calls that it omits, from 0 at the first port.
    pub(super) omitted: Vec<usize>,
}

/// One carrier movement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Movement {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) departs: Moment,
    pub(super) arrives: Moment,
    #[serde(default, skip_serializing)]
    departed_at: Option<Moment>,
    #[serde(default, skip_serializing)]
    arrived_at: Option<Moment>,
    /// The load and the limit line, for voyages that were read from the API.
    #[serde(default, skip_serializing)]
    booked: Teu,
    #[serde(default, skip_serializing)]
    limit: Teu,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Teu {
    teu: f64,
}

impl Movement {
    pub(super) fn new(from: &str, to: &str, departs: Moment, arrives: Moment) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            departs,
            arrives,
            departed_at: None,
            arrived_at: None,
            booked: Teu::default(),
            limit: Teu::default(),
        }
    }

    /// How much of the limit line is booked, in percent.
    pub(super) fn percent_booked(&self) -> f64 {
        100.0 * self.booked.teu / self.limit.teu.max(1.0)
    }
}

impl Sailing {
    /// Reads a voyage from the API.
    pub(super) fn read(view: &Value) -> Option<Self> {
        Some(Self {
            number: view["voyage"].as_str()?.to_owned(),
            vessel: view["vessel"].clone(),
            capacity: view["capacity"].clone(),
            movements: Vec::deserialize(&view["movements"]).ok()?,
            cancelled: view["status"] == "CANCELLED",
            omitted: Vec::new(),
        })
    }

    /// The first departure or arrival that nobody has reported: its movement, and whether it is an
    /// arrival.
    pub(super) fn unreported(&self) -> Option<(usize, bool)> {
        let calls = self
            .movements
            .iter()
            .enumerate()
            .flat_map(|(movement, own)| {
                [
                    (movement, false, own.departed_at),
                    (movement, true, own.arrived_at),
                ]
            });
        let mut unreported = calls.filter(|(_, _, reported)| reported.is_none());
        unreported
            .next()
            .map(|(movement, arrives, _)| (movement, arrives))
    }

    pub(super) fn departs(&self) -> Moment {
        self.movements[0].departs
    }

    pub(super) fn arrives(&self) -> Moment {
        self.movements[self.movements.len() - 1].arrives
    }

    /// How many hours before a time it departs, rounded up. 0 if it departs after that.
    pub(super) fn hours_before(&self, time: Moment) -> i64 {
        let micros = time.micros() - self.departs().micros();
        (micros.max(0) + HOUR_MICROS - 1) / HOUR_MICROS
    }

    /// The code of the service it belongs to.
    pub(super) fn service(&self) -> &str {
        self.number.split('-').next().unwrap_or_default()
    }

    /// The input of `schedule-voyage`.
    pub(super) fn schedule(&self) -> Value {
        json!({
            "number": self.number,
            "vessel": self.vessel,
            "capacity": self.capacity,
            "overbooking_percent": 5,
            "cut_off_hours": 24,
            "dangerous_goods_classes": CLASSES,
            "movements": self.movements,
        })
    }

    /// The same voyage, some hours late from the first departure ahead on. `None` if it has left
    /// for its last call.
    pub(super) fn late(&self, hours: i64, now: Moment) -> Option<Self> {
        let mut late = self.clone();
        let ahead = late.movements.iter().position(|own| own.departs > now)?;
        for movement in &mut late.movements[ahead..] {
            movement.departs = movement.departs.plus_hours(hours);
            movement.arrives = movement.arrives.plus_hours(hours);
        }
        Some(late)
    }

    /// The input of `reschedule-voyage` for its times.
    pub(super) fn reschedule(&self) -> Value {
        json!({
            "voyage": self.number,
            "movements": self.movements,
            "reason": "Bad weather, and no berth free in time",
        })
    }
}
