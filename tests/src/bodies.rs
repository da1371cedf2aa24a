//! Bodies of real providers, and what must be read from them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, panic};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{assert_golden, distortions, exported};

/// Checks every case in `bodies/<folder>`: a file with a `request`, and a `response` or the `chunks` of a stream.
///
/// What leaves the process is compared with `golden/bodies/<folder>/<case>.json`; and it has to be the same whether
/// the bodies were captured as structured values, as raw JSON (chunks as server-sent events), or one level down in
/// a struct of the program's own.
///
/// # Panics
///
/// When it is not.
#[track_caller]
pub fn check_bodies(folder: &str) {
    let cases = cases(folder);
    assert!(!cases.is_empty(), "bodies/{folder} has cases");
    for path in cases {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let text = fs::read_to_string(&path).expect("a readable case");
        let case: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (values, raw, wrapped) = match case.get("chunks").and_then(Value::as_array) {
            Some(chunks) => streamed(&case["request"], chunks),
            None => whole(&case["request"], &case["response"]),
        };
        assert_golden(&format!("bodies/{folder}/{name}"), &readable(&values));
        assert_eq!(values, raw, "{folder}/{name}: raw JSON says the same as structured values");
        assert_eq!(values, wrapped, "{folder}/{name}: one level down says the same");
    }
}

/// The only span, its JSON texts as JSON.
fn readable(spans: &Value) -> Value {
    let mut span = spans[0].clone();
    for value in span["attributes"].as_object_mut().expect("attributes").values_mut() {
        let json = value.as_str().filter(|text| text.starts_with(['[', '{']));
        if let Some(json) = json.and_then(|text| serde_json::from_str(text).ok()) {
            *value = json;
        }
    }
    span
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bodies").join(folder);
    let mut cases: Vec<_> =
        fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("a file").path()).collect();
    cases.sort();
    cases
}

/// A struct of a program's own that holds a body.
#[derive(Clone, Serialize)]
struct Wrapper<'a> {
    attempt: u32,
    body: &'a Value,
}

fn whole(request: &Value, response: &Value) -> (Value, Value, Value) {
    let wrap = |body| Wrapper { attempt: 1, body };
    (
        exported(|| call(request, response)),
        exported(|| call(&request.to_string(), response.to_string())),
        exported(|| call(&wrap(request), wrap(response))),
    )
}

fn streamed(request: &Value, chunks: &[Value]) -> (Value, Value, Value) {
    let wrap = |body| Wrapper { attempt: 1, body };
    let raw = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    let wrapped = chunks.iter().map(wrap).collect();
    (
        exported(|| drain(stream_call(request, chunks.iter().collect()))),
        exported(|| drain(stream_call(&request.to_string(), raw))),
        exported(|| drain(stream_call(&wrap(request), wrapped))),
    )
}

fn drain(stream: impl Stream) {
    block_on(stream.for_each(|_| async {}));
}

#[recount::llm_span(skip(answer))]
fn call<Q: Serialize, A: Serialize>(request: &Q, answer: A) -> A {
    let _ = request;
    answer
}

#[recount::llm_span(skip(chunks))]
fn stream_call<Q: Serialize, I: Serialize>(request: &Q, chunks: Vec<I>) -> impl Stream<Item = I> + use<Q, I> {
    let _ = request;
    stream::iter(chunks)
}

/// The request and the response of a case, for tests that look at one thing.
///
/// # Panics
///
/// When there is no such case.
#[must_use]
pub fn body(case: &str) -> (Value, Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("bodies").join(case).with_extension("json");
    let text = fs::read_to_string(path).expect("the case is there");
    let case: Value = serde_json::from_str(&text).expect("JSON");
    let of = |key: &str| case.get(key).cloned().unwrap_or(json!(null));
    (of("request"), of("response"))
}

/// Sends every case in `bodies/<folder>` many times over, each time with one value in it that is wrong or missing.
///
/// Every call has to end in a span, and nothing may panic: not even where the panic would be caught.
///
/// # Panics
///
/// When something did.
#[track_caller]
pub fn check_distorted_bodies(folder: &str) {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // Another test that fails is not meant.
        if info.location().is_none_or(|place| !place.file().starts_with("tests")) {
            PANICS.fetch_add(1, Ordering::Relaxed);
        }
        before(info);
    }));
    for path in cases(folder) {
        let text = fs::read_to_string(&path).expect("a readable case");
        let case: Value = serde_json::from_str(&text).expect("JSON");
        let requests = distortions(&case["request"]);
        let responses = case.get("response").map(distortions).unwrap_or_default();
        let chunks: Vec<_> = case["chunks"].as_array().into_iter().flatten().flat_map(distortions).collect();
        let spans = exported(|| {
            for request in &requests {
                call(request, Value::Null);
            }
            for response in &responses {
                call(&Value::Null, response.clone());
            }
            drain(stream_call(&Value::Null, chunks.iter().collect()));
        });
        assert_eq!(
            spans.as_array().map(Vec::len),
            Some(requests.len() + responses.len() + 1),
            "{}",
            path.display()
        );
    }
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "panics");
}
