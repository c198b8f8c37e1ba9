//! Events of voyages.

use super::{DangerousGoodsClasses, ImoNumber, Vessel, VesselParticulars, VoyageNumber};
use crate::event::events;
use crate::locations::UnLocode;
use crate::moment::Moment;
use crate::space::SpaceLimit;

events! {
    /// Events of voyages.
    VoyageEvent {
        /// A vessel was registered.
        VesselRegistered {
            /// The new vessel.
            imo: ImoNumber,
            /// Its name and what it can carry.
            particulars: VesselParticulars,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<String>,
        }
        /// The name or the particulars of a vessel were corrected.
        VesselCorrected {
            imo: ImoNumber,
            /// Its previous name and particulars.
            before: VesselParticulars,
            /// Its new name and particulars.
            particulars: VesselParticulars,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<String>,
        }
        /// A voyage was scheduled.
        VoyageScheduled {
            /// The new voyage.
            voyage: VoyageNumber,
        }
        /// The limit line of a voyage changed.
        VoyageCapacityChanged {
            voyage: VoyageNumber,
            /// The previous limit line.
            limit_before: SpaceLimit,
            /// The new limit line.
            limit: SpaceLimit,
            /// The classes of dangerous goods that it takes from now on, if they changed.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            dangerous_goods_classes: Option<DangerousGoodsClasses>,
        }
        /// Another ship takes a voyage.
        VoyageVesselChanged {
            voyage: VoyageNumber,
            /// The ship until then.
            before: Vessel,
            /// The ship from now on.
            vessel: Vessel,
            /// The previous limit line.
            limit_before: SpaceLimit,
            /// The new limit line.
            limit: SpaceLimit,
            /// The classes of dangerous goods that it takes from now on, if they changed.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            dangerous_goods_classes: Option<DangerousGoodsClasses>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<String>,
        }
        /// The times of a voyage changed.
        VoyageRescheduled {
            voyage: VoyageNumber,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<String>,
        }
        /// A departure was reported, or a report of it corrected.
        DepartureReported {
            voyage: VoyageNumber,
            /// The port of departure.
            location: UnLocode,
            /// The reported time.
            departed_at: Moment,
            /// The best known time until then.
            before: Moment,
        }
        /// An arrival was reported, or a report of it corrected.
        ArrivalReported {
            voyage: VoyageNumber,
            /// The port of arrival.
            location: UnLocode,
            /// The reported time.
            arrived_at: Moment,
            /// The best known time until then.
            before: Moment,
        }
        /// The report of a departure was taken back.
        DepartureRetracted {
            voyage: VoyageNumber,
            /// The port of departure.
            location: UnLocode,
            /// The time that had been reported.
            departed_at: Moment,
            /// The time that is expected again.
            expected: Moment,
            reason: String,
        }
        /// The report of an arrival was taken back.
        ArrivalRetracted {
            voyage: VoyageNumber,
            /// The port of arrival.
            location: UnLocode,
            /// The time that had been reported.
            arrived_at: Moment,
            /// The time that is expected again.
            expected: Moment,
            reason: String,
        }
        /// A ship will not call at a port of its voyage.
        CallOmitted {
            voyage: VoyageNumber,
            location: UnLocode,
            /// The number of the call, from 1 at the first port.
            call: usize,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<String>,
        }
        /// A ship will call again at a port that it was to omit.
        CallRestored {
            voyage: VoyageNumber,
            location: UnLocode,
            /// The number of the call, from 1 at the first port.
            call: usize,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<String>,
        }
        /// A voyage, or the rest of it, was cancelled.
        VoyageCancelled {
            voyage: VoyageNumber,
            reason: String,
        }
    }
}
