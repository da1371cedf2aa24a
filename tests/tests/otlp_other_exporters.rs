//! Any span exporter of the OpenTelemetry SDK plugs in.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use recount::export::OpenTelemetry;
use recount::span;
use recount::testing::Recorder;

/// Writes down what it is asked to do.
#[derive(Clone, Debug, Default)]
struct Journal {
    entries: Arc<Mutex<Vec<String>>>,
    broken: bool,
}

impl Journal {
    fn write(&self, entry: String) {
        self.entries.lock().expect("nobody panics while writing").push(entry);
    }

    fn entries(&self) -> Vec<String> {
        self.entries.lock().expect("nobody panics while writing").clone()
    }
}

impl SpanExporter for Journal {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        if self.broken {
            return Err(OTelSdkError::InternalFailure("broken".into()));
        }
        for span in &batch {
            self.write(format!("span {}", span.name));
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        self.write("shut down".into());
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.write("flush".into());
        Ok(())
    }

    fn set_resource(&mut self, resource: &opentelemetry_sdk::Resource) {
        let name = resource.iter().find(|(key, _)| key.as_str() == "service.name");
        self.write(format!("resource {}", name.expect("a name").1));
    }
}

/// It is told of the resource once, before the first span, then of flushes, and of the end.
#[test]
fn an_exporter_is_told_everything_once() {
    let journal = Journal::default();
    let builder = recount::builder().service_name("bot").exporter(OpenTelemetry::new(journal.clone()));
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    span::task("one").emit();
    let _ = recorder.stats();
    span::task("two").emit();
    let _ = recorder.stats();
    drop(guard);
    drop(recorder);
    let mut entries = journal.entries();
    assert_eq!(entries.pop().as_deref(), Some("shut down"));
    entries.retain(|entry| entry != "flush");
    assert_eq!(entries, ["resource bot", "span one", "span two"]);
}

#[test]
fn an_exporter_that_fails_is_counted() {
    let broken = Journal { broken: true, ..Journal::default() };
    let recorder = Recorder::with(recount::builder().exporter(OpenTelemetry::new(broken)));
    let _guard = recorder.install();
    span::task("one").emit();
    assert_eq!(recorder.stats().lost(), 1);
}
