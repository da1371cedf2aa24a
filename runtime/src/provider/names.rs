//! The names of providers, as records have them.

// Those of OpenTelemetry.
pub(crate) const OPENAI: &str = "openai";
pub(crate) const ANTHROPIC: &str = "anthropic";
pub(crate) const AZURE_OPENAI: &str = "azure.ai.openai";
pub(crate) const AZURE_INFERENCE: &str = "azure.ai.inference";
pub(crate) const BEDROCK: &str = "aws.bedrock";
pub(crate) const GEMINI: &str = "gcp.gemini";
pub(crate) const VERTEX_AI: &str = "gcp.vertex_ai";
/// One of Google's servers, which of them is not known.
pub(crate) const GOOGLE: &str = "gcp.gen_ai";
pub(crate) const MISTRAL: &str = "mistral_ai";
pub(crate) const COHERE: &str = "cohere";
pub(crate) const GROQ: &str = "groq";
pub(crate) const DEEPSEEK: &str = "deepseek";
pub(crate) const X_AI: &str = "x_ai";
pub(crate) const PERPLEXITY: &str = "perplexity";
pub(crate) const MOONSHOT_AI: &str = "moonshot_ai";
pub(crate) const WATSONX: &str = "ibm.watsonx.ai";

// Others, written in the same way.
pub(crate) const AI21: &str = "ai21";
pub(crate) const CEREBRAS: &str = "cerebras";
pub(crate) const DASHSCOPE: &str = "dashscope";
pub(crate) const DEEPINFRA: &str = "deepinfra";
pub(crate) const FIREWORKS_AI: &str = "fireworks_ai";
pub(crate) const GITHUB: &str = "github";
pub(crate) const GITHUB_COPILOT: &str = "github_copilot";
pub(crate) const HUGGING_FACE: &str = "hugging_face";
pub(crate) const JINA_AI: &str = "jina_ai";
pub(crate) const MINIMAX: &str = "minimax";
pub(crate) const NEBIUS: &str = "nebius";
pub(crate) const NVIDIA: &str = "nvidia";
pub(crate) const OLLAMA: &str = "ollama";
pub(crate) const OPENROUTER: &str = "openrouter";
pub(crate) const REPLICATE: &str = "replicate";
pub(crate) const SAMBANOVA: &str = "sambanova";
pub(crate) const SILICONFLOW: &str = "siliconflow";
pub(crate) const TOGETHER_AI: &str = "together_ai";
pub(crate) const VERCEL: &str = "vercel";
pub(crate) const VOLCENGINE: &str = "volcengine";
pub(crate) const VOYAGE_AI: &str = "voyage_ai";
pub(crate) const Z_AI: &str = "z_ai";
