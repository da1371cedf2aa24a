//! What the host that was asked tells.

use crate::{Call, check};

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
