//! How the legs of itineraries look in JSON.

use super::{list, maybe_moment, or_null_list, record, un_locode, voyage_number};
use domain::limits::LEGS_MAX;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

/// The legs of an itinerary.
pub fn legs() -> RefOr<Schema> {
    let mut leg = record(
        "A leg on one voyage.",
        vec![
            ("voyage", voyage_number()),
            ("load_at", un_locode()),
            ("unload_at", un_locode()),
        ],
    );
    for (name, hint) in [
        (
            "load_time",
            "The scheduled departure. Tells two calls at the same port apart.",
        ),
        (
            "unload_time",
            "The scheduled arrival. Tells two calls at the same port apart.",
        ),
    ] {
        let mut time = maybe_moment();
        time.description = Some(hint.to_owned());
        leg.properties
            .insert(name.to_owned(), RefOr::T(Schema::Object(time)));
    }
    list(leg, LEGS_MAX)
}

/// The legs that follow another one, or null.
pub fn maybe_onward_legs() -> RefOr<Schema> {
    match or_null_list(legs()) {
        RefOr::T(Schema::Array(mut legs)) => {
            legs.min_items = None;
            legs.into()
        }
        other => other,
    }
}
