use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, TraitBound, Type, TypeImplTrait, TypeParamBound,
};

use crate::model::{Ending, Items};

/// When a call that returns this is over, as far as the signature says so.
pub(super) fn of(output: &ReturnType) -> Ending {
    match output {
        ReturnType::Default => Ending::Value,
        ReturnType::Type(_, ty) => of_type(ty),
    }
}

fn of_type(ty: &Type) -> Ending {
    match peeled(ty) {
        Type::ImplTrait(ty) => of_impl_trait(ty),
        Type::Path(ty) if ty.qself.is_none() => {
            let Some(segment) = ty.path.segments.last() else { return Ending::Value };
            let Some(ending) = type_arguments(segment).next().map(of_type) else { return Ending::Value };
            match (segment.ident.to_string().as_str(), ending) {
                (_, Ending::Value | Ending::Opaque) => Ending::Value,
                ("Result", ending) => Ending::Ok(Box::new(ending)),
                ("Option", ending) => Ending::Some(Box::new(ending)),
                (_, Ending::Items(items, item)) => Ending::Alias(items, item),
                _ => Ending::Value,
            }
        }
        _ => Ending::Value,
    }
}

/// Only where our wrapper has every trait that the signature promises.
fn of_impl_trait(ty: &TypeImplTrait) -> Ending {
    const AUTO: [&str; 5] = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];
    const ITERATORS: [&str; 4] = ["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator"];
    const STREAMS: [&str; 2] = ["Stream", "FusedStream"];
    let main: Vec<&PathSegment> = traits(ty)
        .map(last_segment)
        .filter(|segment| !AUTO.iter().any(|auto| segment.ident == auto))
        .collect();
    let all_of = |names: &[&str]| {
        !main.is_empty() && main.iter().all(|segment| names.iter().any(|name| segment.ident == name))
    };
    let binding = |name| main.iter().find_map(|segment| associated_type(segment, name));
    if all_of(&["Future"]) {
        let output = binding("Output");
        Ending::Future(output.cloned(), Box::new(output.map_or(Ending::Value, of_type)))
    } else if all_of(&STREAMS) {
        Ending::Items(Items::Stream, binding("Item").cloned())
    } else if all_of(&ITERATORS) {
        Ending::Items(Items::Iterator, binding("Item").cloned())
    } else if main.iter().any(|segment| has_associated_type(segment)) {
        // `impl IntoIterator<Item = u8>` may be what makes the compiler know the type of `Vec::new()`.
        Ending::Opaque
    } else {
        Ending::Value
    }
}

/// The traits of an `impl A + B`.
pub(super) fn traits(ty: &TypeImplTrait) -> impl Iterator<Item = &TraitBound> {
    ty.bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) if bound.maybe.is_none() => Some(bound),
        _ => None,
    })
}

pub(super) fn last_segment(bound: &TraitBound) -> &PathSegment {
    bound.path.segments.last().expect("the parser gives no empty path")
}

/// The type without the parentheses, or the invisible group that a macro puts around it.
pub(super) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        _ => ty,
    }
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The `X` of `Trait<name = X>`.
fn associated_type<'a>(segment: &'a PathSegment, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(binding) if binding.ident == name => Some(&binding.ty),
        _ => None,
    })
}

fn has_associated_type(segment: &PathSegment) -> bool {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return false };
    arguments.args.iter().any(|argument| matches!(argument, GenericArgument::AssocType(_)))
}
