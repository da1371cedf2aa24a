//! What it costs to read model calls: on the calling thread and on the worker, apart, with and without bodies that are
//! known; and what it costs the consumer of a stream to have 1,000 chunks put together.
//!
//! All ways take turns, so that a row compares with the others; each figure is the median of the rounds. CPU time, net
//! of the work itself (making the chunks, parsing them).
//!
//! ```text
//! cargo bench -p recount-benches --bench extraction
//! ```

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::stream::{self, BoxStream, Stream, StreamExt};
use recount::Recount;
use recount_benches::discard::Discard;
use recount_benches::figure::{median, per, whole};
use recount_benches::table::Table;
use recount_benches::tally::Tally;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt;

const ROUNDS: usize = 15;
/// Calls in a round, less than make a batch.
const CALLS: usize = 200;
const CHUNKS: usize = 1000;
/// Streams in a round.
const STREAMS: usize = 10;

#[derive(Clone, Deserialize, Serialize)]
struct Message {
    role: String,
    content: String,
}

#[derive(Clone, Deserialize, Serialize)]
struct Request {
    model: String,
    messages: Vec<Message>,
    temperature: f64,
}

/// The same with keys that mean nothing to anybody.
#[derive(Clone, Deserialize, Serialize)]
struct Unknown {
    label: String,
    entries: Vec<Entry>,
    weight: f64,
}

#[derive(Clone, Deserialize, Serialize)]
struct Entry {
    sort: String,
    body: String,
}

#[derive(Clone, Deserialize, Serialize)]
struct Chunk {
    id: String,
    object: String,
    created: u64,
    model: String,
    choices: Vec<Choice>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Choice {
    index: u32,
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Delta {
    content: Option<String>,
}

#[recount::llm_span(skip_output)]
fn model_call<T: Serialize>(request: &T) {
    black_box(request);
}

#[recount::task(skip_output)]
fn task<T: Serialize>(request: &T) {
    black_box(request);
}

#[recount::llm_span]
fn typed(texts: &'static [String]) -> BoxStream<'static, Chunk> {
    parsed(texts)
}

#[recount::task]
fn typed_task(texts: &'static [String]) -> BoxStream<'static, Chunk> {
    parsed(texts)
}

#[recount::llm_span]
fn raw(texts: &'static [String]) -> BoxStream<'static, String> {
    events(texts)
}

#[recount::task]
fn raw_task(texts: &'static [String]) -> BoxStream<'static, String> {
    events(texts)
}

#[recount::llm_span]
fn words(texts: &'static [String]) -> BoxStream<'static, String> {
    tokens(texts)
}

/// What a client does: it parses each event.
fn parsed(texts: &'static [String]) -> BoxStream<'static, Chunk> {
    let parse = |text: &String| serde_json::from_str(text.trim_start_matches("data: ")).expect("a chunk");
    stream::iter(texts.iter().map(parse)).boxed()
}

fn events(texts: &'static [String]) -> BoxStream<'static, String> {
    stream::iter(texts.iter().cloned()).boxed()
}

fn tokens(texts: &'static [String]) -> BoxStream<'static, String> {
    stream::iter(texts.iter().map(|_| "word ".to_owned())).boxed()
}

fn drain<T>(stream: impl Stream<Item = T>) {
    let mut stream: Pin<&mut _> = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        black_box(item);
    }
}

/// CPU time of this thread and of the others, in nanoseconds.
#[derive(Clone, Copy)]
struct Cost {
    caller: f64,
    worker: f64,
}

fn cost(recount: &Recount, work: &dyn Fn()) -> Cost {
    recount.flush().expect("nothing is lost");
    let (caller, process) = (cpu(ClockId::ThreadCPUTime), cpu(ClockId::ProcessCPUTime));
    work();
    let spent = cpu(ClockId::ThreadCPUTime).saturating_sub(caller);
    recount.flush().expect("nothing is lost");
    let caller = cpu(ClockId::ThreadCPUTime).saturating_sub(caller);
    let process = cpu(ClockId::ProcessCPUTime).saturating_sub(process);
    Cost { caller: nanos(spent), worker: nanos(process.saturating_sub(caller)) }
}

fn cpu(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap_or_default()
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// What is measured, under which name, and the way that does the same work without a span.
type Way<'a> = (&'a str, Box<dyn Fn()>, Option<usize>);

fn rounds(recount: &Recount, ways: &[Way<'_>]) -> Vec<Cost> {
    let mut costs = vec![Vec::new(); ways.len()];
    for _ in 0..=ROUNDS {
        for ((_, work, _), costs) in ways.iter().zip(&mut costs) {
            costs.push(cost(recount, work));
        }
    }
    let medians = costs.iter().map(|costs: &Vec<Cost>| Cost {
        // The first round is to warm up.
        caller: median(costs[1..].iter().map(|cost| cost.caller)),
        worker: median(costs[1..].iter().map(|cost| cost.worker)),
    });
    medians.collect()
}

fn print(recount: &Recount, head: &str, count: usize, ways: &[Way<'_>]) {
    let costs = rounds(recount, ways);
    let mut table = Table::new(&[head, "caller, ns", "worker, ns"]);
    for ((name, _, plain), cost) in ways.iter().zip(&costs) {
        let net = plain.map_or(0.0, |plain| costs[plain].caller);
        table.row([(*name).to_owned(), whole(per(count, cost.caller - net)), whole(per(count, cost.worker))]);
    }
    println!("\n{table}");
}

fn main() {
    let text = "A few words of what somebody asks of a model, and what it says. ".repeat(4);
    let messages = vec![Message { role: "user".to_owned(), content: text.clone() }; 16];
    let request = Request { model: "gpt-5.2".to_owned(), messages, temperature: 0.5 };
    let entries = vec![Entry { sort: "user".to_owned(), body: text }; 16];
    let unknown = Unknown { label: "gpt-5.2".to_owned(), entries, weight: 0.5 };
    let json = serde_json::to_string(&request).expect("JSON");
    let chunk = json!({
        "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG", "object": "chat.completion.chunk", "created": 1_741_570_283,
        "model": "gpt-5.2", "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": null}],
    });
    let chunks: &'static [String] = vec![format!("data: {chunk}\n\n"); CHUNKS].leak();

    let recount = recount::builder().exporter(Discard::new(Tally::default())).build().expect("settings");
    let layers = tracing_subscriber::registry().with(recount.layer());
    let calls = |work: Box<dyn Fn()>| -> Box<dyn Fn()> { Box::new(move || (0..CALLS).for_each(|_| work())) };
    let streams =
        |work: Box<dyn Fn()>| -> Box<dyn Fn()> { Box::new(move || (0..STREAMS).for_each(|_| work())) };
    tracing::subscriber::with_default(layers, || {
        let (known, same, other) = (request.clone(), request.clone(), unknown);
        print(
            &recount,
            "a request of 4 KB",
            CALLS,
            &[
                ("a task: nothing is read from it", calls(Box::new(move || task(&same))), None),
                ("a model call: known", calls(Box::new(move || model_call(&known))), None),
                ("a model call: nobody knows it", calls(Box::new(move || model_call(&other))), None),
                ("a model call: a text of JSON", calls(Box::new(move || model_call(&json))), None),
            ],
        );
        print(
            &recount,
            "per chunk, of 1,000",
            STREAMS * CHUNKS,
            &[
                ("parsing alone", streams(Box::new(move || drain(parsed(chunks)))), None),
                ("raw text alone", streams(Box::new(move || drain(events(chunks)))), None),
                ("tokens alone", streams(Box::new(move || drain(tokens(chunks)))), None),
                ("typed, above parsing", streams(Box::new(move || drain(typed(chunks)))), Some(0)),
                ("typed, in a task", streams(Box::new(move || drain(typed_task(chunks)))), Some(0)),
                ("raw text", streams(Box::new(move || drain(raw(chunks)))), Some(1)),
                ("raw text, in a task", streams(Box::new(move || drain(raw_task(chunks)))), Some(1)),
                ("tokens", streams(Box::new(move || drain(words(chunks)))), Some(2)),
            ],
        );
    });
}
