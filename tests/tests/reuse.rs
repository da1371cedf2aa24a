//! Memory is used again for the next span: nothing of one span shows in another, nothing waits that is larger than what
//! it holds, and nothing is kept that is no longer needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use recount::export::{ExportError, Exporter, InMemory};
use recount::llm::Extractor;
use recount::span;
use recount::wire::{Field, Outcome, Resource, SpanRecord};
use recount_tests::records;
use tracing::Subscriber;
use tracing::span::Id;
use tracing::subscriber::{set_default, with_default};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Answers with its argument, from the depth that it is told to.
#[recount::tool]
fn echo(text: &str, depth: usize) -> String {
    if depth == 0 { text.to_owned() } else { echo(text, depth - 1) }
}

/// The text that the span was given, and the one that it returned.
fn texts(record: &SpanRecord) -> [String; 2] {
    let text = |field| {
        let entry = record.tape.entries().find(|entry| entry.field == field).expect("it was captured");
        entry.value.to_text().expect("it is a text").into_owned()
    };
    [text(Field::Argument), text(Field::Output)]
}

#[test]
fn nothing_of_a_span_shows_in_the_next() {
    let lengths = [0, 1, 100, 5_000, 3, 70_000, 100_000, 2, 40_000, 7];
    let ((), records) = records(|| {
        for (number, length) in lengths.into_iter().enumerate() {
            echo(&number.to_string().repeat(length), number % 3);
        }
    });
    assert_eq!(records.len(), lengths.len() + (0..lengths.len()).map(|number| number % 3).sum::<usize>());
    let mut seen = Vec::new();
    for record in &records {
        assert_eq!(record.tape.entries().count(), 3);
        let [given, returned] = texts(record);
        assert_eq!(given, returned);
        seen.push(returned.len());
    }
    seen.dedup();
    assert_eq!(seen, lengths);
}

/// The lengths of the tapes that it gets, and what they hold in memory.
#[derive(Clone, Debug, Default)]
struct Sizes(Arc<Mutex<Vec<(usize, usize)>>>);

impl Exporter for Sizes {
    fn export(&mut self, batch: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        let sizes = batch.iter().map(|record| (record.tape.len(), record.tape.capacity()));
        self.0.lock().expect("nobody panicked").extend(sizes);
        Ok(())
    }
}

#[test]
fn what_waits_is_hardly_larger_than_what_it_holds() {
    let sizes = Sizes::default();
    let recount = recount::builder().exporter(sizes.clone()).build().expect("settings");
    with_default(tracing_subscriber::registry().with(recount.layer()), || {
        for length in (0..20_000).step_by(123).chain([30_000, 0, 60_000, 0, 120_000, 0]) {
            span::task("read").input("x".repeat(length)).emit();
        }
    });
    recount.flush().expect("nothing is lost");
    let sizes = sizes.0.lock().expect("nobody panicked");
    assert!(sizes.len() > 160);
    for (needed, held) in &*sizes {
        assert!(*held <= (needed + needed / 8 + 16).max(128), "{held} bytes for {needed}");
    }
}

/// A thread keeps memory for its next spans, but nothing of the pipeline that the last ones were for.
#[test]
fn a_thread_keeps_no_pipeline_alive() {
    struct Witness(#[expect(dead_code, reason = "dropped with the pipeline")] Arc<()>);
    impl Extractor for Witness {}

    fn pipeline() -> Weak<()> {
        let alive = Arc::new(());
        let witness = Arc::downgrade(&alive);
        let memory = InMemory::default();
        let recount = recount::builder().extractor(Witness(alive)).exporter(memory.clone());
        let recount = recount.build().expect("settings");
        with_default(tracing_subscriber::registry().with(recount.layer()), || echo("hello", 2));
        recount.shutdown().expect("nothing is lost");
        assert_eq!(memory.records().len(), 3);
        witness
    }

    let (told, ask) = std::sync::mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let witness = pipeline();
        // The worker drops its share when it ends.
        while witness.upgrade().is_some() {
            thread::yield_now();
        }
        ask.recv().expect("the test is there still");
    });
    told.send(()).expect("the thread is there still");
    thread.join().expect("no panic");
}

/// Another layer that panics when a span is closed, which is before our record is made.
struct Breaks;

impl<S: Subscriber> Layer<S> for Breaks {
    fn on_close(&self, _: Id, _: Context<'_, S>) {
        assert!(thread::panicking(), "a layer breaks");
    }
}

#[test]
fn a_layer_that_panics_at_the_end_loses_no_span() {
    let memory = InMemory::default();
    let recount = recount::builder().exporter(memory.clone()).build().expect("settings");
    let subscriber = tracing_subscriber::registry().with(recount.layer()).with(Breaks);
    let _guard = set_default(subscriber);
    assert!(catch_unwind(AssertUnwindSafe(|| echo("hello", 0))).is_err());
    recount.flush().expect("nothing is lost");
    let [record] = memory.records().try_into().expect("one span");
    assert_eq!((texts(&record), record.outcome), (["hello"; 2].map(str::to_owned), Outcome::Cancelled));
    assert_eq!(recount.stats().opened, 1);
}
