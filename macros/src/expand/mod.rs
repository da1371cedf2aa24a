//! From the plan to the function that records its calls.
//!
//! Every token that is not the user's has the hygiene of a macro's own variables and the edition of this crate;
//! everything it names, it names by its full path. Methods are called by their paths, or have names that nobody else
//! uses: a trait of the user's may put methods of any name on every type.

mod body;
mod capture;
mod finish;
mod naming;
mod signature;

pub(crate) use capture::is_argument;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use crate::model::{Frame, Level, Plan};
use crate::parse::Function;

/// Writes the function anew.
pub(crate) fn expand(plan: &Plan, function: &Function, runtime: &TokenStream) -> TokenStream {
    let expansion = Expansion { plan, function, runtime };
    let attributes = &function.attributes;
    let visibility = &function.visibility;
    let signature = expansion.signature();
    let open = expansion.open();
    let record = expansion.record_call();
    let body = expansion.body();
    let call = variable("call");
    let mutable = (!record.is_empty() || matches!(plan.frame, Frame::Closure | Frame::Boxed | Frame::Never))
        .then(|| quote_spanned!(Span::mixed_site()=> mut));
    let inside = quote_spanned! {Span::mixed_site()=>
        let #mutable #call = #open;
        #record
        #body
    };
    let body = braced(&inside, function.body.span());
    quote_spanned!(Span::mixed_site()=> #(#attributes)* #visibility #signature #body)
}

/// A body in braces that stand where the user's do. To lints, a function whose braces are a macro's is the macro's own;
/// the inner ones keep the edition ours, which temporaries in the last expression depend on.
fn braced(inside: &TokenStream, place: Span) -> Group {
    let mut body = Group::new(Delimiter::Brace, quote_spanned!(Span::mixed_site()=> { #inside }));
    body.set_span(place);
    body
}

/// One expansion: the plan, the function, and the path of the runtime's private module.
struct Expansion<'a> {
    plan: &'a Plan,
    function: &'a Function,
    runtime: &'a TokenStream,
}

impl Expansion<'_> {
    /// Opens the span.
    fn open(&self) -> TokenStream {
        let Self { plan, runtime, .. } = self;
        let kind = word(plan.kind.variant());
        let name = plan.settings.name.as_ref().map_or_else(
            || {
                let name = self.function.signature.ident.unraw().to_string();
                LitStr::new(&name, Span::mixed_site()).into_token_stream()
            },
            ToTokens::to_token_stream,
        );
        let target = plan.settings.target.as_ref().map_or_else(
            || quote_spanned!(Span::mixed_site()=> #runtime::core::module_path!()),
            ToTokens::to_token_stream,
        );
        let level = match &plan.settings.level {
            None => quote_spanned!(Span::mixed_site()=> #runtime::Level::INFO),
            Some(Level::Named(level, span)) => {
                let level = Ident::new(level, ours_at(*span));
                quote_spanned!(Span::mixed_site()=> #runtime::Level::#level)
            }
            Some(Level::Expression(level)) => level.to_token_stream(),
        };
        let site = quote_spanned!(Span::mixed_site()=> #runtime::site!(#kind, #name, #target, #level));
        match &plan.settings.parent {
            None => quote_spanned!(Span::mixed_site()=> #runtime::Call::open(#site)),
            Some(parent) => {
                let span = ours_at(parent.span());
                let runtime = at(runtime, span);
                let parent = naming::renamed(parent.to_token_stream(), &plan.parameters);
                quote_spanned!(span=> #runtime::Call::open_under(#site, || #parent))
            }
        }
    }
}

/// A variable of ours. The user's code cannot see it; the prefix keeps it apart from the parameters, which the
/// user's code cannot see either.
fn variable(name: &str) -> Ident {
    word(&format!("__recount_{name}"))
}

/// A name that stands for itself.
fn word(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The hygiene and the edition of our own tokens, for those that the compiler may complain about: it then shows
/// what the user wrote.
fn ours_at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The same tokens, shown elsewhere.
fn at(tokens: &impl ToTokens, place: Span) -> TokenStream {
    let tokens = tokens.to_token_stream().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    tokens.collect()
}
