//! `#[async_trait]` over and under our attributes.

use std::fmt::Debug;
use std::future::ready;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use recount_tests::recorded;
use serde::Serialize;

fn is_send<T: Send>(value: T) -> T {
    value
}

/// `#[async_trait]` around methods that carry our attribute: the usual way to write it.
#[test]
fn async_trait_around() {
    #[async_trait]
    trait Agent: Send + Sync {
        async fn step(&self, input: &str) -> Result<u8, String>;

        #[recount::agent]
        async fn run(&self, mut steps: u8) -> Result<u8, String> {
            let mut total = 0;
            while steps > 0 {
                total += self.step("go").await?;
                steps -= 1;
            }
            Ok(total)
        }

        #[recount::task]
        async fn shared(self: Arc<Self>, (a, b): (u8, u8)) -> u8 {
            a + b
        }

        #[recount::task]
        async fn generic<T: Send + Debug>(&self, value: T) -> String
        where
            Self: Sized,
        {
            format!("{value:?}")
        }
    }

    struct Walker(u8);

    #[async_trait]
    impl Agent for Walker {
        #[recount::tool]
        async fn step(&self, input: &str) -> Result<u8, String> {
            ready(()).await;
            if self.0 == 0 { Err(format!("cannot {input}")) } else { Ok(self.0) }
        }
    }

    let ((), tree) = recorded(|| {
        let agent: Arc<dyn Agent> = Arc::new(Walker(2));
        assert_eq!(block_on(is_send(agent.run(2))), Ok(4));
        assert_eq!(block_on(agent.shared((1, 2))), 3);
        assert_eq!(block_on(Walker(0).run(1)), Err("cannot go".into()));
        assert_eq!(block_on(Walker(0).generic("text")), "\"text\"");
    });
    insta::assert_snapshot!(tree, @r#"
    agent run {"steps":2} → 4
    ├─ tool step {"input":"go"} → 2
    └─ tool step {"input":"go"} → 2
    task shared {"arg0":[1,2]} → 3
    agent run {"steps":1}  ✗ String: cannot go
    └─ tool step {"input":"go"}  ✗ String: cannot go
    task generic {"value":"\"text\""} → "\"text\""
    "#);
}

/// Our attribute where `#[async_trait]` has done its work already: on the boxed form that it writes.
#[test]
fn async_trait_below() {
    macro_rules! after_async_trait {
        ($($method:tt)*) => {
            #[recount::tool]
            $($method)*
        };
    }

    struct Walker(u8);

    impl Walker {
        after_async_trait! {
            fn step<'life0, 'life1, 'async_trait>(
                &'life0 self,
                input: &'life1 str,
            ) -> ::core::pin::Pin<
                Box<dyn ::core::future::Future<Output = Result<u8, String>> + ::core::marker::Send + 'async_trait>,
            >
            where
                'life0: 'async_trait,
                'life1: 'async_trait,
                Self: 'async_trait,
            {
                Box::pin(async move {
                    if let Some(__ret) = None::<Result<u8, String>> {
                        return __ret;
                    }
                    let __self = self;
                    let input = input;
                    let __ret: Result<u8, String> = { if input.is_empty() { Err("empty".into()) } else { Ok(__self.0) } };
                    __ret
                })
            }
        }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(is_send(Walker(1).step("a"))), Ok(1));
        assert_eq!(block_on(is_send(Walker(1).step(""))), Err("empty".into()));
    });
    insta::assert_snapshot!(tree, @r#"
    tool step {"input":"a"} → 1
    tool step {"input":""}  ✗ String: empty
    "#);
}

/// Without `Send`, and with methods that are not async at all.
#[test]
fn async_trait_without_send() {
    #[async_trait(?Send)]
    trait Local {
        async fn count(&self, values: Rc<Vec<u8>>) -> usize;
        fn sync(&self) -> u8;
    }

    #[async_trait(?Send)]
    impl Local for () {
        #[recount::tool]
        async fn count(&self, values: Rc<Vec<u8>>) -> usize {
            let copy = Rc::clone(&values);
            ready(()).await;
            copy.len()
        }

        #[recount::tool]
        fn sync(&self) -> u8 {
            1
        }
    }

    let ((), tree) = recorded(|| {
        let local: &dyn Local = &();
        assert_eq!(block_on(local.count(Rc::new(vec![1, 2]))), 2);
        assert_eq!(local.sync(), 1);
    });
    insta::assert_snapshot!(tree, @r#"
    tool count {"values":[1,2]} → 2
    tool sync → 1
    "#);
}

/// Methods that return a future of their own, in traits that `#[async_trait]` goes over.
#[test]
fn async_trait_with_boxed_results() {
    #[async_trait]
    trait Start: Sync {
        async fn start(&self, value: u8) -> BoxFuture<'static, u8>;
        fn start_now<'a>(&'a self, value: &'a u8) -> BoxFuture<'a, u8>;

        #[recount::task]
        fn start_by_default(&self) -> BoxFuture<'_, u8> {
            Box::pin(async move { self.start_now(&1).await + self.start(2).await.await })
        }
    }

    #[async_trait]
    impl Start for u8 {
        #[recount::task]
        async fn start(&self, value: u8) -> BoxFuture<'static, u8> {
            let sum = self + value;
            Box::pin(async move { sum })
        }

        #[recount::task]
        fn start_now<'a>(&'a self, value: &'a u8) -> BoxFuture<'a, u8> {
            Box::pin(async move { self + value })
        }
    }

    let (value, tree) = recorded(|| {
        let start: &dyn Start = &10;
        block_on(is_send(start.start_by_default()))
    });
    assert_eq!(value, 23);
    insta::assert_snapshot!(tree, @r#"
    task start_by_default → 23
    ├─ task start_now {"value":1} → 11
    └─ task start {"value":2} → 12
    "#);
}

/// Methods that open a stream, in traits that `#[async_trait]` goes over: the span lasts until the stream
/// ends.
#[test]
fn async_trait_streams() {
    type Events = BoxStream<'static, Result<u8, String>>;

    #[async_trait]
    trait Client: Sync {
        async fn open(&self, prompt: &str) -> Result<Events, String>;
        async fn open_always(&self, prompt: &str) -> Events;
        fn open_now(&self, prompt: &str) -> Events;
    }

    #[async_trait]
    impl Client for u8 {
        #[recount::llm_span]
        async fn open(&self, prompt: &str) -> Result<Events, String> {
            ready(()).await;
            if prompt.is_empty() { Err("no prompt".into()) } else { Ok(self.open_now(prompt)) }
        }

        #[recount::llm_span]
        async fn open_always(&self, prompt: &str) -> Events {
            self.open_now(prompt)
        }

        #[recount::task]
        fn open_now(&self, prompt: &str) -> Events {
            Box::pin(stream::iter([Ok(*self), Err(prompt.to_owned())]))
        }
    }

    let ((), tree) = recorded(|| {
        block_on(async {
            let client: &dyn Client = &7;
            assert_eq!(client.open("a").await.expect("a stream").count().await, 2);
            assert!(client.open("").await.is_err());
            assert_eq!(client.open_always("b").await.count().await, 2);
        });
    });
    insta::assert_snapshot!(tree, @r#"
    llm open {"prompt":"a"} → [7]  ✗ String: a
    └─ task open_now {"prompt":"a"} → [7]  ✗ String: a
    llm open {"prompt":""}  ✗ String: no prompt
    llm open_always {"prompt":"b"} → [7]  ✗ String: b
    └─ task open_now {"prompt":"b"} → [7]  ✗ String: b
    "#);
}

/// A generic trait with associated types and lifetimes of its own.
#[test]
fn generic_async_traits() {
    #[async_trait]
    trait Store<'s, K: ?Sized + Sync> {
        type Value: Send + Serialize;
        async fn get<'k>(&'s self, key: &'k K) -> Option<&'s Self::Value>
        where
            's: 'k;
    }

    struct Pairs(Vec<(String, u8)>);

    #[async_trait]
    impl<'s> Store<'s, str> for Pairs {
        type Value = u8;

        #[recount::retrieval(query = key)]
        async fn get<'k>(&'s self, key: &'k str) -> Option<&'s Self::Value>
        where
            's: 'k,
        {
            self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
        }
    }

    let (value, tree) = recorded(|| block_on(Pairs(vec![("a".into(), 1)]).get("a")).copied());
    assert_eq!(value, Some(1));
    insta::assert_snapshot!(tree, @r#"retrieval get "a" → 1"#);
}
