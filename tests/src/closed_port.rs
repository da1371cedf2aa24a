use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use tokio::net::TcpSocket;

/// A port of this machine that nobody listens on, and that nobody else gets: connections are refused.
#[derive(Debug)]
pub struct ClosedPort {
    socket: TcpSocket,
    address: SocketAddr,
}

impl ClosedPort {
    /// A port that was free.
    ///
    /// # Panics
    ///
    /// When the operating system has none to give.
    #[must_use]
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        let address = socket.local_addr().expect("an address");
        Self { socket, address }
    }

    /// The base of the URL to send to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Listens from now on, with so many connections in line before they are taken.
    pub(crate) fn open(self, line: u32) -> TcpListener {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(async { self.socket.listen(line) }).expect("a listener");
        let listener = listener.into_std().expect("a listener");
        listener.set_nonblocking(false).expect("a socket that blocks");
        listener
    }

    /// Takes no connection and refuses none, as behind a firewall that drops what it does not like: whoever connects
    /// waits, as long as the result lives.
    ///
    /// # Panics
    ///
    /// When all connections are taken.
    #[must_use]
    pub fn into_black_hole(self) -> BlackHole {
        let address = self.address;
        let listener = self.open(0);
        let moment = Duration::from_millis(200);
        // Nobody takes them from the line, until that is full.
        let waiting =
            (0..64).map_while(|_| TcpStream::connect_timeout(&address, moment).ok()).collect::<Vec<_>>();
        assert!(waiting.len() < 64, "the line has an end");
        BlackHole { url: format!("http://{address}"), _listener: listener, _waiting: waiting }
    }
}

impl Default for ClosedPort {
    fn default() -> Self {
        Self::new()
    }
}

/// A server to which connections are never made.
#[derive(Debug)]
pub struct BlackHole {
    url: String,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    /// The base of the URL to send to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
