use std::thread;

use tracing::span::EnteredSpan;

use super::Call;
use super::call::began_to_unwind;
use super::unheard::{self, Innermost};

/// Keeps a call's span entered; ends the call when dropped.
/// For functions whose body cannot be moved into a closure. Their results are not read, and a panic is seen
/// without its message.
#[derive(Debug)]
pub struct Guard {
    // Left before the call ends: fields are dropped in order, after `drop`.
    _entered: EnteredSpan,
    _innermost: Innermost,
    call: Option<Call>,
    was_panicking: bool,
}

impl Guard {
    pub(super) fn new(call: Call) -> Self {
        let entered = call.span().clone().entered();
        let innermost = unheard::enter(call.is_recording());
        Self {
            _entered: entered,
            _innermost: innermost,
            call: Some(call),
            was_panicking: thread::panicking(),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(mut call) = self.call.take() else { return };
        if began_to_unwind(self.was_panicking) {
            call.end_panicked();
        } else {
            call.end();
        }
    }
}
