//! Certificates: of one's own, unknown ones, and those that clients have to show.

use std::path::Path;
use std::time::Duration;

use recount::{Builder, Error, ErrorKind, Protocol};
use recount_tests::certificates::Certificate;
use recount_tests::server::{Server, status, well};
use recount_tests::{Delivered, GrpcServer, deliver};

fn http(server: &Server) -> Builder {
    recount::builder().endpoint(server.secure_url())
}

fn grpc(server: &GrpcServer) -> Builder {
    recount::builder().endpoint(server.secure_url()).protocol(Protocol::Grpc)
}

fn refused(builder: Builder) -> Error {
    builder.build().expect_err("it is no certificate")
}

#[test]
fn a_certificate_of_ones_own_is_trusted_where_it_is_named() {
    let certificate = Certificate::new();
    let server = Server::encrypted(certificate.server(None), vec![well()]);
    assert_eq!(deliver(http(&server).certificate(&certificate.path), 3).stats.delivered, 3);
    assert_eq!(server.requests().len(), 1);
    let server = GrpcServer::encrypted(&certificate, None);
    assert_eq!(deliver(grpc(&server).certificate(&certificate.path), 3).stats.delivered, 3);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_certificate_that_is_unknown_is_not_trusted() {
    let certificate = Certificate::new();
    let other = Certificate::new();
    let http_server = Server::encrypted(certificate.server(None), vec![well()]);
    let grpc_server = GrpcServer::encrypted(&certificate, None);
    for builder in [
        http(&http_server),
        http(&http_server).certificate(&other.path),
        grpc(&grpc_server),
        grpc(&grpc_server).certificate(&other.path),
    ] {
        let Delivered { stats, told, took } = deliver(builder, 3);
        assert_eq!(stats.lost_export, 3);
        assert!(told.contains("do not trust each other"), "{told}");
        assert!(
            told.contains("`Builder::certificate`") && told.contains("OTEL_EXPORTER_OTLP_CERTIFICATE"),
            "{told}"
        );
        // To try again would not help.
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
    assert!(http_server.requests().is_empty() && grpc_server.requests().is_empty());
}

#[test]
fn a_server_may_ask_for_a_certificate() {
    let (certificate, ours) = (Certificate::new(), Certificate::new());
    let server = Server::encrypted(certificate.server(Some(&ours)), vec![well()]);
    let builder = || http(&server).certificate(&certificate.path);
    let shown = builder().client_certificate(&ours.path, &ours.key_path);
    assert_eq!(deliver(shown, 3).stats.delivered, 3);
    assert_eq!(deliver(builder().retry_timeout(Duration::ZERO), 3).stats.lost_export, 3);

    let server = GrpcServer::encrypted(&certificate, Some(&ours));
    let builder = || grpc(&server).certificate(&certificate.path);
    let shown = builder().client_certificate(&ours.path, &ours.key_path);
    assert_eq!(deliver(shown, 3).stats.delivered, 3);
    assert_eq!(deliver(builder().retry_timeout(Duration::ZERO), 3).stats.lost_export, 3);
}

#[test]
fn a_server_that_does_not_encrypt() {
    let server = Server::new(vec![status("400 Bad Request", &[], b"")]);
    let builder = || recount::builder().endpoint(server.secure_url()).retry_timeout(Duration::ZERO);
    for builder in [builder(), builder().protocol(Protocol::Grpc)] {
        let Delivered { stats, told, .. } = deliver(builder.timeout(Duration::from_secs(2)), 3);
        assert_eq!(stats.lost_export, 3);
        assert!(told.contains(&server.secure_url()), "{told}");
    }
}

#[test]
fn files_that_are_no_certificates_are_refused_at_once() {
    let certificate = Certificate::new();
    let builder = || recount::builder().endpoint("https://localhost:1");
    let missing = Path::new("/nonexistent/ca.pem");
    for (builder, setting) in [
        (builder().certificate(missing), "The certificate of the builder: /nonexistent/ca.pem: "),
        (builder().certificate(&certificate.key_path), "it has no certificate in PEM form"),
        (
            builder().client_certificate(&certificate.path, &certificate.path),
            "The client key of the builder: ",
        ),
        (builder().client_certificate(missing, missing), "The client certificate of the builder: "),
    ] {
        let error = refused(builder);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(setting), "{error}");
    }
}
