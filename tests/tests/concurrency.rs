//! Work that interleaves: every span has the parent that the program text says, and nobody else's children.

use std::sync::Arc;
use std::thread;

use futures::future::{join_all, try_join};
use futures::stream::{FuturesUnordered, StreamExt};
use recount::testing::Recorder;
use recount::wire::SpanRecord;
use recount_tests::recorded;
use tokio::sync::Barrier;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;
use tracing_subscriber::layer::SubscriberExt;

#[recount::tool]
async fn step(name: String) -> String {
    tokio::task::yield_now().await;
    inner(name.clone()).await;
    tokio::task::yield_now().await;
    name
}

#[recount::task]
async fn inner(name: String) -> String {
    tokio::task::yield_now().await;
    name
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

/// `join!`, `join_all` and an unordered set poll their futures in turns.
#[test]
fn joined_futures() {
    #[recount::workflow]
    async fn all() -> usize {
        let (one, two) = tokio::join!(step("one".into()), step("two".into()));
        let both = try_join(async { Ok::<_, ()>(step("three".into()).await) }, async {
            Ok(step("four".into()).await)
        });
        let more = both.await.map_or(0, |(three, four)| three.len() + four.len());
        let rest = join_all(["a", "b"].map(|name| step(name.into()))).await;
        let unordered: FuturesUnordered<_> = ["c", "d"].map(|name| step(name.into())).into_iter().collect();
        one.len() + two.len() + more + rest.len() + unordered.count().await
    }

    let (value, tree) = recorded(|| current_thread().block_on(all()));
    assert_eq!(value, 19);
    insta::assert_snapshot!(tree, @r#"
    workflow all → 19
    ├─ tool step {"name":"one"} → "one"
    │  └─ task inner {"name":"one"} → "one"
    ├─ tool step {"name":"two"} → "two"
    │  └─ task inner {"name":"two"} → "two"
    ├─ tool step {"name":"three"} → "three"
    │  └─ task inner {"name":"three"} → "three"
    ├─ tool step {"name":"four"} → "four"
    │  └─ task inner {"name":"four"} → "four"
    ├─ tool step {"name":"a"} → "a"
    │  └─ task inner {"name":"a"} → "a"
    ├─ tool step {"name":"b"} → "b"
    │  └─ task inner {"name":"b"} → "b"
    ├─ tool step {"name":"c"} → "c"
    │  └─ task inner {"name":"c"} → "c"
    └─ tool step {"name":"d"} → "d"
       └─ task inner {"name":"d"} → "d"
    "#);
}

/// A task is below the function that called the annotated function, though it runs apart.
#[test]
fn spawned_tasks() {
    #[recount::workflow]
    async fn spawns() -> usize {
        let first = tokio::spawn(step("first".into()));
        let second = tokio::spawn(step("second".into()));
        let wrapped = tokio::spawn(async { step("called inside of the task".into()).await });
        let lengths = tokio::join!(first, second, wrapped);
        [lengths.0, lengths.1, lengths.2].into_iter().flatten().count()
    }

    let (value, tree) = recorded(|| current_thread().block_on(spawns()));
    assert_eq!(value, 3);
    insta::assert_snapshot!(tree, @r#"
    workflow spawns → 3
    ├─ tool step {"name":"first"} → "first"
    │  └─ task inner {"name":"first"} → "first"
    └─ tool step {"name":"second"} → "second"
       └─ task inner {"name":"second"} → "second"
    tool step {"name":"called inside of the task"} → "called inside of the task"
    └─ task inner {"name":"called inside of the task"} → "called inside of the task"
    "#);
}

/// Parent of the record, by name.
fn parent_name<'a>(spans: &'a [SpanRecord], span: &SpanRecord) -> Option<&'a str> {
    let parent = spans.iter().find(|other| Some(other.span_id) == span.parent)?;
    Some(&parent.name)
}

/// Futures that move between the threads of a runtime, all in flight at once.
#[test]
fn many_threads_of_a_runtime() {
    const TASKS: usize = 200;

    #[recount::workflow]
    async fn work(number: usize, barrier: Arc<Barrier>) -> usize {
        barrier.wait().await;
        let (one, two) = tokio::join!(step(number.to_string()), step(number.to_string()));
        barrier.wait().await;
        one.len() + two.len()
    }

    let recorder = Recorder::new();
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(recorder.layer()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
    let barrier = Arc::new(Barrier::new(TASKS));
    let tasks: Vec<_> = tracing::dispatcher::with_default(&dispatch, || {
        let tasks = (0..TASKS).map(|number| work(number, Arc::clone(&barrier)));
        tasks.map(|task| runtime.spawn(task.with_subscriber(dispatch.clone()))).collect()
    });
    for task in tasks {
        runtime.block_on(task).expect("the task ends");
    }

    let spans = recorder.spans();
    assert_eq!(spans.len(), TASKS * 5);
    let traces: std::collections::HashSet<_> = spans.iter().map(|span| span.trace_id).collect();
    assert_eq!(traces.len(), TASKS);
    for span in &spans {
        let expected = match span.name.as_ref() {
            "work" => None,
            "step" => Some("work"),
            _ => Some("step"),
        };
        assert_eq!(parent_name(&spans, span), expected);
        if let Some(parent) = spans.iter().find(|other| Some(other.span_id) == span.parent) {
            assert_eq!(parent.trace_id, span.trace_id);
        }
    }
}

/// Plain threads: what was called on the caller's thread is below the caller, wherever it is polled.
#[test]
fn plain_threads() {
    #[recount::tool]
    fn blocking(name: &str) -> usize {
        name.len()
    }

    #[recount::workflow]
    fn forks() -> usize {
        let dispatch = tracing::dispatcher::get_default(Dispatch::clone);
        let future = step("polled on another thread".into());
        let span = tracing::Span::current();
        thread::scope(|scope| {
            let polled =
                scope.spawn(|| current_thread().block_on(future.with_subscriber(dispatch.clone())).len());
            let entered = scope.spawn(|| {
                tracing::dispatcher::with_default(&dispatch, || span.in_scope(|| blocking("entered")))
            });
            let detached =
                scope.spawn(|| tracing::dispatcher::with_default(&dispatch, || blocking("detached")));
            [polled, entered, detached].into_iter().filter_map(|thread| thread.join().ok()).sum()
        })
    }

    let (value, spans) = recount_tests::records(forks);
    assert_eq!(value, 39);
    let mut told: Vec<_> =
        spans.iter().map(|span| format!("{} {:?}", span.name, parent_name(&spans, span))).collect();
    told.sort();
    insta::assert_snapshot!(told.join("\n"), @r#"
    blocking None
    blocking Some("forks")
    forks None
    inner Some("step")
    step Some("forks")
    "#);
}

/// A future stays with the subscriber under which it was called, whichever is there when it is polled.
#[test]
fn futures_that_change_the_subscriber() {
    let called_before = step("called without a recorder".into());
    let (called_within, spans) = recount_tests::records_with(recount::builder(), || {
        current_thread().block_on(called_before);
        step("called under the recorder".into())
    });
    assert_eq!(spans.iter().map(|span| span.name.as_ref()).collect::<Vec<_>>(), ["inner"]);

    let recorder = Recorder::new();
    let future = {
        let _guard = recorder.install();
        step("called under the other recorder".into())
    };
    current_thread().block_on(future);
    current_thread().block_on(called_within);
    assert_eq!(recorder.spans().iter().map(|span| span.name.as_ref()).collect::<Vec<_>>(), ["step"]);
}

/// Two recorders on two threads at once do not see each other's spans.
#[test]
fn recorders_do_not_mix() {
    let threads: Vec<_> = (0..8)
        .map(|number: usize| {
            thread::spawn(move || {
                let ((), spans) = recount_tests::records(|| {
                    for _ in 0..=number {
                        current_thread().block_on(step(number.to_string()));
                    }
                });
                spans.len()
            })
        })
        .collect();
    let counts: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    assert_eq!(counts, [2, 4, 6, 8, 10, 12, 14, 16]);
}

/// Other spans of `tracing` in between change nothing.
#[test]
fn other_tracing_spans_in_between() {
    #[recount::task]
    fn leaf() {}

    #[recount::workflow]
    fn outer() {
        let span = tracing::info_span!("plain");
        span.in_scope(|| tracing::info_span!("another").in_scope(leaf));
        tracing::info_span!(parent: None, "a root of its own").in_scope(leaf);
    }

    let ((), tree) = recorded(outer);
    insta::assert_snapshot!(tree, @"
    workflow outer
    └─ task leaf
    task leaf
    ");
}
