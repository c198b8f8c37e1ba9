//! What pages say about operations on users, roles and tokens.

use crate::messages::Reader;
use crate::pages::done::{Recorded, Sentences};
use crate::pages::visit::{Away, Visit};
use application::Operation;
use application::access::{AssignRole, SetPassword};
use async_trait::async_trait;
use domain::Event;
use domain::access::AccessEvent;

/// What pages say after the operations of this subdomain.
pub(crate) struct AccessSentences;

#[async_trait]
impl Sentences for AccessSentences {
    async fn done(&self, _visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "register-user" => format!("{name} has been added. Assign a role and a password next."),
            "assign-role" => format!("{name} has the role {}.", recorded.text("role")),
            "remove-role" => format!("{name} no longer has the role {}.", recorded.text("role")),
            "set-password" => format!("{name} has a new password. All its sessions have ended."),
            "suspend-user" => format!("{name} is suspended and can no longer do anything."),
            "reinstate-user" => format!("{name} is active again, with the same roles as before."),
            "issue-token" => format!("{} has a new token.", recorded.text("user")),
            "revoke-token" => "The token is revoked and no longer works.".to_owned(),
            "sign-in" => format!("{name} has signed in."),
            "sign-out" => "The session has ended.".to_owned(),
            _ => return Ok(None),
        }))
    }

    async fn unchanged(
        &self,
        _visit: &mut Visit,
        recorded: &Recorded,
    ) -> Result<Option<String>, Away> {
        let name = recorded.name.as_str();
        Ok(Some(match recorded.operation() {
            "assign-role" => format!("{name} has the role {} already", recorded.text("role")),
            "remove-role" => format!("{name} does not have the role {}", recorded.text("role")),
            "suspend-user" => format!("{name} is suspended already"),
            "reinstate-user" => format!("{name} is active already"),
            "revoke-token" => "the token is revoked already".to_owned(),
            "sign-out" => "the session has ended already".to_owned(),
            _ => return Ok(None),
        }))
    }

    /// The next step towards a colleague who can sign in.
    async fn next(
        &self,
        visit: &mut Visit,
        recorded: &Recorded,
    ) -> Result<Option<(String, String)>, Away> {
        let user = recorded.name.as_str();
        let (operation, label) = match recorded.operation() {
            "register-user" => (&AssignRole::ABOUT, format!("Give {user} a role")),
            "assign-role" => (&SetPassword::ABOUT, format!("Set a password for {user}")),
            _ => return Ok(None),
        };
        let href = format!("/operations/{}?user={user}", operation.name);
        Ok(visit.may_run(operation).then_some((href, label)))
    }

    fn event(&self, event: &Event, _reader: &dyn Reader) -> Option<Vec<String>> {
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
            AccessEvent::UserRegistered(_)
            | AccessEvent::UserReinstated(_)
            | AccessEvent::PasswordSet(_)
            | AccessEvent::TokenRevoked(_) => Vec::new(),
        })
    }
}
