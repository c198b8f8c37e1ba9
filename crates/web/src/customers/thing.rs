//! Customers as pages show them.

use super::ERASED;
use super::suggest::Customers;
use crate::pages::pickers::Search;
use crate::pages::thing::{Detail, Facts, ResourceOnPages, part, word};
use application::customers::CustomerView;
use domain::customers::Customer;

impl ResourceOnPages for Customer {
    const FIELD: &'static str = "customer";
    const FOLDER: Option<&'static str> = Some("/customers/");

    fn name(view: &CustomerView) -> String {
        view.customer.to_string()
    }

    fn instead_of_name(_exists: bool) -> Option<&'static str> {
        Some("a customer")
    }

    const SEARCH: Option<&'static dyn Search> = Some(&Customers);

    fn common_name(view: &CustomerView) -> Option<String> {
        Some(super::name(view))
    }

    fn in_sentence(_name: &str, view: Option<&CustomerView>) -> String {
        view.map_or_else(
            || "the customer".to_owned(),
            |own| match own.name {
                Some(_) => super::name(own),
                None => super::name(own).to_lowercase(),
            },
        )
    }
}

impl Facts for CustomerView {
    fn facts(&self) -> Vec<Detail> {
        vec![
            Detail::new("/name", "Name", &self.name_or(ERASED)),
            Detail::new("/email", "E-mail", &self.email_or(ERASED)),
            Detail::new("/country", "Country", &&self.country),
            Detail::of("", [part("Status")], [word(self.status.word())]),
        ]
    }
}
