//! The names of attributes, and the values that conventions fix: the only file that has them.
//!
//! OpenTelemetry's `GenAI` conventions in the generation that backends read (1.41), the names of Traceloop and
//! OpenInference where those say what OpenTelemetry cannot.
//!
//! A convention that changes is changed here. OpenTelemetry's names of this kind are still in development;
//! the generation is told to backends by the schema's URL.
//!
//! Where the same fact has two names below, some backend reads only the one and some other only the other.

/// The generation of the conventions that the names are from.
pub(crate) const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.41.0";

pub(super) const OPERATION: &str = "gen_ai.operation.name";
pub(super) const PROVIDER: &str = "gen_ai.provider.name";
pub(super) const CONVERSATION: &str = "gen_ai.conversation.id";
pub(super) const DATA_SOURCE: &str = "gen_ai.data_source.id";
pub(super) const WORKFLOW_NAME: &str = "gen_ai.workflow.name";
pub(super) const SERVER_ADDRESS: &str = "server.address";
pub(super) const SERVER_PORT: &str = "server.port";
pub(crate) const ERROR_TYPE: &str = "error.type";
pub(super) const USER: &str = "user.id";
pub(super) const SESSION: &str = "session.id";
pub(super) const TAGS: &str = "tag.tags";

/// Nobody has a name for it; as a property, backends show it with the span.
pub(super) const ORIGINAL_SIZE: &str = "traceloop.association.properties.original_size";

/// What stands before an attribute of the user's whose own name a backend would take for something else.
pub(super) const RESERVED_PREFIX: &str = "app.";
/// The key of an event's attribute that came without one.
pub(super) const EVENT_VALUE: &str = "value";

/// Bare names that Langfuse takes for the input, the output or the model of a span.
///
/// Only bare names: those with a dot belong to whoever made them.
pub(super) fn is_reserved(key: &str) -> bool {
    matches!(key, "input" | "output" | "prompt" | "events" | "model" | "tool_arguments" | "tool_response")
}

pub(super) mod operation {
    pub(in crate::convert) const CHAT: &str = "chat";
    pub(in crate::convert) const EMBEDDINGS: &str = "embeddings";
    pub(in crate::convert) const EXECUTE_TOOL: &str = "execute_tool";
    pub(in crate::convert) const INVOKE_AGENT: &str = "invoke_agent";
    pub(in crate::convert) const INVOKE_WORKFLOW: &str = "invoke_workflow";
    pub(in crate::convert) const RETRIEVAL: &str = "retrieval";
    /// Not OpenTelemetry's, and never sent: what extraction calls the work of a reranker.
    pub(in crate::convert) const RERANK: &str = "rerank";
    pub(in crate::convert) const TEXT_COMPLETION: &str = "text_completion";
    pub(in crate::convert) const GENERATE_CONTENT: &str = "generate_content";
    pub(in crate::convert) const CREATE_AGENT: &str = "create_agent";
    pub(in crate::convert) const PLAN: &str = "plan";
    pub(in crate::convert) const FETCH_RESPONSE: &str = "fetch_response";
    /// How the operations of memories and their stores end.
    pub(in crate::convert) const MEMORY: [&str; 2] = ["_memory", "_memory_store"];
}

pub(super) mod message {
    pub(in crate::convert) const INPUT: &str = "gen_ai.input.messages";
    pub(in crate::convert) const OUTPUT: &str = "gen_ai.output.messages";
    pub(in crate::convert) const SYSTEM: &str = "gen_ai.system_instructions";
    pub(in crate::convert) const TOOLS: &str = "gen_ai.tool.definitions";
    pub(in crate::convert) const OUTPUT_TYPE: &str = "gen_ai.output.type";
}

pub(super) mod request {
    pub(in crate::convert) const PREFIX: &str = "gen_ai.request.";
    pub(in crate::convert) const MODEL: &str = "gen_ai.request.model";
    pub(in crate::convert) const STREAM: &str = "gen_ai.request.stream";
    pub(in crate::convert) const DIMENSIONS: &str = "gen_ai.embeddings.dimension.count";
}

pub(super) mod response {
    pub(in crate::convert) const MODEL: &str = "gen_ai.response.model";
    pub(in crate::convert) const ID: &str = "gen_ai.response.id";
    pub(in crate::convert) const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
    pub(in crate::convert) const FIRST_CHUNK: &str = "gen_ai.response.time_to_first_chunk";
    /// Nobody has names for these two; as properties, backends show them with the span.
    pub(in crate::convert) const CHUNKS: &str = "traceloop.association.properties.chunk_count";
    pub(in crate::convert) const CHUNK_TIME: &str = "traceloop.association.properties.time_per_output_chunk";

    pub(in crate::convert) const STOP: &str = "stop";
    pub(in crate::convert) const ERROR: &str = "error";
}

pub(super) mod usage {
    pub(in crate::convert) const INPUT: &str = "gen_ai.usage.input_tokens";
    pub(in crate::convert) const OUTPUT: &str = "gen_ai.usage.output_tokens";
    pub(in crate::convert) const CACHE_READ: &str = "gen_ai.usage.cache_read.input_tokens";
    pub(in crate::convert) const CACHE_WRITE: &str = "gen_ai.usage.cache_creation.input_tokens";
    pub(in crate::convert) const REASONING: &str = "gen_ai.usage.reasoning.output_tokens";
    /// What other instrumentations say; in no registry, and so not sent.
    pub(in crate::convert) const COST: &str = "gen_ai.usage.cost";
}

/// In US dollars, by OpenInference's names; OpenTelemetry has none.
pub(super) mod cost {
    pub(in crate::convert) const TOTAL: &str = "llm.cost.total";
    pub(in crate::convert) const INPUT: &str = "llm.cost.prompt";
    pub(in crate::convert) const OUTPUT: &str = "llm.cost.completion";
    pub(in crate::convert) const CACHE_READ: &str = "llm.cost.prompt_details.cache_read";
    pub(in crate::convert) const CACHE_WRITE: &str = "llm.cost.prompt_details.cache_write";
    pub(in crate::convert) const SOURCE: &str = "traceloop.association.properties.cost_source";
}

/// What only some providers have, by the names of the tape.
pub(super) fn detail(name: &str) -> Option<&'static str> {
    Some(match name {
        "api" => "openai.api.type",
        "request_service_tier" => "openai.request.service_tier",
        "response_service_tier" => "openai.response.service_tier",
        "system_fingerprint" => "openai.response.system_fingerprint",
        _ => return None,
    })
}

pub(super) mod tool {
    pub(in crate::convert) const NAME: &str = "gen_ai.tool.name";
    pub(in crate::convert) const TYPE: &str = "gen_ai.tool.type";
    pub(in crate::convert) const DESCRIPTION: &str = "gen_ai.tool.description";
    pub(in crate::convert) const CALL_ID: &str = "gen_ai.tool.call.id";
    pub(in crate::convert) const ARGUMENTS: &str = "gen_ai.tool.call.arguments";
    pub(in crate::convert) const RESULT: &str = "gen_ai.tool.call.result";

    pub(in crate::convert) const FUNCTION: &str = "function";
}

pub(super) mod agent {
    pub(in crate::convert) const NAME: &str = "gen_ai.agent.name";
    pub(in crate::convert) const DESCRIPTION: &str = "gen_ai.agent.description";
    pub(in crate::convert) const ID: &str = "gen_ai.agent.id";
    pub(in crate::convert) const VERSION: &str = "gen_ai.agent.version";
}

pub(super) mod retrieval {
    pub(in crate::convert) const QUERY: &str = "gen_ai.retrieval.query.text";
    pub(in crate::convert) const TOP_K: &str = "gen_ai.retrieval.top_k";
    pub(in crate::convert) const DOCUMENTS: &str = "gen_ai.retrieval.documents";
}

pub(super) mod traceloop {
    pub(in crate::convert) const SPAN_KIND: &str = "traceloop.span.kind";
    pub(in crate::convert) const WORKFLOW: &str = "traceloop.workflow.name";
    pub(in crate::convert) const NAME: &str = "traceloop.entity.name";
    pub(in crate::convert) const PATH: &str = "traceloop.entity.path";
    pub(in crate::convert) const VERSION: &str = "traceloop.entity.version";
    pub(in crate::convert) const INPUT: &str = "traceloop.entity.input";
    pub(in crate::convert) const OUTPUT: &str = "traceloop.entity.output";
    pub(in crate::convert) const PROPERTY_PREFIX: &str = "traceloop.association.properties.";
    pub(in crate::convert) const USER: &str = "traceloop.association.properties.user_id";
    pub(in crate::convert) const SESSION: &str = "traceloop.association.properties.session_id";
    pub(in crate::convert) const EVENT: &str = "traceloop.association.properties.event_id";
}

pub(super) mod openinference {
    pub(in crate::convert) const SPAN_KIND: &str = "openinference.span.kind";

    pub(in crate::convert) const CHAIN: &str = "CHAIN";
    pub(in crate::convert) const RETRIEVER: &str = "RETRIEVER";
    pub(in crate::convert) const RERANKER: &str = "RERANKER";
}

/// Names that only spans of other crates have: older ones, and those that `tracing-opentelemetry` reads.
pub(super) mod foreign {
    pub(in crate::convert) const PREFIX: &str = "gen_ai.";
    pub(in crate::convert) const SYSTEM: &str = "gen_ai.system";
    pub(in crate::convert) const PROMPT: &str = "gen_ai.prompt";
    pub(in crate::convert) const COMPLETION: &str = "gen_ai.completion";
    pub(in crate::convert) const PROMPT_TOKENS: &str = "gen_ai.usage.prompt_tokens";
    pub(in crate::convert) const COMPLETION_TOKENS: &str = "gen_ai.usage.completion_tokens";
    pub(in crate::convert) const TOTAL_TOKENS: &str = "gen_ai.usage.total_tokens";
    pub(in crate::convert) const NEW_CACHE_WRITE: &str = "gen_ai.usage.cache_write.input_tokens";
    pub(in crate::convert) const FLAT_CACHE_READ: &str = "gen_ai.usage.cache_read_input_tokens";
    pub(in crate::convert) const FLAT_CACHE_WRITE: &str = "gen_ai.usage.cache_creation_input_tokens";
    pub(in crate::convert) const OLD_REASONING: &str = "gen_ai.usage.reasoning_tokens";
    pub(in crate::convert) const EVALUATION: &str = "gen_ai.evaluation.name";
    pub(in crate::convert) const TOOL_ERROR: &str = "gen_ai.tool.error.type";
    pub(in crate::convert) const TOOL_OUTCOME: &str = "gen_ai.tool.call.outcome";
    /// A mark by which `rig` knows its own spans.
    pub(in crate::convert) const RIG_MARK: &str = "rig.completion_parent";

    pub(in crate::convert) const SPAN_NAME: &str = "otel.name";
    pub(in crate::convert) const SPAN_KIND: &str = "otel.kind";
    pub(in crate::convert) const STATUS_CODE: &str = "otel.status_code";
    pub(in crate::convert) const STATUS_MESSAGE: &str = "otel.status_message";
    pub(in crate::convert) const STATUS_DESCRIPTION: &str = "otel.status_description";
    pub(in crate::convert) const ERROR: &str = "error";
    pub(in crate::convert) const ERROR_MESSAGE: &str = "error.message";
    /// The text of a `tracing` event.
    pub(in crate::convert) const MESSAGE: &str = "message";
}

pub(super) mod exception {
    pub(in crate::convert) const EVENT: &str = "exception";
    pub(in crate::convert) const TYPE: &str = "exception.type";
    pub(in crate::convert) const MESSAGE: &str = "exception.message";
    pub(in crate::convert) const STACKTRACE: &str = "exception.stacktrace";
}

/// The names of metrics, and what is an attribute of metrics only.
#[cfg(feature = "metrics")]
pub(crate) mod metric {
    pub(crate) const OPERATION_DURATION: &str = "gen_ai.client.operation.duration";
    pub(crate) const TOKEN_USAGE: &str = "gen_ai.client.token.usage";
    pub(crate) const FIRST_CHUNK: &str = "gen_ai.client.operation.time_to_first_chunk";
    pub(crate) const OUTPUT_CHUNK: &str = "gen_ai.client.operation.time_per_output_chunk";
    pub(crate) const TOOL_DURATION: &str = "gen_ai.execute_tool.duration";
    pub(crate) const AGENT_DURATION: &str = "gen_ai.invoke_agent.duration";
    pub(crate) const INFERENCE_CALLS: &str = "gen_ai.invoke_agent.inference_calls";
    pub(crate) const TOOL_CALLS: &str = "gen_ai.invoke_agent.tool_calls";
    pub(crate) const WORKFLOW_DURATION: &str = "gen_ai.workflow.duration";

    pub(crate) const TOKEN_TYPE: &str = "gen_ai.token.type";
    pub(crate) const INPUT: &str = "input";
    pub(crate) const OUTPUT: &str = "output";
}

/// How a pipeline fares: the metrics that OpenTelemetry has for SDKs.
#[cfg(feature = "metrics")]
pub(crate) mod health {
    pub(crate) const STARTED: &str = "otel.sdk.span.started";
    pub(crate) const PROCESSED: &str = "otel.sdk.processor.span.processed";
    pub(crate) const QUEUE_SIZE: &str = "otel.sdk.processor.span.queue.size";
    pub(crate) const QUEUE_CAPACITY: &str = "otel.sdk.processor.span.queue.capacity";
    pub(crate) const EXPORTED: &str = "otel.sdk.exporter.span.exported";

    pub(crate) const COMPONENT_TYPE: &str = "otel.component.type";
    pub(crate) const COMPONENT_NAME: &str = "otel.component.name";
    pub(crate) const PIPELINE: &str = "recount::Recount";
    pub(crate) const QUEUE_FULL: &str = "queue_full";
    pub(crate) const ALREADY_SHUT_DOWN: &str = "already_shutdown";
}

/// The attributes of a resource.
pub(crate) mod resource {
    pub(crate) const SERVICE_NAME: &str = "service.name";
    pub(crate) const SERVICE_VERSION: &str = "service.version";
    pub(crate) const SERVICE_INSTANCE: &str = "service.instance.id";
    pub(crate) const ENVIRONMENT: &str = "deployment.environment.name";
    pub(crate) const SDK_NAME: &str = "telemetry.sdk.name";
    pub(crate) const SDK_LANGUAGE: &str = "telemetry.sdk.language";
    pub(crate) const SDK_VERSION: &str = "telemetry.sdk.version";
}
