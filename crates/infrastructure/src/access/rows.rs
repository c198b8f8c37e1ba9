//! The tables `users` and `tokens`.

/// The table `users`.
pub(crate) mod users {
    use crate::aggregates::{AggregateTable, Unreadable, json, parsed, to_json, word};
    use domain::access::{User, UserId};
    use domain::customers::CustomerId;
    use domain::log::store::StoreError;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: Uuid,
        pub(crate) name: String,
        pub(crate) roles: String,
        pub(crate) customer_id: Option<Uuid>,
        pub(crate) status: String,
        pub(crate) version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl AggregateTable for Entity {
        type Of = User;
        const ID: Column = Column::Id;
        const KEY: Option<Column> = Some(Column::Name);

        fn row(user: &User, version: i64) -> Result<Model, StoreError> {
            Ok(Model {
                id: user.id.0,
                name: user.name.to_string(),
                roles: to_json(&user.roles),
                customer_id: user.customer.map(|customer| customer.0),
                status: user.status.word().to_owned(),
                version,
            })
        }

        fn name(row: &Model) -> (Uuid, i64) {
            (row.id, row.version)
        }

        fn state(row: Model) -> Result<User, Unreadable> {
            Ok(User {
                id: UserId(row.id),
                name: parsed("name", &row.name)?,
                roles: json("roles", &row.roles)?,
                customer: row.customer_id.map(CustomerId),
                status: word("status", &row.status)?,
            })
        }
    }
}

/// The table `tokens`.
pub(crate) mod tokens {
    use crate::aggregates::{AggregateTable, Unreadable, parsed};
    use domain::access::{Token, TokenId, UserId};
    use domain::log::store::StoreError;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tokens")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: Uuid,
        pub(crate) hash: String,
        pub(crate) user_id: Uuid,
        pub(crate) label: Option<String>,
        pub(crate) revoked: bool,
        pub(crate) version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl AggregateTable for Entity {
        type Of = Token;
        const ID: Column = Column::Id;
        const KEY: Option<Column> = Some(Column::Hash);

        fn row(token: &Token, version: i64) -> Result<Model, StoreError> {
            Ok(Model {
                id: token.id.0,
                hash: token.hash.to_string(),
                user_id: token.user.0,
                label: token.label.as_ref().map(ToString::to_string),
                revoked: token.revoked,
                version,
            })
        }

        fn name(row: &Model) -> (Uuid, i64) {
            (row.id, row.version)
        }

        fn state(row: Model) -> Result<Token, Unreadable> {
            let label = row.label.as_deref();
            Ok(Token {
                id: TokenId(row.id),
                hash: parsed("hash", &row.hash)?,
                user: UserId(row.user_id),
                label: label.map(|label| parsed("label", label)).transpose()?,
                revoked: row.revoked,
            })
        }
    }
}
