//! What stands beside the log: its epoch, and the refusals.

use super::{CHUNK, Trouble, bad};
use domain::log::reader::{LogFilter, Snapshot};
use domain::log::retention::is_day;
use domain::log::store::StoreError;
use serde::de::IgnoredAny;
use uuid::Uuid;

/// Checks the epochs, and compares them with the one noted earlier, at a position if it was noted
/// with one. Entries up to where a backup ended are in both of its epochs.
pub(super) async fn epoch(
    snapshot: &mut dyn Snapshot,
    noted: Option<Uuid>,
    position: Option<u64>,
) -> Result<(), Trouble> {
    let head = snapshot.head().clone();
    if head.epoch.is_nil() {
        return Err(Trouble::Aside("the log has no epoch".to_owned()));
    }
    let past = snapshot.past_epochs().await.map_err(unreadable)?;
    for ended in &past {
        if ended.epoch == head.epoch || ended.position > head.position {
            let epoch = ended.epoch;
            let what = format!("the past epoch {epoch} does not fit the head of the log");
            return Err(Trouble::Aside(what));
        }
    }
    let Some(noted) = noted.filter(|noted| *noted != head.epoch) else {
        return Ok(());
    };
    // What was noted may be older than several backups that were put back since.
    let since = past.iter().position(|ended| ended.epoch == noted);
    let since = &past[since.unwrap_or(past.len())..];
    match (since.iter().map(|ended| ended.position).min(), position) {
        (Some(kept), Some(position)) if position <= kept => Ok(()),
        (Some(kept), Some(position)) => {
            let what = format!(
                "a backup that ends at position {kept} was put back after position {position} was \
                 noted, in epoch {noted}"
            );
            Err(bad(kept + 1, what))
        }
        (Some(kept), None) => Err(Trouble::Aside(format!(
            "the epoch of the log is {}, not {noted}: a backup that ends at position {kept} was put \
             back",
            head.epoch
        ))),
        (None, _) => Err(Trouble::Aside(format!(
            "the epoch of the log is {}, not {noted}",
            head.epoch
        ))),
    }
}

fn unreadable(error: StoreError) -> Trouble {
    match error {
        StoreError::Data(what) => Trouble::Aside(what.to_string()),
        error => error.into(),
    }
}

/// Reads all refusals and the numbers of those that are only counted. No hash protects them, because
/// they expire: one that was altered without becoming unreadable is not detected.
pub(super) async fn refusals(snapshot: &mut dyn Snapshot) -> Result<(), Trouble> {
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
