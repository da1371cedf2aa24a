//! Lets the expressions of the attribute name the function's arguments, which the expansion hides from all other
//! code of the user's.

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;

use super::{Expansion, ours_at};
use crate::model::Parameter;

/// The same expression, with the arguments' names as they are in the new signature.
pub(super) fn renamed(expression: TokenStream, parameters: &[Parameter]) -> TokenStream {
    expression
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) => TokenTree::Ident(renamed_ident(&ident, parameters)),
            TokenTree::Group(group) => {
                let mut new = Group::new(group.delimiter(), renamed(group.stream(), parameters));
                new.set_span(group.span());
                TokenTree::Group(new)
            }
            TokenTree::Literal(literal) => TokenTree::Literal(renamed_literal(literal, parameters)),
            TokenTree::Punct(_) => token,
        })
        .collect()
}

fn renamed_ident(ident: &Ident, parameters: &[Parameter]) -> Ident {
    let unraw = ident.unraw();
    let parameter = parameters.iter().find(|parameter| unraw == parameter.name.as_str());
    parameter.map_or_else(
        || ident.clone(),
        |parameter| {
            let mut outer = parameter.outer.clone();
            outer.set_span(ours_at(ident.span()));
            outer
        },
    )
}

/// A format string sees the variables that its own span sees.
fn renamed_literal(mut literal: Literal, parameters: &[Parameter]) -> Literal {
    let text = literal.to_string();
    if parameters.iter().any(|parameter| text.contains(&format!("{{{}", parameter.name))) {
        literal.set_span(ours_at(literal.span()));
    }
    literal
}

impl Expansion<'_> {
    /// Whether an expression in the attribute names this variable.
    pub(super) fn is_mentioned(&self, name: &Ident) -> bool {
        let settings = &self.plan.settings;
        let expressions = settings.facts.iter().map(|fact| &fact.value.value).chain(&settings.parent);
        expressions.into_iter().any(|expression| mentions(expression.to_token_stream(), name))
    }
}

fn mentions(expression: TokenStream, name: &Ident) -> bool {
    expression.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(&format!("{{{name}")),
        TokenTree::Punct(_) => false,
    })
}
