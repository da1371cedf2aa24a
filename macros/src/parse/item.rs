//! The function below the attribute. Its body stays a stream of tokens: nothing in it has to be understood, and
//! half-typed code still expands.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{AttrStyle, Attribute, Error, Ident, Result, Signature, Token, Visibility, parse2};

/// A function with a body.
pub(crate) struct Function {
    /// The outer attributes, then the inner ones of the body.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The braces, without inner attributes.
    pub(crate) body: Group,
}

/// Parses a function; what else stands there gets an error that says so.
pub(crate) fn function(attribute: &str, item: TokenStream) -> Result<Function> {
    (|input: ParseStream<'_>| parse(attribute, input)).parse2(item)
}

fn parse(attribute: &str, input: ParseStream<'_>) -> Result<Function> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    if let Some(other) = other_item(input) {
        return Err(Error::new(input.span(), format!("`#[{attribute}]` goes on a function, not on {other}")));
    }
    let signature: Signature = input.parse()?;
    if let Ok(semicolon) = input.parse::<Token![;]>() {
        return Err(Error::new(
            semicolon.span,
            format!(
                "`#[{attribute}]` records the body of a function, and this one has none: \
                 put the attribute on the functions that implement it, or give it a default body"
            ),
        ));
    }
    let body = braces(input.parse()?)?;
    if !input.is_empty() {
        return Err(input.error("expected nothing behind the body of the function"));
    }
    let (inner, body) = take_inner_attributes(&body)?;
    attributes.extend(inner);
    Ok(Function { attributes, visibility, signature, body })
}

fn braces(tokens: TokenTree) -> Result<Group> {
    let span = tokens.span();
    let TokenTree::Group(group) = tokens else { return Err(no_body(span)) };
    match group.delimiter() {
        Delimiter::Brace => Ok(group),
        // Put around the braces by `macro_rules!`.
        Delimiter::None => braces(parse2(group.stream())?),
        _ => Err(no_body(span)),
    }
}

fn no_body(span: Span) -> Error {
    Error::new(span, "expected the body of the function: `{ .. }`")
}

/// What the item is, where it certainly is no function.
fn other_item(input: ParseStream<'_>) -> Option<&'static str> {
    if input.peek(Token![const]) {
        let function = input.peek2(Token![fn])
            || input.peek2(Token![unsafe])
            || input.peek2(Token![async])
            || input.peek2(Token![extern]);
        return (!function).then_some("a constant");
    }
    let unsafety: usize = input.peek(Token![unsafe]).into();
    let fork = input.fork();
    for _ in 0..unsafety {
        fork.parse::<Token![unsafe]>().ok()?;
    }
    let items: &[(bool, &str)] = &[
        (fork.peek(Token![struct]), "a struct"),
        (fork.peek(Token![enum]), "an enum"),
        (fork.peek(Token![union]) && fork.peek2(Ident), "a union"),
        (fork.peek(Token![trait]), "a trait; put it on the functions in it"),
        (fork.peek(Token![impl]), "an impl block; put it on the functions in it"),
        (fork.peek(Token![mod]), "a module; put it on the functions in it"),
        (fork.peek(Token![static]), "a static"),
        (fork.peek(Token![type]), "a type alias"),
        (fork.peek(Token![use]), "a `use` declaration"),
        (fork.peek(Token![let]), "a `let` statement"),
        (fork.peek(Token![move]) || fork.peek(Token![|]) || fork.peek(Token![||]), "a closure"),
        (fork.peek(Ident) && fork.peek2(Token![!]), "a macro call"),
    ];
    items.iter().find(|(is, _)| *is).map(|(_, item)| *item)
}

/// Moves inner attributes out: before the statements that the expansion puts into the body, they could not stand.
fn take_inner_attributes(body: &Group) -> Result<(Vec<Attribute>, Group)> {
    let parser = |input: ParseStream<'_>| Ok((Attribute::parse_inner(input)?, TokenStream::parse(input)?));
    let (mut attributes, statements) = parser.parse2(body.stream())?;
    for attribute in &mut attributes {
        attribute.style = AttrStyle::Outer;
    }
    let mut rest = Group::new(Delimiter::Brace, statements);
    rest.set_span(body.span());
    Ok((attributes, rest))
}
