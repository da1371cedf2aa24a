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
//!
//! [`Recorder::tree`] shows all of a test's spans at a glance, and goes well with snapshots;
//! [`Recorder::spans`] gives them as data:
//!
//! ```
//! use recount::testing::Recorder;
//! use recount::wire::{Field, Kind, Outcome};
//!
//! #[recount::llm_span(provider = "openai", model = "gpt-5.2")]
//! fn complete(prompt: &str) -> Result<String, std::io::Error> {
//!     Err(std::io::Error::other("no such host"))
//! }
//!
//! let recorder = Recorder::new();
//! let _guard = recorder.install();
//! complete("Hello").unwrap_err();
//!
//! let spans = recorder.spans();
//! assert_eq!((spans[0].kind, spans[0].outcome), (Kind::Llm, Outcome::Failed));
//! let fault = spans[0].tape.get(Field::Fault).unwrap();
//! assert_eq!(fault.get("message").and_then(|message| message.as_str()), Some("no such host"));
//! ```

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

use crate::config::Settings;
use crate::export::{InMemory, tree};
use crate::price::PriceTable;
use crate::record::{Clock, Ids};
use crate::wire::SpanRecord;
use crate::{Builder, Layer, Recount, Stats};

/// Records spans in memory, with ids and times that are the same in every run.
///
/// Ids count up from 1, and each reading of the clock is a millisecond later than the one before, from 1970 on. Model
/// calls have no price unless the builder is given a [table](Builder::prices): those of recount change.
///
/// The guard of [`install`](Self::install) holds for one thread, so that tests which run side by side do not
/// see each other's spans. Work on other threads is seen where these have the same subscriber: give them
/// `tracing::dispatcher::get_default(Clone::clone)`, or make one of [`layer`](Self::layer) the global one in
/// a program of one test. A runtime of tokio's of one thread, which is what `#[tokio::test]` starts, needs
/// nothing.
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
    /// ```
    /// use recount::testing::Recorder;
    ///
    /// let recorder = Recorder::with(recount::builder().capture_content(false));
    /// let _guard = recorder.install();
    /// recount::span::task("secret work").input("secret").in_scope(|| ());
    /// assert_eq!(recorder.tree(), "task secret work\n");
    /// ```
    ///
    /// # Panics
    ///
    /// When a setting has no meaning, or the operating system has no thread to give.
    #[must_use]
    pub fn with(builder: Builder) -> Self {
        let memory = InMemory::default();
        let builder = builder.exporter(memory.clone()).prices_unless_set(PriceTable::empty());
        let settings = builder.settings(|_| None);
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
    ///
    /// ```
    /// use tracing_subscriber::prelude::*;
    ///
    /// let recorder = recount::testing::Recorder::new();
    /// let _guard = tracing_subscriber::registry().with(recorder.layer()).set_default();
    /// ```
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.recount.layer()
    }

    /// The spans that have ended so far, in the order in which they did.
    ///
    /// Spans that are open still are not among them. Waits until the worker has handed over what has ended:
    /// no sleep is needed in a test.
    #[must_use]
    pub fn spans(&self) -> Vec<SpanRecord> {
        self.flush();
        self.memory.records()
    }

    /// The spans that have ended so far as trees, one line each: kind, name, input, result or error.
    ///
    /// Siblings stand in the order in which they began; a span whose parent has not ended stands at the root.
    /// Inputs, results and messages are cut at 200 characters; what is cancelled, failed or panicked has a
    /// `✗`. Times are left out.
    #[must_use]
    pub fn tree(&self) -> String {
        tree::render(&self.spans(), &tree::Options::for_tests())
    }

    /// Forgets the spans that have ended so far.
    ///
    /// Ids and times go on from where they were.
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
