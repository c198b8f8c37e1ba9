//! `add-locations`

use crate::operation::{About, Operation, Preparation, PreparedFor, Who};
use crate::schema;
use crate::work::UnitOfWork;
use crate::work::working_set::{Known, Reads};
use domain::access::Role;
use domain::limits::{ALIASES_MAX, LOCATIONS_PER_OPERATION_MAX, NAME_CHARS_MAX};
use domain::locations::rules::LocationMustBeUnique;
use domain::locations::{CountryCode, Location, LocationAdded, LocationId, TimeZone, UnLocode};
use domain::ports::Chance;
use domain::repository::{Failure, Repository};
use domain::text::{Text, distinct};
use domain::{Lookup, Moment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `add-locations`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddLocations {
    /// The new locations.
    #[schema(min_items = 1, max_items = 500)]
    #[validate(length(min = 1, max = LOCATIONS_PER_OPERATION_MAX), nested)]
    pub locations: Vec<NewLocation>,
}

/// A location to add.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLocation {
    /// The UN/LOCODE.
    #[schema(schema_with = schema::un_locode)]
    pub un_locode: UnLocode,
    /// The name.
    #[schema(schema_with = schema::name)]
    pub name: Text<NAME_CHARS_MAX>,
    /// Other names of the location, for searching.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = schema::aliases)]
    #[validate(length(max = ALIASES_MAX))]
    pub aliases: Vec<Text<NAME_CHARS_MAX>>,
    /// The ISO 3166-1 alpha-2 code of its country.
    #[schema(schema_with = schema::country)]
    pub country: CountryCode,
    /// Latitude in degrees, north positive.
    #[schema(minimum = -90, maximum = 90, examples(51.9))]
    #[validate(range(min = -90.0, max = 90.0))]
    pub latitude: f64,
    /// Longitude in degrees, east positive.
    #[schema(minimum = -180, maximum = 180, examples(4.5))]
    #[validate(range(min = -180.0, max = 180.0))]
    pub longitude: f64,
    /// The IANA time zone.
    #[schema(schema_with = schema::time_zone)]
    pub time_zone: TimeZone,
}

/// Outcome of `add-locations`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddLocationsOutcome {
    /// The number of locations added.
    added: usize,
}

impl PreparedFor<AddLocations> for Vec<LocationId> {
    fn prepare(
        operation: &AddLocations,
        now: Moment,
        chance: &mut dyn Chance,
    ) -> Preparation<Self> {
        let ids = operation
            .locations
            .iter()
            .map(|_| LocationId(chance.id(now)));
        ids.collect::<Vec<_>>().into()
    }
}

impl Operation for AddLocations {
    const ABOUT: About = About {
        name: "add-locations",
        version: 1,
        subdomain: "locations",
        meaning: "Adds ports and inland places, all or none of the list.",
        changes: "Adds the locations.",
        effects: "None.",
        who: Who::roles_and_system(&[Role::Planner]),
        events: &[LocationAdded::NAME],
        rules: &[LocationMustBeUnique],
    };
    type Prepared = Vec<LocationId>;
    type Outcome = AddLocationsOutcome;

    fn target(&self, _: &Vec<LocationId>) -> Option<Lookup> {
        None
    }

    fn reads(&self, _: &Vec<LocationId>, _: &Known<'_>, reads: &mut Reads) {
        for location in &self.locations {
            reads.add(&location.un_locode);
        }
    }

    async fn run(
        &self,
        ids: &Vec<LocationId>,
        uow: &mut UnitOfWork<'_>,
    ) -> Result<AddLocationsOutcome, Failure> {
        for (id, new) in ids.iter().zip(&self.locations) {
            let location = new.un_locode.clone();
            uow.record(LocationAdded { location });
            uow.add(Location {
                id: *id,
                un_locode: new.un_locode.clone(),
                name: new.name.clone(),
                aliases: distinct(&new.aliases),
                country: new.country.clone(),
                latitude: new.latitude,
                longitude: new.longitude,
                time_zone: new.time_zone.clone(),
            })
            .await?;
        }
        Ok(AddLocationsOutcome { added: ids.len() })
    }
}
