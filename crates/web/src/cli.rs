//! The command line.

mod demo;
mod export;
mod head;
mod import;
pub(crate) mod local;
mod migrate;
mod operations;
mod restored;
mod retention;
mod serve;
mod statement;
mod token;
mod verify;

pub use operations::markdown;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use domain::causes::WithCauses;
use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// A system of record for cargo booking.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version = env!("CARGO_PKG_VERSION"),
    about = "A system of record for cargo booking.",
    long_about = "A system of record for cargo booking.\n\nPlimsoll makes sure that no voyage \
        is booked past its limit line, and records every change in one ordered log. Without a \
        command, it runs `serve`.",
    propagate_version = true
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// Parses the arguments. Without a command, they belong to `serve`.
    fn read(given: Vec<OsString>) -> Result<Self, clap::Error> {
        let mut with_serve = given.clone();
        with_serve.insert(1.min(given.len()), "serve".into());
        match Self::try_parse_from(given) {
            Ok(cli) if cli.command.is_some() => Ok(cli),
            Ok(_) => Self::try_parse_from(with_serve),
            Err(error) if error.kind() == ErrorKind::UnknownArgument => {
                match Self::try_parse_from(with_serve) {
                    Err(own) if own.kind() == ErrorKind::UnknownArgument => Err(error),
                    other => other,
                }
            }
            Err(error) => Err(error),
        }
    }
}

/// Options shared by all commands.
#[derive(Debug, Clone, clap::Args)]
struct Common {
    /// The database: sqlite:FILE, created if missing, or mysql://USER:PASSWORD@HOST:PORT/NAME for
    /// MariaDB 10.6 or MySQL 8.0 and later. The default is DATABASE_URL, then
    /// sqlite:plimsoll.db.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "PLIMSOLL_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
    #[arg(
        long,
        global = true,
        hide = true,
        env = "DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// The format of log lines, which go to standard error.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        env = "PLIMSOLL_LOG_FORMAT"
    )]
    log_format: LogFormat,
    /// The log level: error, warn, info, debug or trace. Can be set by module, as in
    /// warn,plimsoll=debug. The default is info for serve and warn for other commands.
    #[arg(long, global = true, value_name = "FILTER", env = "PLIMSOLL_LOG")]
    log: Option<String>,
}

impl Common {
    /// The database to use.
    fn database(&self) -> &str {
        let given = self.database.as_deref().or(self.database_url.as_deref());
        given
            .filter(|url| !url.is_empty())
            .unwrap_or("sqlite:plimsoll.db")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Plain text.
    Text,
    /// One JSON object per line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the pages and the API. This is the default command.
    Serve(serve::Arguments),
    /// Serves a sample world on a temporary database: real ports, a liner network, customers,
    /// cargoes, users to sign in as, and simulated traffic.
    Demo(demo::Arguments),
    /// Updates the database schema. `serve` does this too.
    Migrate,
    /// Checks that no data was altered, removed or added outside Plimsoll.
    Verify(verify::Arguments),
    /// Prints where the log ends, to be noted elsewhere for `verify --anchor`. With a key, signs it.
    Head(head::Arguments),
    /// Gives the log a new epoch, after a backup was put back and before the server starts. Readers
    /// of the log notice that entries may have been lost.
    Restored,
    /// Writes the whole log and the refusals to a file, as a backup or to move to another database.
    /// A running server can be exported. The file contains hashes of passwords and tokens: keep it
    /// safe.
    Export(export::Arguments),
    /// Imports data from a file.
    #[command(subcommand)]
    Import(import::What),
    /// Manages API tokens.
    #[command(subcommand)]
    Token(token::What),
    /// Lists all operations, what they do and who may run them.
    Operations(operations::Arguments),
}

/// Why a command failed, with its exit code.
#[derive(Debug)]
pub(crate) struct Stopped {
    code: u8,
    sentence: String,
}

impl Stopped {
    /// The command found a problem or was refused. Exit code 1.
    fn finding(sentence: impl Into<String>) -> Self {
        Self {
            code: 1,
            sentence: sentence.into(),
        }
    }

    /// The command could not run. Exit code 2.
    fn unable(sentence: impl Into<String>) -> Self {
        Self {
            code: 2,
            sentence: sentence.into(),
        }
    }

    /// The command could not run because of an error, which the operator sees with its causes.
    fn because(what: &str, error: &dyn Error) -> Self {
        Self::unable(format!("{what}: {}.", WithCauses(error)))
    }
}

/// Runs the program. The exit code is 0 on success, 1 on a finding or a refusal, 2 if it could not run.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os().collect()).unwrap_or_else(|error| error.exit());
    let command = cli.command.expect("a command was given or added");
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = threads
        .map_err(|error| Stopped::unable(format!("Cannot start threads: {error}.")))
        .and_then(|runtime| {
            start_log(&cli.common, &command)?;
            runtime.block_on(run(&cli.common, command))
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => {
            if !stopped.sentence.is_empty() {
                eprintln!("plimsoll: {}", stopped.sentence);
            }
            ExitCode::from(stopped.code)
        }
    }
}

async fn run(common: &Common, command: Command) -> Result<(), Stopped> {
    match command {
        Command::Serve(arguments) => serve::run(common, arguments).await,
        Command::Demo(arguments) => demo::run(common, arguments).await,
        Command::Migrate => migrate::run(common).await,
        Command::Verify(arguments) => verify::run(common, &arguments).await,
        Command::Head(arguments) => head::run(common, &arguments).await,
        Command::Restored => restored::run(common).await,
        Command::Export(arguments) => export::run(common, &arguments).await,
        Command::Import(what) => import::run(common, what).await,
        Command::Token(what) => token::run(common, what).await,
        Command::Operations(arguments) => operations::run(&arguments),
    }
}

fn start_log(common: &Common, command: &Command) -> Result<(), Stopped> {
    let default = match command {
        Command::Serve(_) => "info,sea_orm_migration=warn",
        _ => "warn",
    };
    let filter = EnvFilter::builder()
        .parse(common.log.as_deref().unwrap_or(default))
        .map_err(|error| Stopped::unable(format!("Invalid log filter: {error}.")))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match common.log_format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

/// Writes to standard output. Ignores errors, because the reader of a pipe may have gone away.
fn say(text: impl std::fmt::Display) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}
