//! All integration tests, in one binary. Each module here covers one concern. Shared parts are in
//! `support`.

mod accessibility;
mod acts;
mod bad_input;
mod broken_on_purpose;
mod browser;
mod browser_amendments;
mod browser_broken_legs;
mod browser_corrections;
mod browser_customers;
mod browser_pickers;
mod browser_ports;
mod browser_proxy;
mod browser_quay;
mod browser_special_cargo;
mod browser_users;
mod browser_vessels;
mod command_line;
mod concurrency;
mod events;
mod every_form;
mod faults;
mod handling_import;
mod interface;
mod limit_line;
mod live;
mod looks;
mod migration;
mod paper;
mod scenarios;
mod statements;
mod store;
mod structure;
#[expect(dead_code, reason = "the benchmark and the campaign need more of it")]
mod support;
mod tampering;
