//! Panics: recorded, and passed on as they were.

#![allow(clippy::manual_assert, clippy::unused_async, reason = "the panics are the point")]

use std::future::ready;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::wire::{Field, Outcome, SpanRecord};
use recount_tests::{fact, recorded, records};

/// What the span says of its panic.
fn told(span: &SpanRecord) -> String {
    format!("{} {:?} {}", span.name, span.outcome, fact(span, Field::Fault).unwrap_or_default())
}

/// The payload is the caller's, of whatever type it was.
#[test]
fn payloads_are_passed_on() {
    #[recount::tool]
    fn text() {
        panic!("plain text")
    }
    #[recount::tool]
    fn formatted(number: u8) {
        panic!("number {number}")
    }
    #[recount::tool]
    fn other() {
        panic::panic_any(7_u8)
    }

    let (payloads, spans) = records(|| {
        [catch_unwind(text), catch_unwind(|| formatted(3)), catch_unwind(other)].map(Result::unwrap_err)
    });
    assert_eq!(payloads[0].downcast_ref::<&str>(), Some(&"plain text"));
    assert_eq!(payloads[1].downcast_ref::<String>().map(String::as_str), Some("number 3"));
    assert_eq!(payloads[2].downcast_ref::<u8>(), Some(&7));
    insta::assert_snapshot!(spans.iter().map(told).collect::<Vec<_>>().join("\n"), @r#"
    text Panicked {"type":"panic","message":"plain text"}
    formatted Panicked {"type":"panic","message":"number 3"}
    other Panicked {"type":"panic","message":"the function panicked with a value that is no text"}
    "#);
}

/// The panic hook runs once for each panic, also through several annotated functions.
#[test]
fn the_hook_runs_once() {
    #[recount::task]
    fn inner() {
        std::env::var_os("NO SUCH VARIABLE").expect("a value");
    }
    #[recount::task]
    fn middle() {
        inner();
    }
    #[recount::workflow]
    async fn outer() {
        ready(()).await;
        middle();
    }

    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let marker = "a value";
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() == Some(marker) {
            CALLS.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let (caught, tree) = recorded(|| catch_unwind(AssertUnwindSafe(|| block_on(outer()))).is_err());
    panic::set_hook(before);
    assert!(caught);
    // Once without a subscriber, once with one.
    assert_eq!(CALLS.load(Ordering::SeqCst), 2);
    insta::assert_snapshot!(tree, @"
    workflow outer  ✗ panic: a value
    └─ task middle  ✗ panic: a value
       └─ task inner  ✗ panic: a value
    ");
}

/// Functions that never return end their span as they unwind.
#[test]
fn functions_that_never_return() {
    #[recount::task]
    fn fail(why: &str) -> ! {
        panic!("{why}")
    }

    #[recount::task]
    async fn fail_later(why: &str) -> ! {
        ready(()).await;
        panic!("{why}")
    }

    #[recount::task]
    #[track_caller]
    fn tracked(why: &str) -> u8 {
        panic!("{why}")
    }

    #[recount::task]
    #[expect(clippy::todo)]
    fn unfinished(_value: u8) -> Result<u8, String> {
        todo!()
    }

    let ((), spans) = records(|| {
        assert!(catch_unwind(|| fail("now")).is_err());
        assert!(catch_unwind(|| block_on(fail_later("later"))).is_err());
        assert!(catch_unwind(|| tracked("tracked")).is_err());
        assert!(catch_unwind(|| unfinished(1)).is_err());
    });
    insta::assert_snapshot!(spans.iter().map(told).collect::<Vec<_>>().join("\n"), @r#"
    fail Panicked {"type":"panic","message":"now"}
    fail_later Panicked {"type":"panic","message":"later"}
    tracked Panicked {"type":"panic","message":"the function panicked"}
    unfinished Panicked {"type":"panic","message":"not yet implemented"}
    "#);
}

/// In a poll, in the set-up of a boxed future, in a stream, in an iterator.
#[test]
fn panics_of_what_was_returned() {
    #[recount::task]
    fn future() -> Pin<Box<dyn Future<Output = u8>>> {
        Box::pin(async { panic!("in the future") })
    }
    #[recount::task]
    fn set_up() -> Pin<Box<dyn Future<Output = u8>>> {
        panic!("in the set-up")
    }
    #[recount::task]
    fn items() -> impl Iterator<Item = u8> {
        (0..3).inspect(|value| assert!(*value < 1, "in an item"))
    }
    #[recount::task]
    fn events() -> impl Stream<Item = u8> {
        stream::iter(0..3).inspect(|value| assert!(*value < 1, "in an event"))
    }

    let ((), spans) = records(|| {
        assert!(catch_unwind(|| block_on(future())).is_err());
        assert!(catch_unwind(set_up).is_err());
        assert!(catch_unwind(|| items().count()).is_err());
        assert!(catch_unwind(|| block_on(events().count())).is_err());
    });
    insta::assert_snapshot!(spans.iter().map(told).collect::<Vec<_>>().join("\n"), @r#"
    future Panicked {"type":"panic","message":"in the future"}
    set_up Panicked {"type":"panic","message":"in the set-up"}
    items Panicked {"type":"panic","message":"in an item"}
    events Panicked {"type":"panic","message":"in an event"}
    "#);
}

/// Caught within the function, a panic is the function's own affair.
#[test]
fn panics_that_are_caught_within() {
    #[recount::task]
    fn careful() -> bool {
        catch_unwind(careless).is_err()
    }
    #[recount::task]
    fn careless() {
        panic!("caught")
    }

    let (caught, spans) = records(careful);
    assert!(caught);
    assert_eq!(spans[0].outcome, Outcome::Panicked);
    assert_eq!(spans[1].outcome, Outcome::Completed);
}

/// Spans that open and end while another panic unwinds say how they themselves ended.
#[test]
fn spans_within_unwinding() {
    #[recount::task]
    fn clean_up() -> u8 {
        1
    }

    #[recount::task]
    fn clean_up_in_place() -> std::process::ExitCode {
        std::process::ExitCode::SUCCESS
    }

    #[track_caller]
    #[recount::task]
    fn clean_up_tracked() {}

    struct CleanUp;

    impl Drop for CleanUp {
        fn drop(&mut self) {
            clean_up();
            clean_up_in_place();
            clean_up_tracked();
        }
    }

    #[recount::task]
    fn work() {
        let _clean_up = CleanUp;
        panic!("on the way out")
    }

    let ((), spans) = records(|| assert!(catch_unwind(work).is_err()));
    let told: Vec<_> = spans.iter().map(|span| (span.name.as_ref(), span.outcome)).collect();
    assert_eq!(
        told,
        [
            ("clean_up", Outcome::Completed),
            ("clean_up_in_place", Outcome::Completed),
            ("clean_up_tracked", Outcome::Completed),
            ("work", Outcome::Panicked)
        ]
    );
}

/// Unwind safety is that of the function: what could be carried across `catch_unwind` still can.
#[test]
fn unwind_safety_is_kept() {
    #[recount::task]
    async fn later(value: Arc<str>) -> usize {
        ready(()).await;
        value.len()
    }

    let future = later("text".into());
    assert_eq!(catch_unwind(|| block_on(future)).ok(), Some(4));
}

/// After the panic the span is no longer the current one, nor a parent.
#[test]
fn the_current_span_is_restored() {
    #[recount::task]
    fn fails() {
        panic!("once")
    }

    #[recount::task]
    async fn fails_later() {
        ready(()).await;
        panic!("once more")
    }

    let ((), spans) = records(|| {
        assert!(catch_unwind(fails).is_err());
        assert!(catch_unwind(|| block_on(fails_later())).is_err());
        assert_eq!(recount::current().span_id(), None);
        assert!(catch_unwind(fails).is_err());
    });
    assert!(spans.iter().all(|span| span.parent.is_none()));
    assert_eq!(spans.len(), 3);
}

/// A future that is polled once too often says so in the words of a plain one.
#[test]
fn polled_after_completion() {
    async fn plain() {}

    #[recount::task]
    async fn traced() {}

    fn poll_twice(future: impl Future) -> Option<String> {
        let mut future = Box::pin(future);
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_ready());
        let panic = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context).is_ready())).err()?;
        panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
    }

    let expected = poll_twice(plain());
    assert!(expected.is_some());
    let (told, spans) = records(|| poll_twice(traced()));
    assert_eq!(told, expected);
    assert_eq!(spans.len(), 1);
}

/// On a runtime a panic is the task's: the join handle tells, and the span does too.
#[test]
fn panics_of_tasks() {
    #[recount::task]
    async fn work() -> u8 {
        tokio::task::yield_now().await;
        panic!("in a task")
    }

    let (joined, spans) = records(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async { tokio::spawn(work()).await })
    });
    assert!(joined.is_err_and(|error| error.is_panic()));
    assert_eq!(spans[0].outcome, Outcome::Panicked);
}
