use std::fmt;
use std::iter::FusedIterator;

use super::{Call, Recording};

/// An iterator inside the span of the call that returned it.
///
/// The span ends when the iterator does or is dropped: to take only some of the items is no failure.
/// It forwards what a `for` loop and `collect` need. Specialised methods, such as `nth` of a slice, fall back
/// to stepping, since each item is counted.
pub struct TracedIterator<I, V> {
    items: I,
    call: Option<Call>,
    record: V,
}

/// Runs `items` inside the span of `call`; `record` reads each item.
pub fn iterator<I, V>(mut call: Call, items: I, record: V) -> TracedIterator<I, V>
where
    I: Iterator,
    V: FnMut(&mut Recording, &I::Item),
{
    if let Some(recording) = call.recording() {
        recording.expect_items();
    }
    TracedIterator { items, call: Some(call), record }
}

impl<I, V> TracedIterator<I, V>
where
    I: Iterator,
    V: FnMut(&mut Recording, &I::Item),
{
    fn step(&mut self, step: impl FnOnce(&mut I) -> Option<I::Item>) -> Option<I::Item> {
        let Some(call) = &mut self.call else { return step(&mut self.items) };
        let item = call.run(|| step(&mut self.items));
        match &item {
            Some(item) => {
                if let Some(recording) = call.recording() {
                    recording.item(|recording| (self.record)(recording, item));
                }
            }
            None => self.end(),
        }
        item
    }
}

impl<I, V> TracedIterator<I, V> {
    fn end(&mut self) {
        if let Some(call) = self.call.take() {
            call.end();
        }
    }
}

impl<I, V> Iterator for TracedIterator<I, V>
where
    I: Iterator,
    V: FnMut(&mut Recording, &I::Item),
{
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.step(Iterator::next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<I, V> DoubleEndedIterator for TracedIterator<I, V>
where
    I: DoubleEndedIterator,
    V: FnMut(&mut Recording, &I::Item),
{
    fn next_back(&mut self) -> Option<I::Item> {
        self.step(DoubleEndedIterator::next_back)
    }
}

impl<I, V> ExactSizeIterator for TracedIterator<I, V>
where
    I: ExactSizeIterator,
    V: FnMut(&mut Recording, &I::Item),
{
    fn len(&self) -> usize {
        self.items.len()
    }
}

impl<I, V> FusedIterator for TracedIterator<I, V>
where
    I: FusedIterator,
    V: FnMut(&mut Recording, &I::Item),
{
}

impl<I, V> Drop for TracedIterator<I, V> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<I, V> fmt::Debug for TracedIterator<I, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedIterator").field("call", &self.call).finish_non_exhaustive()
    }
}
