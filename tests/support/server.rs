//! The program itself, started like a user starts it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// The longest that a test waits for anything. If something takes longer, its test fails by name
/// and does not block all tests silently.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Polls until there is something to see.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits for a process to end.
pub fn wait_for_end(what: &str, process: &mut Child) -> ExitStatus {
    let what = format!("the end of {what}, process {}", process.id());
    wait_for(&what, || process.try_wait().expect("a child of the test"))
}

/// Runs a program to its end.
pub fn run_to_end(command: &mut Command) -> Output {
    let process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let id = process.id();
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || ended.send(process.wait_with_output()));
    let Ok(output) = end.recv_timeout(PATIENCE) else {
        signal("-9", id);
        panic!("waited in vain for the end of {command:?}");
    };
    output.expect("it ends")
}

/// Sends a signal to a process by its id.
pub fn signal(signal: &str, id: u32) {
    let sent = run_to_end(Command::new("kill").args([signal, &id.to_string()]));
    assert!(sent.status.success(), "kill {signal} {id}");
}

/// Another build to start, in place of the one under test.
static OTHER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Starts this build from now on, or the one under test again.
pub fn start_from(binary: Option<&Path>) {
    *OTHER.lock().expect("no panic holds it") = binary.map(Path::to_owned);
}

/// The binary under test. `scripts/test` builds it first.
pub fn binary() -> PathBuf {
    if let Some(other) = OTHER.lock().expect("no panic holds it").clone() {
        return other;
    }
    let deps = std::env::current_exe().expect("a test runs from a file");
    let profile = deps.parent().and_then(|deps| deps.parent());
    let binary = profile.expect("target/PROFILE/deps").join("plimsoll");
    assert!(
        binary.exists(),
        "{} is missing: build it with `cargo build -p plimsoll`, or run scripts/test",
        binary.display()
    );
    binary
}

/// Runs the program to its end.
pub fn plimsoll(arguments: &[&str]) -> Output {
    run_to_end(
        Command::new(binary())
            .args(arguments)
            .env_remove("DATABASE_URL"),
    )
}

/// Issues a token with the command line.
pub fn issue_token(database: &str, user: &str, role: &str) -> String {
    let output = plimsoll(&[
        "token",
        "issue",
        "--user",
        user,
        "--role",
        role,
        "--database",
        database,
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    /// Everything it has written to standard error.
    said: Arc<Mutex<String>>,
    pub url: String,
}

impl Server {
    /// Starts a server on a free port and waits until it listens.
    pub fn start(database: &str, arguments: &[&str]) -> Self {
        Self::run("serve", &[&["--database", database], arguments].concat())
    }

    /// Starts one with another command that serves.
    pub fn run(command: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(binary())
            .args([command, "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("piped");
        let kept = Arc::clone(&output);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut kept = kept.lock().expect("no panic");
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (listening, url) = mpsc::channel();
        // Reads to the end, so that the server never blocks on a full pipe.
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("listening on ") {
                    let _ = listening.send(url.to_owned());
                }
            }
        });
        let Ok(url) = url.recv_timeout(PATIENCE) else {
            let status = child.try_wait();
            let _ = child.kill();
            panic!(
                "the server did not start: {status:?}\n{}",
                output.lock().expect("no panic")
            );
        };
        Self {
            child,
            said: output,
            url,
        }
    }

    /// Waits until the server has written this to standard error. Returns everything it has
    /// written.
    pub fn must_say(&self, expected: &str) -> String {
        let begun = Instant::now();
        loop {
            let said = self.said();
            if said.contains(expected) {
                return said;
            }
            let is_early = begun.elapsed() < PATIENCE;
            assert!(is_early, "{expected} is not in\n{said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything it has written to standard error.
    pub fn said(&self) -> String {
        self.said.lock().expect("no panic").clone()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without warning.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        wait_for_end("the server", &mut self.child);
    }

    /// Freezes it.
    pub fn freeze(&self) {
        signal("-STOP", self.pid());
    }

    /// Thaws it.
    pub fn thaw(&self) {
        signal("-CONT", self.pid());
    }

    /// Asks it to stop and waits.
    pub fn stop(mut self) -> ExitStatus {
        signal("-TERM", self.pid());
        wait_for_end("the server", &mut self.child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A complete answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn rule(&self) -> &str {
        self.body["rule"].as_str().unwrap_or("")
    }

    pub fn position(&self) -> u64 {
        self.body["position"].as_u64().unwrap_or(0)
    }
}

/// A client with a token.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub fn new(url: &str, token: &str) -> Self {
        Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .expect("a client"),
            url: url.to_owned(),
            token: token.to_owned(),
        }
    }

    /// The address it sends requests to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same client for another server.
    pub fn to(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Response, reqwest::Error> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    /// Opens an answer that has no end.
    pub async fn open(&self, path: &str) -> Result<reqwest::Response, reqwest::Error> {
        let request = self.http.get(format!("{}{path}", self.url));
        request.bearer_auth(&self.token).send().await
    }

    pub async fn get(&self, path: &str) -> Response {
        self.send(reqwest::Method::GET, path, &[], None)
            .await
            .expect("an answer")
    }

    pub async fn try_run(
        &self,
        operation: &str,
        input: &Value,
        headers: &[(&str, &str)],
    ) -> Result<Response, reqwest::Error> {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        let body = serde_json::to_vec(input).expect("JSON");
        let path = format!("/api/operations/{operation}");
        self.send(reqwest::Method::POST, &path, &all, Some(body))
            .await
    }

    pub async fn run(&self, operation: &str, input: Value) -> Response {
        self.try_run(operation, &input, &[])
            .await
            .expect("an answer")
    }

    /// Runs an operation that must be accepted. Returns its outcome.
    pub async fn accept(&self, operation: &str, input: Value) -> Value {
        let response = self.run(operation, input).await;
        assert_eq!(response.status, 200, "{operation}: {}", response.body);
        response.body["outcome"].clone()
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = self
                .get(&format!("{path}{separator}limit=200{cursor}"))
                .await;
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            items.extend(
                page.body["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .cloned(),
            );
            match page.body["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
