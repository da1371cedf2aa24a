//! For the tests of programs that use recount: what was recorded, as data and as a tree.
//!
//! ```
//! use recount::testing::Recorder;
//!
//! #[recount::tool]
//! fn double(n: u32) -> u32 {
//!     n * 2
//! }
//!
//! let recorder = Recorder::new();
//! let _guard = recorder.install();
//! double(21);
//! assert_eq!(recorder.tree(), "tool double {\"n\":21} → 42\n");
//! ```

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

use crate::config::Settings;
use crate::export::{InMemory, tree};
use crate::record::{Clock, Ids};
use crate::wire::SpanRecord;
use crate::{Builder, Layer, Recount, Stats};

/// Records spans in memory, with ids and times that are the same in every run.
///
/// Ids count up from 1, and each reading of the clock is a millisecond later than the one before, from 1970 on.
#[derive(Debug)]
pub struct Recorder {
    recount: Recount,
    memory: InMemory,
}

impl Recorder {
    /// A recorder with the default settings, whatever the environment says.
    ///
    /// # Panics
    ///
    /// When the operating system has no thread to give.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Builder::default())
    }

    /// A recorder with these settings, whatever the environment says: content off, another cap, further exporters.
    ///
    /// # Panics
    ///
    /// When a setting has no meaning, or the operating system has no thread to give.
    #[must_use]
    pub fn with(builder: Builder) -> Self {
        let memory = InMemory::default();
        let settings = builder.exporter(memory.clone()).settings(|_| None);
        let start = |settings: Settings| Recount::start(settings, Clock::stepping(), Ids::sequential());
        match settings.and_then(start) {
            Ok(recount) => Self { recount, memory },
            Err(error) => panic!("the recorder could not be set up: {error}"),
        }
    }

    /// Makes the recorder this thread's `tracing` subscriber, until the guard is dropped.
    #[must_use = "the recorder is installed until the guard is dropped"]
    pub fn install(&self) -> DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.layer()))
    }

    /// The layer, for a subscriber of your own.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.recount.layer()
    }

    /// The spans that have ended so far, in the order in which they did.
    #[must_use]
    pub fn spans(&self) -> Vec<SpanRecord> {
        self.flush();
        self.memory.records()
    }

    /// The spans that have ended so far as trees, one line each: kind, name, input, result or error.
    #[must_use]
    pub fn tree(&self) -> String {
        tree::render(&self.spans(), &tree::Options::for_tests())
    }

    /// Forgets the spans that have ended so far.
    pub fn clear(&self) {
        self.flush();
        self.memory.clear();
    }

    /// How many spans went which way so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.flush();
        self.recount.stats()
    }

    fn flush(&self) {
        // What the exporters beside the memory lose is told by `stats`.
        let _ = self.recount.flush();
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}
