//! Traits of the user's that put methods on every type: generated code calls none of them.

#![allow(dead_code, clippy::unused_self, reason = "the methods are there to be found")]

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::{facts, records};

/// The names that generated code and the runtime use, each taking `self` in the way that is found first.
trait Hijack {
    fn capture(&self) -> &'static str {
        "hijacked"
    }
    fn of(&self) -> &'static str {
        "hijacked"
    }
    fn finish(&self, _: u8) -> &'static str {
        "hijacked"
    }
    fn run(&self) -> &'static str {
        "hijacked"
    }
    fn recording(&self) -> Option<u8> {
        Some(1)
    }
    fn field(&self) -> u8 {
        1
    }
    fn content(&self) -> u8 {
        1
    }
    fn identify(&self) -> u8 {
        1
    }
    fn guard(&self) -> u8 {
        1
    }
    fn end(&self) -> u8 {
        1
    }
    fn poll(&self) -> u8 {
        1
    }
    fn argument(&self) -> u8 {
        1
    }
    fn output(&self) -> u8 {
        1
    }
}

impl<T: ?Sized> Hijack for T {}

struct Bare;

#[recount::tool(fields(key = value), output = |value| *value)]
fn sync(value: u8, bare: &Bare) -> u8 {
    let _ = bare.capture();
    value
}

#[recount::interaction(user = value)]
async fn later(value: u8) -> Result<u8, String> {
    if value == 0 { Err("zero".to_owned()) } else { Ok(value) }
}

#[recount::task]
#[track_caller]
fn tracked(value: u8) -> u8 {
    value
}

#[recount::task]
fn boxed(value: u8) -> futures::future::BoxFuture<'static, u8> {
    Box::pin(async move { value })
}

#[recount::task]
async fn streamed(value: u8) -> Result<impl Stream<Item = u8>, String> {
    Ok(stream::iter([value]))
}

#[recount::task]
fn items(value: u8) -> impl Iterator<Item = u8> {
    std::iter::once(value)
}

#[test]
fn blanket_traits_do_not_hijack_capture() {
    let ((), spans) = records(|| {
        assert_eq!(sync(1, &Bare), 1);
        assert_eq!(block_on(later(2)), Ok(2));
        assert!(block_on(later(0)).is_err());
        assert_eq!(tracked(3), 3);
        assert_eq!(block_on(boxed(4)), 4);
        block_on(async { assert_eq!(streamed(5).await.expect("a stream").count().await, 1) });
        assert_eq!(items(6).count(), 1);
    });
    let told: Vec<_> = spans.iter().map(|span| format!("[{}]\n{}", span.name, facts(span))).collect();
    assert!(!told.concat().contains("hijacked"));
    insta::assert_snapshot!(told.join("\n"), @r#"
    [sync]
    Argument value = 1
    Argument bare = "&blanket_traits::Bare"
    Attribute key = 1
    Output = 1
    [later]
    User = 2
    Output = 2
    [later]
    User = 0
    Fault = {"type":"alloc::string::String","message":"zero"}
    [tracked]
    Argument value = 3
    [boxed]
    Argument value = 4
    Output = 4
    [streamed]
    Argument value = 5
    FirstItem = 0.001
    Item = 5
    ItemCount = 1
    [items]
    Argument value = 6
    FirstItem = 0.001
    Item = 6
    ItemCount = 1
    "#);
}
