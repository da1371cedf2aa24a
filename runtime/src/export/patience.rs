use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long exporters may take.
///
/// While the program runs, as long as their own time-outs say. Once it shuts down, until the deadline of that: who
/// waits to try again is woken, and puts away what it still holds.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    end: Mutex<Option<Instant>>,
    shortened: Condvar,
    /// Why spans are not delivered just now.
    obstacle: Mutex<Option<String>>,
}

#[cfg_attr(not(feature = "otlp"), allow(dead_code, reason = "only exporters of the feature wait"))]
impl Patience {
    /// The program ends at `end`; the earliest that was told counts.
    pub(crate) fn shorten(&self, end: Instant) {
        let mut known = self.lock();
        *known = Some(known.map_or(end, |known| known.min(end)));
        drop(known);
        self.shortened.notify_all();
    }

    /// How much time is left; nothing while nobody has said that the program ends.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.lock().map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// Waits; whether it has, to the end. Returns early, and at once, where the program ends.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let known = self.lock();
        let waited = self.shortened.wait_timeout_while(known, time, |end| end.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_none()
    }

    /// Says why spans are not delivered just now, or that they are: those who do not want to wait for the last attempt
    /// shall know.
    pub(crate) fn set_obstacle(&self, why: Option<String>) {
        *self.obstacle.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why spans are not delivered just now.
    pub(crate) fn obstacle(&self) -> Option<String> {
        self.obstacle.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nothing that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_end_of_the_program_wakes_who_waits_to_try_again() {
        let patience = Arc::new(Patience::default());
        assert_eq!(patience.left(), None);
        assert!(patience.wait(Duration::from_millis(1)));
        let waiting = Arc::clone(&patience);
        let waiter = std::thread::spawn(move || waiting.wait(Duration::from_secs(3600)));
        patience.shorten(Instant::now());
        assert!(!waiter.join().expect("no panic"));
        assert_eq!(patience.left(), Some(Duration::ZERO));
        assert!(!patience.wait(Duration::from_secs(3600)));
    }
}
