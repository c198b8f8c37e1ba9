//! What pages say about operations on users, roles and tokens.

use crate::messages::{Facts, Reader, declare_facts};
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use application::Operation;
use application::access::{AssignRole, IssuePasswordLink, RegisterUser};
use async_trait::async_trait;
use domain::access::AccessEvent;
use domain::limits::PASSWORD_LINK_HOURS;
use domain::{Event, Fact, Moment};

declare_facts! {
    /// The facts of an operation on a user.
    AccessFacts {
        user: String,
        role: String,
        /// How long a link to set a password works.
        link_hours: u64,
        /// When it ends. Empty for other operations.
        link_ends: Fact,
    }
}

/// What pages say after the operations of this subdomain.
pub(crate) struct AccessSentences;

#[async_trait]
impl Sentences for AccessSentences {
    fn names(&self) -> &'static [&'static str] {
        AccessFacts::NAMES
    }

    async fn facts(&self, _visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away> {
        let user = match recorded.text("user") {
            "" => &recorded.name,
            user => user,
        };
        let ends = recorded.outcome["ends"].as_str();
        let ends = ends.and_then(|ends| ends.parse::<Moment>().ok());
        let facts = AccessFacts {
            link_ends: ends.map_or_else(|| Fact::Text(String::new()), Fact::Time),
            user: user.to_owned(),
            role: recorded.text("role").to_owned(),
            link_hours: PASSWORD_LINK_HOURS.unsigned_abs(),
        };
        Ok(Some(facts.list()))
    }

    /// The next step towards a colleague who can sign in.
    async fn next(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let next = if recorded.is_of::<RegisterUser>() {
            &AssignRole::ABOUT
        } else if recorded.is_of::<AssignRole>() {
            &IssuePasswordLink::ABOUT
        } else {
            return Ok(None);
        };
        let href = format!("/operations/{}?user={}", next.name, recorded.name);
        Ok(visit.may_run(next).then_some(href))
    }

    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>> {
        let Event::Access(event) = event else {
            return None;
        };
        Some(match event {
            AccessEvent::RoleAssigned(event) => vec![event.role.to_string()],
            AccessEvent::RoleRemoved(event) => vec![event.role.to_string()],
            AccessEvent::UserSuspended(event) => vec![event.reason.to_string()],
            AccessEvent::TokenIssued(event) => vec![event.user.to_string()],
            AccessEvent::SignedIn(event) => vec![event.user.to_string()],
            AccessEvent::SignedOut(event) => vec![event.user.to_string()],
            AccessEvent::PasswordLinkIssued(event) => {
                vec![format!("until {}", reader.time(event.ends))]
            }
            AccessEvent::UserRegistered(_)
            | AccessEvent::UserReinstated(_)
            | AccessEvent::PasswordSet(_)
            | AccessEvent::TokenRevoked(_) => Vec::new(),
        })
    }
}
