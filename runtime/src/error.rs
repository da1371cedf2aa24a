use std::fmt;
use std::sync::Arc;

/// What can go wrong when recount is set up, flushed or shut down.
///
/// Nothing else of recount returns errors: an annotated function never fails because of its span. The message
/// is one or two full sentences that name the setting or the variable, and what to do; no value of a header
/// is in it. To clone it is cheap.
///
/// ```
/// use recount::ErrorKind;
///
/// let error = recount::builder().batch_size(0).build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert_eq!(error.to_string(), "The batch_size of the builder: it is 0; expected a number above 0.");
/// ```
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
    ///
    /// From [`Builder::build`](crate::Builder::build) and [`init`](crate::init). Another run has the same
    /// outcome.
    Configuration,
    /// The operating system refused a thread or a file.
    ///
    /// From the same two. It may go well later.
    Io,
    /// A global subscriber was there already.
    ///
    /// From [`init`](crate::init) only.
    AlreadyInstalled,
    /// Some spans did not reach every exporter in time; the message says how many.
    ///
    /// From [`Recount::flush`](crate::Recount::flush), [`Recount::shutdown`](crate::Recount::shutdown) and
    /// the like. The program's own work is not touched by it: a line in a log is usually enough.
    Undelivered,
    /// There is no worker that could be waited for: an exporter asked for a flush or a shutdown, on the worker's own
    /// thread, or the process is a fork of the one that recount was set up in.
    ///
    /// From the same ones, at once.
    Unavailable,
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
