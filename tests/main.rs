//! All integration tests, in one binary. Each module here covers one concern. Shared parts are in
//! `support`.

mod bad_input;
mod broken_on_purpose;
mod command_line;
mod concurrency;
mod consumers;
mod erasure;
mod events;
mod faults;
mod feeds;
mod feeds_cache;
mod feeds_readers;
mod handling_import;
mod in_browser;
mod interface;
mod limit_line;
mod migration;
mod proof;
mod scenarios;
mod snapshots;
mod statements;
mod store;
mod structure;
#[expect(dead_code, reason = "the benchmark and the campaign need more of it")]
mod support;
mod tampering;
mod transfer;
