use super::{Host, find};
use crate::wire::tape::Value;
use crate::wire::{Field, Tape};

/// The server that an argument tells of, as `host:port`.
fn server(name: &str, json: &str) -> Option<String> {
    let tape = Tape::from_json(json).expect("JSON");
    let value: Value<'_> = tape.get(Field::Output).expect("a value");
    find(name, &value).map(|Host { address, port }| format!("{address} {port}"))
}

fn url(name: &str, url: &str) -> Option<String> {
    server(name, &serde_json::to_string(url).expect("JSON"))
}

#[test]
fn an_address_of_a_model_is_known_by_its_host_or_its_path() {
    for (name, address, expected) in [
        ("url", "https://api.openai.com/v1/responses", "api.openai.com 443"),
        ("target", "https://API.OpenAI.com", "api.openai.com 443"),
        ("target", "https://api.openai.com./v1", "api.openai.com 443"),
        ("url", "HTTPS://api.groq.com/openai/v1?key=1#top", "api.groq.com 443"),
        ("url", "http://localhost:11434", "localhost 11434"),
        ("url", "http://[::1]:11434/", "::1 11434"),
        ("url", "http://192.168.0.7:8000/v1/chat/completions", "192.168.0.7 8000"),
        ("url", "https://llm.example.com/v1/messages/?beta=true", "llm.example.com 443"),
        ("url", "https://llm.example.com:/v1/embeddings", "llm.example.com 443"),
        (
            "url",
            "https://[2001:DB8::7]:8443/v1beta/models/m:streamGenerateContent?alt=sse",
            "2001:db8::7 8443",
        ),
        ("base_url", "http://vllm:8000/v1", "vllm 8000"),
        ("base_url", "http://vllm:8000/v1/", "vllm 8000"),
        ("api_base", "https://gateway.example.com/openai/v1", "gateway.example.com 443"),
        ("endpoint", "wss://api.openai.com/v1/responses", "api.openai.com 443"),
    ] {
        assert_eq!(url(name, address).as_deref(), Some(expected), "{name} = {address}");
    }
}

#[test]
fn an_address_of_anything_else_is_none() {
    for (name, address) in [
        ("url", "https://example.com/cat.png"),
        ("image_url", "https://cdn.example.com/v1"),
        ("url", "https://example.com/v1"),
        ("base_url", "https://news.example.com/"),
        ("base_url", "https://news.example.com"),
        ("page", "https://forum.example.com/messages/17"),
        ("url", "https://api.openai.com.evil.example/"),
        ("url", "https://evil.example/api.openai.com"),
        ("url", "https://evil.example/?q=api.openai.com"),
        ("url", "https://evil.example#api.openai.com"),
        ("url", "https://api.openai.com@evil.example/"),
        ("url", "https://notapi.openai.com.br"),
        ("prompt", "Read https://api.openai.com/v1/responses and explain."),
        ("url", "https://api.openai.com/v1 and more"),
        ("url", "api.openai.com/v1"),
        ("url", "//api.openai.com/v1"),
        ("url", "file://api.openai.com/v1"),
        ("url", "https:///v1/messages"),
        ("url", "https://"),
        ("url", "://"),
        ("url", ""),
    ] {
        assert_eq!(url(name, address), None, "{name} = {address}");
    }
}

#[test]
fn whoever_logs_in_is_passed_over() {
    for address in [
        "https://user:secret@api.openai.com/v1",
        "https://secret@api.openai.com/v1",
        "https://a@b:secret@api.openai.com:443/v1",
        "https://user:p%40ss@api.openai.com",
    ] {
        assert_eq!(url("url", address).as_deref(), Some("api.openai.com 443"), "{address}");
    }
}

#[test]
fn an_address_that_two_readers_may_take_for_two_hosts_is_none() {
    for address in [
        r"https://evil.example\@api.openai.com/v1",
        r"https://api.openai.com\.evil.example/v1/messages",
        "https://api.openai.com\t/v1/messages",
        "https://api.openai.com\u{0}/v1/messages",
        "https://api%2eopenai.com/v1/messages",
        "https://api.openai.com%00.evil.example/v1/messages",
        "https://\u{ff41}pi.openai.com/v1/messages",
        "https://api..openai.com/v1/messages",
        "https://.api.openai.com/v1/messages",
        "https://api.openai.com../v1/messages",
        "https://api.openai.com:0/v1/messages",
        "https://api.openai.com:65536/v1/messages",
        "https://api.openai.com:+443/v1/messages",
        "https://api.openai.com:443:443/v1/messages",
        "https://api.openai.com:https/v1/messages",
        "https://[::1/v1/messages",
        "https://::1/v1/messages",
        "https://[::1]x/v1/messages",
        "https://[fe80::1%25eth0]/v1/messages",
        "https://[api.openai.com]/v1/messages",
        "https://*/v1/messages",
    ] {
        assert_eq!(url("base_url", address), None, "{address}");
    }
    let long = format!("https://{}.example/v1/messages", "a".repeat(64));
    assert_eq!(url("url", &long), None);
    let long = format!("https://{}example/v1/messages", "a.".repeat(200));
    assert_eq!(url("url", &long), None);
}

#[test]
fn a_struct_may_hold_the_address_under_a_name_that_says_so() {
    let client = r#"{"key": "k", "api_base": "https://api.deepseek.com", "retries": 2}"#;
    assert_eq!(server("client", client).as_deref(), Some("api.deepseek.com 443"));
    let second = r#"{"url": "https://example.com/cat.png", "endpoint": "https://x.openai.azure.com"}"#;
    assert_eq!(server("client", second).as_deref(), Some("x.openai.azure.com 443"));
    for other in [
        r#"{"docs": "https://api.deepseek.com"}"#,
        r#"{"client": {"api_base": "https://api.deepseek.com"}}"#,
        r#"{"url": null, "api_base": 7, "endpoint": ["https://api.deepseek.com"]}"#,
        r#"["https://api.deepseek.com"]"#,
        "17",
    ] {
        assert_eq!(server("client", other), None, "{other}");
    }
}
