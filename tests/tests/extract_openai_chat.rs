//! What is read of `OpenAI`'s Chat Completions and of what speaks like them.

use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("openai_chat");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("openai_chat");
}

#[test]
fn facts_survive_where_texts_are_cut() {
    let long = "All work and no play makes Jack a dull boy. ".repeat(200);
    let message = json!({"role": "user", "content": [{"type": "text", "text": long}]});
    let tool = json!({"type": "function", "function": {"name": "f", "description": long}});
    let request = json!({
        "messages": vec![message; 50],
        "tools": vec![tool; 20],
        "model": "gpt-4o",
        "max_completion_tokens": 1024,
    });
    let call = json!({"id": "call_1", "type": "function", "function": {"name": "f", "arguments": long}});
    let choice = json!({
        "index": 0,
        "message": {"role": "assistant", "content": long, "tool_calls": [call]},
        "finish_reason": "length",
    });
    let response = json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [choice],
        "model": "gpt-4o-2024-08-06",
        "usage": {"prompt_tokens": 9000, "completion_tokens": 1024, "total_tokens": 10_024},
    });
    for cap in [0, 64, 512, 20_000] {
        let spans = exported_with(recount::builder().value_cap(cap), || answer(&request, response.clone()));
        let attributes = &spans[0]["attributes"];
        assert_eq!(attributes["gen_ai.request.model"], "gpt-4o", "{cap}");
        assert_eq!(attributes["gen_ai.request.max_tokens"], 1024, "{cap}");
        assert_eq!(attributes["gen_ai.response.model"], "gpt-4o-2024-08-06", "{cap}");
        assert_eq!(attributes["gen_ai.response.id"], "chatcmpl-1", "{cap}");
        assert_eq!(attributes["gen_ai.usage.input_tokens"], 9000, "{cap}");
        assert_eq!(attributes["gen_ai.usage.output_tokens"], 1024, "{cap}");
        if cap > 64 {
            assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["length"]), "{cap}");
        }
    }
}

#[test]
fn what_only_looks_like_a_request_is_left_alone() {
    let others = [
        json!({"room": "lobby", "messages": [{"role": "admin", "content": "Quiet, please."}]}),
        json!({"messages": [{"from": "Ada", "content": "Hi"}]}),
        json!({"messages": [{"role": "user", "seen": true}]}),
        json!({"messages": ["user", "Hi"]}),
        json!({"messages": []}),
        json!({"prompt": "Name?", "default": "Ada"}),
        json!({"model": "T", "prompt": 7}),
    ];
    for other in others {
        let spans = exported(|| answer(&other, Value::Null));
        assert_eq!(said(&spans, "gen_ai.input.messages"), other);
    }
}

#[test]
fn what_only_looks_like_a_response_is_left_alone() {
    let others = [
        json!({"question": "Capital?", "choices": [{"text": "Paris"}, {"text": "Rome"}]}),
        json!({"choices": [{"index": 0, "text": "Paris", "correct": true}]}),
        json!({"choices": [{"message": {"role": "user", "content": "Paris"}}]}),
        json!({"choices": [{"message": "Paris"}]}),
        json!({"choices": [{"message": {"content": "Paris"}, "votes": 3}]}),
        json!({"choices": ["tea", "coffee"], "usage": "pick one"}),
        json!({"choices": []}),
        json!({"id": 7, "usage": {"disk": "80 %"}}),
        json!({"answer": "Paris", "error": "none"}),
        json!({"answer": "Paris", "error": "none", "code": 75}),
        json!({"answer": "Paris", "error": null}),
        json!({"detail": "Not Found"}),
        json!({"object": "error", "count": 3}),
        json!({"error": {"margin": 0.1}}),
        json!({"error": {"message": "I did not find it."}, "answer": "Paris"}),
        json!({"error": ""}),
    ];
    for other in others {
        let spans = exported(|| answer(&Value::Null, other.clone()));
        assert_eq!(said(&spans, "gen_ai.output.messages"), other);
        assert_eq!(spans[0]["status"]["code"], "UNSET", "{other}");
    }
}

#[test]
fn an_answer_needs_no_more_than_a_role_to_be_one() {
    let response = json!({"choices": [{"message": {"role": "assistant", "content": "Hi"}}]});
    let spans = exported(|| answer(&Value::Null, response));
    assert_eq!(
        spans[0]["attributes"]["gen_ai.output.messages"],
        r#"[{"role":"assistant","parts":[{"type":"text","content":"Hi"}],"finish_reason":"stop"}]"#
    );
}

/// xAI and Perplexity count reasoning apart, and xAI has not always done so.
#[test]
fn reasoning_is_part_of_the_output_and_counted_once() {
    let cases = [
        (json!({"prompt_tokens": 10, "completion_tokens": 40, "total_tokens": 50}), 30, 40),
        (json!({"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 50}), 30, 40),
        (json!({"prompt_tokens": 10, "completion_tokens": 40, "total_tokens": 80}), 30, 70),
        (json!({"prompt_tokens": 10, "completion_tokens": 40}), 30, 40),
        (json!({"prompt_tokens": 10, "completion_tokens": 40, "total_tokens": 50}), 0, 40),
        (json!({"completion_tokens": u64::MAX, "total_tokens": 50}), 30, u64::MAX),
    ];
    for (mut usage, reasoning, output) in cases {
        usage["completion_tokens_details"] = json!({ "reasoning_tokens": reasoning });
        let response = json!({"object": "chat.completion", "choices": [], "usage": usage});
        let spans = exported(|| answer(&Value::Null, response));
        let found = &spans[0]["attributes"]["gen_ai.usage.output_tokens"];
        assert_eq!(found.as_i64(), i64::try_from(output).ok(), "{usage}");
    }
}

#[test]
fn a_prompt_for_an_image_is_no_text_completion() {
    let request = json!({"model": "gpt-image-1", "prompt": "A boat", "size": "1024x1024", "n": 2});
    let spans = exported(|| answer(&request, Value::Null));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.operation.name"], "chat");
    assert_eq!(attributes["gen_ai.request.model"], "gpt-image-1");
    assert_eq!(
        attributes["gen_ai.input.messages"],
        r#"[{"role":"user","parts":[{"type":"text","content":"A boat"}]}]"#
    );
}

#[test]
fn tokens_of_a_prompt_are_counted() {
    let request = json!({"model": "davinci-002", "prompt": [[11, 12, 13], [14]], "echo": true});
    let spans = exported(|| answer(&request, Value::Null));
    assert_eq!(
        spans[0]["attributes"]["gen_ai.input.messages"],
        r#"[{"role":"user","parts":[{"type":"tokens","count":3},{"type":"tokens","count":1}]}]"#
    );
}

/// The JSON in the only text of the only message.
fn said(spans: &Value, attribute: &str) -> Value {
    let messages = spans[0]["attributes"][attribute].as_str().expect("messages");
    let messages: Value = serde_json::from_str(messages).expect("JSON");
    let text = messages[0]["parts"][0]["content"].as_str().expect("a text");
    serde_json::from_str(text).expect("JSON")
}

#[recount::llm_span(skip(response))]
fn answer(request: &Value, response: Value) -> Value {
    let _ = request;
    response
}
