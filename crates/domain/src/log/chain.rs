//! The hash chain over the log and its history.

use super::{Entry, Hash, HistoryRow};
use sha2::{Digest, Sha256};

/// The hash of an entry: SHA-256 over the previous entry's hash, every column of the entry, and
/// kind, sequence, id, version and SHA-256 of the state of each of its history rows. Every field is
/// preceded by its length. An absent field has a length that no field can have. No two entries
/// therefore write the same bytes.
#[must_use]
pub fn entry_hash(previous: Hash, entry: &Entry, history: &[HistoryRow]) -> Hash {
    let mut digest = Sha256::new();
    write(
        &mut Fields(|bytes: &[u8]| digest.update(bytes)),
        previous,
        entry,
        history,
    );
    Hash(digest.finalize().into())
}

/// The bytes whose SHA-256 is the hash of an entry, for those who check it elsewhere.
#[must_use]
pub fn hashed_bytes(previous: Hash, entry: &Entry, history: &[HistoryRow]) -> Vec<u8> {
    let mut all = Vec::new();
    let fields = &mut Fields(|bytes: &[u8]| all.extend_from_slice(bytes));
    write(fields, previous, entry, history);
    all
}

fn write(
    fields: &mut Fields<impl FnMut(&[u8])>,
    previous: Hash,
    entry: &Entry,
    history: &[HistoryRow],
) {
    fields.some(&previous.0);
    fields.number(entry.position);
    fields.some(entry.id.as_bytes());
    fields.some(entry.operation.as_bytes());
    fields.number(entry.version.into());
    fields.some(entry.subdomain.as_bytes());
    fields.text(entry.target.as_deref());
    fields.maybe_number(entry.target_version);
    fields.some(entry.actor.to_string().as_bytes());
    fields.text(entry.key.as_ref().map(|key| key.text.as_str()));
    fields.maybe(entry.key.as_ref().map(|key| &key.fingerprint.0[..]));
    let cause = entry.cause.as_ref();
    fields.maybe_number(cause.map(|cause| cause.position));
    fields.text(cause.map(|cause| cause.reactor.as_str()));
    fields.maybe_number(cause.map(|cause| cause.ordinal.into()));
    fields.some(entry.input.as_bytes());
    fields.some(entry.prepared.as_bytes());
    fields.some(entry.events.as_bytes());
    fields.some(entry.outcome.as_bytes());
    fields.some(&entry.recorded_at.micros().to_be_bytes());
    fields.some(entry.program.as_bytes());
    fields.number(entry.rules_version.into());
    fields.number(entry.policy_version.into());
    fields.text(entry.trace_id.as_deref());
    for row in history {
        fields.some(row.kind.word().as_bytes());
        fields.number(row.sequence);
        fields.some(row.id.as_bytes());
        fields.number(row.version);
        fields.some(&Hash::of(row.state.as_bytes()).0);
    }
}

struct Fields<W>(W);

impl<W: FnMut(&[u8])> Fields<W> {
    fn some(&mut self, bytes: &[u8]) {
        (self.0)(&(bytes.len() as u64).to_be_bytes());
        (self.0)(bytes);
    }

    fn maybe(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.some(bytes),
            None => (self.0)(&u64::MAX.to_be_bytes()),
        }
    }

    fn text(&mut self, text: Option<&str>) {
        self.maybe(text.map(str::as_bytes));
    }

    fn number(&mut self, number: u64) {
        self.some(&number.to_be_bytes());
    }

    fn maybe_number(&mut self, number: Option<u64>) {
        self.maybe(
            number
                .map(u64::to_be_bytes)
                .as_ref()
                .map(|bytes| &bytes[..]),
        );
    }
}
