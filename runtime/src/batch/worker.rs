use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pipeline::Shared;
use super::stats::Stats;
use crate::export::{ExportError, Exporter};
use crate::extract::Enricher;
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::span::{guarded, silently};
use crate::wire::{Resource, SpanRecord};

/// The thread that exports.
///
/// One for each pipeline, however many exporters: a batch is converted where it is sent, and a thread that
/// mostly waits for a server needs no company. It is not joined: a thread that hangs in a server's time-out
/// shall not keep a program from ending; the deadline of the shutdown does what a join would.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) enricher: Enricher,
    #[cfg(feature = "metrics")]
    pub(super) metrics: Option<Metrics>,
    /// Whether arguments, results and messages are exported.
    pub(super) content: bool,
    pub(super) exporters: Vec<Box<dyn Exporter>>,
    pub(super) resource: Resource,
    pub(super) warnings: Warnings,
}

impl Worker {
    /// Takes work until the queue says that it was the last. Whatever exporters and the program's own layers
    /// do, the end is told to those who wait for it.
    pub(super) fn run(mut self) {
        // Whoever waits for the end must not wait in vain, whatever happens here.
        let _end = End(Arc::clone(&self.shared));
        let mut spare = Vec::new();
        loop {
            let work = self.shared.queue.next(spare);
            spare = self.export(work.records);
            if work.round.is_some() || work.last {
                self.flush();
            }
            // The program's own layers hear of it, and they may panic.
            let _ = guarded(|| {
                self.warnings.report(self.shared.counters.read(), self.shared.failure().as_deref());
            });
            if let Some(round) = work.round {
                self.shared.queue.finish_round(round);
            }
            if work.last {
                break;
            }
        }
        // An exporter may hold a connection or a file; whoever waits for the end expects it closed.
        let _ = silently(|| guarded(|| self.exporters.clear()));
    }

    /// Exports the records; gives back their vector, empty.
    fn export(&mut self, mut records: Vec<SpanRecord>) -> Vec<SpanRecord> {
        let batch = self.shared.queue.limits().batch;
        let mut chunk = Vec::with_capacity(batch.min(records.len()));
        let mut left = records.drain(..);
        loop {
            chunk.extend(left.by_ref().take(batch));
            if chunk.is_empty() {
                break;
            }
            self.export_chunk(&mut chunk);
            // Chunk by chunk, so that what the queue counts is what is in memory.
            self.shared.pool.put_back(chunk.drain(..));
        }
        drop(left);
        records
    }

    fn export_chunk(&mut self, chunk: &mut [SpanRecord]) {
        // As they were counted when they came.
        let bytes = chunk.iter().map(SpanRecord::size).sum();
        silently(|| chunk.iter_mut().for_each(|record| self.prepare(record)));
        // Of every span, before anybody decides which ones are exported.
        #[cfg(feature = "metrics")]
        if let Some(metrics) = &mut self.metrics {
            silently(|| {
                for record in &*chunk {
                    let _ = guarded(|| metrics.record(record));
                }
            });
        }
        let mut lost = 0;
        for exporter in &mut self.exporters {
            let sent = run(|| exporter.export(chunk, &self.resource));
            // Which spans a server rejects it does not say: of several exporters the worst counts.
            lost = lost.max(note(&self.shared, sent, chunk.len()));
        }
        if self.shared.queue.release(chunk.len(), bytes) {
            self.shared.counters.delivered(chunk.len() - lost);
            self.shared.counters.lost_export(lost);
        }
    }

    /// What comes before every exporter. A record that cannot be enriched is exported as it is; without its content
    /// in any case, where that is off.
    fn prepare(&mut self, record: &mut SpanRecord) {
        let _ = guarded(|| self.enricher.enrich(record));
        if !self.content && record.tape.has_content() {
            record.tape = record.tape.without_content();
        }
    }

    fn flush(&mut self) {
        for exporter in &mut self.exporters {
            let flushed = run(|| exporter.flush());
            note(&self.shared, flushed, 0);
        }
    }
}

/// Tells the queue that the worker is gone.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.queue.end();
    }
}

/// How many of so many spans were lost; remembers why.
fn note(shared: &Shared, result: Result<(), ExportError>, spans: usize) -> usize {
    let Err(error) = result else { return 0 };
    shared.set_failure(error.to_string());
    error.rejected().unwrap_or(spans).min(spans)
}

/// Runs an exporter: its own HTTP is never traced, and its panics end here.
fn run(work: impl FnOnce() -> Result<(), ExportError>) -> Result<(), ExportError> {
    silently(|| guarded(work)).unwrap_or_else(|| Err(ExportError::new("the exporter panicked")))
}

/// Tells of losses in `tracing` events, now and then.
///
/// Through `tracing`, like everything that a library has to say, and outside of the silence under which
/// exporters run. A server that is down loses spans with every batch; one line in a while is enough for
/// somebody to look.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    /// When the last warning was given, and how many were lost by then.
    told: Option<(Instant, u64)>,
}

impl Warnings {
    const INTERVAL: Duration = Duration::from_secs(30);

    /// Warns of what was lost since the last warning, unless that was a moment ago.
    fn report(&mut self, stats: Stats, failure: Option<&str>) {
        let (recent, told) = self.told.map_or((false, 0), |(at, lost)| (at.elapsed() < Self::INTERVAL, lost));
        if recent || stats.lost() <= told {
            return;
        }
        let reason = failure.unwrap_or("the queue was full");
        tracing::warn!(target: "recount", "spans were lost: {reason} ({stats})");
        self.told = Some((Instant::now(), stats.lost()));
    }
}
