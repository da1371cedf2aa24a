//! What the queue locks and waits with: in a file of its own, so that the model test runs the queue's source on
//! primitives that try every order of threads.

pub(super) use std::sync::atomic::{AtomicBool, Ordering};
pub(super) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
