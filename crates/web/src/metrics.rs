//! Metrics for Prometheus. All counters of the hot path are created at the start, so that counting
//! is a single atomic addition.

use application::follow::FollowerMeter;
use application::{Reply, catalogue};
use axum::http::StatusCode;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

const META: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);
const SECONDS: &[f64] = &[
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
const SIZES: &[f64] = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];
const RESULTS: [&str; 4] = ["accepted", "replayed", "refused", "failed"];

/// The counters.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    operations: HashMap<&'static str, [Counter; 4]>,
    batches: [Counter; 2],
    batch_operations: Histogram,
    batch_seconds: Histogram,
    operation_seconds: Histogram,
    waiting: Gauge,
    connections: Gauge,
    memory: Gauge,
    routes: OnceLock<HashMap<String, Route>>,
}

struct Route {
    name: String,
    statuses: [OnceLock<Counter>; STATUSES.len()],
    seconds: Histogram,
}

/// The HTTP statuses that have their own counter. Any other status counts as the last one.
const STATUSES: [u16; 20] = [
    200, 304, 400, 401, 403, 404, 405, 408, 409, 412, 413, 414, 415, 422, 429, 431, 500, 503, 303,
    0,
];

impl Default for Metrics {
    fn default() -> Self {
        let recorder = builder().build_recorder();
        describe(&recorder);
        let counter = |name: &'static str, labels: Vec<Label>| {
            recorder.register_counter(&Key::from_parts(name, labels), &META)
        };
        let histogram =
            |name: &'static str| recorder.register_histogram(&Key::from_static_name(name), &META);
        let gauge =
            |name: &'static str| recorder.register_gauge(&Key::from_static_name(name), &META);
        let operations = catalogue().map(|definition| {
            let name = definition.about.name;
            let counters = RESULTS.map(|result| {
                let labels = vec![
                    Label::from_static_parts("operation", name),
                    Label::from_static_parts("result", result),
                ];
                counter("plimsoll_operations_total", labels)
            });
            (name, counters)
        });
        Self {
            operations: operations.collect(),
            batches: ["committed", "failed"].map(|result| {
                let labels = vec![Label::from_static_parts("result", result)];
                counter("plimsoll_batches_total", labels)
            }),
            batch_operations: histogram("plimsoll_batch_operations"),
            batch_seconds: histogram("plimsoll_batch_seconds"),
            operation_seconds: histogram("plimsoll_operation_seconds"),
            waiting: gauge("plimsoll_queue_waiting"),
            connections: gauge("plimsoll_connections"),
            memory: gauge("plimsoll_memory_bytes"),
            routes: OnceLock::new(),
            handle: recorder.handle(),
            recorder,
        }
    }
}

fn builder() -> PrometheusBuilder {
    let with = |builder: PrometheusBuilder, name: &str, buckets: &[f64]| {
        builder
            .set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)
            .expect("the buckets are not empty")
    };
    let builder = with(PrometheusBuilder::new(), "plimsoll_batch_operations", SIZES);
    let builder = with(builder, "plimsoll_batch_seconds", SECONDS);
    let builder = with(builder, "plimsoll_operation_seconds", SECONDS);
    with(builder, "plimsoll_http_seconds", SECONDS)
}

fn describe(recorder: &PrometheusRecorder) {
    for (name, meaning) in [
        (
            "plimsoll_operations_total",
            "Operations answered, by result.",
        ),
        ("plimsoll_batches_total", "Write transactions, by result."),
        (
            "plimsoll_http_requests_total",
            "Requests answered, by route and status.",
        ),
        (
            "plimsoll_follower_panics_total",
            "Panics of followers of the log, which then start again.",
        ),
    ] {
        recorder.describe_counter(KeyName::from_const_str(name), None, meaning.into());
    }
    for (name, meaning) in [
        (
            "plimsoll_batch_operations",
            "Operations decided in one write transaction.",
        ),
        (
            "plimsoll_batch_seconds",
            "Time from begin to commit of a write transaction.",
        ),
        (
            "plimsoll_operation_seconds",
            "Time an operation waited for its answer.",
        ),
        (
            "plimsoll_http_seconds",
            "Time until a request was answered.",
        ),
    ] {
        recorder.describe_histogram(KeyName::from_const_str(name), None, meaning.into());
    }
    for (name, meaning) in [
        ("plimsoll_queue_waiting", "Operations waiting in the queue."),
        ("plimsoll_connections", "Open connections."),
        ("plimsoll_memory_bytes", "Resident memory of this process."),
        (
            "plimsoll_follower_lag_entries",
            "Log entries that a follower of the log had not read yet when it last looked.",
        ),
    ] {
        recorder.describe_gauge(KeyName::from_const_str(name), None, meaning.into());
    }
}

impl Metrics {
    /// Creates the names of all routes once.
    pub fn routes(&self, names: impl Iterator<Item = String>) {
        self.routes.get_or_init(|| {
            names
                .chain([UNMATCHED.to_owned()])
                .map(|name| {
                    let labels = vec![Label::new("route", name.clone())];
                    let key = Key::from_parts("plimsoll_http_seconds", labels);
                    let route = Route {
                        name: name.clone(),
                        statuses: [const { OnceLock::new() }; STATUSES.len()],
                        seconds: self.recorder.register_histogram(&key, &META),
                    };
                    (name, route)
                })
                .collect()
        });
    }

    /// Counts an answered request.
    pub fn request(&self, route: Option<&str>, status: StatusCode, took: Duration) {
        let Some(routes) = self.routes.get() else {
            return;
        };
        let found = route.and_then(|route| routes.get(route));
        let Some(route) = found.or_else(|| routes.get(UNMATCHED)) else {
            return;
        };
        let place = STATUSES.iter().position(|own| *own == status.as_u16());
        let place = place.unwrap_or(STATUSES.len() - 1);
        let counter = route.statuses[place].get_or_init(|| {
            let status = match STATUSES[place] {
                0 => "other".to_owned(),
                status => status.to_string(),
            };
            let labels = vec![
                Label::new("route", route.name.clone()),
                Label::new("status", status),
            ];
            let key = Key::from_parts("plimsoll_http_requests_total", labels);
            self.recorder.register_counter(&key, &META)
        });
        counter.increment(1);
        route.seconds.record(took.as_secs_f64());
    }

    /// Counts an answered operation.
    pub fn operation(&self, name: &str, reply: &Reply, took: Duration) {
        let result = match reply {
            Reply::Accepted(accepted) if accepted.replayed => 1,
            Reply::Refused(refused) if refused.replayed => 1,
            Reply::Accepted(_) => 0,
            Reply::Refused(_) => 2,
            Reply::Failed(_) => 3,
        };
        if let Some(counters) = self.operations.get(name) {
            counters[result].increment(1);
        }
        self.operation_seconds.record(took.as_secs_f64());
    }

    /// Counts a write transaction.
    pub fn batch(&self, operations: usize, took: Duration, committed: bool) {
        self.batches[usize::from(!committed)].increment(1);
        if committed {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a batch is far smaller than 2^52"
            )]
            self.batch_operations.record(operations as f64);
            self.batch_seconds.record(took.as_secs_f64());
        }
    }

    /// Counts an opened (+1) or closed (−1) connection.
    pub fn connections(&self, by: f64) {
        self.connections.increment(by);
    }

    /// All metrics in Prometheus' text format.
    #[must_use]
    pub fn render(&self, waiting: usize) -> String {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a queue is far shorter than 2^52"
        )]
        self.waiting.set(waiting as f64);
        if let Some(bytes) = resident_bytes() {
            self.memory.set(bytes);
        }
        self.handle.render()
    }

    /// Moves recorded measurements into their buckets. Call this every few seconds.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

impl FollowerMeter for Metrics {
    fn lag(&self, follower: &'static str, entries: u64) {
        let labels = vec![Label::from_static_parts("follower", follower)];
        let key = Key::from_parts("plimsoll_follower_lag_entries", labels);
        #[expect(clippy::cast_precision_loss, reason = "a log is far shorter than 2^52")]
        self.recorder
            .register_gauge(&key, &META)
            .set(entries as f64);
    }

    fn panicked(&self, follower: &'static str) {
        let labels = vec![Label::from_static_parts("follower", follower)];
        let key = Key::from_parts("plimsoll_follower_panics_total", labels);
        self.recorder.register_counter(&key, &META).increment(1);
    }
}

/// The label of requests that match no route.
const UNMATCHED: &str = "unmatched";

/// The resident memory of this process, if the system reports it.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}
