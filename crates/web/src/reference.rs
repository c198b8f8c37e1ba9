//! Reference data: the packaged ports, and reading more from CSV.

use crate::csv::sheet::{Sheet, is_blank};
use application::input::{self, InputError};
use application::locations::{CorrectLocation, NewLocation};
use domain::limits::{LOCATIONS_PER_OPERATION_MAX, NAME_CHARS_MAX};
use domain::locations::{Location, UnLocode};
use domain::log::reader::Reader;
use domain::log::store::StoreError;
use domain::{AnyAggregate, Kind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The packaged ports.
pub const LOCATIONS_CSV: &str = include_str!("../data/locations.csv");

/// The columns of the file, in any order.
pub const COLUMNS: [&str; 6] = [
    "un_locode",
    "name",
    "country",
    "latitude",
    "longitude",
    "time_zone",
];
/// The optional column of other names, separated by `|`. An empty cell says nothing about them.
pub const ALIASES: &str = "aliases";
/// The cell for a location without other names.
const NO_ALIASES: &str = "|";

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line in the file, from 1.
    pub line: u64,
    /// What is wrong, and what is expected.
    pub reason: String,
}

/// The contents of a file.
#[derive(Debug, Default)]
pub struct Rows {
    /// The usable rows, in the order of the file.
    pub good: Vec<NewLocation>,
    /// The unusable rows.
    pub bad: Vec<BadRow>,
    /// The rows that say there are no other names.
    pub nameless: BTreeSet<UnLocode>,
}

/// Reads locations from CSV with a header line.
///
/// # Errors
///
/// The file is not a table with the required columns.
pub fn read_locations(csv: &[u8]) -> Result<Rows, String> {
    let sheet = Sheet::of(csv)?;
    let mut reader = sheet.reader();
    let headers = reader.headers().map_err(|error| error.to_string())?;
    let headers: csv::StringRecord = headers.iter().map(str::to_lowercase).collect();
    let place = |column: &str| headers.iter().position(|own| own == column);
    let mut columns = BTreeMap::new();
    for column in COLUMNS {
        let place = place(column).ok_or_else(|| {
            format!(
                "the first line must name the columns {}",
                COLUMNS.join(", ")
            )
        })?;
        columns.insert(column, place);
    }
    columns.extend(place(ALIASES).map(|place| (ALIASES, place)));
    let table = Columns {
        places: columns,
        width: headers.len(),
        decimal_commas: sheet.has_semicolons(),
    };
    let mut rows = Rows::default();
    let mut seen = BTreeSet::new();
    let mut lines = sheet.lines();
    for record in reader.records() {
        let (line, read) = match &record {
            Err(error) => (lines.at(error.position()), Err(error.to_string())),
            Ok(record) if is_blank(record) => continue,
            Ok(record) => (lines.at(record.position()), table.location(record)),
        };
        let once = read.and_then(|new| match seen.insert(new.un_locode.clone()) {
            true => Ok(new),
            false => Err(format!("{} stands in this file twice", new.un_locode)),
        });
        match once {
            Ok(new) => {
                if record.is_ok_and(|record| table.has_no_aliases(&record)) {
                    rows.nameless.insert(new.un_locode.clone());
                }
                rows.good.push(new);
            }
            Err(reason) => rows.bad.push(BadRow { line, reason }),
        }
    }
    Ok(rows)
}

/// The indexes of the columns.
struct Columns {
    places: BTreeMap<&'static str, usize>,
    width: usize,
    /// Whether the decimal separator is a comma.
    decimal_commas: bool,
}

impl Columns {
    /// Reads a row with the same checks as an operation's input.
    fn location(&self, record: &csv::StringRecord) -> Result<NewLocation, String> {
        let beyond = record
            .iter()
            .skip(self.width)
            .any(|field| !field.is_empty());
        if record.len() < self.width || beyond {
            let (own, all) = (record.len(), self.width);
            return Err(format!("it has {own} fields; the first line has {all}"));
        }
        let fields = self.places.iter().map(|(column, place)| {
            let text = record.get(*place).unwrap_or_default();
            ((*column).to_owned(), self.value(column, text))
        });
        let row: serde_json::Map<String, Value> = fields.collect();
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

    /// Whether a row says that there are no other names.
    fn has_no_aliases(&self, record: &csv::StringRecord) -> bool {
        let place = self.places.get(ALIASES);
        let text = place.and_then(|place| record.get(*place));
        text.is_some_and(|text| text.trim() == NO_ALIASES)
    }

    fn value(&self, column: &str, text: &str) -> Value {
        match column {
            "latitude" | "longitude" => {
                let number = match self.decimal_commas {
                    true => text.replace(',', "."),
                    false => text.to_owned(),
                };
                number.parse::<f64>().map_or(json!(text), |n| json!(n))
            }
            ALIASES => {
                let aliases = text.split('|').map(str::trim);
                let mut seen = BTreeSet::new();
                let aliases = aliases.filter(|alias| seen.insert(alias.to_lowercase()));
                aliases.filter(|alias| !alias.is_empty()).collect()
            }
            _ => json!(text),
        }
    }
}

/// Splits rows into parts that are small enough for one operation each.
pub fn chunks(rows: &[NewLocation]) -> std::slice::Chunks<'_, NewLocation> {
    rows.chunks(usize::try_from(LOCATIONS_PER_OPERATION_MAX).unwrap_or(1))
}

/// Rows compared with the known locations.
#[derive(Debug, Default)]
pub struct Compared {
    /// The unknown ones.
    pub new: Vec<NewLocation>,
    /// The known ones that differ, with their differences.
    pub different: Vec<(CorrectLocation, Vec<String>)>,
}

/// Compares rows with the known locations. Values that the file leaves out count as equal: other
/// names do, unless the file has some or says that there are none.
///
/// # Errors
///
/// The store cannot be read.
pub async fn compare(
    reader: &dyn Reader,
    rows: &[NewLocation],
    nameless: &BTreeSet<UnLocode>,
) -> Result<Compared, StoreError> {
    let codes: Vec<String> = rows.iter().map(|row| row.un_locode.to_string()).collect();
    let mut snapshot = reader.snapshot().await?;
    let found = snapshot.load(Kind::Location, &[], &codes).await?;
    let known = found.into_iter().filter_map(|found| match found.state {
        AnyAggregate::Location(own) => Some((own.un_locode.to_string(), own)),
        _ => None,
    });
    let known: BTreeMap<String, _> = known.collect();
    let mut compared = Compared::default();
    for row in rows {
        let Some(known) = known.get(row.un_locode.as_str()) else {
            compared.new.push(row.clone());
            continue;
        };
        let mut row = row.clone();
        if row.aliases.is_empty() && !nameless.contains(&row.un_locode) {
            row.aliases.clone_from(&known.aliases);
        }
        let differences = differences(&row, known);
        if !differences.is_empty() {
            compared.different.push((correction(row), differences));
        }
    }
    Ok(compared)
}

/// The differences between a row and the known location, among the values that can be corrected.
fn differences(row: &NewLocation, known: &Location) -> Vec<String> {
    let names = |names: &[domain::text::Text<NAME_CHARS_MAX>]| match names {
        [] => "none".to_owned(),
        names => names
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("|"),
    };
    let fields = [
        ("name", row.name.to_string(), known.name.to_string()),
        ("other names", names(&row.aliases), names(&known.aliases)),
        (
            "latitude",
            row.latitude.to_string(),
            known.latitude.to_string(),
        ),
        (
            "longitude",
            row.longitude.to_string(),
            known.longitude.to_string(),
        ),
        (
            "time zone",
            row.time_zone.to_string(),
            known.time_zone.to_string(),
        ),
    ];
    let differing = fields.into_iter().filter(|(_, own, known)| own != known);
    differing
        .map(|(field, own, known)| format!("{field} {own}, known as {known}"))
        .collect()
}

fn correction(row: NewLocation) -> CorrectLocation {
    CorrectLocation {
        location: row.un_locode,
        name: row.name,
        aliases: Some(row.aliases),
        latitude: row.latitude,
        longitude: row.longitude,
        time_zone: row.time_zone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_packaged_rows_are_valid() {
        let rows = read_locations(LOCATIONS_CSV.as_bytes()).unwrap();
        assert_eq!(rows.bad, []);
        assert_eq!(rows.good.len(), LOCATIONS_CSV.lines().count() - 1);
    }

    #[test]
    fn packaged_ports_have_the_names_of_the_trade() {
        let rows = read_locations(LOCATIONS_CSV.as_bytes()).unwrap();
        for (code, name) in [
            ("INNSA", "Nhava Sheva"),
            ("MYPKG", "Port Kelang"),
            ("MYPKG", "Port Klang"),
            ("SEGOT", "Gothenburg"),
        ] {
            let port = rows.good.iter().find(|row| row.un_locode.as_str() == code);
            let aliases = &port.expect("it comes along").aliases;
            assert!(
                aliases.iter().any(|own| own.as_str() == name),
                "{code}: {name} is not among {aliases:?}"
            );
        }
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
    fn files_are_read_as_spreadsheets_save_them() {
        let csv = "\u{feff}UN_LOCODE;Name;country;latitude;longitude;time_zone;aliases\r\n\
            SEGOT;Goteborg;SE;57,7;11.98;Europe/Stockholm;Göteborg | Gothenburg|göteborg|\r\n\
            ;;;;;;\r\n  ;;\r\n\
            DKCPH;Kobenhavn;DK;55,67;12,58;Europe/Copenhagen;;;\r\n\
            INBOM;Bombay;IN;18,9;72,8;Asia/Kolkata; | \r\n\
            ;;;;;;\r\nNLQQQ;Nowhere;NL;x;1;UTC;\r\n";
        let rows = read_locations(csv.as_bytes()).unwrap();
        let [goteborg, copenhagen, bombay] = rows.good.as_slice() else {
            panic!("{rows:?}");
        };
        assert!((goteborg.latitude - 57.7).abs() < 1e-9);
        let aliases: Vec<_> = goteborg.aliases.iter().map(|own| own.as_str()).collect();
        assert_eq!(aliases, ["Göteborg", "Gothenburg"]);
        assert_eq!(copenhagen.aliases, []);
        assert_eq!(bombay.aliases, []);
        let nameless: Vec<_> = rows.nameless.iter().map(UnLocode::as_str).collect();
        assert_eq!(nameless, ["INBOM"], "the others may keep those they have");
        let bad: Vec<_> = rows.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(bad, [8]);
    }

    #[test]
    fn a_file_without_the_columns_is_refused() {
        for csv in ["", "un_locode,name\n"] {
            assert!(read_locations(csv.as_bytes()).is_err());
        }
    }
}
