use std::fmt;
use std::sync::Arc;

/// What can go wrong when recount is set up, flushed or shut down.
///
/// Nothing else of recount returns errors: an annotated function never fails because of its span.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: Arc<str>,
}

/// The class of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting, of the builder or of the environment, has no meaning.
    Configuration,
    /// The operating system refused a thread or a file.
    Io,
    /// A global subscriber was there already.
    AlreadyInstalled,
    /// Some spans did not reach every exporter in time; the message says how many.
    Undelivered,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into().into() }
    }

    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
