use std::collections::HashSet;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, Pat, PatType, Signature};

use crate::model::Parameter;

/// The parameters beside the receiver, in order.
pub(super) fn lower(signature: &Signature) -> Vec<Parameter> {
    let typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    let has_receiver = signature.receiver().is_some();
    let mut taken: HashSet<String> =
        typed.clone().filter_map(|parameter| name(parameter, has_receiver)).collect();
    let mut outers = HashSet::new();
    typed
        .enumerate()
        .map(|(index, parameter)| {
            let name = name(parameter, has_receiver).unwrap_or_else(|| {
                let ignored = if matches!(&*parameter.pat, Pat::Wild(_)) { "_" } else { "" };
                free(format!("{ignored}arg{index}"), &mut taken)
            });
            let ident = match &*parameter.pat {
                Pat::Ident(pattern) => pattern.ident.clone(),
                pattern => Ident::new(&name, pattern.span()),
            };
            let mut outer = out_of_reach(&ident);
            // Two parameters of one text, told apart by the hygiene of the macro that made them.
            if !outers.insert(outer.to_string()) {
                outer = Ident::new(&free(outer.unraw().to_string(), &mut outers), outer.span());
            }
            Parameter {
                pattern: Pat::clone(&parameter.pat),
                name,
                outer,
                conditions: select(&parameter.attrs, is_condition),
                lints: select(&parameter.attrs, is_lint),
            }
        })
        .collect()
}

/// The parameter's own name, where it has one.
fn name(parameter: &PatType, has_receiver: bool) -> Option<String> {
    match &*parameter.pat {
        Pat::Ident(pattern) => {
            let name = pattern.ident.unraw().to_string();
            Some(name_before_async_trait(&name, has_receiver).unwrap_or(name))
        }
        _ => None,
    }
}

/// `#[async_trait]` makes `__arg2` of a pattern that is the second argument behind `self`: our `arg1`.
fn name_before_async_trait(name: &str, has_receiver: bool) -> Option<String> {
    let position: usize = name.strip_prefix("__arg")?.parse().ok()?;
    Some(format!("arg{}", position.checked_sub(has_receiver.into())?))
}

/// The name, or one like it that is not taken; takes it.
fn free(mut name: String, taken: &mut HashSet<String>) -> String {
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

/// The same text, where the user's code does not see it and the edition is ours.
fn out_of_reach(ident: &Ident) -> Ident {
    let span = Span::mixed_site().located_at(ident.span());
    let text = ident.to_string();
    match text.as_str() {
        // Keywords of this edition, names in earlier ones.
        "async" | "await" | "dyn" | "gen" | "try" => Ident::new_raw(&text, span),
        _ => {
            let mut ident = ident.clone();
            ident.set_span(span);
            ident
        }
    }
}

fn select(attributes: &[Attribute], is: fn(&Attribute) -> bool) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| is(attribute)).cloned().collect()
}

fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// Whether the attribute sets the level of a lint.
pub(crate) fn is_lint(attribute: &Attribute) -> bool {
    ["allow", "expect", "warn", "deny", "forbid"].iter().any(|level| attribute.path().is_ident(level))
}

/// The names that a pattern binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<&Ident> {
    match pattern {
        Pat::Ident(pattern) => {
            let below = pattern.subpat.iter().flat_map(|(_, pattern)| bindings(pattern));
            std::iter::once(&pattern.ident).chain(below).collect()
        }
        Pat::Or(pattern) => pattern.cases.first().map(bindings).unwrap_or_default(),
        Pat::Paren(pattern) => bindings(&pattern.pat),
        Pat::Reference(pattern) => bindings(&pattern.pat),
        Pat::Slice(pattern) => pattern.elems.iter().flat_map(bindings).collect(),
        Pat::Struct(pattern) => pattern.fields.iter().flat_map(|field| bindings(&field.pat)).collect(),
        Pat::Tuple(pattern) => pattern.elems.iter().flat_map(bindings).collect(),
        Pat::TupleStruct(pattern) => pattern.elems.iter().flat_map(bindings).collect(),
        Pat::Type(pattern) => bindings(&pattern.pat),
        _ => Vec::new(),
    }
}
