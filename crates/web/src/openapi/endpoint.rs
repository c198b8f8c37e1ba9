//! An endpoint: its handler and its description, added together so that neither is forgotten.

use crate::state::Shared;
use application::queries::Page;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Paths};
use utoipa::openapi::{ArrayBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::UtoipaMethodRouter;

/// A group of endpoints in the API description.
pub(crate) struct EndpointGroup {
    pub(crate) tag: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) endpoints: fn() -> OpenApiRouter,
}

/// Routes with their descriptions.
pub(crate) type OpenApiRouter = utoipa_axum::router::OpenApiRouter<Shared>;

/// The endpoint at one path.
pub(crate) struct Endpoint {
    path: &'static str,
    described: Paths,
    methods: MethodRouter<Shared>,
}

impl Endpoint {
    pub(crate) fn at(path: &'static str) -> Self {
        Self {
            path,
            described: Paths::new(),
            methods: MethodRouter::new(),
        }
    }

    /// Answers GET.
    pub(crate) fn get<H, T>(self, handler: H, described: OperationBuilder) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let methods = |methods: MethodRouter<Shared>| methods.get(handler);
        self.with(HttpMethod::Get, methods, described)
    }

    /// Answers POST.
    pub(crate) fn post<H, T>(self, handler: H, described: OperationBuilder) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let methods = |methods: MethodRouter<Shared>| methods.post(handler);
        self.with(HttpMethod::Post, methods, described)
    }

    /// Answers PUT.
    pub(crate) fn put<H, T>(self, handler: H, described: OperationBuilder) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let methods = |methods: MethodRouter<Shared>| methods.put(handler);
        self.with(HttpMethod::Put, methods, described)
    }

    /// Answers POST with a description from elsewhere.
    pub(crate) fn post_described_elsewhere<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.methods = self.methods.post(handler);
        self
    }

    fn with(
        mut self,
        method: HttpMethod,
        add: impl FnOnce(MethodRouter<Shared>) -> MethodRouter<Shared>,
        described: OperationBuilder,
    ) -> Self {
        let operation: Operation = described.build();
        self.described
            .add_path_operation(self.path, vec![method], operation);
        self.methods = add(self.methods);
        self
    }

    /// The endpoint with the schemas that its description refers to.
    pub(crate) fn with_schemas(self, schemas: Schemas) -> UtoipaMethodRouter<Shared> {
        (schemas.0, self.described, self.methods)
    }

    /// The endpoint, whose description refers only to schemas of other endpoints.
    pub(crate) fn without_schemas(self) -> UtoipaMethodRouter<Shared> {
        self.with_schemas(Schemas::default())
    }
}

/// The schemas that descriptions refer to, by name.
#[derive(Default)]
pub(crate) struct Schemas(pub(crate) Vec<(String, RefOr<Schema>)>);

impl Schemas {
    /// Adds a schema and those it refers to. Returns its name.
    pub(crate) fn of<T: ToSchema>(&mut self) -> String {
        self.named::<T>(T::name().into_owned())
    }

    /// Adds a schema under another name, as all schemas of one generic type have the same.
    pub(crate) fn named<T: ToSchema>(&mut self, name: String) -> String {
        T::schemas(&mut self.0);
        self.0.push((name.clone(), T::schema()));
        name
    }

    /// Adds the schema of a page of items that have a name.
    pub(crate) fn page<T: ToSchema>(&mut self, item: &str) -> String {
        let mut page = Page::<T>::schema();
        if let RefOr::T(Schema::Object(page)) = &mut page {
            let items = ArrayBuilder::new().items(Ref::from_schema_name(item));
            page.properties.insert("items".to_owned(), items.into());
        }
        let name = format!("{item}Page");
        self.0.push((name.clone(), page));
        name
    }
}
