//! A proxy before a database that can cut the connection around a COMMIT.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to the next COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// It passes.
    Never = 0,
    /// It does not reach the database.
    Before = 1,
    /// It reaches the database; its answer does not come back.
    After = 2,
}

/// A proxy; ends with the runtime it was started in.
pub struct Proxy {
    pub port: u16,
    cut: Arc<AtomicU8>,
}

impl Proxy {
    pub async fn start(database_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let cut = Arc::new(AtomicU8::new(Cut::Never as u8));
        let shared = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(database) = TcpStream::connect(("127.0.0.1", database_port)).await else {
                    continue;
                };
                tokio::spawn(relay(client, database, Arc::clone(&shared)));
            }
        });
        Self { port, cut }
    }

    /// Cuts the next COMMIT's connection, once.
    pub fn cut_next(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// Whether the cut has happened.
    pub fn has_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst) == Cut::Never as u8
    }
}

async fn relay(mut client: TcpStream, mut database: TcpStream, cut: Arc<AtomicU8>) {
    drop((client.set_nodelay(true), database.set_nodelay(true)));
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut answer_is_lost = false;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                let is_commit = up[..length].windows(6).any(|bytes| bytes.eq_ignore_ascii_case(b"COMMIT"));
                if is_commit {
                    let asked = cut.swap(Cut::Never as u8, Ordering::SeqCst);
                    if asked == Cut::Before as u8 {
                        return;
                    }
                    answer_is_lost = asked == Cut::After as u8;
                }
                if database.write_all(&up[..length]).await.is_err() { return }
            }
            read = database.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                if answer_is_lost { return }
                if client.write_all(&down[..length]).await.is_err() { return }
            }
        }
    }
}
