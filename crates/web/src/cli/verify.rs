//! `plimsoll verify`

use super::import::progress::Progress;
use super::{Common, Stopped, local, say};
use application::verify::{Options, Trouble, verify};
use domain::log::Hash;
use std::str::FromStr;
use uuid::Uuid;

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Also decide every entry again from the state before it and compare the results. Slower.
    #[arg(long)]
    replay: bool,
    /// A position and its hash from an earlier check. Detects a truncated log or a rewritten
    /// chain, which the database alone cannot show.
    #[arg(long, value_name = "POSITION:HASH")]
    anchor: Option<Anchor>,
    /// The epoch of the log from an earlier check. Detects another log in its place.
    #[arg(long, value_name = "UUID")]
    epoch: Option<Uuid>,
}

/// A position and its hash.
#[derive(Debug, Clone, Copy)]
struct Anchor(u64, Hash);

impl FromStr for Anchor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (position, hash) = text
            .split_once(':')
            .ok_or("must be a position, a colon and a hash")?;
        let position = position
            .parse()
            .map_err(|_| "must begin with a position, a whole number")?;
        Ok(Self(position, hash.parse()?))
    }
}

/// Checks everything.
pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<(), Stopped> {
    local::must_exist(common)?;
    let database = local::open(common).await?;
    let options = Options {
        replay: arguments.replay,
        anchor: arguments
            .anchor
            .map(|Anchor(position, hash)| (position, hash)),
        epoch: arguments.epoch,
    };
    let mut progress = Progress::new("entries");
    let reader = database.reader();
    let checked = verify(reader.as_ref(), options, |done, all| progress.at(done, all)).await;
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
                        "{older} decided by the rules of another release"
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
        Err(Trouble::Store(error)) => Err(Stopped::because("Cannot read the database", &error)),
    }
}
