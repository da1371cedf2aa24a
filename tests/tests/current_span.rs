//! `recount::current()`: what the code inside a span may say of it.

use std::io;

use recount::testing::Recorder;
use recount::wire::{Field, Outcome};
use recount::{Builder, Usage, span};
use tracing_subscriber::prelude::*;

#[test]
fn outside_a_span_it_does_nothing() {
    let current = recount::current();
    current.set_model("gpt-5.2");
    current.set_error(&io::Error::other("nobody hears it"));
    assert!(!current.is_recording());
    assert_eq!(current.trace_id(), None);
}

#[test]
fn it_is_the_innermost_recount_span_also_inside_plain_tracing_spans() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::task("step").in_scope(|| {
        tracing::info_span!("plain").in_scope(|| recount::current().set_attribute("found", true));
    });
    let spans = recorder.spans();
    assert_eq!(spans[0].tape.entries().next().map(|entry| entry.name), Some("found"));
}

#[test]
fn it_goes_to_other_threads_and_outlives_the_span() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let handle = span::task("step").in_scope(|| {
        let handle = recount::current();
        std::thread::scope(|scope| {
            scope.spawn(|| handle.set_usage(Usage::new(1, 2)));
        });
        handle
    });
    assert!(!handle.is_recording());
    handle.set_attribute("late", 1);
    let spans = recorder.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].tape.entries().count(), 1);
}

#[test]
fn an_error_that_is_set_fails_the_span() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::task("step").in_scope(|| recount::current().set_error(&io::Error::other("disk full")));
    span::task("step").in_scope(|| recount::current().set_error_message("timeout", "no answer"));
    let spans = recorder.spans();
    assert!(spans.iter().all(|span| span.outcome == Outcome::Failed));
    let fault = |index: usize, key| {
        let fault = spans[index].tape.get(Field::Fault).expect("a fault");
        fault.get(key).and_then(|value| value.as_str()).map(str::to_owned)
    };
    assert_eq!(fault(0, "message").as_deref(), Some("disk full"));
    assert_eq!(fault(1, "type").as_deref(), Some("timeout"));
}

#[test]
fn without_content_facts_are_kept_and_texts_are_not() {
    let recorder = Recorder::with(Builder::default().capture_content(false));
    let _installed = recorder.install();
    span::llm("gpt-5.2").input("secret").in_scope(|| {
        let current = recount::current();
        current.set_output("secret");
        current.set_input("secret");
        current.set_system_instructions("secret");
        current.set_usage(Usage::new(1, 2));
    });
    let spans = recorder.spans();
    let fields: Vec<_> = spans[0].tape.entries().map(|entry| entry.field).collect();
    assert_eq!(fields, [Field::Provider, Field::RequestModel, Field::Usage]);
    assert!(!format!("{:?}", spans[0]).contains("secret"));
}

#[test]
fn several_pipelines_in_one_subscriber_each_get_every_span() {
    let with = Recorder::new();
    let without = Recorder::with(Builder::default().capture_content(false));
    let subscriber =
        tracing_subscriber::registry().with(without.layer()).with(with.layer()).with(with.layer());
    tracing::subscriber::with_default(subscriber, || {
        span::workflow("job").in_scope(|| {
            span::task("step").input("secret").in_scope(|| recount::current().set_output("secret"));
        });
    });
    for recorder in [&with, &without] {
        let spans = recorder.spans();
        assert_eq!(spans.len(), 2);
        assert_eq!(spans[0].parent, Some(spans[1].span_id));
        assert_eq!(recorder.stats().opened, 2);
        assert_eq!(recorder.stats().delivered, 2);
    }
    assert_eq!(with.spans()[0].tape.entries().count(), 2);
    assert_eq!(without.spans()[0].tape.entries().count(), 0);
}

#[test]
fn a_call_that_is_filtered_out_says_nothing_of_its_caller() {
    #[recount::llm_span(level = "debug")]
    fn inner() {
        recount::current().set_error_message("inner", "of the inner call");
        span::task("heard").in_scope(|| recount::current().set_attribute("of", "heard"));
        recount::current().set_usage(Usage::new(7, 7));
    }

    let recorder = Recorder::new();
    let filtered = recorder.layer().with_filter(tracing_subscriber::filter::LevelFilter::INFO);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(filtered), || {
        span::workflow("outer").in_scope(|| {
            inner();
            recount::current().set_attribute("of", "outer");
        });
    });
    assert_eq!(recorder.tree(), "workflow outer\n└─ task heard\n");
    let spans = recorder.spans();
    let of = |index: usize| spans[index].tape.get(Field::Attribute).and_then(|of| of.as_str());
    assert_eq!((of(0), of(1)), (Some("heard"), Some("outer")));
}

#[test]
fn a_text_that_is_set_again_and_again_is_the_last_one() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let last = "x".repeat(20_000);
    span::llm("gpt-5.2").in_scope(|| {
        for chunk in 1..=200 {
            recount::current().set_output(&last[..chunk * 100]);
            recount::current().set_usage(Usage::new(1, chunk as u64));
        }
    });
    let spans = recorder.spans();
    assert_eq!(spans[0].tape.get(Field::Output).and_then(|output| output.as_str()), Some(&*last));
    let usage = spans[0].tape.get(Field::Usage).and_then(|usage| usage.get("output"));
    assert_eq!(usage.and_then(|tokens| tokens.as_u64()), Some(200));
}

#[test]
fn events_without_end_leave_room_for_the_tokens() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::llm("gpt-5.2").in_scope(|| {
        for count in 0..20_000 {
            recount::current().add_event("chunk", serde_json::json!({"count": count}));
        }
        recount::current().set_usage(Usage::new(1, 2));
    });
    assert!(recorder.spans()[0].tape.get(Field::Usage).is_some());
}

#[test]
fn events_keep_their_time_and_attributes() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::task("step").in_scope(|| {
        recount::current().add_event("cache miss", serde_json::json!({"key": "k", "size": 3}));
    });
    let spans = recorder.spans();
    let event = spans[0].tape.entries().next().expect("one entry");
    assert_eq!((event.field, event.name), (Field::Event, "cache miss"));
    assert_eq!(event.value.get("time").and_then(|time| time.as_u64()), Some(2_000_000));
    assert_eq!(event.value.get("attributes").expect("attributes").to_json(), r#"{"key":"k","size":3}"#);
}
