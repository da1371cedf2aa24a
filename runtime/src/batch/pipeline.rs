use std::fmt;
use std::io;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::limits::QueueLimits;
use super::own_thread;
use super::pool::Pool;
use super::queue::{Queue, deadline};
use super::stash;
use super::stats::{Counters, Stats};
use super::warnings::Warnings;
use super::worker::Worker;
use crate::export::{Exporter, Loss, Patience};
use crate::extract::{Enricher, Extractors, StreamFold};
#[cfg(feature = "metrics")]
use crate::metrics::{Metrics, ReadHealth};
use crate::outbox::Ledger;
use crate::price::{CurrentPrices, PriceTable};
use crate::record::{Clock, Ids};
use crate::redact::Redactor;
use crate::sample::Tail;
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
    /// Whether bodies of model calls are read.
    extraction: bool,
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
    /// What became of the spans on disk.
    pub(super) ledger: Arc<Ledger>,
    /// Told of the end, for those who wait to try again.
    patience: Arc<Patience>,
    /// Why an exporter failed last.
    failure: Mutex<Option<String>>,
}

impl Shared {
    /// Tells pipelines apart while they live.
    pub(super) fn number(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    pub(super) fn set_failure(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    pub(super) fn stats(&self) -> Stats {
        self.counters.read(&self.ledger)
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
    /// Whether bodies of model calls are read.
    pub(crate) extraction: bool,
    /// Takes out what must not be told; none, where everything may be.
    pub(crate) redactor: Option<Redactor>,
    /// Decides which finished traces are exported; none, where all are.
    pub(crate) tail: Option<Tail>,
    /// Shared with the exporters.
    pub(crate) patience: Arc<Patience>,
    /// Shared with the outbox.
    pub(crate) ledger: Arc<Ledger>,
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
        let Policy { content, value_cap, extraction, extractors, prices, clock, ids, .. } = policy;
        let enricher = extraction.then(|| Enricher::new(extractors.clone(), prices.clone(), value_cap));
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
            ledger: policy.ledger,
            patience: policy.patience,
            failure: Mutex::default(),
        });
        #[cfg(feature = "metrics")]
        let metrics = metrics.map(|metrics| metrics.with_health(health(&shared)));
        let worker = Worker {
            shared: Arc::clone(&shared),
            enricher,
            redactor: policy.redactor,
            tail: policy.tail,
            kept: Vec::new(),
            #[cfg(feature = "metrics")]
            metrics,
            content,
            exporters,
            resource,
            warnings: Warnings::default(),
        };
        thread::Builder::new().name("recount".to_owned()).spawn(move || worker.run())?;
        Ok(Self { shared, clock, ids, content, value_cap, item_gaps, extraction, extractors, prices })
    }

    /// Why an exporter fails just now, or why it failed last.
    pub(crate) fn failure(&self) -> Option<String> {
        self.shared.patience.obstacle().or_else(|| self.shared.failure())
    }

    /// What model calls cost from now on.
    pub(crate) fn set_prices(&self, table: PriceTable) {
        self.prices.set(table);
    }

    pub(crate) fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Exports everything that has ended so far.
    pub(crate) fn flush(&self, timeout: Duration) -> Result<(), Unfinished> {
        self.check()?;
        match self.shared.queue.flush(deadline(timeout)) {
            0 => Ok(()),
            late => Err(Unfinished::Late(late)),
        }
    }

    /// Exports everything that has ended so far, then takes no more. What is still queued at the deadline is lost.
    pub(crate) fn shutdown(&self, timeout: Duration) -> Result<(), Unfinished> {
        let shared = &self.shared;
        let may_wait = self.check();
        if may_wait != Err(Unfinished::Forked) {
            let deadline = deadline(timeout);
            shared.patience.shorten(deadline);
            shared.queue.close();
            if may_wait.is_err() || shared.queue.wait_for_end(deadline) {
                return may_wait;
            }
        }
        let late = shared.queue.abandon(|late| shared.counters.lost(Loss::Shutdown, late));
        may_wait.and(Err(Unfinished::Late(late)))
    }

    /// Whether there is a worker to wait for.
    fn check(&self) -> Result<(), Unfinished> {
        if own_thread::is_worker_of(self.shared.number()) {
            return Err(Unfinished::Inside);
        }
        if self.shared.queue.is_orphaned() { Err(Unfinished::Forked) } else { Ok(()) }
    }
}

/// Does not keep what it reads alive: providers of metrics keep it for as long as they live.
#[cfg(feature = "metrics")]
fn health(shared: &Arc<Shared>) -> ReadHealth {
    let shared = Arc::downgrade(shared);
    Arc::new(move || {
        let shared = shared.upgrade()?;
        let queued = shared.queue.held() as u64;
        Some(shared.stats().health(queued, shared.queue.limits().records as u64))
    })
}

/// Why a flush or a shutdown did not do all that it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// So many spans were not exported in time.
    Late(usize),
    /// The worker would wait for itself.
    Inside,
    /// This process is a fork of the one that the worker runs in.
    Forked,
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
        let fold = || StreamFold::new(self.extractors.clone(), limits);
        self.extraction.then(|| Box::new(fold()) as Box<dyn Fold>)
    }

    fn buffer(&self, len: usize) -> Vec<u8> {
        stash::buffer(&self.shared.pool, len)
    }

    fn is_open(&self) -> bool {
        self.shared.queue.is_open()
    }

    fn opened(&self) {
        self.shared.counters.opened();
    }

    fn missed(&self) {
        self.shared.counters.opened();
        self.shared.counters.lost(Loss::Shutdown, 1);
    }

    /// On the caller's thread, at the end of the call: no IO, no panic, and no wait but where the policy says so.
    fn submit(&self, record: SpanRecord) {
        if let Some((reason, spans)) = self.shared.queue.push(record) {
            self.shared.counters.lost(reason, spans);
        }
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queued = self.shared.queue.held();
        f.debug_struct("Pipeline")
            .field("stats", &self.stats())
            .field("queued", &queued)
            .finish_non_exhaustive()
    }
}
