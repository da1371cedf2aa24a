//! Rules about settings and function together.

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, Ident, PatType, Receiver, ReturnType, Type};

use crate::errors::{Errors, did_you_mean};
use crate::expand::is_argument;
use crate::kind::Read;
use crate::lower::bindings;
use crate::model::{Ending, Frame, Parameter, Plan};
use crate::parse::Function;

/// Reports what cannot work.
pub(crate) fn check(plan: &Plan, function: &Function, errors: &mut Errors) {
    check_constness(plan, function, errors);
    check_parameters(plan, function, errors);
    check_names(plan, errors);
    check_conflicts(plan, errors);
    check_output(plan, function, errors);
}

fn check_constness(plan: &Plan, function: &Function, errors: &mut Errors) {
    if let Some(constness) = &function.signature.constness {
        errors.at(
            constness,
            format!(
                "`#[{}]` cannot record a `const fn`, which may run in the compiler: \
                 remove `const`, or the attribute",
                plan.kind.attribute()
            ),
        );
    }
    if let Some(variadic) = &function.signature.variadic {
        errors.at(variadic.dots, "a function with C-variadic arguments cannot be recorded");
    }
}

/// No parameter has a setting of its own.
fn check_parameters(plan: &Plan, function: &Function, errors: &mut Errors) {
    const WORDS: [&str; 7] = ["recount", "skip", "redact", "capture", "json", "debug", "display"];
    let attribute = plan.kind.attribute();
    for input in &function.signature.inputs {
        let (FnArg::Receiver(Receiver { attrs, .. }) | FnArg::Typed(PatType { attrs, .. })) = input;
        for inner in attrs {
            let path = inner.path();
            if path.is_ident(attribute) || WORDS.iter().any(|word| path.is_ident(word)) {
                errors.at(
                    path,
                    format!(
                        "an argument has no attribute of its own: name it in the function's, \
                         as in `#[{attribute}(skip(argument))]`"
                    ),
                );
            }
        }
    }
}

/// Every argument that a setting names is one.
fn check_names(plan: &Plan, errors: &mut Errors) {
    let settings = &plan.settings;
    for name in &settings.skip {
        check_name(plan, name, true, errors);
    }
    let captured = settings.capture.iter().flatten();
    for name in captured.chain(settings.reads.iter().map(|(name, _)| name)) {
        check_name(plan, name, false, errors);
    }
}

fn check_name(plan: &Plan, name: &Ident, may_be_part: bool, errors: &mut Errors) {
    let text = name.unraw().to_string();
    if name == "self" {
        if plan.receiver.is_none() {
            errors.at(name, "this function has no `self`");
        }
        return;
    }
    if plan.parameters.iter().any(|parameter| parameter.name == text) {
        return;
    }
    let of_part =
        |parameter: &&Parameter| bindings(&parameter.pattern).iter().any(|part| part.unraw() == text);
    if let Some(whole) = plan.parameters.iter().find(of_part) {
        if !may_be_part {
            errors.at(
                name,
                format!(
                    "`{text}` is a part of an argument; name the whole argument, which is `{}`",
                    whole.name
                ),
            );
        }
        return;
    }
    let names: Vec<&str> = plan.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let hint = did_you_mean(&text, names.iter().copied());
    let list = match (&hint[..], &names[..]) {
        ("", []) => "; it has none".to_owned(),
        ("", names) => format!("; it has `{}`", names.join("`, `")),
        _ => hint,
    };
    errors.at(name, format!("this function has no argument `{text}`{list}"));
}

/// No two settings say opposite things.
fn check_conflicts(plan: &Plan, errors: &mut Errors) {
    let settings = &plan.settings;
    if let Some(skip_all) = &settings.skip_all {
        if !settings.skip.is_empty() {
            errors.at(skip_all, "`skip_all` already skips what `skip(..)` names; keep one of them");
        }
        if settings.capture.is_some() {
            errors.at(skip_all, "`capture(..)` already skips all other arguments; remove `skip_all`");
        }
        for (name, _) in &settings.reads {
            errors.at(name, format!("`{name}` is skipped by `skip_all`; write `capture({name})` instead"));
        }
    } else if settings.capture.is_some() && !settings.skip.is_empty() {
        errors.at(&settings.skip[0], "`capture(..)` already skips all other arguments; remove `skip(..)`");
    }
    for (index, (name, _)) in settings.reads.iter().enumerate() {
        if settings.skip.contains(name) {
            errors.at(name, format!("`{name}` is skipped too; remove it here or from `skip(..)`"));
        }
        if settings.reads[..index].iter().any(|(other, _)| other == name) {
            errors.at(name, format!("`{name}` is to be read in two ways; keep one"));
        }
        if settings.capture.as_ref().is_some_and(|captured| !captured.contains(name)) {
            errors.at(name, format!("`{name}` is not captured; add it to `capture(..)`"));
        }
    }
    let redacted = settings.reads.iter().filter(|(_, read)| *read == Read::Redact);
    for (name, _) in redacted {
        let text = name.unraw().to_string();
        if settings.facts.iter().any(|fact| is_argument(&fact.value.value, &text)) {
            errors.at(
                name,
                format!("`{text}` is told by another setting too; remove it there, or from `redact(..)`"),
            );
        }
    }
    for names in [&settings.skip, settings.capture.as_ref().unwrap_or(&Vec::new())] {
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                errors.at(name, format!("`{name}` is named twice"));
            }
        }
    }
    if let (Some(skip), Some(_)) = (&settings.skip_output, &settings.output) {
        errors.at(skip, "`output = ..` says what to record of the output; remove `skip_output`");
    }
}

/// What is to be read of the returned value can be there.
fn check_output(plan: &Plan, function: &Function, errors: &mut Errors) {
    let settings = &plan.settings;
    let output = &function.signature.output;
    if let Some((word, _)) = &settings.err
        && let Some(found) = no_result(output, &plan.ending)
    {
        errors.at(
            word,
            format!("`err(..)` is for functions that return a `Result`, and this one returns {found}"),
        );
    }
    let reads_output = settings.output.as_ref().map(Spanned::span);
    let reads_error = settings.err.as_ref().map(|(word, _)| word.span());
    if matches!(plan.frame, Frame::Guard | Frame::Never | Frame::NestedNever)
        && let Some(span) = reads_output.or(reads_error)
    {
        errors.in_span(span, guarded(function));
    }
}

fn guarded(function: &Function) -> &'static str {
    match &function.signature.output {
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => "this function never returns",
        ReturnType::Type(_, ty) if matches!(**ty, Type::ImplTrait(_)) => {
            "the function returns a closure, of which nothing can be read"
        }
        _ => {
            "the output of this function cannot be read, because its body has to stay where it is \
             (`#[track_caller]`, or a returned `impl Fn`)"
        }
    }
}

/// What the function returns, where that is certainly no `Result`, nor something that gives some.
fn no_result(output: &ReturnType, ending: &Ending) -> Option<String> {
    let ReturnType::Type(_, ty) = output else { return Some("nothing".to_owned()) };
    if !matches!(ending, Ending::Value) {
        return None;
    }
    match &**ty {
        Type::Never(_) => Some("never".to_owned()),
        Type::Tuple(tuple) if tuple.elems.is_empty() => Some("nothing".to_owned()),
        Type::Tuple(_) => Some("a tuple".to_owned()),
        Type::Reference(_) => Some("a reference".to_owned()),
        Type::Array(_) | Type::Slice(_) => Some("an array".to_owned()),
        Type::Path(path) => {
            const PRIMITIVES: [&str; 18] = [
                "bool", "char", "str", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16",
                "i32", "i64", "i128", "isize", "f32", "f64",
            ];
            const CONTAINERS: [&str; 3] = ["Vec", "HashMap", "BTreeMap"];
            let name = path.path.segments.last()?.ident.to_string();
            let none = path.path.get_ident().is_some() && PRIMITIVES.contains(&&name[..])
                || CONTAINERS.contains(&&name[..]);
            none.then(|| format!("`{name}`"))
        }
        _ => None,
    }
}
