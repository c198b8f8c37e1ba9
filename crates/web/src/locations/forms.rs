//! The form of `correct-location`, which is filled in with all the details and therefore needs to know
//! its location first.

use super::suggest::location;
use crate::pages::form::{Entered, TextField};
use crate::pages::shell::render;
use crate::pages::special_form::{SpecialForm, preset_all};
use crate::pages::visit::{Away, Visit};
use application::locations::CorrectLocation;
use application::{About, Operation};
use askama::Template;
use async_trait::async_trait;
use domain::Names;
use domain::locations::Location;
use serde_json::Value;

/// The forms with more than fields.
pub(crate) const FORMS: &[&dyn SpecialForm] = &[&Correct];

struct Correct;

/// The location, asked for before its details are shown.
#[derive(Template)]
#[template(path = "locations/asked_first.html")]
struct AskedFirst {
    operation: &'static str,
    asked: TextField,
}

#[async_trait]
impl SpecialForm for Correct {
    fn operation(&self) -> &'static About {
        &CorrectLocation::ABOUT
    }

    async fn fill_in(
        &self,
        visit: &mut Visit,
        schema: &Value,
        entered: &mut Entered,
    ) -> Result<(), Away> {
        let text = entered.value("/location").unwrap_or_default().to_owned();
        if text.trim().is_empty() {
            return Ok(());
        }
        let code = match location(&mut visit.reading, &text).await? {
            Ok(code) => code,
            Err(unclear) => {
                entered.unclear("/location", unclear);
                return Ok(());
            }
        };
        entered.set("/location", code.to_string());
        let known = visit.reading.some::<Location>([code.lookup()]);
        match known.await?.pop() {
            Some(place) => Ok(preset_all(entered, schema, &place)?),
            None => Ok(()),
        }
    }

    fn ask_first(&self, entered: &Entered) -> Option<String> {
        let asked = entered.opened().is_none().then(|| AskedFirst {
            operation: CorrectLocation::ABOUT.name,
            asked: TextField::of(entered, "/location"),
        });
        asked.as_ref().map(render)
    }
}
