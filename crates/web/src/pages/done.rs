//! What a page says after an operation: what it did, and to what. The sentence comes from the log
//! entry of the operation.

use super::shell::Done;
use super::visit::{Away, Visit};
use super::words;
use crate::messages::Reader;
use crate::rooms::Room;
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
    fn of(entry: EntryView) -> Self {
        let read = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
        let target = entry.target.as_deref();
        let target = target.and_then(|target| target.split_once(':'));
        Self {
            name: target.map_or("", |(_, name)| name).to_owned(),
            input: read(entry.input.get()),
            outcome: read(entry.outcome.get()),
            entry,
        }
    }

    pub(crate) fn operation(&self) -> &str {
        &self.entry.operation
    }

    /// A text of the input.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.input[field].as_str().unwrap_or_default()
    }

    fn is_change(&self) -> bool {
        let events = serde_json::from_str::<Vec<Value>>(self.entry.events.get());
        events.is_ok_and(|events| !events.is_empty())
    }
}

/// What pages say about the operations of a subdomain, with codes and times in machine format.
#[async_trait]
pub(crate) trait Sentences: Sync {
    /// What an operation did.
    async fn done(&self, visit: &mut Visit, recorded: &Recorded) -> Result<Option<String>, Away>;

    /// Why an operation changed nothing, as the end of a sentence.
    async fn unchanged(
        &self,
        _visit: &mut Visit,
        _recorded: &Recorded,
    ) -> Result<Option<String>, Away> {
        Ok(None)
    }

    /// A link to what usually follows, with its label.
    async fn next(
        &self,
        _visit: &mut Visit,
        _recorded: &Recorded,
    ) -> Result<Option<(String, String)>, Away> {
        Ok(None)
    }

    /// The details of an event of this subdomain, one by one.
    fn event(&self, event: &Event, reader: &dyn Reader) -> Option<Vec<String>>;
}

/// What the entry at a position did, if the visitor made it.
pub(crate) async fn done(visit: &mut Visit, position: u64) -> Result<Option<Done>, Away> {
    let Some(entry) = visit.reading.own_entry(position).await? else {
        return Ok(None);
    };
    let recorded = Recorded::of(entry);
    let definition = application::find(recorded.operation());
    let room = definition.and_then(|own| Room::of(own.about.subdomain));
    let said = match room {
        Some(room) => sentence(visit, room.sentences, &recorded).await?,
        None => by_default(&recorded),
    };
    let next = match room {
        Some(room) => room.sentences.next(visit, &recorded).await?,
        None => None,
    };
    Ok(Some(Done {
        position,
        said,
        next,
    }))
}

async fn sentence(
    visit: &mut Visit,
    sentences: &dyn Sentences,
    recorded: &Recorded,
) -> Result<String, Away> {
    if recorded.is_change() {
        let said = sentences.done(visit, recorded).await?;
        return Ok(said.unwrap_or_else(|| by_default(recorded)));
    }
    let why = sentences.unchanged(visit, recorded).await?;
    let why = why.unwrap_or_else(|| {
        let title = words::label(recorded.operation()).to_lowercase();
        format!("{title} found {} like this already", recorded.name)
    });
    Ok(format!("Nothing to change: {why}."))
}

fn by_default(recorded: &Recorded) -> String {
    format!("{} is done.", words::label(recorded.operation()))
}

/// A count with its noun.
pub(crate) fn count(items: &Value, one: &str, many: &str) -> Option<String> {
    match items.as_array().map_or(0, Vec::len) {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}
