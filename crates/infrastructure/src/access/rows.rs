//! The tables `users` and `tokens`.

/// The table `users`.
pub(crate) mod users {
    use crate::columns::{Unreadable, json, parsed, to_json, word};
    use crate::table::AggregateTable;
    use chrono::{DateTime, Utc};
    use domain::Moment;
    use domain::access::{Password, PasswordLink, User, UserId};
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
        pub(crate) password_hash: Option<String>,
        pub(crate) password_set_at: Option<DateTime<Utc>>,
        pub(crate) link_secret: Option<String>,
        pub(crate) link_ends: Option<DateTime<Utc>>,
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
            let password = user.password.as_ref();
            let link = user.password_link.as_ref();
            Ok(Model {
                id: user.id.0,
                name: user.name.to_string(),
                roles: to_json(&user.roles),
                customer_id: user.customer.map(|customer| customer.0),
                status: user.status.word().to_owned(),
                password_hash: password.map(|password| password.hash.to_string()),
                password_set_at: password.map(|password| password.set_at.to_chrono()),
                link_secret: link.map(|link| link.secret.to_string()),
                link_ends: link.map(|link| link.ends.to_chrono()),
                version,
            })
        }

        fn name(row: &Model) -> (Uuid, i64) {
            (row.id, row.version)
        }

        fn state(row: Model) -> Result<User, Unreadable> {
            let password = match (row.password_hash, row.password_set_at) {
                (None, None) => None,
                (Some(hash), Some(set_at)) => Some(Password {
                    hash: parsed("password_hash", &hash)?,
                    set_at: Moment::from(set_at),
                }),
                _ => {
                    let reason = "only one of password_hash and password_set_at is set";
                    return Err(Unreadable(reason.to_owned()));
                }
            };
            let password_link = match (row.link_secret, row.link_ends) {
                (None, None) => None,
                (Some(secret), Some(ends)) => Some(PasswordLink {
                    secret: parsed("link_secret", &secret)?,
                    ends: Moment::from(ends),
                }),
                _ => {
                    let reason = "only one of link_secret and link_ends is set";
                    return Err(Unreadable(reason.to_owned()));
                }
            };
            Ok(User {
                id: UserId(row.id),
                name: parsed("name", &row.name)?,
                roles: json("roles", &row.roles)?,
                customer: row.customer_id.map(CustomerId),
                status: word("status", &row.status)?,
                password,
                password_link,
            })
        }
    }
}

/// The table `tokens`.
pub(crate) mod tokens {
    use crate::columns::{Unreadable, parsed};
    use crate::table::AggregateTable;
    use chrono::{DateTime, Utc};
    use domain::Moment;
    use domain::access::{Session, Token, TokenId, UserId};
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
        pub(crate) session_began: Option<DateTime<Utc>>,
        pub(crate) session_ends: Option<DateTime<Utc>>,
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
                session_began: token.session.map(|session| session.began.to_chrono()),
                session_ends: token.session.map(|session| session.ends.to_chrono()),
                version,
            })
        }

        fn name(row: &Model) -> (Uuid, i64) {
            (row.id, row.version)
        }

        fn state(row: Model) -> Result<Token, Unreadable> {
            let label = row.label.as_deref();
            let session = match (row.session_began, row.session_ends) {
                (None, None) => None,
                (Some(began), Some(ends)) => Some(Session {
                    began: Moment::from(began),
                    ends: Moment::from(ends),
                }),
                _ => {
                    let reason = "only one of session_began and session_ends is set";
                    return Err(Unreadable(reason.to_owned()));
                }
            };
            Ok(Token {
                id: TokenId(row.id),
                hash: parsed("hash", &row.hash)?,
                user: UserId(row.user_id),
                label: label.map(|label| parsed("label", label)).transpose()?,
                revoked: row.revoked,
                session,
            })
        }
    }
}
