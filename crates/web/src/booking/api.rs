//! The endpoints of booking.

pub(crate) mod actions;
pub(crate) mod cargoes;
pub(crate) mod routes;
pub(crate) mod track;

use crate::api::resources;
use crate::openapi::endpoint::OpenApiRouter;
use domain::booking::Cargo;

pub(super) fn endpoints() -> OpenApiRouter {
    resources::endpoints::<Cargo>()
        .merge(actions::endpoints())
        .merge(routes::endpoints())
        .merge(track::endpoints())
}
