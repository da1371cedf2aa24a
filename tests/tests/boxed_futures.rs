//! Functions that return a boxed future: found by the type of the value, so any body and any alias will do.

use std::future::{Future, ready};
use std::pin::Pin;

use futures::FutureExt;
use futures::executor::block_on;
use futures::future::{BoxFuture, LocalBoxFuture};
use recount_tests::{facts, recorded, records};

type Response<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;
type Shared = Pin<Box<dyn Future<Output = u8> + Send + Sync>>;

#[recount::tool]
fn leaf(value: u8) -> u8 {
    value
}

/// Set-up before the future runs in the span too, and no statement of it gets lost.
#[test]
fn set_up_statements() {
    #[recount::task]
    fn work(mut list: Vec<u8>) -> Pin<Box<dyn Future<Output = usize>>> {
        list.push(leaf(1));
        let length = list.len();
        Box::pin(async move {
            leaf(2);
            length + list.len()
        })
    }

    let (value, tree) = recorded(|| block_on(work(vec![0])));
    assert_eq!(value, 4);
    insta::assert_snapshot!(tree, @r#"
    task work {"list":[0]} → 4
    ├─ tool leaf {"value":1} → 1
    └─ tool leaf {"value":2} → 2
    "#);
}

/// Early returns, match arms, `.boxed()`, a helper's box, and a variable: every tail is waited for.
#[test]
fn every_tail() {
    #[recount::task]
    fn tail(n: u8) -> BoxFuture<'static, u8> {
        if n == 0 {
            return Box::pin(async { leaf(9) });
        }
        match n {
            1 => async { leaf(1) }.boxed(),
            2 => helper(2),
            3 => {
                let mut future = helper(9);
                if n == 3 {
                    future = Box::pin(ready(3));
                }
                future
            }
            _ => Box::pin(async move { n }),
        }
    }

    fn helper(n: u8) -> BoxFuture<'static, u8> {
        async move { leaf(n) }.boxed()
    }

    let (values, tree) = recorded(|| [0, 1, 2, 3, 4].map(|n| block_on(tail(n))));
    assert_eq!(values, [9, 1, 2, 3, 4]);
    insta::assert_snapshot!(tree, @r#"
    task tail {"n":0} → 9
    └─ tool leaf {"value":9} → 9
    task tail {"n":1} → 1
    └─ tool leaf {"value":1} → 1
    task tail {"n":2} → 2
    └─ tool leaf {"value":2} → 2
    task tail {"n":3} → 3
    task tail {"n":4} → 4
    "#);
}

/// Aliases with parameters, futures that borrow, and each set of auto traits.
#[test]
fn aliases_lifetimes_and_auto_traits() {
    #[recount::task]
    fn borrowed<'a>(text: &'a str, other: &str) -> Response<'a, &'a str> {
        let fail = other.is_empty();
        Box::pin(async move { if fail { Err(text.to_uppercase()) } else { Ok(&text[1..]) } })
    }

    #[recount::task]
    fn local(text: &str) -> LocalBoxFuture<'_, usize> {
        let shared = std::rc::Rc::new(text.len());
        async move { *shared }.boxed_local()
    }

    #[recount::task]
    fn shared(value: u8) -> Shared {
        Box::pin(ready(value))
    }

    #[recount::task]
    fn generic<'a, T: Send + 'a>(value: T) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
        Box::pin(async move { value })
    }

    fn is_sync<T: Send + Sync>(value: T) -> T {
        value
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on(borrowed("abc", "other")), Ok("bc"));
        assert_eq!(block_on(borrowed("abc", "")), Err("ABC".into()));
        assert_eq!(block_on(local("abc")), 3);
        assert_eq!(block_on(is_sync(shared(1))), 1);
        let text = String::from("lent");
        assert_eq!(block_on(generic(&text)), "lent");
    });
    insta::assert_snapshot!(tree, @r#"
    task borrowed {"text":"abc","other":"other"} → "bc"
    task borrowed {"text":"abc","other":""}  ✗ String: ABC
    task local {"text":"abc"} → 3
    task shared {"value":1} → 1
    task generic {"value":"&alloc::string::String"} → "&alloc::string::String"
    "#);
}

/// An async function that returns a box gives the box, and the span lasts until what is in it is ready.
#[test]
fn async_functions_that_return_boxes() {
    #[recount::task]
    async fn boxed(value: u8) -> BoxFuture<'static, u8> {
        leaf(value);
        async move { leaf(value + 1) }.boxed()
    }

    let (value, tree) = recorded(|| block_on(async { boxed(1).await.await }));
    assert_eq!(value, 2);
    insta::assert_snapshot!(tree, @r#"
    task boxed {"value":1} → 2
    ├─ tool leaf {"value":1} → 1
    └─ tool leaf {"value":2} → 2
    "#);
}

/// The output is that of the future; a box that nobody polls was given up.
#[test]
fn what_is_recorded() {
    #[recount::task]
    fn work(value: u8) -> BoxFuture<'static, Result<u8, String>> {
        async move { if value == 0 { Err("zero".to_owned()) } else { Ok(value) } }.boxed()
    }

    let ((), spans) = records(|| {
        assert_eq!(block_on(work(1)), Ok(1));
        assert_eq!(block_on(work(0)), Err("zero".to_owned()));
        drop(work(2));
    });
    let told: Vec<_> = spans.iter().map(|span| format!("{:?}: {}", span.outcome, facts(span))).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    Completed: Argument value = 1
    Output = 1
    Failed: Argument value = 0
    Fault = {"type":"alloc::string::String","message":"zero"}
    Cancelled: Argument value = 2
    "#);
}
