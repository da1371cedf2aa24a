//! Images, recordings and files that travel within requests: of a large one only the size is kept, and that is right
//! whether capture kept all of it, a part, or nothing.

use recount_tests::exported_with;
use serde::Serialize;
use serde_json::{Value, json};

#[recount::llm_span]
fn ask<Q: Serialize>(request: &Q) {
    let _ = request;
}

/// The parts of the first message of the request, at this cap.
fn parts<Q: Serialize>(cap: usize, request: &Q) -> Value {
    let spans = exported_with(recount::builder().value_cap(cap), || ask(request));
    let said = spans[0]["attributes"]["gen_ai.input.messages"].as_str().expect("messages");
    serde_json::from_str::<Value>(said).expect("JSON")[0]["parts"].take()
}

fn blob(modality: &str, mime_type: Option<&str>, content: &str) -> Value {
    let mut part = json!({"type": "blob", "modality": modality, "content": content});
    if let Some(mime_type) = mime_type {
        part["mime_type"] = mime_type.into();
    }
    part
}

/// Requests with these bytes in them, as each provider has them, and the part that they are.
fn requests(base64: &str, content: &str) -> Vec<(&'static str, Value, Value)> {
    let url = |mime_type: &str| format!("data:{mime_type};base64,{base64}");
    let png = || blob("image", Some("image/png"), content);
    let chat = |part: Value| json!({"model": "m", "messages": [{"role": "user", "content": [part]}]});
    let input = |part: Value| json!({"model": "m", "input": [{"role": "user", "content": [part]}]});
    let pdf = || blob("document", Some("application/pdf"), content);
    vec![
        ("chat, image", chat(json!({"type": "image_url", "image_url": {"url": url("image/png")}})), png()),
        ("chat, file", chat(json!({"type": "file", "file": {"file_data": url("application/pdf")}})), pdf()),
        (
            "chat, recording",
            chat(json!({"type": "input_audio", "input_audio": {"format": "wav", "data": base64}})),
            blob("audio", Some("audio/wav"), content),
        ),
        (
            "chat, Mistral's recording",
            chat(json!({"type": "input_audio", "input_audio": base64})),
            blob("audio", None, content),
        ),
        (
            "chat, what nobody knows",
            chat(json!({"type": "hologram", "views": [{"url": url("model/obj")}]})),
            json!({"type": "hologram", "views": [{"url": format!("data:model/obj;base64,{content}")}]}),
        ),
        ("responses, image", input(json!({"type": "input_image", "image_url": url("image/png")})), png()),
        ("responses, file", input(json!({"type": "input_file", "file_data": url("application/pdf")})), pdf()),
        (
            "Anthropic",
            chat(json!({
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": base64}
            })),
            png(),
        ),
        (
            "Bedrock",
            json!({"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": base64}}}]}]}),
            png(),
        ),
        (
            "Gemini",
            json!({"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": base64}}]}]}),
            png(),
        ),
        (
            "Ollama",
            json!({"model": "m", "messages": [{"role": "user", "content": "", "images": [base64]}]}),
            blob("image", None, content),
        ),
        (
            "Titan",
            json!({"inputImage": base64, "embeddingConfig": {"outputEmbeddingLength": 256}}),
            blob("image", None, content),
        ),
        (
            "Jina",
            json!({"model": "jina-clip-v2", "input": [{"image": base64}]}),
            blob("image", None, content),
        ),
        (
            "Cohere",
            json!({"model": "embed-v4.0", "input_type": "image", "images": [url("image/png")]}),
            png(),
        ),
    ]
}

const CAPS: [usize; 4] = [100, 1_000, 9_000, 128 * 1024];

#[test]
fn of_a_large_image_only_the_size_is_kept() {
    for size in [9_600, 300_000] {
        let base64 = "iVBORw0KGgo=".repeat(size / 12);
        for (name, request, part) in requests(&base64, &format!("…[+{size} bytes]")) {
            for cap in CAPS {
                assert_eq!(parts(cap, &request), json!([part]), "{name}, {size} bytes, cap {cap}");
            }
        }
    }
}

#[test]
fn small_images_are_kept_whole_or_not_at_all() {
    let base64 = "iVBORw0KGgo=".repeat(50);
    for (name, request, part) in requests(&base64, &base64) {
        assert_eq!(parts(9_000, &request), json!([part]), "{name}");
    }
    for (name, request, part) in requests(&base64, "…[+600 bytes]") {
        assert_eq!(parts(300, &request), json!([part]), "{name}");
    }
}

/// Of raw JSON that is longer than the cap, nobody counts what is missing in the middle.
#[test]
fn half_an_image_is_no_image_in_raw_json_either() {
    let base64 = "iVBORw0KGgo=".repeat(3_000);
    let chat = |part: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":[{part}]}}]}}"#);
    for request in [
        chat(&format!(r#"{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{base64}"}}}}"#)),
        chat(&format!(
            r#"{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{base64}"}}}}"#
        )),
        format!(
            r#"{{"contents":[{{"parts":[{{"inlineData":{{"mimeType":"image/png","data":"{base64}"}}}}]}}]}}"#
        ),
    ] {
        for cap in [2_000, 16_000] {
            let said = parts(cap, &request);
            assert_eq!(said[0], blob("image", Some("image/png"), "…"), "cap {cap}: {}", &request[..80]);
        }
    }
}

/// The SDKs have bytes as lists of numbers.
#[test]
fn numbers_are_counted_also_where_they_are_cut() {
    let bytes = vec![7_u8; 5_000];
    let request = json!({"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": bytes}}}]}]});
    for cap in CAPS {
        let expected = blob("image", Some("image/png"), "…[+5000 bytes]");
        assert_eq!(parts(cap, &request), json!([expected]), "cap {cap}");
    }
}

/// A client with a field for each place has nothing in the others.
#[test]
fn no_bytes_are_no_image() {
    let source = json!({"bytes": null, "s3Location": {"uri": "s3://bucket/a.png"}});
    let request =
        json!({"messages": [{"role": "user", "content": [{"image": {"format": "png", "source": source}}]}]});
    let expected =
        json!({"type": "uri", "modality": "image", "mime_type": "image/png", "uri": "s3://bucket/a.png"});
    assert_eq!(parts(9_000, &request), json!([expected]));
}

#[test]
fn tokens_are_counted_also_where_they_are_cut() {
    let request = json!({"model": "davinci-002", "prompt": vec![11; 5_000], "echo": true});
    for cap in CAPS {
        assert_eq!(parts(cap, &request), json!([{"type": "tokens", "count": 5_000}]), "cap {cap}");
    }
}

#[test]
fn a_text_that_begins_like_an_address_of_bytes_is_none() {
    let said = format!("data: rain, {}", "wind, ".repeat(2_000));
    let part = json!({"type": "forecast", "said": said});
    let request = json!({"model": "m", "messages": [{"role": "user", "content": [part]}]});
    assert_eq!(parts(128 * 1024, &request), json!([part]));
    let cut = parts(1_000, &request);
    assert!(cut[0]["said"].as_str().is_some_and(|said| said.starts_with("data: rain, wind, wind")), "{cut}");
}
