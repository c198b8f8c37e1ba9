//! The command line.

mod demo;
mod import;
pub(crate) mod local;
mod migrate;
mod operations;
mod serve;
mod token;
mod verify;

pub use operations::markdown;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// A system of record for cargo booking.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version = env!("CARGO_PKG_VERSION"),
    about = "A system of record for cargo booking.",
    long_about = "A system of record for cargo booking.\n\nPlimsoll ensures that no voyage \
        is loaded past its limit line, and keeps every change in one log, in order. Without a \
        command it serves.",
    propagate_version = true
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Cli {
    /// Reads arguments; without a command they are those of `serve`.
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

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
struct Common {
    /// The database: sqlite:FILE, made when there is none, or
    /// mysql://USER:PASSWORD@HOST:PORT/NAME for MariaDB 10.6 or MySQL 8.0 and later. Without it
    /// DATABASE_URL counts, then sqlite:plimsoll.db.
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
    /// How log lines are written, always to standard error.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "text",
        env = "PLIMSOLL_LOG_FORMAT"
    )]
    log_format: LogFormat,
    /// What is logged: error, warn, info, debug or trace, also by module, as in
    /// warn,plimsoll=debug. Serving logs from info on, other commands from warn on.
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
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the pages and the API; the command when none is given.
    Serve(serve::Arguments),
    /// Serves a living sample world on a throw-away database: real ports, a liner network, customers,
    /// cargoes, users to sign in as, and traffic that goes on.
    Demo(demo::Arguments),
    /// Brings the tables of the database up to date; serving does it too.
    Migrate,
    /// Checks that nothing in the database was altered, is missing or was added.
    Verify(verify::Arguments),
    /// Brings data in from a file.
    #[command(subcommand)]
    Import(import::What),
    /// Manages API tokens.
    #[command(subcommand)]
    Token(token::What),
    /// Lists all operations with what they mean and who may run them.
    Operations(operations::Arguments),
}

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) struct Stopped {
    code: u8,
    sentence: String,
}

impl Stopped {
    /// It ran and found something, or was refused.
    fn finding(sentence: impl Into<String>) -> Self {
        Self {
            code: 1,
            sentence: sentence.into(),
        }
    }

    /// It could not run.
    fn unable(sentence: impl Into<String>) -> Self {
        Self {
            code: 2,
            sentence: sentence.into(),
        }
    }
}

/// Runs the program: 0 when all went well, 1 on a finding or a refusal, 2 when it could not run.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os().collect()).unwrap_or_else(|error| error.exit());
    let command = cli.command.expect("a command was given or added");
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = threads
        .map_err(|error| Stopped::unable(format!("The program cannot start threads: {error}.")))
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
        .map_err(|error| Stopped::unable(format!("The log filter cannot be read: {error}.")))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match common.log_format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

/// Writes to standard output; a reader that went away is no failure of ours.
fn say(text: impl std::fmt::Display) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}
