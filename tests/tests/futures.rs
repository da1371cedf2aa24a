//! Async functions and functions that return `impl Future`.

#![allow(clippy::unused_async, reason = "short bodies show one thing each")]

use std::cell::Cell;
use std::fmt::{Debug, Display};
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use futures::executor::block_on;
use recount_tests::{recorded, records};

fn is_send<T: Send>(value: T) -> T {
    value
}

/// Arguments and locals that are lent across an `.await`.
#[test]
fn borrows_across_await() {
    #[recount::tool]
    async fn append(list: &mut Vec<u8>, text: &str) -> usize {
        let first = &mut *list;
        ready(()).await;
        first.push(1);
        let bytes = text.as_bytes();
        ready(()).await;
        list.extend(bytes);
        list.len()
    }

    #[recount::tool]
    async fn longest<'a>(left: &'a str, right: &'a str, _other: &str) -> &'a str {
        ready(()).await;
        if left.len() > right.len() { left } else { right }
    }

    let ((), tree) = recorded(|| {
        let mut list = Vec::new();
        assert_eq!(block_on(append(&mut list, "ab")), 3);
        assert_eq!(list, [1, b'a', b'b']);
        let other = String::from("other");
        assert_eq!(block_on(longest("a", "bc", &other)), "bc");
    });
    insta::assert_snapshot!(tree, @r#"
    tool append {"list":[],"text":"ab"} → 3
    tool longest {"left":"a","right":"bc"} → "bc"
    "#);
}

/// The future is `Send` wherever the plain one is: with arguments that are not `Sync`, with results that are
/// not
/// even `Send`.
#[test]
fn send_is_kept() {
    #[recount::tool]
    async fn not_sync(cell: Cell<u8>) -> u8 {
        ready(()).await;
        cell.get()
    }

    #[recount::tool]
    async fn not_send_result(fail: bool) -> Result<Rc<u8>, Rc<str>> {
        ready(()).await;
        if fail { Err("failed".into()) } else { Ok(Rc::new(1)) }
    }

    #[recount::tool]
    async fn generic<T: Send>(value: T) -> T {
        ready(()).await;
        value
    }

    #[recount::tool]
    fn from_signature(cell: Cell<u8>) -> impl Future<Output = u8> + Send + 'static {
        async move {
            ready(()).await;
            cell.get()
        }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(is_send(not_sync(Cell::new(1)))), 1);
        assert_eq!(block_on(is_send(not_send_result(false))), Ok(Rc::new(1)));
        assert_eq!(block_on(is_send(not_send_result(true))), Err("failed".into()));
        assert_eq!(block_on(is_send(generic(Cell::new(3)))), Cell::new(3));
        assert_eq!(block_on(is_send(from_signature(Cell::new(4)))), 4);
    });
    insta::assert_snapshot!(tree, @r#"
    tool not_sync {"cell":1} → 1
    tool not_send_result {"fail":false} → 1
    tool not_send_result {"fail":true}  ✗ str: failed
    tool generic {"value":"core::cell::Cell<i32>"} → "core::cell::Cell<i32>"
    tool from_signature {"cell":4} → 4
    "#);
}

/// Futures that cannot go to another thread stay legal.
#[test]
fn futures_that_are_not_send() {
    #[recount::tool]
    async fn shared(value: Rc<Cell<u8>>) -> Rc<Cell<u8>> {
        let copy = Rc::clone(&value);
        ready(()).await;
        copy.set(copy.get() + 1);
        value
    }

    #[recount::tool]
    fn from_signature(value: Rc<u8>) -> impl Future<Output = u8> {
        async move { *value }
    }

    let (values, tree) =
        recorded(|| (block_on(shared(Rc::new(Cell::new(1)))).get(), block_on(from_signature(5.into()))));
    assert_eq!(values, (2, 5));
    insta::assert_snapshot!(tree, @r#"
    tool shared {"value":1} → 2
    tool from_signature {"value":5} → 5
    "#);
}

/// Async functions that call themselves, in a box, also where the future has to be `Send`.
#[test]
fn recursion() {
    #[recount::task]
    async fn countdown(n: u8) -> u8 {
        if n == 0 { 0 } else { 1 + Box::pin(countdown(n - 1)).await }
    }

    #[recount::task]
    fn boxed(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
        Box::pin(async move { if n == 0 { 0 } else { 1 + boxed(n - 1).await } })
    }

    let (values, tree) = recorded(|| (block_on(countdown(2)), block_on(is_send(boxed(1)))));
    assert_eq!(values, (2, 1));
    insta::assert_snapshot!(tree, @r#"
    task countdown {"n":2} → 2
    └─ task countdown {"n":1} → 1
       └─ task countdown {"n":0} → 0
    task boxed {"n":1} → 1
    └─ task boxed {"n":0} → 0
    "#);
}

/// `?`, early returns, loops with values, inner blocks and closures belong to the block they stand in.
#[test]
fn control_flow() {
    #[recount::tool]
    async fn sum(words: &[&str]) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
        let parse = async |word: &str| word.parse::<u32>();
        let mut total = 0;
        for word in words {
            if word.is_empty() {
                return Ok(total);
            }
            let inner: Result<u32, std::num::ParseIntError> = async {
                let value = parse(word).await?;
                Ok(value)
            }
            .await;
            total += inner?;
        }
        let checked = || -> Option<u32> { total.checked_mul(2)?.checked_sub(total) };
        let last = loop {
            ready(()).await;
            if total > 0 {
                break checked().ok_or("overflow")?;
            }
        };
        if last > 100 {
            Err("too much")?;
        }
        Ok(last)
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(sum(&["1", "2"])).ok(), Some(3));
        assert_eq!(block_on(sum(&["1", "", "x"])).ok(), Some(1));
        assert_eq!(
            block_on(sum(&["x"])).map_err(|e| e.to_string()),
            Err("invalid digit found in string".into())
        );
        assert_eq!(block_on(sum(&["101"])).map_err(|e| e.to_string()), Err("too much".into()));
    });
    insta::assert_snapshot!(tree, @r#"
    tool sum {"words":["1","2"]} → 3
    tool sum {"words":["1","","x"]} → 1
    tool sum {"words":["x"]}  ✗ invalid digit found in string
    tool sum {"words":["101"]}  ✗ too much
    "#);
}

/// The declared type drives coercion and inference, as in a plain function.
#[test]
fn coercions_and_opaque_results() {
    #[recount::tool]
    async fn object(number: bool) -> Result<Box<dyn Display + Send>, Box<dyn std::error::Error>> {
        if number {
            return Ok(Box::new(1));
        }
        Ok(Box::new("one"))
    }

    #[recount::tool(skip_output)]
    async fn opaque(text: &str) -> impl Iterator<Item = char> + Debug {
        text.chars().rev()
    }

    #[recount::tool]
    async fn nested(value: u8) -> impl Future<Output = u8> {
        async move { value + 1 }
    }

    #[recount::tool]
    async fn inferred() -> Vec<u64> {
        ["1", "2"].iter().filter_map(|word| word.parse().ok()).collect()
    }

    #[recount::tool(skip_output)]
    async fn function() -> fn(u8) -> u8 {
        |value| value + 1
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(object(true)).map(|value| value.to_string()).ok().as_deref(), Some("1"));
        assert_eq!(block_on(object(false)).map(|value| value.to_string()).ok().as_deref(), Some("one"));
        assert_eq!(block_on(opaque("abc")).collect::<String>(), "cba");
        assert_eq!(block_on(block_on(nested(1))), 2);
        assert_eq!(block_on(inferred()), [1, 2]);
        assert_eq!(block_on(function())(1), 2);
    });
    insta::assert_snapshot!(tree, @r#"
    tool object {"number":true} → "alloc::boxed::Box<dyn core::fmt::Display + core::marker::Send>"
    tool object {"number":false} → "alloc::boxed::Box<dyn core::fmt::Display + core::marker::Send>"
    tool opaque {"text":"abc"}
    tool nested {"value":1} → 2
    tool inferred → [1,2]
    tool function
    "#);
}

/// `impl Future` in the signature: whatever the body is, the span lasts until the future is ready.
#[test]
fn impl_future() {
    #[recount::task]
    fn with_set_up(values: &[u8]) -> impl Future<Output = usize> + '_ {
        let doubled: Vec<u8> = values.iter().map(|value| value * 2).collect();
        async move { inner(doubled.len()).await }
    }

    #[recount::task]
    async fn inner(value: usize) -> usize {
        value
    }

    #[recount::task]
    fn early(now: bool) -> impl Future<Output = Result<u8, String>> + use<> {
        if now {
            return futures::future::Either::Left(ready(Err("now".to_owned())));
        }
        futures::future::Either::Right(async { Ok(1) })
    }

    #[recount::task]
    fn with_bounds<'a, T: Clone + Send + 'a>(value: &'a T) -> impl Future<Output = T> + Send + use<'a, T>
    where
        &'a T: Send,
    {
        let value = value.clone();
        async move { value }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(with_set_up(&[1, 2])), 2);
        assert_eq!(block_on(early(true)), Err("now".into()));
        assert_eq!(block_on(early(false)), Ok(1));
        assert_eq!(block_on(is_send(with_bounds(&"text"))), "text");
    });
    insta::assert_snapshot!(tree, @r#"
    task with_set_up {"values":[1,2]} → 2
    └─ task inner {"value":2} → 2
    task early {"now":true}  ✗ String: now
    task early {"now":false} → 1
    task with_bounds {"value":"&&str"} → "&str"
    "#);
}

/// A future of a named type is a value like any other: it keeps its type.
#[test]
fn named_futures_keep_their_type() {
    #[recount::task]
    fn done(value: u8) -> Ready<u8> {
        ready(value)
    }

    let (value, tree) = recorded(|| {
        let future: Ready<u8> = done(3);
        future.into_inner()
    });
    assert_eq!(value, 3);
    insta::assert_snapshot!(tree, @r#"task done {"value":3} → "Ready(Some(3))""#);
}

/// The span below is the one in which the function was called, however late the future runs.
#[test]
fn the_parent_is_that_of_the_call() {
    #[recount::task]
    async fn child(name: &'static str) -> &'static str {
        ready(()).await;
        name
    }

    #[recount::workflow]
    fn caller() -> impl Future<Output = &'static str> + use<> + Unpin {
        Box::pin(child("called here, run elsewhere"))
    }

    #[recount::workflow]
    async fn runner(future: impl Future<Output = &'static str>) -> &'static str {
        child("called and run here").await;
        future.await
    }

    #[recount::workflow]
    fn lends() -> [Pin<Box<dyn Future<Output = &'static str>>>; 1] {
        [Box::pin(child("called in a function that has returned"))]
    }

    let ((), tree) = recorded(|| {
        let [future] = lends();
        block_on(runner(future));
        block_on(caller());
    });
    insta::assert_snapshot!(tree, @r#"
    workflow lends → "[core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future<Output = &str>>>; 1]"
    └─ task child {"name":"called in a function that has returned"} → "called in a function that has returned"
    workflow runner {"future":"core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future<Output = &str>>>"} → "called in a function that has returned"
    └─ task child {"name":"called and run here"} → "called and run here"
    workflow caller → "called here, run elsewhere"
    └─ task child {"name":"called here, run elsewhere"} → "called here, run elsewhere"
    "#);
}

/// The clock starts with the first poll, not with the call.
#[test]
fn the_clock_starts_with_the_first_poll() {
    #[recount::task]
    async fn waits() {}

    #[recount::task]
    fn in_between() {}

    let ((), spans) = records(|| {
        let future = waits();
        in_between();
        block_on(future);
    });
    assert_eq!(spans.iter().map(|span| span.name.as_ref()).collect::<Vec<_>>(), ["in_between", "waits"]);
    assert!(spans[0].end <= spans[1].start);
}

/// What runs inside is below; what is called between two polls by others is not.
#[test]
fn spans_are_entered_only_while_polled() {
    #[recount::task]
    async fn outer() -> u8 {
        leaf(1);
        tokio::task::yield_now().await;
        leaf(2);
        2
    }

    #[recount::tool]
    fn leaf(number: u8) -> u8 {
        number
    }

    let ((), tree) = recorded(|| {
        let mut future = Box::pin(outer());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        leaf(9);
        assert!(future.as_mut().poll(&mut context).is_ready());
    });
    insta::assert_snapshot!(tree, @r#"
    task outer → 2
    ├─ tool leaf {"number":1} → 1
    └─ tool leaf {"number":2} → 2
    tool leaf {"number":9} → 9
    "#);
}
