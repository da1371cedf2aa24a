//! Several attributes on one function: our own on each other, and those of other crates in both orders.

#![allow(clippy::unused_async, reason = "short bodies show one thing each")]

use async_trait::async_trait;
use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use recount::testing::Recorder;
use recount_tests::recorded;

/// Our own: each wraps what the ones above it have made, so that the lowest is the outer span.
#[test]
fn our_own_attributes_stack() {
    #[recount::tool(name = "inner")]
    #[recount::agent(name = "middle", fields(sum = a + b))]
    #[recount::workflow(name = "outer", skip_all)]
    fn sync(a: u8, mut b: u8) -> u8 {
        b += a;
        b
    }

    #[recount::task(name = "inner")]
    #[recount::workflow(name = "outer", skip_output)]
    async fn later(text: &str) -> Result<&str, String> {
        std::future::ready(()).await;
        if text.is_empty() { Err("empty".into()) } else { Ok(text) }
    }

    #[recount::llm_span(name = "inner")]
    #[recount::workflow(name = "outer")]
    fn streamed() -> impl Stream<Item = u8> {
        stream::iter([1])
    }

    #[recount::llm_span(name = "inner")]
    #[recount::workflow(name = "outer")]
    async fn opened() -> Result<BoxStream<'static, u8>, String> {
        Ok(stream::iter([1]).boxed())
    }

    #[recount::task(name = "inner")]
    #[recount::workflow(name = "outer")]
    fn items() -> impl Iterator<Item = u8> {
        0..1
    }

    let ((), tree) = recorded(|| {
        assert_eq!(sync(1, 2), 3);
        assert_eq!(block_on(later("a")), Ok("a"));
        assert!(block_on(later("")).is_err());
        assert_eq!(block_on(streamed().count()), 1);
        block_on(async { assert_eq!(opened().await.expect("a stream").count().await, 1) });
        assert_eq!(items().count(), 1);
    });
    insta::assert_snapshot!(tree, @r#"
    workflow outer → 3
    └─ agent middle {"a":1,"b":2} → 3
       └─ tool inner {"a":1,"b":2} → 3
    workflow outer {"text":"a"}
    └─ task inner {"text":"a"} → "a"
    workflow outer {"text":""}  ✗ String: empty
    └─ task inner {"text":""}  ✗ String: empty
    workflow outer → [1]
    └─ llm inner → [1]
    workflow outer → [1]
    └─ llm inner → [1]
    workflow outer → [0]
    └─ task inner → [0]
    "#);
}

/// `#[tokio::main]` above and below.
#[test]
fn tokio_main() {
    #[tokio::main(flavor = "current_thread")]
    #[recount::workflow]
    async fn below() -> u8 {
        tokio::task::yield_now().await;
        1
    }

    #[recount::workflow]
    #[tokio::main(flavor = "current_thread")]
    async fn above() -> Result<u8, String> {
        tokio::task::yield_now().await;
        Err("failed".into())
    }

    let (_, tree) = recorded(|| (below(), above()));
    insta::assert_snapshot!(tree, @"
    workflow below → 1
    workflow above  ✗ String: failed
    ");
}

/// Tests with the attribute on them: they run, and their own span is recorded where a subscriber is there.
mod tests_with_attributes {
    #[test]
    #[recount::task]
    fn test_above() {
        assert_eq!(1 + 1, 2);
    }

    #[recount::task]
    #[test]
    fn test_below() {
        assert_eq!(1 + 1, 2);
    }

    #[test]
    #[recount::task]
    fn test_with_a_result() -> Result<(), std::num::ParseIntError> {
        "1".parse::<u8>().map(drop)
    }

    #[test]
    #[recount::task]
    #[should_panic = "as it should"]
    fn test_that_panics() {
        panic!("as it should");
    }

    #[recount::task]
    #[test]
    #[ignore = "to see that the attribute stays"]
    fn test_that_is_ignored() {
        panic!("must not run");
    }

    #[tokio::test]
    #[recount::task]
    async fn tokio_test_above() {
        tokio::task::yield_now().await;
    }

    #[recount::task]
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn tokio_test_below() -> Result<(), String> {
        tokio::task::yield_now().await;
        Ok(())
    }
}

/// A recorder within a test that is itself annotated.
#[tokio::test]
#[recount::workflow]
async fn a_recorder_inside_of_an_annotated_test() {
    #[recount::tool]
    async fn tool() -> u8 {
        tokio::task::yield_now().await;
        1
    }

    let recorder = Recorder::new();
    let _guard = recorder.install();
    tool().await;
    insta::assert_snapshot!(recorder.tree(), @"tool tool → 1");
}

/// `#[async_trait]` on the impl, several of ours on the method.
#[test]
fn async_trait_methods() {
    #[async_trait]
    trait Step {
        async fn step(&self, value: u8) -> u8;
    }

    #[async_trait]
    impl Step for u8 {
        #[recount::task(name = "inner")]
        #[recount::workflow(name = "outer")]
        async fn step(&self, value: u8) -> u8 {
            std::future::ready(self + value).await
        }
    }

    let (value, tree) = recorded(|| block_on(1.step(2)));
    assert_eq!(value, 3);
    insta::assert_snapshot!(tree, @r#"
    workflow outer {"value":2} → 3
    └─ task inner {"value":2} → 3
    "#);
}

/// `tracing`'s own attribute in both orders.
#[test]
fn tracing_instrument() {
    #[tracing::instrument(skip_all)]
    #[recount::task]
    async fn below(value: u8) -> u8 {
        value
    }

    #[recount::task]
    #[tracing::instrument(skip_all)]
    async fn above(value: u8) -> u8 {
        value
    }

    #[recount::task]
    #[tracing::instrument(skip_all)]
    fn sync(value: u8) -> u8 {
        block_on(below(value))
    }

    let (_, tree) = recorded(|| (block_on(below(1)), block_on(above(2)), sync(3)));
    insta::assert_snapshot!(tree, @r#"
    task below {"value":1} → 1
    task above {"value":2} → 2
    task sync {"value":3} → 3
    └─ task below {"value":3} → 3
    "#);
}
