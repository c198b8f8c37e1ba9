//! What a page says after an operation: what it did, and to what. The facts come from the log entry
//! of the operation, the words from the catalogue of messages.

use super::places::{People, Places};
use super::shell::Done;
use super::visit::{Away, Visit};
use super::words;
use crate::messages::{self, Facts, Reader};
use crate::rooms::Room;
use application::Operation;
use application::queries::EntryView;
use async_trait::async_trait;
use domain::Event;
use serde_json::Value;

/// An entry of the log with its parts read.
pub(crate) struct Recorded {
    pub(crate) entry: EntryView,
    /// The name of its target.
    pub(crate) name: String,
    pub(crate) input: Value,
    pub(crate) outcome: Value,
}

impl Recorded {
    pub(crate) fn of(entry: EntryView) -> Self {
        let read = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
        let target = entry.target.as_deref();
        let target = target.and_then(|target| target.split_once(':'));
        Self {
            name: target.map_or("", |(_, name)| name).to_owned(),
            input: entry.current_input(),
            outcome: read(entry.outcome.get()),
            entry,
        }
    }

    fn operation(&self) -> &str {
        &self.entry.operation
    }

    /// Whether it is an entry of this operation.
    pub(crate) fn is_of<O: Operation>(&self) -> bool {
        self.entry.operation == O::ABOUT.name
    }

    /// A text of the input.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.input[field].as_str().unwrap_or_default()
    }

    /// Its events. Empty if they are of another release.
    pub(crate) fn events(&self) -> Vec<Event> {
        Event::list_from_json(self.entry.events.get()).unwrap_or_default()
    }

    fn is_change(&self) -> bool {
        let events = serde_json::from_str::<Vec<Value>>(self.entry.events.get());
        events.is_ok_and(|events| !events.is_empty())
    }
}

/// What pages say about the operations and events of a subdomain. The words are messages in the
/// catalogue, by the name of the operation: `create-cargo-done`, and for some operations
/// `create-cargo-unchanged` and `create-cargo-next`.
#[async_trait]
pub(crate) trait Sentences: Sync {
    /// The names of the facts that these messages can use.
    fn names(&self) -> &'static [&'static str];

    /// The facts of an applied operation.
    async fn facts(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<Facts>, Away>;

    /// The address of what usually follows.
    async fn next(&self, _visit: &mut Visit, _recorded: &Recorded) -> Result<Option<String>, Away> {
        Ok(None)
    }

    /// What an entry changed that its events do not tell, one by one.
    async fn changes(&self, _visit: &mut Visit, _recorded: &Recorded) -> Result<Vec<String>, Away> {
        Ok(Vec::new())
    }

    /// The details of an event of this subdomain, one by one.
    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>>;
}

/// The facts that the messages of all operations can use.
#[cfg(test)]
pub(crate) const NAMES: [&str; 2] = ["operation", "name"];

/// What the entry at a position did, if the visitor made it.
pub(crate) async fn done(visit: &mut Visit, position: u64) -> Result<Option<Done>, Away> {
    let Some(entry) = visit.reading.own_entry(position).await? else {
        return Ok(None);
    };
    let recorded = Recorded::of(entry);
    let definition = application::find(recorded.operation());
    let room = definition.and_then(|own| Room::of(own.about.subdomain));
    let mut facts: Facts = vec![
        ("operation", words::label(recorded.operation()).into()),
        ("name", recorded.name.clone().into()),
    ];
    let mut next = None;
    if let Some(room) = room {
        let sentences = room.sentences;
        let own = sentences.facts(visit, &recorded).await?.unwrap_or_default();
        let mut names = own.iter().map(|(name, _)| name);
        debug_assert!(names.all(|name| sentences.names().contains(name)));
        facts.extend(own);
        next = room.sentences.next(visit, &recorded).await?;
    }
    let mentioned = messages::locations_in(facts.iter().map(|(_, fact)| fact));
    let places = Places::load(&mut visit.reading, mentioned).await?;
    let say = |message: &str| messages::say(message, &facts, &People(&places));
    let of_operation = |what: &str| say(&format!("{}-{what}", recorded.operation()));
    let what = match recorded.is_change() {
        true => "done",
        false => "unchanged",
    };
    let said = of_operation(what).or_else(|| say(&format!("any-operation-{what}")));
    let label = of_operation("next");
    Ok(Some(Done {
        position,
        said: said.unwrap_or_default(),
        next: next.zip(label),
    }))
}

/// What an entry changed that its events do not tell, one by one.
pub(crate) async fn changes(visit: &mut Visit, recorded: &Recorded) -> Result<Vec<String>, Away> {
    let definition = application::find(recorded.operation());
    match definition.and_then(|own| Room::of(own.about.subdomain)) {
        Some(room) => room.sentences.changes(visit, recorded).await,
        None => Ok(Vec::new()),
    }
}

/// The number of items in a list of an input or an outcome.
pub(crate) fn count(items: &Value) -> usize {
    items.as_array().map_or(0, Vec::len)
}
