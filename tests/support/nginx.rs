//! A real nginx with the configuration of `docs/nginx.conf`.

use super::server::{Server, signal, wait_for, wait_for_end};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running nginx. Dropping it kills it.
pub struct Nginx {
    child: Child,
    pub url: String,
    /// Its cache and its temporary files.
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Starts one with the documented configuration, apart from its addresses and folders.
    pub fn start(server: &Server) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().display();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|own| own.local_addr());
        let port = port.expect("a free port").port();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/nginx.conf");
        let mut text = std::fs::read_to_string(sample).expect("the sample");
        let upstream = server.url.trim_start_matches("http://");
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {at}/{name};"))
            .concat();
        for (documented, own) in [
            ("/run/plimsoll-nginx.pid", format!("{at}/pid")),
            ("server 127.0.0.1:8080;", format!("server {upstream};")),
            ("listen 8081;", format!("listen 127.0.0.1:{port};")),
            ("/var/cache/plimsoll", format!("{at}/cache")),
            ("access_log off;", format!("access_log off; {temporary}")),
            // As root, workers would otherwise run as a user who may not write here.
            (
                "worker_processes auto;",
                format!("worker_processes 1; {}", user()),
            ),
        ] {
            assert!(text.contains(documented), "{documented}");
            text = text.replacen(documented, &own, 1);
        }
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, text).expect("written");
        let child = Command::new("nginx")
            .args(["-e", "stderr", "-g", "daemon off;", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx starts");
        wait_for("nginx to listen", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        }
    }
}

/// The directive for workers that stay root.
fn user() -> &'static str {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    match status.lines().any(|line| line.starts_with("Uid:\t0\t")) {
        true => "user root;",
        false => "",
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A stop, not a kill: the workers would outlive their master.
        signal("-TERM", self.child.id());
        wait_for_end("nginx", &mut self.child);
    }
}
