use proc_macro2::{Group, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Meta, ReturnType, Token, Type, TypeImplTrait};

use super::ending::{last_segment, peeled, traits};
use crate::model::Frame;
use crate::parse::Function;

/// What may enclose the body of the function.
pub(super) fn of(function: &Function) -> Frame {
    let output = &function.signature.output;
    let is_never = matches!(output, ReturnType::Type(_, ty) if matches!(peeled(ty), Type::Never(_)));
    if function.signature.asyncness.is_none() {
        return if returns_closure(output) || has(&function.attributes, "track_caller") {
            Frame::Guard
        } else if is_never {
            Frame::Never
        } else if only_boxes_a_future(&function.body) {
            Frame::Boxed
        } else {
            Frame::Closure
        };
    }
    if is_never {
        Frame::NestedNever
    } else if function.attributes.iter().all(|attribute| is_inert(&attribute.meta)) {
        Frame::Flat
    } else {
        Frame::Nested
    }
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident(name))
}

/// Whether the attribute means the same on a function that is no longer `async`.
///
/// `must_use` does not: on an `async` function it speaks of the output. An unknown one may be a macro that looks
/// for `async`.
fn is_inert(attribute: &Meta) -> bool {
    const INERT: [&str; 12] = [
        "doc",
        "allow",
        "expect",
        "warn",
        "deny",
        "forbid",
        "deprecated",
        "cfg",
        "inline",
        "cold",
        "no_mangle",
        "automatically_derived",
    ];
    const TOOLS: [&str; 4] = ["clippy", "rustfmt", "rustdoc", "diagnostic"];
    let path = attribute.path();
    if path.is_ident("cfg_attr") {
        let Meta::List(list) = attribute else { return false };
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        return parts.is_ok_and(|parts| parts.iter().skip(1).all(is_inert));
    }
    if path.is_ident("unsafe") {
        return true;
    }
    match path.get_ident() {
        Some(ident) => INERT.iter().any(|inert| ident == inert),
        None => path.segments.first().is_some_and(|tool| TOOLS.iter().any(|known| tool.ident == known)),
    }
}

/// Whether the body is `Box::pin(async ..)` and nothing else, as `#[async_trait]` writes it.
fn only_boxes_a_future(body: &Group) -> bool {
    let mut tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let Some(TokenTree::Group(argument)) = tokens.pop() else { return false };
    let path: String = tokens.iter().map(ToString::to_string).collect();
    let is_async =
        matches!(argument.stream().into_iter().next(), Some(TokenTree::Ident(first)) if first == "async");
    is_async && path.trim_start_matches("::").ends_with("Box::pin") && !path.contains([';', '(', '{'])
}

/// Whether the function returns an `impl Fn`: what the compiler learns of a closure's parameters from the
/// signature would not reach it inside another closure.
fn returns_closure(output: &ReturnType) -> bool {
    struct Closures(bool);

    impl VisitMut for Closures {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
            let names = ["Fn", "FnMut", "FnOnce", "AsyncFn", "AsyncFnMut", "AsyncFnOnce"];
            self.0 |= traits(ty).any(|bound| names.iter().any(|name| last_segment(bound).ident == name));
            visit_mut::visit_type_impl_trait_mut(self, ty);
        }
    }

    let mut closures = Closures(false);
    closures.visit_return_type_mut(&mut output.clone());
    closures.0
}
