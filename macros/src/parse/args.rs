//! The settings in the attribute's parentheses.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, LitStr, Path, Result, Token, parenthesized, token};

use crate::errors::{Errors, did_you_mean};
use crate::kind::{Form, Kind, Read, Setting as Spec};

/// One setting as it is written.
pub(crate) struct Setting {
    pub(crate) key: Ident,
    pub(crate) form: Form,
    pub(crate) value: Value,
}

/// The value of a setting.
pub(crate) enum Value {
    None,
    Names(Vec<Ident>),
    Read(Ident, Read),
    Expression(Expression),
    Facts(Vec<Fact>),
    Projection(Expr),
    Path(Path),
}

/// An expression, and how its value is to be read where the user says so.
#[derive(Clone)]
pub(crate) struct Expression {
    pub(crate) read: Option<Read>,
    pub(crate) value: Expr,
}

/// `key = expression`
pub(crate) struct Fact {
    pub(crate) key: LitStr,
    pub(crate) value: Expression,
}

/// Parses all settings; goes on behind a mistake, so that the next ones are found too.
pub(crate) fn settings(kind: Kind, tokens: proc_macro2::TokenStream, errors: &mut Errors) -> Vec<Setting> {
    let parser = |input: ParseStream<'_>| {
        let mut settings = Vec::new();
        while !input.is_empty() {
            match setting(kind, input) {
                Ok(setting) => settings.push(setting),
                Err(error) => {
                    errors.add(error);
                    skip_to_comma(input);
                }
            }
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                errors.add(input.error("expected `,` between the settings"));
                skip_to_comma(input);
                let _: Option<Token![,]> = input.parse()?;
            }
        }
        Ok(settings)
    };
    parser.parse2(tokens).unwrap_or_else(|error| {
        errors.add(error);
        Vec::new()
    })
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

fn setting(kind: Kind, input: ParseStream<'_>) -> Result<Setting> {
    let Ok(key) = input.call(Ident::parse_any) else {
        return Err(input.error(format!(
            "expected a setting of `#[{}]`, such as `{}`",
            kind.attribute(),
            kind.settings().next().map_or("", |setting| setting.usage)
        )));
    };
    let word = key.unraw().to_string();
    let Some(spec) = kind.settings().find(|setting| setting.key == word) else {
        return Err(unknown(kind, &key, &word));
    };
    Ok(Setting { value: value(&key, spec, input)?, form: spec.form, key })
}

fn unknown(kind: Kind, key: &Ident, word: &str) -> Error {
    let attribute = kind.attribute();
    let owners: Vec<String> =
        Kind::that_take(word).iter().map(|other| format!("`#[{}]`", other.attribute())).collect();
    let hint = did_you_mean(word, kind.settings().map(|setting| setting.key));
    let message = if !owners.is_empty() {
        format!("`{word}` is a setting of {}, not of `#[{attribute}]`", owners.join(" and "))
    } else if !hint.is_empty() {
        format!("`#[{attribute}]` has no setting `{word}`{hint}")
    } else {
        let list = kind.settings().map(|setting| setting.key).collect::<Vec<_>>().join("`, `");
        format!("`#[{attribute}]` has no setting `{word}`; it has `{list}`")
    };
    Error::new(key.span(), message)
}

fn value(key: &Ident, spec: &Spec, input: ParseStream<'_>) -> Result<Value> {
    let misuse = |span| Error::new(span, format!("write `{}`", spec.usage));
    match spec.form {
        Form::SkipAll | Form::SkipOutput => {
            if input.is_empty() || input.peek(Token![,]) {
                Ok(Value::None)
            } else {
                Err(misuse(input.span()))
            }
        }
        Form::Skip | Form::Capture | Form::Read(_) => {
            let names = list(input, key, &misuse, Ident::parse_any)?;
            Ok(Value::Names(names))
        }
        Form::Facts(_) => list(input, key, &misuse, Fact::parse).map(Value::Facts),
        Form::Err => {
            let words = list(input, key, &misuse, Ident::parse_any)?;
            let [word] = &words[..] else { return Err(misuse(key.span())) };
            match word.to_string().as_str() {
                "Display" => Ok(Value::Read(word.clone(), Read::Display)),
                "Debug" => Ok(Value::Read(word.clone(), Read::Debug)),
                _ => Err(misuse(word.span())),
            }
        }
        Form::Output => {
            equals(input, key, &misuse)?;
            let value: Expr = input.parse()?;
            match value {
                Expr::Closure(closure) if closure.inputs.len() != 1 => Err(misuse(closure.inputs.span())),
                Expr::Closure(_) | Expr::Path(_) => Ok(Value::Projection(value)),
                _ => Err(Error::new_spanned(
                    value,
                    "expected a closure, or the path of a function, that takes a reference to the returned value: \
                     `output = |value| expression`",
                )),
            }
        }
        Form::Crate => {
            equals(input, key, &misuse)?;
            if input.peek(LitStr) {
                let text: LitStr = input.parse()?;
                text.parse_with(Path::parse_mod_style).map(Value::Path).map_err(|_| misuse(text.span()))
            } else {
                let span = input.span();
                input.call(Path::parse_mod_style).map(Value::Path).map_err(|_| misuse(span))
            }
        }
        Form::Name | Form::Target | Form::Level | Form::Parent => {
            equals(input, key, &misuse)?;
            Ok(Value::Expression(Expression { read: None, value: input.parse()? }))
        }
        Form::Fact(_) | Form::Content(_) => {
            equals(input, key, &misuse)?;
            Ok(Value::Expression(input.parse()?))
        }
    }
}

fn equals(input: ParseStream<'_>, key: &Ident, misuse: &dyn Fn(proc_macro2::Span) -> Error) -> Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(misuse(equals.span));
        }
        return Ok(());
    }
    Err(misuse(if input.is_empty() || input.peek(Token![,]) { key.span() } else { input.span() }))
}

/// `(element, ..)`, with at least one element.
fn list<T>(
    input: ParseStream<'_>,
    key: &Ident,
    misuse: &dyn Fn(proc_macro2::Span) -> Error,
    element: fn(ParseStream<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    if !input.peek(token::Paren) {
        return Err(misuse(if input.is_empty() || input.peek(Token![,]) {
            key.span()
        } else {
            input.span()
        }));
    }
    let content;
    let parentheses = parenthesized!(content in input);
    let elements =
        Punctuated::<T, Token![,]>::parse_terminated_with(&content, element).inspect_err(|_| {
            // What is left over is no mistake of its own.
            while content.parse::<TokenTree>().is_ok() {}
        })?;
    if elements.is_empty() {
        return Err(misuse(parentheses.span.join()));
    }
    Ok(elements.into_iter().collect())
}

impl Parse for Expression {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let read = if input.parse::<Option<Token![%]>>()?.is_some() {
            Some(Read::Display)
        } else if input.parse::<Option<Token![?]>>()?.is_some() {
            Some(Read::Debug)
        } else {
            None
        };
        Ok(Self { read, value: input.parse()? })
    }
}

impl Parse for Fact {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = if input.peek(LitStr) { input.parse()? } else { dotted(input)? };
        if key.value().is_empty() {
            return Err(Error::new(key.span(), "a key must not be empty"));
        }
        if !input.peek(Token![=]) {
            let span = if input.is_empty() || input.peek(Token![,]) { key.span() } else { input.span() };
            return Err(Error::new(span, "write `key = expression`"));
        }
        input.parse::<Token![=]>()?;
        Ok(Self { key, value: input.parse()? })
    }
}

/// `one.two.three`
fn dotted(input: ParseStream<'_>) -> Result<LitStr> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected a key: a word, words with dots between them, or a quoted text"));
    }
    let words = Punctuated::<Ident, Token![.]>::parse_separated_nonempty_with(input, Ident::parse_any)?;
    let text: Vec<String> = words.iter().map(|word| word.unraw().to_string()).collect();
    Ok(LitStr::new(&text.join("."), words.span()))
}
