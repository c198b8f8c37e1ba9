//! Locations as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages};
use application::locations::LocationView;
use domain::locations::{Location, UnLocode};
use domain::text::Text;

impl ResourceOnPages for Location {
    const FIELD: &'static str = "location";
    const FOLDER: Option<&'static str> = Some("/locations?name=");

    fn typed(text: &str) -> Option<UnLocode> {
        text.to_uppercase().parse().ok()
    }

    fn name(view: &LocationView) -> String {
        view.location.to_string()
    }
}

impl Facts for LocationView {
    fn facts(&self) -> Vec<Detail> {
        let aliases = self.aliases.iter().map(Text::as_str);
        vec![
            Detail::new("/name", "Name", &&self.name),
            Detail::new("", "Other names", &aliases.collect::<Vec<_>>().join(", ")),
            Detail::new("/latitude", "Latitude (° north)", &self.latitude),
            Detail::new("/longitude", "Longitude (° east)", &self.longitude),
            Detail::new("/time_zone", "Time zone", &&self.time_zone),
        ]
    }
}
