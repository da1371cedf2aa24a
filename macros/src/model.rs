//! What an annotated function is to become, as plain data.

use proc_macro2::Span;
use syn::{Attribute, Expr, Ident, LitStr, Pat, Path, Token, Type};

use crate::kind::{Kind, Read};
use crate::parse::Expression;

/// Everything that the expansion needs to know beside the function itself.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) settings: Settings,
    pub(crate) receiver: Option<Token![self]>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) frame: Frame,
    pub(crate) ending: Ending,
}

/// The settings of the attribute.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<Expr>,
    pub(crate) target: Option<Expr>,
    pub(crate) level: Option<Level>,
    pub(crate) parent: Option<Expr>,
    pub(crate) skip: Vec<Ident>,
    pub(crate) skip_all: Option<Ident>,
    pub(crate) skip_output: Option<Ident>,
    /// The only arguments to capture.
    pub(crate) capture: Option<Vec<Ident>>,
    /// How to read single arguments.
    pub(crate) reads: Vec<(Ident, Read)>,
    /// A function of a reference to the output, the result of which is recorded instead.
    pub(crate) output: Option<Expr>,
    /// How to read errors; the identifier says so in the source.
    pub(crate) err: Option<(Ident, Read)>,
    pub(crate) runtime: Option<Path>,
    pub(crate) facts: Vec<Fact>,
}

/// The level of the span.
pub(crate) enum Level {
    /// A constant of the runtime's `Level`.
    Named(&'static str, Span),
    Expression(Expr),
}

/// Something to record about the call that is no argument.
pub(crate) struct Fact {
    /// The variant of the runtime's `Field`.
    pub(crate) field: &'static str,
    pub(crate) key: Option<LitStr>,
    /// Whether it is recorded only where content is.
    pub(crate) is_content: bool,
    pub(crate) value: Expression,
}

/// A parameter of the function, other than the receiver.
pub(crate) struct Parameter {
    /// The pattern as the user wrote it.
    pub(crate) pattern: Pat,
    /// The name by which it is recorded.
    pub(crate) name: String,
    /// What stands in the signature instead of the pattern: the same text, but out of reach of the user's code.
    pub(crate) outer: Ident,
    /// `cfg` attributes, which whatever names the parameter needs too.
    pub(crate) conditions: Vec<Attribute>,
    /// Lint levels; these move to the user's own binding.
    pub(crate) lints: Vec<Attribute>,
}

/// What encloses the body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A closure, called at once.
    Closure,
    /// The same, but the clock starts later: the body only makes a boxed future.
    Boxed,
    /// The same, for a function that never returns.
    Never,
    /// Nothing: a guard ends the call. For bodies that must not move into a closure.
    Guard,
    /// An `async` block that the function, no longer `async` itself, returns.
    Flat,
    /// An `async` block that the `async` function awaits.
    Nested,
    /// The same, for a function that never returns.
    NestedNever,
}

/// When the call is over, as far as the signature says so.
pub(crate) enum Ending {
    /// With the value, unless its type says that it is a boxed future, stream or iterator.
    Value,
    /// With the value, whose type is not quite known before the function returns it.
    Opaque,
    /// With the future, and then with its output of this type.
    Future(Option<Type>, Box<Ending>),
    /// With the last item; they are of this type.
    Items(Items, Option<Type>),
    /// The same within an alias, which may be one of `Result` or `Option`, else with the value.
    Alias(Items, Option<Type>),
    /// As the `Ok` says, or at once with the `Err`.
    Ok(Box<Ending>),
    /// As the `Some` says, or at once with the `None`.
    Some(Box<Ending>),
}

/// What gives items, one by one.
#[derive(Clone, Copy)]
pub(crate) enum Items {
    Stream,
    Iterator,
}
