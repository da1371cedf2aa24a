//! Errors: read by the type of the returned value, with what they say of themselves.

use std::error::Error;
use std::fmt;
use std::ops::ControlFlow;
use std::task::Poll;

use futures::executor::block_on;
use recount::wire::{Field, Outcome, SpanRecord};
use recount_tests::{fact, recorded, records};

#[derive(Debug, thiserror::Error)]
#[error("cannot load {path}")]
struct LoadError {
    path: String,
    source: std::num::ParseIntError,
}

fn load(path: &str) -> Result<u8, LoadError> {
    "x".parse().map_err(|source| LoadError { path: path.into(), source })
}

/// What each span says of its error.
fn told(spans: &[SpanRecord]) -> String {
    let line = |span: &SpanRecord| match span.outcome {
        Outcome::Failed => format!("{}: {}", span.name, fact(span, Field::Fault).unwrap_or_default()),
        outcome => format!("{}: {outcome:?}", span.name),
    };
    spans.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Typed errors, with their sources, from sync and async functions.
#[test]
fn typed_errors_and_their_sources() {
    #[recount::tool]
    fn typed(path: &str) -> Result<u8, LoadError> {
        load(path)
    }

    #[recount::tool]
    async fn typed_later(path: &str) -> Result<u8, LoadError> {
        let value = load(path)?;
        Ok(value)
    }

    #[recount::tool]
    fn io() -> std::io::Result<()> {
        Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"))
    }

    #[recount::tool]
    fn generic_type() -> Result<(), std::sync::PoisonError<Vec<u8>>> {
        Err(std::sync::PoisonError::new(vec![1]))
    }

    let ((), spans) = records(|| {
        let _ = typed("a");
        let _ = block_on(typed_later("b"));
        let _ = io();
        let _ = generic_type();
    });
    insta::assert_snapshot!(told(&spans), @r#"
    typed: {"type":"errors::LoadError","message":"cannot load a","chain":["invalid digit found in string"]}
    typed_later: {"type":"errors::LoadError","message":"cannot load b","chain":["invalid digit found in string"]}
    io: {"type":"std::io::error::Error","message":"no such file"}
    generic_type: {"type":"std::sync::poison::PoisonError","message":"poisoned lock: another task failed inside"}
    "#);
}

/// Errors whose type is erased: `anyhow`, boxes, references.
#[test]
fn erased_errors() {
    #[recount::task]
    fn with_context() -> anyhow::Result<u8> {
        use anyhow::Context;
        load("a").context("while starting")
    }

    #[recount::task]
    fn boxed() -> Result<u8, Box<dyn Error>> {
        Ok(load("b")?)
    }

    #[recount::task]
    async fn boxed_send() -> Result<u8, Box<dyn Error + Send + Sync>> {
        Err("only text")?
    }

    #[recount::task]
    fn referenced(error: &LoadError) -> Result<u8, &LoadError> {
        Err(error)
    }

    #[recount::task]
    fn referenced_object<'a>(error: &'a (dyn Error + 'static)) -> Result<u8, &'a (dyn Error + 'static)> {
        Err(error)
    }

    #[recount::task]
    fn shared() -> Result<u8, std::sync::Arc<LoadError>> {
        load("c").map_err(std::sync::Arc::new)
    }

    let ((), spans) = records(|| {
        let _ = with_context();
        let _ = boxed();
        let _ = block_on(boxed_send());
        if let Err(error) = load("d") {
            let _ = referenced(&error);
            let _ = referenced_object(&error);
        }
        let _ = shared();
    });
    insta::assert_snapshot!(told(&spans), @r#"
    with_context: {"type":"","message":"while starting","chain":["cannot load a","invalid digit found in string"]}
    boxed: {"type":"","message":"cannot load b","chain":["invalid digit found in string"]}
    boxed_send: {"type":"","message":"only text"}
    referenced: {"type":"errors::LoadError","message":"cannot load d","chain":["invalid digit found in string"]}
    referenced_object: {"type":"","message":"cannot load d","chain":["invalid digit found in string"]}
    shared: {"type":"errors::LoadError","message":"cannot load c","chain":["invalid digit found in string"]}
    "#);
}

/// Errors that are no `Error`: texts, what only formats, and what does not even do that.
#[test]
fn errors_of_any_type() {
    struct OnlyDisplay;

    impl fmt::Display for OnlyDisplay {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("displayed")
        }
    }

    #[derive(Debug)]
    struct OnlyDebug;

    struct Neither;

    struct Borrowed<'a>(&'a str);

    impl fmt::Debug for Borrowed<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "borrowed {}", self.0)
        }
    }

    impl fmt::Display for Borrowed<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Borrowed<'_> {}

    #[recount::tool]
    fn text() -> Result<(), String> {
        Err("text".into())
    }
    #[recount::tool]
    fn lent_text(text: &str) -> Result<(), &str> {
        Err(text)
    }
    #[recount::tool]
    fn only_display() -> Result<(), OnlyDisplay> {
        Err(OnlyDisplay)
    }
    #[recount::tool]
    fn only_debug() -> Result<(), OnlyDebug> {
        Err(OnlyDebug)
    }
    #[recount::tool]
    fn neither() -> Result<(), Neither> {
        Err(Neither)
    }
    #[recount::tool]
    fn borrowed(text: &str) -> Result<(), Borrowed<'_>> {
        Err(Borrowed(text))
    }
    #[recount::tool]
    fn unit() -> Result<u8, ()> {
        Err(())
    }

    let ((), spans) = records(|| {
        let _ = text();
        let _ = lent_text("lent");
        let _ = only_display();
        let _ = only_debug();
        let _ = neither();
        let _ = borrowed("lent");
        let _ = unit();
    });
    insta::assert_snapshot!(told(&spans), @r#"
    text: {"type":"alloc::string::String","message":"text"}
    lent_text: {"type":"str","message":"lent"}
    only_display: {"type":"errors::errors_of_any_type::OnlyDisplay","message":"displayed"}
    only_debug: {"type":"errors::errors_of_any_type::OnlyDebug","message":"OnlyDebug"}
    neither: {"type":"errors::errors_of_any_type::Neither","message":"errors::errors_of_any_type::Neither"}
    borrowed: {"type":"errors::errors_of_any_type::Borrowed","message":"lent"}
    unit: {"type":"()","message":"()"}
    "#);
}

/// In generic functions the bounds tell what can be read.
#[test]
fn generic_errors() {
    #[recount::task]
    fn unbounded<T, E>(result: Result<T, E>) -> Result<T, E> {
        result
    }
    #[recount::task]
    fn bounded<E: Error>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[recount::task]
    fn converted<E: From<LoadError> + fmt::Debug>() -> Result<u8, E> {
        Ok(load("a")?)
    }

    let ((), spans) = records(|| {
        let _ = unbounded::<u8, _>(Err("hidden"));
        let _ = unbounded::<_, ()>(Ok(1));
        let _ = bounded(fmt::Error);
        let _ = converted::<LoadError>();
    });
    insta::assert_snapshot!(told(&spans), @r#"
    unbounded: {"type":"str","message":"str"}
    unbounded: Completed
    bounded: {"type":"core::fmt::Error","message":"an error occurred when formatting an argument"}
    converted: {"type":"errors::LoadError","message":"LoadError { path: \"a\", source: ParseIntError { kind: InvalidDigit } }"}
    "#);
}

/// Aliases of `Result`, and types that only look like one.
#[test]
fn aliases_and_namesakes() {
    type Outcome<T = u8> = Result<T, LoadError>;

    mod foreign {
        pub(crate) type Result<T> = std::result::Result<T, std::fmt::Error>;
    }

    mod own {
        #[derive(Debug)]
        pub(crate) enum Result<T, E> {
            Err(E),
            #[allow(dead_code)]
            Ok(T),
        }
    }

    #[recount::task]
    fn alias() -> Outcome {
        load("a")
    }
    #[recount::task]
    fn foreign_alias() -> foreign::Result<u8> {
        Err(fmt::Error)
    }
    #[recount::task]
    fn formats() -> fmt::Result {
        Err(fmt::Error)
    }
    #[recount::task]
    fn namesake() -> own::Result<u8, &'static str> {
        own::Result::Err("no error to us")
    }

    let ((), spans) = records(|| {
        let _ = alias();
        let _ = foreign_alias();
        let _ = formats();
        let own::Result::Err(_) = namesake() else { unreachable!() };
    });
    insta::assert_snapshot!(told(&spans), @r#"
    alias: {"type":"errors::LoadError","message":"cannot load a","chain":["invalid digit found in string"]}
    foreign_alias: {"type":"core::fmt::Error","message":"an error occurred when formatting an argument"}
    formats: {"type":"core::fmt::Error","message":"an error occurred when formatting an argument"}
    namesake: Completed
    "#);
}

/// What is no `Result` is no failure, whatever is inside; of nested ones the outer counts.
#[test]
fn values_that_are_no_failure() {
    #[recount::task]
    fn nothing() -> Option<u8> {
        None
    }
    #[recount::task]
    fn broken() -> ControlFlow<u8, ()> {
        ControlFlow::Break(1)
    }
    #[recount::task]
    fn polled() -> Poll<Result<u8, String>> {
        Poll::Ready(Err("ready".into()))
    }
    #[recount::task]
    fn optional() -> Option<Result<u8, String>> {
        Some(Err("some".into()))
    }
    #[recount::task]
    fn inner_failure() -> Result<Result<u8, String>, String> {
        Ok(Err("inner".into()))
    }
    #[recount::task]
    fn outer_failure() -> Result<Result<u8, String>, String> {
        Err("outer".into())
    }
    #[recount::task]
    fn infallible() -> Result<u8, std::convert::Infallible> {
        Ok(1)
    }

    let ((), tree) = recorded(|| {
        let _ = (nothing(), broken(), polled(), optional());
        let _ = (inner_failure(), outer_failure(), infallible());
    });
    insta::assert_snapshot!(tree, @r#"
    task nothing
    task broken → "Break(1)"
    task polled → "Ready(Err(\"ready\"))"
    task optional → {"Err":"some"}
    task inner_failure → {"Err":"inner"}
    task outer_failure  ✗ String: outer
    task infallible → 1
    "#);
}

/// `err(Debug)` and `err(Display)` choose the text.
#[test]
fn chosen_text() {
    #[recount::tool(err(Debug))]
    fn debug() -> Result<u8, LoadError> {
        load("a")
    }
    #[recount::tool(err(Display))]
    async fn display() -> anyhow::Result<u8> {
        Ok(load("a")?)
    }

    let ((), spans) = records(|| {
        let _ = debug();
        let _ = block_on(display());
    });
    insta::assert_snapshot!(told(&spans), @r#"
    debug: {"type":"errors::LoadError","message":"LoadError { path: \"a\", source: ParseIntError { kind: InvalidDigit } }"}
    display: {"type":"anyhow::Error","message":"cannot load a"}
    "#);
}

/// An error that the caller deals with marks the callee only.
#[test]
fn errors_that_are_handled() {
    #[recount::tool]
    fn fails() -> Result<u8, String> {
        Err("handled".into())
    }
    #[recount::workflow]
    fn handles() -> u8 {
        fails().unwrap_or(7)
    }

    let (value, tree) = recorded(handles);
    assert_eq!(value, 7);
    insta::assert_snapshot!(tree, @"
    workflow handles → 7
    └─ tool fails  ✗ String: handled
    ");
}

/// Errors that fail or panic while they are formatted, and rings of sources, leave a span all the same.
#[test]
fn hostile_errors() {
    #[derive(Debug)]
    struct Failing;

    impl fmt::Display for Failing {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    impl Error for Failing {}

    #[derive(Debug)]
    struct Panicking;

    impl fmt::Display for Panicking {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("while formatting")
        }
    }

    impl Error for Panicking {}

    #[derive(Debug)]
    struct Ring;

    impl fmt::Display for Ring {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("ring")
        }
    }

    impl Error for Ring {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Ring)
        }
    }

    #[derive(Debug)]
    struct PanickingSource;

    impl fmt::Display for PanickingSource {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("with a source")
        }
    }

    impl Error for PanickingSource {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            panic!("while looking for the source")
        }
    }

    #[recount::tool]
    fn fail<E>(error: E) -> Result<(), E>
    where
        E: Error,
    {
        Err(error)
    }

    let ((), spans) = records(|| {
        assert!(fail(Failing).is_err());
        assert!(fail(Panicking).is_err());
        assert!(fail(PanickingSource).is_err());
        assert!(fail(Ring).is_err());
    });
    let ring = fact(&spans[3], Field::Fault).unwrap_or_default();
    assert_eq!(ring.matches("\"ring\"").count(), 33);
    insta::assert_snapshot!(told(&spans[..3]), @r#"
    fail: {"type":"errors::hostile_errors::Failing","message":"(its message could not be formatted)"}
    fail: {"type":"errors::hostile_errors::Panicking","message":"(its message could not be formatted)"}
    fail: {"type":"errors::hostile_errors::PanickingSource","message":"with a source"}
    "#);
}
