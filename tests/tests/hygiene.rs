//! Names: whatever the user calls things, generated code neither sees them nor is seen.

#![allow(
    dead_code,
    unreachable_pub,
    unused_macros,
    nonstandard_style,
    clippy::all,
    clippy::pedantic,
    reason = "the names are meant to be bad"
)]

use futures::executor::block_on;
use recount_tests::recorded;

/// Arguments and locals with the names that such macros like to use.
#[test]
fn arguments_named_like_generated_code() {
    #[recount::tool]
    fn call(call: u8, recording: u8, span: u8, out: u8, result: u8, value: u8, error: u8, future: u8) -> u8 {
        let (r, v, e, output) = (call, recording, span, out);
        r + v + e + output + result + value + error + future
    }

    #[recount::tool]
    async fn __recount(__recount: u8, guard: u8, __guard__: u8, __tracing_attr_span: u8, caller: u8) -> u8 {
        let (call, out) = (__recount, guard);
        std::future::ready(()).await;
        call + out + __guard__ + __tracing_attr_span + caller
    }

    #[recount::task]
    fn arg0((a, b): (u8, u8), arg0: u8, arg1: u8) -> u8 {
        a + b + arg0 + arg1
    }

    let (values, tree) =
        recorded(|| (call(1, 2, 3, 4, 5, 6, 7, 8), block_on(__recount(1, 2, 3, 4, 5)), arg0((1, 2), 3, 4)));
    assert_eq!(values, (36, 15, 10));
    insta::assert_snapshot!(tree, @r#"
    tool call {"call":1,"recording":2,"span":3,"out":4,"result":5,"value":6,"error":7,"future":8} → 36
    tool __recount {"guard":2,"caller":5} → 15
    task arg0 {"arg0_":[1,2],"arg0":3,"arg1":4} → 10
    "#);
}

/// Raw identifiers, as the function, the arguments, a module and a field; the `r#` is no part of any name.
#[test]
fn raw_identifiers() {
    mod r#type {
        #[derive(Debug, serde::Serialize)]
        pub struct r#struct {
            pub r#fn: u8,
        }
    }

    #[recount::tool(fields(r#loop = r#match))]
    fn r#move(r#match: u8, r#gen: r#type::r#struct) -> u8 {
        r#match + r#gen.r#fn
    }

    #[recount::tool]
    async fn r#try(r#await: u8) -> u8 {
        r#await
    }

    let (values, tree) = recorded(|| (r#move(1, r#type::r#struct { r#fn: 2 }), block_on(r#try(3))));
    assert_eq!(values, (3, 3));
    assert!(!tree.contains("r#"));
    insta::assert_snapshot!(tree, @r#"
    tool move {"match":1,"gen":{"fn":2}} → 3
    tool try {"await":3} → 3
    "#);
}

/// A function with the name of its attribute or of its argument, and names that are not ASCII.
#[test]
fn names_that_repeat_and_names_of_any_script() {
    use recount::{task, tool};

    #[tool]
    fn tool(tool: u8) -> u8 {
        tool
    }

    #[task(fields(größe = größe))]
    async fn größe(größe: u8, 長さ: u8) -> u8 {
        größe + 長さ
    }

    let (values, tree) = recorded(|| (tool(1), block_on(größe(2, 3))));
    assert_eq!(values, (1, 5));
    insta::assert_snapshot!(tree, @r#"
    tool tool {"tool":1} → 1
    task größe {"größe":2,"長さ":3} → 5
    "#);
}

/// Everything of the prelude means something else here.
mod shadowed_prelude {
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub struct Box;
    pub struct String;
    pub struct Vec;
    pub struct Option;
    pub struct Result;
    pub trait Send {}
    pub trait Sync {}
    pub trait Sized {}
    pub trait Drop {}
    pub trait Fn {}
    pub trait FnMut {}
    pub trait FnOnce {}
    pub trait Future {}
    pub trait Iterator {}
    pub trait Into {}
    pub trait From {}
    pub trait Clone {}
    pub trait Copy {}
    pub trait Default {}
    pub trait Debug {}
    pub trait Serialize {}
    pub fn drop() {}

    #[recount::tool]
    pub fn sync(value: u8) -> u8 {
        value
    }

    #[recount::tool]
    pub async fn later(value: u8) -> u8 {
        value
    }

    #[recount::tool]
    pub fn result(value: u8) -> ::core::result::Result<u8, u8> {
        ::core::result::Result::Err(value)
    }

    #[recount::tool]
    pub fn items(value: u8) -> impl ::core::iter::Iterator<Item = u8> {
        ::core::iter::once(value)
    }

    #[recount::tool]
    pub fn boxed(value: u8) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = u8>>> {
        ::std::boxed::Box::pin(async move { value })
    }
}

/// Modules with the names of crates, and a macro for each one that generated code could use.
mod shadowed_crates {
    mod std {}
    mod core {}
    mod alloc {}
    mod tracing {}
    mod tracing_core {}
    mod serde {}
    mod serde_json {}
    mod futures_core {}

    // Each of them would end the build if generated code called it.
    macro_rules! module_path {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! file {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! line {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! concat {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! stringify {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! format_args {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! panic {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! unreachable {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! matches {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }
    macro_rules! site {
        ($($anything:tt)*) => {
            compile_error!("the user's own macro was called")
        };
    }

    #[recount::tool(fields(key = value))]
    pub(super) fn sync(value: u8) -> u8 {
        value
    }

    #[recount::tool]
    pub(super) async fn later(value: u8) -> Result<u8, u8> {
        Ok(value)
    }

    #[recount::tool]
    pub(super) fn items(value: u8) -> impl Iterator<Item = u8> {
        Some(value).into_iter()
    }
}

#[test]
fn shadowed_names() {
    let (_, tree) = recorded(|| {
        assert_eq!(shadowed_prelude::sync(1), 1);
        assert_eq!(block_on(shadowed_prelude::later(2)), 2);
        assert_eq!(shadowed_prelude::result(3), Err(3));
        assert_eq!(shadowed_prelude::items(4).collect::<Vec<_>>(), [4]);
        assert_eq!(block_on(shadowed_prelude::boxed(5)), 5);
        assert_eq!(shadowed_crates::sync(6), 6);
        assert_eq!(block_on(shadowed_crates::later(7)), Ok(7));
        assert_eq!(shadowed_crates::items(8).sum::<u8>(), 8);
    });
    insta::assert_snapshot!(tree, @r#"
    tool sync {"value":1} → 1
    tool later {"value":2} → 2
    tool result {"value":3}  ✗ u8: 3
    tool items {"value":4} → [4]
    tool boxed {"value":5} → 5
    tool sync {"value":6} → 6
    tool later {"value":7} → 7
    tool items {"value":8} → [8]
    "#);
}

/// Items of the body are the body's own: imports of variants, functions, macros and constants.
#[test]
fn items_of_the_body() {
    enum Choice {
        Ok,
        Call,
    }

    #[recount::tool]
    fn chosen(first: bool) -> &'static str {
        use Choice::*;
        const NAME: &str = "call";
        fn name() -> &'static str {
            NAME
        }
        macro_rules! named {
            () => {
                name()
            };
        }
        match if first { Ok } else { Call } {
            Ok => "ok",
            Call => named!(),
        }
    }

    let (values, tree) = recorded(|| (chosen(true), chosen(false)));
    assert_eq!(values, ("ok", "call"));
    insta::assert_snapshot!(tree, @r#"
    tool chosen {"first":true} → "ok"
    tool chosen {"first":false} → "call"
    "#);
}

/// Functions that a macro writes: names, types, bodies, whole methods and `self` come as its arguments.
#[test]
fn functions_written_by_macros() {
    macro_rules! tool {
        (
            $(#[$attribute:meta])*
            $visibility:vis $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block
        ) => {
            #[recount::tool]
            $(#[$attribute])*
            $visibility fn $name($($argument: $type),*) -> $result $body
        };
    }
    macro_rules! method {
        ($self:ident, $name:ident, $pattern:pat, $value:expr) => {
            #[recount::tool(fields(value = $value))]
            fn $name(&$self, $pattern: u8) -> u8 {
                let local = $value;
                $self.0 + local
            }
        };
    }
    macro_rules! renamed {
        ($name:literal, $item:item) => {
            #[recount::task(name = $name)]
            $item
        };
    }
    macro_rules! local_of_the_macro {
        ($name:ident, $argument:ident) => {
            #[recount::task]
            fn $name($argument: u8, hidden: u8) -> u8 {
                $argument - hidden
            }
        };
    }

    tool!(#[inline] add(left: u8, right: u8) -> u8 { left + right });
    renamed!(
        "later",
        async fn one(text: &str) -> usize {
            text.len()
        }
    );
    local_of_the_macro!(difference, hidden);

    struct Holder(u8);
    impl Holder {
        method!(self, plus, _ignored, 1 + 1);
    }

    let (values, tree) = recorded(|| (add(1, 2), Holder(3).plus(9), block_on(one("abc")), difference(5, 3)));
    assert_eq!(values, (3, 5, 3, 2));
    insta::assert_snapshot!(tree, @r#"
    tool add {"left":1,"right":2} → 3
    tool plus → 5
    task later {"text":"abc"} → 3
    task difference {"hidden":3} → 2
    "#);
}
