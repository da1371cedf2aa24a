use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Type};

use super::signature::{erased, is_nameable};
use super::{Expansion, at, ours_at, variable, word};
use crate::kind::{Kind, Read};
use crate::model::{Ending, Items};

impl Expansion<'_> {
    /// An expression of the value that the user's body returned, in the variables `call` and `out`, that ends the
    /// call when it is over.
    pub(super) fn finish(&self, ending: &Ending) -> TokenStream {
        let runtime = self.runtime;
        let call = variable("call");
        let out = variable("out");
        match ending {
            Ending::Value => {
                let record = self.record_value(None);
                let fault = self.record_fault();
                quote_spanned! {Span::mixed_site()=>
                    #runtime::Awaited::of(&#out).__recount_1_finish(#call, #out, #[allow(clippy::result_large_err)] |#call, #out| {
                        #runtime::Returned::of(&#out).__recount_1_finish(#call, #out, #record, #fault)
                    })
                }
            }
            Ending::Opaque => {
                let record = self.record_type_name();
                quote_spanned!(Span::mixed_site()=> #runtime::Call::finish(#call, #out, #record))
            }
            Ending::Future(output, ending) => {
                let finish = self.finish(ending);
                // Only the signature may say of which type the errors are. As a parameter's type, this would say
                // "of every lifetime" where one is left out.
                let typed = output.as_ref().map(|output| {
                    let output = erased(output);
                    quote_spanned!(Span::mixed_site()=> let #out: #output = #out;)
                });
                quote_spanned! {Span::mixed_site()=>
                    #runtime::future(#call, #out, |#call, #out| {
                        #typed
                        #finish
                    })
                }
            }
            Ending::Items(items, item) => {
                let record = self.record_value(item.as_ref());
                let wrap = word(match items {
                    Items::Stream => "stream",
                    Items::Iterator => "iterator",
                });
                quote_spanned!(Span::mixed_site()=> #runtime::#wrap(#call, #out, #record))
            }
            Ending::Alias(items, item) => {
                let record = self.record_value(None);
                let fault = self.record_fault();
                let ladder = word(match items {
                    Items::Stream => "AliasOfStream",
                    Items::Iterator => "AliasOfIterator",
                });
                // With a `_` in it, the type would never be known where the alias is of something else.
                let item = item.as_ref().filter(|item| is_nameable(item)).map(
                    |item| quote_spanned!(Span::mixed_site()=> #runtime::core::marker::PhantomData::<#item>),
                );
                let item = item.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ()));
                quote_spanned! {Span::mixed_site()=>
                    #runtime::#ladder::of(&#out, #item).__recount_1_finish(#call, #out, #record, #fault)
                }
            }
            Ending::Ok(ending) => {
                let finish = self.finish(ending);
                let fault = self.record_fault();
                let error = variable("error");
                quote_spanned! {Span::mixed_site()=>
                    match #out {
                        #runtime::core::result::Result::Ok(#out) => #runtime::core::result::Result::Ok(#finish),
                        #runtime::core::result::Result::Err(#error) => {
                            #runtime::core::result::Result::Err(#runtime::Call::finish(#call, #error, #fault))
                        }
                    }
                }
            }
            Ending::Some(ending) => {
                let finish = self.finish(ending);
                quote_spanned! {Span::mixed_site()=>
                    match #out {
                        #runtime::core::option::Option::Some(#out) => {
                            #runtime::core::option::Option::Some(#finish)
                        }
                        #runtime::core::option::Option::None => {
                            #runtime::Call::end(#call);
                            #runtime::core::option::Option::None
                        }
                    }
                }
            }
        }
    }

    /// A closure that records a value, or one item of many: its `Err` as a fault, the rest as output.
    ///
    /// One closure for both: each is compiled once for every function.
    fn record_value(&self, item: Option<&Type>) -> TokenStream {
        let runtime = self.runtime;
        let ty = item.map(|item| {
            let item = erased(item);
            quote_spanned!(Span::mixed_site()=> : &#item)
        });
        let (recording, value, error) = (variable("recording"), variable("value"), variable("error"));
        let output = self.read_output();
        let fault = self.read_fault();
        quote_spanned! {Span::mixed_site()=>
            |#recording, #value #ty| match #runtime::Split::of(#value).__recount_1_split(#value) {
                #runtime::core::result::Result::Ok(#value) => #output,
                #runtime::core::result::Result::Err(#error) => #fault,
            }
        }
    }

    /// An expression that records what is no error, in the variables `recording` and `value`.
    fn read_output(&self) -> TokenStream {
        let runtime = self.runtime;
        let settings = &self.plan.settings;
        let (recording, value) = (variable("recording"), variable("value"));
        if settings.skip_output.is_some() {
            return quote_spanned!(Span::mixed_site()=> { let _ = #value; });
        }
        // That of a model call has one rung more.
        let probe = word(if self.plan.kind == Kind::Llm { "ResponseProbe" } else { "Probe" });
        let read = quote_spanned! {Span::mixed_site()=>
            #runtime::#probe::of(#value).__recount_1_capture(#value, #runtime::Recording::output(#recording))
        };
        match &settings.output {
            None => read,
            Some(projection) => {
                let span = ours_at(projection.span());
                let projection = without_style(projection);
                let runtime = at(runtime, span);
                quote_spanned! {span=>
                    if #runtime::Recording::reads_values(#recording) {
                        match &#runtime::project(#value, #projection) {
                            #value => #read,
                        }
                    }
                }
            }
        }
    }

    /// A closure that records of which type the value is.
    fn record_type_name(&self) -> TokenStream {
        let runtime = self.runtime;
        let (recording, value) = (variable("recording"), variable("value"));
        if self.plan.settings.skip_output.is_some() {
            return quote_spanned!(Span::mixed_site()=> |_, _| {});
        }
        quote_spanned!(Span::mixed_site()=> |#recording, #value| #runtime::type_text(#value, #runtime::Recording::output(#recording)))
    }

    /// A closure that records an error.
    fn record_fault(&self) -> TokenStream {
        let (recording, error) = (variable("recording"), variable("error"));
        let read = self.read_fault();
        quote_spanned!(Span::mixed_site()=> |#recording, #error| #read)
    }

    /// An expression that records an error, in the variables `recording` and `error`.
    fn read_fault(&self) -> TokenStream {
        let runtime = self.runtime;
        let (recording, error) = (variable("recording"), variable("error"));
        let (function, span) = match &self.plan.settings.err {
            None => {
                return quote_spanned! {Span::mixed_site()=>
                    #runtime::Fault::of(#error).__recount_1_fault(#error, #recording)
                };
            }
            Some((word, Read::Debug)) => ("fault_debug", word.span()),
            Some((word, Read::Display | Read::Json | Read::Redact)) => ("fault_display", word.span()),
        };
        let span = ours_at(span);
        let function = Ident::new(function, span);
        let (runtime, error_there) = (at(runtime, span), at(&error, span));
        quote_spanned!(span=> #runtime::#function(#error_there, #recording))
    }
}

/// The projection, with a closure's bars made ours: Clippy would like a path better than some closures.
fn without_style(projection: &Expr) -> TokenStream {
    let is_closure = matches!(projection, Expr::Closure(_));
    let mut tokens: Vec<TokenTree> = projection.to_token_stream().into_iter().collect();
    if let (true, Some(bar)) = (is_closure, tokens.first_mut()) {
        bar.set_span(ours_at(bar.span()));
    }
    tokens.into_iter().collect()
}
