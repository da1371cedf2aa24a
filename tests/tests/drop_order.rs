//! What is dropped, and when: the same as without the attribute.

#![allow(
    unreachable_pub,
    clippy::needless_pass_by_value,
    clippy::redundant_pattern,
    clippy::toplevel_ref_arg,
    reason = "arguments are passed to be dropped; the twins are public in their modules"
)]

use std::cell::RefCell;
use std::sync::Mutex;

use futures::FutureExt;
use futures::executor::block_on;
use recount_tests::{Entry, Journal, recorded, records};

/// Defines a function in two modules: `plain` as it is, `traced` with the attribute.
macro_rules! twins {
    ($name:ident: $($function:tt)*) => {
        mod $name {
            pub(super) mod plain {
                use super::super::*;
                $($function)*
            }
            pub(super) mod traced {
                use super::super::*;
                #[recount::task]
                $($function)*
            }
        }
    };
}

twins! { arguments:
    pub fn call(
        first: Entry,
        _: Entry,
        _second: Entry,
        (a, _): (Entry, Entry),
        journal: &Journal,
    ) {
        let _local = journal.entry("local");
        let _ = (&first, &a);
        journal.note("body");
    }
}

twins! { arguments_later:
    pub async fn call(
        first: Entry,
        _: Entry,
        _second: Entry,
        (a, _): (Entry, Entry),
        _unused: Entry,
        journal: &Journal,
    ) {
        let _local = journal.entry("local");
        let _ = (&first, &a);
        journal.note("body");
        std::future::ready(()).await;
        journal.note("resumed");
    }
}

twins! { moved:
    pub async fn call(first: Entry, mut second: Option<Entry>, third: Entry, journal: &Journal) {
        drop(second.take());
        let inner = async move {
            let _first = first;
            journal.note("inner");
        };
        std::future::ready(()).await;
        inner.await;
        journal.note(third.name());
    }
}

twins! { early_return:
    pub fn call(first: Entry, second: Entry, journal: &Journal) -> Result<Entry, Entry> {
        let _local = journal.entry("local");
        if first.name() == "first" {
            return Err(second);
        }
        Ok(first)
    }
}

twins! { tail:
    pub fn call(_argument: Entry, journal: &Journal) -> usize {
        let _local = journal.entry("local");
        journal.entry("temporary").name().len()
    }
}

twins! { tail_later:
    pub async fn call(_argument: Entry, journal: &Journal) -> usize {
        let _local = journal.entry("local");
        std::future::ready(()).await;
        journal.entry("temporary").name().len()
    }
}

twins! { bindings:
    pub fn call(
        ref _kept: Entry,
        _: Entry,
        whole @ _: Entry,
        [_, _last]: [Entry; 2],
        journal: &Journal,
    ) {
        journal.note(whole.name());
    }
}

twins! { bindings_later:
    pub async fn call(
        ref _kept: Entry,
        _: Entry,
        whole @ _: Entry,
        [_, _last]: [Entry; 2],
        journal: &Journal,
    ) {
        journal.note(whole.name());
        std::future::ready(()).await;
    }
}

twins! { pending:
    pub async fn call(
        first: Entry,
        _: Entry,
        _second: Entry,
        (a, _): (Entry, Entry),
        journal: &Journal,
    ) {
        let _local = journal.entry("local");
        std::future::pending::<()>().await;
        let _ = (first, a);
    }
}

twins! { panicking:
    pub fn call(_first: Entry, _: Entry, _second: Entry, journal: &Journal) {
        let _local = journal.entry("local");
        journal.note("body");
        std::panic::resume_unwind(Box::new("unwound"));
    }
}

/// Calls both twins, the traced one with and without a recorder; gives what all of them noted.
macro_rules! compare {
    ($name:ident, |$journal:ident, $call:ident| $work:expr) => {
        compare!($name, |$journal, $call| $work, spans: 1)
    };
    ($name:ident, |$journal:ident, $call:ident| $work:expr, spans: $spans:literal) => {{
        let plain = {
            use $name::plain::call as $call;
            let $journal = &Journal::new();
            $work;
            $journal.take()
        };
        let traced = || {
            use $name::traced::call as $call;
            let $journal = &Journal::new();
            $work;
            $journal.take()
        };
        let (recorded, spans) = records(traced);
        assert_eq!(recorded, plain, "with a recorder");
        assert_eq!(traced(), plain, "without a subscriber");
        assert_eq!(spans.len(), $spans);
        plain
    }};
}

/// Arguments are dropped after the locals, in reverse order, those without a name in their turn.
#[test]
fn arguments_of_functions() {
    let order = compare!(arguments, |journal, call| {
        let entry = |name| journal.entry(name);
        call(entry("first"), entry("unnamed"), entry("second"), (entry("a"), entry("b")), journal);
    });
    assert_eq!(order, "body local a b second unnamed first");
}

/// The same for async functions: also arguments that the body never names live until its end.
#[test]
fn arguments_of_async_functions() {
    compare!(arguments_later, |journal, call| {
        let entry = |name| journal.entry(name);
        let unused = entry("unused");
        block_on(call(
            entry("first"),
            entry("_"),
            entry("second"),
            (entry("a"), entry("b")),
            unused,
            journal,
        ));
    });
    let order = compare!(moved, |journal, call| {
        let entry = |name| journal.entry(name);
        block_on(call(entry("first"), Some(entry("second")), entry("third"), journal));
    });
    assert_eq!(order, "second inner first third third");
}

/// A future that is never polled, or given up half-way, drops what it holds in the same order.
#[test]
fn arguments_of_futures_that_are_given_up() {
    compare!(arguments_later, |journal, call| {
        let entry = |name| journal.entry(name);
        let unused = entry("unused");
        drop(call(entry("first"), entry("_"), entry("second"), (entry("a"), entry("b")), unused, journal));
        journal.note("after");
    }, spans: 0);
    compare!(pending, |journal, call| {
        let entry = |name| journal.entry(name);
        let mut future =
            Box::pin(call(entry("first"), entry("_"), entry("second"), (entry("a"), entry("b")), journal));
        assert!(future.as_mut().now_or_never().is_none());
        drop(future);
        journal.note("after");
    });
}

/// What is returned early outlives the rest.
#[test]
fn early_returns() {
    let order = compare!(early_return, |journal, call| {
        let error = call(journal.entry("first"), journal.entry("second"), journal).err();
        journal.note("returned");
        drop(error);
    });
    assert_eq!(order, "local first returned second");
}

/// Edition 2024: a temporary of the tail expression goes before the locals.
#[test]
fn temporaries_of_the_tail() {
    let order = compare!(tail, |journal, call| call(journal.entry("argument"), journal));
    assert_eq!(order, "temporary local argument");
    let order = compare!(tail_later, |journal, call| block_on(call(journal.entry("argument"), journal)));
    assert_eq!(order, "temporary local argument");
}

/// Edition 2024: a tail expression may borrow from a local.
#[test]
fn tails_that_borrow_from_locals() {
    #[recount::task]
    fn length() -> usize {
        let cell = RefCell::new("text");
        cell.borrow().len()
    }

    #[recount::task]
    async fn locked(value: u8) -> u8 {
        let lock = Mutex::new(value);
        std::future::ready(()).await;
        *lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    let (values, tree) = recorded(|| (length(), block_on(locked(7))));
    assert_eq!(values, (4, 7));
    insta::assert_snapshot!(tree, @r#"
    task length → 4
    task locked {"value":7} → 7
    "#);
}

/// Patterns that bind a part, a reference, or nothing.
#[test]
fn patterns() {
    compare!(bindings, |journal, call| {
        let entry = |name| journal.entry(name);
        call(entry("kept"), entry("_"), entry("whole"), [entry("head"), entry("last")], journal);
    });
    compare!(bindings_later, |journal, call| {
        let entry = |name| journal.entry(name);
        block_on(call(entry("kept"), entry("_"), entry("whole"), [entry("head"), entry("last")], journal));
    });
}

/// Unwinding drops in the same order.
#[test]
fn panics() {
    compare!(panicking, |journal, call| {
        let entry = |name| journal.entry(name);
        let work =
            std::panic::AssertUnwindSafe(|| call(entry("first"), entry("_"), entry("second"), journal));
        assert!(std::panic::catch_unwind(work).is_err());
        journal.note("caught");
    });
}
