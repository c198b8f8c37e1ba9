//! The people of the sample world: users to sign in as, and staff who work through the API.

use super::dice::Dice;
use crate::cli::local::{Local, Trouble};
use application::Caller;
use domain::access::TokenHash;
use serde_json::json;

/// A user of the sample world, with a description.
pub(crate) struct User {
    pub(crate) name: &'static str,
    role: &'static str,
    pub(crate) meaning: &'static str,
}

/// The users that a visitor can sign in as.
pub(crate) const USERS: &[User] = &[
    user("clerk", "clerk", "takes and books cargo"),
    user(
        "planner",
        "planner",
        "schedules voyages and sets their capacity",
    ),
    user(
        "port-agent",
        "port-agent",
        "reports handling events in port",
    ),
    user("finance", "finance", "reads everything above, and the log"),
    user("customer", "customer", "sees only its own cargo"),
    user("auditor", "auditor", "reads everything, changes nothing"),
    user("admin", "admin", "may do everything"),
];

/// The staff who work without visitors.
const STAFF: &[User] = &[
    user("ines", "clerk", ""),
    user("marek", "clerk", ""),
    user("yuki", "clerk", ""),
    user("olu", "planner", ""),
    user("leila", "port-agent", ""),
    user("tomas", "port-agent", ""),
];

const fn user(name: &'static str, role: &'static str, meaning: &'static str) -> User {
    User {
        name,
        role,
        meaning,
    }
}

/// The users who can sign in, and the staff who work through the API.
pub(crate) struct People {
    /// The password of all users.
    pub(crate) password: String,
    /// The tokens of the staff.
    pub(crate) staff: Staff<String>,
}

/// The tokens of the staff.
#[derive(Clone)]
pub(crate) struct Staff<T> {
    /// Clerks, who take and book cargo.
    pub(crate) clerks: Vec<T>,
    /// Planners, who schedule voyages.
    pub(crate) planners: Vec<T>,
    /// Port agents, who report handling events.
    pub(crate) agents: Vec<T>,
}

impl Staff<String> {
    /// The staff as callers of the pipeline.
    pub(super) fn callers(&self) -> Staff<Caller> {
        let all = |tokens: &[String]| {
            let hashes = tokens.iter().map(|token| TokenHash::of(token));
            hashes.map(Caller::Token).collect()
        };
        Staff {
            clerks: all(&self.clerks),
            planners: all(&self.planners),
            agents: all(&self.agents),
        }
    }
}

/// Registers the staff.
pub(super) async fn employ(local: &Local) -> Result<Staff<String>, Trouble> {
    let mut staff = Staff {
        clerks: Vec::new(),
        planners: Vec::new(),
        agents: Vec::new(),
    };
    for user in STAFF {
        register(local, user, None).await?;
        let issue = json!({ "user": user.name, "label": "Sample traffic" });
        let once = local.run("issue-token", &issue).await?.once;
        let token = once.as_ref().and_then(|once| once["token"].as_str());
        let token = token
            .expect("issue-token returns its secret once")
            .to_owned();
        match user.role {
            "planner" => staff.planners.push(token),
            "port-agent" => staff.agents.push(token),
            _ => staff.clerks.push(token),
        }
    }
    Ok(staff)
}

/// Sets up the users for visitors, one of them as a customer. Returns their password.
pub(super) async fn invite(local: &Local, customer: &str) -> Result<String, Trouble> {
    let password = password();
    for user in USERS {
        register(local, user, Some(customer)).await?;
        let input = json!({ "user": user.name, "password": password });
        local.run("set-password", &input).await?;
    }
    Ok(password)
}

async fn register(local: &Local, user: &User, customer: Option<&str>) -> Result<(), Trouble> {
    let name = json!({ "name": user.name });
    local.run("register-user", &name).await?;
    let mut role = json!({ "user": user.name, "role": user.role });
    if user.role == "customer" {
        role["customer"] = json!(customer);
    }
    local.run("assign-role", &role).await.map(drop)
}

/// A password that is easy to type from a screen.
fn password() -> String {
    const WORDS: [&str; 16] = [
        "anchor", "beacon", "capstan", "derrick", "ensign", "fairway", "galley", "halyard",
        "jetty", "keel", "lantern", "mooring", "pilot", "quay", "rudder", "tide",
    ];
    let mut dice = Dice::unforeseen();
    let (one, other) = (dice.below(16), dice.below(16));
    format!("{}-{}-{}", WORDS[one], WORDS[other], dice.between(10, 99))
}
