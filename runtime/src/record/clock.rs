#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use crate::wire::Timestamp;

/// Tells the time of day at the price of one reading of the monotonic clock.
///
/// The time of day runs backwards when somebody sets the clock; the monotonic clock does not, but knows no
/// date. So one pair of readings is taken at the start.
#[derive(Debug)]
pub(crate) enum Clock {
    /// One pair of readings ties the two clocks together, so that the spans of a process never run backwards; a
    /// step of the system clock after that is not followed.
    System {
        /// The monotonic reading of the pair.
        instant: Instant,
        /// The time of day of the pair.
        timestamp: Timestamp,
    },
    /// A millisecond later with each reading, for tests.
    #[cfg(any(test, feature = "testing"))]
    Stepping(AtomicU64),
}

impl Clock {
    pub(crate) fn system() -> Self {
        Self::System { instant: Instant::now(), timestamp: SystemTime::now().into() }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn stepping() -> Self {
        Self::Stepping(AtomicU64::new(0))
    }

    /// Never earlier than what it said before.
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::System { instant, timestamp } => timestamp.after(instant.elapsed()),
            #[cfg(any(test, feature = "testing"))]
            Self::Stepping(steps) => {
                let steps = steps.fetch_add(1, Ordering::Relaxed) + 1;
                Timestamp::from_unix_nanos(steps * 1_000_000)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_clock_agrees_with_the_system_and_never_runs_backwards() {
        let clock = Clock::system();
        let first = clock.now();
        let system = Timestamp::from(SystemTime::now());
        assert!(system.since(first).as_secs() < 1 && first.since(system).as_secs() < 1);
        assert!(clock.now() >= first);
    }

    #[test]
    fn a_time_of_day_that_is_set_in_the_meantime_moves_no_span() {
        const DAY: Duration = Duration::from_secs(86_400);
        for started in [SystemTime::now() + DAY, SystemTime::now() - DAY] {
            let clock = Clock::System { instant: Instant::now(), timestamp: started.into() };
            let (first, second) = (clock.now(), clock.now());
            assert!(second >= first);
            assert!(second.since(started.into()) < DAY / 24 && Timestamp::from(started) <= first);
        }
    }
}
