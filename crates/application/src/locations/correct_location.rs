//! `correct-location`

use crate::operation::{About, Operation, Who};
use crate::schema;
use crate::work::UnitOfWork;
use domain::access::Role;
use domain::limits::{ALIASES_MAX, NAME_CHARS_MAX};
use domain::locations::rules::LocationMustBeKnown;
use domain::locations::{Correction, LocationCorrected, TimeZone, UnLocode};
use domain::repository::{Failure, Repository};
use domain::text::{Text, distinct};
use domain::{Lookup, Names, Rejection, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Input of `correct-location`.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectLocation {
    /// The UN/LOCODE of the location. It does not change.
    #[schema(schema_with = schema::un_locode)]
    pub location: UnLocode,
    /// The name.
    #[schema(schema_with = schema::name)]
    pub name: Text<NAME_CHARS_MAX>,
    /// All other names of the location. Default: unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::maybe_aliases, required = false)]
    #[validate(length(max = ALIASES_MAX))]
    pub aliases: Option<Vec<Text<NAME_CHARS_MAX>>>,
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

/// Outcome of `correct-location`.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectLocationOutcome {
    #[schema(schema_with = schema::un_locode)]
    location: UnLocode,
}

impl Operation for CorrectLocation {
    const ABOUT: About = About {
        name: "correct-location",
        version: 1,
        subdomain: "locations",
        meaning: "Corrects the details of a port or inland place.",
        changes: "The name, other names, position and time zone of the location.",
        effects: "Times there are shown in the new time zone. Values that are already so change nothing.",
        who: Who::roles_and_system(&[Role::Planner]),
        events: &[LocationCorrected::NAME],
        rules: &[LocationMustBeKnown],
    };
    type Prepared = ();
    type Outcome = CorrectLocationOutcome;

    fn target(&self, (): &()) -> Option<Lookup> {
        Some(self.location.lookup())
    }

    async fn run(
        &self,
        (): &(),
        uow: &mut UnitOfWork<'_>,
    ) -> Result<CorrectLocationOutcome, Failure> {
        let found = uow.find(&self.location).await?;
        let Versioned { version, state } = found.ok_or_else(|| {
            Rejection::from(LocationMustBeKnown {
                location: self.location.clone(),
            })
        })?;
        let correction = Correction {
            name: self.name.clone(),
            aliases: match &self.aliases {
                Some(aliases) => distinct(aliases),
                None => state.aliases.clone(),
            },
            latitude: self.latitude,
            longitude: self.longitude,
            time_zone: self.time_zone.clone(),
        };
        if let Some((state, corrected)) = state.correct(correction) {
            uow.record(corrected);
            uow.update(Versioned { version, state }).await?;
        }
        let location = self.location.clone();
        Ok(CorrectLocationOutcome { location })
    }
}
