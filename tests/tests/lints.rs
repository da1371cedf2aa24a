//! Lints: annotated code draws no warning that the plain code does not, and goes on drawing those that help.
//!
//! CI denies warnings; here they only warn, so that a newer compiler with more of them can still run the
//! tests.

#![warn(
    future_incompatible,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
#![warn(
    explicit_outlives_requirements,
    let_underscore_drop,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![forbid(unsafe_code)]
#![allow(clippy::redundant_pub_crate, reason = "the opposite of `unreachable_pub`")]

use std::fmt::Debug;

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use recount_tests::recorded;

/// One function of every form, none of which draws a warning.
mod clean {
    use super::{BoxStream, Debug, Stream, StreamExt, stream};

    #[recount::tool]
    pub(super) fn nothing() {}

    #[recount::tool]
    pub(super) async fn nothing_later() {}

    #[recount::tool]
    pub(super) async fn large_error(fail: bool) -> Result<(), [u8; 200]> {
        if fail { Err([0; 200]) } else { Ok(()) }
    }

    #[recount::tool]
    pub(super) fn unit(list: &mut Vec<u8>) {
        list.clear();
    }

    #[recount::tool]
    pub(super) fn unit_result() -> Result<(), String> {
        Ok(())
    }

    #[recount::tool]
    pub(super) async fn result(text: &str) -> Result<usize, String> {
        nothing_later().await;
        unit_result()?;
        large_error(false).await.map_err(|_| "large")?;
        Ok(text.len())
    }

    #[recount::task(fields(length = text.len()), level = "debug")]
    pub(super) fn owned<T: Debug>(text: String, value: T) -> (String, T) {
        (text, value)
    }

    #[recount::task]
    pub(super) async fn gives_a_future() -> impl Future<Output = u8> {
        async { 1 }
    }

    #[recount::task]
    pub(super) async fn gives_an_async_block(value: u8) -> futures::future::BoxFuture<'static, u8> {
        Box::pin(async move { value })
    }

    #[recount::task]
    pub(super) fn future(value: u8) -> impl Future<Output = u8> + Send {
        async move { value }
    }

    #[recount::task]
    pub(super) fn boxed(value: u8) -> futures::future::BoxFuture<'static, Result<u8, String>> {
        Box::pin(async move { Ok(value) })
    }

    #[recount::llm_span(provider = "openai", model = model)]
    pub(super) async fn open(model: &str) -> Result<impl Stream<Item = Result<u8, String>> + use<>, String> {
        if model.is_empty() {
            return Err("no model".to_owned());
        }
        Ok(stream::iter([Ok(1)]))
    }

    #[recount::task]
    pub(super) fn streamed() -> BoxStream<'static, u8> {
        stream::iter([1]).boxed()
    }

    #[recount::task]
    pub(super) fn items(values: &[u8]) -> impl Iterator<Item = u8> + '_ {
        values.iter().copied()
    }

    #[recount::task]
    pub(super) fn unfinished(_value: u8) -> Result<u8, String> {
        todo!()
    }

    #[recount::task]
    pub(super) async fn unfinished_later(_value: u8) -> Vec<u8> {
        unimplemented!("later")
    }

    #[recount::task]
    pub(super) fn endless() -> ! {
        loop {
            std::thread::park();
        }
    }

    #[derive(Clone, Copy, Debug)]
    pub(super) struct Counter(pub(super) u8);

    impl Counter {
        #[recount::tool]
        pub(super) fn add(mut self, by: u8) -> Self {
            self.0 += by;
            self
        }

        #[recount::tool]
        pub(super) async fn get(&self) -> u8 {
            std::future::ready(self.0).await
        }
    }

    pub(super) trait Step {
        /// Documented, as `missing_docs` asks for in public traits.
        async fn step(&self, pair: (u8, u8)) -> u8;
    }

    impl Step for Counter {
        #[recount::task]
        async fn step(&self, (a, _): (u8, u8)) -> u8 {
            std::future::ready(self.0 + a).await
        }
    }

    #[async_trait::async_trait]
    pub(super) trait Boxed {
        async fn run(&self, value: u8) -> Result<u8, String>;
    }

    #[async_trait::async_trait]
    impl Boxed for Counter {
        #[recount::task]
        async fn run(&self, value: u8) -> Result<u8, String> {
            if value == 0 {
                return Err("zero".to_owned());
            }
            Ok(self.0 + value)
        }
    }
}

#[test]
fn clean_functions() {
    use clean::{Boxed, Counter, Step};

    let _: (fn(u8) -> _, fn() -> _) = (clean::unfinished, clean::endless);
    drop(clean::unfinished_later(1));
    let ((), tree) = recorded(|| {
        clean::nothing();
        let mut list = vec![1];
        clean::unit(&mut list);
        assert_eq!(clean::owned("a".to_owned(), list), ("a".to_owned(), vec![]));
        assert_eq!(clean::items(&[1, 2]).sum::<u8>(), 3);
        block_on(async {
            assert_eq!(clean::result("ab").await, Ok(2));
            assert_eq!(clean::gives_a_future().await.await, 1);
            assert_eq!(clean::gives_an_async_block(2).await.await, 2);
            assert_eq!(clean::future(3).await, 3);
            assert_eq!(clean::boxed(4).await, Ok(4));
            if let Ok(stream) = clean::open("gpt-5.2").await {
                assert_eq!(stream.count().await, 1);
            }
            assert_eq!(clean::streamed().count().await, 1);
            assert_eq!(Counter(1).add(2).get().await, 3);
            assert_eq!(Counter(1).step((2, 3)).await, 3);
            assert_eq!(Counter(1).run(2).await, Ok(3));
        });
    });
    assert_eq!(tree.lines().count(), 18, "{tree}");
}

/// What rustc and clippy say of the plain function they still say of the annotated one: each expectation is
/// met.
mod still_warned {
    use std::rc::Rc;

    #[recount::tool]
    #[expect(unused_variables, reason = "a parameter that is captured is not thereby used")]
    pub(super) fn unused_parameter(forgotten: u8, used: u8) -> u8 {
        used
    }

    #[recount::tool]
    #[expect(unused_variables)]
    pub(super) async fn unused_parameter_later(forgotten: u8, (a, b): (u8, u8)) -> u8 {
        a
    }

    #[recount::tool]
    #[expect(unused_mut)]
    pub(super) fn needless_mut(mut value: u8) -> u8 {
        value
    }

    #[recount::tool]
    #[expect(unused_assignments, unused_variables)]
    pub(super) fn lost_assignment(mut value: u8) {
        value = 1;
    }

    #[recount::tool]
    #[expect(unreachable_code)]
    pub(super) fn unreachable() -> u8 {
        return 1;
        2
    }

    #[recount::tool]
    #[expect(dead_code)]
    fn never_called() {}

    #[expect(dead_code)]
    #[recount::tool]
    async fn never_called_either() {}

    #[recount::tool]
    #[expect(unused_must_use)]
    pub(super) fn ignored_result() {
        "1".parse::<u8>();
    }

    #[recount::tool]
    #[expect(clippy::too_many_arguments, clippy::many_single_char_names)]
    pub(super) fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
        a + b + c + d + e + f + g + h
    }

    #[recount::tool]
    #[expect(clippy::future_not_send)]
    pub(super) async fn not_send(value: Rc<u8>) -> u8 {
        std::future::ready(()).await;
        *value
    }

    #[recount::tool]
    #[expect(clippy::let_and_return)]
    pub(super) fn needless_binding() -> u8 {
        let value = 1;
        value
    }

    #[recount::tool]
    #[expect(clippy::redundant_clone)]
    pub(super) fn needless_clone(text: &str) -> String {
        let owned = text.to_owned();
        owned.clone()
    }

    #[recount::tool]
    #[expect(clippy::match_single_binding)]
    pub(super) fn needless_match(value: u8) -> u8 {
        match value {
            other => other,
        }
    }
}

#[test]
fn functions_that_still_warn() {
    let ((), tree) = recorded(|| {
        assert_eq!(still_warned::unused_parameter(1, 2), 2);
        assert_eq!(block_on(still_warned::unused_parameter_later(1, (2, 3))), 2);
        assert_eq!(still_warned::needless_mut(1), 1);
        still_warned::lost_assignment(2);
        assert_eq!(still_warned::unreachable(), 1);
        still_warned::ignored_result();
        assert_eq!(still_warned::many(1, 1, 1, 1, 1, 1, 1, 1), 8);
        assert_eq!(block_on(still_warned::not_send(1.into())), 1);
        assert_eq!(still_warned::needless_binding(), 1);
        assert_eq!(still_warned::needless_clone("a"), "a");
        assert_eq!(still_warned::needless_match(1), 1);
    });
    assert_eq!(tree.lines().count(), 11, "{tree}");
}

/// A value that must be used must be used: the result, and the future before it is awaited.
#[test]
fn results_that_must_be_used() {
    #[recount::tool]
    #[must_use]
    fn now() -> u8 {
        1
    }

    #[must_use = "it took long enough"]
    #[recount::tool]
    async fn later() -> u8 {
        std::future::ready(1).await
    }

    #[recount::tool]
    async fn fallible() -> Result<u8, String> {
        std::future::ready(Ok(1)).await
    }

    let ((), tree) = recorded(|| {
        #[expect(unused_must_use)]
        {
            now();
            later();
            fallible();
        }
        block_on(async {
            #[expect(unused_must_use)]
            {
                later().await;
            }
            #[expect(unused_must_use)]
            {
                fallible().await;
            }
        });
    });
    assert_eq!(tree.lines().count(), 3, "{tree}");
}
