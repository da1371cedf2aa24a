//! Buffers of the pool that a thread has at hand.
//!
//! To lock the pool for each span costs more than to write a short one. So a thread takes several buffers of a length at
//! a time, and asks again when they are used up.

use std::cell::RefCell;

use super::pool::{Class, Pool};

/// What a thread has taken and not used yet; of whatever pool, since memory is memory.
struct Stash {
    buffers: Vec<Vec<u8>>,
}

thread_local! {
    static STASH: RefCell<Stash> = const { RefCell::new(Stash { buffers: Vec::new() }) };
}

/// An empty buffer for so many bytes.
pub(super) fn buffer(pool: &Pool, len: usize) -> Vec<u8> {
    let Some(class) = Class::holding(len) else { return Vec::with_capacity(len) };
    let take = |stash: &RefCell<Stash>| stash.try_borrow_mut().ok()?.take(pool, class);
    STASH.try_with(take).ok().flatten().unwrap_or_else(|| Vec::with_capacity(class.len()))
}

impl Stash {
    /// Buffers that a thread has at most; there are hundreds of threads in some programs.
    const MOST: usize = 32;
    /// What is taken at once, in bytes: longer buffers are taken one by one, and none is left here.
    const BYTES: usize = 4 << 10;

    fn take(&mut self, pool: &Pool, class: Class) -> Option<Vec<u8>> {
        let (least, most) = (class.len(), class.len() + class.len() / 8);
        let is_right = |buffer: &Vec<u8>| (least..most).contains(&buffer.capacity());
        if let Some(place) = self.buffers.iter().rposition(is_right) {
            return Some(self.buffers.swap_remove(place));
        }
        // What was taken for spans that do not come any more makes room.
        if self.buffers.len() >= Self::MOST {
            self.buffers.drain(..Self::MOST / 2);
        }
        let (before, more) = (self.buffers.len(), (Self::BYTES / least).clamp(1, Self::MOST / 4));
        pool.take_several(class, before + more, &mut self.buffers);
        if self.buffers.len() > before { self.buffers.pop() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::pool::tests::filled;

    #[test]
    fn a_thread_takes_several_short_buffers_at_once_and_long_ones_one_by_one() {
        let pool = filled(&[256, 256, 8 << 10, 8 << 10]);
        let left = |class| {
            let mut left = Vec::new();
            pool.take_several(Class::holding(class).expect("no giant"), 1, &mut left);
            left.len()
        };
        assert_eq!((buffer(&pool, 250).capacity(), left(250)), (256, 0));
        assert_eq!(buffer(&pool, 250).capacity(), 256);
        assert_eq!((buffer(&pool, 8_000).capacity(), left(8_000)), (8 << 10, 1));
    }
}
