//! Private MariaDB servers, each in its own folder and on its own port. A server ends with the test
//! process, however that ends.

use super::server::{PATIENCE, run_to_end, signal, wait_for_end};
use sea_orm::{ConnectionTrait, Database};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a server may take to start or to recover from a crash.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The shell that starts a server and outlives the test process just long enough to end it: when
/// the pipe to it closes, or when a line arrives. On `keep`, the folder stays.
const KEEPER: &str = r#"
folder=$1; shift
"$@" >>"$folder/server.log" 2>&1 &
echo $!
read -r answer
kill -9 $! 2>/dev/null
wait
[ "$answer" = keep ] || rm -rf "$folder"
"#;

/// A server that is running, or was killed and can be restarted.
pub struct MariaDb {
    folder: PathBuf,
    port: u16,
    extra: Vec<String>,
    keeper: Child,
    pid: u32,
}

impl MariaDb {
    /// Starts a server with further command line arguments.
    pub fn start(extra: &[&str]) -> Self {
        Self::start_in(&std::env::temp_dir(), extra)
    }

    /// Starts one with its data below a folder.
    pub fn start_in(parent: &Path, extra: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("plimsoll-mariadb-")
            .tempdir_in(parent)
            .expect("a folder")
            .keep();
        let copied = run_to_end(
            Command::new("cp")
                .args(["-r", "--reflink=auto"])
                .args([template(), &folder.join("data")]),
        );
        assert!(copied.status.success(), "copy the template");
        // The user has rights only in test databases, and may see which connection holds which
        // lock.
        let init = "CREATE USER IF NOT EXISTS plimsoll@'127.0.0.1' IDENTIFIED BY 'plimsoll';\n\
                    GRANT ALL ON `test\\_%`.* TO plimsoll@'127.0.0.1';\n\
                    GRANT PROCESS ON *.* TO plimsoll@'127.0.0.1';\n";
        fs::write(folder.join("init.sql"), init).expect("write init.sql");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let extra: Vec<_> = extra.iter().map(ToString::to_string).collect();
        let (keeper, pid) = launch(&folder, port, &extra);
        Self {
            folder,
            port,
            extra,
            keeper,
            pid,
        }
    }

    /// The server that ordinary tests share. Each test uses its own database on it.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<MariaDb> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// The URL of a database on this server.
    pub fn url(&self, database: &str) -> String {
        format!(
            "mysql://plimsoll:plimsoll@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// Creates an empty database. Returns its name.
    pub fn create_database(&self) -> String {
        create_database(&self.url(""))
    }

    /// Creates an empty database. Returns its URL.
    pub fn fresh_database(&self) -> String {
        self.url(&self.create_database())
    }

    /// The folder with the files of a database.
    pub fn folder_of(&self, database: &str) -> PathBuf {
        self.folder.join("data").join(database)
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it sends its greeting.
    pub fn answers(&self) -> bool {
        answers(self.port)
    }

    /// Everything it has logged since its first start.
    pub fn said(&self) -> String {
        said(&self.folder)
    }

    /// Kills the server at once.
    pub fn kill9(&self) {
        signal("-9", self.pid);
    }

    /// Restarts the server with the same data and port, whether it was killed or is running.
    pub fn restart(&mut self) {
        self.end("keep");
        (self.keeper, self.pid) = launch(&self.folder, self.port, &self.extra);
    }

    fn end(&mut self, answer: &str) {
        if let Some(mut pipe) = self.keeper.stdin.take() {
            let _ = writeln!(pipe, "{answer}");
        }
        wait_for_end("MariaDB's keeper", &mut self.keeper);
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.end("remove");
    }
}

/// An empty database on another server, if one is named for the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "the way to hand a server to a test binary"
)]
pub fn other_server() -> Option<String> {
    let server = std::env::var("PLIMSOLL_TEST_MYSQL_URL").ok()?;
    let server = server.trim_end_matches('/');
    Some(format!("{server}/{}", create_database(server)))
}

/// Creates an empty database on the server and returns its name. Runs in its own thread, because
/// the calling test may be inside a runtime or not.
fn create_database(server: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    let (server, sql) = (server.to_owned(), format!("CREATE DATABASE {name}"));
    let created = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(async {
                let create = async {
                    let database = Database::connect(server).await?;
                    database.execute_unprepared(&sql).await?;
                    database.close().await
                };
                let created = tokio::time::timeout(PATIENCE, create).await;
                created.expect("in time").expect("a database is made");
            });
    });
    created.join().expect("create a database");
    name
}

fn launch(folder: &Path, port: u16, extra: &[String]) -> (Child, u32) {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut keeper = Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(folder)
        .args([server_program(), "--no-defaults".to_owned()])
        .args(as_this_user())
        .arg(format!("--datadir={}", path("data")))
        .arg(format!("--socket={}", path("socket")))
        .arg(format!("--pid-file={}", path("pid")))
        .arg(format!("--init-file={}", path("init.sql")))
        .arg(format!("--port={port}"))
        .args(["--bind-address=127.0.0.1", "--skip-name-resolve"])
        .args([
            "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=64M",
        ])
        .args(["--innodb-log-file-size=16M", "--max-connections=300"])
        // A request of the kernel's asynchronous interface can outlive the process that made it,
        // and a killed server must be gone.
        .arg("--innodb-use-native-aio=0")
        .args(extra)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start a shell");
    let mut line = String::new();
    let output = keeper.stdout.take().expect("piped");
    BufReader::new(output)
        .read_line(&mut line)
        .expect("the server's process id");
    let pid = line.trim().parse().expect("the server's process id");
    let begun = Instant::now();
    while !answers(port) {
        assert!(
            begun.elapsed() < START_TIMEOUT,
            "MariaDB does not start:\n{}",
            said(folder)
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    (keeper, pid)
}

fn said(folder: &Path) -> String {
    fs::read_to_string(folder.join("server.log")).unwrap_or_default()
}

/// Whether the server sends its greeting.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    stream.read_exact(&mut [0; 5]).is_ok()
}

/// A data folder from `mariadb-install-db`: created once on this machine, then copied.
fn template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let version = run_to_end(Command::new(server_program()).arg("--version")).stdout;
        let version: String = String::from_utf8_lossy(&version)
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or("unknown")
            .to_owned();
        let name = format!("plimsoll-mariadb-template-{version}-{}", user_id());
        let template = std::env::temp_dir().join(name);
        if !template.exists() {
            // Created elsewhere and moved into place, so that nobody sees a half-made one.
            let making = tempfile::tempdir().expect("a folder");
            let data = making.path().join("data");
            let installed = run_to_end(
                Command::new(program("mariadb-install-db"))
                    .arg("--no-defaults")
                    .args(as_this_user())
                    .arg(format!("--datadir={}", data.display()))
                    .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
                    .arg("--innodb-log-file-size=16M"),
            );
            let said = String::from_utf8_lossy(&installed.stderr);
            assert!(installed.status.success(), "mariadb-install-db: {said}");
            let moved = fs::rename(&data, &template);
            assert!(
                moved.is_ok() || template.exists(),
                "move the template: {moved:?}"
            );
        }
        template
    })
}

fn server_program() -> String {
    program("mariadbd")
}

/// The path of a program. Servers may be outside the usual search path.
fn program(name: &str) -> String {
    [
        "/usr/sbin",
        "/usr/bin",
        "/usr/local/sbin",
        "/usr/local/bin",
        "/opt/homebrew/bin",
    ]
    .iter()
    .map(|folder| format!("{folder}/{name}"))
    .find(|path| Path::new(path).exists())
    .unwrap_or_else(|| panic!("{name} is not installed; run scripts/test, which sees to it"))
}

fn user_id() -> u32 {
    fs::metadata("/proc/self").map_or(1, |metadata| metadata.uid())
}

/// MariaDB runs as root only when told to.
fn as_this_user() -> Option<String> {
    (user_id() == 0).then(|| "--user=root".to_owned())
}
