//! `plimsoll import`

pub(super) mod progress;

use super::local::{self, COMMAND_LINE, Local, Trouble};
use super::{Common, Stopped, say};
use crate::clock::SystemClock;
use crate::handling_import::{self, Fate, Tally};
use crate::reference::{Rows, chunks, read_locations, unknown};
use application::Limits;
use application::locations::{AddLocations, NewLocation};
use domain::locations::rules::LocationMustBeUnique;
use progress::Progress;
use std::path::{Path, PathBuf};

/// What to bring in.
#[derive(Debug, clap::Subcommand)]
pub(super) enum What {
    /// Ports and inland places from CSV with the columns un_locode, name, country, latitude,
    /// longitude and time_zone. Rows whose UN/LOCODE is known already are skipped, so an
    /// interrupted import is simply run again.
    Locations(File),
    /// Handling events from CSV with the columns cargo, type, location, voyage and completed_at
    /// (RFC 3339). Each row is an operation of its own under a key made of the row, so an
    /// interrupted import is simply run again. Prints the rows that cannot be used.
    Handling(Handling),
}

/// A file of handling events.
#[derive(Debug, clap::Args)]
pub(super) struct Handling {
    #[command(flatten)]
    file: File,
    /// Where to write what became of every row, as CSV.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// A file.
#[derive(Debug, clap::Args)]
pub(super) struct File {
    /// The file to read.
    file: PathBuf,
    /// Only says what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// How often a part is tried again when another process added some of it in the meantime.
const TRIES_MAX: u32 = 5;

/// What an import came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) added: usize,
    pub(super) known: usize,
}

/// Imports a file.
pub(super) async fn run(common: &Common, what: What) -> Result<(), Stopped> {
    match what {
        What::Locations(file) => locations(common, file).await,
        What::Handling(asked) => handling(common, &asked).await,
    }
}

async fn handling(common: &Common, asked: &Handling) -> Result<(), Stopped> {
    let shown = asked.file.file.display();
    let bytes = std::fs::read(&asked.file.file)
        .map_err(|error| Stopped::unable(format!("{shown} cannot be read: {error}.")))?;
    let rows = handling_import::read(&bytes)
        .map_err(|reason| Stopped::unable(format!("{shown}: {reason}.")))?;
    local::must_exist(common)?;
    let database = match asked.file.dry_run {
        true => local::open(common).await?,
        false => local::connect(common).await?,
    };
    let local = Local::start(&database, Limits::default());
    let clock = SystemClock;
    let fates = if asked.file.dry_run {
        let fates = handling_import::rehearse(&local.queries, &clock, &COMMAND_LINE, &rows);
        fates.await
    } else {
        let mut progress = Progress::new("rows");
        let all = rows.len() as u64;
        let done = |count: usize| progress.at(count as u64, all);
        let (pipeline, queries) = (&local.pipeline, &local.queries);
        let fates = handling_import::run(pipeline, queries, &clock, &COMMAND_LINE, &rows, done);
        let fates = fates.await;
        progress.done();
        fates
    };
    drop(local.finish().await);
    database.close().await;
    let unable = |error| Stopped::unable(format!("The database cannot be read: {error}."));
    told(asked, &fates.map_err(unable)?)
}

/// Says what became of the rows.
fn told(asked: &Handling, fates: &[(u64, Fate)]) -> Result<(), Stopped> {
    if let Some(path) = &asked.report {
        let shown = path.display();
        std::fs::write(path, handling_import::report(fates))
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
        "{} {verb}, {} known already, {} bad",
        tally.registered, tally.known, tally.bad
    ));
    match (tally.unsettled, tally.bad) {
        (0, 0) => Ok(()),
        (0, bad) => Err(Stopped::finding(format!("{bad} rows cannot be used."))),
        (unsettled, _) => Err(Stopped::finding(format!(
            "{unsettled} rows are not settled; run the import again."
        ))),
    }
}

async fn locations(common: &Common, file: File) -> Result<(), Stopped> {
    let rows = read(&file.file)?;
    for bad in &rows.bad {
        say(format_args!("line {}: {}", bad.line, bad.reason));
    }
    let database = local::connect(common).await?;
    let local = Local::start(&database, Limits::default());
    let tally = add_locations(&local, &rows.good, file.dry_run).await;
    drop(local.finish().await);
    database.close().await;
    let Added { added, known } = tally?;
    let verb = if file.dry_run {
        "would be added"
    } else {
        "added"
    };
    say(format_args!(
        "{added} {verb}, {known} known already, {} bad",
        rows.bad.len()
    ));
    if rows.bad.is_empty() {
        Ok(())
    } else {
        Err(Stopped::finding(format!(
            "{} rows cannot be used.",
            rows.bad.len()
        )))
    }
}

fn read(path: &Path) -> Result<Rows, Stopped> {
    let shown = path.display();
    let file = std::fs::File::open(path)
        .map_err(|error| Stopped::unable(format!("{shown} cannot be read: {error}.")))?;
    read_locations(file).map_err(|reason| Stopped::unable(format!("{shown}: {reason}.")))
}

/// Adds those of some locations that are not known yet.
pub(super) async fn add_locations(
    local: &Local,
    rows: &[NewLocation],
    dry_run: bool,
) -> Result<Added, Stopped> {
    let mut tally = Added::default();
    let mut progress = Progress::new("locations");
    for part in chunks(rows) {
        let added = add_part(local, part, dry_run).await?;
        tally.added += added;
        tally.known += part.len() - added;
        progress.at((tally.added + tally.known) as u64, rows.len() as u64);
    }
    progress.done();
    Ok(tally)
}

async fn add_part(local: &Local, part: &[NewLocation], dry_run: bool) -> Result<usize, Stopped> {
    let mut tries = 0;
    loop {
        let new = unknown(local.reader.as_ref(), part).await;
        let new =
            new.map_err(|error| Stopped::unable(format!("The database cannot be read: {error}.")))?;
        if new.is_empty() || dry_run {
            return Ok(new.len());
        }
        let count = new.len();
        match local
            .run("add-locations", &AddLocations { locations: new })
            .await
        {
            Ok(_) => return Ok(count),
            Err(Trouble::Refused(refused))
                if refused.rule == LocationMustBeUnique.name && tries < TRIES_MAX =>
            {
                tries += 1;
            }
            Err(trouble) => return Err(trouble.into()),
        }
    }
}
