//! Lists as CSV (RFC 4180): a header line, then one line per item, for spreadsheets and for
//! programs that read nothing else.

pub(crate) mod sheet;

use crate::problem::{Problem, kinds};
use serde::Serialize;
use serde_json::Value;

/// The columns of a list: each has a name and a JSON pointer into an item (RFC 6901, with `*` for
/// every item of a list).
pub(crate) type Columns = &'static [(&'static str, &'static str)];

/// The maximum number of items in a file. For more, narrow the list or follow the feeds.
const ITEMS_MAX: usize = 100_000;

/// A list that is being written to a file.
pub(crate) struct Table {
    columns: Columns,
    writer: csv::Writer<Vec<u8>>,
    items: usize,
}

impl Table {
    /// Creates a file with these columns.
    pub(crate) fn new(columns: Columns) -> Self {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        let names = columns.iter().map(|(name, _)| name);
        writer.write_record(names).expect("memory takes all");
        Self {
            columns,
            writer,
            items: 0,
        }
    }

    /// Adds items, up to the limit.
    pub(crate) fn fill(&mut self, items: &[impl Serialize]) -> Result<(), Problem> {
        for item in items {
            let item = serde_json::to_value(item).expect("a view can be written");
            let cells = self.columns.iter().map(|(_, place)| at(&item, place));
            self.writer.write_record(cells).expect("memory takes all");
        }
        self.items += items.len();
        if self.items <= ITEMS_MAX {
            return Ok(());
        }
        let detail = format!("The list has more than {ITEMS_MAX} lines. Use a filter.");
        Err(Problem::new(&kinds::LIST_TOO_LONG, detail))
    }

    /// The complete file.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.writer.into_inner().expect("memory takes all")
    }
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

/// A value as a cell: the items of a list separated by spaces, null as empty. Spreadsheets run text
/// that looks like a formula, so such text gets a leading apostrophe.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let cells: Vec<_> = items.iter().map(|item| cell(Some(item))).collect();
            cells.join(" ")
        }
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_are_what_they_stand_for() {
        let mut table = Table::new(&[("a", "/a"), ("b", "/b/c"), ("d", "/d/*/type")]);
        table.fill(&[json!({ "a": "x, \"y\"", "b": { "c": 2.25 }, "d": [{ "type": "22G1", "count": 2 }, { "type": "45G1", "count": 1 }] }), json!({ "a": "=1+1", "b": { "c": -3 }, "d": null })]).expect("there is room");
        let text = String::from_utf8(table.finish()).unwrap();
        assert_eq!(
            text,
            "a,b,d\r\n\"x, \"\"y\"\"\",2.25,22G1 45G1\r\n'=1+1,-3,\r\n"
        );
    }
}
