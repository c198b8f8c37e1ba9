use crate::access::policy::{READERS, Read, Readable};
use crate::queries::Viewed;
use crate::schema;
use domain::customers::CustomerId;
use domain::limits::NAME_CHARS_MAX;
use domain::locations::{CountryCode, Location, LocationFilter, TimeZone, UnLocode};
use domain::text::Text;
use domain::{Moment, Versioned};
use serde::Serialize;
use utoipa::ToSchema;

/// A location.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    /// The UN/LOCODE.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The version, which is the ETag.
    pub version: u64,
    /// The name.
    #[schema(schema_with = schema::name)]
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names of the location, for searching.
    #[schema(schema_with = schema::aliases)]
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// The country.
    #[schema(schema_with = schema::country)]
    pub country: CountryCode,
    /// Latitude in degrees, north positive.
    pub latitude: f64,
    /// Longitude in degrees, east positive.
    pub longitude: f64,
    /// The IANA time zone.
    #[schema(schema_with = schema::time_zone)]
    pub time_zone: TimeZone,
}

impl Viewed for Location {
    const READ: Read = Read::Of(&Readable {
        word: "locations",
        roles: READERS,
    });
    type View = LocationView;

    fn view(Versioned { version, state }: Versioned<Self>, _now: Moment) -> LocationView {
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

    fn is_shown_to(&self, _: CustomerId) -> bool {
        true
    }

    fn confined(filter: LocationFilter, _: CustomerId) -> Option<LocationFilter> {
        Some(filter)
    }

    fn cursor(view: &LocationView) -> String {
        view.location.to_string()
    }

    fn is_cursor(text: &str) -> bool {
        text.parse::<UnLocode>().is_ok()
    }
}
