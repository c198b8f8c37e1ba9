//! Vessels as pages show them.

use crate::pages::thing::{Detail, Facts, ResourceOnPages, amount};
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
            Detail::typed(
                "/capacity/teu",
                "Capacity (TEU)",
                amount(f64::from(self.capacity.teu)),
            ),
            Detail::typed(
                "/capacity/tonnes",
                "Capacity (t)",
                amount(f64::from(self.capacity.tonnes)),
            ),
            Detail::new("/capacity/plugs", "Reefer plugs", &plugs),
        ]
    }
}
