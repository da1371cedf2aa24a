//! Types that only the signature fixes: the body of an annotated function is inferred as that of a plain one.

#![allow(clippy::unused_async, reason = "short bodies show one thing each")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use futures::FutureExt;
use futures::executor::block_on;
use futures::future::{BoxFuture, pending};
use futures::stream::{self, BoxStream, Stream, StreamExt};
use recount_tests::recorded;

type AnyError = Box<dyn Error + Send + Sync>;

/// Values that say nothing of their type.
#[test]
fn empty_values() {
    #[recount::task]
    fn map() -> HashMap<String, Vec<u8>> {
        HashMap::new()
    }
    #[recount::task]
    async fn none() -> Option<Vec<u8>> {
        None
    }
    #[recount::task]
    async fn default<T: Default + Send>() -> T {
        Default::default()
    }
    #[recount::task]
    fn array<const N: usize>() -> [Option<u8>; N] {
        [const { None }; N]
    }
    #[recount::task]
    async fn tuple() -> (Option<u8>, Result<(), String>) {
        (None, Ok(()))
    }
    #[recount::task]
    fn boxed() -> BoxFuture<'static, Option<u8>> {
        async { None }.boxed()
    }
    #[recount::task]
    fn boxed_stream() -> BoxStream<'static, Result<u8, String>> {
        stream::empty().boxed()
    }
    #[recount::task]
    fn some_items() -> impl Stream<Item = Option<u64>> {
        stream::iter([None, Some(1)])
    }
    #[recount::task]
    fn infallible() -> Result<u8, Infallible> {
        Ok(1)
    }

    let ((), tree) = recorded(|| {
        assert!(map().is_empty());
        assert_eq!(array::<2>(), [None, None]);
        assert_eq!(infallible(), Ok(1));
        block_on(async {
            assert_eq!(none().await, None);
            assert_eq!(default::<u8>().await, 0);
            assert_eq!(tuple().await, (None, Ok(())));
            assert_eq!(boxed().await, None);
            assert_eq!(boxed_stream().count().await, 0);
            assert_eq!(some_items().count().await, 2);
        });
    });
    insta::assert_snapshot!(tree, @r#"
    task map → {}
    task array → "[None, None]"
    task infallible → 1
    task none
    task default → "u8"
    task tuple → [null,{"Ok":null}]
    task boxed
    task boxed_stream
    task some_items → [null,1]
    "#);
}

/// Conversions into what the signature says: errors, slices, boxes, generic results.
#[test]
fn conversions() {
    #[recount::task]
    fn parsed<T: FromStr>(text: &str) -> Result<T, T::Err> {
        text.parse()
    }
    #[recount::task]
    async fn refused(text: &str) -> Result<String, AnyError> {
        Err(text.into())
    }
    #[recount::task]
    fn boxed(text: &str) -> BoxFuture<'_, Result<u8, AnyError>> {
        async move {
            let value = text.parse::<u8>()?;
            Ok(value)
        }
        .boxed()
    }
    #[recount::task]
    async fn shared() -> Arc<[u8]> {
        vec![1, 2].into()
    }
    #[recount::task]
    fn owned(text: &str) -> Box<str> {
        text.into()
    }
    #[recount::task]
    fn rest<'a>(values: &'a [u8], _other: &[u8]) -> &'a [u8] {
        match values {
            [_, rest @ ..] => rest,
            [] => &[],
        }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(parsed::<u8>("1"), Ok(1));
        assert_eq!(&*owned("a"), "a");
        assert_eq!(rest(&[1, 2], &[]), [2]);
        block_on(async {
            assert!(refused("no").await.is_err());
            assert!(boxed("x").await.is_err());
            assert_eq!(*shared().await, [1, 2]);
        });
    });
    insta::assert_snapshot!(tree, @r#"
    task parsed {"text":"1"} → "u8"
    task owned {"text":"a"} → "a"
    task rest {"values":[1,2]} → [2]
    task refused {"text":"no"}  ✗ no
    task boxed {"text":"x"}  ✗ invalid digit found in string
    task shared → [1,2]
    "#);
}

/// Branches that agree only by the declared type, and branches that never come back.
#[test]
fn branches() {
    #[recount::task]
    async fn object(number: u8) -> Result<Box<dyn Debug + Send>, String> {
        if number == 0 {
            return Ok(Box::new(()));
        }
        for step in 0..number {
            if step == 3 {
                return Err(format!("{step}"));
            }
        }
        match number {
            1 => Ok(Box::new("one")),
            _ => Ok(Box::new(vec![number])),
        }
    }
    #[recount::task]
    async fn pending_unless(value: Option<u8>) -> u8 {
        if let Some(value) = value {
            return value;
        }
        pending().await
    }
    #[recount::task]
    fn panics_unless(value: Option<u8>) -> Box<dyn Fn() -> u8> {
        let Some(value) = value else { panic!("no value") };
        Box::new(move || value)
    }

    let ((), tree) = recorded(|| {
        for number in [0, 1, 2, 9] {
            let shown = block_on(object(number)).map(|value| format!("{value:?}"));
            assert_eq!(shown.is_err(), number == 9);
        }
        assert_eq!(block_on(pending_unless(Some(1))), 1);
        assert!(pending_unless(None).now_or_never().is_none());
        assert_eq!(panics_unless(Some(2))(), 2);
    });
    insta::assert_snapshot!(tree, @r#"
    task object {"number":0} → "()"
    task object {"number":1} → "\"one\""
    task object {"number":2} → "[2]"
    task object {"number":9}  ✗ String: 3
    task pending_unless {"value":1} → 1
    task pending_unless {"value":null}  ✗ cancelled
    task panics_unless {"value":2} → "alloc::boxed::Box<dyn core::ops::function::Fn() -> u8>"
    "#);
}
