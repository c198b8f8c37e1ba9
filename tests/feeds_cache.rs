//! `docs/nginx.conf` with a real nginx: full pages reach the server once, and nobody reads a page from
//! the cache who may not read it.

use crate::support::server::{Client, Server, issue_token, wait_for, wait_for_end};
use crate::support::world::{Database, World};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running nginx. Dropping it kills it.
struct Nginx {
    child: Child,
    url: String,
    /// Its cache and its temporary files.
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Starts one with the documented configuration, apart from its addresses and folders.
    fn start(server: &Server) -> Self {
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
        crate::support::server::signal("-TERM", self.child.id());
        wait_for_end("nginx", &mut self.child);
    }
}

/// How often the server was asked for a page of a feed.
async fn pages_served(world: &World) -> u64 {
    let metrics = world.admin.get("/metrics").await.body;
    let lines = metrics.as_str().expect("text").lines();
    let own = lines.filter(|line| {
        line.starts_with("plimsoll_http_requests_total")
            && line.contains("/feeds/{feed}/pages/{page}")
    });
    let counts = own.map(|line| line.rsplit(' ').next().expect("a value").parse::<u64>());
    counts.map(|count| count.expect("a number")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_reads_reach_the_server_once_per_page() {
    let world = World::start(Database::sqlite(), &[]);
    let url = world.database.url();
    for _ in 0..100 {
        world.customer().await;
    }
    let nginx = Nginx::start(&world.server);
    let tokens: Vec<_> = (0..10)
        .map(|reader| issue_token(&url, &format!("reader-{reader}"), "integrator"))
        .collect();
    assert_eq!(pages_served(&world).await, 0);

    let readers = tokens.iter().map(|token| {
        let client = Client::new(&nginx.url, token);
        async move {
            for read in 0..100 {
                let path = format!("/feeds/customers/pages/{}", read % 5 + 1);
                let page = client.get(&path).await;
                assert_eq!(page.status, 200, "{}", page.body);
                assert!(
                    page.body
                        .as_str()
                        .is_some_and(|text| text.contains("<fh:archive"))
                );
            }
        }
    });
    futures::future::join_all(readers).await;
    assert_eq!(pages_served(&world).await, 5);

    // The cache gives nothing to those whom the server does not let in.
    let agent = issue_token(&url, "agent", "port-agent");
    let path = "/feeds/customers/pages/1";
    let page = Client::new(&nginx.url, "nobody").get(path).await;
    assert_eq!(page.status, 401);
    let challenge = page.header("www-authenticate");
    assert!(
        challenge.is_some_and(|text| text.starts_with("Bearer")),
        "{challenge:?}"
    );
    let log = "/feeds/log/pages/1";
    assert_eq!(
        Client::new(&nginx.url, &tokens[0]).get(log).await.status,
        200
    );
    assert_eq!(Client::new(&nginx.url, &agent).get(log).await.status, 403);
    assert_eq!(pages_served(&world).await, 6);
}
