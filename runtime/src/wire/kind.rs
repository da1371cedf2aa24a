use std::fmt;

/// What a span stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A call of a language model.
    Llm,
    /// The execution of a tool that a model may ask for.
    Tool,
    /// An agent at work.
    Agent,
    /// A whole job of the program; its name is copied to every span below.
    Workflow,
    /// One step of a job.
    Task,
    /// A look-up in a data source.
    Retrieval,
    /// One turn of one user; its identity is copied to every span below.
    Interaction,
}

impl Kind {
    /// The kind in one lower-case word.
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
