//! Servers as they should not be.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::open;
use crate::export::{Destination, ExportError, Protocol};
use crate::wire::{Kind, Resource, SpanId, SpanRecord, TraceId};

/// A server that gives each connection to `answer`; what it received comes out of the channel.
fn server(mut answer: impl FnMut(&mut TcpStream) + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1/traces", listener.local_addr().expect("an address"));
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            if sender.send(head(&mut stream)).is_err() {
                break;
            }
            answer(&mut stream);
        }
    });
    (url, receiver)
}

/// A server that answers every request alike.
fn answering(status: &str, body: &[u8]) -> (String, Receiver<String>) {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let body = body.to_vec();
    server(move |stream| {
        // The client may have hung up, which is its right.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    })
}

fn until_the_client_hangs_up(stream: &mut TcpStream) {
    while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
}

/// Reads a request; returns all but its body, or nothing where it is none.
fn head(stream: &mut TcpStream) -> String {
    const TLS_HANDSHAKE: u8 = 0x16;
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap_or_default();
        request.extend_from_slice(&buffer[..read]);
        if read == 0 || request[0] == TLS_HANDSHAKE {
            return String::new();
        }
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if request.len() >= end + 4 + length.unwrap_or_default() {
            return head;
        }
    }
}

fn destination(url: &str) -> Destination {
    Destination {
        url: url.into(),
        protocol: Protocol::HttpProtobuf,
        headers: vec![("x-key".into(), "secret".into())],
        timeout: Duration::from_secs(20),
        gzip: false,
    }
}

fn send(destination: &Destination) -> Result<(), ExportError> {
    let record =
        SpanRecord::new(TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]), Kind::Task, "work");
    open(destination).expect("a destination").export(&[record], &Resource::default())
}

fn failure(destination: &Destination) -> String {
    send(destination).expect_err("it does not take spans").to_string()
}

#[test]
fn a_server_that_says_no() {
    let (url, _requests) = answering("401 Unauthorized", b"who are you?");
    let told =
        format!("{url} answered 401 Unauthorized (check the credentials in the headers): who are you?");
    assert_eq!(failure(&destination(&url)), told);
}

#[test]
fn a_server_that_answers_with_a_heap_of_noise() {
    let (url, _requests) = answering("500 Internal Server Error", &vec![0xff; 1_000_000]);
    let told = failure(&destination(&url));
    assert!(told.starts_with(&format!("{url} answered 500 Internal Server Error: \u{fffd}")), "{told}");
    assert!(told.chars().count() < 400, "{told}");
}

#[test]
fn a_server_that_sends_elsewhere_is_not_followed() {
    let (elsewhere, requests) = answering("200 OK", b"");
    let (url, _requests) = server(move |stream| {
        let answer =
            format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes());
    });
    let told = failure(&destination(&url));
    assert!(
        told.contains("307 Temporary Redirect (it redirects; set the endpoint to where it leads)"),
        "{told}"
    );
    assert!(requests.try_recv().is_err(), "the headers went to another server");
}

#[test]
fn a_server_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1/traces", listener.local_addr().expect("an address"));
    drop(listener);
    let told = failure(&destination(&url));
    assert!(told.starts_with(&format!("{url} could not be reached: ")), "{told}");
}

#[test]
fn a_server_that_never_answers() {
    let (url, _requests) = server(until_the_client_hangs_up);
    let began = Instant::now();
    let told = failure(&Destination { timeout: Duration::from_millis(200), ..destination(&url) });
    assert_eq!(told, format!("{url} did not answer in time"));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_that_hangs_up() {
    let (url, _requests) = server(|_| ());
    let told = failure(&destination(&url));
    assert!(told.starts_with(&format!("{url} could not be reached: ")), "{told}");
}

#[test]
fn a_server_that_is_busy_for_a_moment() {
    let mut busy = 2;
    let (url, requests) = server(move |stream| {
        let status = if busy == 0 { "200 OK" } else { "503 Service Unavailable" };
        busy -= 1;
        let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
    assert_eq!(send(&destination(&url)), Ok(()));
    let heads: Vec<_> = requests.try_iter().collect();
    assert_eq!(heads.len(), 3);
    assert!(heads.iter().all(|head| head.contains("x-key: secret")), "{heads:?}");
}

/// The answer to a request that was taken is no reason to fail, whatever it is.
#[test]
fn a_server_that_takes_spans_and_babbles() {
    for body in [&b""[..], b"ok", &vec![0xff; 300_000], b"{}"] {
        let (url, _requests) = answering("200 OK", body);
        assert_eq!(send(&destination(&url)), Ok(()));
    }
}

#[test]
fn a_server_that_takes_only_some() {
    use opentelemetry_proto::tonic::collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceResponse,
    };
    use prost::Message;

    let partial = ExportTracePartialSuccess { rejected_spans: 1, error_message: "too old".into() };
    let answer = ExportTraceServiceResponse { partial_success: Some(partial) };
    let (url, _requests) = answering("200 OK", &answer.encode_to_vec());
    assert_eq!(send(&destination(&url)), Err(ExportError::partial(1, "too old")));
}

/// TLS is there, and its failures are told.
#[test]
fn a_server_that_speaks_no_tls() {
    let (url, _requests) = answering("400 Bad Request", b"");
    let secure = url.replace("http://", "https://");
    let told = failure(&Destination { timeout: Duration::from_secs(2), ..destination(&secure) });
    assert!(told.starts_with(&format!("{secure} could not be reached: ")), "{told}");
    #[cfg(feature = "grpc")]
    {
        let grpc =
            Destination { protocol: Protocol::Grpc, timeout: Duration::from_secs(2), ..destination(&secure) };
        let told = failure(&grpc);
        assert!(told.starts_with(&secure), "{told}");
    }
}

#[cfg(feature = "grpc")]
#[test]
fn a_grpc_server_that_is_none() {
    let grpc = |url: &str, millis| Destination {
        protocol: Protocol::Grpc,
        timeout: Duration::from_millis(millis),
        ..destination(url)
    };
    let (url, _requests) = server(until_the_client_hangs_up);
    let told = failure(&grpc(&url, 300));
    assert!(told.contains("in time") || told.contains("Timeout expired"), "{told}");
    let (url, _requests) = answering("400 Bad Request", b"what is this?");
    let told = failure(&grpc(&url, 20_000));
    assert!(told.starts_with(&format!("{url} did not take the spans")), "{told}");
}
