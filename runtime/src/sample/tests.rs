//! The rule of traces to keep, span by span: `decide` gets what ended, and says what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::decided::Decided;
use super::{Bounds, Keep, Tail};
use crate::wire::{Field, Identity, Kind, Outcome, SpanId, SpanRecord, Timestamp, TraceId, Usage};

const SECOND: Duration = Duration::from_secs(1);

/// An id whose share of all ids is about so many per mille.
fn trace(number: u64, per_mille: u64) -> TraceId {
    let low = u64::MAX / 1000 * per_mille;
    TraceId::from_bytes((u128::from(number + 1) << 64 | u128::from(low)).to_be_bytes())
}

/// A span that took a millisecond. The root has the number 0.
fn span(trace_id: TraceId, number: u64) -> SpanRecord {
    let id = |number: u64| SpanId::from_bytes((number + 1).to_be_bytes());
    let mut span = SpanRecord::new(trace_id, id(number), Kind::Task, "step");
    span.parent = (number > 0).then(|| id(0));
    span.start = Timestamp::from_unix_nanos(1_000_000_000);
    span.end = span.start.after(Duration::from_millis(1));
    span
}

fn failed(span: SpanRecord) -> SpanRecord {
    SpanRecord { outcome: Outcome::Failed, ..span }
}

fn llm(span: SpanRecord, usage: Usage, dollars: f64) -> SpanRecord {
    let mut span = SpanRecord { kind: Kind::Llm, ..span };
    span.tape.entry(Field::Usage, None);
    span.tape.begin_map();
    for (name, tokens) in [("input", usage.input), ("output", usage.output)] {
        if let Some(tokens) = tokens {
            span.tape.text(name);
            span.tape.unsigned(tokens);
        }
    }
    span.tape.end();
    span.tape.entry(Field::Cost, None);
    span.tape.double(dollars);
    span
}

/// A rule, and what it said so far.
struct Trial {
    tail: Tail,
    now: Instant,
    kept: Vec<SpanRecord>,
    dropped: Vec<SpanRecord>,
}

impl Trial {
    const BOUNDS: Bounds = Bounds { spans: 1000, bytes: 1 << 20, spans_of_trace: 100 };

    fn of(keep: Keep) -> Self {
        Self::within(Self::BOUNDS, keep)
    }

    fn within(bounds: Bounds, keep: Keep) -> Self {
        let (kept, dropped) = (Vec::new(), Vec::new());
        Self { tail: Tail::new(keep, bounds), now: Instant::now(), kept, dropped }
    }

    fn ends(&mut self, spans: impl IntoIterator<Item = SpanRecord>) -> &mut Self {
        let mut spans = spans.into_iter().collect();
        self.tail.decide(&mut spans, self.now, &mut self.kept, &mut self.dropped);
        self
    }

    fn passes(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self.tail.expire(self.now, &mut self.kept);
        self
    }

    fn concludes(&mut self) -> &mut Self {
        self.tail.conclude(&mut self.kept, &mut self.dropped);
        self
    }

    /// How many were kept, were dropped, and wait.
    fn counts(&self) -> (usize, usize, usize) {
        (self.kept.len(), self.dropped.len(), self.tail.waiting().1)
    }
}

/// Whether a trace of these spans is kept by the rule, as a whole.
fn keeps(keep: Keep, spans: impl IntoIterator<Item = SpanRecord>) -> bool {
    let mut trial = Trial::of(keep);
    match trial.ends(spans).counts() {
        (kept, 0, 0) if kept > 0 => true,
        (0, dropped, 0) if dropped > 0 => false,
        torn => panic!("{torn:?}"),
    }
}

#[test]
fn a_trace_waits_for_its_root_and_goes_as_a_whole() {
    let id = trace(0, 999);
    let mut trial = Trial::of(Keep::new());
    assert_eq!(trial.ends([span(id, 2), span(id, 1)]).counts(), (0, 0, 2));
    assert_eq!(trial.ends([span(id, 0)]).counts(), (0, 3, 0));
    let mut trial = Trial::of(Keep::new().share(1.0));
    assert_eq!(trial.ends([span(id, 2), span(id, 1)]).counts(), (0, 0, 2));
    assert_eq!(trial.ends([span(id, 0)]).counts(), (3, 0, 0));
    let order: Vec<_> = trial.kept.iter().map(|span| span.span_id).collect();
    assert_eq!(order, [2, 1, 0].map(|number| span(id, number).span_id));
}

#[test]
fn each_condition_alone() {
    let id = trace(0, 999);
    let plain = || [span(id, 1), span(id, 0)];
    let with = |first: SpanRecord| [first, span(id, 0)];

    assert!(keeps(Keep::new().errors(), with(failed(span(id, 1)))));
    for outcome in [Outcome::Panicked, Outcome::Cancelled] {
        assert!(keeps(Keep::new().errors(), with(SpanRecord { outcome, ..span(id, 1) })));
    }
    assert!(!keeps(Keep::new().errors(), plain()));

    let slow = |millis| {
        let first = span(id, 1);
        let end = first.start.after(Duration::from_millis(millis));
        with(SpanRecord { end, ..first })
    };
    assert!(keeps(Keep::new().slower_than(SECOND), slow(1001)));
    assert!(!keeps(Keep::new().slower_than(SECOND), slow(1000)));

    let twice =
        |dollars| [llm(span(id, 1), Usage::default(), dollars), llm(span(id, 0), Usage::default(), dollars)];
    assert!(keeps(Keep::new().costlier_than(0.5), twice(0.26)));
    assert!(!keeps(Keep::new().costlier_than(0.5), twice(0.25)));

    let tokens = |input, output| with(llm(span(id, 1), Usage::new(input, output), 0.0));
    assert!(keeps(Keep::new().more_tokens_than(1000), tokens(900, 101)));
    assert!(!keeps(Keep::new().more_tokens_than(1000), tokens(900, 100)));

    let mut tagged = span(id, 1);
    tagged.identity = Identity { tags: [Arc::from("beta")].into(), ..Identity::default() }.into();
    assert!(keeps(Keep::new().tagged("alpha").tagged("beta"), with(tagged.clone())));
    assert!(!keeps(Keep::new().tagged("alpha"), with(tagged)));

    let mut attributed = span(id, 1);
    attributed.tape.entry(Field::Attribute, Some("escalated"));
    attributed.tape.bool(false);
    assert!(keeps(Keep::new().with_attribute("escalated"), with(attributed.clone())));
    assert!(!keeps(Keep::new().with_attribute("escalate"), with(attributed)));

    let two = |spans: &[SpanRecord]| spans.len() == 2;
    assert!(keeps(Keep::new().when(two), plain()));
    assert!(!keeps(Keep::new().when(two), [span(id, 2), span(id, 1), span(id, 0)]));

    assert!(keeps(Keep::new().share(0.5), [span(trace(0, 499), 0)]));
    assert!(!keeps(Keep::new().share(0.5), [span(trace(0, 501), 0)]));
}

#[test]
fn conditions_add_up() {
    let keep = || Keep::new().errors().slower_than(SECOND).share(0.1);
    assert!(keeps(keep(), [failed(span(trace(0, 999), 0))]));
    assert!(keeps(keep(), [span(trace(0, 99), 0)]));
    assert!(!keeps(keep(), [span(trace(0, 999), 0)]));
}

#[test]
fn what_agents_repeat_of_their_models_counts_once() {
    let id = trace(0, 999);
    let agent = || SpanRecord { kind: Kind::Agent, ..llm(span(id, 0), Usage::new(600, 0), 0.6) };
    let call = || llm(span(id, 1), Usage::new(600, 0), 0.6);
    assert!(!keeps(Keep::new().more_tokens_than(1000).costlier_than(1.0), [call(), agent()]));
}

#[test]
fn numbers_that_are_none_keep_nothing_and_take_nothing_away() {
    let id = trace(0, 999);
    let calls = |dollars: &[f64]| {
        let call = |(number, dollars): (usize, &f64)| {
            llm(span(id, number as u64), Usage::new(u64::MAX, u64::MAX), *dollars)
        };
        dollars.iter().enumerate().map(call).rev().collect::<Vec<_>>()
    };
    assert!(!keeps(Keep::new().costlier_than(1.0), calls(&[f64::NAN, -5.0])));
    assert!(keeps(Keep::new().costlier_than(1.0), calls(&[-5.0, 1.5])));
    assert!(keeps(Keep::new().costlier_than(1.0), calls(&[1.5, f64::NAN])));
    assert!(keeps(Keep::new().more_tokens_than(u64::MAX - 1), calls(&[0.0, 0.0])));
}

#[test]
fn a_reason_is_enough_before_the_root_has_ended() {
    let id = trace(0, 999);
    let mut trial = Trial::of(Keep::new().errors());
    assert_eq!(trial.ends([span(id, 3), failed(span(id, 2))]).counts(), (2, 0, 0));
    assert_eq!(trial.ends([span(id, 1), span(id, 0)]).counts(), (4, 0, 0));
}

#[test]
fn late_spans_follow_their_trace_unless_they_are_a_reason() {
    let (dull, kept) = (trace(0, 999), trace(1, 0));
    let mut trial = Trial::of(Keep::new().errors().share(0.1));
    assert_eq!(trial.ends([span(dull, 0), span(kept, 0)]).counts(), (1, 1, 0));
    // A stream that was open when the root ended.
    assert_eq!(trial.ends([span(dull, 1), span(kept, 1)]).counts(), (2, 2, 0));
    assert_eq!(trial.ends([failed(span(dull, 2)), span(dull, 3)]).counts(), (4, 2, 0));
}

#[test]
fn a_trace_that_takes_too_long_is_kept() {
    let (first, second) = (trace(0, 999), trace(1, 999));
    let mut trial = Trial::of(Keep::new().wait(10 * SECOND));
    trial.ends([span(first, 1)]).passes(6 * SECOND).ends([span(first, 2), span(second, 1)]);
    assert_eq!(trial.counts(), (0, 0, 3));
    assert_eq!(trial.passes(4 * SECOND).counts(), (2, 0, 1));
    assert_eq!(trial.ends([span(first, 0), span(second, 0)]).counts(), (3, 2, 0));
    assert_eq!(trial.passes(60 * SECOND).counts(), (3, 2, 0));
}

#[test]
fn somebody_who_flushes_gets_what_is_known_to_matter() {
    let mut trial = Trial::of(Keep::new().share(0.5));
    trial.ends((0..10).map(|number| span(trace(number, number * 100 + 50), 1)));
    assert_eq!(trial.counts(), (0, 0, 10));
    assert_eq!(trial.concludes().counts(), (5, 5, 0));
    // The decision holds.
    trial.ends((0..10).map(|number| span(trace(number, number * 100 + 50), 0)));
    assert_eq!(trial.counts(), (10, 10, 0));
}

#[test]
fn what_has_no_room_is_kept_the_oldest_first() {
    let bounds = Bounds { spans: 3, ..Trial::BOUNDS };
    let mut trial = Trial::within(bounds, Keep::new());
    trial.ends((0..5).map(|number| span(trace(number, 999), 1)));
    assert_eq!(trial.counts(), (2, 0, 3));
    assert_eq!(trial.kept[0].trace_id, trace(0, 999));

    let bounds = Bounds { bytes: 3 * span(trace(0, 0), 1).size(), ..Trial::BOUNDS };
    let mut trial = Trial::within(bounds, Keep::new());
    trial.ends((0..5).map(|number| span(trace(number, 999), 1)));
    assert_eq!(trial.counts(), (2, 0, 3));

    // Of one trace, and more of it than there is room for.
    let bounds = Bounds { spans_of_trace: 3, ..Trial::BOUNDS };
    let mut trial = Trial::within(bounds, Keep::new());
    trial.ends((1..=5).map(|number| span(trace(0, 999), number)));
    assert_eq!(trial.counts(), (5, 0, 0));

    let nothing = Bounds { spans: 0, bytes: 0, spans_of_trace: 0 };
    let mut trial = Trial::within(nothing, Keep::new());
    assert_eq!(trial.ends([span(trace(0, 999), 1), span(trace(0, 999), 0)]).counts(), (2, 0, 0));
}

#[test]
fn a_condition_that_panics_keeps_the_trace() {
    let keep = Keep::new().when(|spans| spans[1000].outcome.is_error());
    assert!(keeps(keep, [span(trace(0, 999), 0)]));
}

/// Children before and after their roots, traces that never end, flushes at any time.
#[test]
fn whatever_the_order_every_span_comes_out_once() {
    let mut random = 7_u64;
    let mut below = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % bound
    };
    for round in 0..300 {
        let bounds = Bounds { spans: 8, bytes: 4096, spans_of_trace: 4 };
        let keep = Keep::new().errors().share(0.3).wait(3 * SECOND).when(|spans| spans.len() == 3);
        let mut trial = Trial::within(bounds, keep);
        let mut spans: Vec<_> =
            (0..60).map(|number| span(trace(number % 9, number % 9 * 110), number / 9)).collect();
        for place in (1..spans.len()).rev() {
            spans.swap(place, usize::try_from(below(place as u64 + 1)).expect("an index"));
        }
        let (mut offered, mut waiting) = (0, spans.into_iter());
        while let Some(next) = waiting.next() {
            let next = if below(20) == 0 { failed(next) } else { next };
            let some = usize::try_from(below(6)).expect("a count");
            let chunk: Vec<_> = std::iter::once(next).chain(waiting.by_ref().take(some)).collect();
            offered += chunk.len();
            trial.ends(chunk);
            match below(8) {
                0 => trial.concludes(),
                1..=3 => trial.passes(SECOND),
                _ => &mut trial,
            };
            let (kept, dropped, waits) = trial.counts();
            assert_eq!(kept + dropped + waits, offered, "round {round}");
            assert!(waits <= bounds.spans, "round {round}");
        }
        trial.concludes();
        let mut seen = BTreeMap::new();
        for span in trial.kept.iter().chain(&trial.dropped) {
            *seen.entry((span.trace_id, span.span_id)).or_insert(0) += 1;
        }
        assert!(seen.len() == 60 && seen.values().all(|times| *times == 1), "round {round}");
        assert_eq!(trial.tail.waiting(), (0, 0));
    }
}

/// Half of them never end, and most have a late span.
#[test]
fn a_million_traces_take_up_no_more_room_than_a_few() {
    let mut trial = Trial::of(Keep::new().errors().share(0.01).wait(60 * SECOND));
    let mut ended = 0;
    for number in 0..1_000_000 {
        let id = trace(number, number % 1000);
        let spans = if number % 2 == 0 { 3 } else { 1 };
        trial.ends([1, 0, 2].into_iter().take(spans).map(|number| span(id, number)));
        ended += spans;
        if number % 1000 == 0 {
            trial.passes(SECOND);
        }
        if number % 4096 == 0 {
            ended -= trial.kept.len() + trial.dropped.len();
            trial.kept.clear();
            trial.dropped.clear();
            let (traces, spans) = trial.tail.waiting();
            assert!(traces <= Trial::BOUNDS.spans && spans <= Trial::BOUNDS.spans);
            assert!(trial.tail.remembered() <= Decided::MOST + 2 * Trial::BOUNDS.spans + 66);
        }
    }
    trial.concludes();
    assert_eq!(trial.counts(), (trial.kept.len(), ended - trial.kept.len(), 0));
}
