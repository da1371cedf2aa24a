use std::ops::RangeInclusive;
use std::time::Duration;

/// What happens to a span that ends while the [queue](crate::Builder::queue_records) is full.
///
/// Whatever is lost is counted in [`Stats::lost_overflow`](crate::Stats::lost_overflow). From the environment:
/// `RECOUNT_OVERFLOW`, which is `drop_newest`, `drop_oldest` or `wait:` and milliseconds.
///
/// ```
/// use std::time::Duration;
///
/// let builder = recount::builder().overflow(recount::Overflow::Wait(Duration::from_millis(50)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// It is lost. What waits already stays whole: traces that have begun to arrive are more likely to be complete.
    #[default]
    DropNewest,
    /// The spans that have waited longest are lost instead, as many as it takes: what happened last is what somebody
    /// looks at after an outage. What is at an exporter already is not taken back.
    DropOldest,
    /// The thread on which the span ended waits for room, at most so long; then it is lost.
    ///
    /// For programs that would rather be late than lose a span, such as evaluations: it is the one setting with
    /// which an annotated function may be slowed down by its telemetry. The thread is blocked, that of an async runtime
    /// too. Nobody waits on a thread of recount's own, within an exporter, say, nor after a shutdown.
    Wait(Duration),
}

/// How much may wait, for how long, and what happens to the rest.
///
/// Two bounds, since neither is enough: a million empty spans, and a thousand prompts of a megabyte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueLimits {
    /// Spans that may wait, those that are being exported included.
    pub(crate) records: usize,
    /// Bytes of memory that those spans may hold.
    pub(crate) bytes: usize,
    /// Spans in one batch at most; the worker is woken when so many wait.
    pub(crate) batch: usize,
    /// Bytes of what was captured that are enough for a batch; the worker is woken when so many wait. While it is busy, up
    /// to four times as many wait in one batch.
    pub(crate) batch_bytes: usize,
    /// How long a span waits at most before it is exported.
    pub(crate) delay: Duration,
    pub(crate) overflow: Overflow,
}

impl QueueLimits {
    /// A delay of zero would keep the worker busy with nothing, and one of ages overflows the clock.
    const DELAYS: RangeInclusive<Duration> = Duration::from_millis(5)..=Duration::from_secs(3600);

    /// With a delay that makes sense, and batches of which the queue has room for two: while one is exported, another
    /// is filled.
    pub(crate) fn sensible(self) -> Self {
        Self {
            delay: self.delay.clamp(*Self::DELAYS.start(), *Self::DELAYS.end()),
            batch: self.batch.min(self.records / 2).max(1),
            ..self
        }
    }
}
