use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::subscriber::NoSubscriber;

use super::pipeline::Shared;
use super::stats::Stats;
use crate::export::{ExportError, Exporter};
use crate::wire::{Resource, SpanRecord};

/// The thread that exports.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) exporters: Vec<Box<dyn Exporter>>,
    pub(super) resource: Resource,
    pub(super) warnings: Warnings,
}

impl Worker {
    pub(super) fn run(mut self) {
        let mut spare = Vec::new();
        loop {
            let work = self.shared.queue.next(std::mem::take(&mut spare));
            spare = self.export(work.records);
            if work.round.is_some() || work.last {
                self.flush();
            }
            self.warnings.report(self.shared.counters.read(), self.shared.failure().as_deref());
            if let Some(round) = work.round {
                self.shared.queue.finish_round(round);
            }
            if work.last {
                break;
            }
        }
        // An exporter may hold a connection or a file; whoever waits for the end expects it closed.
        let _ = silently(|| {
            self.exporters.clear();
            Ok(())
        });
        self.shared.queue.end();
    }

    fn export(&mut self, mut records: Vec<SpanRecord>) -> Vec<SpanRecord> {
        let batch = self.shared.queue.limits().batch;
        for chunk in records.chunks(batch) {
            let mut lost = 0;
            for exporter in &mut self.exporters {
                let sent = silently(|| exporter.export(chunk, &self.resource));
                // Which spans a server rejects it does not say: of several exporters the worst counts.
                lost = lost.max(note(&self.shared, sent, chunk.len()));
            }
            self.shared.counters.delivered(chunk.len() - lost);
            self.shared.counters.lost_export(lost);
            let bytes = chunk.iter().map(SpanRecord::size).sum();
            self.shared.queue.release(chunk.len(), bytes);
        }
        self.shared.pool.put_back(records.drain(..));
        records
    }

    fn flush(&mut self) {
        for exporter in &mut self.exporters {
            let flushed = silently(|| exporter.flush());
            note(&self.shared, flushed, 0);
        }
    }
}

/// How many of so many spans were lost; remembers why.
fn note(shared: &Shared, result: Result<(), ExportError>, spans: usize) -> usize {
    let Err(error) = result else { return 0 };
    shared.set_failure(error.to_string());
    error.rejected().unwrap_or(spans).min(spans)
}

/// Runs an exporter: its own HTTP is never traced, and its panics end here.
fn silently(work: impl FnOnce() -> Result<(), ExportError>) -> Result<(), ExportError> {
    let guarded = || catch_unwind(AssertUnwindSafe(work));
    tracing::subscriber::with_default(NoSubscriber::new(), guarded)
        .unwrap_or_else(|_| Err(ExportError::new("the exporter panicked")))
}

/// Tells of losses in `tracing` events, now and then.
#[derive(Debug, Default)]
pub(super) struct Warnings {
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
