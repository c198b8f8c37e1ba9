//! What stands beside the log: its epoch, and the refusals.

use super::{CHUNK, Trouble};
use domain::log::reader::{LogFilter, Snapshot};
use domain::log::retention::is_day;
use domain::log::store::StoreError;
use serde::de::IgnoredAny;
use uuid::Uuid;

/// Compares the epoch with the one noted earlier.
pub(super) fn epoch(found: Uuid, noted: Option<Uuid>) -> Result<(), Trouble> {
    if found.is_nil() {
        return Err(Trouble::Aside("the log has no epoch".to_owned()));
    }
    match noted {
        Some(noted) if noted != found => Err(Trouble::Aside(format!(
            "the epoch of the log is {found}, not {noted}"
        ))),
        _ => Ok(()),
    }
}

/// Reads all refusals and the numbers of those that are only counted. No hash protects them, because
/// they expire: one that was altered without becoming unreadable is not detected.
pub(super) async fn refusals(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
    let unreadable = |error| match error {
        StoreError::Data(what) => Trouble::Aside(what.to_string()),
        error => error.into(),
    };
    let head = snapshot.head().clone();
    let mut before = None;
    loop {
        let all = LogFilter::default();
        let found = snapshot.refusals(&all, 0..=u64::MAX, before, CHUNK).await;
        let found = found.map_err(unreadable)?;
        let Some(last) = found.last() else { break };
        before = Some(last.id);
        for refusal in &found {
            let id = refusal.id;
            if refusal.judged_at > head.position {
                return Err(Trouble::Aside(format!(
                    "refusal {id} was judged at position {}, after the end of the log",
                    refusal.judged_at
                )));
            }
            if serde_json::from_str::<IgnoredAny>(&refusal.input).is_err() {
                let what = format!("the input of refusal {id} is not JSON");
                return Err(Trouble::Aside(what));
            }
        }
    }
    let counted = snapshot.refusal_counts("").await.map_err(unreadable)?;
    let odd = counted.keys().find(|sort| !is_day(&sort.day));
    odd.map_or(Ok(()), |sort| {
        let what = format!("refusal_counts has a row for the day \"{}\"", sort.day);
        Err(Trouble::Aside(what))
    })
}
