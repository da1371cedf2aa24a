//! What it takes to read a 4 KB value once: onto a tape, as recount does on the caller's thread, and as JSON text;
//! and what it takes the worker to make JSON of the tape. What a span costs without a value is there to compare.
//!
//! ```text
//! cargo bench -p recount-benches --bench capture
//! ```

use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use recount::export::InMemory;
use recount::span;
use recount::wire::Field;
use recount_benches::discard::Discard;
use recount_benches::tally::Tally;
use recount_benches::work::work;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn main() {
    divan::main();
}

/// Measures `work` under a subscriber that records and drops. Each round begins with an empty queue.
fn recorded(bencher: Bencher<'_, '_>, work: impl Fn()) {
    let recount = recount::builder().exporter(Discard::new(Tally::default())).build().expect("settings");
    let _subscriber = tracing_subscriber::registry().with(recount.layer()).set_default();
    let flushed = || recount.flush().expect("nothing is lost");
    bencher.with_inputs(flushed).bench_local_values(|()| work());
}

#[divan::bench]
fn json_text(bencher: Bencher<'_, '_>) {
    let mut buffer = Vec::new();
    let size = serde_json::to_vec(&work().request).expect("the request is JSON").len();
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        buffer.clear();
        serde_json::to_writer(&mut buffer, black_box(&work().request)).expect("the request is JSON");
        black_box(buffer.len())
    });
}

#[divan::bench(sample_count = 200, sample_size = 200)]
fn span_with_tape(bencher: Bencher<'_, '_>) {
    recorded(bencher, || span::task("read").input(black_box(&work().request)).emit());
}

#[divan::bench(sample_count = 200, sample_size = 200)]
fn span_alone(bencher: Bencher<'_, '_>) {
    recorded(bencher, || span::task("read").emit());
}

#[divan::bench]
fn tape_to_json(bencher: Bencher<'_, '_>) {
    let memory = InMemory::default();
    let recount = recount::builder().exporter(memory.clone()).build().expect("settings");
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    tracing::subscriber::with_default(subscriber, || span::task("read").input(&work().request).emit());
    recount.flush().expect("the memory takes every span");
    let record = memory.records().pop().expect("one span");
    let size = record.tape.len();
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        let input = record.tape.get(Field::Input).expect("it has an input");
        black_box(input.to_json().len())
    });
}
