//! The API descriptions of a kind's endpoints.

use super::Resource;
use crate::openapi::endpoint::Schemas;
use crate::openapi::parts::{
    CHANGED_AFTER, HAPPENED_BY, JSON, MIN_POSITION, TIME_TRAVEL, answer, etag_header, in_header,
    in_path, in_query, position_header, table, text, with_problems,
};
use application::queries::VersionView;
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, Parameter};
use utoipa::openapi::{Ref, ResponseBuilder};

/// The descriptions of the three endpoints.
pub(super) struct Described {
    pub(super) list: OperationBuilder,
    pub(super) one: OperationBuilder,
    pub(super) history: OperationBuilder,
}

impl Described {
    pub(super) fn of<R: Resource<View: ToSchema>>(schemas: &mut Schemas) -> Self {
        let (one, many) = R::WORDS;
        let view = schemas.of::<R::View>();
        let page = schemas.page::<R::View>(&view);
        let version = schemas.named::<VersionView<R::View>>(format!("{view}Version"));
        let versions = schemas.page::<VersionView<R::View>>(&version);
        let name = R::ONE.rsplit(['{', '}']).nth(1).unwrap_or_default();
        let id = || in_path(name, "Its name.", R::id_schema());
        let summary = format!("The versions of one {one}, oldest first");
        let history = table(&format!("get-{one}-history"), &summary, &[], &versions);
        Self {
            list: TIME_TRAVEL.iter().chain(&[CHANGED_AFTER]).fold(
                table(
                    &format!("list-{many}"),
                    &format!("The {many}, now or as they were"),
                    R::FILTERS,
                    &page,
                ),
                |list, named| list.parameter(in_query(named)),
            ),
            one: single::<R>(id(), &view),
            history: with_problems(history.parameter(id()), &[404]),
        }
    }
}

fn single<R: Resource>(id: Parameter, view: &str) -> OperationBuilder {
    let (one, _) = R::WORDS;
    let get = OperationBuilder::new()
        .operation_id(Some(format!("get-{one}")))
        .summary(Some(format!("One {one}, now or as it was")))
        .parameter(id)
        .parameter(in_header(
            "If-None-Match",
            "Entity tags of versions the client already has.",
            text(),
        ));
    let get = TIME_TRAVEL
        .iter()
        .chain(R::HAPPENED.then_some(&HAPPENED_BY))
        .chain(&[MIN_POSITION])
        .fold(get, |get, named| get.parameter(in_query(named)));
    let found = answer("The state.", JSON, Ref::from_schema_name(view))
        .header("ETag", etag_header())
        .header("Plimsoll-Position", position_header());
    let same = ResponseBuilder::new()
        .description("The version matches If-None-Match.")
        .header("ETag", etag_header())
        .header("Plimsoll-Position", position_header());
    let get = get.response("200", found).response("304", same);
    with_problems(get, &[400, 401, 403, 404, 503])
}
