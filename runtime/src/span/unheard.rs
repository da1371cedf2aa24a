//! Whether the innermost call of this thread is recorded.
//!
//! A call that is filtered out has no span, so the current span is that of its caller. What its body says of itself,
//! tokens and errors, is not true of the caller: [`current`](crate::current) has to find nothing there.

use std::cell::Cell;

thread_local! {
    static UNHEARD: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, the innermost call is this one.
#[derive(Debug)]
pub(super) struct Innermost {
    before: bool,
}

/// Enters a call.
#[inline]
pub(super) fn enter(recorded: bool) -> Innermost {
    Innermost { before: UNHEARD.try_with(|unheard| unheard.replace(!recorded)).unwrap_or_default() }
}

impl Drop for Innermost {
    #[inline]
    fn drop(&mut self) {
        let _ = UNHEARD.try_with(|unheard| unheard.set(self.before));
    }
}

/// Whether nobody hears what the innermost call says of itself.
pub(crate) fn is_unheard() -> bool {
    UNHEARD.try_with(Cell::get).unwrap_or_default()
}
