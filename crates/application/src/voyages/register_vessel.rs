//! `register-vessel`

use super::ships::voyages_ahead;
use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::limits::{NAME_CHARS_MAX, REASON_CHARS_MAX};
use domain::repository::{Failure, Repository};
use domain::space::Capacity;
use domain::text::Text;
use domain::voyages::{
    ImoNumber, RegisteredVessel, VesselCorrected, VesselParticulars, VesselRegistered,
};
use domain::{Lookup, Names, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `register-vessel`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterVessel {
    #[schema(schema_with = schema::imo)]
    imo: ImoNumber,
    #[schema(schema_with = schema::vessel_name)]
    name: Text<NAME_CHARS_MAX>,
    /// What it can carry. A number of plugs that is not given stays as it was.
    #[schema(schema_with = schema::capacity)]
    capacity: Capacity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_sailing_reason, required = false)]
    reason: Option<Text<REASON_CHARS_MAX>>,
}

/// The vessel that an operation registered or corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct VesselOutcome {
    #[schema(schema_with = schema::imo)]
    imo: ImoNumber,
}

impl Operation for RegisterVessel {
    const ABOUT: About = About {
        name: "register-vessel",
        version: 1,
        subdomain: "voyages",
        meaning: "Registers a vessel, or corrects a registered one.",
        changes: "The vessel with this IMO number has the given name and particulars. Voyages keep their capacity.",
        effects: "Its voyages that have not ended show the new name. Values that are already so change nothing.",
        who: Who::roles(&[Role::Planner]),
        events: &[VesselRegistered::NAME, VesselCorrected::NAME],
        rules: &[],
    };
    type Prepared = ();
    type Outcome = VesselOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.imo.lookup())
    }

    async fn run(&self, (): &(), uow: &mut UnitOfWork<'_>) -> Result<VesselOutcome, Failure> {
        let imo = self.imo.clone();
        let particulars = VesselParticulars {
            name: self.name.clone(),
            capacity: self.capacity.into(),
        };
        let reason = self.reason.as_ref();
        let Some(Versioned { version, state }) = uow.find(&imo).await? else {
            let (vessel, registered) = RegisteredVessel::register(imo.clone(), particulars, reason);
            uow.record(registered);
            take_name(uow, &vessel).await?;
            uow.add(vessel).await?;
            return Ok(VesselOutcome { imo });
        };
        if let Some((state, corrected)) = state.correct(particulars, reason) {
            uow.record(corrected);
            take_name(uow, &state).await?;
            uow.update(Versioned { version, state }).await?;
        }
        Ok(VesselOutcome { imo })
    }
}

/// Gives the vessel's voyages that have not ended its name.
async fn take_name(uow: &mut UnitOfWork<'_>, vessel: &RegisteredVessel) -> Result<(), Failure> {
    let now = uow.now();
    for Versioned { version, state } in voyages_ahead(uow, vessel, now).await? {
        if let Some(state) = state.renamed(&vessel.vessel()) {
            uow.update(Versioned { version, state }).await?;
        }
    }
    Ok(())
}
