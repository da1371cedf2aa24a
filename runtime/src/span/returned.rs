//! Chooses, by the type of the returned value, when the call is over: now, or when the future, stream or iterator
//! that was returned is.
//!
//! The same technique as in [`Probe`](super::capture::Probe): a rung for each kind of boxed value, then one for
//! everything else. No function body is parsed for it, so aliases, `.boxed()` and `#[async_trait]` need no case.

#![allow(clippy::unused_self, reason = "the receiver of these methods is what chooses between them")]

use std::convert::Infallible;
use std::marker::PhantomData;

use super::boxed::{Eventual, Finish, Items};
use super::rung::rung;
use super::{Call, Recording};

/// The type of the value that is not there, in closures for it.
pub type Never = Infallible;

macro_rules! rungs {
    ($($(#[$doc:meta])* $rung:ident falls to $next:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $rung<T: ?Sized>($next<T>);

        rung!($rung falls to $next);
    )*};
}

rungs! {
    /// The ladder for a value that may be a boxed future.
    Awaited falls to AwaitedOnce;
    /// The second rung of [`Awaited`].
    AwaitedOnce falls to Ready;
    /// The ladder for a value that may be, or hold, a boxed stream or iterator.
    Returned falls to Value;
    /// The ladder for what was returned in the end, or came as an item: the two sides of a `Result`, else one value.
    Split falls to One;
}

/// The last rung of [`Awaited`].
#[derive(Debug)]
pub struct Ready<T: ?Sized>(PhantomData<fn(&T)>);

/// The last rung of [`Returned`]: the call is over.
#[derive(Debug)]
pub struct Value<T: ?Sized>(PhantomData<fn(&T)>);

/// The last rung of [`Split`].
#[derive(Debug)]
pub struct One<T: ?Sized>(PhantomData<fn(&T)>);

impl<T> Awaited<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(AwaitedOnce(Ready(PhantomData)))
    }
}

impl<T> Returned<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(Value(PhantomData))
    }
}

impl<T> Split<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(One(PhantomData))
    }
}

impl<T: Eventual<Output: Eventual>> Awaited<T> {
    /// The call goes on until the future that the future gives is ready; then `finish` says how.
    pub fn __recount_1_finish(
        &self,
        call: Call,
        value: T,
        finish: Finish<<T::Output as Eventual>::Output>,
    ) -> T {
        if call.is_disabled() { value } else { value.inside_twice(call, finish) }
    }
}

impl<T: Eventual> AwaitedOnce<T> {
    /// The call goes on until the future is ready; then `finish` says how.
    pub fn __recount_1_finish(&self, call: Call, value: T, finish: Finish<T::Output>) -> T {
        if call.is_disabled() { value } else { value.inside(call, finish) }
    }
}

impl<T> Ready<T> {
    /// The call goes on as `finish` says.
    ///
    /// No bound, so that every type ends up here.
    pub fn __recount_1_finish(&self, call: Call, value: T, finish: Finish<T>) -> T {
        finish(call, value)
    }
}

impl<T: Items> Returned<T> {
    /// The call goes on until there are no more items.
    pub fn __recount_1_finish(
        &self,
        call: Call,
        value: T,
        record: fn(&mut Recording, &T::Item),
        _fault: fn(&mut Recording, &Never),
    ) -> T {
        if call.is_disabled() { value } else { value.inside(call, record) }
    }
}

impl<T: Items, E> Returned<Result<T, E>> {
    /// The call goes on until there are no more items; an error ends it at once.
    ///
    /// # Errors
    ///
    /// The error in `value`.
    pub fn __recount_1_finish(
        &self,
        call: Call,
        value: Result<T, E>,
        record: fn(&mut Recording, &T::Item),
        fault: fn(&mut Recording, &E),
    ) -> Result<T, E> {
        match value {
            Ok(items) if call.is_disabled() => Ok(items),
            Ok(items) => Ok(items.inside(call, record)),
            Err(error) => Err(call.finish(error, fault)),
        }
    }
}

impl<T: Items> Returned<Option<T>> {
    /// The call goes on until there are no more items.
    pub fn __recount_1_finish(
        &self,
        call: Call,
        value: Option<T>,
        record: fn(&mut Recording, &T::Item),
        _fault: fn(&mut Recording, &Never),
    ) -> Option<T> {
        match value {
            Some(items) if !call.is_disabled() => Some(items.inside(call, record)),
            value => {
                call.end();
                value
            }
        }
    }
}

impl<T> Value<T> {
    /// Lets `record` read the value and ends the call.
    pub fn __recount_1_finish(
        &self,
        call: Call,
        value: T,
        record: fn(&mut Recording, &T),
        _fault: fn(&mut Recording, &Never),
    ) -> T {
        call.finish(value, record)
    }
}

impl<T, E> Split<Result<T, E>> {
    /// The two sides.
    ///
    /// # Errors
    ///
    /// The error in `value`.
    pub fn __recount_1_split<'a>(&self, value: &'a Result<T, E>) -> Result<&'a T, &'a E> {
        value.as_ref()
    }
}

impl<T> One<T> {
    /// The value is the one side, of two.
    ///
    /// # Errors
    ///
    /// None.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "generated code matches both sides, whichever rung it came to"
    )]
    pub fn __recount_1_split<'a>(&self, value: &'a T) -> Result<&'a T, &'a Never> {
        Ok(value)
    }
}

/// Applies `projection` to a value: a closure given here knows the type of its argument.
///
/// Inference needs it: a bare closure, called with a reference, is not generic over its lifetime.
pub fn project<'a, T: ?Sized, R>(value: &'a T, projection: impl FnOnce(&'a T) -> R) -> R {
    projection(value)
}

/// Stands where a value of the type is expected, in code that never runs: the compiler learns the type from it.
///
/// # Panics
///
/// Always.
#[cold]
#[must_use]
pub fn expected<T>() -> T {
    unreachable!("generated code does not call this")
}
