//! [`Doubt`]: how a report contradicts the timetable.

use super::{Activity, HandlingType};
use crate::limits::LOADING_HOURS_MAX;
use crate::moment::Moment;
use crate::voyages::{CarrierMovement, Voyage};
use serde::{Deserialize, Serialize};

/// How a report contradicts the timetable, as known when it was registered. The report counts all
/// the same, because the timetable may be what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(tag = "doubt")]
pub enum Doubt {
    /// The voyage was cancelled before it made this call.
    VoyageCancelled,
    /// The voyage does not load, or does not unload, at this location, or omits the call.
    NoSuchCall,
    /// A LOAD more than [`LOADING_HOURS_MAX`] hours before the ship sails.
    LoadedEarly { departs: Moment },
    /// A LOAD after the ship was reported to have sailed.
    LoadedAfterDeparture { departed_at: Moment },
    /// An UNLOAD before the ship arrives.
    UnloadedBeforeArrival { arrives: Moment },
}

impl Doubt {
    /// Its name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The time that the report contradicts.
    #[must_use]
    pub fn time(&self) -> Option<Moment> {
        match self {
            Self::VoyageCancelled | Self::NoSuchCall => None,
            Self::LoadedEarly { departs: time }
            | Self::LoadedAfterDeparture { departed_at: time }
            | Self::UnloadedBeforeArrival { arrives: time } => Some(*time),
        }
    }

    /// How a LOAD or UNLOAD contradicts the timetable of its voyage. Where the voyage calls twice,
    /// the call nearest in time is meant.
    #[must_use]
    pub fn about(activity: &Activity, completed_at: Moment, voyage: &Voyage) -> Option<Self> {
        let is_load = activity.handling_type == HandlingType::Load;
        let port = |m: &CarrierMovement| {
            if is_load {
                m.from.clone()
            } else {
                m.to.clone()
            }
        };
        let time = |m: &CarrierMovement| if is_load { m.departs } else { m.arrives };
        let away = |m: &&CarrierMovement| time(m).micros().abs_diff(completed_at.micros());
        let calls = voyage.movements.iter();
        let omits = |m: &CarrierMovement| {
            if is_load {
                m.from_omitted
            } else {
                m.to_omitted
            }
        };
        let calls = calls.filter(|call| port(call) == activity.location && !omits(call));
        let Some(call) = calls.min_by_key(away) else {
            return Some(Self::NoSuchCall);
        };
        if call.cancelled {
            return Some(Self::VoyageCancelled);
        }
        if !is_load {
            let arrives = call.arrives;
            return (completed_at < arrives).then_some(Self::UnloadedBeforeArrival { arrives });
        }
        let departs = call.departs;
        match call.departed_at {
            Some(departed_at) if departed_at < completed_at => {
                Some(Self::LoadedAfterDeparture { departed_at })
            }
            _ if completed_at.plus_hours(LOADING_HOURS_MAX) < departs => {
                Some(Self::LoadedEarly { departs })
            }
            _ => None,
        }
    }
}
