//! Functions that return a stream: the span lasts until the stream ends, fails for good, or is dropped.

#![allow(clippy::unused_async, reason = "short bodies show one thing each")]

use std::pin::{Pin, pin};

use futures::executor::block_on;
use futures::stream::{self, BoxStream, FusedStream, LocalBoxStream, Stream, StreamExt, TryStreamExt};
use recount::wire::{Field, Outcome};
use recount_tests::{fact, recorded, records};

type Events = Pin<Box<dyn Stream<Item = Result<String, String>> + Send>>;

#[recount::tool]
fn leaf(value: u8) -> u8 {
    value
}

/// `impl Stream`, from the signature: its items are the output, and what runs while it is polled is below it.
#[test]
fn impl_stream() {
    #[recount::llm_span(provider = "openai")]
    fn numbers(upto: u8) -> impl Stream<Item = u8> + Send + 'static {
        let first = leaf(0);
        stream::iter(first..upto).map(leaf)
    }

    let (values, tree) = recorded(|| block_on(numbers(2).collect::<Vec<_>>()));
    assert_eq!(values, [0, 1]);
    insta::assert_snapshot!(tree, @r#"
    llm numbers {"upto":2} → [0,1]
    ├─ tool leaf {"value":0} → 0
    ├─ tool leaf {"value":0} → 0
    └─ tool leaf {"value":1} → 1
    "#);
}

/// Boxes and aliases of boxes, by the type of the value.
#[test]
fn boxed_streams() {
    #[recount::task]
    fn boxed(n: u8) -> BoxStream<'static, u8> {
        if n == 0 {
            return stream::empty().boxed();
        }
        Box::pin(stream::iter(0..n).map(leaf))
    }

    #[recount::task]
    fn local(text: &str) -> LocalBoxStream<'_, char> {
        stream::iter(text.chars()).boxed_local()
    }

    #[recount::task]
    fn aliased(fail: bool) -> Events {
        let last = if fail { Err("broken".to_owned()) } else { Ok("b".to_owned()) };
        Box::pin(stream::iter([Ok("a".to_owned()), last]))
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(boxed(0).count()), 0);
        assert_eq!(block_on(boxed(1).count()), 1);
        assert_eq!(block_on(local("ab").collect::<String>()), "ab");
        assert_eq!(block_on(aliased(false).try_collect::<String>()), Ok("ab".into()));
        assert_eq!(block_on(aliased(true).try_collect::<String>()), Err("broken".into()));
    });
    insta::assert_snapshot!(tree, @r#"
    task boxed {"n":0}
    task boxed {"n":1} → [0]
    └─ tool leaf {"value":0} → 0
    task local {"text":"ab"} → ["a","b"]
    task aliased {"fail":false} → ["a","b"]
    task aliased {"fail":true} → ["a"]  ✗ String: broken
    "#);
}

/// An async function that opens a stream, or fails to.
#[test]
fn async_functions_that_open_streams() {
    #[recount::llm_span(model = model)]
    async fn open(model: &str, fail: bool) -> Result<impl Stream<Item = Result<u8, String>> + use<>, String> {
        std::future::ready(()).await;
        if fail {
            return Err("refused".into());
        }
        leaf(0);
        Ok(stream::iter([1, 2]).map(|value| Ok(leaf(value))))
    }

    #[recount::llm_span]
    async fn open_boxed(fail: bool) -> Result<Events, String> {
        if fail { Err("refused".into()) } else { Ok(Box::pin(stream::iter([Ok("a".into())]))) }
    }

    #[recount::task]
    async fn infallible(upto: u8) -> impl Stream<Item = u8> {
        stream::iter(0..upto)
    }

    #[recount::task]
    async fn boxed(upto: u8) -> BoxStream<'static, u8> {
        stream::iter(0..upto).boxed()
    }

    #[recount::task]
    fn sync(fail: bool) -> Result<impl Stream<Item = u8>, String> {
        if fail { Err("refused".into()) } else { Ok(stream::iter([1])) }
    }

    let ((), tree) = recorded(|| {
        block_on(async {
            let stream = open("gpt-5.2", false).await.expect("a stream");
            assert_eq!(stream.try_collect::<Vec<_>>().await, Ok(vec![1, 2]));
            assert!(open("gpt-5.2", true).await.is_err());
            assert_eq!(
                open_boxed(false).await.expect("a stream").try_collect::<String>().await,
                Ok("a".into())
            );
            assert!(open_boxed(true).await.is_err());
            assert_eq!(infallible(1).await.count().await, 1);
            assert_eq!(boxed(1).await.count().await, 1);
            assert_eq!(sync(false).expect("a stream").count().await, 1);
            assert!(sync(true).is_err());
        });
    });
    insta::assert_snapshot!(tree, @r#"
    llm chat gpt-5.2 {"fail":false} → [1,2]
    ├─ tool leaf {"value":0} → 0
    ├─ tool leaf {"value":1} → 1
    └─ tool leaf {"value":2} → 2
    llm chat gpt-5.2 {"fail":true}  ✗ String: refused
    llm open_boxed {"fail":false} → ["a"]
    llm open_boxed {"fail":true}  ✗ String: refused
    task infallible {"upto":1} → [0]
    task boxed {"upto":1} → [0]
    task sync {"fail":false} → [1]
    task sync {"fail":true}  ✗ String: refused
    "#);
}

/// Aliases of `Result`, whatever they are called.
#[test]
fn aliases_of_result() {
    type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

    #[recount::llm_span]
    async fn opened(upto: u8) -> Answer<impl Stream<Item = Answer<u8>>> {
        if upto == 0 {
            return Err("nothing to tell".into());
        }
        Ok(stream::iter(0..upto).map(Ok))
    }

    #[recount::llm_span]
    fn opened_now(upto: u8) -> Answer<impl Stream<Item = u8>> {
        Ok(stream::iter(0..upto))
    }

    #[recount::llm_span]
    async fn with_anyhow(upto: u8) -> anyhow::Result<impl Stream<Item = anyhow::Result<u8>>> {
        anyhow::ensure!(upto > 0, "nothing to tell");
        Ok(stream::iter(0..upto).map(Ok))
    }

    #[recount::llm_span]
    async fn boxed(upto: u8) -> Answer<BoxStream<'static, Answer<u8>>> {
        Ok(stream::iter(0..upto).map(Ok).boxed())
    }

    let ((), tree) = recorded(|| {
        block_on(async {
            assert_eq!(opened(1).await.expect("a stream").count().await, 1);
            assert!(opened(0).await.is_err());
            assert_eq!(opened_now(1).expect("a stream").count().await, 1);
            assert_eq!(with_anyhow(1).await.expect("a stream").count().await, 1);
            assert!(with_anyhow(0).await.is_err());
            assert_eq!(boxed(1).await.expect("a stream").count().await, 1);
        });
    });
    insta::assert_snapshot!(tree, @r#"
    llm opened {"upto":1} → [0]
    llm opened {"upto":0}  ✗ nothing to tell
    llm opened_now {"upto":1} → [0]
    llm with_anyhow {"upto":1} → [0]
    llm with_anyhow {"upto":0}  ✗ nothing to tell
    llm boxed {"upto":1} → [0]
    "#);
}

/// An item that is an error marks the span; the stream may go on.
#[test]
fn errors_as_items() {
    #[recount::task]
    fn flaky() -> impl Stream<Item = Result<u8, std::fmt::Error>> {
        stream::iter([Ok(1), Err(std::fmt::Error), Ok(2)])
    }

    let (items, spans) = records(|| block_on(flaky().collect::<Vec<_>>()));
    assert_eq!(items.len(), 3);
    assert_eq!(spans[0].outcome, Outcome::Failed);
    assert_eq!(fact(&spans[0], Field::ItemCount).as_deref(), Some("3"));
    insta::assert_snapshot!(fact(&spans[0], Field::Fault).unwrap_or_default(), @r#"{"type":"core::fmt::Error","message":"an error occurred when formatting an argument"}"#);
}

/// A stream that borrows from its arguments, and one that reads from a stream it was given.
#[test]
fn streams_that_borrow() {
    #[recount::task]
    fn words<'a>(text: &'a str, _separator: &str) -> impl Stream<Item = &'a str> + use<'a> {
        stream::iter(text.split(' '))
    }

    #[recount::task(skip_all)]
    fn lengths(words: impl Stream<Item = impl AsRef<str>> + Unpin) -> impl Stream<Item = usize> + Unpin {
        words.map(|word| word.as_ref().len())
    }

    #[recount::task]
    fn until_bad<'a>(texts: &'a [&str]) -> impl Stream<Item = Result<u8, std::num::ParseIntError>> + 'a {
        stream::iter(texts).map(|text| text.parse()).and_then(|value: u8| async move { Ok(value + 1) })
    }

    let ((), tree) = recorded(|| {
        let text = String::from("a bc");
        let lengths = lengths(words(&text, &String::from(" ")));
        assert_eq!(block_on(lengths.collect::<Vec<_>>()), [1, 2]);
        assert!(block_on(until_bad(&["1", "x"]).try_collect::<Vec<_>>()).is_err());
    });
    insta::assert_snapshot!(tree, @r#"
    task words {"text":"a bc"} → ["a","bc"]
    task lengths → [1,2]
    task until_bad {"texts":["1","x"]} → [2]  ✗ ParseIntError: invalid digit found in string
    "#);
}

/// Given up half-way, or never polled at all.
#[test]
fn streams_that_are_dropped() {
    #[recount::task]
    fn numbers() -> impl Stream<Item = u8> {
        stream::iter(0..10)
    }

    #[recount::task]
    async fn opened() -> Result<BoxStream<'static, u8>, String> {
        Ok(stream::iter(0..10).boxed())
    }

    let ((), spans) = records(|| {
        let mut half = numbers();
        assert_eq!(block_on(half.next()), Some(0));
        drop(half);
        drop(numbers());
        drop(block_on(opened()));
    });
    let outcomes: Vec<_> = spans.iter().map(|span| span.outcome).collect();
    assert_eq!(outcomes, [Outcome::Cancelled; 3]);
    let counts: Vec<_> = spans.iter().map(|span| fact(span, Field::ItemCount)).collect();
    assert_eq!(counts[0].as_deref(), Some("1"));
}

/// The wrapper says about itself what the stream says: how much is left, and that it is over.
#[test]
fn hints_and_termination() {
    #[recount::task]
    fn fused() -> impl FusedStream<Item = u8> + Unpin {
        stream::iter([1, 2]).fuse()
    }

    let ((), spans) = records(|| {
        block_on(async {
            let mut stream = fused();
            assert_eq!(stream.size_hint(), (2, Some(2)));
            assert_eq!(stream.next().await, Some(1));
            assert_eq!(stream.size_hint(), (1, Some(1)));
            assert!(!stream.is_terminated());
            assert_eq!((stream.next().await, stream.next().await), (Some(2), None));
            assert!(stream.is_terminated());
            assert_eq!(stream.next().await, None);
        });
    });
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].outcome, Outcome::Completed);
    assert_eq!(fact(&spans[0], Field::ItemCount).as_deref(), Some("2"));
}

/// The time to the first item is kept, and is no longer than the span.
#[test]
fn time_to_the_first_item() {
    #[recount::llm_span]
    fn tokens() -> impl Stream<Item = &'static str> {
        stream::iter(["a", "b"])
    }

    let (_, spans) = records(|| block_on(tokens().count()));
    let waited = spans[0].tape.get(Field::FirstItem).and_then(|value| value.as_f64()).expect("a first item");
    assert!(waited >= 0.0 && waited <= spans[0].duration().as_secs_f64());
}

/// A stream that is told to go elsewhere keeps its parent; and the caller's span is not entered by it.
#[test]
fn streams_under_their_caller() {
    #[recount::task]
    fn numbers(name: &str) -> BoxStream<'static, u8> {
        let _ = name;
        stream::iter([1]).map(leaf).boxed()
    }

    #[recount::workflow]
    fn opens() -> (BoxStream<'static, u8>,) {
        (numbers("opened in a workflow"),)
    }

    let ((), tree) = recorded(|| {
        let (stream,) = opens();
        let mut both = pin!(stream.chain(numbers("opened outside")));
        block_on(async { while both.next().await.is_some() {} });
    });
    insta::assert_snapshot!(tree, @r#"
    workflow opens → "(core::pin::Pin<alloc::boxed::Box<dyn futures_core::stream::Stream<Item = u8> + core::marker::Send>>,)"
    └─ task numbers {"name":"opened in a workflow"} → [1]
       └─ tool leaf {"value":1} → 1
    task numbers {"name":"opened outside"} → [1]
    └─ tool leaf {"value":1} → 1
    "#);
}
