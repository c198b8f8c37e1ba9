//! `plimsoll verify`

use super::import::progress::Progress;
use super::statement::{Noted, PublicKey, Statement};
use super::{Common, Stopped, local, say};
use application::verify::{Anchor, Crew, Options, Trouble, verify};
use domain::log::Hash;
use domain::log::store::StoreError;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use uuid::Uuid;

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Also decide every entry again from the state before it and compare the results. Slower.
    #[arg(long)]
    replay: bool,
    /// Where the log ended at an earlier time: a position and its hash, or a file that `head` wrote.
    /// Detects a truncated log or a rewritten chain, which the database alone cannot show.
    #[arg(long, value_name = "POSITION:HASH|FILE")]
    anchor: Option<Anchored>,
    /// The public Ed25519 key in this PEM file must have signed the anchor.
    #[arg(long, value_name = "PUBLIC.pem", requires = "anchor")]
    key: Option<PathBuf>,
    /// The epoch of the log from an earlier check. Detects another log in its place.
    #[arg(long, value_name = "UUID")]
    epoch: Option<Uuid>,
}

/// What is known of the log from an earlier time.
#[derive(Debug, Clone)]
enum Anchored {
    Position(u64, Hash),
    File(PathBuf),
}

impl FromStr for Anchored {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if Path::new(text).is_file() {
            return Ok(Self::File(text.into()));
        }
        let (position, hash) = text
            .split_once(':')
            .ok_or("must be a position, a colon and a hash, or a file that exists")?;
        let position = position
            .parse()
            .map_err(|_| "must begin with a position, a whole number")?;
        Ok(Self::Position(position, hash.parse()?))
    }
}

/// Reads the anchor, and the epoch that was named or that a noted head has. Checks its signature.
fn anchor(arguments: &Arguments) -> Result<(Option<Anchor>, Option<Uuid>), Stopped> {
    let file = match &arguments.anchor {
        None => return Ok((None, arguments.epoch)),
        Some(Anchored::File(file)) => file,
        Some(Anchored::Position(..)) if arguments.key.is_some() => {
            let what =
                "--key needs a signed head: --anchor FILE, as plimsoll head --sign writes it.";
            return Err(Stopped::unable(what));
        }
        Some(Anchored::Position(position, hash)) => {
            let anchor = Anchor {
                position: *position,
                hash: *hash,
                root: None,
                recorded_at: None,
            };
            return Ok((Some(anchor), arguments.epoch));
        }
    };
    let shown = file.display();
    let unusable = |reason: String| Stopped::unable(format!("Cannot use {shown}: {reason}."));
    let text = std::fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    let noted: Noted = text.parse().map_err(unusable)?;
    if let Some(file) = &arguments.key {
        let key = PublicKey::read(file);
        let key = key.map_err(|reason| {
            let shown = file.display();
            Stopped::unable(format!("Cannot use the key {shown}: {reason}."))
        })?;
        let checked = key.check(&noted);
        checked.map_err(|reason| Stopped::finding(format!("{shown}: {reason}.")))?;
    } else if noted.is_signed() {
        eprintln!("The signature of {shown} was not checked. Name the public key with --key.");
    }
    let Statement {
        epoch,
        position,
        recorded_at,
        hash,
        root,
    } = noted.statement;
    if let Some(other) = arguments.epoch.filter(|other| *other != epoch) {
        return Err(Stopped::unable(format!(
            "{shown} was noted in epoch {epoch}, but --epoch names {other}. Leave out --epoch, or \
             take a head of that epoch."
        )));
    }
    let anchor = Anchor {
        position,
        hash,
        root: Some(root),
        recorded_at: Some(recorded_at),
    };
    Ok((Some(anchor), Some(epoch)))
}

/// Two parts of the log for each core: while one waits for the database, the other is checked.
fn all_cores() -> Crew {
    Crew {
        size: 2 * std::thread::available_parallelism().map_or(1, usize::from),
        spawn: Some(|work| {
            tokio::spawn(work);
        }),
        ..Crew::default()
    }
}

/// Checks everything.
pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<(), Stopped> {
    local::must_exist(common)?;
    let (anchor, epoch) = anchor(arguments)?;
    let crew = all_cores();
    let database = local::open_for(common, crew.size + Crew::BESIDE).await?;
    let options = Options {
        replay: arguments.replay,
        anchor,
        epoch,
        crew,
    };
    let mut progress = Progress::new("entries");
    let checked = verify(database.reader(), options, |done, all| {
        progress.at(done, all);
    });
    let checked = checked.await;
    progress.done();
    database.close().await;
    match checked {
        Ok(report) => {
            say(format_args!(
                "{} entries, no problems found",
                report.entries
            ));
            if arguments.replay {
                say(format_args!(
                    "{} decided again with the same results",
                    report.replayed
                ));
                let older = report.entries - report.replayed;
                if older > 0 {
                    say(format_args!(
                        "{older} not decided again: other rules decided them, or their texts are erased"
                    ));
                }
            }
            say(format_args!("head {}:{}", report.entries, report.hash));
            say(format_args!("epoch {}", report.epoch));
            Ok(())
        }
        Err(Trouble::Bad { position, what }) => {
            say(format_args!("bad at position {position}: {what}"));
            Err(Stopped::finding("The data does not match the log."))
        }
        Err(Trouble::Aside(what)) => {
            say(format_args!("bad: {what}"));
            Err(Stopped::finding(
                "The database is not as this release leaves it.",
            ))
        }
        Err(Trouble::Store(StoreError::Data(what))) => {
            say(format_args!("bad: {what}"));
            Err(Stopped::finding("The database cannot be read as a whole."))
        }
        Err(Trouble::Store(error)) => Err(Stopped::because("Cannot read the database", &error)),
    }
}
