//! Handling events as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages, part, word};
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
        let voyage = self.voyage.as_ref().map(ToString::to_string);
        let container = self.container.as_ref().map(ToString::to_string);
        vec![
            Detail::new("", "Cargo", &&self.cargo),
            Detail::new("", "Container", &container.unwrap_or_default()),
            Detail::of("", [part("Handling")], [word(self.handling_type.word())]),
            Detail::typed("", "Location", self.location.clone()),
            Detail::new("", "Voyage", &voyage.unwrap_or_default()),
            Detail::typed("", "Happened", self.completed_at).by_clock_of(self.location.clone()),
            Detail::of("", [part("Status")], [word(&self.status)]),
            Detail::new("", "Reason", &self.reason.clone().unwrap_or_default()),
        ]
    }
}
