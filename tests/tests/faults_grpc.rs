//! Servers of OTLP over gRPC as they should not be. Whatever they do, every span is counted, and nobody waits for long.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use recount::{Builder, Protocol};
use recount_tests::server::{Server, silence, status, torn};
use recount_tests::{ClosedPort, Delivered, GrpcAnswer, GrpcServer, deliver};
use tonic::{Code, Status};

const MOMENT: Duration = Duration::from_millis(200);
/// Much longer than any test takes, much shorter than an hour.
const LONG: Duration = Duration::from_secs(20);

fn to(url: &str) -> Builder {
    recount::builder().endpoint(url).protocol(Protocol::Grpc).header("x-key", "secret")
}

/// Three spans in one request, and what became of them.
fn send(server: &GrpcServer) -> Delivered {
    deliver(to(&server.url()), 3)
}

fn no(code: Code, words: &str) -> GrpcAnswer {
    GrpcAnswer::Refused(Status::new(code, words))
}

#[test]
fn down() {
    let port = ClosedPort::new();
    let url = port.url();
    let Delivered { stats, told, took } = deliver(to(&url).retry_timeout(MOMENT), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains(&format!("{url}/ could not be reached: ")) && told.contains("refused"), "{told}");
    assert!(took < LONG, "{took:?}");
}

/// Nobody refuses the connection, and nobody takes it.
#[test]
fn it_is_not_there_at_all() {
    let nowhere = ClosedPort::new().into_black_hole();
    let Delivered { stats, told, took } =
        deliver(to(nowhere.url()).timeout(MOMENT).retry_timeout(Duration::ZERO), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains(nowhere.url()), "{told}");
    assert!(took >= MOMENT && took < LONG, "{took:?}");
}

#[test]
fn it_says_what_it_was_told() {
    for code in [Code::Unauthenticated, Code::InvalidArgument, Code::Unavailable] {
        let server = GrpcServer::new(vec![GrpcAnswer::Echo(code)]);
        let builder =
            to(&server.url()).header("authorization", "Bearer topsecret").header("x-key", "otherkey");
        let Delivered { stats, told, .. } = deliver(builder.retry_timeout(Duration::ZERO), 3);
        assert!(stats.lost() == 3 && told.contains("[redacted"), "{told}");
        assert!(!told.contains("topsecret") && !told.contains("otherkey"), "{told}");
    }
}

#[test]
fn it_takes_the_request_and_is_silent() {
    let server = GrpcServer::new(vec![GrpcAnswer::Silence]);
    let Delivered { stats, told, took } =
        deliver(to(&server.url()).timeout(MOMENT).retry_timeout(Duration::ZERO), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(told.contains("did not answer in time"), "{told}");
    assert!(took >= MOMENT && took < LONG, "{took:?}");
}

#[test]
fn it_is_silent_then_well() {
    let server = GrpcServer::new(vec![GrpcAnswer::Silence, GrpcAnswer::well()]);
    assert_eq!(deliver(to(&server.url()).timeout(MOMENT), 3).stats.delivered, 3);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].1, requests[1].1);
}

#[test]
fn it_refuses_a_request_for_good() {
    for code in
        [Code::InvalidArgument, Code::Internal, Code::Unknown, Code::ResourceExhausted, Code::NotFound]
    {
        let server = GrpcServer::new(vec![no(code, "no"), GrpcAnswer::well()]);
        let Delivered { stats, told, .. } = deliver(to(&server.url()).batch_size(1), 3);
        assert_eq!((stats.delivered, stats.lost_rejected), (2, 1), "{code:?}");
        assert!(told.contains(&format!("answered {code:?}: no.")), "{told}");
        assert_eq!(server.requests().len(), 3, "{code:?} is no reason to try again");
    }
}

#[test]
fn it_wants_other_credentials() {
    for code in [Code::Unauthenticated, Code::PermissionDenied] {
        let server = GrpcServer::new(vec![no(code, "who are you?")]);
        let Delivered { stats, told, .. } = send(&server);
        assert_eq!(stats.lost_rejected, 3);
        let words = format!("answered {code:?} (check the credentials in the headers): who are you?");
        assert!(told.contains(&words) && !told.contains("secret"), "{told}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn it_is_unavailable_then_well() {
    for code in [Code::Unavailable, Code::Aborted, Code::Cancelled, Code::DeadlineExceeded, Code::DataLoss] {
        let server = GrpcServer::new(vec![no(code, ""), GrpcAnswer::well()]);
        assert_eq!(send(&server).stats.delivered, 3, "{code:?}");
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].1, requests[1].1, "the same request again");
    }
}

#[test]
fn it_is_busy_and_says_for_how_long() {
    for code in [Code::ResourceExhausted, Code::Unavailable] {
        let server =
            GrpcServer::new(vec![GrpcAnswer::busy_for(code, Duration::from_secs(1)), GrpcAnswer::well()]);
        assert_eq!(send(&server).stats.delivered, 3);
        let requests = server.requests();
        assert!(requests[1].0 - requests[0].0 >= Duration::from_secs(1));
    }
    let server = GrpcServer::new(vec![GrpcAnswer::busy_for(Code::Unavailable, Duration::from_secs(3600))]);
    let Delivered { stats, took, .. } = deliver(to(&server.url()).retry_timeout(MOMENT), 3);
    assert_eq!(stats.lost_export, 3);
    assert!(took < LONG, "{took:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn it_takes_small_messages_only() {
    let server = GrpcServer::taking(1_500);
    assert_eq!(deliver(to(&server.url()), 40).stats.delivered, 40);
    assert!(server.requests().len() >= 4);
    let server = GrpcServer::taking(10);
    assert_eq!(deliver(to(&server.url()), 3).stats.lost_too_large, 3);
}

#[test]
fn it_takes_only_some() {
    let partial = |rejected_spans| {
        let error_message = "too old".into();
        let partial_success = Some(ExportTracePartialSuccess { rejected_spans, error_message });
        GrpcServer::new(vec![GrpcAnswer::Taken(ExportTraceServiceResponse { partial_success })])
    };
    let Delivered { stats, told, .. } = send(&partial(2));
    assert_eq!((stats.delivered, stats.lost_rejected), (1, 2));
    assert!(told.contains("rejected spans: too old"), "{told}");
    assert_eq!(send(&partial(0)).stats.delivered, 3);
}

#[test]
fn it_speaks_something_else() {
    for answer in [
        status("400 Bad Request", &[], b"what is this?"),
        torn(b""),
        torn(b"SSH-2.0-OpenSSH_9.6\r\n"),
        silence(),
    ] {
        let server = Server::new(vec![answer]);
        let settings = to(&server.url()).timeout(MOMENT).retry_timeout(MOMENT);
        let Delivered { stats, told, took } = deliver(settings, 3);
        assert_eq!(stats.lost_export, 3, "{told}");
        assert!(told.contains(&server.url()), "{told}");
        assert!(took < LONG, "{took:?}");
    }
}
