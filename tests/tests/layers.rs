//! The layer among others: composed, boxed, filtered, twice.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures::executor::block_on;
use recount::Builder;
use recount::testing::Recorder;
use recount::wire::{Field, SpanRecord};
use recount_tests::{argument, fact};
use tracing::subscriber::with_default;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;

#[recount::tool]
fn leaf(prompt: &str) -> String {
    tracing::info!("within");
    prompt.to_uppercase()
}

#[recount::task(target = "noisy")]
fn noisy(prompt: &str) -> String {
    leaf(prompt)
}

#[recount::interaction(user = prompt, properties(key = prompt), fields(attribute = prompt))]
async fn turn(prompt: &str) -> Result<String, String> {
    recount::current().set_output(prompt);
    Err(noisy(prompt))
}

fn names(spans: &[SpanRecord]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_ref()).collect()
}

/// Collects what the `fmt` layer writes.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A layer that prints spans and events prints our spans, and nothing of what they carry.
#[test]
fn other_layers_see_no_payload() {
    let recorder = Recorder::new();
    let output = Output::default();
    let writer = output.clone();
    let print = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone());
    with_default(registry().with(print).with(recorder.layer()), || {
        assert!(block_on(turn("hunter2")).is_err());
    });
    assert_eq!(names(&recorder.spans()), ["leaf", "noisy", "turn"]);
    let text = output.text();
    assert!(text.contains("turn:noisy:leaf") && text.contains("within"), "{text}");
    assert!(!text.to_lowercase().contains("hunter"), "{text}");
}

/// Boxed, optional, in a list, below and above other layers.
#[test]
fn any_composition() {
    let boxed = Recorder::new();
    let optional = Recorder::new();
    let layers: Vec<Box<dyn Layer<_> + Send + Sync>> = vec![boxed.layer().boxed()];
    let none: Option<recount::Layer> = None;
    with_default(registry().with(layers).with(none), || leaf("a"));
    with_default(
        registry().with(Some(optional.layer())).with(Targets::new().with_default(tracing::Level::INFO)),
        || leaf("b"),
    );
    assert_eq!(argument(&boxed.spans()[0], "prompt").as_deref(), Some("\"a\""));
    assert_eq!(argument(&optional.spans()[0], "prompt").as_deref(), Some("\"b\""));
}

/// A span that the filter takes out leaves its children to the span above it.
#[test]
fn filtered_parents() {
    let recorder = Recorder::new();
    let filter =
        Targets::new().with_default(tracing::Level::INFO).with_target("noisy", tracing::Level::ERROR);
    with_default(registry().with(recorder.layer().with_filter(filter)), || {
        assert!(block_on(turn("text")).is_err());
    });
    assert_eq!(recorder.tree().lines().count(), 2);
    let spans = recorder.spans();
    assert_eq!(names(&spans), ["leaf", "turn"]);
    assert_eq!(spans[0].parent, Some(spans[1].span_id));
    assert_eq!(spans[0].identity.user.as_deref(), Some("text"));
}

/// Two pipelines in one subscriber both get every span, under the same ids.
#[test]
fn two_pipelines() {
    let (first, second) = (Recorder::new(), Recorder::new());
    with_default(registry().with(first.layer()).with(second.layer()), || {
        assert!(block_on(turn("text")).is_err());
    });
    assert_eq!(first.tree(), second.tree());
    assert_eq!(first.spans().len(), 3);
    let ids = |recorder: &Recorder| recorder.spans().iter().map(|span| span.span_id).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&second));
}

/// Each of two pipelines keeps what its own settings allow, in either order.
#[test]
fn two_pipelines_with_different_settings() {
    for content_first in [true, false] {
        let with = Recorder::new();
        let without = Recorder::with(Builder::default().capture_content(false));
        let (outer, inner) = if content_first { (&with, &without) } else { (&without, &with) };
        with_default(registry().with(outer.layer()).with(inner.layer()), || {
            leaf("hunter2");
        });
        let kept = |recorder: &Recorder| {
            let spans = recorder.spans();
            (argument(&spans[0], "prompt"), fact(&spans[0], Field::Output))
        };
        assert_eq!(kept(&without), (None, None), "content is off, other pipeline first: {content_first}");
        assert_eq!(kept(&with), (Some("\"hunter2\"".into()), Some("\"HUNTER2\"".into())), "{content_first}");
    }
}

/// One layer of the same pipeline in several subscribers.
#[test]
fn one_pipeline_in_several_subscribers() {
    let recorder = Recorder::new();
    with_default(registry().with(recorder.layer()), || leaf("a"));
    with_default(registry().with(recorder.layer()), || leaf("b"));
    assert_eq!(names(&recorder.spans()), ["leaf", "leaf"]);
}
