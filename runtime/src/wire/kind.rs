use std::fmt;

/// What a span stands for.
///
/// One for each attribute and each function of [`span`](crate::span). It decides the name of the exported
/// span and which entries of its tape become which attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A call of a language model.
    ///
    /// Of a client, in OpenTelemetry's terms: the work is done elsewhere. So is a retrieval.
    Llm,
    /// The execution of a tool that a model may ask for.
    ///
    /// Exported as `execute_tool {name}`.
    Tool,
    /// An agent at work.
    ///
    /// Exported as `invoke_agent {name}`; its name is copied to the tools below.
    Agent,
    /// A whole job of the program; its name is copied to every span below.
    Workflow,
    /// One step of a job.
    ///
    /// Exported under its own name.
    Task,
    /// A look-up in a data source.
    Retrieval,
    /// One turn of one user; its identity is copied to every span below.
    Interaction,
}

impl Kind {
    /// The kind in one lower-case word.
    ///
    /// Not the name of the attribute, which is `llm_span` for a model call.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Tool => "tool",
            Self::Agent => "agent",
            Self::Workflow => "workflow",
            Self::Task => "task",
            Self::Retrieval => "retrieval",
            Self::Interaction => "interaction",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
