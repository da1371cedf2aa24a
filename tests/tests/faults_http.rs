//! Servers of OTLP over HTTP as they should not be. Whatever they do, every span is counted, and nobody waits for long.

use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use recount::export::InMemory;
use recount::{Builder, Protocol, Recount, Stats};
use recount_tests::server::{Server, by_size, echo, for_ever, silence, status, torn, well};
use recount_tests::{ClosedPort, Delivered, deliver};

const MOMENT: Duration = Duration::from_millis(200);
/// Much longer than any test takes, much shorter than an hour.
const LONG: Duration = Duration::from_secs(20);

fn to(server: &Server) -> Builder {
    recount::builder().endpoint(server.url()).header("x-key", "secret")
}

/// Small spans.
fn emit(recount: &Recount, spans: usize) {
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..spans {
            recount::span::task("step").emit();
        }
    });
}

/// Three spans in one request, and what became of them.
fn send(server: &Server) -> Delivered {
    deliver(to(server), 3)
}

fn all_rejected(stats: &Stats) -> bool {
    (stats.delivered, stats.lost_rejected) == (0, stats.opened)
}

#[test]
fn down() {
    let port = ClosedPort::new();
    let url = port.url();
    let Delivered { stats, told, took } = deliver(recount::builder().endpoint(&url).retry_timeout(MOMENT), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains(&format!("{url}/v1/traces could not be reached: ")), "{told}");
    assert!(took < LONG, "{took:?}");
}

#[test]
fn down_then_up() {
    let port = ClosedPort::new();
    let recount = recount::builder().endpoint(port.url()).build().expect("settings");
    emit(&recount, 1);
    // Who does not wait is told why others do: an attempt has failed by then.
    let began = Instant::now();
    while !recount
        .flush_within(MOMENT / 4)
        .expect_err("nobody listens")
        .to_string()
        .contains("could not be reached")
    {
        assert!(began.elapsed() < LONG);
    }
    let server = Server::on(port, vec![well()]);
    recount.flush_within(LONG).expect("it is tried again");
    assert_eq!((recount.stats().delivered, server.requests().len()), (1, 1));
}

/// Nobody refuses the connection, and nobody takes it.
#[test]
fn it_is_not_there_at_all() {
    let nowhere = ClosedPort::new().into_black_hole();
    let builder = || recount::builder().endpoint(nowhere.url());
    let Delivered { stats, told, took } = deliver(builder().timeout(MOMENT).retry_timeout(Duration::ZERO), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains(&format!("{}/v1/traces did not answer in time", nowhere.url())), "{told}");
    assert!(took >= MOMENT && took < LONG, "{took:?}");
    // A shutdown does not wait for the connection.
    let recount = builder().timeout(3 * LONG).build().expect("settings");
    emit(&recount, 1);
    let began = Instant::now();
    assert!(recount.shutdown_within(MOMENT).is_err());
    assert!(began.elapsed() < LONG);
    assert_eq!((recount.stats().opened, recount.stats().lost()), (1, 1));
}

/// What others see is not held up by a server that is down: the first batch not at all, the next ones not for long.
#[test]
fn down_beside_another_exporter() {
    let port = ClosedPort::new();
    let memory = InMemory::default();
    let recount = recount::builder().endpoint(port.url()).exporter(memory.clone()).batch_size(1);
    let recount = recount.build().expect("settings");
    emit(&recount, 2);
    let wait_for = |spans| {
        let began = Instant::now();
        while memory.records().len() < spans {
            assert!(began.elapsed() < LONG, "{} of {spans} spans", memory.records().len());
            std::thread::yield_now();
        }
        began.elapsed()
    };
    assert!(wait_for(1) < Duration::from_secs(2));
    assert!(wait_for(2) < LONG);
    let _ = recount.shutdown_within(MOMENT);
}

#[test]
fn it_says_what_it_was_told() {
    let credentials =
        [("authorization", "Bearer topsecret/+k"), ("x-key", "otherkey"), ("proxy", "Basic dXNlcjpwYXNz")];
    let partial = ExportTracePartialSuccess {
        rejected_spans: 1,
        error_message: "no key topsecret/+k, topsecret\\/+k, otherkey, user:pass".into(),
    };
    let partial = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    for answer in [
        echo("401 Unauthorized"),
        echo("400 Bad Request"),
        echo("503 Service Unavailable"),
        status("200 OK", &[], &partial),
        status("307 Temporary Redirect", &[("location", "https://h/otherkey/v1")], b""),
    ] {
        let server = Server::new(vec![answer]);
        let mut builder = recount::builder().endpoint(format!("{}/otel?key=querykey", server.url()));
        for (name, value) in credentials {
            builder = builder.header(name, value);
        }
        let Delivered { stats, told, .. } = deliver(builder.retry_timeout(Duration::ZERO), 3);
        assert!(stats.lost() > 0 && told.contains("[redacted"), "{told}");
        for secret in ["topsecret", "otherkey", "dXNlcjpwYXNz", "user:pass", "querykey"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

#[test]
fn it_takes_the_request_and_is_silent() {
    let server = Server::new(vec![silence()]);
    let Delivered { stats, told, took } =
        deliver(to(&server).timeout(MOMENT).retry_timeout(Duration::ZERO), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains(&format!("{}/v1/traces did not answer in time", server.url())), "{told}");
    assert!(took >= MOMENT && took < LONG, "{took:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn it_is_silent_when_the_program_ends() {
    let server = Server::new(vec![silence()]);
    let recount = to(&server).timeout(3 * LONG).batch_size(1).build().expect("settings");
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..3 {
            recount::span::task("step").emit();
        }
    });
    let _ = server.wait_for(1);
    let began = std::time::Instant::now();
    let told = recount.shutdown_within(MOMENT).expect_err("nothing was delivered").to_string();
    assert!(began.elapsed() < LONG);
    let stats = recount.stats();
    assert_eq!((stats.opened, stats.lost_shutdown), (3, 3), "{told}");
}

#[test]
fn it_refuses_a_request_for_good() {
    for line in ["400 Bad Request", "404 Not Found", "500 Internal Server Error", "501 Not Implemented"] {
        let server = Server::new(vec![status(line, &[], b"no")]);
        let Delivered { stats, told, .. } = send(&server);
        assert!(all_rejected(&stats), "{stats}");
        assert!(told.contains(line) && told.contains(": no."), "{told}");
        assert_eq!(server.requests().len(), 1, "{line} is no reason to try again");
    }
}

#[test]
fn a_request_that_is_refused_blocks_none_behind_it() {
    let server = Server::new(vec![status("400 Bad Request", &[], b""), well()]);
    let stats = deliver(to(&server).batch_size(1), 5).stats;
    assert_eq!((stats.delivered, stats.lost_rejected), (4, 1));
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn it_wants_other_credentials() {
    for line in ["401 Unauthorized", "403 Forbidden"] {
        let server = Server::new(vec![status(line, &[], b"who are you?")]);
        let Delivered { stats, told, .. } = send(&server);
        assert!(all_rejected(&stats), "{stats}");
        assert!(
            told.contains(&format!("answered {line} (check the credentials in the headers): who are you?")),
            "{told}"
        );
        assert!(!told.contains("secret"), "{told}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn it_takes_small_requests_only() {
    let server = Server::new(vec![by_size(1_500, well(), status("413 Content Too Large", &[], b""))]);
    let stats = deliver(to(&server), 40).stats;
    assert_eq!(stats.delivered, 40);
    let taken = server.requests().into_iter().filter(|request| request.body.len() <= 1_500);
    let mut ids: Vec<_> = taken.flat_map(|request| request.spans()).map(|span| span.span_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40, "each span once");
}

#[test]
fn it_takes_no_request_at_all_for_its_size() {
    let server = Server::new(vec![status("413 Content Too Large", &[], b"")]);
    let stats = deliver(to(&server), 200).stats;
    assert_eq!(stats.lost_too_large, 200);
    // Halves of halves down to the first one; then it is known that the others are no smaller.
    assert!(server.requests().len() <= 9, "{} requests", server.requests().len());
}

/// Spans that are many times too long lose as much of their content as it takes, and arrive.
#[test]
fn it_takes_a_fifth_of_a_span() {
    let server = Server::new(vec![by_size(20_000, well(), status("413 Content Too Large", &[], b""))]);
    let recount = to(&server).build().expect("settings");
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..5 {
            recount::span::task("long").input("x".repeat(100_000)).emit();
        }
    });
    recount.shutdown().expect("everything arrives");
    assert_eq!((recount.stats().delivered, recount.stats().lost_too_large), (5, 0));
}

/// What is known of the server's taste by then is not held against smaller ones.
#[test]
fn it_takes_all_but_one_for_its_size() {
    let server = Server::new(vec![by_size(1_500, well(), status("413 Content Too Large", &[], b""))]);
    let recount = to(&server).build().expect("settings");
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..8 {
            // The name is no content, and one that is part of the program is not cut.
            let name = if number == 2 { "n".repeat(5_000).leak() } else { "step" };
            recount::span::task(name).emit();
        }
    });
    let _ = recount.shutdown();
    assert_eq!((recount.stats().delivered, recount.stats().lost_too_large), (7, 1));
}

#[test]
fn it_is_busy_and_says_for_how_long() {
    let server = Server::new(vec![status("429 Too Many Requests", &[("retry-after", "1")], b""), well()]);
    assert_eq!(send(&server).stats.delivered, 3);
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests[0].headers, requests[1].headers);
}

#[test]
fn it_is_busy_for_an_hour() {
    let hour = || Server::new(vec![status("429 Too Many Requests", &[("retry-after", "3600")], b"")]);
    // Not so long as to be worth waiting for.
    let server = hour();
    let Delivered { stats, took, .. } = deliver(to(&server).retry_timeout(MOMENT), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(took < LONG, "{took:?}");
    assert_eq!(server.requests().len(), 1);
    // The program ends while it waits.
    let server = hour();
    let recount = to(&server).batch_size(1).build().expect("settings");
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || recount::span::task("step").emit());
    let _ = server.wait_for(1);
    let began = std::time::Instant::now();
    assert!(recount.shutdown_within(MOMENT).is_err());
    assert!(began.elapsed() < LONG);
    assert_eq!((recount.stats().opened, recount.stats().lost()), (1, 1));
}

#[test]
fn it_is_unavailable_then_well() {
    for line in ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        let server = Server::new(vec![status(line, &[], b""), status(line, &[], b"later"), well()]);
        assert_eq!(send(&server).stats.delivered, 3);
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|request| request.body == requests[0].body), "the same bytes again");
        assert!(requests.iter().all(|request| request.headers["x-key"] == "secret"));
    }
}

#[test]
fn it_is_unavailable_for_good() {
    let server = Server::new(vec![status("503 Service Unavailable", &[], b"")]);
    let Delivered { stats, told, took } = deliver(to(&server).retry_timeout(2 * MOMENT), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains("answered 503 Service Unavailable"), "{told}");
    assert!(took < LONG);
    assert!(server.requests().len() >= 2, "it was tried again");
}

#[test]
fn it_is_unavailable_at_the_end_of_the_program() {
    let server = Server::new(vec![status("503 Service Unavailable", &[], b""), well()]);
    let recount = to(&server).build().expect("settings");
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || recount::span::task("step").emit());
    assert!(recount.shutdown_within(LONG).is_ok(), "there was time enough to try again");
    assert_eq!(recount.stats().delivered, 1);
}

#[test]
fn it_closes_the_connection() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n",
    ] {
        let server = Server::new(vec![torn(bytes), well()]);
        assert_eq!(send(&server).stats.delivered, 3);
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].body, requests[1].body);
    }
}

/// A status that says yes is a yes, whatever is missing of the rest.
#[test]
fn it_closes_the_connection_behind_its_yes() {
    let server = Server::new(vec![torn(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc")]);
    assert_eq!(send(&server).stats.delivered, 3);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn it_answers_byte_by_byte() {
    let pause = Duration::from_millis(5);
    let once = |server: &Server| deliver(to(server).timeout(MOMENT).retry_timeout(Duration::ZERO), 3);
    // A head without an end.
    let Delivered { stats, took, .. } =
        once(&Server::new(vec![for_ever(b"HTTP/1.1 200 OK\r\nx-pad: ", b"a", pause)]));
    assert_eq!(stats.lost_export, 3);
    assert!(took < LONG, "{took:?}");
    // A refusal without an end.
    let head = b"HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked\r\n\r\n";
    let Delivered { stats, told, took } = once(&Server::new(vec![for_ever(head, b"1\r\nx\r\n", pause)]));
    assert!(all_rejected(&stats), "{stats}");
    assert!(told.contains("400 Bad Request") && told.len() < 1_000, "{told}");
    assert!(took < LONG, "{took:?}");
}

#[test]
fn it_answers_with_a_heap() {
    let noise = vec![0xff; 1_000_000];
    for body in
        [&noise[..], "é".repeat(500_000).as_bytes(), &b"\n".repeat(100_000), "x\u{1b}[31m\u{202e}".as_bytes()]
    {
        let Delivered { stats, told, .. } = send(&Server::new(vec![status("400 Bad Request", &[], body)]));
        assert!(all_rejected(&stats), "{stats}");
        assert!(told.contains("400 Bad Request") && told.chars().count() < 600, "{told}");
        assert!(!told.contains(['\n', '\u{1b}', '\u{202e}']), "{told:?}");
    }
    // As fast as it can, without an end.
    let head = b"HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked\r\n\r\n";
    let server = Server::new(vec![for_ever(
        head,
        &[b"ffff\r\n", &[b'x'; 0xffff][..], b"\r\n"].concat(),
        Duration::ZERO,
    )]);
    let Delivered { stats, took, .. } = deliver(to(&server).timeout(3 * LONG), 3);
    assert!(all_rejected(&stats), "{stats}");
    assert!(took < LONG, "{took:?}");
}

#[test]
fn it_answers_with_a_bomb() {
    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, &vec![0; 100 << 20]).expect("memory");
        encoder.finish().expect("memory")
    };
    let headers = [("content-encoding", "gzip"), ("content-type", "application/x-protobuf")];
    let Delivered { stats, told, took } =
        send(&Server::new(vec![status("400 Bad Request", &headers, &bomb)]));
    assert!(all_rejected(&stats), "{stats}");
    assert!(told.contains("answered 400 Bad Request.") && told.len() < 500, "{told}");
    assert!(took < LONG, "{took:?}");
    assert_eq!(send(&Server::new(vec![status("200 OK", &headers, &bomb)])).stats.delivered, 3);
}

#[test]
fn it_sends_elsewhere() {
    for line in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Server::new(vec![well()]);
        let place = format!("{}/v1/traces?key=hidden", elsewhere.url());
        let server = Server::new(vec![status(line, &[("location", &place)], b"")]);
        let Delivered { stats, told, .. } = send(&server);
        assert!(all_rejected(&stats), "{stats}");
        assert!(told.contains(&format!("{line} (it redirects to {}/v1/traces;", elsewhere.url())), "{told}");
        assert!(!told.contains("hidden"), "{told}");
        assert!(elsewhere.requests().is_empty(), "the headers went to another server");
    }
}

#[test]
fn it_answers_in_a_form_of_its_own() {
    let noise = vec![0xff; 300_000];
    for (kind, body) in [
        ("text/plain", &b"ok"[..]),
        ("application/json", b"{}"),
        ("application/json", b"<html>"),
        ("application/x-protobuf", b"\xff\xff\xff"),
        ("application/x-protobuf; charset=utf-8", b""),
        ("image/png", &noise),
        ("", b""),
    ] {
        let server = Server::new(vec![status("200 OK", &[("content-type", kind)], body)]);
        assert_eq!(send(&server).stats.delivered, 3, "{kind}");
    }
    let server = Server::new(vec![status(
        "200 OK",
        &[("content-type", "text/html; charset=utf-8")],
        b"<!doctype html>",
    )]);
    let Delivered { stats, told, .. } = send(&server);
    assert!(all_rejected(&stats), "{stats}");
    assert!(told.contains("answered with a web page (check the endpoint and its path)"), "{told}");
}

#[test]
fn it_takes_only_some() {
    let partial = ExportTracePartialSuccess { rejected_spans: 2, error_message: "too old".into() };
    let protobuf = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    let json = br#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#;
    for (protocol, kind, body) in [
        (Protocol::HttpProtobuf, "application/x-protobuf", &protobuf[..]),
        (Protocol::HttpJson, "application/json", json),
    ] {
        let server = Server::new(vec![status("200 OK", &[("content-type", kind)], body)]);
        let Delivered { stats, told, .. } = deliver(to(&server).protocol(protocol), 3);
        assert_eq!((stats.delivered, stats.lost_rejected), (1, 2));
        assert!(told.contains("rejected spans: too old"), "{told}");
        assert_eq!(server.requests().len(), 1);
    }
}

/// More than there were, or fewer than none.
#[test]
fn it_cannot_count() {
    for (rejected, delivered) in [(i64::MAX, 0), (i64::MIN, 3), (0, 3)] {
        let partial = ExportTracePartialSuccess { rejected_spans: rejected, error_message: String::new() };
        let body = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
        let stats = send(&Server::new(vec![status("200 OK", &[], &body)])).stats;
        assert_eq!((stats.delivered, stats.lost_rejected), (delivered, 3 - delivered));
    }
}
