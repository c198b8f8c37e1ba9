//! `plimsoll export`

use super::import::progress::Progress;
use super::{Common, Stopped, local};
use application::transfer::export;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

/// Options of `export`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The file to write, or - for standard output. It must not exist yet.
    file: PathBuf,
}

/// Writes the whole log, compressed with gzip.
pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<(), Stopped> {
    local::must_exist(common)?;
    let database = local::open(common).await?;
    let mut out = GzEncoder::new(open(&arguments.file)?, Compression::default());
    let mut progress = Progress::new("entries");
    let reader = database.reader();
    let written = export(reader.as_ref(), &mut out, |done, all| {
        progress.at(done, all);
    });
    let written = written.await;
    progress.done();
    database.close().await;
    let written = written.map_err(|error| Stopped::because("Cannot export the log", &error))?;
    let finished = out.finish().and_then(|mut file| file.flush());
    let shown = arguments.file.display();
    finished.map_err(|error| Stopped::unable(format!("Cannot write {shown}: {error}.")))?;
    eprintln!(
        "{} entries and {} refusals",
        written.entries, written.refusals
    );
    eprintln!("head {}:{}", written.entries, written.hash);
    Ok(())
}

fn open(file: &Path) -> Result<Box<dyn Write + Send>, Stopped> {
    if file == Path::new("-") {
        return Ok(Box::new(stdout()));
    }
    let shown = file.display();
    let mut options = File::options();
    options.write(true).create_new(true);
    // For its owner alone: it has the keys of personal fields.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let created = options.open(file);
    let created = created
        .map_err(|error| Stopped::unable(format!("Cannot create the file {shown}: {error}.")))?;
    Ok(Box::new(BufWriter::new(created)))
}
