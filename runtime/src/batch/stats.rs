use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many spans went which way, since the pipeline was built.
///
/// `opened` is the sum of the others and of the spans that are open or queued still.
///
/// Counted for one pipeline; from [`Recount::stats`](crate::Recount::stats). A span counts once, whatever the
/// number of exporters.
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().build()?;
/// let stats = recount.stats();
/// assert_eq!(stats.lost(), 0);
/// assert_eq!(stats.to_string(), "0 spans opened, 0 delivered, 0 lost (0 overflow, 0 export, 0 shutdown)");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Spans that were started.
    ///
    /// A future that is never polled has not started.
    pub opened: u64,
    /// Spans that every exporter took.
    ///
    /// "Took" is what the exporter says: OTLP servers answer before they store.
    pub delivered: u64,
    /// Spans that ended when the queue was full.
    ///
    /// A larger [queue](crate::Builder::queue_records) helps against bursts, nothing helps against a server
    /// that is slower than the program.
    pub lost_overflow: u64,
    /// Spans that an exporter did not take.
    ///
    /// The time-out, a refusal, a panic of the exporter. [`Recount::shutdown`](crate::Recount::shutdown)
    /// tells the last reason.
    pub lost_export: u64,
    /// Spans that ended after the shutdown, or were still queued at its deadline.
    pub lost_shutdown: u64,
}

impl Stats {
    /// Spans that ended and did not reach every exporter.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost_overflow + self.lost_export + self.lost_shutdown
    }
}

/// `12 spans opened, 10 delivered, 2 lost (1 overflow, 1 export, 0 shutdown)`.
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opened, delivered, lost_overflow, lost_export, lost_shutdown } = self;
        write!(
            f,
            "{opened} spans opened, {delivered} delivered, {} lost \
             ({lost_overflow} overflow, {lost_export} export, {lost_shutdown} shutdown)",
            self.lost()
        )
    }
}

/// The counters behind [`Stats`].
///
/// Relaxed: each is a number of its own, and nothing is decided by their order.
#[derive(Debug, Default)]
pub(super) struct Counters {
    opened: AtomicU64,
    delivered: AtomicU64,
    overflow: AtomicU64,
    export: AtomicU64,
    shutdown: AtomicU64,
}

impl Counters {
    pub(super) fn opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn delivered(&self, spans: usize) {
        self.delivered.fetch_add(spans as u64, Ordering::Relaxed);
    }

    pub(super) fn lost_overflow(&self) {
        self.overflow.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn lost_export(&self, spans: usize) {
        self.export.fetch_add(spans as u64, Ordering::Relaxed);
    }

    pub(super) fn lost_shutdown(&self, spans: usize) {
        self.shutdown.fetch_add(spans as u64, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Stats {
        Stats {
            opened: self.opened.load(Ordering::Relaxed),
            delivered: self.delivered.load(Ordering::Relaxed),
            lost_overflow: self.overflow.load(Ordering::Relaxed),
            lost_export: self.export.load(Ordering::Relaxed),
            lost_shutdown: self.shutdown.load(Ordering::Relaxed),
        }
    }
}
