//! Nothing that generated code names comes from a prelude, or from what stands in the crate's root.
#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code)]

mod std {}
mod core {}
mod alloc {}
mod tracing {}
mod serde {}
mod serde_json {}
mod futures {}

struct Ok;
struct Err;
struct Some;
struct None;
struct Option;
struct Result;
struct Box;
struct String;
struct Vec;
trait Future {}
trait Send {}
trait Sync {}
trait Fn {}
trait FnOnce {}
trait Drop {}
trait Debug {}
trait Serialize {}

#[::recount::tool(fields(length = query.len()), output = |length| *length, parent = ::core::option::Option::None)]
fn search(query: &str) -> usize {
    query.len()
}

#[::recount::workflow(name = "find")]
async fn find(query: &str) -> ::core::result::Result<usize, u8> {
    ::core::result::Result::Ok(search(query))
}

#[::recount::task]
fn numbers(limit: u32) -> impl ::core::iter::Iterator<Item = u32> {
    0..limit
}

#[::recount::agent]
async fn serve() -> ! {
    loop {
        ::core::future::ready(()).await;
    }
}

#[::recount::retrieval]
fn passages(
    query: u32,
) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = u32> + ::core::marker::Send>> {
    ::std::boxed::Box::pin(async move { query })
}

fn main() {
    search("tea");
    ::core::mem::drop(find("tea"));
    ::core::mem::drop(numbers(3));
    ::core::mem::drop(serve());
    ::core::mem::drop(passages(3));
}
