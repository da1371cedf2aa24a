//! Exporters: where finished spans go, several places at once.
//!
//! To a backend over OTLP, named by the usual variables of OpenTelemetry (`OTEL_EXPORTER_OTLP_ENDPOINT`,
//! `OTEL_EXPORTER_OTLP_HEADERS`) or by the builder; to the console; to a file of OTLP/JSON lines; to an exporter of
//! your own. Nothing is sent anywhere until it is told where. Each exporter works on recount's own thread, and what it
//! fails to deliver is counted. Run it with `cargo run -p examples --example 09_exporters`, and to send the spans over
//! OTLP too, give it an address: `cargo run -p examples --example 09_exporters -- http://localhost:4318`.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use recount::export::{ExportError, Exporter, JsonLines};
use recount::wire::{Resource, SpanRecord};
use recount::{task, workflow};
use serde_json::Value;
use tracing_subscriber::prelude::*;

/// An exporter of one's own: counts spans by name.
#[derive(Clone, Default)]
struct Tally {
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Exporter for Tally {
    fn export(&mut self, batch: &[SpanRecord], _resource: &Resource) -> Result<(), ExportError> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for span in batch {
            *counts.entry(span.name.to_string()).or_default() += 1;
        }
        Ok(())
    }
}

#[workflow]
fn bake(cakes: u32) -> u32 {
    (0..cakes).map(|cake| stir(cake) + heat(cake)).sum()
}

#[task]
fn stir(cake: u32) -> u32 {
    cake * 2
}

#[task]
fn heat(cake: u32) -> u32 {
    cake * 180
}

fn main() -> Result<(), Box<dyn Error>> {
    let tally = Tally::default();
    let path = std::env::temp_dir().join(format!("recount-{}.jsonl", std::process::id()));

    let mut builder = recount::builder()
        .service_name("09_exporters")
        .environment("kitchen")
        .console()
        .exporter(tally.clone())
        .exporter(JsonLines::append(&path)?);
    if let Some(url) = std::env::args().nth(1) {
        builder = builder.endpoint(url).header("x-team", "kitchen");
    }
    let recount = builder.build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    bake(2);

    // From here on every exporter has what it was given, or the error says what was lost.
    recount.shutdown()?;

    for (name, count) in &*tally.counts.lock().unwrap_or_else(PoisonError::into_inner) {
        println!("{count} × {name}");
    }
    for line in std::fs::read_to_string(&path)?.lines() {
        let request: Value = serde_json::from_str(line)?;
        let spans = request.pointer("/resourceSpans/0/scopeSpans/0/spans").and_then(Value::as_array);
        println!("a line of {} spans", spans.map_or(0, Vec::len));
    }
    std::fs::remove_file(&path)?;
    Ok(())
}
