//! What is read of Cohere's chat, version 2.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("cohere");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("cohere");
}

#[test]
fn facts_survive_where_texts_are_cut() {
    let long = "All work and no play makes Jack a dull boy. ".repeat(200);
    let request = json!({
        "documents": [long],
        "messages": [{"role": "user", "content": long}],
        "model": "command-a-03-2025",
        "safety_mode": "OFF",
        "temperature": 0.5,
    });
    let response = json!({
        "finish_reason": "MAX_TOKENS",
        "id": "1",
        "message": {"content": [{"text": long, "type": "text"}], "role": "assistant"},
        "usage": {"billed_units": {"input_tokens": 7.0, "output_tokens": 9.0}},
    });
    let spans = exported_with(recount::builder().value_cap(512), || answer(&request, response));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "command-a-03-2025");
    assert_eq!(attributes["gen_ai.request.temperature"], 0.5);
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["length"]));
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 7);
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 9);
}

/// Cohere's errors are `{"message": …}` alone, which may be anything.
#[test]
fn a_message_alone_is_no_error() {
    let spans = exported(|| answer(&Value::Null, json!({"message": "Hello"})));
    assert_eq!(spans[0]["status"]["code"], "UNSET");
    assert_eq!(spans[0]["attributes"]["gen_ai.provider.name"], Value::Null);
}

/// A program that searches has documents and a `k` of its own.
#[test]
fn a_programs_own_k_does_not_make_it_cohere() {
    let request = json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "k": 5, "documents": ["A."]});
    let spans = exported(|| answer(&request, Value::Null));
    assert_ne!(spans[0]["attributes"]["gen_ai.provider.name"], "cohere");
}

/// Other streams have events with such names.
#[test]
fn events_of_another_shape_are_not_coheres() {
    let events = [
        json!({"type": "message-start", "from": "Ann"}),
        json!({"type": "content-delta", "delta": "Hi"}),
        json!({"type": "message-end"}),
    ];
    let spans = exported(|| block_on(stream_of(events.to_vec()).for_each(|_| async {})));
    assert_eq!(spans[0]["attributes"]["gen_ai.provider.name"], Value::Null);
    assert!(spans[0]["attributes"]["gen_ai.output.messages"].as_str().expect("the items").contains("Ann"));
}

#[recount::llm_span(skip_all)]
fn stream_of(events: Vec<Value>) -> impl Stream<Item = Value> {
    stream::iter(events)
}

#[recount::llm_span(skip(answer))]
#[expect(unused_variables, reason = "captured")]
fn answer(request: &Value, answer: Value) -> Value {
    answer
}
