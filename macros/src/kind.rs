//! What each attribute is called, and which settings it takes.

/// One of the attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Llm,
    Tool,
    Agent,
    Workflow,
    Task,
    Retrieval,
    Interaction,
}

impl Kind {
    /// The attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Llm => "llm_span",
            Self::Tool => "tool",
            Self::Agent => "agent",
            Self::Workflow => "workflow",
            Self::Task => "task",
            Self::Retrieval => "retrieval",
            Self::Interaction => "interaction",
        }
    }

    /// The variant of the runtime's `Kind`.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Llm => "Llm",
            Self::Tool => "Tool",
            Self::Agent => "Agent",
            Self::Workflow => "Workflow",
            Self::Task => "Task",
            Self::Retrieval => "Retrieval",
            Self::Interaction => "Interaction",
        }
    }

    /// The attributes that take this setting.
    pub(crate) fn that_take(key: &str) -> &'static [Self] {
        SETTINGS.iter().find(|setting| setting.key == key).map_or(&[], |setting| setting.of)
    }

    /// The settings that the attribute takes.
    pub(crate) fn settings(self) -> impl Iterator<Item = &'static Setting> {
        SETTINGS.iter().filter(move |setting| setting.of.contains(&self))
    }
}

/// A setting: its key, the syntax of its value, and the attributes that take it.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) form: Form,
    /// How it is written, for messages.
    pub(crate) usage: &'static str,
    pub(crate) of: &'static [Kind],
}

/// The syntax and the meaning of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Name,
    Target,
    Level,
    Parent,
    Skip,
    SkipAll,
    SkipOutput,
    Capture,
    /// How the arguments that it names are read.
    Read(Read),
    Output,
    Err,
    Crate,
    /// A fact about the call: the variant of the runtime's `Field`.
    Fact(&'static str),
    /// A fact that is read like an argument, and only where content is recorded.
    Content(&'static str),
    /// Facts with names of their own.
    Facts(&'static str),
}

/// A way to read a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Json,
    Debug,
    Display,
    /// Not at all: a mark stands in the place of the value.
    Redact,
}

use Kind::{Agent, Interaction, Llm, Retrieval, Task, Tool, Workflow};

const ALL: &[Kind] = &[Llm, Tool, Agent, Workflow, Task, Retrieval, Interaction];

const fn setting(key: &'static str, form: Form, usage: &'static str, of: &'static [Kind]) -> Setting {
    Setting { key, form, usage, of }
}

const fn fact(key: &'static str, field: &'static str, usage: &'static str, of: &'static [Kind]) -> Setting {
    setting(key, Form::Fact(field), usage, of)
}

static SETTINGS: &[Setting] = &[
    setting("name", Form::Name, "name = \"text\"", ALL),
    setting("target", Form::Target, "target = \"text\"", ALL),
    setting("level", Form::Level, "level = \"info\"", ALL),
    setting("parent", Form::Parent, "parent = expression", ALL),
    setting("skip", Form::Skip, "skip(argument, ..)", ALL),
    setting("skip_all", Form::SkipAll, "skip_all", ALL),
    setting("skip_output", Form::SkipOutput, "skip_output", ALL),
    setting("capture", Form::Capture, "capture(argument, ..)", ALL),
    setting("json", Form::Read(Read::Json), "json(argument, ..)", ALL),
    setting("debug", Form::Read(Read::Debug), "debug(argument, ..)", ALL),
    setting("display", Form::Read(Read::Display), "display(argument, ..)", ALL),
    setting("redact", Form::Read(Read::Redact), "redact(argument, ..)", ALL),
    setting("fields", Form::Facts("Attribute"), "fields(key = expression, ..)", ALL),
    setting("output", Form::Output, "output = |value| expression", ALL),
    setting("err", Form::Err, "err(Display)` or `err(Debug)", ALL),
    setting("crate", Form::Crate, "crate = path::to::recount", ALL),
    fact("provider", "Provider", "provider = \"openai\"", &[Llm]),
    fact("model", "RequestModel", "model = expression", &[Llm]),
    fact("operation", "Operation", "operation = \"chat\"", &[Llm]),
    setting("input", Form::Content("Input"), "input = expression", &[Llm]),
    setting("input_messages", Form::Content("InputMessages"), "input_messages = expression", &[Llm]),
    setting("system", Form::Content("SystemInstructions"), "system = expression", &[Llm]),
    setting("tools", Form::Content("ToolDefinitions"), "tools = expression", &[Llm]),
    setting("parameters", Form::Facts("Parameters"), "parameters(temperature = expression, ..)", &[Llm]),
    fact("description", "Description", "description = \"text\"", &[Tool, Agent]),
    fact("call_id", "CallId", "call_id = expression", &[Tool]),
    fact("id", "Id", "id = expression", &[Agent]),
    fact("version", "Version", "version = \"text\"", &[Agent, Workflow, Task]),
    fact("data_source", "DataSource", "data_source = \"text\"", &[Retrieval]),
    setting("query", Form::Content("Query"), "query = expression", &[Retrieval]),
    fact("top_k", "TopK", "top_k = expression", &[Retrieval]),
    fact("user", "User", "user = expression", &[Interaction]),
    fact("conversation", "Conversation", "conversation = expression", &[Interaction]),
    fact("event", "EventId", "event = expression", &[Interaction]),
    fact("tags", "Tags", "tags = [expression, ..]", &[Interaction]),
    setting("properties", Form::Facts("Property"), "properties(key = expression, ..)", &[Interaction]),
];
