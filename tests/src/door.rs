//! A way to a server that can be closed and opened again while the program runs.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Stands in front of a server: what comes in goes there and back while it is open, whatever the protocol.
///
/// Its address is the same all the time, which a server that is started again cannot promise.
#[derive(Debug)]
pub struct Door {
    url: String,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug)]
struct Inside {
    state: State,
    server: String,
    connections: Vec<TcpStream>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Shut,
    Stuck,
}

impl Door {
    /// A door to the server of this URL, shut.
    ///
    /// # Panics
    ///
    /// When the operating system has no port to give.
    #[must_use]
    pub fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = url.strip_prefix("http://").expect("a URL").to_owned();
        let inside = Inside { state: State::Shut, server, connections: Vec::new() };
        let inside = Arc::new(Mutex::new(inside));
        let (own, weak) = (Arc::clone(&inside), Arc::downgrade(&inside));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let Some(inside) = weak.upgrade() else { break };
                if let Ok(connection) = connection {
                    lock(&inside).admit(connection);
                }
            }
        });
        Self { url: format!("http://{address}"), inside: own }
    }

    /// The base of the URL to send to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets connections through.
    pub fn open(&self) {
        self.turn(State::Open);
    }

    /// Cuts every connection, and each that comes.
    pub fn shut(&self) {
        self.turn(State::Shut);
    }

    /// Takes connections, and never answers.
    pub fn stick(&self) {
        self.turn(State::Stuck);
    }

    fn turn(&self, state: State) {
        let mut inside = lock(&self.inside);
        inside.state = state;
        for connection in inside.connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Inside {
    fn admit(&mut self, outside: TcpStream) {
        match self.state {
            State::Shut => {}
            State::Stuck => self.connections.push(outside),
            State::Open => {
                let Ok(inside) = TcpStream::connect(&self.server) else { return };
                for (from, to) in [(&outside, &inside), (&inside, &outside)] {
                    if let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) {
                        thread::spawn(move || {
                            let _ = io::copy(&mut from, &mut to);
                            let _ = to.shutdown(Shutdown::Both);
                        });
                    }
                }
                self.connections.extend([outside, inside]);
            }
        }
    }
}

impl Drop for Door {
    /// The thread that waits for connections ends with the next one.
    fn drop(&mut self) {
        self.shut();
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}
