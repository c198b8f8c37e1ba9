//! `plimsoll serve`

use super::import::{self, add_locations};
use super::local::{self, Local};
use super::retention::Keeper;
use super::{Common, Stopped, say};
use crate::clock::{SystemChance, SystemClock};
use crate::limits::{
    CONNECTIONS_EACH_MAX, CONNECTIONS_MAX, KEEP_ALIVE, KEEP_REFUSALS_DAYS, QUEUE_TIMEOUT,
};
use crate::outside::PublicUrl;
use crate::pages::gate::Gate;
use crate::reference::{LOCATIONS_CSV, read_locations};
use crate::router::router;
use crate::server::Connections;
use crate::state::{Shared, Site};
use crate::{program, server};
use application::Limits;
use domain::Kind;
use domain::log::retention::RefusalCounts;
use domain::ports::Chance;
use infrastructure::{Database, DurabilityError};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The address to listen on. Port 0 picks a free port. The server prints its address as
    /// "listening on http://…".
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        env = "PLIMSOLL_LISTEN"
    )]
    listen: SocketAddr,
    /// The maximum number of operations in one database transaction.
    #[arg(long, value_name = "N", default_value_t = 512, env = "PLIMSOLL_BATCH_LIMIT", value_parser = at_least_one)]
    batch_limit: usize,
    /// The maximum number of waiting operations. Further ones are answered 503.
    #[arg(long, value_name = "N", default_value_t = 4_096, env = "PLIMSOLL_QUEUE_LIMIT", value_parser = at_least_one)]
    queue_limit: usize,
    /// The maximum number of open connections. On further ones, only health checks are answered;
    /// everything else is answered 503.
    #[arg(long, value_name = "N", default_value_t = CONNECTIONS_MAX, env = "PLIMSOLL_CONNECTIONS_MAX", value_parser = at_least_one)]
    connections_max: usize,
    /// The maximum number of open connections from one IPv4 address or one IPv6 /64. Further ones are
    /// answered 429. Trusted proxies may open any number.
    #[arg(long, value_name = "N", default_value_t = CONNECTIONS_EACH_MAX, env = "PLIMSOLL_CONNECTIONS_EACH_MAX", value_parser = at_least_one)]
    connections_each_max: usize,
    /// The public URL of this server, for example <https://booking.example.com>, if it differs from
    /// the listen address. With https, cookies are sent only over TLS. With a path, as in
    /// <https://example.com/booking>, all pages are below it.
    #[arg(long, value_name = "URL", env = "PLIMSOLL_PUBLIC_URL")]
    public_url: Option<PublicUrl>,
    /// The address of a trusted proxy, or a network such as 10.0.0.0/8. The server believes its
    /// X-Forwarded-For header. Separate several with commas.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "PLIMSOLL_TRUSTED_PROXY",
        value_delimiter = ',',
        value_parser = network
    )]
    trusted_proxy: Vec<IpNet>,
    /// A token that callers of /metrics must send as Authorization: Bearer, of 16 characters or more.
    /// Without this option, anyone can read the metrics.
    #[arg(long, value_name = "TOKEN", env = "PLIMSOLL_METRICS_TOKEN", hide_env_values = true, value_parser = metrics_token)]
    metrics_token: Option<String>,
    /// How many seconds a connection stays open for its next request. A proxy must close its idle
    /// connections earlier, or some of its requests will fail.
    #[arg(long, value_name = "SECONDS", default_value_t = KEEP_ALIVE.as_secs(), env = "PLIMSOLL_KEEP_ALIVE", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    keep_alive: u64,
    /// For how many days refusals are kept one by one. After that only their numbers stay.
    #[arg(long, value_name = "DAYS", default_value_t = KEEP_REFUSALS_DAYS, env = "PLIMSOLL_KEEP_REFUSALS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    keep_refusals: u32,
    /// Serve even if the database can lose confirmed changes in a crash.
    #[arg(long, env = "PLIMSOLL_ACCEPT_LOWER_DURABILITY")]
    accept_lower_durability: bool,
}

/// How often recorded measurements move into their buckets.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (1..=1_000_000).contains(&number) => Ok(number),
        _ => Err("must be a whole number from 1 to 1000000".to_owned()),
    }
}

fn metrics_token(text: &str) -> Result<String, String> {
    let is_token = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_token
        .then(|| text.to_owned())
        .ok_or_else(|| "must be 16 or more visible ASCII characters".to_owned())
}

/// An address, or a network.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    // An IPv4 address may be written as an IPv6 one.
    let address = text.parse::<IpAddr>().map(|address| address.to_canonical());
    let network = address.map(IpNet::from).or_else(|_| text.parse::<IpNet>());
    network.map_err(|_| "must be an address or a network, for example 10.0.0.0/8".to_owned())
}

/// Serves until a signal stops it.
pub(super) async fn run(common: &Common, arguments: Arguments) -> Result<(), Stopped> {
    let stop = signals()?;
    let database = local::connect(common).await?;
    check_durability(&database, arguments.accept_lower_durability).await?;
    let limits = Limits {
        queue: arguments.queue_limit,
        batch: arguments.batch_limit,
        ..Limits::default()
    };
    let local = Local::start(&database, limits);
    bring_reference_data(&local).await?;
    let listener = listen(arguments.listen)?;
    let first_run = first_run(&local).await?;
    let how = How {
        queue_limit: arguments.queue_limit,
        connections: Connections {
            max: arguments.connections_max,
            each_max: arguments.connections_each_max,
            proxies: arguments.trusted_proxy.clone(),
            keep_alive: Duration::from_secs(arguments.keep_alive),
            ..Connections::default()
        },
        public_url: arguments.public_url,
        metrics_token: arguments.metrics_token,
        trusted_proxies: arguments.trusted_proxy,
        keep_refusals: arguments.keep_refusals,
        first_run,
    };
    serve(local, listener, how, stop, |_| {}).await
}

/// How a site is served.
pub(super) struct How {
    pub(super) queue_limit: usize,
    pub(super) connections: Connections,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) metrics_token: Option<String>,
    pub(super) trusted_proxies: Vec<IpNet>,
    /// For how many days refusals are kept.
    pub(super) keep_refusals: u32,
    /// The secret of the one-time link, if nobody can sign in yet.
    pub(super) first_run: Option<String>,
}

/// Listens on an address.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, Stopped> {
    server::listen(address).map_err(|error| {
        Stopped::unable(format!(
            "Cannot listen on {address}: {error}. Choose another address with --listen."
        ))
    })
}

/// Completes on SIGTERM or SIGINT.
pub(super) fn signals() -> Result<impl Future<Output = ()>, Stopped> {
    let (mut terminate, mut interrupt) =
        (on(SignalKind::terminate())?, on(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Serves a site until `stop` completes. Calls `listening` with the address once it listens.
pub(super) async fn serve(
    local: Local,
    listener: TcpListener,
    how: How,
    stop: impl Future<Output = ()>,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), Stopped> {
    let address = listener.local_addr().map_err(|error| {
        Stopped::unable(format!("Cannot determine the listen address: {error}."))
    })?;
    let site = Site::new(
        local.pipeline.clone(),
        local.queries.clone(),
        Arc::new(SystemClock),
        Arc::clone(&local.metrics),
        Arc::clone(&local.pulse),
        how.queue_limit,
    );
    let mut gate = Gate::new(false, how.first_run.as_deref())
        .behind(&how.trusted_proxies)
        .with_metrics_token(how.metrics_token.as_deref());
    let mut connections = how.connections;
    let mut url = format!("http://{address}");
    if let Some(public) = how.public_url {
        url = public.to_string();
        public.prefix().clone_into(&mut connections.prefix);
        gate = gate.reached_at(public);
    }
    let site = Arc::new(site.behind(gate));
    let router = router(&site);
    let upkeep = tokio::spawn(upkeep(Arc::clone(&site)));
    let keeper = Keeper {
        pipeline: local.pipeline.clone(),
        retention: local.database.retention(),
        clock: Arc::new(SystemClock),
        days: how.keep_refusals,
        unstored: RefusalCounts::new(),
    };
    let keeper = tokio::spawn(keeper.run());
    tracing::info!(%address, program = program(), "serving");
    say(format_args!("listening on http://{address}"));
    if let Some(secret) = how.first_run {
        eprintln!(
            "\nNobody can sign in yet. Open this link to choose the administrator's password. It works once:\n\
             \n    {url}/first-run/{secret}\n\
             \nTo issue an API token: plimsoll token issue --user NAME --role ROLE, with the same \
             --database or PLIMSOLL_DATABASE.\n"
        );
    }
    listening(address);
    let stop = async {
        stop.await;
        site.tail.stop();
        drop(site);
    };
    let metrics = Arc::clone(&local.metrics);
    server::serve(listener, router, metrics, connections, stop).await;
    upkeep.abort();
    keeper.abort();
    let database = local.database.clone();
    let finished = tokio::time::timeout(QUEUE_TIMEOUT, local.finish()).await;
    database.close().await;
    match finished {
        Ok(Ok(())) => tracing::info!("stopped after finishing all operations"),
        Ok(Err(error)) => return Err(Stopped::finding(format!("The pipeline failed: {error}."))),
        Err(_) => tracing::warn!("stopped; unfinished operations were dropped"),
    }
    Ok(())
}

fn on(kind: SignalKind) -> Result<tokio::signal::unix::Signal, Stopped> {
    signal(kind).map_err(|error| Stopped::unable(format!("Cannot listen for signals: {error}.")))
}

async fn upkeep(site: Shared) {
    let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
    loop {
        ticks.tick().await;
        site.metrics.upkeep();
        site.gate.tidy();
    }
}

async fn check_durability(database: &Database, accept_lower: bool) -> Result<(), Stopped> {
    match database.check_durability().await {
        Ok(warnings) => {
            for warning in warnings {
                tracing::warn!("DURABILITY: {warning}");
            }
            Ok(())
        }
        Err(error @ DurabilityError::Store(_)) => Err(Stopped::because(
            "Cannot read the settings of the database",
            &error,
        )),
        Err(error) if accept_lower => {
            tracing::warn!("DURABILITY: {error}");
            Ok(())
        }
        Err(error) => Err(Stopped::unable(format!(
            "{error}. Change the settings, or serve with --accept-lower-durability."
        ))),
    }
}

/// Adds the packaged ports unless the last one is known. Known ports are skipped, so an interrupted
/// start, or two starts at once, leave no gaps and no duplicates.
pub(super) async fn bring_reference_data(local: &Local) -> Result<(), Stopped> {
    let cannot_read = |error| Stopped::because("Cannot read the database", &error);
    let last_line = LOCATIONS_CSV
        .trim_end()
        .lines()
        .next_back()
        .unwrap_or_default();
    let last = last_line.split(',').next().unwrap_or_default().to_owned();
    let mut snapshot = local.reader.snapshot().await.map_err(cannot_read)?;
    let found = snapshot.load(Kind::Location, &[], &[last]).await;
    drop(snapshot);
    if !found.map_err(cannot_read)?.is_empty() {
        return Ok(());
    }
    let rows = read_locations(LOCATIONS_CSV.as_bytes()).expect("the packaged file is valid");
    let tally = add_locations(local, &rows, import::How::default()).await?;
    tracing::info!(
        added = tally.added,
        known = tally.known,
        "imported the reference data"
    );
    Ok(())
}

/// The secret of the one-time link, if nobody can sign in yet. It is never stored.
async fn first_run(local: &Local) -> Result<Option<String>, Stopped> {
    let cannot_read = |error| Stopped::because("Cannot read the database", &error);
    if local.queries.has_passwords().await.map_err(cannot_read)? {
        return Ok(None);
    }
    let mut random = [0; 32];
    SystemChance.fill(&mut random);
    Ok(Some(hex::encode(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_or_networks() {
        for (text, expected) in [
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            (" 10.0.0.0/8", Some("10.0.0.0/8")),
            ("192.0.2.7 ", Some("192.0.2.7/32")),
            ("::ffff:192.0.2.7", Some("192.0.2.7/32")),
            ("10.0.0.0/33", None),
            ("", None),
        ] {
            let found = network(text).ok().map(|network| network.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
