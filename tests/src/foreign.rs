//! Spans as other crates open them.

use tracing::field::Empty;
use tracing::{Span, info_span};

/// As crates declare a call of a model: what is not known yet is empty.
#[must_use]
pub fn chat(model: &str) -> Span {
    info_span!(
        "chat",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "openai",
        gen_ai.request.model = model,
        gen_ai.request.temperature = Empty,
        gen_ai.request.max_tokens = Empty,
        gen_ai.request.stop_sequences = Empty,
        gen_ai.response.model = Empty,
        gen_ai.response.id = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.reasoning_tokens = Empty,
        gen_ai.input.messages = Empty,
        gen_ai.output.messages = Empty,
        gen_ai.test.retries = Empty,
        otel.status_code = Empty,
        error.type = Empty,
        error.message = Empty,
    )
}

/// What a call of a model says when it is over.
pub fn answer(span: &Span) {
    span.record("gen_ai.response.model", "gpt-4o-2024-08-06");
    span.record("gen_ai.response.finish_reasons", r#"["tool_calls"]"#);
    span.record("gen_ai.usage.input_tokens", 10_u64);
    span.record("gen_ai.usage.output_tokens", 5_u64);
}
