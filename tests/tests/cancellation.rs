//! Work that is given up: each span that was started ends as cancelled, once.

use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use futures::executor::block_on;
use futures::{FutureExt, StreamExt, stream};
use recount::testing::Recorder;
use recount::wire::Outcome;
use recount_tests::{recorded, records};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[recount::task]
async fn never(name: &str) -> u8 {
    pending::<()>().await;
    u8::try_from(name.len()).unwrap_or(0)
}

#[recount::workflow]
async fn waits_below(name: &str) -> u8 {
    never(name).await
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

/// A future that is dropped while it waits, with all that waits below it.
#[test]
fn dropped_futures() {
    let ((), tree) = recorded(|| {
        assert!(waits_below("dropped").now_or_never().is_none());
    });
    insta::assert_snapshot!(tree, @r#"
    workflow waits_below {"name":"dropped"}  ✗ cancelled
    └─ task never {"name":"dropped"}  ✗ cancelled
    "#);
}

/// An async function that nobody polls does nothing, and leaves no span; one that returns a future has run.
#[test]
fn futures_that_were_never_polled() {
    #[recount::task]
    fn returned(value: u8) -> impl Future<Output = u8> {
        async move { value }
    }

    let ((), spans) = records(|| drop(never("not polled")));
    assert_eq!(spans, []);
    let ((), spans) = records(|| drop(returned(1)));
    assert_eq!(spans[0].outcome, Outcome::Cancelled);
}

/// The losers of a race.
#[test]
fn select() {
    #[recount::task]
    async fn quick() -> u8 {
        tokio::task::yield_now().await;
        1
    }

    #[recount::workflow]
    async fn race() -> u8 {
        tokio::select! {
            biased;
            value = never("slow") => value,
            value = quick() => value,
        }
    }

    let (value, tree) = recorded(|| runtime().block_on(race()));
    assert_eq!(value, 1);
    insta::assert_snapshot!(tree, @r#"
    workflow race → 1
    ├─ task never {"name":"slow"}  ✗ cancelled
    └─ task quick → 1
    "#);
}

/// A time-out from outside, and one that the function sets for itself.
#[test]
fn timeouts() {
    #[recount::workflow]
    async fn with_a_limit() -> Result<u8, tokio::time::error::Elapsed> {
        tokio::time::timeout(Duration::from_secs(60), never("inside")).await
    }

    let ((), tree) = recorded(|| {
        runtime().block_on(async {
            assert!(tokio::time::timeout(Duration::from_secs(60), never("outside")).await.is_err());
            assert!(with_a_limit().await.is_err());
        });
    });
    insta::assert_snapshot!(tree, @r#"
    task never {"name":"outside"}  ✗ cancelled
    workflow with_a_limit  ✗ Elapsed: deadline has elapsed
    └─ task never {"name":"inside"}  ✗ cancelled
    "#);
}

/// A task that is aborted, and one that the runtime gives up when it ends.
#[test]
fn aborted_tasks() {
    let ((), spans) = records(|| {
        let runtime = runtime();
        runtime.block_on(async {
            let aborted = tokio::spawn(never("aborted"));
            tokio::spawn(waits_below("left"));
            tokio::task::yield_now().await;
            aborted.abort();
            assert!(aborted.await.is_err_and(|error| error.is_cancelled()));
        });
        drop(runtime);
    });
    let told: Vec<_> = spans.iter().map(|span| (span.name.as_ref(), span.outcome)).collect();
    let cancelled = |name| (name, Outcome::Cancelled);
    assert_eq!(told, [cancelled("never"), cancelled("never"), cancelled("waits_below")]);
}

/// An error that was told before the end outweighs that the end was not reached.
#[test]
fn failures_before_the_end() {
    #[recount::task]
    async fn complains() {
        recount::current().set_error_message("timeout", "took too long");
        pending::<()>().await;
    }

    #[recount::task]
    fn flaky() -> impl futures::Stream<Item = Result<u8, String>> {
        stream::iter([Err("broken".to_owned()), Ok(1)])
    }

    let ((), tree) = recorded(|| {
        assert!(complains().now_or_never().is_none());
        assert_eq!(block_on(flaky().next()), Some(Err("broken".into())));
    });
    insta::assert_snapshot!(tree, @"
    task complains  ✗ timeout: took too long
    task flaky  ✗ String: broken
    ");
}

/// A future that a thread takes with it when it ends.
#[test]
fn futures_in_thread_locals() {
    thread_local! {
        static LEFT: RefCell<Option<Pin<Box<dyn Future<Output = u8>>>>> = const { RefCell::new(None) };
    }

    let recorder = Recorder::new();
    let layer = recorder.layer();
    let thread = std::thread::spawn(move || {
        let _guard = tracing_subscriber::registry().with(layer).set_default();
        let mut future = Box::pin(never("left in a thread"));
        assert!(future.as_mut().now_or_never().is_none());
        LEFT.set(Some(future));
    });
    assert!(thread.join().is_ok());
    let spans = recorder.spans();
    assert_eq!(spans.iter().map(|span| span.outcome).collect::<Vec<_>>(), [Outcome::Cancelled]);
}

/// What runs while the abandoned future is dropped is still below it.
#[test]
fn clean_up_is_below_what_it_cleans_up() {
    struct CleanUp;

    impl Drop for CleanUp {
        fn drop(&mut self) {
            clean_up();
        }
    }

    #[recount::tool]
    fn clean_up() {}

    #[recount::task]
    async fn work(_guard: CleanUp) {
        let _local = CleanUp;
        pending::<()>().await;
    }

    let ((), tree) = recorded(|| assert!(work(CleanUp).now_or_never().is_none()));
    insta::assert_snapshot!(tree, @"
    task work  ✗ cancelled
    ├─ tool clean_up
    └─ tool clean_up
    ");
}
