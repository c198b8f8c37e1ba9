//! The API description.
/// The whole description.
pub fn description() -> utoipa::openapi::OpenApi { utoipa::openapi::OpenApiBuilder::new().build() }
