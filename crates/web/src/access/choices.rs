//! Choices for fields that ask for the id of a token or a session.

use crate::pages::known::{CHOICES, IdField, LabelledValue};
use crate::pages::visit::{Away, Visit};
use crate::pages::words;
use application::Operation;
use application::access::{IssueToken, SignIn};
use application::policy::Read;
use application::queries::EntryView;
use domain::Moment;
use domain::access::TokenId;
use domain::log::reader::LogFilter;
use futures::FutureExt;
use serde_json::Value;

/// The fields.
pub(crate) const ID_FIELDS: &[IdField] = &[
    IdField {
        pointer: "/token_id",
        choices: |visit| tokens(visit, IssueToken::ABOUT.name, "token_id").boxed(),
    },
    IdField {
        pointer: "/session",
        choices: |visit| tokens(visit, SignIn::ABOUT.name, "session").boxed(),
    },
];

/// Recently created tokens that are still valid.
async fn tokens(
    visit: &mut Visit,
    operation: &str,
    field: &str,
) -> Result<Vec<LabelledValue>, Away> {
    if !visit.may_read(Read::Log) {
        return Ok(Vec::new());
    }
    let filter = LogFilter {
        operation: Some(operation.to_owned()),
        ..LogFilter::default()
    };
    let (entries, _) = visit.reading.newest(&filter, 0..=u64::MAX, CHOICES).await?;
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
    let made = |entry: &EntryView| {
        let (input, outcome) = (entry.current_input(), read(entry.outcome.get()));
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
