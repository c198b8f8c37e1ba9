//! Choices for fields that ask for an id that nobody can know: of tokens, sessions and handling
//! events.

use super::form::Entered;
use super::visit::{Away, Visit};
use super::words;
use application::Operation;
use application::access::{IssueToken, SignIn};
use application::handling::HandlingEventView;
use application::policy::Read;
use application::queries::{EntryView, Viewed};
use domain::Moment;
use domain::access::TokenId;
use domain::handling::{HandlingEvent, HandlingFilter, HandlingStatusWord};
use domain::log::reader::LogFilter;
use serde_json::Value;

/// The maximum number of choices, latest first.
const CHOICES: u64 = 100;

/// A choice: value and label.
type Choice = (String, String);

/// The choices for a form with such fields, by pointer.
pub(crate) async fn choices(
    visit: &mut Visit,
    schema: &Value,
    entered: &Entered,
) -> Result<Vec<(&'static str, Vec<Choice>)>, Away> {
    let asks = |name: &str| schema["properties"].get(name).is_some();
    let mut found = Vec::new();
    if asks("token_id") {
        found.push((
            "/token_id",
            tokens(visit, IssueToken::ABOUT.name, "token_id").await?,
        ));
    }
    if asks("session") {
        found.push((
            "/session",
            tokens(visit, SignIn::ABOUT.name, "session").await?,
        ));
    }
    if asks("event") {
        found.push(("/event", events(visit).await?));
    }
    // Another entered value stays as it is. Without choices, the user enters the id.
    found.retain(|(pointer, choices)| {
        let value = entered.value(pointer).unwrap_or_default();
        !choices.is_empty() && (value.is_empty() || choices.iter().any(|(own, _)| own == value))
    });
    Ok(found)
}

/// Recently created tokens that are still valid.
async fn tokens(visit: &mut Visit, operation: &str, field: &str) -> Result<Vec<Choice>, Away> {
    if !visit.may_read(Read::Log) {
        return Ok(Vec::new());
    }
    let filter = LogFilter {
        operation: Some(operation.to_owned()),
        ..LogFilter::default()
    };
    let (entries, _) = visit.reading.newest(&filter, None, CHOICES).await?;
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
    let made = |entry: &EntryView| {
        let (input, outcome) = (read(entry.input.get()), read(entry.outcome.get()));
        let ends = outcome["ends"]
            .as_str()
            .and_then(|ends| ends.parse::<Moment>().ok());
        let id = crate::parameters::hyphenated(outcome[field].as_str()?)?;
        let words = [&input["user"], &input["label"]].map(|text| text.as_str());
        let mut words: Vec<_> = words.into_iter().flatten().map(str::to_owned).collect();
        words.push(format!("since {}", words::utc(entry.recorded_at)));
        let is_open = ends.is_none_or(|ends| ends > visit.now);
        is_open.then(|| (TokenId(id), words.join(" · ")))
    };
    let made: Vec<_> = entries.iter().filter_map(made).collect();
    let ids: Vec<_> = made.iter().map(|(id, _)| *id).collect();
    let open = visit.reading.unrevoked(&ids).await?;
    let made = made.into_iter().filter(|(id, _)| open.contains(id));
    Ok(made.map(|(id, words)| (id.0.to_string(), words)).collect())
}

/// The latest handling events that have not been retracted.
async fn events(visit: &mut Visit) -> Result<Vec<Choice>, Away> {
    if !visit.may_read(HandlingEvent::READ) {
        return Ok(Vec::new());
    }
    let filter = HandlingFilter {
        status: Some(HandlingStatusWord::Registered),
        ..HandlingFilter::default()
    };
    let found = visit.reading.list::<HandlingEvent>(filter, None, CHOICES);
    let label = |event: HandlingEventView| {
        let voyage = event.voyage.map(|own| format!(" {own}"));
        let words = format!(
            "{} · {}{} in {} · {}",
            event.cargo,
            event.handling_type.word(),
            voyage.unwrap_or_default(),
            event.location,
            words::utc(event.completed_at)
        );
        (event.event.to_string(), words)
    };
    Ok(found.await?.items.into_iter().map(label).collect())
}
