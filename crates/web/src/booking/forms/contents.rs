//! The forms of operations on what a cargo contains, with its present contents.

use super::entered_cargo;
use crate::pages::form::{Entered, FixedClock};
use crate::pages::shell::render;
use crate::pages::special_form::{FormParts, SpecialForm, preset_all};
use crate::pages::visit::{Away, Visit};
use application::booking::{CargoView, SplitCargo};
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use serde_json::Value;

/// A form filled in with what the cargo has now.
pub(super) struct FilledIn(pub(super) &'static About);

#[async_trait]
impl SpecialForm for FilledIn {
    fn operation(&self) -> &'static About {
        self.0
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        match entered_cargo(visit, entered).await? {
            Some(cargo) => {
                if let Some(ready_from) = cargo.route_specification.ready_from {
                    entered.preset("/ready_from", ready_from.to_string());
                }
                Ok(preset_all(entered, schema, &cargo)?)
            }
            None => Ok(()),
        }
    }

    /// The clock of a ready date: that of the entered cargo's origin.
    async fn clocks(&self, visit: &mut Visit, entered: &Entered) -> Result<Vec<FixedClock>, Away> {
        let cargo = entered_cargo(visit, entered).await?;
        let origin = cargo.map(|cargo| cargo.route_specification.origin);
        let clock = origin.map(|port| ("/ready_from", port.to_string()));
        Ok(clock.into_iter().collect())
    }
}

/// The form of a split. It begins with one container of the first kind.
pub(super) struct SplitOff;

/// What a cargo contains before it is split.
#[derive(Template)]
#[template(path = "booking/contents.html")]
struct ContentsNow {
    cargo: CargoView,
}

/// The weight of one container, if all weigh the same.
fn share_of_one(cargo: &CargoView) -> Option<u64> {
    let count: u64 = cargo
        .equipment
        .iter()
        .map(|line| u64::from(line.count))
        .sum();
    (count > 1).then(|| cargo.gross_weight_kg / count)
}

#[async_trait]
impl SpecialForm for SplitOff {
    fn operation(&self) -> &'static About {
        &SplitCargo::ABOUT
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        _schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let cargo = entered_cargo(visit, entered).await?;
        if let Some(line) = cargo.iter().flat_map(|cargo| &cargo.equipment).next() {
            entered.preset("/equipment/0/type", line.size_type.as_str());
            entered.preset("/equipment/0/count", "1");
        }
        if let Some(share) = cargo.as_ref().and_then(share_of_one) {
            entered.preset("/gross_weight_kg", share.to_string());
        }
        Ok(())
    }

    async fn parts(&self, visit: &mut Visit, entered: &mut Entered) -> Result<FormParts, Away> {
        let cargo = entered_cargo(visit, entered).await?;
        let contents = cargo.map(|cargo| ContentsNow { cargo });
        Ok(FormParts {
            above: contents.as_ref().map(render).unwrap_or_default(),
            ..FormParts::default()
        })
    }
}
