//! Return types as people and macros write them: in parentheses, by fragments, `impl` within `impl`.

use std::fmt::Display;
use std::future::{Future, ready};
use std::pin::Pin;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use recount_tests::recorded;

/// Parentheses around the type change nothing.
#[test]
fn parentheses() {
    #[recount::task]
    #[expect(unused_parens)]
    fn future(value: u8) -> (impl Future<Output = u8>) {
        async move { value }
    }

    #[recount::task]
    #[expect(unused_parens)]
    fn with_bounds(text: &str) -> (impl Iterator<Item = char> + '_) {
        text.chars()
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(future(1)), 1);
        assert_eq!(with_bounds("ab").count(), 2);
    });
    insta::assert_snapshot!(tree, @r#"
    task future {"value":1} → 1
    task with_bounds {"text":"ab"} → ["a","b"]
    "#);
}

/// Types that come as fragments of a macro, in groups without delimiters.
#[test]
fn fragments() {
    macro_rules! define {
        ($name:ident($argument:ident: $type:ty) -> $result:ty, $body:expr) => {
            #[recount::task]
            fn $name($argument: $type) -> $result {
                $body
            }
        };
        (async $name:ident($argument:ident: $type:ty) -> $result:ty, $body:expr) => {
            #[recount::task]
            async fn $name($argument: $type) -> $result {
                $body
            }
        };
    }

    define!(value(text: &str) -> usize, text.len());
    define!(future(value: u8) -> impl Future<Output = u8>, async move { value });
    define!(items(upto: u8) -> impl Iterator<Item = u8>, 0..upto);
    define!(events(upto: u8) -> impl Stream<Item = u8>, stream::iter(0..upto));
    define!(async opened(upto: u8) -> Result<impl Stream<Item = u8>, String>, Ok(stream::iter(0..upto)));
    define!(async later(pair: (u8, u8)) -> Option<u8>, pair.0.checked_add(ready(pair.1).await));

    let ((), tree) = recorded(|| {
        assert_eq!(value("abc"), 3);
        assert_eq!(block_on(future(1)), 1);
        assert_eq!(items(2).count(), 2);
        assert_eq!(block_on(events(2).count()), 2);
        block_on(async { assert_eq!(opened(1).await.expect("a stream").count().await, 1) });
        assert_eq!(block_on(later((1, 2))), Some(3));
    });
    insta::assert_snapshot!(tree, @r#"
    task value {"text":"abc"} → 3
    task future {"value":1} → 1
    task items {"upto":2} → [0,1]
    task events {"upto":2} → [0,1]
    task opened {"upto":1} → [0]
    task later {"pair":[1,2]} → 3
    "#);
}

/// `impl` within `impl`, and within a box.
#[test]
fn nested_opaque_types() {
    #[recount::task]
    fn future(value: u8) -> impl Future<Output = impl Display> {
        async move { value }
    }

    #[recount::task]
    fn fallible(fail: bool) -> impl Future<Output = Result<impl Display, String>> {
        async move { if fail { Err("failed".to_owned()) } else { Ok(1) } }
    }

    #[recount::task]
    fn items(words: &[&str]) -> impl Iterator<Item = impl Display> {
        words.iter().map(|word| word.len())
    }

    #[recount::task]
    async fn later(value: u8) -> Result<impl Display, impl std::error::Error> {
        if value == 0 { Err(std::fmt::Error) } else { Ok(value) }
    }

    #[recount::task(skip_output)]
    fn in_a_box(value: u8) -> Pin<Box<impl Future<Output = u8>>> {
        Box::pin(async move { value })
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(future(1)).to_string(), "1");
        assert!(block_on(fallible(true)).is_err());
        assert_eq!(block_on(fallible(false)).map(|value| value.to_string()).as_deref(), Ok("1"));
        assert_eq!(items(&["ab", "c"]).count(), 2);
        assert!(block_on(later(0)).is_err());
        assert_eq!(block_on(later(1)).map(|value| value.to_string()).ok().as_deref(), Some("1"));
        assert_eq!(block_on(in_a_box(2)), 2);
    });
    insta::assert_snapshot!(tree, @r#"
    task future {"value":1} → 1
    task fallible {"fail":true}  ✗ String: failed
    task fallible {"fail":false} → 1
    task items {"words":["ab","c"]} → [2,1]
    task later {"value":0}  ✗ Error: an error occurred when formatting an argument
    task later {"value":1} → 1
    "#);
}

/// What only the signature says of the error type is known where the error is read.
#[test]
fn futures_of_aliased_results() {
    type Outcome<T> = Result<T, String>;

    #[recount::task]
    fn value(value: u8) -> impl Future<Output = Outcome<u8>> {
        async move { Ok(value) }
    }

    #[recount::task]
    fn shown(value: u8) -> impl Future<Output = Outcome<impl Display>> {
        async move { if value == 0 { Err("zero".into()) } else { Ok(value) } }
    }

    #[recount::task]
    fn opened(value: u8) -> impl Future<Output = Outcome<impl Stream<Item = u8>>> {
        async move { Ok(stream::iter([value])) }
    }

    #[recount::task]
    fn events() -> impl Stream<Item = Outcome<u8>> {
        stream::iter([Ok(1)])
    }

    #[recount::task]
    fn items() -> impl Iterator<Item = Outcome<u8>> {
        std::iter::once(Ok(1))
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(value(1)), Ok(1));
        assert!(block_on(shown(0)).is_err());
        assert_eq!(block_on(async { opened(2).await.expect("a stream").count().await }), 1);
        assert_eq!(block_on(events().count()), 1);
        assert_eq!(items().count(), 1);
    });
    insta::assert_snapshot!(tree, @r#"
    task value {"value":1} → 1
    task shown {"value":0}  ✗ String: zero
    task opened {"value":2} → [2]
    task events → [1]
    task items → [1]
    "#);
}

/// Streams and futures that may be there.
#[test]
fn optional_and_fallible_wrappers() {
    #[recount::task]
    fn maybe(upto: u8) -> Option<impl Stream<Item = u8>> {
        (upto > 0).then(|| stream::iter(0..upto))
    }

    #[recount::task]
    async fn maybe_later(upto: u8) -> Option<BoxStream<'static, u8>> {
        (upto > 0).then(|| stream::iter(0..upto).boxed())
    }

    #[recount::task]
    fn fallible(fail: bool) -> Result<impl Iterator<Item = u8>, String> {
        if fail { Err("refused".to_owned()) } else { Ok(0..1) }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(maybe(1).map(|stream| block_on(stream.count())), Some(1));
        assert!(maybe(0).is_none());
        assert_eq!(block_on(maybe_later(1)).map(|stream| block_on(stream.count())), Some(1));
        assert!(block_on(maybe_later(0)).is_none());
        assert_eq!(fallible(false).map(Iterator::count), Ok(1));
        assert!(fallible(true).is_err());
    });
    insta::assert_snapshot!(tree, @r#"
    task maybe {"upto":1} → [0]
    task maybe {"upto":0}
    task maybe_later {"upto":1} → [0]
    task maybe_later {"upto":0}
    task fallible {"fail":false} → [0]
    task fallible {"fail":true}  ✗ String: refused
    "#);
}

/// An annotated async function is as general as the plain one: it fits where a function for any lifetime is
/// asked for.
#[test]
fn async_functions_as_values() {
    #[recount::task]
    async fn length(text: &str) -> usize {
        ready(text.len()).await
    }

    async fn call(function: impl AsyncFn(&str) -> usize) -> usize {
        let local = String::from("abc");
        function(&local).await + function("static").await
    }

    async fn call_boxed<F>(function: F) -> usize
    where
        F: for<'a> Fn(&'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>>,
    {
        let local = String::from("abc");
        function(&local).await
    }

    let (value, tree) =
        recorded(|| block_on(async { call(length).await + call_boxed(|text| Box::pin(length(text))).await }));
    assert_eq!(value, 12);
    insta::assert_snapshot!(tree, @r#"
    task length {"text":"abc"} → 3
    task length {"text":"static"} → 6
    task length {"text":"abc"} → 3
    "#);
}
