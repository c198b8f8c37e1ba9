//! The forms of what other pages run: `sign-in`, after checking a password, and
//! `redeem-password-link`. The secret of `issue-password-link` is shown as a link.

use super::pages::password_links;
use crate::pages::shell::render;
use crate::pages::special_form::SpecialForm;
use application::access::{IssuePasswordLink, IssueToken, RedeemPasswordLink, SignIn};
use application::{About, Accepted, Operation};
use askama::Template;
use serde_json::Value;

/// The forms with more than fields.
pub(crate) const FORMS: &[&dyn SpecialForm] = &[&SignInForm, &PasswordLinkForm, &RedeemForm];

struct SignInForm;

#[derive(Template)]
#[template(path = "access/runs_by_itself.html")]
struct RunsByItself {
    issue_token: &'static str,
}

impl SpecialForm for SignInForm {
    fn operation(&self) -> &'static About {
        &SignIn::ABOUT
    }

    fn why_not_needed(&self) -> Option<String> {
        let issue_token = IssueToken::ABOUT.name;
        Some(render(&RunsByItself { issue_token }))
    }
}

struct PasswordLinkForm;

impl SpecialForm for PasswordLinkForm {
    fn operation(&self) -> &'static About {
        &IssuePasswordLink::ABOUT
    }

    fn link(&self, accepted: &Accepted) -> Option<String> {
        let outcome: Value = serde_json::from_str(&accepted.outcome).ok()?;
        let user = outcome["user"].as_str()?;
        let secret = accepted.once.as_ref()?["secret"].as_str()?;
        Some(password_links::path(user, secret))
    }
}

struct RedeemForm;

#[derive(Template)]
#[template(path = "access/link_runs_it.html")]
struct LinkRunsIt {
    issue_link: &'static str,
}

impl SpecialForm for RedeemForm {
    fn operation(&self) -> &'static About {
        &RedeemPasswordLink::ABOUT
    }

    fn why_not_needed(&self) -> Option<String> {
        let issue_link = IssuePasswordLink::ABOUT.name;
        Some(render(&LinkRunsIt { issue_link }))
    }
}
