use std::path::PathBuf;
use std::time::Duration;

/// Where requests are kept, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// The folder that the user named; each destination has one of its own in it.
    pub(crate) folder: PathBuf,
    /// What the files of one outbox may take on disk.
    pub(crate) bytes: u64,
    /// How long a request is worth sending.
    pub(crate) age: Duration,
}
