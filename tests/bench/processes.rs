//! The resource use of processes, from Linux's `/proc`.

use std::fs;

/// CPU time in seconds since the start of each part.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    pub server: f64,
    pub database: f64,
    pub client: f64,
}

impl Used {
    /// Of a server, of the database's process if it has its own, and of this process. SQLite runs
    /// on threads of the server, identified by their name.
    pub fn now(server: u32, database: Option<u32>) -> Self {
        let embedded = threads(server, |name| name.starts_with("sqlx-sqlite"));
        Self {
            server: process(server) - embedded,
            database: embedded + database.map_or(0.0, process),
            client: process(std::process::id()),
        }
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            server: self.server - before.server,
            database: self.database - before.database,
            client: self.client - before.client,
        }
    }
}

/// The kernel counts in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

fn process(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    seconds(&stat.expect("the process lives"))
}

fn threads(pid: u32, is_meant: impl Fn(&str) -> bool) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("the process lives");
    tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("stat")).ok())
        .filter(|stat| {
            let name = stat
                .split_once('(')
                .and_then(|(_, rest)| rest.rsplit_once(')'));
            name.is_some_and(|(name, _)| is_meant(name))
        })
        .map(|stat| seconds(&stat))
        .sum()
}

/// User and system time from a line of `stat`. Its second field, in brackets, can contain anything.
fn seconds(stat: &str) -> f64 {
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || -> f64 {
        let field = fields.next().expect("fourteen fields and more");
        field.parse().expect("a number")
    };
    (ticks() + ticks()) / TICKS_A_SECOND
}

/// The peak resident memory of a process, in MB.
pub fn peak_memory(pid: u32) -> f64 {
    status(pid, "VmHWM:").expect("the process lives")
}

/// The resident memory of a process, in MB; 0 once it has ended.
pub fn memory(pid: u32) -> f64 {
    status(pid, "VmRSS:").unwrap_or(0.0)
}

/// A size from the status of a process, in MB.
fn status(pid: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1_024.0 / 1e6)
}
