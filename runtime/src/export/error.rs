use std::fmt;

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
    rejected: Option<usize>,
}

impl ExportError {
    /// The whole batch was not taken; the message says why, in one sentence without a full stop.
    ///
    /// It goes into the warning and into the error of a flush: no secrets, and no content of spans.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), rejected: None }
    }

    /// The batch was taken but for this many spans.
    ///
    /// More than the batch has counts as the whole batch.
    #[must_use]
    pub fn partial(rejected: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), rejected: Some(rejected) }
    }

    /// Why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How many spans of the batch were not taken; `None` for all of them.
    #[must_use]
    pub fn rejected(&self) -> Option<usize> {
        self.rejected
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rejected {
            None => f.write_str(&self.message),
            Some(rejected) => write!(f, "{} (spans rejected: {rejected})", self.message),
        }
    }
}

impl std::error::Error for ExportError {}
