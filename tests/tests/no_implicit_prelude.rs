//! A crate without a prelude: generated code brings its own names.

#![no_implicit_prelude]

#[::recount::tool]
fn sync(value: u8) -> ::std::result::Result<u8, ::std::string::String> {
    ::std::result::Result::Ok(value)
}

#[::recount::tool(fields(key = value), output = |output| *output)]
async fn later(value: u8) -> u8 {
    value
}

#[::recount::task]
fn future(value: u8) -> impl ::std::future::Future<Output = u8> {
    async move { value }
}

#[::recount::task]
fn boxed(value: u8) -> ::futures::future::BoxFuture<'static, u8> {
    ::std::boxed::Box::pin(async move { value })
}

#[::recount::task]
fn items(value: u8) -> impl ::std::iter::Iterator<Item = u8> {
    ::std::iter::once(value)
}

#[::recount::task]
fn stream(value: u8) -> impl ::futures::Stream<Item = u8> {
    ::futures::stream::iter([value])
}

#[::recount::task]
async fn stream_later(value: u8) -> ::std::result::Result<impl ::futures::Stream<Item = u8>, u8> {
    ::std::result::Result::Ok(::futures::stream::iter([value]))
}

#[::recount::interaction(user = user, tags = ["a"], properties(key = 1))]
fn turn(user: &str) {
    let _ = user;
}

#[::std::prelude::rust_2024::test]
fn everything_is_recorded() {
    use ::futures::StreamExt as _;
    use ::futures::executor::block_on;
    use ::std::iter::Iterator as _;

    let ((), tree) = ::recount_tests::recorded(|| {
        ::std::assert_eq!(sync(1), ::std::result::Result::Ok(1));
        ::std::assert_eq!(block_on(later(2)), 2);
        ::std::assert_eq!(block_on(future(3)), 3);
        ::std::assert_eq!(block_on(boxed(4)), 4);
        ::std::assert_eq!(items(5).count(), 1);
        ::std::assert_eq!(block_on(stream(6).count()), 1);
        block_on(async {
            if let ::std::result::Result::Ok(stream) = stream_later(7).await {
                ::std::assert_eq!(stream.count().await, 1);
            }
        });
        turn("u");
    });
    ::std::assert_eq!(tree.lines().count(), 8, "{tree}");
}
