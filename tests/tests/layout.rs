//! What the attribute costs in the layout of futures: their size, and the depth of their types.

#![allow(
    clippy::large_futures,
    clippy::large_stack_arrays,
    clippy::unused_async,
    clippy::large_types_passed_by_value,
    reason = "measured here"
)]

use std::future::ready;

use futures::executor::block_on;
use recount_tests::records;

/// What a future may grow by: the open span, what is recorded of it, and the state of the wrapper.
const OVERHEAD: usize = 64;

/// Asserts that the traced future is hardly larger than the plain one.
#[track_caller]
fn assert_small(plain: usize, traced: usize) {
    assert!(traced <= plain + OVERHEAD, "the plain future has {plain} bytes, the traced one {traced}");
}

/// Large arguments are held once, as in the plain future.
#[test]
fn futures_hold_their_arguments_once() {
    async fn plain(bytes: [u8; 4096]) -> u8 {
        ready(()).await;
        bytes[0]
    }

    #[recount::tool(skip_all)]
    async fn skipped(bytes: [u8; 4096]) -> u8 {
        ready(()).await;
        bytes[0]
    }

    #[recount::tool]
    async fn traced(bytes: [u8; 4096]) -> Result<u8, String> {
        ready(()).await;
        Ok(bytes[0])
    }

    assert_small(size_of_val(&plain([0; 4096])), size_of_val(&skipped([0; 4096])));
    assert_small(size_of_val(&plain([0; 4096])), size_of_val(&traced([0; 4096])));
}

/// Also where the body moves them on.
#[test]
fn futures_that_move_their_arguments() {
    async fn keep(bytes: [u8; 4096]) -> u8 {
        ready(()).await;
        bytes[0]
    }

    async fn plain(bytes: [u8; 4096]) -> u8 {
        keep(bytes).await
    }

    #[recount::tool]
    async fn traced(bytes: [u8; 4096]) -> u8 {
        keep(bytes).await
    }

    assert_small(size_of_val(&plain([0; 4096])), size_of_val(&traced([0; 4096])));
}

/// The smallest futures: with nothing to hold.
#[test]
fn futures_that_hold_nothing() {
    async fn plain() {}

    #[recount::task]
    async fn traced() {}

    #[recount::task]
    fn from_signature() -> impl Future<Output = ()> {
        async {}
    }

    assert_small(size_of_val(&plain()), size_of_val(&traced()));
    assert_small(size_of_val(&plain()), size_of_val(&from_signature()));
}

/// Each function awaits the one before it; the last one needs the whole chain to be `Send`.
macro_rules! chain {
    ($first:ident $($rest:ident)*) => {
        #[recount::task]
        async fn $first(depth: u32) -> Result<u32, String> {
            ready(()).await;
            Ok(depth)
        }
        chain!(@ $first $($rest)*);
    };
    (@ $before:ident $next:ident $($rest:ident)*) => {
        #[recount::task]
        async fn $next(depth: u32) -> Result<u32, String> {
            $before(depth + 1).await
        }
        chain!(@ $next $($rest)*);
    };
    (@ $last:ident) => {
        fn chained() -> impl Future<Output = Result<u32, String>> + Send {
            $last(0)
        }
    };
}

chain! {
    f00 f01 f02 f03 f04 f05 f06 f07 f08 f09
    f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
    f20 f21 f22 f23 f24 f25 f26 f27 f28 f29
}

/// Thirty annotated functions deep, without raising the recursion limit.
#[test]
fn deep_chains_of_send_futures() {
    let (value, spans) = records(|| block_on(chained()));
    assert_eq!(value, Ok(29));
    assert_eq!(spans.len(), 30);
}

/// A value of 64 KiB goes in and comes out.
#[test]
fn large_values() {
    #[recount::tool]
    fn sync(bytes: [u8; 65_536]) -> [u8; 65_536] {
        bytes
    }

    #[recount::tool(skip_all)]
    async fn later(bytes: [u8; 65_536]) -> [u8; 65_536] {
        ready(()).await;
        bytes
    }

    let (values, spans) = records(|| (sync([1; 65_536])[65_535], block_on(later([2; 65_536]))[65_535]));
    assert_eq!(values, (1, 2));
    assert_eq!(spans.len(), 2);
}
