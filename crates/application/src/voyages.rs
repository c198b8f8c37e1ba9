//! Operations and views of voyages.

mod booked;
mod calls_due;
mod cancel_voyage;
mod change_vessel;
mod change_voyage_capacity;
mod known;
mod loads;
mod omit_call;
mod register_vessel;
mod report;
mod report_arrival;
mod report_departure;
mod reschedule_voyage;
mod retract_call_report;
mod schedule_voyage;
mod ships;
mod vessel_views;
mod views;

pub use calls_due::CallDue;
pub use cancel_voyage::CancelVoyage;
pub use change_vessel::ChangeVessel;
pub use change_voyage_capacity::ChangeVoyageCapacity;
pub(crate) use known::known_voyage;
pub(crate) use loads::of_what_lies_ahead;
pub use omit_call::OmitCall;
pub use register_vessel::RegisterVessel;
pub use report_arrival::ReportArrival;
pub use report_departure::ReportDeparture;
pub use reschedule_voyage::RescheduleVoyage;
pub use retract_call_report::RetractCallReport;
pub use schedule_voyage::ScheduleVoyage;
pub use vessel_views::VesselView;
pub use views::{MovementView, TimesView, VoyageView};

use crate::room::{Room, shown};
use domain::voyages::{RegisteredVessel, Voyage};

crate::catalogue::operations![
    RegisterVessel,
    ScheduleVoyage,
    RescheduleVoyage,
    ReportDeparture,
    ReportArrival,
    RetractCallReport,
    OmitCall,
    ChangeVessel,
    ChangeVoyageCapacity,
    CancelVoyage,
];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[shown::<Voyage>, shown::<RegisteredVessel>],
    owners: &[],
    affects: &[],
    checks: &[|snapshot| Box::pin(of_what_lies_ahead(snapshot))],
};
