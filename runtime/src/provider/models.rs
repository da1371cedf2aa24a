//! What the names of models tell.
//!
//! A maker that keeps the weights to itself is the provider, whoever passes the call on. Models whose weights are
//! open run anywhere, and the same name is given by many, so they tell nothing.

use super::names;

/// Who gives a model its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A platform that has names of its own for the models of many makers.
    Platform(&'static str),
    /// The maker, whose weights are closed.
    Maker(&'static str),
    /// Anybody.
    Unknown,
}

/// Longer names are nobody's.
const LONGEST: usize = 512;

/// Who gives a model this name.
///
/// In lower case only: that is how the makers write their names, and others (`GPT-4o`, `Mistral-Large-2411`) are those of
/// somebody's own server.
pub(super) fn owner(name: &str) -> Owner {
    if name.len() > LONGEST || !name.bytes().all(is_plain) {
        return Owner::Unknown;
    }
    if let Some(platform) = platform(name) {
        return Owner::Platform(platform);
    }
    // A tuned model is its base's: `ft:gpt-4o-mini:acme::b1`.
    if let Some(base) = name.strip_prefix("ft:").and_then(|tuned| tuned.split(':').next()) {
        return maker(base).map_or(Owner::Unknown, Owner::Maker);
    }
    // Routers put the maker in front, and ways of routing behind: `openai/gpt-4o:online`.
    let known = match split_vendor(name) {
        Some((vendor, model)) => {
            let model = model.split(':').next().unwrap_or(model);
            let named = VENDORS.iter().find(|(known, _)| *known == vendor).map(|(_, maker)| *maker);
            maker(model).filter(|maker| named == Some(*maker))
        }
        None => maker(name),
    };
    known.map_or(Owner::Unknown, Owner::Maker)
}

/// Whether a model of `OpenAI`'s is one that answers in text.
pub(crate) fn is_openai_chat_model(name: &str) -> bool {
    const OTHERS: [&str; 5] = ["embedding", "moderation", "tts", "transcribe", "image"];
    let base = name.strip_prefix("ft:").and_then(|tuned| tuned.split(':').next()).unwrap_or(name);
    let base = split_vendor(base).map_or(base, |(_, model)| model);
    let answers = ["gpt-", "chatgpt-", "codex-", "computer-use-"].iter().any(|head| base.starts_with(head))
        || is_reasoning_model(base);
    owner(name) == Owner::Maker(names::OPENAI) && answers && !OTHERS.iter().any(|other| base.contains(other))
}

/// The makers that stand before a slash (routers, catalogues) or two colons (the crate `genai`), as far as the
/// weights are closed.
const VENDORS: &[(&str, &str)] = &[
    ("openai", names::OPENAI),
    ("anthropic", names::ANTHROPIC),
    ("google", names::GOOGLE),
    ("x-ai", names::X_AI),
    ("xai", names::X_AI),
    ("cohere", names::COHERE),
    ("mistral", names::MISTRAL),
    ("mistralai", names::MISTRAL),
    ("perplexity", names::PERPLEXITY),
];

/// Patterns of names that only one platform gives; `*` is any text.
#[rustfmt::skip]
const PLATFORMS: &[(&str, &str)] = &[
    // Resource names of AWS: models, profiles, prompts, imported models.
    ("arn:aws:bedrock:*", names::BEDROCK),
    ("arn:aws-cn:bedrock:*", names::BEDROCK),
    ("arn:aws-us-gov:bedrock:*", names::BEDROCK),
    // Oracle has names with a maker and a dot as well, but none of these two makers.
    ("anthropic.claude-*", names::BEDROCK),
    ("amazon.nova-*", names::BEDROCK),
    ("amazon.titan-*", names::BEDROCK),
    // Google's names: with a project, or with a publisher; `@` is how Vertex AI writes versions of Claude.
    ("projects/*/locations/*", names::VERTEX_AI),
    ("publishers/*/models/*", names::VERTEX_AI),
    ("claude-*@2*", names::VERTEX_AI),
    ("claude-*@default", names::VERTEX_AI),
    // The Gemini API lists its models with this prefix; files of weights are found in folders of that name, too.
    ("models/gemini-*", names::GEMINI),
    ("tunedModels/*", names::GEMINI),
    // No dot: a name of Azure's only, whose deployments must not have one.
    ("gpt-35-turbo*", names::AZURE_OPENAI),
    // Names that clients understand as "of this platform": LiteLLM's and those of the crate `genai`.
    ("azure/*", names::AZURE_OPENAI),
    ("azure_ai/*", names::AZURE_INFERENCE),
    ("bedrock/*", names::BEDROCK),
    ("vertex_ai/*", names::VERTEX_AI),
    ("vertex::*", names::VERTEX_AI),
    ("gemini/gemini-*", names::GEMINI),
    ("gemini::gemini-*", names::GEMINI),
    ("groq/*", names::GROQ),
    ("groq::*", names::GROQ),
    ("ollama/*", names::OLLAMA),
    ("ollama_chat/*", names::OLLAMA),
    ("ollama::*", names::OLLAMA),
    ("openrouter/*", names::OPENROUTER),
    ("together_ai/*", names::TOGETHER_AI),
    ("fireworks_ai/*", names::FIREWORKS_AI),
    ("accounts/fireworks/models/*", names::FIREWORKS_AI),
    ("watsonx/*", names::WATSONX),
    // Groq's names for models of Meta's: how fast they are, not what they are.
    ("llama-*-versatile", names::GROQ),
    ("llama-*-instant", names::GROQ),
];

/// Makers in Bedrock's catalogue. Oracle has some of them in the same way, yet without a revision behind a colon.
const BEDROCK: &[&str] = &[
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "luma",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "nvidia",
    "openai",
    "qwen",
    "stability",
    "twelvelabs",
    "writer",
    "zai",
];

/// Where Bedrock may look for room to answer: `us.anthropic.claude-…`.
const BEDROCK_REGIONS: &[&str] = &["us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"];

fn platform(name: &str) -> Option<&'static str> {
    let local = name.split_once('.').filter(|(region, _)| BEDROCK_REGIONS.contains(region));
    let local = local.map_or(name, |(_, local)| local);
    let revised = local.split_once('.').is_some_and(|(maker, model)| {
        let revision = model.rsplit_once(':').map_or("", |(_, revision)| revision);
        BEDROCK.contains(&maker) && !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit())
    });
    let known = PLATFORMS
        .iter()
        .find(|(pattern, provider)| matches(pattern, if *provider == names::BEDROCK { local } else { name }));
    known.map(|(_, provider)| *provider).or(revised.then_some(names::BEDROCK))
}

/// Patterns of names that makers give to models of which nobody else has the weights; `*` is any text.
///
/// Others call theirs after these, see [`is_derived`].
#[rustfmt::skip]
const MAKERS: &[(&str, &str)] = &[
    // Not `gpt2`, `gpt-j`, `gpt-neox`, `gpt4all`, `gpt-oss`: their weights are open.
    ("gpt-#", names::OPENAI),
    ("gpt-#-*", names::OPENAI),
    ("gpt-#.#", names::OPENAI),
    ("gpt-#.#-*", names::OPENAI),
    ("gpt-#o", names::OPENAI),
    ("gpt-#o-*", names::OPENAI),
    ("gpt-image-*", names::OPENAI),
    ("gpt-audio*", names::OPENAI),
    ("gpt-realtime*", names::OPENAI),
    ("chatgpt-*", names::OPENAI),
    ("codex-mini-latest", names::OPENAI),
    ("computer-use-preview*", names::OPENAI),
    // Not `text-embedding-004` (Google), `text-embedding-v3` (Alibaba), `text-embedding-nomic-…` (open).
    ("text-embedding-3-small", names::OPENAI),
    ("text-embedding-3-large", names::OPENAI),
    ("text-embedding-ada-002*", names::OPENAI),
    ("text-davinci-00*", names::OPENAI),
    ("davinci-002", names::OPENAI),
    ("babbage-002", names::OPENAI),
    ("omni-moderation-*", names::OPENAI),
    ("text-moderation-*", names::OPENAI),
    ("dall-e-2", names::OPENAI),
    ("dall-e-3", names::OPENAI),
    ("tts-1", names::OPENAI),
    ("tts-1-*", names::OPENAI),
    ("whisper-1", names::OPENAI),
    ("claude-*", names::ANTHROPIC),
    // Gemini API or Vertex AI: the name does not tell. Not `gemini-nano`, which runs in browsers.
    ("gemini-1*", names::GOOGLE),
    ("gemini-2*", names::GOOGLE),
    ("gemini-3*", names::GOOGLE),
    ("gemini-pro*", names::GOOGLE),
    ("gemini-flash*", names::GOOGLE),
    ("gemini-embedding-*", names::GOOGLE),
    ("gemini-exp-*", names::GOOGLE),
    ("gemini-live-*", names::GOOGLE),
    // Of Cohere's, weights without a date in the name are in every catalogue of open models: `command-r`.
    ("command", names::COHERE),
    ("command-light", names::COHERE),
    ("command-nightly", names::COHERE),
    ("command-*-##-####", names::COHERE),
    // Mistral's own server has aliases and dates: `mistral-large-latest`, `codestral-2501`. `mistral:7b`,
    // `mistral-nemo`, `mistral-7b-instruct-v0.3` are open weights' names.
    ("mistral-*-latest", names::MISTRAL),
    ("codestral-latest", names::MISTRAL),
    ("magistral-*-latest", names::MISTRAL),
    ("ministral-*-latest", names::MISTRAL),
    ("devstral-*-latest", names::MISTRAL),
    ("voxtral-*-latest", names::MISTRAL),
    ("pixtral-*-latest", names::MISTRAL),
    ("mistral-large-####", names::MISTRAL),
    ("mistral-medium-####", names::MISTRAL),
    ("mistral-small-####", names::MISTRAL),
    ("codestral-####", names::MISTRAL),
    ("magistral-medium-####", names::MISTRAL),
    ("pixtral-large-####", names::MISTRAL),
    ("mistral-embed", names::MISTRAL),
    ("codestral-embed", names::MISTRAL),
    // The weights of the first two were published.
    ("grok-3", names::X_AI),
    ("grok-3-*", names::X_AI),
    ("grok-4", names::X_AI),
    ("grok-4-*", names::X_AI),
    ("grok-4.*", names::X_AI),
    ("grok-code-fast-*", names::X_AI),
    // `sonar` alone is the name of many things, as an embedding of Meta's.
    ("sonar", names::PERPLEXITY),
    ("sonar-pro", names::PERPLEXITY),
    ("sonar-reasoning", names::PERPLEXITY),
    ("sonar-reasoning-pro", names::PERPLEXITY),
    ("sonar-deep-research", names::PERPLEXITY),
    // Aliases of DeepSeek's own server; `deepseek-r1`, `deepseek-coder`, `deepseek-v3` run anywhere.
    ("deepseek-chat", names::DEEPSEEK),
    ("deepseek-reasoner", names::DEEPSEEK),
    // `kimi-k2` runs anywhere.
    ("moonshot-v1-*", names::MOONSHOT_AI),
    ("kimi-latest", names::MOONSHOT_AI),
    // Of Alibaba's models the commercial ones; `qwen2.5`, `qwen3:8b`, `qwq` run anywhere.
    ("qwen-max", names::DASHSCOPE),
    ("qwen-max-latest", names::DASHSCOPE),
    ("qwen-plus", names::DASHSCOPE),
    ("qwen-plus-latest", names::DASHSCOPE),
    ("qwen-turbo", names::DASHSCOPE),
    ("qwen-turbo-latest", names::DASHSCOPE),
    ("qwen3-max", names::DASHSCOPE),
    ("qwen-vl-max", names::DASHSCOPE),
];

fn maker(name: &str) -> Option<&'static str> {
    let odd = |byte: u8| byte.is_ascii_uppercase() || b":/@_".contains(&byte);
    if name.bytes().any(odd) || name.ends_with(['-', '.']) || is_derived(name) || is_after(name) {
        return None;
    }
    let known = MAKERS.iter().find(|(pattern, _)| matches(pattern, name)).map(|(_, maker)| *maker);
    known.or(is_reasoning_model(name).then_some(names::OPENAI))
}

/// Whether a name is that of weights that somebody made after a maker's model: it tells their size or their format.
fn is_derived(name: &str) -> bool {
    const WORDS: [&str; 13] = [
        "gguf",
        "gptq",
        "awq",
        "mlx",
        "alpaca",
        "distill",
        "distilled",
        "instruct",
        "oss",
        "all",
        "clone",
        "local",
        "proxy",
    ];
    // A few have a size and are the makers' own.
    let own = name.starts_with("gemini-1.5-flash-8b") || name.starts_with("gpt-3.5-turbo-instruct");
    let own = own || matches!(name, "ministral-3b-latest" | "ministral-8b-latest" | "ministral-14b-latest");
    // The first two were published.
    let open = ["gpt-1", "gpt-2"].iter().any(|head| name.starts_with(head));
    open || !own
        && name.split(['-', '.']).any(|word| {
            let size = word.strip_suffix('b').is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x')
            });
            size || WORDS.contains(&word)
        })
}

/// Whether a name only begins like one of `OpenAI`'s or Anthropic's: `gpt-4o-acme`, `claude-instant-clone`.
///
/// Behind the family stand versions, known words, and one for the size, which may be new; GPT-3 and GPT-4 have no new
/// ones.
fn is_after(name: &str) -> bool {
    let is_version = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let Some((family, rest)) = name.split_once('-') else { return false };
    let is_old = rest.starts_with(['3', '4']);
    let unknown = rest.split('-').filter(|word| !is_version(word) && !SUFFIXES.contains(word)).count();
    match family {
        "gpt" => unknown > usize::from(!is_old),
        "claude" => unknown > 1 || unknown == rest.split('-').count(),
        _ => false,
    }
}

/// Words behind the names of families of models.
#[rustfmt::skip]
const SUFFIXES: [&str; 24] = [
    "api", "audio", "chat", "codex", "diarize", "fast", "high", "image", "instruct", "latest", "low", "max", "mini",
    "nano", "preview", "pro", "realtime", "search", "thinking", "transcribe", "translate", "tts", "turbo", "vision",
];

/// `o1`, `o3-pro`, `o4-mini-2025-04-16`: short enough that others have names like it, so each word behind has to be
/// one of `OpenAI`'s.
fn is_reasoning_model(name: &str) -> bool {
    let mut words = name.split('-');
    matches!(words.next(), Some("o1" | "o3" | "o4"))
        && words.all(|word| {
            matches!(word, "mini" | "pro" | "preview" | "high" | "deep" | "research")
                || matches!(word.len(), 2 | 4) && word.bytes().all(|byte| byte.is_ascii_digit())
        })
}

fn split_vendor(name: &str) -> Option<(&str, &str)> {
    name.split_once("::").or_else(|| name.split_once('/'))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._:/@".contains(&byte)
}

/// Whether a pattern fits; `*` is any text, `#` a digit.
fn matches(pattern: &str, name: &str) -> bool {
    let fits = |pattern: &str, text: &str| {
        pattern.len() == text.len()
            && pattern
                .bytes()
                .zip(text.bytes())
                .all(|(expected, byte)| expected == byte || expected == b'#' && byte.is_ascii_digit())
    };
    // Texts are ASCII: any place may be cut.
    let Some((head, rest)) = pattern.split_once('*') else { return fits(pattern, name) };
    if name.len() < head.len() || !fits(head, &name[..head.len()]) {
        return false;
    }
    let name = &name[head.len()..];
    rest.is_empty() || (0..=name.len()).any(|skipped| matches(rest, &name[skipped..]))
}
