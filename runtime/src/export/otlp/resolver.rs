use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Looks up where a server is, and remembers it for a while. Clones share what they remember.
///
/// The client asks before each request, also where it has a connection still, and a look-up under a time-out takes a
/// thread of its own: for requests that are made once a second to one server, that would be most of the work.
#[derive(Clone, Debug, Default)]
pub(super) struct RememberingResolver {
    found: Arc<Mutex<Option<Found>>>,
}

#[derive(Clone, Debug)]
struct Found {
    server: Uri,
    addresses: Vec<SocketAddr>,
    since: Instant,
}

impl RememberingResolver {
    /// Servers move.
    const REMEMBERED: Duration = Duration::from_secs(30);

    /// Forgets where the server was: it could not be reached there.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    fn remembered(&self, server: &Uri) -> Option<ResolvedSocketAddrs> {
        let found = self.lock();
        let found = found.as_ref().filter(|found| found.since.elapsed() < Self::REMEMBERED)?;
        if found.server != *server {
            return None;
        }
        let mut addresses = self.empty();
        found.addresses.iter().for_each(|address| addresses.push(*address));
        Some(addresses)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Found>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolver for RememberingResolver {
    fn resolve(
        &self,
        server: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(addresses) = self.remembered(server) {
            return Ok(addresses);
        }
        let addresses = DefaultResolver::default().resolve(server, config, timeout)?;
        let found = Found { server: server.clone(), addresses: addresses.to_vec(), since: Instant::now() };
        *self.lock() = Some(found);
        Ok(addresses)
    }
}
