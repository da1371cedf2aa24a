//! For a signature like `Answer<impl Stream>`: only the type says whether `Answer` is an alias of `Result` or
//! `Option`, which the stream in it may be replaced in, or something else.
//!
//! The same technique as in [`Returned`], to which these ladders lead.
//!
//! Without an answer, the value would be returned as it is, and the span would end before the first item.

#![allow(clippy::unused_self, reason = "the receiver of these methods is what chooses between them")]

use std::marker::PhantomData;
use std::ops::Deref;

use futures_core::stream::Stream;

use super::boxed::Eventual;
use super::iterator::{TracedIterator, iterator};
use super::returned::{Never, Returned};
use super::stream::{TracedStream, stream};
use super::{Call, Recording};

/// What the signature says of the type of the items: `PhantomData` of it, or `()` if nothing.
pub trait ItemType<T> {}

impl<T> ItemType<T> for PhantomData<T> {}

impl<T> ItemType<T> for () {}

macro_rules! aliases {
    ($(#[$doc:meta])* $alias:ident, $trait:ident => $wrap:ident, $traced:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $alias<T, I>(Returned<T>, PhantomData<fn(I)>);

        impl<T, I> $alias<T, I> {
            /// The ladder for the type of this value, with items of this type.
            #[must_use]
            pub fn of(value: &T, _: I) -> Self {
                Self(Returned::of(value), PhantomData)
            }
        }

        impl<T, I> Deref for $alias<T, I> {
            type Target = Returned<T>;

            fn deref(&self) -> &Returned<T> {
                &self.0
            }
        }

        impl<T: $trait, E, I: ItemType<T::Item>> $alias<Result<T, E>, I> {
            /// The call goes on until there are no more items; an error ends it at once.
            ///
            /// # Errors
            ///
            /// The error in `value`.
            pub fn __recount_1_finish<V: FnMut(&mut Recording, &T::Item)>(
                &self,
                call: Call,
                value: Result<T, E>,
                record: V,
                fault: fn(&mut Recording, &E),
            ) -> Result<$traced<T, V>, E> {
                match value {
                    Ok(items) => Ok($wrap(call, items, record)),
                    Err(error) => Err(call.finish(error, fault)),
                }
            }
        }

        impl<T: $trait, I: ItemType<T::Item>> $alias<Option<T>, I> {
            /// The call goes on until there are no more items.
            pub fn __recount_1_finish<V: FnMut(&mut Recording, &T::Item)>(
                &self,
                call: Call,
                value: Option<T>,
                record: V,
                _fault: fn(&mut Recording, &Never),
            ) -> Option<$traced<T, V>> {
                if let Some(items) = value {
                    Some($wrap(call, items, record))
                } else {
                    call.end();
                    None
                }
            }
        }

        impl<T: Eventual, I> $alias<T, I> {
            /// The call goes on until the future is ready. What it gives cannot be replaced.
            pub fn __recount_1_finish(
                &self,
                call: Call,
                value: T,
                record: fn(&mut Recording, &T::Output),
                _fault: fn(&mut Recording, &Never),
            ) -> T {
                if call.is_disabled() { value } else { value.recorded(call, record) }
            }
        }
    };
}

aliases! {
    /// The ladder for a value that may be a `Result` or an `Option` of a stream.
    AliasOfStream, Stream => stream, TracedStream
}

aliases! {
    /// The ladder for a value that may be a `Result` or an `Option` of an iterator.
    AliasOfIterator, Iterator => iterator, TracedIterator
}
