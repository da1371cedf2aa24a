//! Extractors of a program's own: how often they are asked, and what becomes of those who panic.

use std::panic::panic_any;
use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::llm::{Extractor, Partial, RequestFacts, ResponseFacts};
use recount::testing::Recorder;
use recount::wire::tape::Value;
use recount::wire::{Field, SpanRecord};
use recount_tests::{body, fact};
use serde::Serialize;
use serde_json::json;

#[recount::llm_span(skip(answer))]
fn call<Q: Serialize, A: Serialize>(request: &Q, answer: A) -> A {
    let _ = request;
    answer
}

#[recount::llm_span(skip(items))]
fn stream_call<I: Serialize>(items: Vec<I>) -> impl Stream<Item = I> + use<I> {
    stream::iter(items)
}

/// Knows nothing, and remembers what it was asked.
#[derive(Clone, Default)]
struct Curious(Arc<Mutex<Vec<String>>>);

impl Curious {
    fn note(&self, what: &str, value: &Value<'_>) {
        self.0.lock().expect("nobody panics here").push(format!("{what} {}", value.to_json()));
    }

    /// What it was asked while the work went on.
    fn asked<T>(&self, work: impl FnOnce() -> T) -> Vec<String> {
        let recorder = Recorder::with(recount::builder().extractor(self.clone()));
        let guard = recorder.install();
        work();
        drop(guard);
        let _ = recorder.spans();
        std::mem::take(&mut self.0.lock().expect("nobody panics here"))
    }
}

impl Extractor for Curious {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        self.note("request", body);
        None
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        self.note("response", body);
        None
    }

    fn chunk(&self, chunk: &Value<'_>, _: &mut Partial) -> bool {
        self.note("chunk", chunk);
        false
    }
}

#[test]
fn nobody_is_asked_about_values_that_can_be_no_body() {
    let curious = Curious::default();
    let plain = [
        json!("How are you?"),
        json!("{not JSON"),
        json!("<html>"),
        json!(""),
        json!(42),
        json!(-0.5),
        json!(true),
        json!(null),
        json!([]),
        json!([1, 2, 3]),
        json!([0.1, 0.2]),
        json!(["one", "two"]),
        json!([null, null]),
    ];
    for value in &plain {
        assert_eq!(curious.asked(|| call(value, value)), [""; 0], "{value}");
    }
    assert_eq!(curious.asked(|| block_on(stream_call(plain.to_vec()).count())), [""; 0]);
}

#[test]
fn a_map_is_asked_about_once_on_each_of_two_levels() {
    let curious = Curious::default();
    let value = json!({
        "answer": 42,
        "by": {"name": "Deep Thought", "made": {"in": "Magrathea"}},
        "steps": [{"a": 1}, {"b": 2}],
        "for": {"name": "mice"},
    });
    let maps = [&value, &value["by"], &value["for"]];
    let about = |what: &str| maps.map(|map| format!("{what} {map}"));
    assert_eq!(curious.asked(|| call(&value, ())), about("request"));
    assert_eq!(curious.asked(|| call(&(), value.clone())), about("response"));
    // The same where it comes as text: one level, for texts are hardly ever wrapped.
    assert_eq!(curious.asked(|| call(&value.to_string(), ())), [format!("request {value}")]);
}

#[test]
fn the_questions_grow_with_the_length_of_a_list() {
    let curious = Curious::default();
    let rows = |count: usize| vec![json!({"row": {"title": "tea"}}); count];
    let count = |count| curious.asked(|| call(&(), rows(count))).len();
    let (one, two) = (count(1), count(2));
    assert_eq!(count(100) - one, 99 * (two - one));
}

/// Panics wherever it is asked, and once more where the panic is dropped.
struct Panicky {
    carry: fn(),
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

impl Extractor for Panicky {
    fn request(&self, _: &Value<'_>) -> Option<RequestFacts> {
        (self.carry)();
        None
    }

    fn response(&self, _: &Value<'_>) -> Option<ResponseFacts> {
        (self.carry)();
        None
    }

    fn chunk(&self, _: &Value<'_>, answer: &mut Partial) -> bool {
        answer.choice(7).text(0, "half");
        (self.carry)();
        false
    }
}

const PANICS: [fn(); 2] = [|| panic!("not mine"), || panic_any(Bomb)];

fn spans(recorder: &Recorder, work: impl FnOnce()) -> Vec<SpanRecord> {
    let guard = recorder.install();
    work();
    drop(guard);
    recorder.spans()
}

#[test]
fn who_panics_is_passed_over() {
    let (request, response) = body("openai_chat/tool_call");
    for carry in PANICS {
        let recorder = Recorder::with(recount::builder().extractor(Panicky { carry }));
        let spans = spans(&recorder, || {
            call(&request, response.clone());
            call(&request, response.clone());
        });
        assert_eq!(spans.len(), 2, "the worker goes on");
        for span in &spans {
            assert_eq!(fact(span, Field::RequestModel), Some(request["model"].to_string()));
            assert_eq!(fact(span, Field::ResponseModel), Some(response["model"].to_string()));
        }
    }
}

#[test]
fn who_panics_over_a_chunk_does_not_break_the_stream() {
    let chunk = |n: usize| {
        let delta = json!({ "content": format!("{n:0100}") });
        json!({"object": "chat.completion.chunk", "model": "gpt-5.2", "choices": [{"index": 0, "delta": delta}]})
    };
    // The long one is put together while it goes on.
    for count in [3, 1000] {
        for carry in PANICS {
            let recorder = Recorder::with(recount::builder().extractor(Panicky { carry }));
            let spans = spans(&recorder, || {
                assert_eq!(block_on(stream_call((0..count).map(chunk).collect()).count()), count);
            });
            let [span] = &*spans else { panic!("{} spans", spans.len()) };
            assert_eq!(fact(span, Field::ResponseModel).as_deref(), Some("\"gpt-5.2\""));
        }
    }
}

#[test]
fn content_is_left_out_whoever_panics() {
    for carry in PANICS {
        let builder = recount::builder().capture_content(false).extractor(Panicky { carry });
        let recorder = Recorder::with(builder);
        let spans = spans(&recorder, || {
            call(&json!({"say": "the password"}), json!({"said": "the password"}));
        });
        let [span] = &*spans else { panic!("{} spans", spans.len()) };
        assert!(!format!("{:?}", span.tape).contains("password"), "{:?}", span.tape);
    }
}
