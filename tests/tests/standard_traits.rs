//! Methods of the standard library's traits: operators, `Drop`, `Iterator`, `Future`, formatting, comparison.

use std::fmt;
use std::ops::{AddAssign, Deref, DerefMut, Index};
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::Stream;
use recount_tests::recorded;

#[derive(Debug)]
struct Number(u8);

impl fmt::Display for Number {
    #[recount::task(skip(f))]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

impl FromStr for Number {
    type Err = std::num::ParseIntError;

    #[recount::task]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl From<Number> for u8 {
    #[recount::task]
    fn from(number: Number) -> Self {
        number.0
    }
}

impl PartialEq for Number {
    #[recount::task]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl AddAssign<u8> for Number {
    #[recount::task]
    fn add_assign(&mut self, other: u8) {
        self.0 += other;
    }
}

impl Index<usize> for Number {
    type Output = u8;

    #[recount::task]
    fn index(&self, _index: usize) -> &u8 {
        &self.0
    }
}

impl Deref for Number {
    type Target = u8;

    #[recount::task]
    fn deref(&self) -> &u8 {
        &self.0
    }
}

impl DerefMut for Number {
    #[recount::task]
    fn deref_mut(&mut self) -> &mut u8 {
        &mut self.0
    }
}

struct Countdown(u8);

impl Iterator for Countdown {
    type Item = u8;

    #[recount::task]
    fn next(&mut self) -> Option<u8> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

impl Future for Countdown {
    type Output = u8;

    #[recount::task(skip(context))]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u8> {
        if self.0 == 0 {
            return Poll::Ready(0);
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Stream for Number {
    type Item = u8;

    #[recount::task(skip(_context))]
    fn poll_next(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<u8>> {
        Poll::Ready(std::mem::take(&mut self.0).checked_sub(1))
    }
}

impl Drop for Countdown {
    #[recount::task]
    fn drop(&mut self) {}
}

/// Values that are converted, compared and changed.
#[test]
fn operators_and_conversions() {
    let ((), tree) = recorded(|| {
        let mut number: Number = "1".parse().expect("a number");
        number += 2;
        assert_eq!(number[0], 3);
        assert_eq!(number.to_string(), "<3>");
        assert!(number == Number(3));
        *number += 1;
        assert_eq!(number.count_ones(), 1);
        assert_eq!(u8::from(number), 4);
    });
    insta::assert_snapshot!(tree, @r#"
    task from_str {"text":"1"} → "Number(1)"
    task add_assign {"other":2}
    task index → 3
    task fmt
    task eq {"other":"Number(3)"} → true
    task deref_mut → 3
    task deref → 4
    task from {"number":"Number(4)"} → 4
    "#);
}

/// What is polled and dropped by others.
#[test]
fn iterators_futures_and_streams_of_ones_own() {
    let ((), tree) = recorded(|| {
        assert_eq!(Countdown(1).count(), 1);
        assert_eq!(block_on(Countdown(1)), 0);
        assert_eq!(block_on(Number(1).collect::<Vec<_>>()), [0]);
    });
    insta::assert_snapshot!(tree, @r#"
    task next → 0
    task next
    task drop
    task poll → "Pending"
    task poll → "Ready(0)"
    task drop
    task poll_next → "Ready(Some(0))"
    task poll_next → "Ready(None)"
    "#);
}
