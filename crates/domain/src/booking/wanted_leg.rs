//! A leg as people ask for it, and the calls that they mean.

use super::Leg;
use super::rules::ItineraryMustConnect;
use crate::limits::CONNECTION_HOURS_MIN;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::rejection::{Rejection, require};
use crate::voyages::rules::VoyageMustCallInOrder;
use crate::voyages::{Stretch, Voyage, VoyageNumber};
use serde::{Deserialize, Serialize};

/// A leg as people ask for it. If a voyage calls at a port more than once, the times say which call
/// is meant. Without them it is the first call that connects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedLeg {
    pub voyage: VoyageNumber,
    /// The port of loading.
    pub load_at: UnLocode,
    /// The port of discharge.
    pub unload_at: UnLocode,
    /// The best known departure time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_time: Option<Moment>,
    /// The best known arrival time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unload_time: Option<Moment>,
}

/// Where a cargo comes from when it is loaded for a leg.
#[derive(Debug, Clone)]
pub enum ComesFrom {
    /// It has not been handled yet, and no ready date is known.
    Shipper,
    /// It is in port, or will be, and can be loaded from this time on.
    Port(Moment),
    /// The previous leg.
    Leg(Leg),
    /// The ship that it is on, from the movement with which it left.
    Ship(Voyage, usize),
}

impl ComesFrom {
    /// The earliest time at which it can be loaded onto another ship where it comes ashore, as far
    /// as that is known. A cargo aboard may come ashore in several ports.
    #[must_use]
    pub fn ashore_at(&self) -> Option<Moment> {
        match self {
            Self::Shipper | Self::Ship(..) => None,
            Self::Port(since) => Some(*since),
            Self::Leg(leg) => Some(leg.unload_time.plus_hours(CONNECTION_HOURS_MIN)),
        }
    }

    /// The earliest time at which it can be loaded onto a voyage at a port, as far as that is
    /// known.
    fn earliest(&self, voyage: &Voyage, load_at: &UnLocode) -> Option<Moment> {
        let transhipped = |arrives: Moment| arrives.plus_hours(CONNECTION_HOURS_MIN);
        match self {
            Self::Shipper => None,
            Self::Port(since) => Some(*since),
            Self::Leg(leg) if leg.voyage == voyage.number => Some(leg.unload_time),
            Self::Leg(leg) => Some(transhipped(leg.unload_time)),
            Self::Ship(ship, came_aboard) => {
                let mut ahead = ship.movements[*came_aboard..].iter();
                if ship.number == voyage.number {
                    return ahead.next().map(|movement| movement.departs);
                }
                let arrival = ahead.find(|m| m.to == *load_at && !m.to_omitted)?;
                Some(transhipped(arrival.arrives))
            }
        }
    }

    /// The departure with which it was loaded onto a voyage at a port.
    fn came_aboard(&self, voyage: &Voyage, load_at: &UnLocode) -> Option<Moment> {
        let Self::Ship(ship, came_aboard) = self else {
            return None;
        };
        let movement = &ship.movements[*came_aboard];
        (ship.number == voyage.number && movement.from == *load_at).then_some(movement.departs)
    }
}

impl WantedLeg {
    /// The leg with the best known times, over the first calls that connect with where the cargo
    /// comes from and for which booking has not closed.
    ///
    /// # Errors
    ///
    /// `VoyageMustCallInOrder`, or `ItineraryMustConnect` if the times differ from the timetable.
    pub fn aboard(&self, voyage: &Voyage, from: &ComesFrom, now: Moment) -> Result<Leg, Rejection> {
        require(self.load_at != self.unload_at, || {
            VoyageMustCallInOrder::PortsMustDiffer {
                port: self.load_at.clone(),
            }
        })?;
        let aboard = from.came_aboard(voyage, &self.load_at);
        let load = (&self.load_at, self.load_time.or(aboard));
        let unload = (&self.unload_at, self.unload_time);
        let connects = from.earliest(voyage, &self.load_at);
        let opens = now.plus_hours(i64::from(voyage.cut_off_hours));
        let open = voyage.stretch_from(load, unload, connects.max(Some(opens)));
        let stretch = match open.or_else(|| voyage.stretch_from(load, unload, connects)) {
            Some(stretch) => stretch,
            // The leg does not connect. That is reported once all legs are known.
            None => self.as_scheduled(voyage)?,
        };
        Ok(Leg::over(voyage, &stretch))
    }

    fn as_scheduled(&self, voyage: &Voyage) -> Result<Stretch, Rejection> {
        let load = (&self.load_at, self.load_time);
        let unload = (&self.unload_at, self.unload_time);
        voyage.stretch(load, unload).or_else(|rejection| {
            let untimed = voyage.stretch((load.0, None), (unload.0, None));
            let scheduled = untimed.map_err(|_| rejection)?;
            let leg = Leg::over(voyage, &scheduled);
            Err(ItineraryMustConnect::TimesDiffer {
                voyage: leg.voyage,
                load_at: leg.load_at,
                departs: leg.load_time,
                unload_at: leg.unload_at,
                arrives: leg.unload_time,
            }
            .into())
        })
    }
}
