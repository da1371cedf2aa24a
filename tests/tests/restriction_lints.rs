//! Clippy's restriction lints that projects turn on one by one: generated code keeps out of their way. CI
//! denies
//! warnings.

#![warn(
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::clone_on_ref_ptr,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::expect_used,
    clippy::if_then_some_else_none,
    clippy::implicit_return,
    clippy::impl_trait_in_params,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::map_err_ignore,
    clippy::mem_forget,
    clippy::missing_docs_in_private_items,
    clippy::multiple_inherent_impl,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::redundant_type_annotations,
    clippy::ref_patterns,
    clippy::renamed_function_params,
    clippy::same_name_method,
    clippy::semicolon_inside_block,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::std_instead_of_core,
    clippy::string_add,
    clippy::try_err,
    clippy::undocumented_unsafe_blocks,
    clippy::unimplemented,
    clippy::unneeded_field_pattern,
    clippy::unreachable,
    clippy::unseparated_literal_suffix,
    clippy::unused_result_ok,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    clippy::use_debug,
    clippy::wildcard_enum_match_arm
)]
#![allow(clippy::needless_return, reason = "the opposite of `implicit_return`")]

use core::future::Future;

use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::stream::{Stream, StreamExt as _, iter};
use recount_tests::recorded;

/// Synchronous, with a result.
#[recount::tool(fields(length = text.len()))]
fn checked(text: &str, limit: usize) -> Result<usize, String> {
    if text.len() > limit {
        return Err(text.to_owned());
    }
    return Ok(text.len());
}

/// Runs later.
#[recount::tool]
async fn later(mut values: Vec<u8>, by: u8) -> Vec<u8> {
    values.push(by);
    return values;
}

/// A future from the signature.
#[recount::task]
fn future(value: u8) -> impl Future<Output = u8> {
    return async move { return value };
}

/// A boxed one.
#[recount::task]
fn boxed(value: u8) -> BoxFuture<'static, u8> {
    return Box::pin(async move { return value });
}

/// A stream that has to be opened.
#[recount::llm_span(provider = "openai", model = model)]
async fn open(model: &str) -> Result<impl Stream<Item = u8> + use<>, String> {
    if model.is_empty() {
        return Err(String::new());
    }
    return Ok(iter([1]));
}

/// Items.
#[recount::task]
fn items(values: &[u8]) -> impl Iterator<Item = &u8> {
    return values.iter();
}

/// With methods.
struct Holder(u8);

impl Holder {
    /// By reference.
    #[recount::tool(capture(self), output = |value| *value)]
    fn get(&self) -> u8 {
        return self.0;
    }

    /// By reference, later.
    #[recount::interaction(user = name, properties(length = name.len()))]
    async fn turn(&self, name: &str) -> u8 {
        return if name.is_empty() { 0 } else { self.0 };
    }
}

/// All of it runs and is recorded.
#[test]
fn functions_under_restriction_lints() {
    let ((), tree) = recorded(|| {
        assert_eq!(checked("ab", 2), Ok(2));
        assert_eq!(items(&[1, 2]).count(), 2);
        assert_eq!(Holder(3).get(), 3);
        block_on(async {
            assert_eq!(later(vec![1], 2).await, [1, 2]);
            assert_eq!(future(1).await, 1);
            assert_eq!(boxed(2).await, 2);
            if let Ok(stream) = open("gpt-5.2").await {
                assert_eq!(stream.count().await, 1);
            }
            assert_eq!(Holder(4).turn("user").await, 4);
        });
    });
    assert_eq!(tree.lines().count(), 8, "{tree}");
}
