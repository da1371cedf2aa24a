//! Async methods of traits as the language has them: `async fn`, and `-> impl Future`.

#![allow(clippy::unused_async, reason = "short bodies show one thing each")]

use std::fmt::Debug;
use std::future::{Future, ready};

use futures::executor::block_on;
use recount_tests::recorded;
use serde::Serialize;

fn is_send<T: Send>(value: T) -> T {
    value
}

#[derive(Clone, Debug, Serialize)]
struct Search(u8);

/// `async fn` in a trait: implemented, and with a default body.
#[test]
fn native_methods() {
    trait Tool {
        async fn call(&self, input: &str) -> Result<String, String>;

        #[recount::tool]
        async fn call_twice(&mut self, input: &str) -> Result<String, String>
        where
            Self: Debug,
        {
            let first = self.call(input).await?;
            self.call(&first).await
        }

        #[recount::task]
        async fn associated(value: u8) -> u8 {
            ready(value).await
        }
    }

    impl Tool for Search {
        #[recount::tool(name = "search")]
        async fn call(&self, input: &str) -> Result<String, String> {
            ready(()).await;
            if input.len() > 3 { Err(format!("too long: {input}")) } else { Ok(format!("{input}{}", self.0)) }
        }
    }

    impl<T: Tool + Debug> Tool for &mut T {
        #[recount::tool]
        async fn call(&self, input: &str) -> Result<String, String> {
            T::call(self, input).await
        }
    }

    let ((), tree) = recorded(|| {
        let mut search = Search(1);
        assert_eq!(block_on(search.call_twice("a")), Ok("a11".into()));
        assert_eq!(block_on(Tool::call_twice(&mut &mut search, "ab")), Ok("ab11".into()));
        assert!(block_on(Tool::call_twice(&mut &mut search, "abc")).is_err());
        assert_eq!(block_on(Search::associated(3)), 3);
        assert_eq!(block_on(is_send(search.call("b"))), Ok("b1".into()));
    });
    insta::assert_snapshot!(tree, @r#"
    tool call_twice {"input":"a"} → "a11"
    ├─ tool search {"input":"a"} → "a1"
    └─ tool search {"input":"a1"} → "a11"
    tool call_twice {"input":"ab"} → "ab11"
    ├─ tool call {"input":"ab"} → "ab1"
    │  └─ tool search {"input":"ab"} → "ab1"
    └─ tool call {"input":"ab1"} → "ab11"
       └─ tool search {"input":"ab1"} → "ab11"
    tool call_twice {"input":"abc"}  ✗ String: too long: abc1
    ├─ tool call {"input":"abc"} → "abc1"
    │  └─ tool search {"input":"abc"} → "abc1"
    └─ tool call {"input":"abc1"}  ✗ String: too long: abc1
       └─ tool search {"input":"abc1"}  ✗ String: too long: abc1
    task associated {"value":3} → 3
    tool search {"input":"b"} → "b1"
    "#);
}

/// `-> impl Future + Send` in the trait, refined or not by the implementation, and a generic caller that
/// needs `Send`.
#[test]
fn impl_future_methods() {
    trait Fetch {
        fn fetch(&self, key: String) -> impl Future<Output = Option<u8>> + Send;

        #[recount::task]
        fn fetch_or_zero(&self, key: String) -> impl Future<Output = u8> + Send
        where
            Self: Sync,
        {
            async move { self.fetch(key).await.unwrap_or_default() }
        }
    }

    struct Written(u8);
    struct Returned(u8);

    impl Fetch for Written {
        #[recount::tool]
        async fn fetch(&self, key: String) -> Option<u8> {
            ready(()).await;
            (!key.is_empty()).then_some(self.0)
        }
    }

    impl Fetch for Returned {
        #[recount::tool]
        fn fetch(&self, key: String) -> impl Future<Output = Option<u8>> + Send {
            let value = self.0;
            async move { (!key.is_empty()).then_some(value) }
        }
    }

    async fn on_a_runtime<F: Fetch + Sync>(fetch: &F) -> u8 {
        is_send(fetch.fetch_or_zero("key".into())).await
            + is_send(fetch.fetch(String::new())).await.unwrap_or(10)
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(is_send(on_a_runtime(&Written(1)))), 11);
        assert_eq!(block_on(is_send(on_a_runtime(&Returned(2)))), 12);
    });
    insta::assert_snapshot!(tree, @r#"
    task fetch_or_zero {"key":"key"} → 1
    └─ tool fetch {"key":"key"} → 1
    tool fetch {"key":""}
    task fetch_or_zero {"key":"key"} → 2
    └─ tool fetch {"key":"key"} → 2
    tool fetch {"key":""}
    "#);
}
