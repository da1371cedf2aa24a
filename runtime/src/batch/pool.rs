use std::sync::{Mutex, PoisonError};

use crate::wire::SpanRecord;

/// Buffers that have been exported, for the tapes of the next spans.
///
/// A buffer that went to the worker would otherwise be freed on another thread than it was allocated on, span
/// by span, which is what allocators are worst at. Buffers come in classes of length, eight from one power of two to the
/// next, so that a tape gets one that is hardly longer than itself: the slack of all that wait in a queue is memory that
/// nobody uses.
#[derive(Debug, Default)]
pub(super) struct Pool {
    free: Mutex<Free>,
}

#[derive(Debug)]
struct Free {
    /// The buffers of each class.
    classes: [Vec<Vec<u8>>; Class::COUNT],
    bytes: usize,
}

impl Default for Free {
    fn default() -> Self {
        Self { classes: [const { Vec::new() }; Class::COUNT], bytes: 0 }
    }
}

impl Free {
    fn pop(&mut self, class: Class) -> Option<Vec<u8>> {
        let buffer = self.classes[class.0].pop()?;
        self.bytes -= buffer.capacity();
        Some(buffer)
    }
}

/// The place of a class among all; that of the shortest buffers is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class(usize);

impl Class {
    /// The shortest buffer has 2 to the power of so many bytes.
    const SHORTEST: u32 = 7;
    /// A buffer that once held a giant is given back to the allocator.
    const LONGEST: u32 = 16;
    /// Classes from one power of two to the next, as a power of two.
    const STEPS: u32 = 3;
    const COUNT: usize = ((Self::LONGEST - Self::SHORTEST) << Self::STEPS) as usize + 1;

    /// The first class whose buffers hold so many bytes; none for a giant.
    pub(super) fn holding(len: usize) -> Option<Self> {
        if len <= 1 << Self::SHORTEST {
            return Some(Self(0));
        }
        let below = Self::within(len - 1)?;
        (below.0 + 1 < Self::COUNT).then_some(Self(below.0 + 1))
    }

    /// The last class whose buffers are no longer than so many bytes.
    pub(super) fn within(capacity: usize) -> Option<Self> {
        let power =
            capacity.checked_ilog2().filter(|power| (Self::SHORTEST..=Self::LONGEST).contains(power))?;
        // The first digits behind the leading one.
        let step = (capacity >> (power - Self::STEPS)) - (1 << Self::STEPS);
        let place = ((power - Self::SHORTEST) << Self::STEPS) as usize + step;
        (place < Self::COUNT).then_some(Self(place))
    }

    /// The bytes that a buffer of the class holds at least.
    pub(super) fn len(self) -> usize {
        let (power, step) = (self.0 >> Self::STEPS, self.0 & ((1 << Self::STEPS) - 1));
        ((1 << Self::STEPS) + step) << (power + (Self::SHORTEST - Self::STEPS) as usize)
    }
}

impl Pool {
    /// The most that is kept in all.
    ///
    /// What a program that has been busy once keeps for ever. Enough for thousands of buffers of common size.
    const BYTES: usize = 8 << 20;

    /// Takes up to so many empty buffers of a class, those that came back last, which are the most likely to be in the
    /// processor's cache. None where somebody else is at it: a new one costs less than to wait, and in a forked child the
    /// wait may be for ever.
    pub(super) fn take_several(&self, class: Class, most: usize, taken: &mut Vec<Vec<u8>>) {
        let Ok(mut free) = self.free.try_lock() else { return };
        while taken.len() < most
            && let Some(buffer) = free.pop(class)
        {
            taken.push(buffer);
        }
    }

    pub(super) fn put_back(&self, records: impl Iterator<Item = SpanRecord>) {
        // Callers wait for the lock: what is freed is freed before it or after it.
        let buffers = records.map(|record| record.tape.into_buffer());
        let buffers: Vec<_> = buffers.map(emptied).collect();
        let mut refused = Vec::new();
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        for buffer in buffers {
            let class = Class::within(buffer.capacity());
            let place = class.filter(|_| free.bytes + buffer.capacity() <= Self::BYTES);
            match place {
                Some(class) => {
                    free.bytes += buffer.capacity();
                    free.classes[class.0].push(buffer);
                }
                None => refused.push(buffer),
            }
        }
        drop(free);
        drop(refused);
    }
}

fn emptied(mut buffer: Vec<u8>) -> Vec<u8> {
    buffer.clear();
    buffer
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A pool that buffers of these lengths came back to.
    pub(in crate::batch) fn filled(lengths: &[usize]) -> Pool {
        let pool = Pool::default();
        pool.put_back(lengths.iter().map(|len| {
            let (trace_id, span_id) =
                (crate::wire::TraceId::from_bytes([1; 16]), crate::wire::SpanId::from_bytes([1; 8]));
            let mut record = SpanRecord::new(trace_id, span_id, crate::wire::Kind::Task, "read");
            record.tape = crate::wire::Tape::reuse(Vec::with_capacity(*len));
            record
        }));
        pool
    }

    fn take(pool: &Pool, len: usize) -> usize {
        let mut taken = Vec::new();
        pool.take_several(Class::holding(len).expect("no giant"), 1, &mut taken);
        taken.pop().map_or(0, |buffer| buffer.capacity())
    }

    #[test]
    fn a_buffer_holds_what_it_is_taken_for_with_little_to_spare() {
        for len in 1..=1 << Class::LONGEST {
            let class = Class::holding(len).expect("no giant");
            assert!(class.len() >= len, "{len}");
            assert!(class.len() <= (len + len / 8 + 1).max(1 << Class::SHORTEST), "{len}");
            assert_eq!(Class::within(class.len()), Some(class), "{len}");
            assert!(Class::within(len).is_none_or(|within| within.len() <= len), "{len}");
        }
        assert_eq!(Class::holding((1 << Class::LONGEST) + 1), None);
    }

    #[test]
    fn a_buffer_that_came_back_is_taken_again_by_a_tape_of_its_length() {
        let pool = filled(&[5_632, 0, 1 << 20]);
        assert_eq!((take(&pool, 700), take(&pool, 5_500), take(&pool, 5_500)), (0, 5_632, 0));
        assert_eq!(pool.free.lock().expect("nobody panicked").bytes, 0);
    }

    #[test]
    fn no_more_is_taken_than_there_is_or_was_asked_for() {
        let (pool, mut taken) = (filled(&[256; 10]), Vec::new());
        let class = Class::holding(250).expect("no giant");
        pool.take_several(class, 8, &mut taken);
        assert_eq!(taken.len(), 8);
        taken.clear();
        pool.take_several(class, 8, &mut taken);
        assert_eq!(taken.len(), 2);
    }
}
