//! Lists as CSV (RFC 4180): a header line, then one line per item, for spreadsheets and for
//! programs that read nothing else.

pub(crate) mod sheet;

use crate::problem::{Problem, kinds};
use axum::body::{Body, Bytes};
use serde::Serialize;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read, Seek};

/// The columns of a list: each has a name and a JSON pointer into an item (RFC 6901, with `*` for
/// every item of a list).
pub(crate) type Columns = &'static [(&'static str, &'static str)];

/// The maximum number of items in a file. For more, narrow the list or follow the feeds.
const ITEMS_MAX: usize = 100_000;

/// The size of the pieces in which a file is sent.
const PIECE_BYTES: usize = 64 << 10;

/// A list that is being written to a temporary file. The file is on disk, since a client may take long
/// to read it, and has no name, so it is gone when the answer is out or the server ends.
pub(crate) struct Table {
    columns: Columns,
    writer: csv::Writer<File>,
    items: usize,
}

impl Table {
    /// Creates a file with these columns.
    ///
    /// # Errors
    ///
    /// Unavailable if the temporary folder takes no file.
    pub(crate) fn new(columns: Columns) -> Result<Self, Problem> {
        let file = tempfile::tempfile().map_err(no_room)?;
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(file);
        let names = columns.iter().map(|(name, _)| name);
        writer.write_record(names).map_err(no_room)?;
        Ok(Self {
            columns,
            writer,
            items: 0,
        })
    }

    /// Adds items, up to the limit.
    ///
    /// # Errors
    ///
    /// The list is too long, or the temporary folder is full.
    pub(crate) fn fill(&mut self, items: &[impl Serialize]) -> Result<(), Problem> {
        for item in items {
            let item = serde_json::to_value(item).expect("a view can be written");
            let cells = self.columns.iter().map(|(_, place)| at(&item, place));
            self.writer.write_record(cells).map_err(no_room)?;
        }
        self.items += items.len();
        if self.items <= ITEMS_MAX {
            return Ok(());
        }
        let detail = format!("The list has more than {ITEMS_MAX} lines. Use a filter.");
        Err(Problem::new(&kinds::LIST_TOO_LONG, detail))
    }

    /// The complete file, from its beginning.
    ///
    /// # Errors
    ///
    /// Unavailable if the temporary folder is full.
    pub(crate) fn finish(self) -> Result<File, Problem> {
        let mut file = self
            .writer
            .into_inner()
            .map_err(|full| no_room(full.into_error()))?;
        file.rewind().map_err(no_room)?;
        Ok(file)
    }
}

fn no_room(error: impl std::error::Error) -> Problem {
    Problem::new(
        &kinds::UNAVAILABLE,
        "The file cannot be written at the moment.",
    )
    .retry()
    .because_of(&error)
}

/// A file as a body, which reads on only as fast as the client does.
pub(crate) fn sent(file: File) -> Body {
    let pieces = futures::stream::try_unfold(file, async |mut file| {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE_BYTES];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    });
    Body::from_stream(pieces)
}

/// The value at a pointer of an item.
fn at(item: &Value, place: &str) -> String {
    let Some((list, rest)) = place.split_once("/*") else {
        return cell(item.pointer(place));
    };
    let items = item.pointer(list).and_then(Value::as_array);
    let cells = items.into_iter().flatten().map(|item| at(item, rest));
    cells.collect::<Vec<_>>().join(" ")
}

/// A value as a cell: the items of a list separated by spaces, null as empty.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => harmless(text),
        Some(Value::Array(items)) => {
            let cells: Vec<_> = items.iter().map(|item| cell(Some(item))).collect();
            cells.join(" ")
        }
        Some(other) => other.to_string(),
    }
}

/// A text that no spreadsheet runs as a formula: where one could begin, an apostrophe stands before
/// it. That is at the start and after anything that a spreadsheet may take for the end of a cell,
/// whatever its locale, also behind blanks, quotes and characters that nobody sees.
pub(crate) fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut begins = true;
    for character in text.chars() {
        if begins && is_formula(character) {
            safe.push('\'');
        }
        begins = match character {
            ';' | '|' | '\t' | '\r' | '\n' => true,
            '"' => begins,
            _ => begins && (is_unseen(character) || character.is_whitespace()),
        };
        safe.push(character);
    }
    safe
}

/// Whether a formula can begin with this character, in its usual or its full-width form.
fn is_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// Whether a character has no width: controls, and format characters (Unicode category Cf).
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_cell_is_a_formula_in_any_spreadsheet() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            ("x;=1+1", "x;'=1+1"),
            ("x;\"=1+1", "x;\"'=1+1"),
            ("x\t@SUM(A1)", "x\t'@SUM(A1)"),
            ("x\r\n-1", "x\r\n'-1"),
            ("\u{200b}=1+1", "\u{200b}'=1+1"),
            (" \u{feff}\u{a0}+1", " \u{feff}\u{a0}'+1"),
            ("＝1+1", "'＝1+1"),
            ("a=1+1", "a=1+1"),
            ("Rotterdam – Kiel; bulk", "Rotterdam – Kiel; bulk"),
        ] {
            assert_eq!(harmless(text), safe, "{text:?}");
        }
    }

    #[test]
    fn cells_are_what_they_stand_for() {
        let mut table = Table::new(&[("a", "/a"), ("b", "/b/c"), ("d", "/d/*/type")]).unwrap();
        table.fill(&[json!({ "a": "x, \"y\"", "b": { "c": 2.25 }, "d": [{ "type": "22G1", "count": 2 }, { "type": "45G1", "count": 1 }] }), json!({ "a": "=1+1", "b": { "c": -3 }, "d": null })]).expect("there is room");
        let text = io::read_to_string(table.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "a,b,d\r\n\"x, \"\"y\"\"\",2.25,22G1 45G1\r\n'=1+1,-3,\r\n"
        );
    }
}
