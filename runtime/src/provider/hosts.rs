//! Whose servers these are.

use super::names;

/// The provider behind a host, where the host is known.
///
/// Compared label by label from the right: `api.openai.com.evil.example` is none of `OpenAI`'s.
pub(crate) fn of_host(host: &str, port: Option<u16>) -> Option<&'static str> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let known = HOSTS.iter().find(|(pattern, _)| matches(pattern, &host));
    known
        .map(|(_, provider)| *provider)
        .or_else(|| (port == Some(OLLAMA_PORT) && is_near(&host)).then_some(names::OLLAMA))
}

/// Hosts and their providers. `*` is any text within a label, `@` a region of a cloud, a leading `**` one label or
/// more.
#[rustfmt::skip]
const HOSTS: &[(&str, &str)] = &[
    // Their own; the second is where data stays in a region.
    ("api.openai.com", names::OPENAI),
    ("*.api.openai.com", names::OPENAI),
    ("api.anthropic.com", names::ANTHROPIC),
    // Resources of Azure OpenAI have a name each; Azure's clouds of governments and of China have domains of their own.
    ("*.openai.azure.com", names::AZURE_OPENAI),
    ("*.openai.azure.us", names::AZURE_OPENAI),
    ("*.openai.azure.cn", names::AZURE_OPENAI),
    // Where newer resources of Azure OpenAI are found, too.
    ("*.cognitiveservices.azure.com", names::AZURE_OPENAI),
    // Azure AI Foundry: models of many makers.
    ("*.services.ai.azure.com", names::AZURE_INFERENCE),
    ("**.inference.ai.azure.com", names::AZURE_INFERENCE),
    // Public, FIPS and VPC endpoints; China; dual stack.
    ("bedrock-runtime.@.amazonaws.com", names::BEDROCK),
    ("bedrock-runtime-fips.@.amazonaws.com", names::BEDROCK),
    ("bedrock-runtime.@.amazonaws.com.cn", names::BEDROCK),
    ("*.bedrock-runtime.@.vpce.amazonaws.com", names::BEDROCK),
    ("bedrock-runtime.@.api.aws", names::BEDROCK),
    ("bedrock-mantle.@.api.aws", names::BEDROCK),
    ("generativelanguage.googleapis.com", names::GEMINI),
    // With a region in front, without, and where data stays in a jurisdiction.
    ("*-aiplatform.googleapis.com", names::VERTEX_AI),
    ("aiplatform.googleapis.com", names::VERTEX_AI),
    ("aiplatform.*.rep.googleapis.com", names::VERTEX_AI),
    ("api.mistral.ai", names::MISTRAL),
    ("codestral.mistral.ai", names::MISTRAL),
    ("api.cohere.com", names::COHERE),
    ("api.cohere.ai", names::COHERE),
    ("api.groq.com", names::GROQ),
    ("api.deepseek.com", names::DEEPSEEK),
    ("api.x.ai", names::X_AI),
    ("*.api.x.ai", names::X_AI),
    ("api.perplexity.ai", names::PERPLEXITY),
    ("api.moonshot.ai", names::MOONSHOT_AI),
    ("api.moonshot.cn", names::MOONSHOT_AI),
    ("*.ml.cloud.ibm.com", names::WATSONX),
    // From here on OpenTelemetry has no names.
    ("openrouter.ai", names::OPENROUTER),
    ("api.together.xyz", names::TOGETHER_AI),
    ("api.together.ai", names::TOGETHER_AI),
    ("api.fireworks.ai", names::FIREWORKS_AI),
    ("dashscope.aliyuncs.com", names::DASHSCOPE),
    ("dashscope-*.aliyuncs.com", names::DASHSCOPE),
    ("ollama.com", names::OLLAMA),
    ("api.cerebras.ai", names::CEREBRAS),
    ("api.sambanova.ai", names::SAMBANOVA),
    ("api.deepinfra.com", names::DEEPINFRA),
    ("integrate.api.nvidia.com", names::NVIDIA),
    ("models.github.ai", names::GITHUB),
    ("api.githubcopilot.com", names::GITHUB_COPILOT),
    ("router.huggingface.co", names::HUGGING_FACE),
    ("api-inference.huggingface.co", names::HUGGING_FACE),
    ("**.endpoints.huggingface.cloud", names::HUGGING_FACE),
    ("api.ai21.com", names::AI21),
    ("api.voyageai.com", names::VOYAGE_AI),
    ("api.jina.ai", names::JINA_AI),
    ("api.replicate.com", names::REPLICATE),
    ("api.z.ai", names::Z_AI),
    ("open.bigmodel.cn", names::Z_AI),
    ("api.minimax.io", names::MINIMAX),
    ("api.minimaxi.com", names::MINIMAX),
    ("api.siliconflow.cn", names::SILICONFLOW),
    ("api.siliconflow.com", names::SILICONFLOW),
    ("ark.*.volces.com", names::VOLCENGINE),
    ("api.studio.nebius.ai", names::NEBIUS),
    ("api.studio.nebius.com", names::NEBIUS),
    ("api.tokenfactory.nebius.com", names::NEBIUS),
    ("ai-gateway.vercel.sh", names::VERCEL),
];

/// Nobody else uses it; but on a server that anybody may run, who knows.
const OLLAMA_PORT: u16 = 11434;

/// Whether a host is this machine, or one of the network that it is in: names without dots are those of containers.
fn is_near(host: &str) -> bool {
    use std::net::IpAddr;
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_unspecified(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unspecified() || address.is_unique_local()
        }
        Err(_) => {
            !host.contains('.') || host == "host.docker.internal" || host.rsplit('.').next() == Some("local")
        }
    }
}

fn matches(pattern: &str, host: &str) -> bool {
    let mut labels = host.rsplit('.');
    for expected in pattern.rsplit('.') {
        let Some(label) = labels.next().filter(|label| !label.is_empty()) else { return false };
        let fits = match expected {
            "**" => return labels.all(|label| !label.is_empty()),
            "@" => is_region(label),
            expected => match expected.split_once('*') {
                Some((head, tail)) => {
                    label.len() > head.len() + tail.len() && label.starts_with(head) && label.ends_with(tail)
                }
                None => label == expected,
            },
        };
        if !fits {
            return false;
        }
    }
    labels.next().is_none()
}

/// `us-east-1`, `us-gov-west-1`; not the `s3` of a bucket.
fn is_region(label: &str) -> bool {
    let mut words = label.split('-');
    let number = words.next_back().unwrap_or_default();
    let mut count = 0;
    words.all(|word| {
        count += 1;
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
    }) && count >= 2
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}
