//! Forms that concern a vessel: the one that registers or corrects it, and what lets others start
//! from a registered one.

use super::suggest::{Vessels, registered};
use crate::pages::form::Entered;
use crate::pages::pickers::Search;
use crate::pages::shell::render;
use crate::pages::special_form::{SpecialForm, preset_all};
use crate::pages::visit::{Away, Visit};
use application::voyages::{RegisterVessel, VesselView};
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use domain::limits::NAME_CHARS_MAX;
use domain::voyages::ImoNumber;
use serde_json::Value;

/// The form that registers a vessel, filled in with what is registered.
pub(crate) struct Register;

#[async_trait]
impl SpecialForm for Register {
    fn operation(&self) -> &'static About {
        &RegisterVessel::ABOUT
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let imo = entered
            .value("/imo")
            .and_then(|imo| imo.trim().parse().ok());
        let Some(imo) = imo else {
            return Ok(());
        };
        match registered(&mut visit.reading, &imo).await? {
            Some(vessel) => Ok(preset_all(entered, schema, &vessel)?),
            None => Ok(()),
        }
    }
}

/// The small form that picks a registered vessel for a larger one below.
#[derive(Template)]
#[template(path = "voyages/pick_vessel.html")]
struct PickVessel<'a> {
    operation: &'a str,
    /// The voyage that the larger form is about.
    voyage: &'a str,
    /// The voyage that the larger form copies, and how many weeks later.
    copied: Option<(&'a str, &'a str)>,
}

/// The picker above the form of an operation.
pub(crate) fn picker(about: &About, voyage: &str, copied: Option<(&str, &str)>) -> String {
    render(&PickVessel {
        operation: about.name,
        voyage,
        copied,
    })
}

/// The vessel that was picked above the form, just now or before something else was.
pub(crate) fn picked(visit: &mut Visit) -> Option<String> {
    let mut given = |name| {
        let text = visit.parameters.line(name, NAME_CHARS_MAX);
        text.filter(|text| !text.trim().is_empty())
    };
    let (now, before) = (given("ship"), given("picked"));
    now.or(before)
}

/// Fills in the vessel that was picked above the form, with its capacity.
pub(crate) async fn fill_in_picked(
    visit: &mut Visit,
    picked: Option<String>,
    entered: &mut Entered,
) -> Result<(), Away> {
    let Some(text) = picked else {
        return Ok(());
    };
    let imo = match Vessels.meant(&mut visit.reading, &text).await? {
        Ok(imo) => imo,
        Err(unclear) => {
            entered.unclear("/vessel/imo", unclear);
            return Ok(());
        }
    };
    let vessel = match imo.parse::<ImoNumber>() {
        Ok(imo) => registered(&mut visit.reading, &imo).await?,
        Err(_) => None,
    };
    match vessel {
        Some(vessel) => preset(entered, &vessel),
        None => {
            let complaint = format!(
                "is needed: no vessel is registered as “{}”. Enter it here with its name, and it will be registered",
                text.trim()
            );
            entered.wrong_field("/vessel/imo", complaint);
        }
    }
    Ok(())
}

fn preset(entered: &mut Entered, vessel: &VesselView) {
    entered.preset("/vessel/imo", vessel.imo.to_string());
    entered.preset("/vessel/name", vessel.name.to_string());
    for (pointer, figure) in [
        ("/capacity/teu", f64::from(vessel.capacity.teu)),
        ("/capacity/tonnes", f64::from(vessel.capacity.tonnes)),
    ] {
        entered.preset(pointer, figure.to_string());
    }
    if let Some(plugs) = vessel.capacity.plugs {
        entered.preset("/capacity/plugs", u64::from(plugs).to_string());
    }
}
