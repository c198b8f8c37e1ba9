//! Writes the log.

use super::{FORM, Line};
use domain::Kind;
use domain::log::reader::{LogFilter, Reader, Snapshot};
use domain::log::store::StoreError;
use domain::log::{Hash, Head, SealKey};
use std::io::{self, Write};

/// Entries per read.
const CHUNK: u64 = 200;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub entries: u64,
    pub refusals: u64,
    /// The hash of the last entry.
    pub hash: Hash,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("cannot read the database")]
    Store(#[from] StoreError),
    #[error("cannot write the file")]
    File(#[from] io::Error),
}

/// Writes the log up to its present end, then the refusals. Others may write to the log meanwhile:
/// what has been recorded does not change, so each chunk is a short read of its own. Calls `progress`
/// with the number of entries written and the number of all.
///
/// # Errors
///
/// The store cannot be read, or `out` cannot be written to.
pub async fn export(
    reader: &dyn Reader,
    out: &mut (dyn Write + Send),
    mut progress: impl FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    let mut snapshot = reader.snapshot().await?;
    let head = snapshot.head().clone();
    let past_epochs = snapshot.past_epochs().await?;
    write(
        out,
        &Line::PlimsollLog {
            form: FORM,
            head: head.clone(),
            past_epochs,
        },
    )?;
    keys(snapshot.as_mut(), out).await?;
    drop(snapshot);
    let mut from = 1;
    while from <= head.position {
        let mut snapshot = reader.snapshot().await?;
        let limit = CHUNK.min(head.position - from + 1);
        let entries = snapshot.entries(&LogFilter::default(), from, limit).await?;
        let Some(last) = entries.last().map(|entry| entry.position) else {
            return Err(StoreError::data(format!("the entry at {from} is missing")).into());
        };
        let mut history = snapshot.history(from, last).await?.into_iter().peekable();
        drop(snapshot);
        for entry in entries {
            let mut own = Vec::new();
            while let Some(row) = history.next_if(|row| row.position == entry.position) {
                own.push(row);
            }
            let entry = Box::new(entry);
            write(
                out,
                &Line::Entry {
                    entry,
                    history: own,
                },
            )?;
        }
        progress(last, head.position);
        from = last + 1;
    }
    let refusals = refusals(reader, &head, out).await?;
    let written = Exported {
        entries: head.position,
        refusals,
        hash: head.hash,
    };
    let Exported {
        entries,
        refusals,
        hash,
    } = written;
    write(
        out,
        &Line::End {
            entries,
            refusals,
            hash,
        },
    )?;
    out.flush()?;
    Ok(written)
}

/// Writes the keys of personal fields, as they are at the end of the log. Keys come first, so that an
/// import can read the states that it writes.
async fn keys(
    snapshot: &mut dyn Snapshot,
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    for kind in Kind::ALL.iter().filter(|kind| kind.is_personal()) {
        let mut after = None;
        loop {
            let found = snapshot.all_keys(*kind, after, CHUNK).await?;
            let Some((last, _)) = found.last() else { break };
            after = Some(*last);
            for (id, SealKey(key)) in found {
                let (kind, key) = (*kind, hex::encode(key));
                write(out, &Line::Key { kind, id, key })?;
            }
        }
    }
    Ok(())
}

/// Writes the refusals judged up to the end of the log, newest first. Returns how many.
async fn refusals(
    reader: &dyn Reader,
    head: &Head,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let all = LogFilter::default();
    let (mut count, mut before) = (0, None);
    loop {
        let mut snapshot = reader.snapshot().await?;
        let found = snapshot
            .refusals(&all, 0..=head.position, before, CHUNK)
            .await?;
        drop(snapshot);
        let Some(last) = found.last() else {
            return Ok(count);
        };
        before = Some(last.id);
        count += found.len() as u64;
        for refusal in found {
            write(out, &Line::Refusal(Box::new(refusal)))?;
        }
    }
}

fn write(out: &mut (dyn Write + Send), line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
