//! `plimsoll import`

mod log;
pub(super) mod progress;

use super::local::{self, COMMAND_LINE, Local, Trouble};
use super::{Common, Stopped, say};
use crate::clock::SystemClock;
use crate::handling::import::{self, Fate, Tally};
use crate::reference::{Compared, LOCATIONS_CSV, Rows, chunks, compare, read_locations};
use application::locations::{AddLocations, CorrectLocation, NewLocation};
use application::{Limits, Operation};
use domain::locations::UnLocode;
use domain::locations::rules::LocationMustBeUnique;
use progress::Progress;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What to import.
#[derive(Debug, clap::Subcommand)]
pub(super) enum What {
    /// Imports ports and inland places from CSV with the columns un_locode, name, country, latitude,
    /// longitude and time_zone, and optionally aliases, separated by |. Skips rows whose UN/LOCODE
    /// is already known and prints how they differ. You can repeat an interrupted import.
    Locations(Locations),
    /// Imports a log that `plimsoll export` wrote, into an empty database of either kind. Checks its
    /// hashes on the way. You can repeat an interrupted import.
    Log(log::Log),
    /// Imports handling events from CSV with the columns cargo, type, location, voyage and
    /// completed_at (RFC 3339). Each row is a separate operation with a key made from the row, so
    /// you can repeat an interrupted import. Prints the rows it cannot use.
    Handling(Handling),
}

/// A file of handling events.
#[derive(Debug, clap::Args)]
pub(super) struct Handling {
    #[command(flatten)]
    file: File,
    /// Write the result of every row to this CSV file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// A file of locations.
#[derive(Debug, clap::Args)]
pub(super) struct Locations {
    /// The file to read.
    #[arg(required_unless_present = "packaged")]
    file: Option<PathBuf>,
    /// Import the packaged ports instead of a file.
    #[arg(long, conflicts_with = "file")]
    packaged: bool,
    /// Correct the name, other names, position and time zone of known locations that differ. Other
    /// names stay if the file has none. A single | in the column aliases removes them.
    #[arg(long)]
    update: bool,
    /// Only print what would change.
    #[arg(long)]
    dry_run: bool,
}

/// A file.
#[derive(Debug, clap::Args)]
pub(super) struct File {
    /// The file to read.
    file: PathBuf,
    /// Only print what would change.
    #[arg(long)]
    dry_run: bool,
}

/// How many times a chunk is retried after another process has added some of its rows.
const TRIES_MAX: u32 = 5;

/// The result of an import of locations, in rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) added: usize,
    pub(super) known: usize,
    /// Already known, with different values.
    pub(super) different: usize,
}

/// Imports a file.
pub(super) async fn run(common: &Common, what: What) -> Result<(), Stopped> {
    match what {
        What::Locations(asked) => locations(common, asked).await,
        What::Handling(asked) => handling(common, &asked).await,
        What::Log(asked) => log::run(common, &asked).await,
    }
}

async fn handling(common: &Common, asked: &Handling) -> Result<(), Stopped> {
    let shown = asked.file.file.display();
    let bytes = std::fs::read(&asked.file.file)
        .map_err(|error| Stopped::unable(format!("{shown} cannot be read: {error}.")))?;
    let rows =
        import::read(&bytes).map_err(|reason| Stopped::unable(format!("{shown}: {reason}.")))?;
    local::must_exist(common)?;
    let database = match asked.file.dry_run {
        true => local::open(common).await?,
        false => local::connect(common).await?,
    };
    let local = Local::start(&database, Limits::default());
    let clock = SystemClock;
    let fates = if asked.file.dry_run {
        let fates = import::rehearse(&local.queries, &clock, &COMMAND_LINE, &rows);
        fates.await
    } else {
        let mut progress = Progress::new("rows");
        let all = rows.len() as u64;
        let done = |count: usize| progress.at(count as u64, all);
        let (pipeline, queries) = (&local.pipeline, &local.queries);
        let fates = import::run(pipeline, queries, &clock, &COMMAND_LINE, &rows, done);
        let fates = fates.await;
        progress.done();
        fates
    };
    drop(local.finish().await);
    database.close().await;
    let unable = |error| Stopped::because("Cannot read the database", &error);
    told(asked, &fates.map_err(unable)?)
}

/// Prints and writes the result of every row.
fn told(asked: &Handling, fates: &[(u64, Fate)]) -> Result<(), Stopped> {
    if let Some(path) = &asked.report {
        let shown = path.display();
        std::fs::write(path, import::report(fates))
            .map_err(|error| Stopped::unable(format!("{shown} cannot be written: {error}.")))?;
    }
    for (line, fate) in fates {
        let reason = fate.reason();
        if !reason.is_empty() {
            say(format_args!("line {line}: {reason}"));
        }
    }
    let tally = Tally::of(fates);
    let verb = if asked.file.dry_run {
        "would be registered"
    } else {
        "registered"
    };
    say(format_args!(
        "{} {verb}, {} already known, {} bad",
        tally.registered, tally.known, tally.bad
    ));
    match (tally.unsettled, tally.bad) {
        (0, 0) => Ok(()),
        (0, bad) => Err(Stopped::finding(format!("{bad} rows cannot be used."))),
        (unsettled, _) => Err(Stopped::finding(format!(
            "The result of {unsettled} rows is unknown. Run the import again."
        ))),
    }
}

async fn locations(common: &Common, asked: Locations) -> Result<(), Stopped> {
    let rows = read(asked.file.as_deref())?;
    for bad in &rows.bad {
        say(format_args!("line {}: {}", bad.line, bad.reason));
    }
    let database = local::connect(common).await?;
    let local = Local::start(&database, Limits::default());
    let how = How {
        dry_run: asked.dry_run,
        update: asked.update,
        tells: true,
    };
    let tally = add_locations(&local, &rows, how).await;
    drop(local.finish().await);
    database.close().await;
    let tally = tally?;
    say(format_args!("{}", sum(&tally, rows.bad.len(), how)));
    match (rows.bad.len(), tally.different) {
        (0, different) if different == 0 || asked.update => Ok(()),
        (0, different) => Err(Stopped::finding(format!(
            "{different} rows differ from the database. --update corrects them."
        ))),
        (bad, _) => Err(Stopped::finding(format!("{bad} rows cannot be used."))),
    }
}

/// The result of an import in one line.
fn sum(tally: &Added, bad: usize, how: How) -> String {
    let Added {
        added,
        known,
        different,
    } = *tally;
    let would = if how.dry_run { "would be " } else { "" };
    let different = match (different, how.update) {
        (0, _) => String::new(),
        (_, true) => format!("{different} {would}corrected, "),
        (_, false) => format!("{different} different, "),
    };
    format!("{added} {would}added, {known} already known, {different}{bad} bad")
}

fn read(path: Option<&Path>) -> Result<Rows, Stopped> {
    let Some(path) = path else {
        return read_locations(LOCATIONS_CSV.as_bytes()).map_err(Stopped::unable);
    };
    let shown = path.display();
    let bytes = std::fs::read(path)
        .map_err(|error| Stopped::unable(format!("{shown} cannot be read: {error}.")))?;
    read_locations(&bytes).map_err(|reason| Stopped::unable(format!("{shown}: {reason}.")))
}

/// How to import locations.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct How {
    dry_run: bool,
    /// Correct known locations that differ.
    update: bool,
    /// Print known locations that differ.
    tells: bool,
}

/// Adds new locations and, if `how.update` is set, corrects known ones that differ.
pub(super) async fn add_locations(local: &Local, rows: &Rows, how: How) -> Result<Added, Stopped> {
    let mut tally = Added::default();
    let mut progress = Progress::new("locations");
    for part in chunks(&rows.good) {
        let (added, different) = add_part(local, part, &rows.nameless, how).await?;
        tally.added += added;
        tally.different += different.len();
        tally.known += part.len() - added - different.len();
        for (correction, differences) in different {
            if how.tells {
                let code = &correction.location;
                say(format_args!("{code}: {}", differences.join("; ")));
            }
            if how.update && !how.dry_run {
                local.run(CorrectLocation::ABOUT.name, &correction).await?;
            }
        }
        let done = tally.added + tally.known + tally.different;
        progress.at(done as u64, rows.good.len() as u64);
    }
    progress.done();
    Ok(tally)
}

type Different = Vec<(CorrectLocation, Vec<String>)>;

async fn add_part(
    local: &Local,
    part: &[NewLocation],
    nameless: &BTreeSet<UnLocode>,
    how: How,
) -> Result<(usize, Different), Stopped> {
    let mut tries = 0;
    loop {
        let compared = compare(local.reader.as_ref(), part, nameless).await;
        let Compared { new, different } =
            compared.map_err(|error| Stopped::because("Cannot read the database", &error))?;
        if new.is_empty() || how.dry_run {
            return Ok((new.len(), different));
        }
        let count = new.len();
        match local
            .run(AddLocations::ABOUT.name, &AddLocations { locations: new })
            .await
        {
            Ok(_) => return Ok((count, different)),
            Err(Trouble::Refused(refused))
                if refused.rejection.breaks(&LocationMustBeUnique) && tries < TRIES_MAX =>
            {
                tries += 1;
            }
            Err(trouble) => return Err(trouble.into()),
        }
    }
}
