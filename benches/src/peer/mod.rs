//! One file for each way to trace the [`work`](crate::work): the same functions, annotated the way the users of
//! that library are told to.

pub mod fastrace;
pub mod floor;
pub mod opentelemetry;
pub mod plain;
pub mod recount;
pub mod tracing;

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use serde::Serialize;

/// Runs a future that is never pending. A runtime would cost every variant the same and tell nothing.
fn run<F: Future>(future: F) {
    let poll = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(black_box(poll), Poll::Ready(_)), "the work is never pending");
}

/// A value as the JSON text that the peers want.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the data of the work is JSON")
}

/// OpenTelemetry's own exporter, as it comes.
fn otlp(mut url: String) -> SpanExporter {
    // Nothing is encrypted here, but the HTTP client may have been built to insist on somebody who could. A second
    // installation fails, and does no harm.
    let _ = rustls::crypto::ring::default_provider().install_default();
    url.push_str("/v1/traces");
    let exporter = SpanExporter::builder().with_http().with_endpoint(url).build();
    exporter.expect("the receiver's address is an endpoint")
}
