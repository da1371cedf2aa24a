use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rand::rngs::{SmallRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};

use crate::wire::{SpanId, TraceId};

/// Where the ids of traces and spans come from.
///
/// Ids of our own, not those of `tracing`, which are used again as soon as a span is closed.
#[derive(Debug)]
pub(crate) enum Ids {
    /// Random, as W3C Trace Context asks.
    Random {
        /// From the operating system, so that a forked child that sets up a pipeline of its own, with a copy of every
        /// generator of its parent's, gets other ids.
        salt: u64,
    },
    /// One after the other, for tests.
    #[cfg(any(test, feature = "testing"))]
    Sequential {
        /// The next trace.
        trace: AtomicU64,
        /// The next span.
        span: AtomicU64,
    },
}

thread_local! {
    /// Ids have to be unique, not secret: a generator that is small and fast, with a seed that nobody else has.
    static GENERATOR: RefCell<SmallRng> = RefCell::new(generator());
}

/// Seeded by the operating system. Where that has no entropy, by the keys of hash maps and the clock: no program is to
/// fail for want of an id.
fn generator() -> SmallRng {
    let mut seed = [0; 32];
    match SysRng.try_fill_bytes(&mut seed) {
        Ok(()) => SmallRng::from_seed(seed),
        Err(_) => SmallRng::seed_from_u64(RandomState::new().hash_one(Instant::now())),
    }
}

impl Ids {
    pub(crate) fn random() -> Self {
        // An operating system without entropy is no reason to fail: the generators have their seeds.
        Self::Random { salt: SysRng.try_next_u64().unwrap_or_default() }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn sequential() -> Self {
        Self::Sequential { trace: AtomicU64::new(1), span: AtomicU64::new(1) }
    }

    pub(crate) fn trace_id(&self) -> TraceId {
        TraceId::from_bytes(match self {
            Self::Random { salt } => {
                let [high, low] = [0; 2].map(|_| u128::from(next() ^ salt));
                // Zero is no id, and as likely as a collision.
                (high << 64 | low).max(1).to_be_bytes()
            }
            #[cfg(any(test, feature = "testing"))]
            Self::Sequential { trace, .. } => u128::from(trace.fetch_add(1, Ordering::Relaxed)).to_be_bytes(),
        })
    }

    pub(crate) fn span_id(&self) -> SpanId {
        SpanId::from_bytes(match self {
            Self::Random { salt } => (next() ^ salt).max(1).to_be_bytes(),
            #[cfg(any(test, feature = "testing"))]
            Self::Sequential { span, .. } => span.fetch_add(1, Ordering::Relaxed).to_be_bytes(),
        })
    }
}

/// A random number, of this thread's generator.
fn next() -> u64 {
    GENERATOR.with_borrow_mut(Rng::next_u64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn ids_of_all_threads_differ() {
        let ids = Ids::random();
        let of_thread = || (0..1_000).map(|_| (ids.trace_id(), ids.span_id())).collect::<Vec<_>>();
        let all: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(of_thread)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(all.iter().all(|(trace, span)| trace.is_valid() && span.is_valid()));
        assert_eq!(all.iter().map(|(trace, _)| trace).collect::<HashSet<_>>().len(), 4_000);
        assert_eq!(all.iter().map(|(_, span)| span).collect::<HashSet<_>>().len(), 4_000);
    }

    #[test]
    fn pipelines_with_the_same_generator_have_different_ids() {
        let with_copied_generator = |ids: &Ids| {
            let copied: SmallRng = GENERATOR.with_borrow(Clone::clone);
            let id = (ids.trace_id(), ids.span_id());
            GENERATOR.set(copied);
            id
        };
        let (parent, child) = (Ids::random(), Ids::random());
        let (of_parent, of_child) = (with_copied_generator(&parent), with_copied_generator(&child));
        assert_eq!(of_parent, with_copied_generator(&parent));
        assert!(of_parent.0 != of_child.0 && of_parent.1 != of_child.1);
    }
}
