//! What is read of Mistral's bodies, where they differ from `OpenAI`'s.

use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("mistral");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("mistral");
}

#[test]
fn what_anybody_may_say_is_not_taken_for_mistrals() {
    let request = json!({"model": "our-model", "messages": [{"role": "user", "content": "Hi"}], "seed": 7});
    let response = json!({
        "object": "chat.completion",
        "model": "our-model",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}, "finish_reason": "stop"}],
    });
    let spans = exported(|| answer(&request, response));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes.get("gen_ai.provider.name"), None);
    assert_eq!(attributes["gen_ai.request.seed"], 7);
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
}

#[test]
fn facts_survive_where_thoughts_are_cut() {
    let long = "So far, so good. ".repeat(500);
    let request = json!({
        "messages": [{"role": "user", "content": long}],
        "random_seed": 7,
        "model": "magistral-medium-latest",
    });
    let thought = json!({"type": "thinking", "thinking": [{"type": "text", "text": long}]});
    let response = json!({
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": [thought]}, "finish_reason": "model_length"}],
        "model": "magistral-medium-2509",
        "usage": {"prompt_tokens": 2500, "completion_tokens": 2500, "total_tokens": 5000},
    });
    let spans = exported_with(recount::builder().value_cap(512), || answer(&request, response));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.provider.name"], "mistral_ai");
    assert_eq!(attributes["gen_ai.request.model"], "magistral-medium-latest");
    assert_eq!(attributes["gen_ai.request.seed"], 7);
    assert_eq!(attributes["gen_ai.response.model"], "magistral-medium-2509");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["length"]));
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 2500);
}

#[recount::llm_span(skip(response))]
fn answer(request: &Value, response: Value) -> Value {
    let _ = request;
    response
}
