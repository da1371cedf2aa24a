use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::pool::Pool;
use super::queue::{Queue, QueueLimits, Refused};
use super::stats::{Counters, Stats};
use super::worker::{Warnings, Worker};
use crate::export::Exporter;
use crate::extract::{Enricher, Extractors, StreamFold};
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::price::{CurrentPrices, PriceTable};
use crate::record::{Clock, Ids};
use crate::span::capture::Limits;
use crate::span::{Fold, Sink};
use crate::wire::{Resource, SpanId, SpanRecord, Timestamp, TraceId};

/// Takes finished spans from any thread to the exporters on a thread of its own.
///
/// It belongs to a [`Recount`](crate::Recount) and to the layers made of it. The worker holds only what is
/// [`Shared`], so that it does not keep the pipeline alive.
pub(crate) struct Pipeline {
    shared: Arc<Shared>,
    clock: Clock,
    ids: Ids,
    content: bool,
    value_cap: usize,
    /// Whether metrics want to know how long each item of a stream took.
    item_gaps: bool,
    extractors: Extractors,
    prices: CurrentPrices,
}

/// What the callers and the worker share.
///
/// No lock in it is held for longer than it takes to move a record or a buffer.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) queue: Queue,
    pub(super) counters: Counters,
    pub(super) pool: Pool,
    /// Why an exporter failed last.
    failure: Mutex<Option<String>>,
}

impl Shared {
    pub(super) fn set_failure(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a [`Pipeline`] records.
pub(crate) struct Policy {
    pub(crate) content: bool,
    pub(crate) value_cap: usize,
    pub(crate) extractors: Extractors,
    pub(crate) prices: CurrentPrices,
    #[cfg(feature = "metrics")]
    pub(crate) metrics: Option<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
}

impl Pipeline {
    /// Starts the worker.
    ///
    /// # Errors
    ///
    /// When the operating system has no thread to give.
    pub(crate) fn start(
        exporters: Vec<Box<dyn Exporter>>,
        resource: Resource,
        limits: QueueLimits,
        policy: Policy,
    ) -> io::Result<Self> {
        let Policy { content, value_cap, extractors, prices, clock, ids, .. } = policy;
        #[cfg(feature = "metrics")]
        let metrics = policy.metrics;
        #[cfg(feature = "metrics")]
        let item_gaps = metrics.is_some();
        #[cfg(not(feature = "metrics"))]
        let item_gaps = false;
        let shared = Arc::new(Shared {
            queue: Queue::new(limits),
            counters: Counters::default(),
            pool: Pool::default(),
            failure: Mutex::default(),
        });
        let worker = Worker {
            shared: Arc::clone(&shared),
            enricher: Enricher::new(extractors.clone(), prices.clone(), value_cap),
            #[cfg(feature = "metrics")]
            metrics,
            content,
            exporters,
            resource,
            warnings: Warnings::default(),
        };
        thread::Builder::new().name("recount".to_owned()).spawn(move || worker.run())?;
        Ok(Self { shared, clock, ids, content, value_cap, item_gaps, extractors, prices })
    }

    /// Why an exporter failed last.
    pub(crate) fn failure(&self) -> Option<String> {
        self.shared.failure()
    }

    /// What model calls cost from now on.
    pub(crate) fn set_prices(&self, table: PriceTable) {
        self.prices.set(table);
    }

    pub(crate) fn stats(&self) -> Stats {
        self.shared.counters.read()
    }

    /// Exports everything that has ended so far; how many spans were not exported in time.
    pub(crate) fn flush(&self, timeout: Duration) -> usize {
        if self.shared.queue.flush(deadline(timeout)) { 0 } else { self.shared.queue.held() }
    }

    /// Exports everything that has ended so far, then takes no more. What is still queued at the deadline is lost.
    pub(crate) fn shutdown(&self, timeout: Duration) {
        if !self.shared.queue.close(deadline(timeout)) {
            self.shared.counters.lost_shutdown(self.shared.queue.abandon());
        }
    }
}

/// A time-out too long for the clock is a century.
///
/// Some callers say `Duration::MAX` for "wait until it is done".
fn deadline(timeout: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or_else(|| now + Duration::from_secs(3_155_760_000))
}

impl Sink for Pipeline {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn trace_id(&self) -> TraceId {
        self.ids.trace_id()
    }

    fn span_id(&self) -> SpanId {
        self.ids.span_id()
    }

    fn content(&self) -> bool {
        self.content
    }

    fn value_cap(&self) -> usize {
        self.value_cap
    }

    fn item_gaps(&self) -> bool {
        self.item_gaps
    }

    fn fold(&self) -> Option<Box<dyn Fold>> {
        let limits = Limits::value(self.value_cap);
        Some(Box::new(StreamFold::new(self.extractors.clone(), limits)))
    }

    fn buffer(&self) -> Vec<u8> {
        self.shared.pool.take()
    }

    fn opened(&self) {
        self.shared.counters.opened();
    }

    /// On the caller's thread, at the end of the call: no IO, no wait, no panic.
    fn submit(&self, record: SpanRecord) {
        match self.shared.queue.push(record) {
            Ok(()) => {}
            Err(Refused::Full) => self.shared.counters.lost_overflow(),
            Err(Refused::Closed) => self.shared.counters.lost_shutdown(1),
        }
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
