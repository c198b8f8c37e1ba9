//! The facts that people see about a thing that can change while they work, and what has changed
//! since a form was opened.

use super::form::Entered;
use super::places::{People, Places};
use super::stream::actor;
use super::thing::{Comparison, Detail, KindOnPages, VERSIONS_COMPARED_MAX, read};
use super::visit::{Away, Visit};
use super::words;
use crate::messages::{Mentioned, Reader, value};
use crate::rooms::Room;
use application::About;
use application::policy::Read;
use application::queries::QueryError;
use domain::Fact;
use domain::locations::UnLocode;
use domain::log::reader::LogFilter;
use serde_json::Value;

/// The maximum number of people who are named.
const NAMED: usize = 3;

/// A thing that a form can be opened from.
pub(crate) struct Thing {
    kind: &'static dyn KindOnPages,
    name: String,
}

impl Thing {
    /// The target of an operation. Operations that create something have none.
    pub(crate) fn of(about: &About, input: &Value) -> Option<Self> {
        let room = Room::of(about.subdomain)?;
        room.things.iter().find_map(|kind| {
            let name = kind.target_of(about, input)?;
            Some(Self { kind: *kind, name })
        })
    }

    /// What people call it in a sentence.
    pub(crate) async fn in_sentence(&self, visit: &mut Visit) -> Result<String, Away> {
        let reading = &mut visit.reading;
        Ok(self.kind.in_sentence(reading, &self.name).await?)
    }

    /// `kind:name`, as the log has it.
    pub(crate) fn text(&self) -> String {
        format!("{}:{}", self.kind.kind().word(), self.name)
    }
}

/// A fact before and now, in readable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) now: String,
    /// The value in the form, if the form has a field for it.
    pub(crate) entered: Option<String>,
}

/// What has changed about a thing since a form was opened from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meanwhile {
    /// The current version.
    pub(crate) version: u64,
    /// Whether only derived facts have changed.
    pub(crate) only_follows: bool,
    changed: Vec<(Detail, Detail)>,
    /// Who changed it and by which operation, if the reader may know.
    pub(crate) by: Vec<String>,
}

impl Meanwhile {
    /// The fields of a form whose values have changed.
    pub(crate) fn fields(&self, entered: &Entered) -> Vec<String> {
        let own = self.changed.iter().map(|(_, now)| &now.pointer);
        let own = own.filter(|pointer| entered.value(pointer).is_some());
        own.cloned().collect()
    }

    /// The changes in words, beside the entered values.
    pub(crate) async fn described(
        &self,
        visit: &mut Visit,
        entered: &Entered,
    ) -> Result<Vec<Change>, Away> {
        let mut codes = locations(&self.changed);
        let entered = |now: &Detail| as_typed(entered, now);
        let typed: Vec<_> = self.changed.iter().map(|(_, now)| entered(now)).collect();
        codes.extend(typed.iter().flatten().filter_map(|fact| match fact {
            Fact::Location(code) => Some(code.clone()),
            _ => None,
        }));
        let places = Places::load(&mut visit.reading, &codes).await?;
        let people = People(&places);
        let told = |parts: &[Fact], clock: Option<&Fact>| match in_words(parts, clock, &people) {
            text if text.is_empty() => "none".to_owned(),
            text => text,
        };
        let changes = self.changed.iter().zip(typed);
        let told = changes.map(|((before, now), entered)| Change {
            name: told(&now.name, None),
            before: told(&before.value, now.clock.as_ref()),
            now: told(&now.value, now.clock.as_ref()),
            entered: entered.map(|own| told(&[own], now.clock.as_ref())),
        });
        Ok(told.collect())
    }
}

/// The locations that changed facts name.
pub(crate) fn locations(changed: &[(Detail, Detail)]) -> Vec<UnLocode> {
    let mentioned = Mentioned::default();
    for (before, now) in changed {
        for parts in [&now.name, &before.value, &now.value] {
            read(parts, &mentioned);
        }
    }
    let mut codes = mentioned.locations();
    let clocks = changed.iter().map(|(_, now)| &now.clock);
    codes.extend(clocks.filter_map(|clock| match clock {
        Some(Fact::Location(code)) => Some(code.clone()),
        _ => None,
    }));
    codes
}

/// Parts of a text as one, its times by the clock of a place.
pub(crate) fn in_words(parts: &[Fact], clock: Option<&Fact>, people: &dyn Reader) -> String {
    let told = parts.iter().map(|part| match (part, clock) {
        (Fact::Time(time), Some(Fact::Location(place))) => people.time_in(*time, place),
        (part, _) => value(part, people),
    });
    told.collect()
}

/// What was entered for a value, as the same kind of fact. Anything else stays as it is.
fn as_typed(entered: &Entered, like: &Detail) -> Option<Fact> {
    let text = entered.value(&like.pointer)?;
    let typed = match like.value.as_slice() {
        [Fact::Time(_)] => entered.moment(&like.pointer).map(Fact::from),
        [Fact::Count(_)] => text.parse::<u64>().ok().map(Fact::from),
        [Fact::Location(_)] => text.parse::<UnLocode>().ok().map(Fact::from),
        _ => None,
    };
    Some(typed.unwrap_or_else(|| text.to_owned().into()))
}

/// The current version of a thing, if it exists and is visible.
pub(crate) async fn version(visit: &mut Visit, thing: &Thing) -> Result<Option<u64>, Away> {
    match thing.kind.version(&mut visit.reading, &thing.name).await {
        Ok(version) => Ok(version),
        Err(QueryError::NotFound(_) | QueryError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What has changed about a thing since a version, or nothing if it is unchanged or not visible.
pub(crate) async fn since(
    visit: &mut Visit,
    thing: &Thing,
    opened: u64,
) -> Result<Option<Meanwhile>, Away> {
    let now = version(visit, thing).await?;
    let Some(now) = now.filter(|now| *now > opened && opened > 0) else {
        return Ok(None);
    };
    let reading = &mut visit.reading;
    let compared = thing.kind.since(reading, &thing.name, opened).await?;
    // Any change counts where no facts are shown.
    let has_facts = compared.is_some();
    let Comparison { changed, positions } = compared.unwrap_or_default();
    let only_follows = has_facts && changed.iter().all(|(_, now)| now.follows);
    let by = match only_follows {
        true => Vec::new(),
        false => by_whom(visit, thing, &positions, now - opened).await?,
    };
    Ok(Some(Meanwhile {
        version: now,
        only_follows,
        changed,
        by,
    }))
}

/// Who changed a thing recently, and by which operations.
async fn by_whom(
    visit: &mut Visit,
    thing: &Thing,
    positions: &[u64],
    versions: u64,
) -> Result<Vec<String>, Away> {
    if !visit.may_read(Read::Log) {
        return Ok(Vec::new());
    }
    let entries = if positions.is_empty() {
        let filter = LogFilter {
            target: Some(thing.text()),
            ..LogFilter::default()
        };
        let limit = versions.min(VERSIONS_COMPARED_MAX);
        visit.reading.newest(&filter, 0..=u64::MAX, limit).await?.0
    } else {
        let mut entries = visit.reading.entries_at(positions).await?;
        entries.reverse();
        entries
    };
    let mut by: Vec<String> = Vec::new();
    for entry in entries {
        let operation = words::label(&entry.operation).to_lowercase();
        let ago = words::distance(entry.recorded_at, visit.now);
        by.push(format!("{}: {operation}, {ago}", actor(&entry.actor)));
    }
    by.dedup();
    by.truncate(NAMED);
    Ok(by)
}

/// The current values for the fields of a form.
pub(crate) async fn values_now(visit: &mut Visit, thing: &Thing) -> Result<Vec<Detail>, Away> {
    Ok(thing.kind.facts(&mut visit.reading, &thing.name).await?)
}
