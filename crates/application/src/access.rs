//! Access: operations.

mod assign_role;
mod issue_token;
mod known;
mod register_user;
mod revoke_token;
mod suspend_user;

pub use assign_role::AssignRole;
pub use issue_token::IssueToken;
pub use register_user::RegisterUser;
pub use revoke_token::RevokeToken;
pub use suspend_user::SuspendUser;

crate::catalogue::operations![
    RegisterUser,
    AssignRole,
    IssueToken,
    RevokeToken,
    SuspendUser
];
