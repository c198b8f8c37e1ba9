//! The form of `sign-in`, which the sign-in page runs after checking a password.

use crate::pages::shell::render;
use crate::pages::special_form::SpecialForm;
use application::access::{IssueToken, SignIn};
use application::{About, Operation};
use askama::Template;

/// The forms with more than fields.
pub(crate) const FORMS: &[&dyn SpecialForm] = &[&SignInForm];

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
