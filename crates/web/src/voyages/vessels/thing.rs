//! Vessels as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages};
use application::voyages::VesselView;
use domain::voyages::RegisteredVessel;

impl ResourceOnPages for RegisteredVessel {
    const FIELD: &'static str = "imo";
    const FOLDER: Option<&'static str> = Some("/vessels/");

    fn name(view: &VesselView) -> String {
        view.imo.to_string()
    }

    fn in_sentence(name: &str, view: Option<&VesselView>) -> String {
        match view {
            Some(own) => own.name.to_string(),
            None => format!("the vessel {name}"),
        }
    }
}

impl Facts for VesselView {
    fn facts(&self) -> Vec<Detail> {
        let plugs = self.capacity.plugs;
        let plugs = plugs.map_or_else(
            || "not known".to_owned(),
            |plugs| u64::from(plugs).to_string(),
        );
        vec![
            Detail::new("/name", "Name", &&self.name),
            Detail::new(
                "/capacity/teu",
                "Capacity (TEU)",
                &f64::from(self.capacity.teu),
            ),
            Detail::new(
                "/capacity/tonnes",
                "Capacity (t)",
                &f64::from(self.capacity.tonnes),
            ),
            Detail::new("/capacity/plugs", "Reefer plugs", &plugs),
        ]
    }
}
