//! Operations and policy of access.

mod assign_role;
mod issue_password_link;
mod issue_token;
mod known;
pub mod password;
pub mod policy;
mod queries;
mod redeem_password_link;
mod register_user;
mod reinstate_user;
mod remove_role;
mod revoke_token;
mod set_password;
mod sign_in;
mod sign_out;
mod suspend_user;

pub use assign_role::AssignRole;
pub use issue_password_link::IssuePasswordLink;
pub use issue_token::IssueToken;
pub use queries::UserView;
pub use redeem_password_link::RedeemPasswordLink;
pub use register_user::RegisterUser;
pub use reinstate_user::ReinstateUser;
pub use remove_role::RemoveRole;
pub use revoke_token::RevokeToken;
pub use set_password::SetPassword;
pub use sign_in::SignIn;
pub use sign_out::SignOut;
pub use suspend_user::SuspendUser;

use crate::room::Room;

crate::catalogue::operations![
    RegisterUser,
    AssignRole,
    RemoveRole,
    SetPassword,
    IssuePasswordLink,
    RedeemPasswordLink,
    IssueToken,
    RevokeToken,
    SuspendUser,
    ReinstateUser,
    SignIn,
    SignOut,
];

/// What this subdomain offers to the rest of the crate.
pub(crate) const ROOM: Room = Room {
    operations: OPERATIONS,
    shown: &[],
    owners: &[],
    affects: &[],
    checks: &[],
};
