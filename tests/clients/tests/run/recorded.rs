//! Runs a client under a recorder of its own.

use recount::Builder;
use recount::export::JsonLines;
use recount::testing::Recorder;
use recount_tests::{SharedBuffer, assert_golden, flat};
use serde_json::{Value, json};

/// What a client's run left.
pub(crate) struct Run<T> {
    /// What the work gave.
    pub(crate) value: T,
    pub(crate) tree: String,
    spans: Value,
}

/// Runs `work` to its end, on this thread.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> Run<T> {
    run_with(recount::builder(), work)
}

/// As [`run`], with these settings.
pub(crate) fn run_with<T>(builder: Builder, work: impl Future<Output = T>) -> Run<T> {
    let buffer = SharedBuffer::default();
    let recorder = Recorder::with(builder.exporter(JsonLines::new(buffer.clone())));
    let guard = recorder.install();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let value = runtime.block_on(work);
    // Connections that a client keeps may hold spans.
    drop(runtime);
    let tree = recorder.tree();
    drop(guard);
    Run { value, tree, spans: flat(&buffer.text()) }
}

impl<T> Run<T> {
    /// Compares what left the process with `golden/clients/<name>.json`.
    #[track_caller]
    pub(crate) fn assert_golden(&self, name: &str) {
        let mut spans = self.spans.clone();
        for span in spans.as_array_mut().expect("spans") {
            let attributes = span["attributes"].as_object_mut().expect("attributes");
            // How a response is cut into pieces is the network's matter.
            attributes
                .retain(|key, _| !key.ends_with(".chunk_count") && !key.ends_with(".time_per_output_chunk"));
            for (key, value) in attributes {
                *value = readable(key, value);
            }
        }
        assert_golden(&format!("clients/{name}"), &spans);
    }

    /// The attributes of the only span.
    pub(crate) fn attributes(&self) -> &Value {
        assert_eq!(self.spans.as_array().map(Vec::len), Some(1), "{:#}", self.spans);
        &self.spans[0]["attributes"]
    }

    /// Everything that left the process.
    pub(crate) fn text(&self) -> String {
        self.spans.to_string()
    }
}

/// JSON texts as JSON, but for those that backends take for text; what is different in each run, always the same.
fn readable(key: &str, value: &Value) -> Value {
    let always = |same: Value| {
        assert!(value.is_number(), "{key} is {value}");
        same
    };
    match key {
        "server.port" => always(json!(80)),
        "gen_ai.response.time_to_first_chunk" => always(json!(0.25)),
        key if key.starts_with("traceloop.") => value.clone(),
        _ => {
            let json = value.as_str().filter(|text| text.starts_with(['[', '{']));
            json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
        }
    }
}
