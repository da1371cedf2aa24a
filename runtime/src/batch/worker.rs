use std::mem;
use std::sync::Arc;
use std::time::Instant;

use super::own_thread;
use super::pipeline::Shared;
use super::queue::Work;
use super::warnings::Warnings;
use crate::export::{ExportError, Exporter, Loss, Losses};
use crate::extract::Enricher;
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::redact::{Redactor, withhold};
use crate::sample::Tail;
use crate::span::{guarded, silently};
use crate::wire::{Resource, SpanRecord};

/// The thread that exports.
///
/// One for each pipeline, however many exporters: a batch is converted where it is sent, and a thread that
/// mostly waits for a server needs no company. It is not joined: a thread that hangs in a server's time-out
/// shall not keep a program from ending; the deadline of the shutdown does what a join would.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    /// None, where bodies are not read.
    pub(super) enricher: Option<Enricher>,
    pub(super) redactor: Option<Redactor>,
    pub(super) tail: Option<Tail>,
    /// What the rule has kept, and is not exported yet.
    pub(super) kept: Vec<SpanRecord>,
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
        own_thread::become_worker_of(self.shared.number());
        // Whoever waits for the end must not wait in vain, whatever happens here.
        let _end = End(Arc::clone(&self.shared));
        let mut spare = Vec::new();
        loop {
            let Work { mut records, round, tick, last } = self.shared.queue.next(spare);
            let concludes = round.is_some() || last;
            self.take(&mut records, concludes);
            if concludes {
                self.flush();
            }
            if tick {
                for exporter in &mut self.exporters {
                    let _ = silently(|| guarded(|| exporter.idle()));
                }
            }
            // The program's own layers hear of it, and they may panic.
            for exporter in &mut self.exporters {
                let _ = guarded(|| {
                    if let Some(warning) = exporter.warning() {
                        tracing::warn!(target: "recount", "{warning}");
                    }
                });
            }
            let _ = guarded(|| {
                self.warnings.report(self.shared.stats(), self.shared.failure().as_deref());
            });
            if let Some(round) = round {
                self.shared.queue.finish_round(round);
            }
            if last {
                break;
            }
            records.clear();
            spare = records;
        }
        // An exporter may hold a connection or a file; whoever waits for the end expects it closed.
        let _ = silently(|| guarded(|| self.exporters.clear()));
    }

    /// Exports a batch, or gives it to the rule for finished traces, which is asked also where there is nothing new: time
    /// passes. `all` means that no span may wait for the rest of its trace.
    fn take(&mut self, batch: &mut Vec<SpanRecord>, all: bool) {
        let bytes = bytes_of(batch);
        if !batch.is_empty() && guarded(|| self.prepare_batch(batch)).is_none() {
            self.give_up(batch, bytes);
        }
        if let Some(mut tail) = self.tail.take() {
            let now = Instant::now();
            let most = self.shared.queue.limits().batch;
            let more_to_come = batch.len() >= most && !all;
            self.decide(|kept, dropped| {
                tail.decide(batch, now, kept, dropped);
                tail.expire(now, kept);
            });
            if all {
                self.decide(|kept, dropped| tail.conclude(kept, dropped));
            }
            self.tail = Some(tail);
            // Of a busy program few spans of each batch are kept; they go together.
            self.export_kept(if more_to_come { most } else { 1 });
        }
        // With a rule only what it panicked on: it may be the program's.
        if !batch.is_empty() {
            self.export(batch);
        }
    }

    /// Takes what the rule keeps, and lets go of the rest.
    fn decide(&mut self, rule: impl FnOnce(&mut Vec<SpanRecord>, &mut Vec<SpanRecord>)) {
        let mut dropped = Vec::new();
        let kept = &mut self.kept;
        let _ = silently(|| guarded(|| rule(kept, &mut dropped)));
        if !dropped.is_empty() && self.shared.queue.release(dropped.len(), bytes_of(&dropped)) {
            self.shared.counters.sampled_out(dropped.len());
        }
        self.shared.pool.put_back(dropped.into_iter());
    }

    /// Exports what was kept in batches, as long as there are `least` spans.
    fn export_kept(&mut self, least: usize) {
        let most = self.shared.queue.limits().batch;
        while self.kept.len() >= least {
            let rest = self.kept.split_off(most.min(self.kept.len()));
            let mut batch = mem::replace(&mut self.kept, rest);
            self.export(&mut batch);
        }
    }

    /// What comes before every exporter, and before anybody decides which spans are exported.
    fn prepare_batch(&mut self, batch: &mut [SpanRecord]) {
        let before = bytes_of(batch);
        silently(|| batch.iter_mut().for_each(|record| self.prepare(record)));
        self.shared.queue.reweigh(before, bytes_of(batch));
        #[cfg(feature = "metrics")]
        if let Some(metrics) = &mut self.metrics {
            silently(|| {
                for record in &*batch {
                    let _ = guarded(|| metrics.record(record));
                }
            });
        }
    }

    /// A record that cannot be enriched is exported as it is; without its content in any case, where that is off. One
    /// that cannot be redacted is exported without anything that may hold a secret.
    fn prepare(&mut self, record: &mut SpanRecord) {
        if let Some(enricher) = &mut self.enricher {
            let _ = guarded(|| enricher.enrich(record));
        }
        if let Some(redactor) = &mut self.redactor
            && guarded(|| redactor.redact(record)).is_none()
        {
            withhold(record);
        }
        if !self.content && record.tape.has_content() {
            record.tape = record.tape.without_content();
        }
    }

    /// Counts a batch as lost on which we have failed ourselves: the next one has its chance.
    fn give_up(&mut self, batch: &mut Vec<SpanRecord>, bytes: usize) {
        if self.shared.queue.release(batch.len(), bytes) {
            self.shared.counters.lost(Loss::Encoding, batch.len());
        }
        self.shared.set_failure("recount panicked while it prepared them".to_owned());
        batch.clear();
    }

    /// Hands a batch to every exporter; gives the buffers back.
    fn export(&mut self, batch: &mut Vec<SpanRecord>) {
        let mut lost = Losses::default();
        for exporter in &mut self.exporters {
            let sent = run(|| exporter.export(batch, &self.resource));
            // Which spans a server rejects it does not say: of several exporters the worst counts.
            let losses = note(&self.shared, sent, batch.len());
            if losses.total() > lost.total() {
                lost = losses;
            }
        }
        let is_in_time = self.shared.queue.release(batch.len(), bytes_of(batch));
        let taken = if is_in_time { batch.len() - lost.total() } else { 0 };
        self.shared.counters.taken(taken);
        self.shared.ledger.settle(taken);
        if is_in_time {
            self.shared.counters.lost_all(&lost);
        }
        self.shared.pool.put_back(batch.drain(..));
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
        self.0.queue.end(|left| self.0.counters.lost(Loss::Shutdown, left));
    }
}

/// How many of so many spans were lost; remembers why.
fn note(shared: &Shared, result: Result<(), ExportError>, spans: usize) -> Losses {
    let Err(error) = result else { return Losses::default() };
    shared.set_failure(error.to_string());
    error.losses(spans)
}

fn bytes_of(records: &[SpanRecord]) -> usize {
    records.iter().map(SpanRecord::size).sum()
}

/// Runs an exporter: its own HTTP is never traced, and its panics end here.
fn run(work: impl FnOnce() -> Result<(), ExportError>) -> Result<(), ExportError> {
    silently(|| guarded(work)).unwrap_or_else(|| Err(ExportError::new("the exporter panicked")))
}
