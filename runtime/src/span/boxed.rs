//! Boxed futures, streams and iterators: what our wrapper can be put into without a change of the type.
//!
//! A boxed value hides its type, so the wrapper fits into a box of the same type: `Pin<Box<dyn Future>>`
//! stays one. There is an implementation for each combination of auto traits that people write, since
//! `dyn Future` and `dyn Future + Send` are types of their own. What is not listed is returned as it is, and its
//! span ends with the call.

use std::future::Future;
use std::pin::Pin;

use futures_core::stream::{FusedStream, Stream};

use super::future::future;
use super::iterator::iterator;
use super::stream::stream;
use super::{Call, Recording};

/// Ends a call with a value, which it may put inside the call's span.
pub(super) type Finish<T> = fn(Call, T) -> T;

/// A boxed future.
pub trait Eventual: Sized {
    /// What the future gives.
    type Output;

    /// The same future inside the span of `call`, which goes on until `finish` ends it.
    #[must_use]
    fn inside(self, call: Call, finish: Finish<Self::Output>) -> Self;

    /// The same where it gives another future: the call goes on until that one is ready.
    #[must_use]
    fn inside_twice(self, call: Call, finish: Finish<<Self::Output as Eventual>::Output>) -> Self
    where
        Self::Output: Eventual;

    /// The same future inside the span of `call`, which ends with it; `record` reads what it gives.
    #[must_use]
    fn recorded(self, call: Call, record: fn(&mut Recording, &Self::Output)) -> Self;
}

/// A boxed stream or iterator.
///
/// Streams and iterators alike; which one it is the type knows.
pub trait Items: Sized {
    /// What it gives, one by one.
    type Item;

    /// The same items inside the span of `call`, which goes on until there are no more; `record` reads each.
    #[must_use]
    fn inside(self, call: Call, record: fn(&mut Recording, &Self::Item)) -> Self;
}

macro_rules! boxed {
    ($($auto:ident),*) => {
        impl<'a, T: 'a> Eventual for Pin<Box<dyn Future<Output = T> $(+ $auto)* + 'a>> {
            type Output = T;

            fn inside(self, call: Call, finish: Finish<T>) -> Self {
                Box::pin(future(call, self, finish))
            }

            fn inside_twice(self, call: Call, finish: Finish<T::Output>) -> Self
            where
                T: Eventual,
            {
                Box::pin(future(call, self, move |call, value: T| value.inside(call, finish)))
            }

            fn recorded(self, call: Call, record: fn(&mut Recording, &T)) -> Self {
                Box::pin(future(call, self, move |call, value| call.finish(value, record)))
            }
        }

        boxed!(Stream, [$($auto),*], Pin<Box<dyn Stream<Item = T> $(+ $auto)* + 'a>>);
        boxed!(Stream, [$($auto),*], Pin<Box<dyn FusedStream<Item = T> $(+ $auto)* + 'a>>);
        boxed!(Iterator, [$($auto),*], Box<dyn Iterator<Item = T> $(+ $auto)* + 'a>);
        boxed!(Iterator, [$($auto),*], Box<dyn DoubleEndedIterator<Item = T> $(+ $auto)* + 'a>);
        boxed!(Iterator, [$($auto),*], Box<dyn ExactSizeIterator<Item = T> $(+ $auto)* + 'a>);
    };
    (Stream, [$($auto:ident),*], $type:ty) => {
        impl<'a, T: 'a> Items for $type {
            type Item = T;

            fn inside(self, call: Call, record: fn(&mut Recording, &T)) -> Self {
                Box::pin(stream(call, self, record))
            }
        }
    };
    (Iterator, [$($auto:ident),*], $type:ty) => {
        impl<'a, T: 'a> Items for $type {
            type Item = T;

            fn inside(self, call: Call, record: fn(&mut Recording, &T)) -> Self {
                Box::new(iterator(call, self, record))
            }
        }
    };
}

boxed!();
boxed!(Send);
boxed!(Send, Sync);

macro_rules! boxed_unpinned {
    ($($auto:ident),*) => {
        impl<'a, T: 'a> Eventual for Box<dyn Future<Output = T> + Unpin $(+ $auto)* + 'a> {
            type Output = T;

            fn inside(self, call: Call, finish: Finish<T>) -> Self {
                Box::new(future(call, self, finish))
            }

            fn inside_twice(self, call: Call, finish: Finish<T::Output>) -> Self
            where
                T: Eventual,
            {
                Box::new(future(call, self, move |call, value: T| value.inside(call, finish)))
            }

            fn recorded(self, call: Call, record: fn(&mut Recording, &T)) -> Self {
                Box::new(future(call, self, move |call, value| call.finish(value, record)))
            }
        }

        impl<'a, T: 'a> Items for Box<dyn Stream<Item = T> + Unpin $(+ $auto)* + 'a> {
            type Item = T;

            fn inside(self, call: Call, record: fn(&mut Recording, &T)) -> Self {
                Box::new(stream(call, self, record))
            }
        }
    };
}

boxed_unpinned!();
boxed_unpinned!(Send);
boxed_unpinned!(Send, Sync);
