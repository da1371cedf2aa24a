use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What became of the spans that were kept on disk.
///
/// Shared by the outbox, which says what it does, and the pipeline, whose [`Stats`](crate::Stats) tell. A span counts
/// once, and whether it counts as one on disk is known only when every exporter has seen its batch, in time: until then
/// what is put on disk is noted in a [`Lot`], and counted when the worker [settles](Self::settle) that.
///
/// What an earlier process left is counted apart, so that the spans of this one add up.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// What was put on disk of the batch that the worker is at.
    open: Mutex<Option<Arc<Lot>>>,
    stored: AtomicU64,
    expired: AtomicU64,
    rejected: AtomicU64,
    damaged: AtomicU64,
    recovered: AtomicU64,
    forfeited: AtomicU64,
}

/// The spans of one batch that were put on disk: in files that know their lot.
#[derive(Debug, Default)]
pub(crate) struct Lot(Mutex<Share>);

/// How many spans of a lot count.
#[derive(Debug, Default)]
struct Share {
    /// Of those on disk.
    stored: u64,
    /// Of those that were thrown away again before the batch was settled.
    expired: u64,
    is_settled: bool,
}

/// Why spans on disk were never delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forfeit {
    /// They were there for too long, or beside too many.
    Expired,
    /// The server refused them for good.
    Rejected,
    /// The file is gone, or is not what was written.
    Damaged,
}

#[cfg_attr(not(feature = "otlp"), allow(dead_code, reason = "only exporters of the feature have an outbox"))]
impl Ledger {
    /// Spans of this process were put on disk; they count when their batch is settled.
    pub(crate) fn store(&self, spans: u64) -> Arc<Lot> {
        let lot = Arc::clone(lock(&self.open).get_or_insert_default());
        lock(&lot.0).stored += spans;
        lot
    }

    /// Every exporter has seen the batch, and so many of its spans are not lost in another way: of those that were put
    /// on disk, no more than that count.
    pub(crate) fn settle(&self, spans: usize) {
        let Some(lot) = lock(&self.open).take() else { return };
        let mut share = lock(&lot.0);
        share.stored = share.stored.min(spans as u64);
        share.expired = share.expired.min(spans as u64 - share.stored);
        share.is_settled = true;
        self.stored.fetch_add(share.stored, Ordering::Relaxed);
        self.expired.fetch_add(mem::take(&mut share.expired), Ordering::Relaxed);
    }

    /// Spans that this process had put on disk were delivered.
    pub(crate) fn deliver(&self, lot: &Lot, spans: u64) {
        self.take(&mut lock(&lot.0), spans);
    }

    /// Spans that this process had put on disk are lost.
    pub(crate) fn lose(&self, lot: &Lot, spans: u64, reason: Forfeit) {
        let mut share = lock(&lot.0);
        if !share.is_settled {
            // For the room of those behind them: nothing is sent in between.
            let spans = spans.min(share.stored);
            share.stored -= spans;
            share.expired += spans;
            return;
        }
        let counting = self.take(&mut share, spans);
        let counter = match reason {
            Forfeit::Expired => &self.expired,
            Forfeit::Rejected => &self.rejected,
            Forfeit::Damaged => &self.damaged,
        };
        counter.fetch_add(counting, Ordering::Relaxed);
    }

    /// Takes spans off the disk; how many of them count.
    fn take(&self, share: &mut Share, spans: u64) -> u64 {
        let spans = spans.min(share.stored);
        share.stored -= spans;
        if share.is_settled {
            self.stored.fetch_sub(spans, Ordering::Relaxed);
        }
        spans
    }

    /// Spans that an earlier process had put on disk were delivered.
    pub(crate) fn recover(&self, spans: u64) {
        self.recovered.fetch_add(spans, Ordering::Relaxed);
    }

    /// Spans that an earlier process had put on disk are lost.
    pub(crate) fn forfeit(&self, spans: u64) {
        self.forfeited.fetch_add(spans, Ordering::Relaxed);
    }

    /// Spans of this process that are on disk.
    pub(crate) fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Spans of this process that were on disk for too long, or beside too many.
    pub(crate) fn expired(&self) -> u64 {
        self.expired.load(Ordering::Relaxed)
    }

    /// Spans of this process that were on disk, and that the server refused for good.
    pub(crate) fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    /// Spans of this process whose file was taken away or damaged.
    pub(crate) fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Spans of earlier processes that were delivered.
    pub(crate) fn recovered(&self) -> u64 {
        self.recovered.load(Ordering::Relaxed)
    }

    /// Spans of earlier processes that were lost.
    pub(crate) fn forfeited(&self) -> u64 {
        self.forfeited.load(Ordering::Relaxed)
    }
}

/// Nothing that can panic runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(ledger: &Ledger) -> (u64, u64, u64) {
        (ledger.stored(), ledger.expired(), ledger.rejected())
    }

    #[test]
    fn what_is_on_disk_counts_when_its_batch_is_settled() {
        let ledger = Ledger::default();
        let lot = ledger.store(10);
        assert_eq!(counted(&ledger), (0, 0, 0));
        ledger.settle(10);
        assert_eq!(counted(&ledger), (10, 0, 0));
        ledger.deliver(&lot, 7);
        ledger.lose(&lot, 3, Forfeit::Rejected);
        assert_eq!(counted(&ledger), (0, 0, 3));
    }

    #[test]
    fn what_is_lost_elsewhere_does_not_count_whatever_becomes_of_its_file() {
        let ledger = Ledger::default();
        let lost = ledger.store(10);
        ledger.settle(0);
        let kept = ledger.store(5);
        ledger.settle(5);
        ledger.deliver(&lost, 10);
        assert_eq!(counted(&ledger), (5, 0, 0));
        ledger.lose(&kept, 5, Forfeit::Expired);
        assert_eq!(counted(&ledger), (0, 5, 0));
    }

    #[test]
    fn what_makes_room_for_spans_of_its_own_batch_counts_once() {
        let ledger = Ledger::default();
        let lot = ledger.store(4);
        ledger.lose(&lot, 4, Forfeit::Expired);
        ledger.store(6);
        ledger.settle(10);
        assert_eq!(counted(&ledger), (6, 4, 0));
        ledger.deliver(&lot, 6);
        assert_eq!(counted(&ledger), (0, 4, 0));
    }
}
