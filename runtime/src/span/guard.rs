use std::marker::PhantomData;
use std::sync::MutexGuard;
use std::thread;

use super::Call;
use super::call::began_to_unwind;
use super::unheard::{self, Innermost};

/// Keeps a call's span entered; ends the call when dropped.
/// For functions whose body cannot be moved into a closure. Their results are not read, and a panic is seen
/// without its message.
#[derive(Debug)]
pub struct Guard {
    call: Option<Call>,
    _innermost: Innermost,
    was_panicking: bool,
    /// A span is left on the thread that has entered it.
    _stays: PhantomData<MutexGuard<'static, ()>>,
}

impl Guard {
    pub(super) fn new(mut call: Call) -> Self {
        call.enter_for_good();
        Self {
            _innermost: unheard::enter(call.is_recording()),
            call: Some(call),
            was_panicking: thread::panicking(),
            _stays: PhantomData,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(mut call) = self.call.take() else { return };
        call.leave();
        if began_to_unwind(self.was_panicking) {
            call.end_panicked();
        } else {
            call.end();
        }
    }
}
