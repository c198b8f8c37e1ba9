//! How far consumers have come, for Prometheus.

use application::Caller;
use application::consumers::ConsumerView;
use application::queries::{PAGE_ITEMS_MAX, Queries, QueryError};
use domain::Moment;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt::Write;

/// A metric: its name, its meaning, and its value for a consumer.
type Measure = (
    &'static str,
    &'static str,
    fn(&ConsumerView, Moment) -> Option<u64>,
);

const MEASURES: &[Measure] = &[
    (
        "plimsoll_consumer_position",
        "The position up to which a consumer has handled everything.",
        |own, _| Some(own.position),
    ),
    (
        "plimsoll_consumer_lag_entries",
        "Log entries that a consumer has not confirmed.",
        |own, _| Some(own.lag_entries),
    ),
    (
        "plimsoll_consumer_lag_seconds",
        "Age of the oldest log entry that a consumer has not confirmed.",
        |own, _| Some(own.lag_seconds),
    ),
    (
        "plimsoll_consumer_unseen_seconds",
        "Time since a consumer last reported.",
        |own, now| {
            let seen = own.seen_at?;
            u64::try_from((now.micros() - seen.micros()) / 1_000_000).ok()
        },
    ),
];

/// The metrics of all consumers. Their number is limited by a rule.
pub(super) fn of_consumers(queries: &Queries) -> BoxFuture<'_, Result<String, QueryError>> {
    async move {
        let mut reading = queries.visit(&Caller::System("metrics")).await?;
        let consumers = reading.consumers(None, PAGE_ITEMS_MAX).await?.items;
        Ok(written(&consumers, reading.now()))
    }
    .boxed()
}

fn written(consumers: &[ConsumerView], now: Moment) -> String {
    let mut text = String::new();
    if consumers.is_empty() {
        return text;
    }
    for (name, meaning, value) in MEASURES {
        let mut line = |line: std::fmt::Arguments<'_>| {
            writeln!(text, "{line}").expect("a string takes all text");
        };
        line(format_args!("# HELP {name} {meaning}"));
        line(format_args!("# TYPE {name} gauge"));
        for own in consumers {
            if let Some(value) = value(own, now) {
                line(format_args!(
                    "{name}{{consumer=\"{}\"}} {value}",
                    own.consumer
                ));
            }
        }
    }
    text.push('\n');
    text
}
