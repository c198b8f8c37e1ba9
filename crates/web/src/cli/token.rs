//! `plimsoll token`

use super::local::{self, Local, Trouble};
use super::{Common, Stopped, say};
use crate::messages::{self, Exact};
use application::access::{AssignRole, IssueToken, RegisterUser};
use application::{Limits, Operation};
use domain::access::rules::{UserMustBeActive, UserNameMustBeUnique};
use domain::access::{Role, User, UserName};
use domain::{Aggregate, Kind, Rejection};
use serde_json::json;
use uuid::Uuid;

/// What to do with tokens.
#[derive(Debug, clap::Subcommand)]
pub(super) enum What {
    /// Issues a token and prints it. This is the only time it is shown. Creates the user if
    /// missing.
    Issue(Issue),
}

/// Options of `token issue`.
#[derive(Debug, clap::Args)]
pub(super) struct Issue {
    /// The user that the token authenticates.
    #[arg(long, value_name = "NAME")]
    user: UserName,
    /// The role of the user: admin, planner, clerk, port-agent, finance, auditor,
    /// integrator or customer.
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// The id of the customer the user acts for. Required for the role customer.
    #[arg(long, value_name = "ID")]
    customer: Option<Uuid>,
    /// A note on what the token is for.
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
}

/// Issues a token.
pub(super) async fn run(common: &Common, What::Issue(issue): What) -> Result<(), Stopped> {
    let database = local::connect(common).await?;
    let local = Local::start(&database, Limits::default());
    let issued = token(&local, &issue).await;
    drop(local.finish().await);
    database.close().await;
    say(issued?);
    Ok(())
}

async fn token(local: &Local, issue: &Issue) -> Result<String, Stopped> {
    let user = issue.user.as_str();
    let known = known(local, user).await?;
    if known.as_ref().is_some_and(|known| !known.is_active()) {
        let refused = Rejection::from(UserMustBeActive {
            user: issue.user.clone(),
        });
        let detail = messages::refusal(&refused, &Exact);
        return Err(Stopped::finding(format!(
            "No token was issued: {detail} Reinstate the user with reinstate-user, or name another."
        )));
    }
    if known.is_none() {
        match local
            .run(RegisterUser::ABOUT.name, &json!({ "name": user }))
            .await
        {
            Ok(_) => {}
            // Another process was faster.
            Err(Trouble::Refused(refused)) if refused.rejection.breaks(&UserNameMustBeUnique) => {}
            Err(trouble) => return Err(trouble.into()),
        }
    }
    let mut role = json!({ "user": user, "role": issue.role });
    if let Some(customer) = issue.customer {
        role["customer"] = json!(customer);
    }
    local.run(AssignRole::ABOUT.name, &role).await?;
    let mut input = json!({ "user": user });
    if let Some(label) = &issue.label {
        input["label"] = json!(label);
    }
    let accepted = local.run(IssueToken::ABOUT.name, &input).await?;
    let once = accepted.once.as_ref();
    let token = once.and_then(|once| once["token"].as_str());
    Ok(token
        .expect("issue-token returns its secret once")
        .to_owned())
}

async fn known(local: &Local, user: &str) -> Result<Option<User>, Stopped> {
    let cannot_read = |error| Stopped::because("Cannot read the database", &error);
    let mut snapshot = local.reader.snapshot().await.map_err(cannot_read)?;
    let found = snapshot.load(Kind::User, &[], &[user.to_owned()]).await;
    let found = found.map_err(cannot_read)?.pop();
    Ok(found.and_then(|found| User::from_any(&found.state).cloned()))
}
