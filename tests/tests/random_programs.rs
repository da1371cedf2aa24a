//! Programs made at random: every call that began is told once, with the parent it had and the end it came
//! to.

use std::collections::BTreeMap;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures::future::BoxFuture;
use futures::stream::{self, Stream, StreamExt};
use recount::wire::{Field, Outcome, SpanRecord};
use recount_tests::{Random, records};

/// A call, and what it does.
#[derive(Clone)]
struct Plan {
    id: u64,
    form: Form,
    end: End,
    /// How often the future is polled, or how many items are taken, before it is dropped.
    patience: u64,
    calls: Vec<Plan>,
}

#[derive(Clone, Copy)]
enum Form {
    Sync,
    Tracked,
    Async,
    Boxed,
    Stream,
    Iterator,
}

#[derive(Clone, Copy)]
enum End {
    Ok,
    Err,
    Panic,
    Hang,
}

impl Plan {
    fn random(random: &mut Random, depth: u64, next_id: &mut u64) -> Self {
        *next_id += 1;
        let id = *next_id;
        let forms = [Form::Sync, Form::Tracked, Form::Async, Form::Boxed, Form::Stream, Form::Iterator];
        let form = *random.choose(&forms);
        let end = *random.choose(&[End::Ok, End::Ok, End::Err, End::Panic, End::Hang]);
        let patience = random.below(6);
        let calls = if depth == 0 { 0 } else { random.below(4) };
        let calls = (0..calls).map(|_| Self::random(random, depth - 1, next_id)).collect();
        Self { id, form, end, patience, calls }
    }
}

/// What the program itself knows of its calls: parent and outcome by id.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<BTreeMap<u64, (u64, Outcome)>>>);

/// Notes the end of a call when it is dropped.
struct Watch {
    log: Log,
    id: u64,
    parent: u64,
    outcome: Outcome,
}

impl Log {
    fn watch(&self, plan: &Plan, parent: u64, outcome: Outcome) -> Watch {
        Watch { log: self.clone(), id: plan.id, parent, outcome }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut calls = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(calls.insert(self.id, (self.parent, self.outcome)).is_none());
    }
}

impl Watch {
    /// Ends the call as planned; where it hangs, the end is put off.
    fn end(&mut self, plan: &Plan) -> Option<Result<u64, String>> {
        match plan.end {
            End::Hang => return None,
            End::Panic => {
                self.outcome = Outcome::Panicked;
                resume_unwind(Box::new("planned"));
            }
            End::Ok => self.outcome = Outcome::Completed,
            End::Err => self.outcome = Outcome::Failed,
        }
        Some(if matches!(plan.end, End::Ok) { Ok(plan.id) } else { Err(plan.id.to_string()) })
    }
}

#[recount::task(fields(id = plan.id), skip_all)]
fn sync(plan: &Plan, parent: u64, log: &Log) -> Result<u64, String> {
    let mut watch = log.watch(plan, parent, Outcome::Completed);
    plan.calls.iter().for_each(|call| run(call, plan.id, log));
    watch.end(plan).unwrap_or(Ok(0))
}

#[recount::task(fields(id = plan.id), skip_all)]
#[track_caller]
fn tracked(plan: &Plan, parent: u64, log: &Log) -> Result<u64, String> {
    let mut watch = log.watch(plan, parent, Outcome::Completed);
    plan.calls.iter().for_each(|call| run(call, plan.id, log));
    let result = watch.end(plan).unwrap_or(Ok(0));
    // The value of such a function is not read.
    watch.outcome = Outcome::Completed;
    result
}

#[recount::agent(fields(id = plan.id), skip_all)]
async fn later(plan: &Plan, parent: u64, log: &Log) -> Result<u64, String> {
    let mut watch = log.watch(plan, parent, Outcome::Cancelled);
    for call in &plan.calls {
        run(call, plan.id, log);
        yield_once().await;
    }
    match watch.end(plan) {
        Some(result) => result,
        None => pending().await,
    }
}

#[recount::workflow(fields(id = plan.id), skip_all)]
fn boxed<'a>(plan: &'a Plan, parent: u64, log: &'a Log) -> BoxFuture<'a, Result<u64, String>> {
    let mut watch = log.watch(plan, parent, Outcome::Cancelled);
    Box::pin(async move {
        for call in &plan.calls {
            yield_once().await;
            run(call, plan.id, log);
        }
        match watch.end(plan) {
            Some(result) => result,
            None => pending().await,
        }
    })
}

#[recount::llm_span(fields(id = plan.id), skip_all)]
fn events<'a>(plan: &'a Plan, parent: u64, log: &'a Log) -> impl Stream<Item = Result<u64, String>> + 'a {
    let watch = log.watch(plan, parent, Outcome::Cancelled);
    stream::unfold((watch, plan.calls.iter(), false), move |(mut watch, mut calls, told)| async move {
        if told {
            return None;
        }
        if let Some(call) = calls.next() {
            run(call, plan.id, log);
            yield_once().await;
            return Some((Ok(call.id), (watch, calls, false)));
        }
        match plan.end {
            End::Hang => pending().await,
            End::Ok => watch.end(plan).and(None),
            End::Err | End::Panic => watch.end(plan).map(|item| (item, (watch, calls, true))),
        }
    })
}

#[recount::retrieval(fields(id = plan.id), skip_all)]
fn items<'a>(plan: &'a Plan, parent: u64, log: &'a Log) -> impl Iterator<Item = Result<u64, String>> + 'a {
    let mut watch = log.watch(plan, parent, Outcome::Completed);
    let mut calls = plan.calls.iter();
    let mut told = false;
    std::iter::from_fn(move || {
        if let Some(call) = calls.next() {
            run(call, plan.id, log);
            return Some(Ok(call.id));
        }
        if told || matches!(plan.end, End::Ok | End::Hang) {
            return None;
        }
        told = true;
        watch.end(plan)
    })
}

fn yield_once() -> impl Future<Output = ()> {
    let mut yielded = false;
    poll_fn(move |_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending })
}

/// Polls the future so many times at the most, then drops it.
fn poll_patiently(plan: &Plan, future: impl Future) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..plan.patience {
        if future.as_mut().poll(&mut context).is_ready() {
            return;
        }
    }
}

/// Makes the call, whatever comes of it.
fn run(plan: &Plan, parent: u64, log: &Log) {
    let call = || match plan.form {
        Form::Sync => drop(sync(plan, parent, log)),
        Form::Tracked => drop(tracked(plan, parent, log)),
        Form::Async => poll_patiently(plan, later(plan, parent, log)),
        Form::Boxed => poll_patiently(plan, boxed(plan, parent, log)),
        Form::Stream => poll_patiently(plan, events(plan, parent, log).for_each(|_| yield_once())),
        Form::Iterator => {
            let taken = usize::try_from(plan.patience).unwrap_or(0);
            items(plan, parent, log).take(taken).for_each(drop);
        }
    };
    // The panic is the planned one.
    let _ = catch_unwind(AssertUnwindSafe(call));
}

fn id(span: &SpanRecord) -> u64 {
    let mut entries = span.tape.entries();
    let entry = entries.find(|entry| entry.field == Field::Attribute && entry.name == "id");
    entry.and_then(|entry| entry.value.as_u64()).expect("every span has an id")
}

#[test]
fn every_call_is_told_once_and_rightly() {
    let mut calls = 0;
    for seed in 0..1000 {
        let plan = Plan::random(&mut Random::new(seed), 4, &mut 0);
        let (log, spans) = records(|| {
            let log = Log::default();
            run(&plan, 0, &log);
            log
        });
        let ids: BTreeMap<_, _> = spans.iter().map(|span| (span.span_id, id(span))).collect();
        let parent =
            |span: &SpanRecord| span.parent.map_or(0, |parent| ids.get(&parent).copied().unwrap_or(u64::MAX));
        let told: BTreeMap<_, _> =
            spans.iter().map(|span| (id(span), (parent(span), span.outcome))).collect();
        assert_eq!(told.len(), spans.len(), "seed {seed}: no span twice");
        let known = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(told, known, "seed {seed}");
        calls += known.len();
    }
    assert!(calls > 5000, "{calls} calls");
}
