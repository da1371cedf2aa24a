//! Whose model it is, where the program does not say so: by host, then by the shape of the bodies and the models' names.
//!
//! What is not certain stays unknown: a wrong name is worse than none.

use recount_tests::exported;
use serde_json::{Value, json};

/// What a test knows of a call.
#[derive(Clone, Copy, Default)]
struct Call<'a> {
    /// The address of the server.
    server: &'a str,
    asked: &'a str,
    answered: &'a str,
}

#[recount::llm_span(skip(answered))]
fn complete(request: &Value, base_url: &str, answered: &str) -> Value {
    let _ = (request, base_url);
    json!({
        "model": answered,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]
    })
}

fn attributes(calls: &[Call<'_>]) -> Vec<Value> {
    let spans = exported(|| {
        for call in calls {
            let request = json!({"model": call.asked, "messages": [{"role": "user", "content": "Hello"}]});
            complete(&request, call.server, call.answered);
        }
    });
    let spans: Vec<Value> =
        spans.as_array().expect("spans").iter().map(|span| span["attributes"].clone()).collect();
    assert_eq!(spans.len(), calls.len());
    spans
}

/// Every line has what is known and the provider that follows from it; nothing where none does.
#[track_caller]
fn check(what: impl Fn(&'static str) -> Call<'static>, lines: &[(&'static str, &str)]) {
    let calls: Vec<_> = lines.iter().map(|(known, _)| what(known)).collect();
    let mut wrong = Vec::new();
    for ((known, expected), attributes) in lines.iter().zip(attributes(&calls)) {
        let provider = attributes["gen_ai.provider.name"].as_str().unwrap_or_default();
        if provider != *expected {
            wrong.push(format!("{known:?} is {expected:?}, not {provider:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn models_that_only_one_provider_has_name_it() {
    let asked = |asked| Call { asked, ..Call::default() };
    check(
        asked,
        &[
            ("gpt-4o", "openai"),
            ("gpt-4o-2024-08-06", "openai"),
            ("gpt-4o-mini", "openai"),
            ("gpt-4o-mini-search-preview", "openai"),
            ("gpt-4", "openai"),
            ("gpt-4-0613", "openai"),
            ("gpt-4-turbo", "openai"),
            ("gpt-4-32k", "openai"),
            ("gpt-4.1-nano", "openai"),
            ("gpt-4.5-preview", "openai"),
            ("gpt-5", "openai"),
            ("gpt-5-mini-2025-08-07", "openai"),
            ("gpt-5-codex", "openai"),
            ("gpt-5.2-pro", "openai"),
            ("gpt-9", "openai"),
            ("gpt-3.5-turbo", "openai"),
            ("gpt-3.5-turbo-instruct", "openai"),
            ("gpt-3.5-turbo-16k", "openai"),
            ("gpt-image-1", "openai"),
            ("gpt-realtime", "openai"),
            ("gpt-audio-mini", "openai"),
            ("gpt-4o-audio-preview-2024-12-17", "openai"),
            ("gpt-4o-mini-transcribe", "openai"),
            ("gpt-4o-transcribe-diarize", "openai"),
            ("gpt-4-vision-preview", "openai"),
            ("gpt-4-1106-preview", "openai"),
            ("gpt-5-chat-latest", "openai"),
            ("gpt-5.1-codex-max", "openai"),
            ("gpt-5-search-api", "openai"),
            ("gpt-image-1-mini", "openai"),
            ("gpt-3.5-turbo-0125", "openai"),
            ("gpt-6-sol", "openai"),
            ("chatgpt-4o-latest", "openai"),
            ("o1", "openai"),
            ("o1-preview", "openai"),
            ("o1-mini-2024-09-12", "openai"),
            ("o1-pro", "openai"),
            ("o3", "openai"),
            ("o3-deep-research-2025-06-26", "openai"),
            ("o3-mini-high", "openai"),
            ("o4-mini", "openai"),
            ("o4-mini-2025-04-16", "openai"),
            ("ft:gpt-4o-mini-2024-07-18:acme:support:9aBcDeF", "openai"),
            ("text-embedding-3-small", "openai"),
            ("text-embedding-3-large", "openai"),
            ("text-embedding-ada-002", "openai"),
            ("omni-moderation-latest", "openai"),
            ("computer-use-preview", "openai"),
            ("codex-mini-latest", "openai"),
            ("davinci-002", "openai"),
            ("dall-e-3", "openai"),
            ("whisper-1", "openai"),
            ("tts-1-hd", "openai"),
            ("claude-sonnet-4-5", "anthropic"),
            ("claude-3-5-sonnet-20241022", "anthropic"),
            ("claude-opus-4-1-20250805", "anthropic"),
            ("claude-3-7-sonnet-latest", "anthropic"),
            ("claude-instant-1.2", "anthropic"),
            ("claude-2.1", "anthropic"),
            ("claude-3-opus-latest", "anthropic"),
            ("claude-sonnet-4-5-20250929", "anthropic"),
            ("claude-tomorrow-6", "anthropic"),
            ("gemini-2.5-pro", "gcp.gen_ai"),
            ("gemini-1.5-flash-8b", "gcp.gen_ai"),
            ("gemini-flash-latest", "gcp.gen_ai"),
            ("gemini-embedding-001", "gcp.gen_ai"),
            ("gemini-3-pro-preview", "gcp.gen_ai"),
            ("models/gemini-2.0-flash", "gcp.gemini"),
            ("tunedModels/our-model-17", "gcp.gemini"),
            ("command", "cohere"),
            ("command-a-03-2025", "cohere"),
            ("command-r-plus-08-2024", "cohere"),
            ("command-r7b-12-2024", "cohere"),
            ("mistral-large-latest", "mistral_ai"),
            ("mistral-small-2503", "mistral_ai"),
            ("codestral-2501", "mistral_ai"),
            ("magistral-medium-latest", "mistral_ai"),
            ("ministral-8b-latest", "mistral_ai"),
            ("pixtral-large-latest", "mistral_ai"),
            ("mistral-embed", "mistral_ai"),
            ("grok-4", "x_ai"),
            ("grok-3-mini", "x_ai"),
            ("grok-4-0709", "x_ai"),
            ("grok-code-fast-1", "x_ai"),
            ("sonar", "perplexity"),
            ("sonar-reasoning-pro", "perplexity"),
            ("deepseek-chat", "deepseek"),
            ("deepseek-reasoner", "deepseek"),
            ("moonshot-v1-128k", "moonshot_ai"),
            ("kimi-latest", "moonshot_ai"),
            ("qwen-max", "dashscope"),
            ("qwen-plus-latest", "dashscope"),
        ],
    );
}

#[test]
fn names_of_a_platform_or_of_a_router_name_it() {
    let asked = |asked| Call { asked, ..Call::default() };
    check(
        asked,
        &[
            ("openai/gpt-4o", "openai"),
            ("openai/gpt-4o:online", "openai"),
            ("openai/o4-mini", "openai"),
            ("openai::gpt-5", "openai"),
            ("anthropic/claude-3.5-sonnet", "anthropic"),
            ("anthropic/claude-sonnet-4:beta", "anthropic"),
            ("google/gemini-2.5-pro", "gcp.gen_ai"),
            ("x-ai/grok-4", "x_ai"),
            ("xai/grok-3", "x_ai"),
            ("perplexity/sonar-pro", "perplexity"),
            ("mistral/mistral-large-latest", "mistral_ai"),
            ("anthropic.claude-3-5-sonnet-20240620-v1:0", "aws.bedrock"),
            ("us.anthropic.claude-sonnet-4-20250514-v1:0", "aws.bedrock"),
            ("us-gov.anthropic.claude-3-haiku-20240307-v1:0", "aws.bedrock"),
            ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws.bedrock"),
            ("anthropic.claude-v2", "aws.bedrock"),
            ("amazon.nova-pro-v1:0", "aws.bedrock"),
            ("eu.amazon.nova-lite-v1:0", "aws.bedrock"),
            ("amazon.titan-embed-text-v2:0", "aws.bedrock"),
            ("meta.llama3-1-70b-instruct-v1:0", "aws.bedrock"),
            ("us.meta.llama4-scout-17b-instruct-v1:0", "aws.bedrock"),
            ("mistral.mistral-7b-instruct-v0:2", "aws.bedrock"),
            ("cohere.command-r-plus-v1:0", "aws.bedrock"),
            ("openai.gpt-oss-120b-1:0", "aws.bedrock"),
            ("us.deepseek.r1-v1:0", "aws.bedrock"),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1B2c3", "aws.bedrock"),
            ("arn:aws-cn:bedrock:cn-north-1::foundation-model/anthropic.claude-v2", "aws.bedrock"),
            ("bedrock/anthropic.claude-v2", "aws.bedrock"),
            ("claude-3-5-sonnet@20240620", "gcp.vertex_ai"),
            ("claude-opus-4@default", "gcp.vertex_ai"),
            ("projects/p1/locations/us-central1/publishers/google/models/gemini-2.5-pro", "gcp.vertex_ai"),
            ("publishers/google/models/gemini-2.5-flash", "gcp.vertex_ai"),
            ("vertex_ai/gemini-2.5-pro", "gcp.vertex_ai"),
            ("gemini/gemini-2.5-pro", "gcp.gemini"),
            ("gpt-35-turbo-16k", "azure.ai.openai"),
            ("azure/our-deployment", "azure.ai.openai"),
            ("groq/compound", "groq"),
            ("groq::llama-3.1-8b-instant", "groq"),
            ("llama-3.3-70b-versatile", "groq"),
            ("ollama/llama3", "ollama"),
            ("openrouter/auto", "openrouter"),
            ("accounts/fireworks/models/llama-v3p1-8b-instruct", "fireworks_ai"),
        ],
    );
}

#[test]
fn a_name_that_anybody_may_give_tells_nothing() {
    let asked = |asked| Call { asked, ..Call::default() };
    check(
        asked,
        &[
            ("", ""),
            (" ", ""),
            ("gpt", ""),
            ("gpt-", ""),
            ("gpt-oss-120b", ""),
            ("gpt-oss:20b", ""),
            ("openai/gpt-oss-120b", ""),
            ("openai/whisper-large-v3", ""),
            ("gpt-j-6b", ""),
            ("gpt2", ""),
            ("gpt-2", ""),
            ("gpt-neox-20b", ""),
            ("gpt-neo-2.7B", ""),
            ("gpt4all", ""),
            ("gpt-4-all", ""),
            ("gpt-4o-local-proxy", ""),
            ("gpt-4o-mini-clone", ""),
            ("gpt-4o-acme", ""),
            ("gpt-5-acme-support", ""),
            ("gpt-4all-j", ""),
            ("gpt4-x-alpaca-13b", ""),
            ("gpt-4-x-alpaca-13b", ""),
            ("GPT-4o", ""),
            ("gpt-4o ", ""),
            ("gpt-4o\n", ""),
            ("gpt-4o:latest", ""),
            ("my-gpt-4o", ""),
            ("not/openai/gpt-4o", ""),
            ("evil/gpt-4o", ""),
            ("openai/claude-sonnet-4", ""),
            ("anthropic/gpt-4o", ""),
            ("o1-open-7b", ""),
            ("o1x", ""),
            ("o11", ""),
            ("o2", ""),
            ("o1-journey", ""),
            ("marco-o1", ""),
            ("openo1-llama-8b", ""),
            ("llama-o1", ""),
            ("O1", ""),
            ("chatgpt", ""),
            ("claude", ""),
            ("claude-3-opus-distill-8b-gguf", ""),
            ("claude-instant-clone", ""),
            ("claude-3-opus-proxy", ""),
            ("Claude-Sonnet", ""),
            ("databricks-claude-sonnet-4", ""),
            ("gemini", ""),
            ("gemini-nano", ""),
            ("gemma-3-27b-it", ""),
            ("gemma2-9b-it", ""),
            ("models/llama-7b.gguf", ""),
            ("text-embedding-004", ""),
            ("text-embedding-v3", ""),
            ("text-embedding-nomic-embed-text-v1.5", ""),
            ("nomic-embed-text", ""),
            ("command-r", ""),
            ("command-r:35b-08-2024-q4_0", ""),
            ("commandr", ""),
            ("mistral", ""),
            ("mistral:7b", ""),
            ("mistral-nemo", ""),
            ("mistral-7b-instruct-v0.3", ""),
            ("mistralai/Mistral-7B-Instruct-v0.3", ""),
            ("Mistral-Small-3.2-24B-Instruct-2506", ""),
            ("mistral-small-3.2-24b-instruct-2506", ""),
            ("mixtral-8x7b", ""),
            ("codestral", ""),
            ("codestral:22b", ""),
            ("grok-1", ""),
            ("grok", ""),
            ("sonar-7b", ""),
            ("sonarqube", ""),
            ("deepseek-r1", ""),
            ("deepseek-r1:7b", ""),
            ("deepseek-coder", ""),
            ("deepseek-v3", ""),
            ("deepseek-ai/DeepSeek-V3", ""),
            ("deepseek/deepseek-r1", ""),
            ("deepseek-r1-distill-llama-70b", ""),
            ("qwen3:8b", ""),
            ("qwen2.5-72b-instruct", ""),
            ("Qwen/Qwen3-235B-A22B", ""),
            ("qwq-32b", ""),
            ("kimi-k2-instruct", ""),
            ("moonshotai/Kimi-K2-Instruct", ""),
            ("llama3.1", ""),
            ("llama-3.1-8b-instruct", ""),
            ("meta-llama/Llama-3.3-70B-Instruct", ""),
        ],
    );
}

#[test]
fn a_name_that_only_looks_like_one_tells_nothing() {
    let asked = |asked| Call { asked, ..Call::default() };
    check(
        asked,
        &[
            // Oracle's names, and some that only look like those of Amazon.
            ("cohere.command-r-plus", ""),
            ("meta.llama-3.1-70b-instruct", ""),
            ("xai.grok-4", ""),
            ("acme.model-v1:0", ""),
            ("us.acme.model-v1:0", ""),
            ("anthropic.gpt", ""),
            ("arn:aws:s3:::bedrock", ""),
            ("arn:evil:bedrock:x", ""),
            ("17", ""),
            ("null", ""),
            ("2025-04-16", ""),
            (":", ""),
            ("/", ""),
            ("ft:", ""),
            ("ft:llama-3:acme::1", ""),
            ("gpt-4o<script>", ""),
            ("gpt-4ö", ""),
        ],
    );
}

#[test]
fn hosts_name_their_owners_whatever_the_model_is() {
    let server = |server| Call { server, asked: "gpt-4o", ..Call::default() };
    check(
        server,
        &[
            ("https://api.openai.com/v1", "openai"),
            ("https://eu.api.openai.com/v1", "openai"),
            ("https://our.openai.azure.com/openai/deployments/d/chat/completions", "azure.ai.openai"),
            ("https://our.openai.azure.us", "azure.ai.openai"),
            ("https://our.cognitiveservices.azure.com/openai/v1", "azure.ai.openai"),
            ("https://our.services.ai.azure.com/models", "azure.ai.inference"),
            ("https://models.inference.ai.azure.com", "azure.ai.inference"),
            ("https://d.eastus.inference.ai.azure.com", "azure.ai.inference"),
            ("https://api.anthropic.com", "anthropic"),
            ("https://bedrock-runtime.us-east-1.amazonaws.com", "aws.bedrock"),
            ("https://bedrock-runtime.us-gov-west-1.amazonaws.com/openai/v1", "aws.bedrock"),
            ("https://bedrock-runtime-fips.us-west-2.amazonaws.com", "aws.bedrock"),
            ("https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com", "aws.bedrock"),
            ("https://generativelanguage.googleapis.com/v1beta/openai/", "gcp.gemini"),
            ("https://us-central1-aiplatform.googleapis.com", "gcp.vertex_ai"),
            ("https://aiplatform.googleapis.com", "gcp.vertex_ai"),
            ("https://api.mistral.ai/v1", "mistral_ai"),
            ("https://codestral.mistral.ai/v1", "mistral_ai"),
            ("https://api.cohere.com/v2", "cohere"),
            ("https://api.cohere.ai", "cohere"),
            ("https://api.groq.com/openai/v1", "groq"),
            ("https://api.deepseek.com", "deepseek"),
            ("https://api.x.ai/v1", "x_ai"),
            ("https://api.perplexity.ai", "perplexity"),
            ("https://api.moonshot.ai/v1", "moonshot_ai"),
            ("https://api.moonshot.cn/v1", "moonshot_ai"),
            ("https://us-south.ml.cloud.ibm.com/ml/v1/text/chat?version=2024-10-08", "ibm.watsonx.ai"),
            ("https://openrouter.ai/api/v1", "openrouter"),
            ("https://api.together.xyz/v1", "together_ai"),
            ("https://api.fireworks.ai/inference/v1", "fireworks_ai"),
            ("https://dashscope.aliyuncs.com/compatible-mode/v1", "dashscope"),
            ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "dashscope"),
            ("http://localhost:11434/v1", "ollama"),
            ("http://127.0.0.1:11434", "ollama"),
            ("http://[::1]:11434", "ollama"),
            ("http://host.docker.internal:11434", "ollama"),
            ("http://ollama:11434", "ollama"),
            ("http://192.168.1.20:11434", "ollama"),
            ("HTTPS://API.GROQ.COM:443/openai/v1", "groq"),
            ("https://api.groq.com./openai/v1", "groq"),
            ("https://user:secret@api.groq.com", "groq"),
        ],
    );
}

#[test]
fn hosts_that_only_look_like_others_name_nobody() {
    let server = |server| Call { server, asked: "llama3.1", ..Call::default() };
    check(
        server,
        &[
            ("https://api.openai.com.evil.example/v1", ""),
            ("https://api-openai.com/v1", ""),
            ("https://apiXopenai.com/v1", ""),
            ("https://openai.com.evil.example/v1/chat/completions", ""),
            ("https://evil.example/api.openai.com/v1", ""),
            ("https://api.openai.com@evil.example/v1", ""),
            (r"https://evil.example\@api.openai.com/v1", ""),
            ("https://openai.azure.com/v1", ""),
            ("https://our.openai.azure.com.evil.example/v1", ""),
            ("https://evilopenai.azure.com/v1", ""),
            ("https://bedrock-runtime.s3.amazonaws.com/v1", ""),
            ("https://bedrock-runtime.us-east-1.elb.amazonaws.com/v1", ""),
            ("https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/v1", ""),
            ("https://s3.us-east-1.amazonaws.com/v1", ""),
            ("https://storage.googleapis.com/v1", ""),
            ("https://notaiplatform.googleapis.com/v1", ""),
            ("https://-aiplatform.googleapis.com/v1", ""),
            ("https://gateway.ai.cloudflare.com/v1/account/gateway/openai", ""),
            ("https://llm.example.com/v1", ""),
            ("https://llm.example.com:11434/v1", ""),
            ("https://8.8.8.8:11434/v1", ""),
            ("http://localhost:8080/v1", ""),
            ("http://localhost:114340/v1", ""),
            ("not a URL", ""),
            ("", ""),
        ],
    );
}

#[test]
fn a_server_that_answers_with_another_model_is_not_the_makers() {
    let answers = |asked: &'static str, answered| Call { asked, answered, ..Call::default() };
    let calls = [
        (answers("gpt-4o", "gpt-4o-2024-08-06"), Some("openai")),
        (answers("gpt-4o", ""), Some("openai")),
        (answers("", "gpt-4o-2024-08-06"), Some("openai")),
        (answers("openai/gpt-4o", "gpt-4o-2024-08-06"), Some("openai")),
        (answers("gpt-4o", "qwen2.5-7b-instruct"), None),
        (answers("gpt-4o", "claude-sonnet-4-5"), None),
        (answers("our-deployment", "gpt-4o-2024-08-06"), None),
        (answers("llama3", "llama3"), None),
        (answers("azure/our-deployment", "gpt-4o-2024-08-06"), Some("azure.ai.openai")),
        (
            answers("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620"),
            Some("aws.bedrock"),
        ),
    ];
    let attributes = attributes(&calls.map(|(call, _)| call));
    for ((call, expected), attributes) in calls.iter().zip(attributes) {
        let provider = attributes["gen_ai.provider.name"].as_str();
        assert_eq!(provider, *expected, "{} answered by {}", call.asked, call.answered);
    }
}

#[test]
fn the_server_is_told_with_its_port_and_never_who_logs_in() {
    let of = |server| attributes(&[Call { server, asked: "m", ..Call::default() }])[0].clone();
    let default = of("https://user:hunter2@api.groq.com/openai/v1");
    assert_eq!(default["server.address"], "api.groq.com");
    assert_eq!(default["server.port"], 443);
    let explicit = of("http://hunter2@[::1]:8000/v1");
    assert_eq!(explicit["server.address"], "::1");
    assert_eq!(explicit["server.port"], 8000);
    for attributes in [default, explicit] {
        assert!(!attributes.to_string().contains("hunter2"), "{attributes}");
    }
    let page = of("https://example.com/about-models.html");
    assert_eq!((&page["server.address"], &page["server.port"]), (&Value::Null, &Value::Null));
}

#[recount::llm_span]
fn message(request: &Value) -> Value {
    json!({
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1}
    })
}

#[test]
fn a_language_that_many_servers_speak_is_not_its_inventors() {
    let provider = |model: &str| {
        let request = json!({
            "model": model,
            "system": "Be brief.",
            "max_tokens": 16,
            "messages": [{"role": "user", "content": "Hello"}]
        });
        exported(|| message(&request))[0]["attributes"]["gen_ai.provider.name"].clone()
    };
    assert_eq!(provider("claude-sonnet-4-5"), "anthropic");
    assert_eq!(provider("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), "aws.bedrock");
    assert_eq!(provider("claude-sonnet-4-5@20250929"), "gcp.vertex_ai");
    for model in ["kimi-k2-thinking", "glm-4.6", "MiniMax-M2", "qwen3-coder", "our-model"] {
        assert_eq!(provider(model), Value::Null, "{model}");
    }
}

#[recount::llm_span(provider = "house", model = "gpt-4o")]
fn said_by_the_program(base_url: &str) {
    let _ = base_url;
}

#[test]
fn what_the_program_says_counts() {
    let span = exported(|| said_by_the_program("https://api.openai.com/v1"))[0]["attributes"].clone();
    assert_eq!(span["gen_ai.provider.name"], "house");
    assert_eq!(span["server.address"], "api.openai.com");
}
