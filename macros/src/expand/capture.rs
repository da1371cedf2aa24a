use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr};

use super::naming::renamed;
use super::{Expansion, at, ours_at, variable, word};
use crate::kind::{Kind, Read};
use crate::lower::bindings;
use crate::model::{Fact, Parameter};

impl Expansion<'_> {
    /// Records the arguments and the facts about the call, where somebody listens.
    pub(super) fn record_call(&self) -> TokenStream {
        let runtime = self.runtime;
        let call = variable("call");
        let receiver = self.record_receiver();
        let arguments = self.plan.parameters.iter().map(|parameter| self.record_parameter(parameter));
        let parts = self.bind_parts();
        let facts = self.plan.settings.facts.iter().map(|fact| self.record_fact(fact));
        let identify = self.identify();
        let record =
            quote_spanned!(Span::mixed_site()=> #receiver #(#arguments)* #parts #(#facts)* #identify);
        if record.is_empty() {
            return record;
        }
        let recording = variable("recording");
        quote_spanned! {Span::mixed_site()=>
            if let #runtime::core::option::Option::Some(#recording) = #runtime::Call::recording(&mut #call) {
                #record
            }
        }
    }

    fn record_receiver(&self) -> Option<TokenStream> {
        let receiver = self.plan.receiver.as_ref()?;
        let settings = &self.plan.settings;
        let read = settings.read("self");
        let captured = settings.capture.iter().flatten().any(|name| name == "self") || read.is_some();
        let slot = self.argument("self");
        captured.then(|| self.read(receiver, read, receiver.span, &slot))
    }

    fn record_parameter(&self, parameter: &Parameter) -> Option<TokenStream> {
        if !self.is_captured(parameter) {
            return None;
        }
        let Parameter { name, outer, conditions, .. } = parameter;
        let read = self.plan.settings.read(name);
        let statement = self.read(outer, read, outer.span(), &self.argument(name));
        Some(quote_spanned!(Span::mixed_site()=> #(#conditions)* #statement))
    }

    fn is_captured(&self, parameter: &Parameter) -> bool {
        let settings = &self.plan.settings;
        let name = parameter.name.as_str();
        let named = |names: &[Ident]| names.iter().any(|ident| ident.unraw() == name);
        if let Some(captured) = &settings.capture {
            return named(captured);
        }
        if settings.skip_all.is_some() || named(&settings.skip) {
            return false;
        }
        let part_is_skipped =
            bindings(&parameter.pattern).iter().any(|part| settings.skip.iter().any(|name| name == *part));
        settings.read(name).is_some()
            || !name.starts_with('_') && !part_is_skipped && !self.is_told_otherwise(name)
    }

    /// Whether a setting gives this argument a meaning of its own, as `model = model` does: one copy is enough.
    fn is_told_otherwise(&self, name: &str) -> bool {
        self.plan.settings.facts.iter().any(|fact| fact.key.is_none() && is_argument(&fact.value.value, name))
    }

    /// Reads `value` into `slot`.
    fn read(
        &self,
        value: &impl ToTokens,
        read: Option<&(Ident, Read)>,
        span: Span,
        slot: &TokenStream,
    ) -> TokenStream {
        let runtime = self.runtime;
        let Some((word, read)) = read else {
            let span = ours_at(span);
            let probe = self.argument_probe(span);
            return quote_spanned!(span=> #runtime::#probe::of(&#value).__recount_1_capture(&#value, #slot););
        };
        let span = ours_at(word.span());
        let (runtime, value) = (at(runtime, span), at(value, span));
        let function = match read {
            Read::Json => Ident::new("json", span),
            Read::Debug => Ident::new("debug_text", span),
            Read::Display => Ident::new("display_text", span),
            Read::Redact => Ident::new("redacted", span),
        };
        quote_spanned!(span=> #runtime::#function(&#value, #slot);)
    }

    /// Brings the parts of destructured arguments into the scope of the facts that name them, as references.
    fn bind_parts(&self) -> TokenStream {
        let named = |parameter: &&Parameter| {
            let parts = bindings(&parameter.pattern);
            let is_whole = parts.iter().any(|part| part.unraw() == parameter.name.as_str());
            !is_whole && parts.iter().any(|part| self.is_mentioned(part))
        };
        self.plan
            .parameters
            .iter()
            .filter(named)
            .map(|Parameter { pattern, outer, conditions, .. }| {
                let parts = bindings(pattern);
                quote_spanned! {Span::mixed_site()=>
                    #(#conditions)* let #pattern = &#outer;
                    #(#conditions)* let _ = (#(&#parts,)*);
                }
            })
            .collect()
    }

    fn record_fact(&self, fact: &Fact) -> TokenStream {
        let span = ours_at(fact.value.value.span());
        let runtime = at(self.runtime, span);
        let field = word(fact.field);
        let (recording, value) = (variable("recording"), variable("value"));
        let slot = match &fact.key {
            None => {
                quote_spanned!(Span::mixed_site()=> #runtime::Recording::field(#recording, #runtime::Field::#field))
            }
            Some(key) => {
                quote_spanned!(Span::mixed_site()=> #runtime::Recording::named(#recording, #runtime::Field::#field, #key))
            }
        };
        let expression = renamed(fact.value.value.to_token_stream(), &self.plan.parameters);
        let value_there = at(&value, span);
        let read = match fact.value.read {
            Some(Read::Display) => quote_spanned!(span=> #runtime::display_text(#value_there, #slot)),
            Some(Read::Debug) => quote_spanned!(span=> #runtime::debug_text(#value_there, #slot)),
            Some(Read::Json | Read::Redact) | None if fact.is_content => {
                let probe = self.argument_probe(span);
                quote_spanned!(span=> #runtime::#probe::of(#value).__recount_1_capture(#value, #slot))
            }
            Some(Read::Json | Read::Redact) | None => {
                quote_spanned!(span=> #runtime::TextProbe::of(#value).__recount_1_capture_text(#value, #slot))
            }
        };
        let statement = quote_spanned!(span=> match &(#expression) { #value => #read });
        if fact.is_content {
            // The input of a model call is looked at in any case, for the facts in it.
            let asked = word(if fact.field == "Input" { "reads_values" } else { "content" });
            quote_spanned!(Span::mixed_site()=> if #runtime::Recording::#asked(#recording) { #statement })
        } else {
            statement
        }
    }

    /// The ladder for what goes in: that of a model call has one rung more.
    fn argument_probe(&self, span: Span) -> Ident {
        Ident::new(if self.plan.kind == Kind::Llm { "RequestProbe" } else { "Probe" }, span)
    }

    /// Hands what was said of the user on to the spans below.
    fn identify(&self) -> Option<TokenStream> {
        let identity = ["User", "Conversation", "EventId", "Tags", "Property"];
        let (runtime, recording) = (self.runtime, variable("recording"));
        let given = self.plan.settings.facts.iter().any(|fact| identity.contains(&fact.field));
        given.then(|| quote_spanned!(Span::mixed_site()=> #runtime::Recording::identify(#recording);))
    }

    /// The place of an argument.
    fn argument(&self, name: &str) -> TokenStream {
        let (runtime, recording) = (self.runtime, variable("recording"));
        let name = LitStr::new(name, Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> #runtime::Recording::argument(#recording, #name))
    }
}

/// Whether the expression is the argument, or a reference to it, and no more.
pub(crate) fn is_argument(expression: &Expr, name: &str) -> bool {
    match expression {
        Expr::Path(path) => path.path.get_ident().is_some_and(|ident| ident.unraw() == name),
        Expr::Reference(reference) => is_argument(&reference.expr, name),
        Expr::Paren(paren) => is_argument(&paren.expr, name),
        Expr::Group(group) => is_argument(&group.expr, name),
        _ => false,
    }
}
