//! Logs that earlier releases wrote come into every kind of database, and are sound there.

use super::samples::at;
use super::{Kept, on_every_store};
use application::transfer::import;
use application::verify::{Anchor, Options, verify};
use std::path::Path;
use std::sync::Arc;

on_every_store! {
    logs_of_earlier_releases_are_imported
}

/// What this release reads of them is tested with the operations, in `application/src/tests/corpus.rs`.
async fn logs_of_earlier_releases_are_imported(place: &Kept) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let oldest = folder.join("rules-10.ndjson");
    let text = std::fs::read_to_string(oldest).expect("a file of the corpus");
    let lines = text.lines().map(|line| Ok(line.to_owned()));
    let (store, reader) = (place.store.as_ref(), place.reader.as_ref());
    let imported = import(store, reader, lines, at(0), |_, _| {}).await;
    let imported = imported.expect("a log that can be read");
    let options = Options {
        replay: true,
        anchor: Some(Anchor {
            position: imported.entries,
            hash: imported.hash,
            root: None,
            recorded_at: None,
        }),
        ..Options::default()
    };
    let report = verify(Arc::clone(&place.reader), options, |_, _| {})
        .await
        .expect("sound");
    assert_eq!(report.entries, imported.entries);
}
