//! The listening socket, with a bound on what the system keeps for each connection.

use crate::limits::CONNECTION_SYSTEM_BYTES;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpSocket};

/// How many connections may wait until the server accepts them.
const BACKLOG: u32 = 1_024;

/// Listens on an address. Each connection inherits the sizes of the system's buffers. Without them
/// the system would keep megabytes of answers for a client that reads nothing, in memory that does
/// not show in the server's own.
///
/// # Errors
///
/// The system refuses the address.
pub(crate) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(CONNECTION_SYSTEM_BYTES)?;
    socket.set_recv_buffer_size(CONNECTION_SYSTEM_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpStream;

    /// More than the buffers of both ends.
    const TOO_MUCH: usize = 2 << 20;

    #[tokio::test]
    async fn the_system_keeps_little_of_an_answer_that_is_not_read() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpSocket::new_v4().unwrap();
        client.set_recv_buffer_size(4_096).unwrap();
        let mut client = client.connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        assert!(fill(&stream) < TOO_MUCH);
        drop(stream);
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();
    }

    /// Writes as much as the system takes.
    fn fill(stream: &TcpStream) -> usize {
        let piece = vec![b'x'; 1 << 16];
        let mut written = 0;
        while written < TOO_MUCH {
            match stream.try_write(&piece) {
                Ok(bytes) => written += bytes,
                Err(_) => break,
            }
        }
        written
    }
}
