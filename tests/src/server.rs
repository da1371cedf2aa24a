//! A server of HTTP that answers as a test tells it to, well or badly, over a socket of its own.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::ClosedPort;

/// How long a test waits for something that has to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server does with the connection once it has read a request.
pub type Answer = Arc<dyn Fn(&Request, &mut dyn Connection) -> io::Result<()> + Send + Sync>;

/// A connection, encrypted or not.
pub trait Connection: Read + Write + Send {}

impl<C: Read + Write + Send> Connection for C {}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// When the last byte of it was there.
    pub at: Instant,
    /// What it is for: the path and the query.
    pub target: String,
    /// Its headers, by names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// The spans in it.
    ///
    /// # Panics
    ///
    /// When the body is no OTLP in protobuf.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let request = ExportTraceServiceRequest::decode(&*self.body).expect("a request");
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

/// A whole answer: the status line behind the version, headers, a body.
#[must_use]
pub fn status(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut answer = format!("HTTP/1.1 {line}\r\n");
    for (name, value) in headers {
        answer.extend([*name, ": ", *value, "\r\n"]);
    }
    let answer = [format!("{answer}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat();
    Arc::new(move |_, connection| connection.write_all(&answer).and_then(|()| connection.flush()))
}

/// The answer of a server that is content.
#[must_use]
pub fn well() -> Answer {
    status("200 OK", &[("content-type", "application/x-protobuf")], b"")
}

/// The answer of a server that says back what it was sent, in its headers and the URL of the request.
#[must_use]
pub fn echo(line: &str) -> Answer {
    let line = line.to_owned();
    Arc::new(move |request, connection| {
        let headers = request.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let said = format!("{} {}", request.target, headers.collect::<Vec<_>>().join(", "));
        status(&line, &[("content-type", "text/plain")], said.as_bytes())(request, connection)
    })
}

/// The same answer, after a while.
#[must_use]
pub fn late(pause: Duration, answer: Answer) -> Answer {
    Arc::new(move |request, connection| {
        thread::sleep(pause);
        answer(request, connection)
    })
}

/// No answer: the connection is kept until the client hangs up.
#[must_use]
pub fn silence() -> Answer {
    Arc::new(|_, connection| {
        while connection.read(&mut [0; 1024])? > 0 {}
        Err(io::ErrorKind::UnexpectedEof.into())
    })
}

/// These bytes, and no more: the connection is closed.
#[must_use]
pub fn torn(bytes: &[u8]) -> Answer {
    let bytes = bytes.to_vec();
    Arc::new(move |_, connection| {
        connection.write_all(&bytes)?;
        connection.flush()?;
        Err(io::ErrorKind::UnexpectedEof.into())
    })
}

/// These bytes, then the same piece over and over, one each `pause`, until the client hangs up.
#[must_use]
pub fn for_ever(bytes: &[u8], piece: &[u8], pause: Duration) -> Answer {
    let (bytes, piece) = (bytes.to_vec(), piece.to_vec());
    Arc::new(move |_, connection| {
        connection.write_all(&bytes)?;
        loop {
            connection.write_all(&piece)?;
            connection.flush()?;
            thread::sleep(pause);
        }
    })
}

/// One answer for requests of up to so many bytes, another one for longer ones.
#[must_use]
pub fn by_size(bytes: usize, short: Answer, long: Answer) -> Answer {
    Arc::new(move |request, connection| {
        let answer = if request.body.len() <= bytes { &short } else { &long };
        answer(request, connection)
    })
}

/// A server that gives one answer after the other, and the last one for ever. It ends with the process.
#[derive(Clone, Debug)]
pub struct Server {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    requests: Mutex<Vec<Request>>,
    arrived: Condvar,
}

impl Server {
    /// A server without encryption.
    ///
    /// # Panics
    ///
    /// When the operating system has no port to give, or there is no answer.
    #[must_use]
    pub fn new(answers: Vec<Answer>) -> Self {
        Self::start(TcpListener::bind("127.0.0.1:0").expect("a port"), answers, |stream| Ok(Box::new(stream)))
    }

    /// A server on a port where none was before.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    #[must_use]
    pub fn on(port: ClosedPort, answers: Vec<Answer>) -> Self {
        Self::start(port.open(1024), answers, |stream| Ok(Box::new(stream)))
    }

    /// A server that encrypts as it is told to.
    ///
    /// # Panics
    ///
    /// When the operating system has no port to give, or there is no answer.
    #[must_use]
    pub fn encrypted(config: Arc<rustls::ServerConfig>, answers: Vec<Answer>) -> Self {
        Self::start(TcpListener::bind("127.0.0.1:0").expect("a port"), answers, move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            Ok(Box::new(rustls::StreamOwned::new(connection, stream)))
        })
    }

    fn start(
        listener: TcpListener,
        answers: Vec<Answer>,
        open: impl Fn(TcpStream) -> io::Result<Box<dyn Connection>> + Send + 'static,
    ) -> Self {
        assert!(!answers.is_empty(), "a server has an answer");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let script = Arc::new(Script { answers, given: AtomicUsize::new(0) });
        let server = Self { port, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, script) = (Arc::clone(&shared), Arc::clone(&script));
                let Ok(connection) = stream.and_then(&open) else { continue };
                // The client may hang up whenever it likes.
                thread::spawn(move || serve(connection, &shared, &script));
            }
        });
        server
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL, without encryption.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its URL by the name that certificates are made out to.
    #[must_use]
    pub fn secure_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests have arrived.
    ///
    /// # Panics
    ///
    /// When they do not.
    #[must_use]
    pub fn wait_for(&self, count: usize) -> Vec<Request> {
        let requests = self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.shared.arrived.wait_timeout_while(requests, PATIENCE, |known| known.len() < count);
        let (requests, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(requests.len() >= count, "{} of {count} requests came", requests.len());
        requests.clone()
    }
}

struct Script {
    answers: Vec<Answer>,
    given: AtomicUsize,
}

impl Script {
    fn next(&self) -> Answer {
        let place = self.given.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
        Arc::clone(&self.answers[place])
    }
}

fn serve(mut connection: Box<dyn Connection>, shared: &Shared, script: &Script) {
    while let Ok(Some(request)) = read_request(&mut *connection) {
        shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        shared.arrived.notify_all();
        if script.next()(&request, &mut *connection).is_err() {
            return;
        }
    }
}

fn read_request(connection: &mut dyn Connection) -> io::Result<Option<Request>> {
    let mut received = Vec::new();
    let mut buffer = [0; 8 * 1024];
    loop {
        let read = connection.read(&mut buffer)?;
        if read == 0 {
            return Ok(None);
        }
        received.extend_from_slice(&buffer[..read]);
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&received[..end]).into_owned();
        let headers: BTreeMap<_, _> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = received.split_off(end + 4);
        while body.len() < length {
            let read = connection.read(&mut buffer)?;
            if read == 0 {
                return Ok(None);
            }
            body.extend_from_slice(&buffer[..read]);
        }
        return Ok(Some(Request { at: Instant::now(), target, headers, body }));
    }
}
