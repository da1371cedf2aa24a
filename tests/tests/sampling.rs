//! Samplers: which traces are recorded, decided when they begin.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use futures::executor::block_on;
use futures::{Stream, StreamExt, stream};
use recount::sample::{Root, Sampler};
use recount::testing::Recorder;
use recount::wire::{Kind, SpanRecord};
use recount_tests::foreign::{answer, chat};
use serde::{Serialize, Serializer};
use tracing::Instrument;
use tracing::dispatcher::get_default;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

/// Says how often it was read.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_u8(0)
    }
}

#[recount::tool]
fn leaf(n: u32) -> u32 {
    recount::current().set_attribute("seen", n);
    n
}

#[recount::llm_span(provider = "openai", model = "gpt-5.2")]
fn streamed(n: u32) -> impl Stream<Item = u32> {
    stream::iter(0..n)
}

/// Everything that can be below a root: calls, tasks, threads, streams, spans by hand and of others.
#[recount::task]
async fn everything() {
    leaf(1);
    tokio::spawn(async { leaf(2) }.in_current_span()).await.expect("no panic");
    let span = tracing::Span::current();
    let dispatch = get_default(Clone::clone);
    let elsewhere = move || tracing::dispatcher::with_default(&dispatch, || span.in_scope(|| leaf(3)));
    thread::spawn(elsewhere).join().expect("no panic");
    assert_eq!(streamed(3).collect::<Vec<_>>().await, [0, 1, 2]);
    tracing::info_span!("plain").in_scope(|| recount::span::tool("by hand").in_scope(|| leaf(4)));
    let theirs = chat("gpt-4o");
    theirs.in_scope(|| leaf(5));
    answer(&theirs);
}

#[recount::workflow]
async fn dull() {
    everything().await;
}

#[recount::workflow]
async fn vivid() {
    everything().await;
}

#[recount::interaction]
async fn wholesome(arguments: Counted) -> Counted {
    recount::current().set_attribute("told", 1);
    arguments
}

fn names(spans: &[SpanRecord]) -> Vec<&str> {
    spans.iter().map(|span| &*span.name).collect()
}

#[tokio::test]
async fn all_of_a_trace_or_nothing_and_one_question() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(move |root| {
        count.fetch_add(1, Ordering::Relaxed);
        root.name == "vivid"
    })));
    let _guard = recorder.install();
    dull().await;
    assert_eq!((recorder.tree().as_str(), recorder.stats().opened), ("", 0));
    vivid().await;
    dull().await;
    insta::assert_snapshot!(recorder.tree(), @r#"
    workflow vivid
    └─ task everything
       ├─ tool leaf {"n":1} → 1
       ├─ tool leaf {"n":2} → 2
       ├─ tool leaf {"n":3} → 3
       ├─ llm chat gpt-5.2 {"n":3} → [0,1,2]
       ├─ tool by hand
       │  └─ tool leaf {"n":4} → 4
       └─ llm chat gpt-4o  10 → 5 tokens
          └─ tool leaf {"n":5} → 5
    "#);
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(recorder.stats().opened, recorder.stats().delivered);
}

#[test]
fn nothing_is_read_of_what_is_left_out() {
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(|_| false)));
    let _guard = recorder.install();
    let read = Counted::default();
    block_on(wholesome(read.clone()));
    assert_eq!(read.0.load(Ordering::Relaxed), 0);
    let recorder = Recorder::new();
    let _guard = recorder.install();
    block_on(wholesome(read.clone()));
    assert_eq!(read.0.load(Ordering::Relaxed), 2);
}

#[test]
fn the_sampler_knows_what_begins() {
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(|root: &Root<'_>| {
        let known = (root.kind, root.name, root.target);
        let expected = [
            (Kind::Tool, "leaf", "sampling"),
            (Kind::Agent, "by hand", "sampling"),
            (Kind::Llm, "chat", "recount_tests::foreign"),
        ];
        assert!(root.trace_id.is_valid() && expected.contains(&known), "{root:?}");
        true
    })));
    let _guard = recorder.install();
    leaf(1);
    recount::span::agent("by hand").in_scope(|| ());
    drop(chat("gpt-4o"));
    assert_eq!(recorder.spans().len(), 3);
}

/// What the sampler was asked about is what is recorded.
#[test]
fn the_trace_has_the_id_that_the_sampler_has_seen() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&seen);
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(move |root| {
        note.lock().expect("no panic").push(root.trace_id);
        true
    })));
    let _guard = recorder.install();
    leaf(1);
    drop(chat("gpt-4o"));
    leaf(2);
    let ids: Vec<_> = recorder.spans().iter().map(|span| span.trace_id).collect();
    assert_eq!(ids, *seen.lock().expect("no panic"));
}

#[test]
fn a_span_that_comes_after_the_root_has_ended_follows_it() {
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(|root| root.name == "kept")));
    let _guard = recorder.install();
    let late = |name: &str| {
        let span = recount::span::task(name.to_owned()).in_scope(tracing::Span::current);
        span.in_scope(|| leaf(1));
    };
    late("dropped");
    late("kept");
    assert_eq!(names(&recorder.spans()), ["kept", "leaf"]);
}

/// The trace around it goes on, and is not written to.
#[test]
fn a_root_of_its_own_is_asked_about() {
    #[recount::task(parent = None)]
    fn apart() {
        recount::current().set_attribute("whose", "mine");
        leaf(1);
    }
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(|root| root.name != "apart")));
    let _guard = recorder.install();
    recount::span::task("around").in_scope(|| {
        apart();
        leaf(2);
    });
    let spans = recorder.spans();
    assert_eq!(names(&spans), ["leaf", "around"]);
    assert_eq!(spans[1].tape.entries().count(), 0);
}

#[test]
fn a_sampler_that_panics_or_calls_what_it_decides_about_harms_nobody() {
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(|_| panic!("no idea"))));
    let guard = recorder.install();
    leaf(1);
    assert_eq!(recorder.spans().len(), 1);
    drop(guard);
    let recorder = Recorder::with(recount::builder().sampler(Sampler::by(|root| {
        leaf(2);
        root.name == "leaf"
    })));
    let _guard = recorder.install();
    leaf(1);
    assert_eq!(recorder.tree(), "tool leaf {\"n\":1} → 1\n");
}

#[test]
fn one_in_a_very_long_time() {
    let recorder = Recorder::with(recount::builder().sampler(Sampler::per_second(0.001)));
    let _guard = recorder.install();
    for n in 0..100 {
        recount::span::task(format!("{n}")).in_scope(|| leaf(n));
    }
    assert_eq!(names(&recorder.spans()), ["leaf", "0"]);
}

/// Two layers of one pipeline, and a sampler that says something else each time.
#[test]
fn a_pipeline_asks_once_however_many_layers_it_has() {
    let asked = AtomicUsize::new(0);
    let alternating = Sampler::by(move |_| asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(2));
    let recorder = Recorder::with(recount::builder().sampler(alternating));
    with_default(registry().with(recorder.layer()).with(recorder.layer()), || {
        for name in ["kept", "dropped", "kept as well"] {
            recount::span::task(name).in_scope(|| leaf(1));
        }
        drop(chat("dropped"));
        drop(chat("kept"));
    });
    assert_eq!(names(&recorder.spans()), ["leaf", "kept", "leaf", "kept as well", "chat"]);
    assert_eq!(recorder.stats().opened, 5);
}
