//! How a ladder of types chooses a method at compile time.
//!
//! Each rung is a type that has the method under a bound. Where the bound does not hold, the compiler looks the method
//! up behind `Deref`, which is the next rung. So a bound that the user's type may or may not meet needs no trait in
//! scope where the method is called, and the user's own `Deref` is never followed.

/// Puts one rung above another: `rung!(Upper falls to Lower)`, where `Upper<T>` is a tuple of one `Lower<T>`.
macro_rules! rung {
    ($rung:ident falls to $next:ident) => {
        impl<T: ?Sized> std::ops::Deref for $rung<T> {
            type Target = $next<T>;

            fn deref(&self) -> &$next<T> {
                &self.0
            }
        }
    };
}

pub(super) use rung;
