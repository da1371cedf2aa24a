//! What is left where the attribute was used wrongly: the item as it stands, so that nothing that uses it fails
//! too, and the errors.

use proc_macro2::{TokenStream, TokenTree};

pub(crate) fn untouched(item: TokenStream, errors: &syn::Error) -> TokenStream {
    if is_closure(&item) {
        // In the place of an expression, one thing may stand.
        return errors.to_compile_error();
    }
    let mut tokens = item;
    tokens.extend(errors.to_compile_error());
    tokens
}

fn is_closure(item: &TokenStream) -> bool {
    match item.clone().into_iter().next() {
        Some(TokenTree::Punct(first)) => first.as_char() == '|',
        Some(TokenTree::Ident(first)) => first == "move",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::kind::Kind;
    use crate::{annotate, expand_item};

    #[test]
    fn the_function_stays_as_it_is_and_every_mistake_is_told() {
        let item = quote! {
            async fn search(query: &str, (width, height): Size) -> u32 { width }
        };
        let output = annotate(Kind::Tool, quote!(nmae = "a", skip(token)), item.clone()).to_string();
        assert!(output.starts_with(&item.to_string()), "{output}");
        assert_eq!(output.matches("compile_error").count(), 2, "{output}");
    }

    /// As it stands in an editor for a moment: the body is passed on, so that the editor can complete it.
    #[test]
    fn a_body_that_is_being_written_expands() {
        let item = quote! {
            fn search(query: &str) -> usize { let hits = query.; if hits. { match }
            }
        };
        let output = expand_item(Kind::Tool, quote!(), item).expect("the body is not parsed").to_string();
        assert!(output.contains("let hits = query . ; if hits . { match }"), "{output}");
    }
}
