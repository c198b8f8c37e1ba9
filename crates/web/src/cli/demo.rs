//! `plimsoll demo`

use super::local::{self, Local};
use super::serve::{How, bring_reference_data, listen, serve, signals};
use super::{Common, Stopped, say};
use crate::clock::SystemClock;
use crate::demo::{Hands, People, USERS, furnish, traffic};
use crate::limits::KEEP_REFUSALS_DAYS;
use crate::server::Connections;
use application::Limits;
use domain::ports::Clock;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The address to listen on. Port 0 picks a free port.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        env = "PLIMSOLL_LISTEN"
    )]
    listen: SocketAddr,
    /// The average number of seconds between simulated actions. 0 turns them off.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.5, value_parser = pause)]
    pause: f64,
}

fn pause(text: &str) -> Result<f64, String> {
    let wrong = "must be a number of seconds, 0 to 3600";
    let seconds: f64 = text.parse().map_err(|_| wrong.to_owned())?;
    (0.0..=3_600.0)
        .contains(&seconds)
        .then_some(seconds)
        .ok_or_else(|| wrong.to_owned())
}

/// Serves a sample world until a signal stops it, then deletes its data.
pub(super) async fn run(common: &Common, arguments: Arguments) -> Result<(), Stopped> {
    if common.database.is_some() {
        return Err(Stopped::unable(
            "The sample world uses its own temporary database. Remove --database, DATABASE_URL and PLIMSOLL_DATABASE.",
        ));
    }
    let stop = signals()?;
    let listener = listen(arguments.listen)?;
    let folder = tempfile::Builder::new().prefix("plimsoll-demo-").tempdir();
    let folder = folder.map_err(|error| {
        Stopped::unable(format!(
            "Cannot create a temporary folder for the sample world: {error}."
        ))
    })?;
    let file = folder.path().join("demo.db");
    let own = Common {
        database: Some(format!("sqlite:{}", file.display())),
        ..common.clone()
    };
    eprintln!("Building the sample world with four weeks of bookings …");
    let database = local::connect(&own).await?;
    let now = SystemClock.now();
    let clock = Hands::at_the_beginning(now);
    let past = Local::at(&database, Limits::default(), Arc::new(clock.clone()));
    bring_reference_data(&past).await?;
    let people = furnish(&past, &clock, now).await?;
    drop(past.finish().await);

    let local = Local::start(&database, Limits::default());
    let how = How {
        queue_limit: Limits::default().queue,
        connections: Connections::default(),
        public_url: None,
        metrics_token: None,
        trusted_proxies: Vec::new(),
        keep_refusals: KEEP_REFUSALS_DAYS,
        first_run: None,
    };
    let pause = Duration::from_secs_f64(arguments.pause);
    serve(local, listener, how, stop, |address| {
        welcome(address, &people);
        if !pause.is_zero() {
            tokio::spawn(traffic(address, people.staff, pause));
        }
    })
    .await
}

/// Prints the users and their password.
fn welcome(address: SocketAddr, people: &People) {
    let password = &people.password;
    say(format_args!(
        "\nOpen http://{address} and sign in. The password of every user is  {password}\n"
    ));
    for user in USERS {
        say(format_args!("    {:<12}{}", user.name, user.meaning));
    }
    say("\nPress Ctrl-C to stop and delete the data.");
}
