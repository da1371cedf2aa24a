//! A crate may forbid what it wants: generated code asks for no exception.
#![forbid(unsafe_code, warnings, unreachable_code, unused, missing_docs, nonstandard_style, future_incompatible)]
#![forbid(unused_braces, unused_qualifications, unused_lifetimes, single_use_lifetimes, elided_lifetimes_in_paths)]
#![forbid(let_underscore_drop, trivial_casts, variant_size_differences, unreachable_pub, missing_debug_implementations)]

use std::future::Future;
use std::pin::Pin;

#[recount::tool(fields(area = width * 2), err(Debug))]
fn search(_limit: u32, width: u32) -> Result<u32, String> {
    Ok(width)
}

#[recount::workflow]
async fn find((width, _): (u32, u32), mut height: u32) -> u32 {
    height += width;
    height
}

#[recount::tool]
fn ignore(_: String, _seed: u64) -> Option<String> {
    None
}

#[recount::task]
fn wait<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = &'a str> + Send + 'a>> {
    Box::pin(async move { text })
}

#[recount::agent]
fn stop() {
    todo!()
}

fn main() {
    drop(search(1, 2));
    drop(ignore(String::new(), 3));
    drop(find((1, 2), 3));
    drop(wait("tea"));
    if std::env::args().count() > 99 {
        stop();
    }
}
