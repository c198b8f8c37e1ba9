//! Handling events as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages};
use application::handling::HandlingEventView;
use domain::handling::HandlingEvent;

impl ResourceOnPages for HandlingEvent {
    const FIELD: &'static str = "event";
    const FOLDER: Option<&'static str> = None;

    fn name(view: &HandlingEventView) -> String {
        view.event.to_string()
    }

    fn in_sentence(_name: &str, _view: Option<&HandlingEventView>) -> String {
        "the report".to_owned()
    }
}

impl Facts for HandlingEventView {
    fn facts(&self) -> Vec<Detail> {
        vec![
            Detail::new("", "Status", &&self.status),
            Detail::new("", "Reason", &self.reason.clone().unwrap_or_default()),
        ]
    }
}
