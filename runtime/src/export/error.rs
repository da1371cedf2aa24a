use std::fmt;

use super::Loss;
use super::loss::Losses;

/// Why an exporter did not take spans.
///
/// ```
/// use recount::export::ExportError;
///
/// let error = ExportError::partial(3, "too old");
/// assert_eq!((error.rejected(), error.to_string().as_str()), (Some(3), "too old (spans rejected: 3)"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportError {
    message: String,
    lost: Lost,
}

/// How much of a batch was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    All(Loss),
    Some(Losses),
}

impl ExportError {
    /// The whole batch was not taken; the message says why, in one sentence without a full stop.
    ///
    /// It goes into the warning and into the error of a flush: no secrets, and no content of spans.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), lost: Lost::All(Loss::Export) }
    }

    /// The batch was taken but for this many spans, which the server rejected.
    ///
    /// More than the batch has counts as the whole batch.
    #[must_use]
    pub fn partial(rejected: usize, message: impl Into<String>) -> Self {
        Self::some(Losses::of(Loss::Rejected, rejected), message)
    }

    /// The batch was taken but for these.
    pub(crate) fn some(losses: Losses, message: impl Into<String>) -> Self {
        Self { message: message.into(), lost: Lost::Some(losses) }
    }

    /// Says why the spans were lost, of an error that is that of the [whole batch](Self::new); unless said,
    /// [`Loss::Export`].
    #[must_use]
    pub fn because(mut self, reason: Loss) -> Self {
        if let Lost::All(said) = &mut self.lost {
            *said = reason;
        }
        self
    }

    /// Why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How many spans of the batch were not taken; `None` for all of them.
    #[must_use]
    pub fn rejected(&self) -> Option<usize> {
        match &self.lost {
            Lost::All(_) => None,
            Lost::Some(losses) => Some(losses.total()),
        }
    }

    /// What is lost of a batch of so many spans.
    pub(crate) fn losses(&self, spans: usize) -> Losses {
        match &self.lost {
            Lost::All(reason) => Losses::of(*reason, spans),
            Lost::Some(losses) => losses.within(spans),
        }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rejected() {
            None => f.write_str(&self.message),
            Some(rejected) => write!(f, "{} (spans rejected: {rejected})", self.message),
        }
    }
}

impl std::error::Error for ExportError {}
