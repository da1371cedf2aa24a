//! Generics: type, const and lifetime parameters, bounds, `impl Trait` and `dyn` arguments.

use std::borrow::Cow;
use std::fmt::{Debug, Display};

use futures::executor::block_on;
use recount_tests::recorded;
use serde::Serialize;

/// Neither `Debug` nor `Serialize`, nor anything else.
struct Bare;

/// Type parameters without a bound; capture takes what the bounds promise and asks for no more.
#[test]
fn type_parameters() {
    #[recount::tool]
    fn unbounded<T>(value: T) -> T {
        value
    }

    #[recount::tool]
    fn debug<T: Debug>(value: T) -> T {
        value
    }

    #[recount::tool]
    fn serialize<T>(value: T) -> T
    where
        T: Serialize,
    {
        value
    }

    #[recount::tool]
    fn not_sized<T: ?Sized + Display>(value: &T) -> String {
        value.to_string()
    }

    trait Holds {
        type Held: Serialize;
        fn held(&self) -> Self::Held;
    }

    impl Holds for Bare {
        type Held = (u8, char);
        fn held(&self) -> (u8, char) {
            (1, 'a')
        }
    }

    #[recount::tool]
    fn associated<H: Holds>(holder: &H) -> H::Held {
        holder.held()
    }

    let ((), tree) = recorded(|| {
        let _: Bare = unbounded(Bare);
        unbounded(7_u32);
        debug("text");
        serialize(("text", 1));
        not_sized("text");
        associated(&Bare);
    });
    insta::assert_snapshot!(tree, @r#"
    tool unbounded {"value":"generics::Bare"} → "generics::Bare"
    tool unbounded {"value":"u32"} → "u32"
    tool debug {"value":"\"text\""} → "\"text\""
    tool serialize {"value":["text",1]} → ["text",1]
    tool not_sized {"value":"&str"} → "text"
    tool associated {"holder":"&generics::Bare"} → [1,"a"]
    "#);
}

/// Const parameters, and explicit arguments in the order of the declaration.
#[test]
fn const_parameters_and_turbofish() {
    #[recount::tool]
    fn sum<T, const N: usize, const NEGATIVE: bool>(values: [T; N]) -> i64
    where
        T: Into<i64>,
    {
        let sum = values.into_iter().map(Into::into).sum::<i64>();
        if NEGATIVE { -sum } else { sum }
    }

    #[recount::task]
    async fn repeated<const N: usize>(text: &str, _with: impl Debug) -> [String; N] {
        std::array::from_fn(|_| text.to_owned())
    }

    let (values, tree) = recorded(|| {
        (sum::<u8, 3, true>([1, 2, 3]), sum::<_, 1, false>([4_i32]), block_on(repeated::<2>("a", ())))
    });
    assert_eq!(values, (-6, 4, ["a".to_owned(), "a".to_owned()]));
    insta::assert_snapshot!(tree, @r#"
    tool sum {"values":"[u8; 3]"} → -6
    tool sum {"values":"[i32; 1]"} → 4
    task repeated {"text":"a"} → "[\"a\", \"a\"]"
    "#);
}

/// Several lifetimes, elided ones, bounds between them, and results that live as long as one of them.
#[test]
fn lifetimes() {
    #[recount::tool]
    fn within<'a, 'b: 'a>(text: &'b str, other: &'a str) -> (&'a str, &'b str) {
        (other, text)
    }

    #[recount::tool]
    fn cow<'a>(text: &'a str, _reason: &'_ str) -> Cow<'a, str> {
        Cow::Borrowed(text)
    }

    struct Borrowed<'a>(&'a str);

    impl<'a> Borrowed<'a> {
        #[recount::tool]
        fn get(&self) -> &'a str {
            self.0
        }

        #[recount::tool(output = |value| value.0)]
        async fn get_later<'b>(&'b self, _other: &str) -> (&'a str, &'b Self) {
            std::future::ready(()).await;
            (self.0, self)
        }
    }

    let ((), tree) = recorded(|| {
        let text = String::from("text");
        let (outer, later) = {
            let borrowed = Borrowed(&text);
            let _ = within(&text, borrowed.get());
            (borrowed.get(), block_on(borrowed.get_later("x")).0)
        };
        assert_eq!((outer, later), ("text", "text"));
        assert!(matches!(cow(&text, "why"), Cow::Borrowed("text")));
    });
    insta::assert_snapshot!(tree, @r#"
    tool get → "text"
    tool within {"text":"text","other":"text"} → ["text","text"]
    tool get → "text"
    tool get_later → "text"
    tool cow {"text":"text"} → "text"
    "#);
}

/// Bounds for any lifetime, and functions as arguments of every form.
#[test]
fn functions_as_arguments() {
    #[recount::tool]
    fn for_any_lifetime<F>(function: F, text: &str) -> usize
    where
        F: for<'a> Fn(&'a str) -> &'a str,
    {
        function(text).len()
    }

    #[recount::tool]
    fn opaque(function: impl FnOnce(u8) -> u8, mut each: impl FnMut(u8)) -> u8 {
        each(1);
        function(2)
    }

    #[recount::tool(skip(pointer))]
    fn objects(
        function: &dyn Fn(u8) -> u8,
        boxed: Box<dyn FnOnce() -> u8 + '_>,
        pointer: fn(u8) -> u8,
    ) -> u8 {
        function(1) + boxed() + pointer(1)
    }

    #[recount::task]
    async fn asynchronous(function: impl AsyncFn(u8) -> u8, object: &mut (dyn Debug + Send)) -> u8 {
        let _ = format!("{object:?}");
        function(1).await + function(2).await
    }

    let ((), tree) = recorded(|| {
        let mut seen = Vec::new();
        assert_eq!(for_any_lifetime(|text| &text[1..], "abc"), 2);
        assert_eq!(opaque(|value| value * 2, |value| seen.push(value)), 4);
        assert_eq!(objects(&|value| value, Box::new(|| 5), |value| value + 1), 8);
        assert_eq!(block_on(asynchronous(async |value| value + 1, &mut "object")), 5);
        assert_eq!(seen, [1]);
    });
    insta::assert_snapshot!(tree, @r#"
    tool for_any_lifetime {"function":"generics::functions_as_arguments::{{closure}}::{{closure}}","text":"abc"} → 2
    tool opaque {"function":"generics::functions_as_arguments::{{closure}}::{{closure}}","each":"generics::functions_as_arguments::{{closure}}::{{closure}}"} → 4
    tool objects {"function":"&dyn core::ops::function::Fn(u8) -> u8","boxed":"alloc::boxed::Box<dyn core::ops::function::FnOnce() -> u8>"} → 8
    task asynchronous {"function":"generics::functions_as_arguments::{{closure}}::{{closure}}","object":"\"object\""} → 5
    "#);
}

/// A generic function that calls itself, and one that is only reached through a generic trait.
#[test]
fn generic_recursion_and_dispatch() {
    trait Visit<T> {
        fn visit(&mut self, value: T) -> usize;
    }

    impl<T: Debug + Clone, const N: usize> Visit<[T; N]> for Vec<T> {
        #[recount::task]
        fn visit(&mut self, value: [T; N]) -> usize {
            self.extend_from_slice(&value);
            self.len()
        }
    }

    #[recount::task]
    fn depth<T: Copy>(value: T, left: u8) -> u8 {
        if left == 0 { 0 } else { 1 + depth::<T>(value, left - 1) }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(Vec::new().visit([1, 2]), 2);
        assert_eq!(depth('x', 2), 2);
    });
    insta::assert_snapshot!(tree, @r#"
    task visit {"value":"[1, 2]"} → 2
    task depth {"value":"char","left":2} → 2
    └─ task depth {"value":"char","left":1} → 1
       └─ task depth {"value":"char","left":0} → 0
    "#);
}
