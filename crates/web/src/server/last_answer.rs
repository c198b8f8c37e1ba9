//! The last answer on a connection, written without the router and hyper.

use crate::problem::{PROBLEM_JSON, Problem};
use crate::trace::Trace;
use axum::http::HeaderMap;

/// The answer. `date` is its `Date` line, if it has one.
pub(super) fn written(problem: &Problem, prefix: &str, date: &str) -> String {
    let trace = Trace::of(&HeaderMap::new()).to_string();
    let body = serde_json::to_string(&problem.body(&trace, prefix)).expect("JSON can be written");
    let mut head = format!("HTTP/1.1 {}\r\n", problem.status());
    if !date.is_empty() {
        head += &format!("{date}\r\n");
    }
    for (name, value) in problem.headers() {
        head += &format!(
            "{name}: {}\r\n",
            value.to_str().expect("our headers are ASCII")
        );
    }
    let length = body.len();
    format!(
        "{head}content-type: {PROBLEM_JSON}\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n\
         {body}"
    )
}
