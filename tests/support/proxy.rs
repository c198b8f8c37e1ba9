//! A proxy in front of a database that cuts connections, around a COMMIT or anywhere, and delays
//! packets.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to the next COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It passes.
    Never,
    /// It does not reach the database.
    Before,
    /// It reaches the database, but its answer does not come back.
    After,
}

/// A proxy. It ends with the runtime it was started in.
pub struct Proxy {
    pub port: u16,
    mood: Arc<Mutex<Mood>>,
}

struct Mood {
    cut: Cut,
    chance: StdRng,
    /// How many of a thousand packets end their connection.
    cuts: u32,
    /// The longest delay of a packet.
    slowness: Duration,
}

impl Mood {
    /// Decides on a packet: how long it is delayed, or that it never arrives.
    fn packet(&mut self) -> Option<Duration> {
        let is_cut = self.chance.random_ratio(self.cuts, 1_000);
        let held = self.slowness.mul_f64(self.chance.random::<f64>().powi(3));
        (!is_cut).then_some(held)
    }
}

impl Proxy {
    pub async fn start(database_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let mood = Arc::new(Mutex::new(Mood {
            cut: Cut::Never,
            chance: StdRng::seed_from_u64(0),
            cuts: 0,
            slowness: Duration::ZERO,
        }));
        let shared = Arc::clone(&mood);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(database) = TcpStream::connect(("127.0.0.1", database_port)).await else {
                    continue;
                };
                tokio::spawn(relay(client, database, Arc::clone(&shared)));
            }
        });
        Self { port, mood }
    }

    /// Cuts the connection of the next COMMIT, once.
    pub fn cut_next(&self, cut: Cut) {
        self.mood.lock().expect("no panic").cut = cut;
    }

    /// Whether the cut has happened.
    pub fn has_cut(&self) -> bool {
        self.mood.lock().expect("no panic").cut == Cut::Never
    }

    /// From now on, ends the connection for this many of a thousand packets and delays others.
    pub fn weather(&self, seed: u64, cuts: u32, slowness: Duration) {
        let mut mood = self.mood.lock().expect("no panic");
        mood.chance = StdRng::seed_from_u64(seed);
        (mood.cuts, mood.slowness) = (cuts, slowness);
    }
}

async fn relay(mut client: TcpStream, mut database: TcpStream, mood: Arc<Mutex<Mood>>) {
    drop((client.set_nodelay(true), database.set_nodelay(true)));
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut answer_is_lost = false;
    let packet = || mood.lock().expect("no panic").packet();
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                let is_commit = up[..length].windows(6).any(|bytes| bytes.eq_ignore_ascii_case(b"COMMIT"));
                if is_commit {
                    let cut = std::mem::replace(&mut mood.lock().expect("no panic").cut, Cut::Never);
                    if cut == Cut::Before {
                        return;
                    }
                    answer_is_lost = cut == Cut::After;
                }
                let Some(held) = packet() else { return };
                tokio::time::sleep(held).await;
                if database.write_all(&up[..length]).await.is_err() { return }
            }
            read = database.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                if answer_is_lost { return }
                let Some(held) = packet() else { return };
                tokio::time::sleep(held).await;
                if client.write_all(&down[..length]).await.is_err() { return }
            }
        }
    }
}
