use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::export::{Loss, Losses};
#[cfg(feature = "metrics")]
use crate::metrics::Health;
use crate::outbox::Ledger;

/// How many spans went which way, since the pipeline was built.
///
/// `opened` is the sum of `delivered`, `stored`, `sampled_out`, of what was [`lost`](Self::lost), and of the spans that are
/// open or queued still.
///
/// Counted for one pipeline; from [`Recount::stats`](crate::Recount::stats). A span counts once, whatever the
/// number of exporters: what one of them lost is lost, whatever the others did with it.
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().build()?;
/// let stats = recount.stats();
/// assert_eq!(stats.lost(), 0);
/// assert_eq!(stats.to_string(), "0 spans opened, 0 delivered, 0 lost");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Spans that were started.
    ///
    /// A future that is never polled has not started; a span that the sampler left out when its trace began is none.
    pub opened: u64,
    /// Spans that every exporter took.
    ///
    /// "Took" is what the exporter says: OTLP servers answer before they store. A server that rejects some spans of a
    /// batch does not say which: of several exporters, the one that took the fewest spans of the batch counts.
    pub delivered: u64,
    /// Spans that wait on disk until the server is back; see [`Builder::outbox`](crate::Builder::outbox).
    ///
    /// What another exporter lost, or what was put on disk after the deadline of the shutdown, counts as lost. It is sent
    /// like the rest, and that changes no count; where a later run of the program sends it, it is `recovered` there.
    pub stored: u64,
    /// Spans that an earlier run of the program had left on disk, and that were delivered by this one. They are no part
    /// of `opened`.
    pub recovered: u64,
    /// Spans that an earlier run of the program had left on disk, and that this one had to give up: too old, refused by the
    /// server, damaged. They are no part of `opened`, nor of what was lost.
    pub forfeited: u64,
    /// Spans of traces that the rule for finished traces did not keep.
    pub sampled_out: u64,
    /// Spans that ended when the queue was full.
    ///
    /// A larger [queue](crate::Builder::queue_records) helps against bursts, nothing helps against a server
    /// that is slower than the program.
    pub lost_overflow: u64,
    /// Spans that are larger than what may be sent, also after their content was cut.
    pub lost_too_large: u64,
    /// Spans that could not be written in the format of the exporter.
    pub lost_encoding: u64,
    /// Spans that the server refused for good.
    pub lost_rejected: u64,
    /// Spans that an exporter did not take, after every attempt.
    ///
    /// The time-out, a server that is down, a panic of the exporter. [`Recount::shutdown`](crate::Recount::shutdown)
    /// tells the last reason.
    pub lost_export: u64,
    /// Spans that were on disk for longer, or beside more, than allowed.
    pub lost_expired: u64,
    /// Spans that ended after the shutdown, or were still queued at its deadline.
    pub lost_shutdown: u64,
}

impl Stats {
    /// Spans that ended and did not reach every exporter.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.losses().into_iter().map(|(_, spans)| spans).sum()
    }

    /// How many were lost for which reason.
    fn losses(&self) -> [(&'static str, u64); Loss::ALL.len()] {
        Loss::ALL.map(|reason| {
            let word = match reason {
                Loss::Overflow => "overflow",
                Loss::TooLarge => "too large",
                Loss::Encoding => "encoding",
                Loss::Rejected => "rejected",
                Loss::Export => "export",
                Loss::Expired => "expired",
                Loss::Shutdown => "shutdown",
            };
            (word, self.lost_by(reason))
        })
    }

    /// How many were lost for this reason.
    pub(super) fn lost_by(&self, reason: Loss) -> u64 {
        match reason {
            Loss::Overflow => self.lost_overflow,
            Loss::TooLarge => self.lost_too_large,
            Loss::Encoding => self.lost_encoding,
            Loss::Rejected => self.lost_rejected,
            Loss::Export => self.lost_export,
            Loss::Expired => self.lost_expired,
            Loss::Shutdown => self.lost_shutdown,
        }
    }
}

#[cfg(feature = "metrics")]
impl Stats {
    /// As metrics tell it.
    pub(super) fn health(&self, queued: u64, capacity: u64) -> Health {
        let failed = vec![
            ("rejected", self.lost_rejected),
            ("too_large", self.lost_too_large),
            ("encoding", self.lost_encoding),
            ("export", self.lost_export),
            ("expired", self.lost_expired),
        ];
        let given_up: u64 = failed.iter().map(|(_, spans)| spans).sum();
        Health {
            started: self.opened,
            queued,
            capacity,
            processed: self.delivered + self.stored + self.sampled_out + given_up,
            overflowed: self.lost_overflow,
            too_late: self.lost_shutdown,
            exported: self.delivered + self.recovered,
            failed,
        }
    }
}

/// `12 spans opened, 10 delivered, 2 lost (1 overflow, 1 export)`; what is 0 is left out, but for these three.
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opened, delivered, stored, recovered, forfeited, sampled_out, .. } = self;
        write!(f, "{opened} spans opened, {delivered} delivered")?;
        let rest = [
            ("stored", stored),
            ("recovered", recovered),
            ("forfeited", forfeited),
            ("sampled out", sampled_out),
        ];
        for (what, spans) in rest {
            if *spans > 0 {
                write!(f, ", {spans} {what}")?;
            }
        }
        write!(f, ", {} lost", self.lost())?;
        let mut open = " (";
        for (reason, spans) in self.losses() {
            if spans > 0 {
                write!(f, "{open}{spans} {reason}")?;
                open = ", ";
            }
        }
        f.write_str(if self.lost() > 0 { ")" } else { "" })
    }
}

/// The counters behind [`Stats`].
///
/// Relaxed: each is a number of its own, and nothing is decided by their order.
#[derive(Debug, Default)]
pub(super) struct Counters {
    opened: AtomicU64,
    /// Delivered, or put on disk.
    taken: AtomicU64,
    sampled_out: AtomicU64,
    lost: [AtomicU64; Loss::ALL.len()],
}

impl Counters {
    pub(super) fn opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn taken(&self, spans: usize) {
        self.taken.fetch_add(spans as u64, Ordering::Relaxed);
    }

    pub(super) fn sampled_out(&self, spans: usize) {
        self.sampled_out.fetch_add(spans as u64, Ordering::Relaxed);
    }

    pub(super) fn lost(&self, reason: Loss, spans: usize) {
        self.lost[reason as usize].fetch_add(spans as u64, Ordering::Relaxed);
    }

    pub(super) fn lost_all(&self, losses: &Losses) {
        for (reason, spans) in losses.iter() {
            self.lost(reason, spans);
        }
    }

    /// What the ledger says of spans on disk is told apart from what was delivered.
    pub(super) fn read(&self, ledger: &Ledger) -> Stats {
        let lost = |reason: Loss| self.lost[reason as usize].load(Ordering::Relaxed);
        let (stored, expired) = (ledger.stored(), ledger.expired());
        let (rejected, damaged) = (ledger.rejected(), ledger.damaged());
        let on_disk = stored + expired + rejected + damaged;
        Stats {
            opened: self.opened.load(Ordering::Relaxed),
            delivered: self.taken.load(Ordering::Relaxed).saturating_sub(on_disk),
            stored,
            recovered: ledger.recovered(),
            forfeited: ledger.forfeited(),
            sampled_out: self.sampled_out.load(Ordering::Relaxed),
            lost_overflow: lost(Loss::Overflow),
            lost_too_large: lost(Loss::TooLarge),
            lost_encoding: lost(Loss::Encoding),
            lost_rejected: lost(Loss::Rejected) + rejected,
            lost_export: lost(Loss::Export) + damaged,
            lost_expired: expired,
            lost_shutdown: lost(Loss::Shutdown),
        }
    }
}
