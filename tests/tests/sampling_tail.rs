//! The rule of traces to keep, decided on the worker when they are over.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use recount::export::{ExportError, Exporter};
use recount::sample::{Keep, Sampler};
use recount::testing::Recorder;
use recount::wire::{Resource, SpanRecord};
use recount::{Recount, Usage};
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

const PATIENCE: Duration = Duration::from_secs(20);

#[recount::tool]
fn search(found: bool) -> Result<u32, std::fmt::Error> {
    found.then_some(1).ok_or(std::fmt::Error)
}

#[recount::llm_span(provider = "openai", model = "gpt-5.2")]
fn complete(tokens: u64, dollars: f64) {
    recount::current().set_usage(Usage::new(tokens, 0));
    recount::current().set_cost(dollars);
}

/// A workflow that does this, and is of this name.
fn run(name: &str, work: impl FnOnce()) {
    recount::span::workflow(name.to_owned()).in_scope(work);
}

/// What is left of a few traces, each of a reason of its own.
fn kept(keep: Keep) -> String {
    let recorder = Recorder::with(recount::builder().keep(keep));
    let _guard = recorder.install();
    run("plain", || assert!(search(true).is_ok()));
    run("failed", || assert!(search(false).is_err()));
    run("dear", || complete(10, 0.9));
    run("long", || complete(90_000, 0.0));
    run("beta", || recount::span::interaction("turn").tags(&["beta"]).in_scope(|| ()));
    run("marked", || recount::span::task("step").attribute("escalated", true).in_scope(|| ()));
    let stats = recorder.stats();
    assert_eq!((stats.opened, stats.lost()), (stats.delivered + stats.sampled_out, 0));
    let tree = recorder.tree();
    let roots = tree.lines().filter_map(|line| line.strip_prefix("workflow "));
    assert_eq!(2 * roots.clone().count() as u64, stats.delivered, "whole traces");
    roots.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_condition_keeps_its_traces_as_a_whole() {
    assert_eq!(kept(Keep::new()), "");
    assert_eq!(kept(Keep::new().errors()), "failed");
    assert_eq!(kept(Keep::new().costlier_than(0.5)), "dear");
    assert_eq!(kept(Keep::new().more_tokens_than(50_000)), "long");
    assert_eq!(kept(Keep::new().tagged("beta")), "beta");
    assert_eq!(kept(Keep::new().with_attribute("escalated")), "marked");
    assert_eq!(kept(Keep::new().when(|spans| spans.iter().any(|span| span.name == "plain"))), "plain");
    assert_eq!(kept(Keep::new().errors().costlier_than(0.5).tagged("beta")), "failed dear beta");
    assert_eq!(kept(Keep::new().share(1.0)), "plain failed dear long beta marked");
    // By the recorder's clock a reading is a millisecond, and each trace has four of them.
    assert_eq!(kept(Keep::new().slower_than(Duration::from_secs(1))), "");
    assert_eq!(kept(Keep::new().slower_than(Duration::ZERO)), "plain failed dear long beta marked");
}

/// A stream that is read after the workflow has returned, and breaks.
#[test]
fn what_is_open_when_the_root_ends_comes_late() {
    for (fails, expected) in [(false, ""), (true, "task stream  ✗ Broken: no more\n")] {
        let recorder = Recorder::with(recount::builder().keep(Keep::new().errors()));
        let _guard = recorder.install();
        let mut open = None;
        run("root", || open = Some(recount::span::task("stream").start()));
        assert_eq!((recorder.stats().opened, recorder.stats().sampled_out), (2, 1));
        let open = open.expect("a span");
        if fails {
            open.in_scope(|| recount::current().set_error_message("Broken", "no more"));
        }
        open.end();
        assert_eq!(recorder.tree(), expected);
    }
}

/// Sends on what it gets.
struct Forward(Sender<String>);

impl Exporter for Forward {
    fn export(&mut self, batch: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        for span in batch {
            self.0.send(span.name.to_string()).map_err(|_| ExportError::new("nobody listens"))?;
        }
        Ok(())
    }
}

/// Nobody flushes, and nothing ends after it.
#[test]
fn a_trace_that_takes_too_long_is_kept_by_and_by() {
    let (sender, arrived) = channel();
    let recount = recount::builder()
        .exporter(Forward(sender))
        .batch_delay(Duration::from_millis(10))
        .keep(Keep::new().wait(Duration::from_millis(30)))
        .build()
        .expect("a pipeline");
    with_default(registry().with(recount.layer()), || {
        run("root", || {
            recount::span::task("step").in_scope(|| ());
            assert_eq!(arrived.recv_timeout(PATIENCE).as_deref(), Ok("step"));
        });
        assert_eq!(arrived.recv_timeout(PATIENCE).as_deref(), Ok("root"));
    });
    recount.shutdown().expect("nothing lost");
}

#[test]
fn a_kept_trace_is_not_held_back() {
    let (sender, arrived) = channel();
    let builder = recount::builder().exporter(Forward(sender)).batch_delay(Duration::from_millis(10));
    let recount = builder.keep(Keep::new().errors()).build().expect("a pipeline");
    with_default(registry().with(recount.layer()), || {
        run("root", || {
            assert!(search(false).is_err());
            assert_eq!(arrived.recv_timeout(PATIENCE).as_deref(), Ok("search"));
        });
        assert_eq!(arrived.recv_timeout(PATIENCE).as_deref(), Ok("root"));
    });
    recount.shutdown().expect("nothing lost");
}

/// Takes its time for the first batch, and counts the spans of each.
struct Gate {
    open: Receiver<()>,
    batches: Sender<usize>,
}

impl Exporter for Gate {
    fn export(&mut self, batch: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        let _ = self.open.recv();
        self.batches.send(batch.len()).map_err(|_| ExportError::new("nobody listens"))
    }
}

/// Where one span of ten is kept, a request still has as many as it may.
#[test]
fn what_is_kept_of_a_busy_program_goes_in_full_batches() {
    let ((opening, open), (batches, sent)) = (channel(), channel());
    let recount = recount::builder()
        .exporter(Gate { open, batches })
        .batch_size(20)
        .keep(Keep::new().when(|spans| spans[0].name.ends_with('0')))
        .build()
        .expect("a pipeline");
    with_default(registry().with(recount.layer()), || {
        for number in 0..2000 {
            recount::span::task(number.to_string()).in_scope(|| ());
        }
    });
    drop(opening);
    recount.shutdown().expect("nothing lost");
    let sent: Vec<_> = sent.try_iter().collect();
    assert_eq!(sent.iter().sum::<usize>(), 200);
    // That which was on its way before the others had ended, and the rest at the end, may be small.
    assert!(sent.len() <= 12, "{sent:?}");
}

fn balanced(recount: &Recount) -> (u64, u64) {
    let stats = recount.stats();
    assert_eq!(stats.opened, stats.delivered + stats.sampled_out + stats.lost(), "{stats}");
    (stats.delivered, stats.sampled_out)
}

/// Roots that stay open while ten times as much ends below them as the queue has room for.
#[test]
fn traces_that_wait_do_not_fill_the_queue() {
    let (sender, arrived) = channel();
    let recount = recount::builder()
        .exporter(Forward(sender))
        .queue_records(400)
        .batch_size(20)
        .batch_delay(Duration::from_millis(5))
        .keep(Keep::new())
        .build()
        .expect("a pipeline");
    with_default(registry().with(recount.layer()), || {
        let roots: Vec<_> = (0..50).map(|name| recount::span::workflow(name.to_string()).start()).collect();
        for root in &roots {
            for _ in 0..80 {
                root.in_scope(|| search(true)).expect("found");
                // No faster than the worker: what is in its way is the rule only.
                let deadline = Instant::now() + PATIENCE;
                while recount.stats().opened - recount.stats().delivered >= 300 {
                    assert!(Instant::now() < deadline, "{}", recount.stats());
                    thread::yield_now();
                }
            }
        }
    });
    recount.shutdown().expect("nothing lost");
    let (delivered, _) = balanced(&recount);
    // What had no room was kept, and nothing else.
    assert_eq!(arrived.try_iter().count() as u64, delivered);
    assert!(delivered > 3000);
}

/// A sampler in front, many threads, flushes in between: what was opened is exported or counted.
#[test]
fn every_span_is_exported_or_counted() {
    let recount = recount::builder()
        .exporter(Forward(channel().0))
        .exporter(recount::export::InMemory::default())
        .sampler(Sampler::ratio(0.7))
        .keep(Keep::new().errors().share(0.3))
        .build()
        .expect("a pipeline");
    let subscriber: tracing::Dispatch = registry().with(recount.layer()).into();
    thread::scope(|scope| {
        for seed in 0..4_u64 {
            let (subscriber, recount) = (subscriber.clone(), &recount);
            scope.spawn(move || {
                let mut random = recount_tests::Random::new(seed);
                tracing::dispatcher::with_default(&subscriber, || {
                    for _ in 0..300 {
                        let mut open = Vec::new();
                        run("root", || {
                            for _ in 0..random.below(4) {
                                let _ = search(random.below(9) > 0);
                                open.push(recount::span::task("open").start());
                            }
                        });
                        if random.below(40) == 0 {
                            let _ = recount.flush();
                        }
                    }
                });
            });
        }
    });
    let _ = recount.shutdown();
    let (_, sampled_out) = balanced(&recount);
    assert!(sampled_out > 500);
}

#[test]
fn a_rule_without_a_meaning_is_refused() {
    for (keep, expected) in [
        (
            Keep::new().share(-0.1),
            "The rule of traces to keep: the share is -0.1; expected a number from 0 to 1.",
        ),
        (
            Keep::new().costlier_than(f64::NAN),
            "The rule of traces to keep: the cost is NaN; expected a number that is not below 0.",
        ),
    ] {
        let error = recount::builder().keep(keep).build().expect_err("no meaning");
        assert_eq!((error.kind(), &*error.to_string()), (recount::ErrorKind::Configuration, expected));
    }
}
