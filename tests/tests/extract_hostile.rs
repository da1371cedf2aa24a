//! Whatever comes, nothing panics, time and memory are bounded, and the span is exported.

use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use recount::testing::Recorder;
use recount_tests::corpus;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};

const CAP: usize = 16 * 1024;

#[recount::llm_span(skip(answer))]
fn call<Q: Serialize, A: Serialize>(request: &Q, answer: A) -> A {
    let _ = request;
    answer
}

#[recount::llm_span(skip(items))]
fn stream_call<I: Serialize>(items: Vec<I>) -> impl Stream<Item = I> + use<I> {
    stream::iter(items)
}

/// Panics so far, those that were caught included: extractors run where a panic counts as "not recognised".
fn panics() -> usize {
    static HOOK: Once = Once::new();
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // A failed assertion of the test is none of theirs.
            let is_ours = info.location().is_some_and(|place| place.file().contains("tests/tests"));
            PANICS.fetch_add(usize::from(!is_ours), Ordering::Relaxed);
            print(info);
        }));
    });
    PANICS.load(Ordering::Relaxed)
}

/// Each way that a body takes, once as a request, once as a response, once as a chunk; typed and as text.
fn feed(bodies: &[Value], cap: usize) {
    let before = panics();
    let recorder = Recorder::with(recount::builder().value_cap(cap));
    let guard = recorder.install();
    for body in bodies {
        call(body, body);
        call(&body.to_string(), body.to_string());
        call(&body.to_string().as_bytes(), json!({ "inner": body }));
    }
    let chunks: Vec<_> = bodies.iter().collect();
    block_on(stream_call(chunks).count());
    let events = bodies.iter().map(|body| format!("data: {body}\n\n"));
    block_on(stream_call(events.clone().collect()).count());
    let text: String = events.collect();
    // Split within events, and within characters.
    block_on(stream_call(text.as_bytes().chunks(1 + text.len() % 97).map(<[u8]>::to_vec).collect()).count());
    drop(guard);
    let spans = recorder.spans();
    assert_eq!(spans.len(), 3 * bodies.len() + 3, "every span is exported");
    assert_eq!(panics(), before, "nothing panics");
    let largest = spans.iter().map(recount::wire::SpanRecord::size).max();
    assert!(largest < Some(24 * cap), "{largest:?}");
}

/// The keys of all bodies: those that mean something to somebody.
fn keys() -> Vec<String> {
    fn collect(value: &Value, keys: &mut Vec<String>) {
        match value {
            Value::Array(list) => list.iter().for_each(|item| collect(item, keys)),
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                keys.push(key.clone());
                collect(value, keys);
            }),
            _ => {}
        }
    }

    let mut keys = Vec::new();
    for case in corpus() {
        collect(&case.request, &mut keys);
        case.response.iter().chain(case.chunks.iter().flatten()).for_each(|value| collect(value, &mut keys));
    }
    keys.sort();
    keys.dedup();
    keys
}

fn scalar() -> impl Strategy<Value = Value> {
    const WORDS: [&str; 9] =
        ["assistant", "user", "text", "stop", "message_start", "content_block_delta", "function", "", "0"];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::from)),
        prop::sample::select(&WORDS[..]).prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        r#"[\[{}\]",:\\ndataé😀 \n]{0,40}"#.prop_map(Value::from),
        Just(Value::from("x".repeat(3 * CAP))),
        Just(Value::from("\"{}".repeat(CAP))),
    ]
}

/// Any JSON, with keys that are known.
fn json_value() -> impl Strategy<Value = Value> {
    let keys = keys();
    scalar().prop_recursive(6, 64, 8, move |inner| {
        let key = prop::sample::select(keys.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..8)
                .prop_map(|pairs| Value::from(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// What is done to one place of a body.
#[derive(Clone, Debug)]
enum Wound {
    Replace(Value),
    Remove,
    Double,
    Nest(usize),
    Repeat(usize),
}

fn wound() -> impl Strategy<Value = Wound> {
    prop_oneof![
        4 => json_value().prop_map(Wound::Replace),
        2 => Just(Wound::Remove),
        1 => Just(Wound::Double),
        1 => (1..300_usize).prop_map(Wound::Nest),
        1 => (2..300_usize).prop_map(Wound::Repeat),
    ]
}

/// Counts the places of a value down to the one that is meant, and does it there.
fn hurt(value: &mut Value, place: &mut usize, wound: &Wound) {
    if *place == 0 {
        *place = usize::MAX;
        let old = value.take();
        *value = match wound {
            Wound::Replace(new) => new.clone(),
            Wound::Remove => Value::Null,
            Wound::Double => json!([old, old]),
            Wound::Nest(depth) => (0..*depth)
                .fold(old, |inner, n| if n % 2 == 0 { json!([inner]) } else { json!({ "content": inner }) }),
            Wound::Repeat(times) => vec![old; *times].into(),
        };
        return;
    }
    *place -= 1;
    match value {
        Value::Array(list) => {
            for item in list {
                if *place == usize::MAX {
                    return;
                }
                hurt(item, place, wound);
            }
        }
        Value::Object(map) => {
            for (_, item) in map.iter_mut() {
                if *place == usize::MAX {
                    return;
                }
                hurt(item, place, wound);
            }
        }
        _ => {}
    }
}

fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(places).sum(),
        Value::Object(map) => map.values().map(places).sum(),
        _ => 0_usize,
    }
}

/// A body of some provider, with wounds.
fn body() -> impl Strategy<Value = Value> {
    let bodies: Vec<Value> = corpus()
        .into_iter()
        .flat_map(|case| {
            let response = case.response.into_iter().chain(case.chunks.into_iter().flatten());
            [case.request].into_iter().chain(response)
        })
        .filter(|body| !body.is_null())
        .collect();
    let wounds = prop::collection::vec((any::<prop::sample::Index>(), wound()), 1..4);
    (prop::sample::select(bodies), wounds).prop_map(|(mut body, wounds)| {
        for (place, wound) in wounds {
            let mut place = place.index(places(&body));
            hurt(&mut body, &mut place, &wound);
        }
        body
    })
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    panics();
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(cases);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let result = runner.run(strategy, |value| {
        test(value);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn any_json() {
    run(48, &prop::collection::vec(json_value(), 1..6), |bodies| feed(&bodies, CAP));
}

#[test]
fn wounded_bodies() {
    run(48, &prop::collection::vec(body(), 1..4), |bodies| feed(&bodies, CAP));
}

/// Chunks of all providers, in any order, with wounds and among other things.
#[test]
fn any_sequence_of_chunks() {
    let item = prop_oneof![3 => body(), 1 => json_value()];
    run(24, &prop::collection::vec(item, 1..40), |chunks| {
        let before = panics();
        let recorder = Recorder::with(recount::builder().value_cap(CAP));
        let guard = recorder.install();
        block_on(stream_call(chunks.iter().collect()).count());
        block_on(stream_call(chunks.iter().map(Value::to_string).collect()).count());
        drop(guard);
        assert_eq!(recorder.spans().len(), 2);
        assert_eq!(panics(), before, "nothing panics");
    });
}

/// Any text and any bytes, whole and in pieces.
#[test]
fn any_text() {
    let piece = prop_oneof![
        r#"[\[{}\]",:\\ndatevr\r\n é😀]{0,60}"#,
        Just("data: {\"choices\":[{\"delta\":{\"content\":\"".to_owned()),
        Just("\"}}]}\n\n".to_owned()),
        Just("[DONE]\n\n".to_owned()),
        Just("b\"data: {\\xff\\".to_owned()),
        Just("Message(Event { event: \"\", data: \"{\\u{110000}".to_owned()),
        Just("{".repeat(10_000)),
        Just("[{\"\\ud83d".to_owned()),
    ];
    run(128, &prop::collection::vec(piece, 0..20), |pieces| {
        let before = panics();
        let recorder = Recorder::with(recount::builder().value_cap(1000));
        let guard = recorder.install();
        call(&pieces.concat(), pieces.concat());
        call(&pieces.concat().as_bytes(), pieces.concat().into_bytes());
        block_on(stream_call(pieces.clone()).count());
        block_on(stream_call(pieces.iter().map(String::as_bytes).collect()).count());
        drop(guard);
        assert_eq!(recorder.spans().len(), 4);
        assert_eq!(panics(), before, "nothing panics");
    });
}

/// Bodies whose length is in proportion to a number.
type Bodies = fn(u64) -> Vec<Value>;

/// What takes long in naive readers: four times the length takes about four times the time, not sixteen.
#[test]
fn bodies_made_to_be_slow() {
    let slow: [(&str, Bodies); 8] = [
        ("chunks of many calls", |n| (0..n).map(|n| chunk_of_calls(n, 50)).collect()),
        ("a chunk of many calls", |n| vec![chunk_of_calls(0, 100 * n)]),
        ("choices", |n| {
            let call = json!({"index": 0, "function": {"arguments": "x"}});
            vec![json!({"choices": many(100 * n, &json!({"delta": {"tool_calls": [call]}}))})]
        }),
        ("messages", |n| {
            vec![json!({"model": "m", "messages": many(200 * n, &json!({"role": "user", "content": "x"}))})]
        }),
        ("escapes", |n| {
            vec![json!({"choices": [{"message": {"content": "\\\"".repeat(to_usize(1000 * n))}}]})]
        }),
        ("nesting", |n| vec![(0..n).fold(json!({"role": "user"}), |inner, _| json!({"messages": [inner]}))]),
        ("a list of chunks", |n| vec![many(100 * n, &json!({"choices": [{"delta": {}}]}))]),
        ("errors among numbers", |n| {
            let number = |n| (format!("n{n}"), Value::from(n));
            let error = |n| (format!("e{n}"), json!({"error": {"message": "x", "code": n}}));
            vec![(0..20 * n).map(number).chain((0..20 * n).map(error)).collect::<Map<_, _>>().into()]
        }),
    ];
    for (name, bodies) in slow {
        let [short, long] = [20, 80].map(bodies);
        let (one, four) = (time(&short), time(&long));
        assert!(
            four < 8 * one + Duration::from_secs(1),
            "{name}: {one:?}, and {four:?} for four times as much"
        );
    }
}

fn time(bodies: &[Value]) -> Duration {
    let start = Instant::now();
    // Nothing is cut.
    feed(bodies, 8 << 20);
    start.elapsed()
}

fn to_usize(n: u64) -> usize {
    usize::try_from(n).expect("a small number")
}

fn many(count: u64, item: &Value) -> Value {
    vec![item.clone(); to_usize(count)].into()
}

fn chunk_of_calls(n: u64, count: u64) -> Value {
    let call = |m| json!({"index": n * count + m, "function": {"name": "f"}});
    let calls: Vec<_> = (0..count).map(call).collect();
    json!({"choices": [{"index": n, "delta": {"content": "x", "tool_calls": calls}}]})
}
