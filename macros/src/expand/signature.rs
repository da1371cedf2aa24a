use proc_macro2::Span;
use quote::quote_spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Pat, PatIdent, ReturnType, Signature, Type, TypeImplTrait, parse_quote_spanned};

use super::{Expansion, ours_at};
use crate::lower::is_lint;
use crate::model::Frame;

impl Expansion<'_> {
    /// The signature, its patterns replaced by our own names.
    pub(super) fn signature(&self) -> Signature {
        let mut signature = self.function.signature.clone();
        let typed = signature.inputs.iter_mut().filter_map(|input| match input {
            FnArg::Typed(parameter) => Some(parameter),
            FnArg::Receiver(_) => None,
        });
        for (input, parameter) in typed.zip(&self.plan.parameters) {
            input.attrs.retain(|attribute| !is_lint(attribute));
            *input.pat = Pat::Ident(PatIdent {
                attrs: Vec::new(),
                by_ref: None,
                mutability: None,
                ident: parameter.outer.clone(),
                subpat: None,
            });
        }
        if self.plan.frame == Frame::Flat {
            self.flatten(&mut signature);
        }
        signature
    }

    /// `async fn f() -> R` as `fn f() -> impl Future<Output = R>`.
    fn flatten(&self, signature: &mut Signature) {
        let runtime = self.runtime;
        signature.asyncness = None;
        let mut output: Type = match &signature.output {
            ReturnType::Default => parse_quote_spanned!(Span::mixed_site()=> ()),
            ReturnType::Type(_, ty) => Type::clone(ty),
        };
        CaptureAll.visit_type_mut(&mut output);
        // The edition of the `impl` token is ours, so every lifetime is captured, as `async fn` does.
        signature.output = parse_quote_spanned! {Span::mixed_site()=>
            -> impl #runtime::core::future::Future<Output = #output>
        };
    }
}

/// Gives an `impl` within the output of an `async fn` our edition too: it captures every lifetime in any.
struct CaptureAll;

impl VisitMut for CaptureAll {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        ty.impl_token.span = ours_at(ty.impl_token.span);
        visit_mut::visit_type_impl_trait_mut(self, ty);
    }
}

/// The type where it may be annotated: `_` for what only the compiler knows.
pub(super) fn erased(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Erase { found: false }.visit_type_mut(&mut ty);
    ty
}

/// Whether the type has no part that only the compiler knows.
pub(super) fn is_nameable(ty: &Type) -> bool {
    let mut erase = Erase { found: false };
    erase.visit_type_mut(&mut ty.clone());
    !erase.found
}

/// Replaces every `impl Trait`.
struct Erase {
    found: bool,
}

impl VisitMut for Erase {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(opaque) = ty {
            let span = ours_at(opaque.impl_token.span);
            *ty = syn::parse2(quote_spanned!(span=> _)).expect("`_` is a type");
            self.found = true;
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
