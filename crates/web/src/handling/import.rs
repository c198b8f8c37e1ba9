//! Imports handling events from CSV. Each row is a separate operation with a key made from the row,
//! so a file can be imported again after an interruption.

mod corrections;
mod fates;

pub use fates::{Fate, Tally, report};

use application::Operation;
use application::handling::RegisterHandlingEvent;
use corrections::Corrections;

use crate::clock::SystemChance;
use crate::csv::sheet::{Sheet, is_blank};
use application::input::InputError;
use application::lanes::Lane;
use application::queries::{Queries, QueryError, Rehearsal};
use application::{Call, Caller, Definition, Failed, Headers, Pipeline, Reply, find};
use domain::Moment;
use domain::log::Hash;
use domain::ports::{Chance, Clock};
use futures::future::join_all;
use serde_json::{Map, Value};

/// The columns of the file, in any order. `voyage` may be missing, or empty for types without a
/// voyage. Each row names a cargo, a container of it, or both.
pub const COLUMNS: [&str; 6] = [
    "cargo",
    "container",
    "type",
    "location",
    "voyage",
    "completed_at",
];
/// The columns that a row may leave empty.
const OPTIONAL: [&str; 3] = ["cargo", "container", "voyage"];
/// The template file.
pub const TEMPLATE: &str = "cargo,type,location,voyage,completed_at\r\n";
/// The maximum number of rows in a file.
pub const ROWS_MAX: usize = 100_000;

/// The number of rows in the queue at a time, in the order of the file.
const TOGETHER: usize = 256;
/// How many times a row is retried if the queue is full or the outcome is unknown.
const TRIES_MAX: u32 = 8;
/// The pause before the first retry. Each further pause is twice as long.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

const OPERATION: &str = RegisterHandlingEvent::ABOUT.name;

/// A row of a file.
#[derive(Debug)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: u64,
    /// The input it represents, or what is wrong with it.
    pub input: Result<Value, String>,
}

/// The result of each row with its line, in the order of the file.
pub type Fates = Vec<(u64, Fate)>;

/// Reads a file. An error means that there is no table at all.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let sheet = Sheet::of(bytes)?;
    let mut reader = sheet.reader();
    let names = reader.headers().map_err(|error| error.to_string())?;
    let names: csv::StringRecord = names.iter().map(str::to_lowercase).collect();
    check(&names)?;
    let mut rows = Vec::new();
    let mut lines = sheet.lines();
    for record in reader.records() {
        if record.as_ref().is_ok_and(is_blank) {
            continue;
        }
        if rows.len() == ROWS_MAX {
            return Err(format!(
                "there are more than {ROWS_MAX} rows; split the file"
            ));
        }
        rows.push(match record {
            Ok(record) => Row {
                line: lines.at(record.position()),
                input: input(&names, &record),
            },
            Err(error) => Row {
                line: lines.at(error.position()),
                input: Err(error.to_string()),
            },
        });
    }
    Ok(rows)
}

fn check(names: &csv::StringRecord) -> Result<(), String> {
    let all = COLUMNS.join(", ");
    for name in names {
        if !COLUMNS.contains(&name) {
            return Err(format!(
                "the first line has an unknown column {name:?}; the columns are {all}"
            ));
        }
        if names.iter().filter(|own| *own == name).count() > 1 {
            return Err(format!("the first line names {name} twice"));
        }
    }
    let has = |name: &str| names.iter().any(|own| own == name);
    let missing = COLUMNS
        .iter()
        .find(|name| !OPTIONAL.contains(name) && !has(name));
    match missing {
        None if !has("cargo") && !has("container") => Err(format!(
            "the first line must name the columns {all}; cargo and container are both missing"
        )),
        None => Ok(()),
        Some(name) => Err(format!(
            "the first line must name the columns {all}; {name} is missing"
        )),
    }
}

fn input(names: &csv::StringRecord, record: &csv::StringRecord) -> Result<Value, String> {
    if record.len() != names.len() {
        let (found, wanted) = (record.len(), names.len());
        let is_open = record.iter().any(|cell| cell.contains('\n'));
        return Err(match (is_open, found) {
            (true, _) => "has a quotation mark that is not closed on the same line".to_owned(),
            (false, 1) => format!("has 1 cell instead of {wanted}"),
            (false, _) => format!("has {found} cells instead of {wanted}"),
        });
    }
    let mut fields = Map::new();
    for (name, cell) in names.iter().zip(record) {
        if cell.is_empty() && OPTIONAL.contains(&name) {
            continue;
        }
        if cell.is_empty() {
            return Err(format!("{name} is empty"));
        }
        let cell = if name == "completed_at" {
            cell.to_owned()
        } else {
            cell.to_uppercase()
        };
        fields.insert(name.to_owned(), cell.into());
    }
    if !fields.contains_key("cargo") && !fields.contains_key("container") {
        return Err("names neither a cargo nor a container".to_owned());
    }
    Ok(Value::Object(fields))
}

/// The key of a row. The same row in any file is the same event.
fn key(input: &Value) -> String {
    let cells = COLUMNS
        .iter()
        .filter(|name| **name != "container" || input[**name].is_string());
    let cells = cells.map(|name| input[*name].as_str().unwrap_or_default());
    let cells: Vec<_> = cells.collect();
    format!("handling-row-{}", Hash::of(cells.join("\u{1f}").as_bytes()))
}

fn definition() -> &'static Definition {
    find(OPERATION).expect("an operation")
}

fn wrong(error: InputError) -> Fate {
    Fate::Bad(
        None,
        match error {
            InputError::Malformed(detail) => detail,
            InputError::Shape(errors) => {
                let texts = errors.iter().map(|error| {
                    let field = error.pointer.trim_start_matches('/');
                    format!("{field} {}", error.detail).trim().to_owned()
                });
                texts.collect::<Vec<_>>().join("; ")
            }
        },
    )
}

/// Imports rows in order. Calls `done` after each part with the number of finished rows.
pub async fn run(
    pipeline: &Pipeline,
    queries: &Queries,
    clock: &dyn Clock,
    caller: &Caller,
    rows: &[Row],
    mut done: impl FnMut(usize),
) -> Result<Fates, QueryError> {
    let corrections = Corrections::load(&mut queries.visit(caller).await?, rows).await?;
    let lane = &queries.lane_of(caller);
    let mut fates = Vec::with_capacity(rows.len());
    for part in rows.chunks(TOGETHER) {
        let settled = part.iter().map(|row| {
            // Submit at once, so that rows queue in the order of the file.
            let first = match &row.input {
                Err(reason) => Err(Fate::Bad(None, reason.clone())),
                Ok(input) if corrections.has(input) => Err(Fate::Retracted),
                Ok(input) => call(clock.now(), (caller, lane), input, Some(key(input)))
                    .map(|call| (input, pipeline.submit(call)))
                    .map_err(wrong),
            };
            async move {
                let fate = match first {
                    Err(fate) => fate,
                    Ok((input, reply)) => {
                        let under = Some(key(input));
                        settle(pipeline, clock, (caller, lane), input, under, reply.await).await
                    }
                };
                (row.line, fate)
            }
        });
        let settled: Vec<_> = settled.collect();
        fates.extend(join_all(settled).await);
        done(fates.len());
    }
    Ok(fates)
}

/// Converts a reply to a result. Retries where that may help.
async fn settle(
    pipeline: &Pipeline,
    clock: &dyn Clock,
    caller: (&Caller, &Lane),
    input: &Value,
    mut under: Option<String>,
    mut reply: Reply,
) -> Fate {
    let mut tries = 0;
    loop {
        match reply {
            Reply::Accepted(accepted) => {
                let known = accepted.replayed || accepted.changed_nothing();
                return match known {
                    true => Fate::Known,
                    false => Fate::registered(&accepted.happened()),
                };
            }
            // What prevented it yesterday may not do so today. Even without a key, the same event
            // twice is one event.
            Reply::Refused(refused) if refused.replayed => under = None,
            Reply::Refused(refused) => {
                return Fate::refused(&refused.rejection);
            }
            Reply::Failed(failed) => {
                let passing = matches!(
                    failed,
                    Failed::Overloaded | Failed::Unavailable | Failed::OutcomeUnknown
                );
                if !passing || tries == TRIES_MAX {
                    return Fate::Unsettled(failed.to_string());
                }
                tokio::time::sleep(PAUSE * 2_u32.pow(tries)).await;
                tries += 1;
            }
        }
        reply = match call(clock.now(), caller, input, under.clone()) {
            Ok(call) => pipeline.submit(call).await,
            Err(error) => return wrong(error),
        };
    }
}

fn call(
    now: Moment,
    (caller, lane): (&Caller, &Lane),
    input: &Value,
    key: Option<String>,
) -> Result<Call, InputError> {
    let json = serde_json::to_vec(input).expect("JSON can be written");
    let ready = definition().read(&json, now, &mut SystemChance)?;
    let headers = Headers {
        key,
        ..Headers::default()
    };
    let id = SystemChance.id(now);
    let call = Call::new(id, definition(), ready, caller.clone(), headers);
    Ok(call.in_lane(lane.clone()))
}

/// Rehearses rows, each after those before it. Nothing changes.
pub async fn rehearse(
    queries: &Queries,
    clock: &dyn Clock,
    caller: &Caller,
    rows: &[Row],
) -> Result<Fates, QueryError> {
    let mut fates = Vec::with_capacity(rows.len());
    let mut asked = Vec::new();
    let mut places = Vec::new();
    let mut reading = queries.visit(caller).await?;
    let corrections = Corrections::load(&mut reading, rows).await?;
    for (place, row) in rows.iter().enumerate() {
        if place % TOGETHER == 0 {
            tokio::task::yield_now().await;
        }
        let read = match &row.input {
            Err(reason) => Err(Fate::Bad(None, reason.clone())),
            Ok(input) if corrections.has(input) => Err(Fate::Retracted),
            Ok(input) => {
                let json = serde_json::to_vec(input).expect("JSON can be written");
                definition()
                    .read(&json, clock.now(), &mut SystemChance)
                    .map_err(wrong)
            }
        };
        match read {
            Ok(ready) => {
                places.push(fates.len());
                asked.push((definition(), ready));
                fates.push((row.line, Fate::Registered));
            }
            Err(fate) => fates.push((row.line, fate)),
        }
    }
    let answers = reading.rehearse(&asked, Rehearsal::InTurn, clock.now());
    for (place, answer) in places.into_iter().zip(answers.await?) {
        fates[place].1 = match answer {
            Err(rejection) => Fate::refused(&rejection),
            Ok(known) if is_known(&known.outcome) => Fate::Known,
            Ok(new) => Fate::registered(&new.events),
        };
    }
    Ok(fates)
}

fn is_known(outcome: &str) -> bool {
    let outcome: Value = serde_json::from_str(outcome).unwrap_or_default();
    outcome["already_known"] == true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_or_refused_with_a_reason() {
        let head = "cargo,type,location,voyage,completed_at\n";
        for (row, expected) in [
            (
                "a2,load,nlrtm,v1,2027-03-03T00:00:00Z",
                Ok(
                    r#"{"cargo":"A2","completed_at":"2027-03-03T00:00:00Z","location":"NLRTM","type":"LOAD","voyage":"V1"}"#,
                ),
            ),
            (
                "A2,CLAIM,NLRTM,,2027-03-03T00:00:00Z",
                Ok(
                    r#"{"cargo":"A2","completed_at":"2027-03-03T00:00:00Z","location":"NLRTM","type":"CLAIM"}"#,
                ),
            ),
            ("A2,CLAIM", Err("has 2 cells instead of 5")),
            (
                "\"A2,CLAIM,NLRTM,,2027-03-03T00:00:00Z\nA2,CLAIM",
                Err("has a quotation mark that is not closed on the same line"),
            ),
            (
                ",CLAIM,NLRTM,,2027-03-03T00:00:00Z",
                Err("names neither a cargo nor a container"),
            ),
            ("A2,CLAIM,,,2027-03-03T00:00:00Z", Err("location is empty")),
        ] {
            let rows = read(format!("{head}{row}\n").as_bytes()).unwrap();
            let read = match &rows[0].input {
                Err(complaint) => Err(complaint.as_str()),
                Ok(input) => Ok(input.clone()),
            };
            let expected = expected.map(|json| serde_json::from_str::<Value>(json).unwrap());
            assert_eq!(read, expected, "{row}");
            assert_eq!(rows[0].line, 2);
        }
    }

    #[test]
    fn a_file_without_a_table_is_refused() {
        for (file, complaint) in [
            ("", "is missing"),
            ("cargo,type,location\n", "completed_at is missing"),
            ("cargo,type,location,completed_at,weight\n", "\"weight\""),
            ("cargo,cargo,type,location,completed_at\n", "twice"),
        ] {
            let refused = read(file.as_bytes()).unwrap_err();
            assert!(refused.contains(complaint), "{refused}");
        }
        assert!(
            read(b"cargo,type,location,completed_at\n\xff")
                .unwrap_err()
                .contains("line 2")
        );
        for file in [TEMPLATE, "\u{feff}Cargo;TYPE;location;completed_at\n"] {
            assert_eq!(read(file.as_bytes()).unwrap().len(), 0);
        }
    }

    #[test]
    fn lines_are_numbered_as_in_an_editor() {
        let head = "cargo,type,location,completed_at";
        for (file, lines) in [
            (format!("{head}\na,b,c,d\na,b,c,d\n"), [2, 3]),
            (format!("{head}\r\na,b,c,d\r\na,b,c,d\r\n"), [2, 3]),
            (
                format!("\u{feff}{head}\r\n\r\n\r\na,b,c,d\r\n\r\na,b,c,d"),
                [4, 6],
            ),
            (format!("{head}\n\"a\n\",b,c,d\na,b\n"), [2, 4]),
        ] {
            let rows = read(file.as_bytes()).unwrap();
            let found: Vec<_> = rows.iter().map(|row| row.line).collect();
            assert_eq!(found, lines, "{file:?}");
        }
    }

    #[test]
    fn rows_with_only_separators_are_skipped() {
        for (separator, blanks) in [
            (",", [",,,", " , ,,", "\"\",\"\",,", ",,,,,,"]),
            (";", [";;;", " ; ;;", "\"\";\"\";;", ";;;;;;"]),
        ] {
            let cells = |cells: [&str; 4]| cells.join(separator);
            let head = cells(["cargo", "type", "location", "completed_at"]);
            let row = cells(["A2", "CLAIM", "NLRTM", "2027-03-03T00:00:00Z"]);
            for blank in blanks {
                let file = format!("{head}\r\n{blank}\r\n{row}\r\n{blank}\r\n{blank}\r\n");
                let rows = read(file.as_bytes()).unwrap();
                let [only] = rows.as_slice() else {
                    panic!("{blank}: {} rows", rows.len());
                };
                assert_eq!(only.line, 3, "{blank}");
                assert!(only.input.is_ok(), "{blank}: {:?}", only.input);
            }
        }
    }

    #[test]
    fn the_same_row_has_the_same_key() {
        let rows = read(b"cargo,type,location,completed_at\na,load,b,c\nA,LOAD,B,c\nA,LOAD,B,d\n")
            .unwrap();
        let keys: Vec<_> = rows
            .iter()
            .map(|row| key(row.input.as_ref().unwrap()))
            .collect();
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[1], keys[2]);
    }
}
