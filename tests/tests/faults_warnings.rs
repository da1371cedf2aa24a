//! What a program's author is told, once, of servers that want something else. Warnings come from the exporting thread
//! and go to the global subscriber, so this has a process of its own, and one test.

use std::fmt::{self, Debug};
use std::mem;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use recount::{Builder, span};
use recount_tests::certificates::Certificate;
use recount_tests::server::{Answer, Server, status, well};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::prelude::*;

/// Remembers the warnings of recount.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Listener {
    /// The warnings since the last time, but for those that count losses.
    fn take(&self) -> Vec<String> {
        let mut heard = mem::take(&mut *self.0.lock().expect("nobody panics while listening"));
        heard.retain(|warning| !warning.starts_with("spans were lost"));
        heard
    }
}

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::WARN && event.metadata().target() == "recount" {
            let mut message = Message::default();
            event.record(&mut message);
            self.0.lock().expect("nobody panics while listening").push(message.0);
        }
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            fmt::Write::write_fmt(&mut self.0, format_args!("{value:?}")).expect("a string takes it");
        }
    }
}

/// Sends five requests; what is told meanwhile.
fn told(listener: &Listener, builder: Builder) -> Vec<String> {
    let recount = builder.header("authorization", "Bearer secret").build().expect("settings");
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for _ in 0..5 {
        span::task("step").emit();
        let _ = recount.flush();
    }
    drop(guard);
    let _ = recount.shutdown();
    listener.take()
}

fn to(answer: Answer) -> Builder {
    recount::builder().endpoint(Server::new(vec![answer]).url())
}

#[test]
fn what_has_to_be_mended_is_told_once() {
    let listener = Listener::default();
    let subscriber = tracing_subscriber::registry().with(listener.clone());
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of the process");

    // Credentials.
    for line in ["401 Unauthorized", "403 Forbidden"] {
        let told = told(&listener, to(status(line, &[], b"")));
        let [warning] = told.as_slice() else { panic!("{told:#?}") };
        assert!(warning.contains(line) && warning.contains("OTEL_EXPORTER_OTLP_HEADERS"), "{warning}");
        assert!(warning.contains("`Builder::header`") && !warning.contains("secret"), "{warning}");
    }

    // A certificate.
    let server = Server::encrypted(Certificate::new().server(None), vec![well()]);
    let told_of_trust = told(&listener, recount::builder().endpoint(server.secure_url()));
    let [warning] = told_of_trust.as_slice() else { panic!("{told_of_trust:#?}") };
    assert!(warning.contains("OTEL_EXPORTER_OTLP_CERTIFICATE"), "{warning}");

    // The server takes the spans, and has something to say.
    let partial = ExportTracePartialSuccess { rejected_spans: 0, error_message: "use\nthe new path".into() };
    let body = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    let told_of_path = told(&listener, to(status("200 OK", &[], &body)));
    let [warning] = told_of_path.as_slice() else { panic!("{told_of_path:#?}") };
    assert!(warning.ends_with("took spans, and says: use the new path"), "{warning}");

    // Nothing.
    assert!(told(&listener, to(well())).is_empty());
}
