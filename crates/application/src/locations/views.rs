use crate::access::policy::Read;
use crate::queries::Viewed;
use crate::schema;
use domain::Versioned;
use domain::limits::NAME_CHARS_MAX;
use domain::locations::{CountryCode, Location, TimeZone, UnLocode};
use domain::text::Text;
use serde::Serialize;
use utoipa::ToSchema;

/// A location, as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    /// Its UN/LOCODE.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The version, which is the ETag.
    pub version: u64,
    /// What people call it.
    #[schema(schema_with = schema::name)]
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names to find the location by.
    #[schema(schema_with = schema::aliases)]
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// The country it lies in.
    #[schema(schema_with = schema::country)]
    pub country: CountryCode,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The time zone its clocks show.
    #[schema(schema_with = schema::time_zone)]
    pub time_zone: TimeZone,
}

impl Viewed for Location {
    const READ: Read = Read::Locations;
    type View = LocationView;

    fn view(Versioned { version, state }: Versioned<Self>) -> LocationView {
        LocationView {
            location: state.un_locode,
            version,
            name: state.name,
            aliases: state.aliases,
            country: state.country,
            latitude: state.latitude,
            longitude: state.longitude,
            time_zone: state.time_zone,
        }
    }

    fn cursor(view: &LocationView) -> String {
        view.location.to_string()
    }

    fn is_cursor(text: &str) -> bool {
        text.parse::<UnLocode>().is_ok()
    }
}
