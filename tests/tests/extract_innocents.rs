//! Structs of programs that only look a little like bodies of models: what is not certain is recorded as it is.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::exported;
use serde_json::{Value, json};

#[recount::llm_span(skip(response))]
fn call(request: &Value, response: Value) -> Value {
    let _ = request;
    response
}

fn innocents() -> Vec<Value> {
    vec![
        // Surveys and quizzes.
        json!({"title": "Lunch", "choices": [{"text": "Pizza", "votes": 3}, {"text": "Sushi", "votes": 1}]}),
        json!({"title": "Lunch", "model": "approval", "choices": ["Pizza", "Sushi"]}),
        json!({"question": "Capital?", "choices": [{"index": 0, "text": "Paris", "correct": true}], "answer": 0}),
        json!({"id": "q1", "choices": [{"message": "Paris", "index": 0}], "usage": "quiz"}),
        json!({"model": "T", "usage": {"clicks": 3}, "choices": [{"text": "Tea"}, {"text": "Coffee"}]}),
        // A chat that is none with a model.
        json!({"room": "lobby", "messages": [{"role": "admin", "content": "Quiet, please."}]}),
        json!({"channel": "C1", "messages": [{"user": "ada", "text": "Hi", "ts": 1.5}]}),
        json!({"from": "ada", "role": "user", "content": "Hi"}),
        json!({"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}),
        json!({"subject": "Hi", "contents": [{"mime": "text/plain", "text": "Hi"}]}),
        // Tickets and jobs.
        json!({"id": 7, "title": "Printer", "error": "E42", "status": "open"}),
        json!({"id": 7, "title": "Printer", "error": {"code": "E42", "message": "Paper jam"}}),
        json!({"job": "nightly", "status": "failed", "error": {"type": "Timeout", "message": "too slow"}}),
        json!({"id": "job_1", "status": "completed", "output": ["a.txt", "b.txt"]}),
        json!({"status": "ok", "output": {"message": "done"}}),
        json!({"text": "Hi", "error": {"code": "none"}}),
        json!({"text": "Hi", "error": {"status": 0, "message": ""}}),
        json!({"text": "Hi", "error": {"code": null, "attempts": 3}}),
        json!({"error": {"code": "retrying"}}),
        json!({"error": {"code": 0, "message": "all is well"}}),
        json!({"error": "none", "status": "ok"}),
        json!({"error": "none", "status": 200}),
        json!({"error": "the guest asked nothing", "answer": null}),
        json!({"type": "error", "error": {"type": "typo", "field": "name"}}),
        json!({"object": "error", "message": "seen in the photo", "answer": "Paris"}),
        json!({"ValidationException": {"message": "too short"}, "answer": "Paris"}),
        json!({"choices": [{"text": "Tea"}], "error": {"code": "E42", "message": "too few"}}),
        // Configurations.
        json!({"model": "tiny", "layers": 12, "temperature": 0.2}),
        json!({"model": "T", "year": 1908, "stop": ["Detroit"]}),
        json!({"prompt": "Name?", "default": "Ada"}),
        json!({"input": "a.txt", "output": "b.txt"}),
        json!({"tools": [{"name": "hammer", "weight": 2}], "system": "metric"}),
        // Logs.
        json!({"method": "GET", "path": "/", "status": 200, "usage": {"cpu": 0.4, "input_tokens": 3}}),
        json!({"id": "a", "model": "m3.large", "usage": {"cpu": 0.4, "total_tokens": 3}}),
        json!({"message": "started", "level": "info", "type": "message"}),
        json!({"type": "error", "message": "disk full", "host": "a"}),
        // Lists of things.
        json!({"object": "list", "data": [{"id": "f1", "object": "file"}], "has_more": false}),
        json!({"object": "list", "data": [{"id": "gpt-5.2", "object": "model"}]}),
        json!({"data": [{"title": "Tea"}], "meta": {"page": 1}}),
        json!({"results": [{"title": "Tea", "score": 0.9}], "query": "tea"}),
        json!({"results": [{"index": 1, "relevance_score": 0.5, "note": "warm"}], "id": "7"}),
        json!({"results": [{"index": 1, "relevance_score": 0.5}], "id": "7", "summary": "Tea is a drink."}),
        // Elections and applications.
        json!({"candidates": [{"name": "Ada", "votes": 12}]}),
        json!({"candidates": [{"name": "Ada", "content": "Ten years of Rust"}], "note": "hire"}),
        json!({"candidates": [{"name": "Ada", "content": "A page", "index": 0}, {"name": "Bob"}]}),
        json!({"candidates": [{"name": "Ada", "content": {"role": "engineer"}}]}),
        json!({"candidates": [{"name": "Ada", "finish_reason": "hired", "index": 0}]}),
        json!({"candidates": ["Ada", "Bob"], "usageMetadata": {"promptTokenCount": 3}}),
        json!({"answer": "Paris", "usageMetadata": {"promptTokenCount": 3}}),
        json!([{"index": 0, "title": "Tea"}, {"index": 1, "title": "Coffee"}]),
        // GraphQL.
        json!({"data": {"user": {"name": "Ada"}}, "errors": [{"message": "no such field", "path": ["user"]}]}),
        json!({"data": null, "errors": [{"message": "no such field", "extensions": {"code": "BAD"}}]}),
        // Rows of a table of texts and their vectors.
        json!({"id": 7, "text": "Tea", "embedding": [0.1, 0.2, 0.3]}),
        json!([{"id": 7, "text": "Tea", "vector": [0.1, 0.2, 0.3]}]),
        json!({"id": 7, "text": "Tea", "embedding": [0.1, 0.2], "model": "minilm"}),
        json!({"model": "minilm", "data": [{"text": "Tea", "embedding": [0.1, 0.2]}]}),
        json!({"id": "r8", "model": "sdxl", "status": "succeeded", "output": ["https://example.com/a.png"]}),
        json!({"id": "r8", "status": "queued", "output": []}),
        json!({"id": "r8", "status": "done", "output": [{"file": "a.png"}]}),
        json!({"model": "sdxl", "input": {"prompt": "a boat"}}),
        json!({"model": "T", "input": 7}),
        // Tasks and progress.
        json!({"done": true, "task": "wash", "created_at": "today"}),
        json!({"response": "yes", "done": true}),
        json!({"delta": {"content": "x"}, "version": 3}),
        json!({"choices": []}),
        json!({"messages": []}),
        json!({"message": {"content": "x"}}),
        json!({}),
    ]
}

/// The JSON in the only text of the only message, where there is one.
fn said(span: &Value, attribute: &str) -> Option<Value> {
    let messages: Value = serde_json::from_str(span["attributes"][attribute].as_str()?).ok()?;
    serde_json::from_str(messages[0]["parts"][0]["content"].as_str()?).ok()
}

#[test]
fn what_is_not_certain_is_recorded_as_it_is() {
    let innocents = innocents();
    let wrapped = innocents.iter().map(|value| json!({"attempt": 1, "inner": value}));
    for value in innocents.iter().cloned().chain(wrapped) {
        let spans = exported(|| call(&value, value.clone()));
        let span = &spans[0];
        assert_eq!(said(span, "gen_ai.input.messages").as_ref(), Some(&value), "the request");
        assert_eq!(said(span, "gen_ai.output.messages").as_ref(), Some(&value), "the response");
        assert_eq!(span["status"]["code"], "UNSET", "{value}");
        for attribute in ["gen_ai.request.model", "gen_ai.response.model", "gen_ai.usage.input_tokens"] {
            assert_eq!(span["attributes"].get(attribute), None, "{value}");
        }
    }
}

/// These are not the body of a request, and say the same as one: what is said to whom.
#[test]
fn what_says_the_same_as_a_request_is_read_as_one() {
    let question = r#"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#;
    let alike = [
        // The history that a program keeps of a chat.
        json!({"room": "support", "messages": [{"role": "user", "content": "Hi", "at": 17}]}),
        // A prompt in a configuration.
        json!({"name": "greeter", "model": "gpt-5.2", "prompt": "Hi", "retries": 3}),
    ];
    for value in alike {
        let spans = exported(|| call(&value, value.clone()));
        assert_eq!(spans[0]["attributes"]["gen_ai.input.messages"], question, "{value}");
        // It answers nothing.
        assert_eq!(said(&spans[0], "gen_ai.output.messages").as_ref(), Some(&value));
    }
}

#[recount::llm_span(skip(items))]
fn stream_call(items: Vec<Value>) -> impl Stream<Item = Value> {
    stream::iter(items)
}

/// Events of an agent: what its tools say between the chunks fails nothing.
#[test]
fn between_chunks_the_same_goes() {
    let chunk = |content: &str, reason: Option<&str>| {
        let choice = json!({"index": 0, "delta": {"content": content}, "finish_reason": reason});
        json!({"object": "chat.completion.chunk", "model": "gpt-5.2", "choices": [choice]})
    };
    for innocent in innocents().into_iter().filter(|value| value.get("error").is_some()) {
        let items = vec![chunk("Hel", None), innocent.clone(), chunk("lo", Some("stop"))];
        let spans = exported(|| block_on(stream_call(items).count()));
        assert_eq!(spans[0]["status"]["code"], "UNSET", "{innocent}");
        assert_eq!(
            spans[0]["attributes"]["gen_ai.output.messages"],
            r#"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
            "{innocent}"
        );
    }
}

/// As little as some servers say, and yet certain.
#[test]
fn bodies_that_say_little_are_read() {
    let text = json!({"role": "assistant", "content": "Hi"});
    let counts = json!({"promptTokenCount": 7, "candidatesTokenCount": 2});
    let answers = [
        json!({"model": "m", "usage": {}, "choices": [{"message": text}]}),
        json!({"model": "m", "usage": {"total_tokens": 9}, "choices": [{"text": "Hi"}]}),
        json!({"candidates": [{"content": {"role": "model"}}]}),
        json!({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}),
        json!({"candidates": [{"finishReason": "SAFETY", "index": 0}]}),
        json!({"candidates": [{"finishReason": "MAX_TOKENS"}], "usageMetadata": counts}),
        json!({"candidates": [{}], "usageMetadata": counts, "modelVersion": "gemini-2.5-pro"}),
        json!({"results": [{"index": 1, "relevance_score": 0.5}], "id": "7"}),
        json!({"results": [{"index": 1, "relevance_score": 0.5, "why": "tea"}], "usage": {"total_tokens": 7}}),
    ];
    for answer in answers {
        let spans = exported(|| call(&Value::Null, answer.clone()));
        assert_ne!(said(&spans[0], "gen_ai.output.messages").as_ref(), Some(&answer), "{answer}");
        assert_eq!(spans[0]["status"]["code"], "UNSET", "{answer}");
    }
    // The last chunk of a stream.
    let spans = exported(|| call(&Value::Null, json!({"usageMetadata": counts})));
    assert_eq!(spans[0]["attributes"]["gen_ai.usage.input_tokens"], 7);
    let errors = [
        json!({"error": "model 'nobody' not found"}),
        json!({"error": "model 'nobody' not found", "status_code": 404, "model": null, "message": null}),
        json!({"StatusCode": 404, "error": {"message": "not found", "type": null, "code": "no_model"}}),
        json!({"error": "Internal Server Error", "status": 500, "path": "/v1/chat", "timestamp": "today"}),
        json!({"error": "too long", "error_type": "validation"}),
        json!({"throttlingException": {"message": "slow down"}, "validationException": null}),
        json!({"object": "error", "message": "too long", "type": "BadRequestError", "param": null, "code": 400}),
    ];
    for error in errors {
        let spans = exported(|| call(&Value::Null, error.clone()));
        assert_eq!(spans[0]["status"]["code"], "ERROR", "{error}");
        assert_eq!(spans[0]["attributes"].get("gen_ai.output.messages"), None, "{error}");
    }
}

/// What a provider adds to its results is kept.
#[test]
fn nothing_that_stands_beside_results_is_lost() {
    let result = json!({"index": 1, "relevance_score": 0.5, "why": "it is about tea"});
    let answer = json!({"results": [result], "usage": {"total_tokens": 7}, "summary": "Tea is a drink."});
    let spans = exported(|| call(&Value::Null, answer));
    let messages = spans[0]["attributes"]["gen_ai.output.messages"].as_str().expect("messages");
    assert_eq!(
        serde_json::from_str::<Value>(messages).expect("JSON")[0]["parts"],
        json!([
            {"type": "document", "index": 1, "score": 0.5, "why": "it is about tea"},
            {"type": "rerank", "summary": "Tea is a drink."},
        ])
    );
}
