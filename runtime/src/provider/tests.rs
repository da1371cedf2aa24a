use super::{Clues, infer, is_openai_chat_model};

/// From the host and its port, the shape of the response, and the models of the request and the response.
fn of(
    host: Option<&str>,
    port: Option<u16>,
    shape: Option<&str>,
    models: [Option<&str>; 2],
) -> Option<String> {
    infer(&Clues { host, port, shapes: [None, shape], models }).map(Into::into)
}

fn shaped<'a>(
    shape: &str,
    asked: impl Into<Option<&'a str>>,
    answered: impl Into<Option<&'a str>>,
) -> Option<String> {
    of(None, None, Some(shape), [asked.into(), answered.into()])
}

#[test]
fn a_platform_counts_before_the_shape_that_is_spoken_there() {
    let bedrock = Some("aws.bedrock".to_owned());
    let answered = "claude-3-5-sonnet-20241022";
    assert_eq!(shaped("anthropic", "us.anthropic.claude-3-5-sonnet-20241022-v2:0", answered), bedrock);
    assert_eq!(shaped("anthropic", "claude-3-5-sonnet@20241022", answered).as_deref(), Some("gcp.vertex_ai"));
    assert_eq!(shaped("cohere", "cohere.command-r-plus-v1:0", None), bedrock);
}

#[test]
fn a_request_may_say_more_than_its_response() {
    let of =
        |asked, answered| infer(&Clues { shapes: [asked, answered], ..Clues::default() }).map(String::from);
    assert_eq!(of(Some("gcp.vertex_ai"), Some("gcp.gen_ai")).as_deref(), Some("gcp.vertex_ai"));
    assert_eq!(of(Some("gcp.gen_ai"), Some("gcp.vertex_ai")).as_deref(), Some("gcp.vertex_ai"));
    assert_eq!(of(Some("mistral_ai"), None).as_deref(), Some("mistral_ai"));
    assert_eq!(of(None, Some("ollama")).as_deref(), Some("ollama"));
    assert_eq!(of(None, None), None);
}

#[test]
fn what_only_azure_says_is_azures_unless_the_model_is_anothers() {
    let azure = |asked, answered| shaped("azure.ai.openai", asked, answered);
    let own = Some("azure.ai.openai".to_owned());
    assert_eq!(azure(Some("our-deployment"), Some("gpt-4o-2024-08-06")), own);
    assert_eq!(azure(Some("our-deployment"), None), own);
    assert_eq!(azure(Some("our-deployment"), Some("grok-4")), None);
    assert_eq!(azure(Some("our-deployment"), Some("DeepSeek-V3-0324")), None);
}

#[test]
fn other_shapes_are_as_certain_as_their_extractors() {
    assert_eq!(shaped("ollama", "gpt-oss:20b", "gpt-oss:20b").as_deref(), Some("ollama"));
    assert_eq!(shaped("parrot", "gpt-4o", None).as_deref(), Some("parrot"));
}

#[test]
fn a_host_counts_before_everything_else() {
    let host = |host, port| of(Some(host), port, Some("parrot"), [Some("gpt-4o"), None]);
    assert_eq!(host("api.groq.com", Some(443)).as_deref(), Some("groq"));
    assert_eq!(host("localhost", Some(11434)).as_deref(), Some("ollama"));
    assert_eq!(host("localhost", Some(8080)).as_deref(), Some("parrot"));
}

#[test]
fn models_that_answer_in_text_are_told_from_others() {
    for name in ["gpt-4o", "o4-mini", "openai/gpt-5.2", "chatgpt-4o-latest", "ft:gpt-4o-mini:acme::b1"] {
        assert!(is_openai_chat_model(name), "{name}");
    }
    for name in
        ["text-embedding-3-small", "gpt-4o-mini-tts", "gpt-image-1", "omni-moderation-latest", "llama3", ""]
    {
        assert!(!is_openai_chat_model(name), "{name}");
    }
}

#[test]
fn no_text_is_too_odd_or_too_long() {
    for name in [
        "*", "ft:", "ft::", ":", "::", "/", "//", "@", ".", "-", "us.", "gpt-", "o", "\u{0}", "🦜", "ｇpt-4o",
    ] {
        assert_eq!(of(Some(name), Some(1), None, [Some(name), Some(name)]), None, "{name:?}");
    }
    for filler in ["a", "claude-", "projects/locations/", "o1-mini-", "*"] {
        let name = filler.repeat(100_000);
        assert_eq!(of(Some(&name), None, None, [Some(&name), None]), None, "{filler}");
    }
}
