//! What leaves the process: spans as they stand in OTLP/JSON, laid flat.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use recount::Builder;
use recount::export::{Exporter, JsonLines};
use recount::testing::Recorder;
use recount::wire::{Resource, SpanRecord};
use serde_json::{Map, Value, json};

/// A writer whose clones write to one buffer.
#[derive(Clone, Debug, Default)]
pub struct SharedBuffer(Arc<Mutex<Vec<u8>>>);

impl SharedBuffer {
    /// What was written so far.
    ///
    /// # Panics
    ///
    /// When it is no UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = self.0.lock().expect("nobody panics while writing").clone();
        String::from_utf8(bytes).expect("text")
    }
}

impl Write for SharedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics while writing").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `work` under a recorder of its own; returns what leaves the process, in the order of the spans' ends.
pub fn exported<T>(work: impl FnOnce() -> T) -> Value {
    exported_with(recount::builder(), work)
}

/// As [`exported`], with these settings.
pub fn exported_with<T>(builder: Builder, work: impl FnOnce() -> T) -> Value {
    let buffer = SharedBuffer::default();
    let recorder = Recorder::with(builder.exporter(JsonLines::new(buffer.clone())));
    let guard = recorder.install();
    work();
    drop(guard);
    // A flush, without which nothing is sure to be written yet.
    let _ = recorder.stats();
    flat(&buffer.text())
}

/// What leaves the process for records that were made by hand.
///
/// # Panics
///
/// When the exporter does not take them.
#[must_use]
pub fn exported_records(records: &[SpanRecord]) -> Value {
    let buffer = SharedBuffer::default();
    JsonLines::new(buffer.clone()).export(records, &Resource::default()).expect("a buffer takes everything");
    flat(&buffer.text())
}

/// Lines of OTLP/JSON as a list of spans, attributes as one object each. Keys that came twice are an error.
///
/// # Panics
///
/// When the lines are no OTLP/JSON, or a key comes twice.
#[must_use]
pub fn flat(lines: &str) -> Value {
    let mut spans = Vec::new();
    for line in lines.lines() {
        let request: Value = serde_json::from_str(line).expect("a line of JSON");
        for scope in request["resourceSpans"].as_array().into_iter().flatten() {
            for scope in scope["scopeSpans"].as_array().into_iter().flatten() {
                spans.extend(scope["spans"].as_array().into_iter().flatten().map(flat_span));
            }
        }
    }
    Value::Array(spans)
}

fn flat_span(span: &Value) -> Value {
    let events = span["events"].as_array().into_iter().flatten();
    let events: Vec<_> = events
        .map(|event| json!({"name": event["name"], "attributes": flat_attributes(&event["attributes"])}))
        .collect();
    let code = span["status"]["code"].as_u64().unwrap_or_default();
    json!({
        "name": span["name"],
        "kind": (["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT"])[usize::try_from(span["kind"].as_u64().unwrap_or_default()).unwrap_or_default()],
        "status": {"code": (["UNSET", "OK", "ERROR"])[usize::try_from(code).unwrap_or_default()], "message": span["status"]["message"].as_str().unwrap_or_default()},
        "attributes": flat_attributes(&span["attributes"]),
        "events": events,
    })
}

fn flat_attributes(attributes: &Value) -> Value {
    let mut flat = Map::new();
    for attribute in attributes.as_array().into_iter().flatten() {
        let key = attribute["key"].as_str().expect("a key").to_owned();
        let earlier = flat.insert(key.clone(), flat_value(&attribute["value"]));
        assert!(earlier.is_none(), "{key:?} comes twice");
    }
    Value::Object(flat)
}

fn flat_value(value: &Value) -> Value {
    let Some((kind, value)) = value.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "intValue" => value
            .as_str()
            .and_then(|digits| digits.parse::<i64>().ok())
            .map_or_else(|| value.clone(), Value::from),
        "arrayValue" => value["values"].as_array().into_iter().flatten().map(flat_value).collect(),
        _ => value.clone(),
    }
}
