//! Shares of traces: which ones, how many, and the same for all spans, threads and pipelines.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use opentelemetry::trace::{SpanKind, TraceId as OtelTraceId};
use opentelemetry_sdk::trace::{Sampler as OtelSampler, SamplingDecision, ShouldSample};
use recount::export::InMemory;
use recount::sample::{Root, Sampler};
use recount::wire::{Kind, SpanRecord, TraceId};
use recount::{Builder, Recount};
use recount_tests::Random;
use recount_tests::foreign::chat;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

#[recount::tool]
fn leaf(n: u32) -> u32 {
    n
}

fn build(builder: Builder) -> (Recount, InMemory) {
    let memory = InMemory::default();
    (builder.exporter(memory.clone()).build().expect("a pipeline"), memory)
}

/// Whether a count may be that of a share: within five deviations.
fn is_share(count: usize, share: f64, of: usize) -> bool {
    let float = |number| f64::from(u32::try_from(number).expect("a small number"));
    let deviation = (float(of) * share * (1.0 - share)).sqrt();
    (float(count) - float(of) * share).abs() <= 5.0 * deviation
}

fn by_trace(spans: &[SpanRecord]) -> BTreeMap<TraceId, usize> {
    let mut counts = BTreeMap::new();
    for span in spans {
        *counts.entry(span.trace_id).or_insert(0) += 1;
    }
    counts
}

#[test]
fn off_is_off_and_on_is_all() {
    for (sampler, expected) in
        [(Sampler::always_off(), 0), (Sampler::always_on(), 20), (Sampler::ratio(0.0), 0)]
    {
        let (recount, memory) = build(recount::builder().sampler(sampler));
        with_default(registry().with(recount.layer()), || (0..20).for_each(|n| assert_eq!(leaf(n), n)));
        recount.shutdown().expect("nothing lost");
        assert_eq!((memory.records().len(), recount.stats().opened), (expected, expected as u64));
    }
}

fn random_id(random: &mut Random) -> [u8; 16] {
    std::array::from_fn(|_| u8::try_from(random.below(256)).expect("a byte"))
}

#[test]
fn the_ratio_is_that_of_open_telemetry() {
    let mut random = Random::new(4);
    let ids: Vec<_> = (0..4000).map(|_| random_id(&mut random)).collect();
    let edges = [[0; 16], [0xff; 16], [0x80; 16], [0x7f; 16]].map(|mut id: [u8; 16]| {
        id[0] |= 1;
        id
    });
    for ratio in [0.0, 1e-9, 0.001, 0.1, 0.25, 1.0 / 3.0, 0.5, 0.9, 1.0 - f64::EPSILON, 1.0] {
        let (ours, theirs) = (Sampler::ratio(ratio), OtelSampler::TraceIdRatioBased(ratio));
        for id in ids.iter().chain(&edges) {
            let decided =
                theirs.should_sample(None, OtelTraceId::from_bytes(*id), "", &SpanKind::Internal, &[], &[]);
            let root = Root::new(TraceId::from_bytes(*id), Kind::Task, "", "");
            let expected = decided.decision == SamplingDecision::RecordAndSample;
            assert_eq!(ours.samples(&root), expected, "{ratio} {id:02x?}");
        }
    }
}

#[test]
fn a_ratio_is_the_share_that_is_recorded() {
    const TRACES: usize = 20_000;
    let (recount, memory) = build(recount::builder().sampler(Sampler::ratio(0.25)));
    with_default(registry().with(recount.layer()), || {
        for n in 0..TRACES {
            recount::span::task("root").in_scope(|| leaf(u32::try_from(n).expect("a number")));
            if n % 1000 == 0 {
                recount.flush().expect("nothing lost");
            }
        }
    });
    recount.shutdown().expect("nothing lost");
    let spans = memory.records();
    let traces = by_trace(&spans);
    assert!(is_share(traces.len(), 0.25, TRACES), "{}", traces.len());
    assert!(traces.values().all(|spans| *spans == 2));
}

/// Three pipelines on one subscriber: whatever one leaves out, the others have it whole, and a small share is a part of
/// a larger one.
#[test]
fn every_pipeline_has_a_sampler_of_its_own() {
    const TRACES: usize = 2000;
    let shares = [0.1, 0.5, 1.0];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let pipelines = order
            .map(|place| (shares[place], build(recount::builder().sampler(Sampler::ratio(shares[place])))));
        let [(_, (a, _)), (_, (b, _)), (_, (c, _))] = &pipelines;
        with_default(registry().with(a.layer()).with(b.layer()).with(c.layer()), || {
            for _ in 0..TRACES {
                recount::span::task("root").in_scope(|| {
                    let deeper = || recount::span::task("deeper").in_scope(|| leaf(1));
                    recount::span::task("deep").in_scope(deeper);
                    chat("gpt-4o").in_scope(|| leaf(2));
                });
            }
        });
        let mut recorded: Vec<_> = pipelines
            .iter()
            .map(|(share, (recount, memory))| {
                recount.shutdown().expect("nothing lost");
                let traces = by_trace(&memory.records());
                assert!(traces.values().all(|spans| *spans == 6), "whole traces");
                assert!(is_share(traces.len(), *share, TRACES), "{share}: {}", traces.len());
                traces.into_keys().collect::<Vec<_>>()
            })
            .collect();
        recorded.sort_by_key(Vec::len);
        assert!(recorded.windows(2).all(|pair| pair[0].iter().all(|trace| pair[1].contains(trace))));
    }
}

/// The decision is found in the registry, by whichever thread a child is opened on.
#[test]
fn threads_do_not_tear_a_trace() {
    let (recount, memory) = build(recount::builder().sampler(Sampler::ratio(0.5)));
    let subscriber: tracing::Dispatch = registry().with(recount.layer()).into();
    let start = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                for n in 0..200 {
                    tracing::dispatcher::with_default(&subscriber, || {
                        recount::span::task("root").in_scope(|| {
                            let span = tracing::Span::current();
                            let child = || {
                                tracing::dispatcher::with_default(&subscriber, || span.in_scope(|| leaf(n)));
                            };
                            thread::scope(|scope| drop((scope.spawn(child), scope.spawn(child))));
                        });
                    });
                }
            });
        }
    });
    recount.shutdown().expect("nothing lost");
    let stats = recount.stats();
    let traces = by_trace(&memory.records());
    assert!(traces.values().all(|spans| *spans == 3));
    assert_eq!(stats.opened, 3 * traces.len() as u64);
    assert_eq!(stats.opened, stats.delivered);
    assert!((200..600).contains(&traces.len()), "{}", traces.len());
}

#[test]
fn what_is_no_share_and_no_rate_is_refused() {
    for (sampler, expected) in [
        (Sampler::ratio(1.5), "The sampler of the builder: the ratio is 1.5; expected a number from 0 to 1."),
        (
            Sampler::ratio(f64::NAN),
            "The sampler of the builder: the ratio is NaN; expected a number from 0 to 1.",
        ),
        (
            Sampler::per_second(0.0),
            "The sampler of the builder: the rate is 0 in a second; expected a number above 0.",
        ),
    ] {
        let error = recount::builder().sampler(sampler).build().expect_err("no meaning");
        assert_eq!((error.kind(), &*error.to_string()), (recount::ErrorKind::Configuration, expected));
    }
}
