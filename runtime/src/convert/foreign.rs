//! The way back, for spans that other crates opened: from the name of an attribute to what it says.
//!
//! The same names that the other files write, and older ones that crates still use.

use super::semconv::{self, agent, exception, foreign, message, operation, request, response};
use super::semconv::{retrieval, tool, usage};
use crate::wire::{Field, Kind};

/// What an attribute of a span says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning<'a> {
    /// A short text or a number.
    Fact(Field),
    /// Why the model stopped.
    FinishReasons,
    /// A list or an object, mostly as JSON text.
    Structure(Field),
    /// A parameter of the request, by its name on the tape.
    Parameter(&'a str),
    /// A number of tokens.
    Tokens(Count),
    /// The class of an error; there was one.
    ErrorType,
    /// What an error says; there was one.
    ErrorMessage,
    /// An error, or whether there was one.
    Error,
    /// How the span ended, in OpenTelemetry's words.
    Status,
    /// Nothing that would be missed.
    Nothing,
    /// Something of its own.
    Unknown,
}

/// Which tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Input,
    Output,
    CacheRead,
    CacheWrite,
    Reasoning,
}

impl Meaning<'_> {
    /// Whether the attribute carries what people or models wrote, should it be a text. Of what nobody knows that is
    /// not known either.
    pub(crate) fn may_be_content(self) -> bool {
        match self {
            Self::Fact(field) | Self::Structure(field) => field.is_content(),
            Self::Parameter(name) => !PARAMETERS.contains(&name),
            Self::ErrorMessage | Self::Error | Self::Unknown => true,
            _ => false,
        }
    }
}

/// Parameters whose values are numbers, or words of the provider's.
const PARAMETERS: [&str; 17] = [
    "choice.count",
    "dimension.count",
    "encoding_formats",
    "frequency_penalty",
    "is_stream",
    "max_tokens",
    "output.type",
    "presence_penalty",
    "reasoning.level",
    "reasoning_effort",
    "seed",
    "service_tier",
    "stop_sequences",
    "stream",
    "temperature",
    "top_k",
    "top_p",
];

/// What an attribute of a span of this kind says.
pub(crate) fn meaning(key: &str, kind: Kind) -> Meaning<'_> {
    use Meaning::{Fact, Structure, Tokens};
    if let Some(meaning) = outcome(key) {
        return meaning;
    }
    // A step has no facts of a model call; its attributes are sent as they are.
    if kind == Kind::Task {
        return Meaning::Unknown;
    }
    match key {
        semconv::OPERATION => Fact(Field::Operation),
        semconv::PROVIDER | foreign::SYSTEM => Fact(Field::Provider),
        semconv::CONVERSATION => Fact(Field::Conversation),
        semconv::SERVER_ADDRESS => Fact(Field::ServerAddress),
        semconv::SERVER_PORT => Fact(Field::ServerPort),
        request::MODEL => Fact(Field::RequestModel),
        request::DIMENSIONS => Meaning::Parameter("dimension.count"),
        message::OUTPUT_TYPE => Meaning::Parameter("output.type"),
        response::MODEL => Fact(Field::ResponseModel),
        response::ID => Fact(Field::ResponseId),
        response::FINISH_REASONS => Meaning::FinishReasons,
        response::FIRST_CHUNK => Fact(Field::FirstItem),
        usage::INPUT | foreign::PROMPT_TOKENS => Tokens(Count::Input),
        usage::OUTPUT | foreign::COMPLETION_TOKENS => Tokens(Count::Output),
        usage::CACHE_READ | foreign::FLAT_CACHE_READ => Tokens(Count::CacheRead),
        usage::CACHE_WRITE | foreign::NEW_CACHE_WRITE | foreign::FLAT_CACHE_WRITE => {
            Tokens(Count::CacheWrite)
        }
        usage::REASONING | foreign::OLD_REASONING => Tokens(Count::Reasoning),
        usage::COST => Fact(Field::Cost),
        foreign::TOTAL_TOKENS | foreign::TOOL_OUTCOME | foreign::RIG_MARK => Meaning::Nothing,
        message::INPUT => Structure(Field::InputMessages),
        message::OUTPUT => Structure(Field::OutputMessages),
        message::SYSTEM => Structure(Field::SystemInstructions),
        message::TOOLS => Structure(Field::ToolDefinitions),
        // Of an agent these are texts, of a model call mostly messages.
        foreign::PROMPT if kind == Kind::Llm => Structure(Field::InputMessages),
        foreign::COMPLETION if kind == Kind::Llm => Structure(Field::OutputMessages),
        foreign::PROMPT => Structure(Field::Input),
        foreign::COMPLETION => Structure(Field::Output),
        key => of_one_kind(key, kind).unwrap_or_else(|| match key.strip_prefix(request::PREFIX) {
            Some(parameter) => Meaning::Parameter(parameter),
            None => Meaning::Unknown,
        }),
    }
}

/// What says how the span is to be shown, and how it ended.
fn outcome(key: &str) -> Option<Meaning<'static>> {
    Some(match key {
        semconv::ERROR_TYPE | exception::TYPE | foreign::TOOL_ERROR => Meaning::ErrorType,
        exception::MESSAGE
        | foreign::ERROR_MESSAGE
        | foreign::STATUS_MESSAGE
        | foreign::STATUS_DESCRIPTION => Meaning::ErrorMessage,
        foreign::ERROR => Meaning::Error,
        foreign::STATUS_CODE => Meaning::Status,
        foreign::SPAN_NAME => Meaning::Fact(Field::SpanName),
        foreign::SPAN_KIND => Meaning::Fact(Field::SpanKind),
        _ => return None,
    })
}

/// What is a fact of spans of this kind, and on others an attribute like any other.
fn of_one_kind(key: &str, kind: Kind) -> Option<Meaning<'static>> {
    Some(match (kind, key) {
        (Kind::Tool, tool::NAME) | (Kind::Agent, agent::NAME) | (Kind::Workflow, semconv::WORKFLOW_NAME) => {
            Meaning::Fact(Field::Name)
        }
        (Kind::Tool, tool::CALL_ID) => Meaning::Fact(Field::CallId),
        (Kind::Tool, tool::DESCRIPTION) | (Kind::Agent, agent::DESCRIPTION) => {
            Meaning::Fact(Field::Description)
        }
        (Kind::Tool, tool::ARGUMENTS) => Meaning::Structure(Field::Input),
        (Kind::Tool, tool::RESULT) | (Kind::Retrieval, retrieval::DOCUMENTS) => {
            Meaning::Structure(Field::Output)
        }
        (Kind::Agent, agent::ID) => Meaning::Fact(Field::Id),
        (Kind::Agent, agent::VERSION) => Meaning::Fact(Field::Version),
        (Kind::Agent | Kind::Retrieval, semconv::DATA_SOURCE) => Meaning::Fact(Field::DataSource),
        (Kind::Retrieval, retrieval::QUERY) => Meaning::Fact(Field::Query),
        (Kind::Retrieval, retrieval::TOP_K) => Meaning::Fact(Field::TopK),
        _ => return None,
    })
}

/// What a span stands for that declares these attributes, whatever their values; none where it says nothing of
/// models, tools or agents.
pub(crate) fn declared_kind<'a>(keys: impl Iterator<Item = &'a str>) -> Option<Kind> {
    // A model call may name its agent, an agent never has a model's answer.
    let rank = |kind| match kind {
        Kind::Llm => 4,
        Kind::Tool => 3,
        Kind::Agent => 2,
        Kind::Workflow => 1,
        _ => 0,
    };
    let mut says_more = false;
    let kinds = keys.filter(|key| key.starts_with(foreign::PREFIX)).filter_map(|key| {
        says_more |= is_of_call(key);
        declares(key)
    });
    match kinds.max_by_key(|kind| rank(*kind)) {
        // Whose models are used, and no more: what it is called tells what it is.
        Some(Kind::Llm) if !says_more => Some(Kind::Task),
        kind => kind,
    }
}

/// Whether a span has this attribute only where it is about one request or its response.
fn is_of_call(key: &str) -> bool {
    let known = meaning(key, Kind::Llm);
    !matches!(
        known,
        Meaning::Unknown | Meaning::Nothing | Meaning::Fact(Field::Provider | Field::Conversation)
    )
}

/// The name of today for an attribute that some spans have under an older one.
pub(crate) fn current_name(key: &str) -> &str {
    if key == foreign::SYSTEM { semconv::PROVIDER } else { key }
}

/// Whether one of the attributes is the model that is asked: each request has its own.
pub(crate) fn names_model<'a>(mut keys: impl Iterator<Item = &'a str>) -> bool {
    keys.any(|key| key == request::MODEL)
}

fn declares(key: &str) -> Option<Kind> {
    Some(match key {
        semconv::PROVIDER | foreign::SYSTEM | request::MODEL => Kind::Llm,
        tool::NAME => Kind::Tool,
        agent::NAME => Kind::Agent,
        semconv::WORKFLOW_NAME => Kind::Workflow,
        semconv::OPERATION | foreign::EVALUATION => Kind::Task,
        _ => return None,
    })
}

/// What a span stands for whose operation is this, where the word alone tells.
pub(crate) fn kind_of(operation: &str) -> Option<Kind> {
    Some(match operation {
        operation::CHAT
        | operation::EMBEDDINGS
        | operation::TEXT_COMPLETION
        | operation::GENERATE_CONTENT => Kind::Llm,
        operation::EXECUTE_TOOL => Kind::Tool,
        operation::INVOKE_AGENT => Kind::Agent,
        operation::INVOKE_WORKFLOW => Kind::Workflow,
        operation::RETRIEVAL => Kind::Retrieval,
        // They name a model or an agent and call neither.
        operation::CREATE_AGENT | operation::PLAN | operation::FETCH_RESPONSE => Kind::Task,
        other if operation::MEMORY.iter().any(|memory| other.ends_with(memory)) => Kind::Task,
        _ => return None,
    })
}

/// The names under which the text of a `tracing` event says what went wrong: that of the event's own text, and those
/// of a span that failed.
pub(crate) const EVENT_TEXT: &str = foreign::MESSAGE;
pub(crate) const FAILURE: &str = foreign::ERROR;
pub(crate) const FAILURE_TEXT: &str = exception::MESSAGE;

#[cfg(test)]
mod tests {
    use super::{Count, Meaning, declared_kind, kind_of, meaning};
    use crate::wire::{Field, Kind};

    #[test]
    fn a_name_means_what_the_kind_of_its_span_makes_of_it() {
        assert_eq!(meaning("gen_ai.agent.name", Kind::Agent), Meaning::Fact(Field::Name));
        assert_eq!(meaning("gen_ai.agent.name", Kind::Llm), Meaning::Unknown);
        assert_eq!(meaning("gen_ai.request.top_p", Kind::Llm), Meaning::Parameter("top_p"));
        assert_eq!(meaning("gen_ai.usage.prompt_tokens", Kind::Llm), Meaning::Tokens(Count::Input));
        assert_eq!(meaning("gen_ai.request.model", Kind::Task), Meaning::Unknown);
        assert_eq!(meaning("error.type", Kind::Task), Meaning::ErrorType);
    }

    #[test]
    fn a_parameter_that_nobody_knows_may_be_content() {
        let may_be_content = |key| meaning(key, Kind::Llm).may_be_content();
        assert!(!may_be_content("gen_ai.request.temperature") && !may_be_content("gen_ai.output.type"));
        assert!(may_be_content("gen_ai.request.user_prompt"));
    }

    #[test]
    fn a_span_is_what_it_declares() {
        let kind = |keys: &[&'static str]| declared_kind(keys.iter().copied());
        assert_eq!(kind(&["gen_ai.agent.name", "gen_ai.system", "gen_ai.usage.cost"]), Some(Kind::Llm));
        assert_eq!(kind(&["gen_ai.provider.name", "gen_ai.operation.name"]), Some(Kind::Llm));
        assert_eq!(kind(&["gen_ai.system", "gen_ai.conversation.id", "x"]), Some(Kind::Task));
        assert_eq!(kind(&["gen_ai.operation.name", "gen_ai.tool.name"]), Some(Kind::Tool));
        assert_eq!(kind(&["gen_ai.agent.name"]), Some(Kind::Agent));
        assert_eq!(kind(&["gen_ai.operation.name"]), Some(Kind::Task));
        assert_eq!(kind(&["gen_ai.conversation.id", "agent_name", "http.method"]), None);
        assert_eq!(kind(&[]), None);
    }

    #[test]
    fn operations_that_only_name_a_model_call_none() {
        assert_eq!(kind_of("create_agent"), Some(Kind::Task));
        assert_eq!(kind_of("search_memory"), Some(Kind::Task));
        assert_eq!(kind_of("rerank"), None, "what it declares tells");
    }
}
