//! What is read of `OpenAI`'s Responses and of what speaks like them.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::{body, check_bodies, check_distorted_bodies, corpus, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("openai_responses");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("openai_responses");
}

#[recount::llm_span]
fn respond(request: &Value, response: Value) -> Value {
    let _ = request;
    response
}

#[recount::llm_span(skip(events))]
fn stream(request: &Value, events: Vec<Value>) -> impl Stream<Item = Value> + use<> {
    let _ = request;
    stream::iter(events)
}

fn events(case: &str) -> (Value, Vec<Value>) {
    let case = corpus().into_iter().find(|known| known.name == case).expect("a case");
    (case.request, case.chunks.expect("chunks"))
}

fn streamed(builder: recount::Builder, request: &Value, events: Vec<Value>) -> Value {
    exported_with(builder, || block_on(stream(request, events).for_each(|_| async {})))[0]["attributes"]
        .clone()
}

#[test]
fn what_the_cap_cuts_is_neither_model_nor_tokens_nor_finish_reason() {
    let (mut request, mut response) = body("openai_responses/text");
    let long = "tale ".repeat(20_000);
    request["input"] = json!(long);
    response["instructions"] = json!(long);
    response["output"][0]["content"][0]["text"] = json!(long);
    let cap = recount::builder().value_cap(2048);
    let span = exported_with(cap, || respond(&request, response))[0]["attributes"].clone();
    assert_eq!(span["gen_ai.request.model"], "gpt-5.2");
    assert_eq!(span["gen_ai.request.max_tokens"], 200);
    assert_eq!(span["gen_ai.response.model"], "gpt-5.2-2026-01-15");
    assert_eq!(span["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert_eq!(span["gen_ai.usage.input_tokens"], 28);
    assert_eq!(span["gen_ai.usage.output_tokens"], 11);
    assert!(span["gen_ai.output.messages"].as_str().is_some_and(|json| json.len() < 8192), "{span}");
}

#[test]
fn where_a_call_may_have_been_cut_nobody_knows_why_the_model_stopped() {
    let (request, mut response) = body("openai_responses/tool_calls");
    let thought = json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]});
    let output = response["output"].as_array_mut().expect("items");
    output.splice(0..0, vec![thought; 20_000]);
    let of = |response| {
        let cap = recount::builder().value_cap(2048);
        exported_with(cap, || respond(&request, response))[0]["attributes"].clone()
    };
    let span = of(response.clone());
    assert_eq!(span["gen_ai.response.finish_reasons"], Value::Null);
    assert_eq!(span["gen_ai.usage.reasoning.output_tokens"], 384);
    response["tools"] = json!([]);
    assert_eq!(of(response)["gen_ai.response.finish_reasons"], json!(["stop"]));
}

#[test]
fn where_the_last_event_was_cut_the_pieces_say_more() {
    let (request, mut events) = events("openai_responses/stream_of_tool_calls");
    let last = events.last_mut().expect("an event");
    last["response"]["output"][0]["summary"][0]["text"] = json!("tale ".repeat(20_000));
    let span = streamed(recount::builder().value_cap(8192), &request, events);
    let messages = span["gen_ai.output.messages"].as_str().expect("messages");
    assert!(messages.contains("Two cities.") && messages.contains("Rome"), "{messages}");
    assert_eq!(span["gen_ai.response.finish_reasons"], json!(["tool_call"]));
    assert_eq!(span["gen_ai.usage.output_tokens"], 70);
}

#[test]
fn a_long_stream_says_what_a_short_one_does() {
    let (request, mut events) = events("openai_responses/stream_of_text");
    let short = streamed(recount::builder(), &request, events.clone());
    let place = events.iter().position(|event| event["type"] == "response.output_text.delta");
    let mut padding = events[place.expect("a delta")].clone();
    padding["delta"] = json!("");
    padding["obfuscation"] = json!("x".repeat(100));
    for _ in 0..1000 {
        events.insert(3, padding.clone());
    }
    let long = streamed(recount::builder(), &request, events);
    assert_eq!(long["gen_ai.output.messages"], short["gen_ai.output.messages"]);
    assert_eq!(long["gen_ai.usage.output_tokens"], 5);
}

#[test]
fn a_response_that_is_asked_for_again_and_again_is_a_stream() {
    let (request, whole) = body("openai_responses/text");
    let (_, mut queued) = body("openai_responses/queued");
    queued["id"] = whole["id"].clone();
    let polled = streamed(recount::builder(), &request, vec![queued.clone(), queued.clone(), whole]);
    assert_eq!(polled["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert_eq!(polled["gen_ai.usage.output_tokens"], 11);
    let given_up = streamed(recount::builder(), &request, vec![queued]);
    assert_eq!(given_up["gen_ai.response.id"], "resp_0042");
    assert_eq!(given_up["error.type"], "unfinished_stream");
}

#[test]
fn a_model_and_an_input_alone_are_no_request_for_a_response() {
    for request in [
        json!({"model": "text-embedding-3-small", "input": "Hello"}),
        json!({"model": "nomic-embed-text", "input": "Hello"}),
        json!({"model": "text-embedding-3-small", "input": ["Hello", "Bye"]}),
        json!({"model": "text-embedding-3-small", "input": [[1, 2], [3]]}),
        json!({"model": "omni-moderation-latest", "input": "Hello"}),
        json!({"model": "omni-moderation-latest", "input": [{"type": "text", "text": "Hello"}]}),
        json!({"model": "gpt-4o-mini-tts", "input": "Hello", "voice": "coral"}),
        json!({"model": "jina-clip-v2", "input": [{"text": "Hello"}, {"image": "https://example.com/a.png"}]}),
        json!({"model": "our-deployment", "input": "Hello"}),
        json!({"input": "Hello"}),
    ] {
        let span = exported(|| respond(&request, json!(null)))[0]["attributes"].clone();
        assert_eq!(span["openai.api.type"], Value::Null, "{request}");
        assert_eq!(span["gen_ai.request.model"], request["model"], "{request}");
    }
    let least = json!({"model": "gpt-5", "input": "Hello"});
    let span = exported(|| respond(&least, json!(null)))[0]["attributes"].clone();
    assert_eq!(span["openai.api.type"], "responses");
}

#[test]
fn what_logs_in_to_a_tool_stays_here() {
    let (request, response) = body("openai_responses/built_in_tools");
    assert!(request.to_string().contains("do-not-tell"));
    let span = exported(|| respond(&request, response))[0].to_string();
    assert!(span.contains("mcp.example.com") && !span.contains("do-not-tell"), "{span}");
}

#[test]
fn large_images_are_counted_and_not_kept() {
    let bytes = "A".repeat(60_000);
    let (mut request, _) = body("openai_responses/custom_and_computer_tools");
    request["input"][2]["output"]["image_url"] = json!(format!("data:image/png;base64,{bytes}"));
    let (_, mut response) = body("openai_responses/built_in_tools");
    response["output"][5]["result"] = json!(bytes);
    let span = exported(|| respond(&request, response))[0].to_string();
    assert!(span.len() < 32 * 1024, "{} bytes", span.len());
    assert!(span.contains("image/png") && span.contains("[+60000 bytes]"), "{span}");
}
