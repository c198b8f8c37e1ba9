use crate::access::policy::{READERS, Read, Readable};
use crate::queries::Viewed;
use crate::schema;
use domain::customers::CustomerId;
use domain::limits::NAME_CHARS_MAX;
use domain::space::Capacity;
use domain::text::Text;
use domain::voyages::{ImoNumber, RegisteredVessel, VesselFilter};
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A vessel in the register.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VesselView {
    /// The IMO number.
    #[schema(schema_with = schema::imo)]
    pub imo: ImoNumber,
    /// The version, which is the ETag.
    pub version: u64,
    /// The present name.
    #[schema(schema_with = schema::vessel_name)]
    pub name: Text<NAME_CHARS_MAX>,
    /// What it can carry.
    #[schema(schema_with = schema::capacity)]
    pub capacity: Capacity,
}

impl Viewed for RegisteredVessel {
    const READ: Read = Read::Of(&Readable {
        word: "vessels",
        roles: READERS,
    });
    type View = VesselView;

    fn view(Versioned { version, state }: Versioned<Self>, _now: Moment) -> VesselView {
        VesselView {
            imo: state.imo,
            version,
            name: state.particulars.name,
            capacity: state.particulars.capacity.into(),
        }
    }

    fn is_shown_to(&self, _: CustomerId) -> bool {
        true
    }

    fn confined(filter: VesselFilter, _: CustomerId) -> Option<VesselFilter> {
        Some(filter)
    }

    fn cursor(view: &VesselView) -> String {
        view.imo.to_string()
    }

    fn is_cursor(text: &str) -> bool {
        text.parse::<ImoNumber>().is_ok()
    }
}
