//! `plimsoll import`

pub(super) mod progress;

use super::local::{self, Local, Trouble};
use super::{Common, Stopped, say};
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
pub(super) struct Tally {
    pub(super) added: usize,
    pub(super) known: usize,
}

/// Imports a file.
pub(super) async fn run(common: &Common, What::Locations(file): What) -> Result<(), Stopped> {
    let rows = read(&file.file)?;
    for bad in &rows.bad {
        say(format_args!("line {}: {}", bad.line, bad.reason));
    }
    let database = local::connect(common).await?;
    let local = Local::start(&database, Limits::default());
    let tally = add_locations(&local, &rows.good, file.dry_run).await;
    drop(local.finish().await);
    let Tally { added, known } = tally?;
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
) -> Result<Tally, Stopped> {
    let mut tally = Tally::default();
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
