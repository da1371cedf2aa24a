use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment, in nanoseconds since the Unix epoch.
///
/// Moments before 1970 are clamped to 0, those after the year 2554 to `u64::MAX` nanoseconds.
///
/// OTLP counts in the same unit, and a `u64` lasts for it until then.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use recount::wire::Timestamp;
///
/// let start = Timestamp::from(UNIX_EPOCH + Duration::from_secs(1));
/// let end = start.after(Duration::from_millis(250));
/// assert_eq!(end.since(start), Duration::from_millis(250));
/// assert_eq!(start.since(end), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment this many nanoseconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_nanos(self) -> u64 {
        self.0
    }

    /// The moment this much later.
    ///
    /// No overflow: what would be later than the last moment is the last moment.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(saturating_nanos(duration)))
    }

    /// The time from `earlier` to this moment; zero where `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).map_or(0, saturating_nanos))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        UNIX_EPOCH + Duration::from_nanos(timestamp.0)
    }
}

fn saturating_nanos(duration: Duration) -> u64 {
    const SECOND: u64 = 1_000_000_000;
    duration.as_secs().saturating_mul(SECOND).saturating_add(duration.subsec_nanos().into())
}
