use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Pat, ReturnType, Type, parse_quote_spanned};

use super::signature::erased;
use super::{Expansion, variable, word};
use crate::lower::bindings;
use crate::model::{Frame, Parameter};

impl Expansion<'_> {
    /// Runs the user's body inside the call.
    pub(super) fn body(&self) -> TokenStream {
        let (plan, runtime) = (self.plan, self.runtime);
        let call = variable("call");
        let out = variable("out");
        let guard = variable("guard");
        let bind = self.bind_parameters();
        let body = self.user_body();
        match plan.frame {
            Frame::Guard => quote_spanned! {Span::mixed_site()=>
                let #guard = #runtime::Call::guard(#call);
                #bind
                #body
            },
            Frame::Closure | Frame::Boxed => {
                let run = word(if plan.frame == Frame::Boxed { "prepare" } else { "run" });
                let output = self.output_type();
                let finish = self.finish(&plan.ending);
                quote_spanned! {Span::mixed_site()=>
                    let #out = #runtime::Call::#run(&mut #call, move || -> #output {
                        #bind
                        #body
                    });
                    return #finish;
                }
            }
            Frame::Never => quote_spanned! {Span::mixed_site()=>
                #runtime::Call::run(&mut #call, move || -> ! {
                    #bind
                    #body
                })
            },
            Frame::Flat => {
                let future = self.future();
                quote_spanned!(Span::mixed_site()=> #[allow(clippy::async_yields_async)] return #future;)
            }
            Frame::Nested => {
                let future = self.future();
                quote_spanned!(Span::mixed_site()=> #[allow(clippy::async_yields_async)] return #future.await;)
            }
            Frame::NestedNever => {
                let future = self.future();
                quote_spanned!(Span::mixed_site()=> match #future.await {})
            }
        }
    }

    /// The user's body as a future inside the call.
    fn future(&self) -> TokenStream {
        let runtime = self.runtime;
        let (call, out) = (variable("call"), variable("out"));
        let output = self.output_type();
        let bind = self.bind_parameters();
        let body = self.user_body();
        let finish = self.finish(&self.plan.ending);
        // The body tells the compiler only in the end what it returns; this says so at once.
        quote_spanned! {Span::mixed_site()=>
            #runtime::future(
                #call,
                async move {
                    if false {
                        return #runtime::expected::<#output>();
                    }
                    #bind
                    #body
                },
                // Of a function that is `async`, Clippy does not say it.
                #[allow(clippy::result_large_err)]
                |#call, #out| #finish,
            )
        }
    }

    /// Gives the parameters their patterns, in the order and with the scopes that the compiler itself uses.
    fn bind_parameters(&self) -> TokenStream {
        let receiver = self.plan.receiver.as_ref().map(|receiver| {
            // Moved as a whole, as a function's argument is, even where only a field is used.
            quote_spanned!(Span::mixed_site()=> let _ = &#receiver;)
        });
        let receiver = receiver.filter(|_| self.plan.frame != Frame::Guard);
        let parameters = self.plan.parameters.iter().enumerate().map(|(index, parameter)| {
            let Parameter { pattern, outer, conditions, lints, .. } = parameter;
            let whole = variable(&format!("whole{index}"));
            // Used by the attribute, if not by the body.
            let parts = bindings(pattern);
            let mentioned = parts.into_iter().filter(|part| self.is_mentioned(part));
            let mentioned =
                mentioned.map(|part| quote_spanned!(Span::mixed_site()=> #(#conditions)* let _ = &#part;));
            let mentioned: TokenStream = mentioned.collect();
            if is_name(pattern) {
                // To Clippy, a name with an underscore bound to a mere variable is a binding in vain.
                let value = if parameter.name.starts_with('_') {
                    quote_spanned!(Span::mixed_site()=> match #outer { #whole => #whole })
                } else {
                    outer.to_token_stream()
                };
                return quote_spanned! {Span::mixed_site()=>
                    #(#conditions)* #(#lints)* let #pattern = #value;
                    #mentioned
                };
            }
            quote_spanned! {Span::mixed_site()=>
                #(#conditions)* let mut #whole = #outer;
                #(#conditions)* #(#lints)* let #pattern = #whole;
                #mentioned
            }
        });
        quote!(#receiver #(#parameters)*)
    }

    /// The user's body, in the user's own braces: they decide the edition, the scope of temporaries, and where
    /// errors are shown.
    fn user_body(&self) -> Group {
        let body = &self.function.body;
        let statements = body.stream();
        // Whoever wrote the braces of a function is not to hear that they are unused.
        let tokens = quote_spanned!(Span::mixed_site()=> const _: () = (););
        let mut group = Group::new(Delimiter::Brace, quote!(#tokens #statements));
        group.set_span(body.span());
        group
    }

    /// What the body returns; `_` in the place of an `impl Trait`.
    fn output_type(&self) -> Type {
        let runtime = self.runtime;
        if self.plan.frame == Frame::NestedNever {
            return parse_quote_spanned!(Span::mixed_site()=> #runtime::Never);
        }
        match &self.function.signature.output {
            ReturnType::Default => parse_quote_spanned!(Span::mixed_site()=> ()),
            ReturnType::Type(_, ty) => erased(ty),
        }
    }
}

/// Whether the pattern binds the argument as a whole and does nothing else.
fn is_name(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none())
}
