//! Which connections are served: a maximum in total, a maximum for each client, and a few places that
//! stay free for health checks.

use super::Connections;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The client that counts as one: with IPv6 a household has 2^64 addresses.
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::from(network.to_be_bytes())
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The places for connections.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
    clients: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place for a connection.
pub(super) struct Place {
    /// Whether it is only for health checks, since all others are taken.
    pub(super) is_reserved: bool,
    _permit: OwnedSemaphorePermit,
}

/// One connection in the count of its client.
pub(super) struct Counted {
    clients: Arc<Mutex<HashMap<IpAddr, usize>>>,
    client: IpAddr,
}

impl Admission {
    pub(super) fn new(connections: &Connections) -> Self {
        Self {
            places: Arc::new(Semaphore::new(connections.max)),
            reserve: Arc::new(Semaphore::new(connections.reserved)),
            clients: Arc::default(),
        }
    }

    /// Waits for a place.
    pub(super) async fn place(&self) -> Place {
        let full = Arc::clone(&self.places).acquire_owned();
        let reserved = Arc::clone(&self.reserve).acquire_owned();
        let (is_reserved, permit) = tokio::select! {
            biased;
            permit = full => (false, permit),
            permit = reserved => (true, permit),
        };
        Place {
            is_reserved,
            _permit: permit.expect("the semaphores are never closed"),
        }
    }

    /// Counts a connection, unless its client has too many. Trusted proxies are not counted.
    pub(super) fn count(
        &self,
        peer: IpAddr,
        connections: &Connections,
    ) -> Result<Option<Counted>, ()> {
        if connections
            .proxies
            .iter()
            .any(|proxy| proxy.contains(&peer))
        {
            return Ok(None);
        }
        let client = household(peer);
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let open = clients.entry(client).or_default();
        if *open >= connections.each_max {
            return Err(());
        }
        *open += 1;
        drop(clients);
        Ok(Some(Counted {
            clients: Arc::clone(&self.clients),
            client,
        }))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = clients.get_mut(&self.client) {
            *open -= 1;
            if *open == 0 {
                clients.remove(&self.client);
            }
        }
    }
}
