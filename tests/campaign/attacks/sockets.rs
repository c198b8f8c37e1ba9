//! Strangers open sockets, send requests and read nothing.

use super::super::support::server::issue_token;
use super::super::support::world::{Database, World};
use super::bystander::Probe;
use super::measured::measure;
use super::{Attacked, Bounds, LOG_MB, RECOVERED_WITHIN};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

const SOCKETS: usize = 2_100;
/// The number of requests sent on each at once.
const PIPELINED: usize = 40;
/// The bytes of answers that an attacker's system keeps for each socket.
const RECEIVED_BYTES_MAX: u32 = 4_096;
/// How long a socket may take to open.
const OPEN_WITHIN: Duration = Duration::from_secs(30);
/// 2,048 connections with 64 KiB received and 64 KiB not sent yet are 256 MiB, and the system may
/// keep twice as much.
const BOUNDS: Bounds = Bounds {
    memory_mb: 350,
    system_mb: 550,
    disk_mb: LOG_MB + 32,
};

/// A server's address.
pub fn address_of(world: &World) -> SocketAddr {
    let address = world.server.url.trim_start_matches("http://");
    address.parse().expect("an address")
}

/// Opens a socket from one of the attackers' addresses, sends as many bytes as the server takes, reads
/// nothing, and stays open until it is dropped. Ends if it cannot be opened.
pub fn hold(server: SocketAddr, number: u8, bytes: Vec<u8>) -> JoinSet<()> {
    let mut held = JoinSet::new();
    held.spawn(async move {
        if let Some(mut stream) = connect(server, number).await {
            drop(stream.write_all(&bytes).await);
            std::future::pending::<()>().await;
        }
    });
    held
}

/// A connection from one of the attackers' addresses.
pub async fn connect(server: SocketAddr, number: u8) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    let own = Ipv4Addr::new(127, 0, 0, 2 + number);
    let bound = socket.bind(SocketAddr::from((own, 0)));
    bound.expect("a loopback address");
    // What the system would keep of an answer does not help the server.
    let small = socket.set_recv_buffer_size(RECEIVED_BYTES_MAX);
    small.expect("a small buffer");
    let opened = timeout(OPEN_WITHIN, socket.connect(server)).await;
    opened.ok()?.ok()
}

/// Sockets from this number of addresses.
pub async fn silent(addresses: u8) -> Attacked {
    let world = World::start(Database::sqlite(), &[]);
    let token = issue_token(&world.database.url(), "bystander", "clerk");
    let list = "/api/voyages?limit=5";
    let probes = vec![
        Probe::health(),
        Probe::read("reads on an open connection", list, &token),
        Probe {
            is_fresh: true,
            // Several addresses together may take all connections for a while.
            may_be_refused: addresses > 1,
            ..Probe::read("reads on new connections", list, &token)
        },
        Probe::operation(&token),
    ];
    let attack = async {
        let end = Instant::now() + RECOVERED_WITHIN + Duration::from_secs(5);
        let server = address_of(&world);
        let requests = b"GET /api/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n".repeat(PIPELINED);
        let numbers = (0..addresses).cycle().take(SOCKETS);
        let mut held: Vec<_> = numbers
            .map(|number| hold(server, number, requests.clone()))
            .collect();
        sleep_until(end).await;
        held.retain_mut(|socket| socket.try_join_next().is_none());
        (vec![format!("{} sockets opened", held.len())], Vec::new())
    };
    measure(&world, probes, BOUNDS, attack).await
}
