//! Reference data: the ports that come with the program, and reading more of them from CSV.

use application::input::{self, InputError};
use application::locations::NewLocation;
use domain::Kind;
use domain::limits::LOCATIONS_PER_OPERATION_MAX;
use domain::log::reader::Reader;
use domain::log::store::StoreError;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// The ports that come with the program.
pub const LOCATIONS_CSV: &str = include_str!("../data/locations.csv");

/// The columns of such a file, in any order.
pub const COLUMNS: [&str; 6] = [
    "un_locode",
    "name",
    "country",
    "latitude",
    "longitude",
    "time_zone",
];

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows that can be used, in the order of the file.
    pub good: Vec<NewLocation>,
    /// The others.
    pub bad: Vec<BadRow>,
}

/// Reads locations from CSV with a header line. An error means that there is no table at all.
pub fn read_locations(csv: impl Read) -> Result<Rows, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(csv);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut columns = BTreeMap::new();
    for column in COLUMNS {
        let place = headers.iter().position(|own| own == column);
        let place = place.ok_or_else(|| {
            format!(
                "the first line must name the columns {}",
                COLUMNS.join(", ")
            )
        })?;
        columns.insert(column, place);
    }
    let mut rows = Rows::default();
    let mut seen = BTreeSet::new();
    for record in reader.records() {
        let read = match &record {
            Err(error) => Err((
                error.position().map_or(0, csv::Position::line),
                error.to_string(),
            )),
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                location(record, &columns)
                    .map_err(|reason| (line, reason))
                    .and_then(|new| {
                        if seen.insert(new.un_locode.clone()) {
                            Ok(new)
                        } else {
                            Err((line, format!("{} stands in this file twice", new.un_locode)))
                        }
                    })
            }
        };
        match read {
            Ok(new) => rows.good.push(new),
            Err((line, reason)) => rows.bad.push(BadRow { line, reason }),
        }
    }
    Ok(rows)
}

/// A row by the same reading that an operation's input gets.
fn location(
    record: &csv::StringRecord,
    columns: &BTreeMap<&str, usize>,
) -> Result<NewLocation, String> {
    let field = |(column, place): (&&str, &usize)| {
        let text = record.get(*place).unwrap_or_default();
        let value = match *column {
            "latitude" | "longitude" => text.parse::<f64>().map_or(json!(text), |n| json!(n)),
            _ => json!(text),
        };
        ((*column).to_owned(), value)
    };
    let row: serde_json::Map<String, Value> = columns.iter().map(field).collect();
    let row = Value::Object(row).to_string();
    input::read(row.as_bytes()).map_err(|error| match error {
        InputError::Malformed(detail) => detail,
        InputError::Shape(errors) => errors
            .iter()
            .map(|error| format!("{} {}", error.pointer.trim_start_matches('/'), error.detail))
            .collect::<Vec<_>>()
            .join("; "),
    })
}

/// Parts small enough for one operation each.
pub fn chunks(rows: &[NewLocation]) -> std::slice::Chunks<'_, NewLocation> {
    rows.chunks(usize::try_from(LOCATIONS_PER_OPERATION_MAX).unwrap_or(1))
}

/// Those of some rows that are not known yet.
pub async fn unknown(
    reader: &dyn Reader,
    rows: &[NewLocation],
) -> Result<Vec<NewLocation>, StoreError> {
    let codes: Vec<String> = rows.iter().map(|row| row.un_locode.to_string()).collect();
    let mut snapshot = reader.snapshot().await?;
    let found = snapshot.load(Kind::Location, &[], &codes).await?;
    let known: BTreeSet<&str> = found
        .iter()
        .filter_map(|found| found.state.natural_key())
        .collect();
    let new = rows
        .iter()
        .filter(|row| !known.contains(row.un_locode.as_str()));
    Ok(new.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rows_that_come_along_are_good() {
        let rows = read_locations(LOCATIONS_CSV.as_bytes()).unwrap();
        assert_eq!(rows.bad, []);
        assert_eq!(rows.good.len(), LOCATIONS_CSV.lines().count() - 1);
    }

    #[test]
    fn bad_rows_are_named_with_line_and_reason() {
        let csv = "un_locode,name,country,latitude,longitude,time_zone,remark\n\
            NLRTM,Rotterdam,NL,51.9,4.4,Europe/Amsterdam,x\n\
            nlrtm,Rotterdam,NL,51.9,4.4,Europe/Amsterdam,x\n\
            NLAMS,Amsterdam,NL,north,4.4,Europe/Amsterdam,x\n\
            NLAMS,Amsterdam,NL,99,4.4,Europe/Amsterdam,x\n\
            NLAMS,Amsterdam,NL\n\
            NLRTM,Again,NL,51.9,4.4,Europe/Amsterdam,x\n\
            BEANR,Antwerp,BE,51.2,4.4,Europe/Brussels,x\n";
        let rows = read_locations(csv.as_bytes()).unwrap();
        let codes: Vec<_> = rows.good.iter().map(|row| row.un_locode.as_str()).collect();
        assert_eq!(codes, ["NLRTM", "BEANR"]);
        let reasons: Vec<_> = rows
            .bad
            .iter()
            .map(|bad| (bad.line, bad.reason.as_str()))
            .collect();
        for ((line, reason), (expected_line, part)) in reasons.iter().zip([
            (3, "un_locode must be a UN/LOCODE"),
            (4, "latitude must be a number, not the text \"north\""),
            (5, "latitude must be"),
            (6, "fields"),
            (7, "twice"),
        ]) {
            assert_eq!(*line, expected_line);
            assert!(reason.contains(part), "{reason}");
        }
        assert_eq!(reasons.len(), 5);
    }

    #[test]
    fn a_file_without_the_columns_is_no_table() {
        for csv in ["", "un_locode,name\n"] {
            assert!(read_locations(csv.as_bytes()).is_err());
        }
    }
}
