//! How much may wait to be exported, and for how long.

use std::time::Duration;

use super::Builder;
use super::environment::Environment;
use super::variables::{Variables, wrong};
use crate::Error;
use crate::batch::{Overflow, QueueLimits};

/// As many as a busy program ends in a tenth of a second.
const RECORDS: usize = 1 << 17;
/// With what an exporter needs besides, a program takes up 128 MiB more at the worst.
const BYTES: usize = 112 << 20;
const BATCH: usize = 512;
/// Small enough that little is left to send when somebody flushes, large enough that requests are few.
const BATCH_BYTES: usize = 256 << 10;

/// What somebody set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SaidQueue {
    batch: Option<usize>,
    batch_bytes: Option<usize>,
    delay: Option<Duration>,
    records: Option<usize>,
    bytes: Option<usize>,
    overflow: Option<Overflow>,
}

impl Builder {
    /// Sets how many spans are exported together at most: 512, unless set.
    ///
    /// Unless set: `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`. The worker is woken when so many wait; a batch of
    /// long prompts is sent in several requests. More than half of [`queue_records`](Self::queue_records) is as many
    /// as that; zero is an error of [`build`](Self::build).
    pub fn batch_size(mut self, spans: usize) -> Self {
        self.queue.batch = Some(spans);
        self
    }

    /// Sets how many bytes of what was captured are enough to be exported, however few the spans: 256 KiB, unless set.
    ///
    /// Unless set: `RECOUNT_BATCH_BYTES`. The worker is woken when so many wait; while it is busy, a batch grows to four times
    /// as many, and the span that reaches them is its last. The smaller it is, the less is left to send at a
    /// [`flush`](crate::Recount::flush), and the more requests there are. How large a request may be is the exporter's
    /// matter. Zero is an error of [`build`](Self::build).
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.queue.batch_bytes = Some(bytes);
        self
    }

    /// Sets how long a span waits for others at most: 1 second, unless set.
    ///
    /// Unless set: `OTEL_BSP_SCHEDULE_DELAY`, in milliseconds. Less than 5 milliseconds counts as 5, more
    /// than an hour as an hour. A shorter delay shows traces sooner, at the price of more and smaller
    /// requests.
    pub fn batch_delay(mut self, delay: Duration) -> Self {
        self.queue.delay = Some(delay);
        self
    }

    /// Sets how many spans may wait to be exported: 131,072, unless set. Further ones are [lost](Self::overflow), and
    /// counted.
    ///
    /// Unless set: `OTEL_BSP_MAX_QUEUE_SIZE`. Spans that are at the exporters count until these are done with
    /// them. Zero is an error of [`build`](Self::build).
    pub fn queue_records(mut self, spans: usize) -> Self {
        self.queue.records = Some(spans);
        self
    }

    /// Sets how much memory the spans that wait may hold: 112 MiB, unless set. Further ones are [lost](Self::overflow), and
    /// counted.
    ///
    /// Unless set: `RECOUNT_QUEUE_BYTES`. The variables of OpenTelemetry bound queues by spans only, which bounds nothing
    /// where one prompt is a thousand times as long as another. What is not in use is not taken up. Zero is an error of
    /// [`build`](Self::build).
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue.bytes = Some(bytes);
        self
    }

    /// Sets what happens to a span that ends while the queue is full: [it is lost](Overflow::DropNewest), unless set.
    ///
    /// Unless set: `RECOUNT_OVERFLOW`, which is `drop_newest`, `drop_oldest` or `wait:` and milliseconds, `wait:50` say.
    pub fn overflow(mut self, policy: Overflow) -> Self {
        self.queue.overflow = Some(policy);
        self
    }

    /// Zero is refused for the settings of the builder only; the environment has refused its own by then.
    pub(super) fn queue_limits(&self, environment: &Environment) -> Result<QueueLimits, Error> {
        let (said, other) = (self.queue, environment.queue);
        for (what, bound) in [
            ("batch_size", said.batch),
            ("batch_bytes", said.batch_bytes),
            ("queue_records", said.records),
            ("queue_bytes", said.bytes),
        ] {
            if bound == Some(0) {
                let what = format!("The {what} of the builder");
                return Err(wrong(&what, "it is 0; expected a number above 0"));
            }
        }
        let limits = QueueLimits {
            records: said.records.or(other.records).unwrap_or(RECORDS),
            bytes: said.bytes.or(other.bytes).unwrap_or(BYTES),
            batch: said.batch.or(other.batch).unwrap_or(BATCH),
            batch_bytes: said.batch_bytes.or(other.batch_bytes).unwrap_or(BATCH_BYTES),
            delay: said.delay.or(other.delay).unwrap_or(Duration::from_secs(1)),
            overflow: said.overflow.or(other.overflow).unwrap_or_default(),
        };
        Ok(limits.sensible())
    }
}

impl SaidQueue {
    pub(super) fn read<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Result<Self, Error> {
        Ok(Self {
            batch: variables.count(&["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"])?,
            batch_bytes: variables.count(&["RECOUNT_BATCH_BYTES"])?,
            delay: variables.millis(&["OTEL_BSP_SCHEDULE_DELAY"])?,
            records: variables.count(&["OTEL_BSP_MAX_QUEUE_SIZE"])?,
            bytes: variables.count(&["RECOUNT_QUEUE_BYTES"])?,
            overflow: variables.parse(
                &["RECOUNT_OVERFLOW"],
                "`drop_newest`, `drop_oldest` or `wait:` and milliseconds",
                overflow,
            )?,
        })
    }
}

fn overflow(value: &str) -> Option<Overflow> {
    match value.split_once(':') {
        None if value == "drop_newest" => Some(Overflow::DropNewest),
        None if value == "drop_oldest" => Some(Overflow::DropOldest),
        Some(("wait", millis)) => millis.parse().ok().map(Duration::from_millis).map(Overflow::Wait),
        _ => None,
    }
}
