//! A bystander: somebody who goes on working while others attack the server.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// The bystander's address. No attack comes from it.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 250));
/// The longest that the bystander waits for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// An answer that takes longer counts as a disturbance.
const SLOW: Duration = Duration::from_secs(1);
/// The pause between two requests.
const PAUSE: Duration = Duration::from_millis(20);

/// One kind of request that the bystander repeats.
#[derive(Debug, Clone)]
pub struct Probe {
    pub what: &'static str,
    pub path: String,
    pub token: Option<String>,
    /// The media type and body of a `POST`.
    pub body: Option<(&'static str, String)>,
    /// Whether each request opens a new connection.
    pub is_fresh: bool,
    /// Whether it may be refused until the server has recovered.
    pub may_be_refused: bool,
}

impl Probe {
    /// Reads with a token, on one open connection.
    pub fn read(what: &'static str, path: &str, token: &str) -> Self {
        Self {
            what,
            path: path.to_owned(),
            token: Some(token.to_owned()),
            body: None,
            is_fresh: false,
            may_be_refused: false,
        }
    }

    /// Checks the health, each time on a new connection.
    pub fn health() -> Self {
        Self {
            token: None,
            is_fresh: true,
            ..Self::read("/livez", "/livez", "")
        }
    }

    /// Runs single operations, on one open connection.
    pub fn operation(token: &str) -> Self {
        let customer = r#"{"name":"Bystander","email":"desk@example.com","country":"NL"}"#;
        Self {
            body: Some(("application/json", customer.to_owned())),
            ..Self::read("single operations", "/api/operations/new-customer", token)
        }
    }
}

/// One answer, or none.
#[derive(Debug, Clone, Copy)]
struct Asked {
    began: Duration,
    took: Duration,
    is_answered: bool,
}

/// The times of the answers to a probe.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    pub answered: usize,
    pub refused: usize,
    pub p50: Duration,
    pub p99: Duration,
    /// How long after the beginning the last disturbance ended: a refused request, no answer, or an
    /// answer after more than a second.
    pub disturbed_until: Duration,
}

impl Times {
    fn of(asked: &[Asked]) -> Self {
        let mut took: Vec<_> = asked
            .iter()
            .filter(|one| one.is_answered)
            .map(|one| one.took)
            .collect();
        took.sort_unstable();
        let at = |percent: usize| {
            let index = (took.len() * percent / 100).min(took.len().saturating_sub(1));
            took.get(index).copied().unwrap_or_default()
        };
        let disturbed = asked
            .iter()
            .filter(|one| !one.is_answered || one.took > SLOW);
        Self {
            answered: took.len(),
            refused: asked.len() - took.len(),
            p50: at(50),
            p99: at(99),
            disturbed_until: disturbed
                .map(|one| one.began + one.took)
                .max()
                .unwrap_or_default(),
        }
    }
}

/// A bystander at work.
pub struct Bystander {
    stop: Arc<AtomicBool>,
    probes: Vec<JoinHandle<Vec<Asked>>>,
}

impl Bystander {
    /// Starts to repeat each probe, all at the same time.
    pub fn start(url: &str, probes: &[Probe]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let begun = Instant::now();
        let probes = probes.iter().map(|probe| {
            let (url, probe, stop) = (url.to_owned(), probe.clone(), Arc::clone(&stop));
            tokio::spawn(async move { repeat(&url, &probe, begun, &stop).await })
        });
        Self {
            probes: probes.collect(),
            stop,
        }
    }

    /// Ends it. Returns the times of each probe.
    pub async fn end(self) -> Vec<Times> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for probe in self.probes {
            all.push(Times::of(&probe.await.expect("a probe does not panic")));
        }
        all
    }
}

async fn repeat(url: &str, probe: &Probe, begun: Instant, stop: &AtomicBool) -> Vec<Asked> {
    let idle = if probe.is_fresh { 0 } else { 1 };
    let client = reqwest::Client::builder()
        .no_proxy()
        .local_address(ADDRESS)
        .pool_max_idle_per_host(idle)
        .timeout(ANSWER_WITHIN)
        .build()
        .expect("a client");
    let mut asked = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        let is_answered = ask(&client, url, probe).await;
        asked.push(Asked {
            began: began - begun,
            took: began.elapsed(),
            is_answered,
        });
        tokio::time::sleep(PAUSE).await;
    }
    asked
}

async fn ask(client: &reqwest::Client, url: &str, probe: &Probe) -> bool {
    let url = format!("{url}{}", probe.path);
    let mut request = match &probe.body {
        None => client.get(url),
        Some((media_type, body)) => client
            .post(url)
            .header("content-type", *media_type)
            .body(body.clone()),
    };
    if let Some(token) = &probe.token {
        request = request.bearer_auth(token);
    }
    match request.send().await {
        Ok(answer) => {
            let is_success = answer.status().is_success();
            answer.bytes().await.is_ok() && is_success
        }
        Err(_) => false,
    }
}
