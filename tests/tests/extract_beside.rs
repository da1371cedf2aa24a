//! What stands beside a body that is understood: it stays on the record, and what the program says counts.

use recount::wire::Field;
use recount_tests::{argument, exported, records};
use serde_json::{Value, json};

fn request() -> Value {
    json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]})
}

fn response() -> Value {
    json!({
        "id": "chatcmpl-1",
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{"message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2}
    })
}

#[test]
fn other_arguments_stay_on_the_record() {
    #[recount::llm_span]
    fn ask(request: Value, customer: &str) -> Value {
        let _ = (request, customer);
        response()
    }
    let (_, records) = records(|| ask(request(), "c7"));
    assert_eq!(argument(&records[0], "customer").as_deref(), Some(r#""c7""#));
    assert_eq!(argument(&records[0], "request"), None, "its messages stand for it");
    assert!(records[0].tape.get(Field::InputMessages).is_some());
}

#[test]
fn an_input_that_is_said_takes_the_place_of_the_messages() {
    #[recount::llm_span]
    fn ask(request: Value) -> Value {
        let _ = request;
        recount::current().set_input("mine");
        response()
    }
    let spans = exported(|| ask(request()));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "gpt-4o-mini");
    assert!(attributes["gen_ai.input.messages"].as_str().unwrap().contains("mine"), "{attributes}");
    assert!(!attributes.to_string().contains("Hello"), "{attributes}");
}

#[test]
fn an_output_that_is_said_keeps_the_facts_of_the_response() {
    #[recount::llm_span]
    fn ask(request: Value) -> Value {
        let _ = request;
        recount::current().set_output("mine");
        response()
    }
    let spans = exported(|| ask(request()));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 2);
    assert_eq!(attributes["gen_ai.response.id"], "chatcmpl-1");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert!(attributes["gen_ai.output.messages"].as_str().unwrap().contains("mine"), "{attributes}");
    assert!(!attributes.to_string().contains("Hi\""), "{attributes}");
}

#[test]
fn tokens_that_are_said_leave_the_others_as_found() {
    #[recount::llm_span]
    fn ask(request: Value) -> Value {
        let _ = request;
        recount::current().set_usage(recount::Usage::default().output(77));
        response()
    }
    let spans = exported(|| ask(request()));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 9);
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 77);
}

#[test]
fn a_price_below_zero_is_none() {
    let spans = exported(|| recount::span::llm("m").cost(-3.0).emit());
    assert_eq!(spans[0]["attributes"].get("llm.cost.total"), None);
}
