//! What the attributes make of a few functions, to be read: `tests/expansions/`.
//!
//! `BLESS=1 cargo test -p recount-macros` writes the files anew.

use std::path::Path;
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand_item;
use crate::kind::Kind;

#[test]
fn sync_fn() {
    check(
        "sync_fn",
        Kind::Tool,
        quote!(),
        quote! {
            /// Searches the shop.
            pub fn search(query: &str, mut limit: u32) -> Result<Vec<Hit>, SearchError> {
                limit = limit.min(10);
                find(query, limit)
            }
        },
    );
}

#[test]
fn async_fn() {
    check(
        "async_fn",
        Kind::Llm,
        quote!(provider = "openai", model = request.model, input_messages = &request.messages, err(Display)),
        quote! {
            async fn complete(request: ChatRequest) -> Result<ChatResponse, ApiError> {
                client().send(request).await
            }
        },
    );
}

#[test]
fn async_fn_of_a_stream() {
    check(
        "async_fn_of_a_stream",
        Kind::Llm,
        quote!(provider = "anthropic"),
        quote! {
            async fn stream(
                request: MessagesRequest,
            ) -> Result<impl Stream<Item = Result<Event, ApiError>> + Send, ApiError> {
                client().stream(request).await
            }
        },
    );
}

#[test]
fn async_fn_of_an_aliased_result() {
    check(
        "async_fn_of_an_aliased_result",
        Kind::Llm,
        quote!(),
        quote! {
            async fn stream(request: MessagesRequest) -> Answer<impl Stream<Item = Answer<Event>>> {
                client().stream(request).await
            }
        },
    );
}

#[test]
fn async_fn_below_another_attribute() {
    check(
        "async_fn_below_another_attribute",
        Kind::Workflow,
        quote!(name = "serve"),
        quote! {
            #[tokio::main]
            async fn main() {
                serve().await;
            }
        },
    );
}

#[test]
fn async_fn_that_never_returns() {
    check(
        "async_fn_that_never_returns",
        Kind::Task,
        quote!(),
        quote! {
            async fn serve(port: u16) -> ! {
                loop {
                    accept(port).await;
                }
            }
        },
    );
}

#[test]
fn method_with_patterns() {
    check(
        "method_with_patterns",
        Kind::Agent,
        quote!(
            capture(self, arg0), debug(arg0), version = "2", level = "debug", parent = None,
            fields(area = width * height, "shop.id" = %self.id), output = |plan| plan.steps.len()
        ),
        quote! {
            fn plan(&mut self, Size { width, height }: Size, _seed: u64, #[cfg(unix)] root: &Path) -> Plan {
                self.draw(width, height)
            }
        },
    );
}

#[test]
fn fn_of_a_secret() {
    check(
        "fn_of_a_secret",
        Kind::Tool,
        quote!(redact(key), skip(client)),
        quote! {
            fn fetch(client: &Client, key: &str, url: &str) -> Page {
                client.get(url, key)
            }
        },
    );
}

#[test]
fn interaction_with_properties() {
    check(
        "interaction_with_properties",
        Kind::Interaction,
        quote!(user = user.id, conversation = thread, skip_all, skip_output, properties(plan = user.plan)),
        quote! {
            async fn turn(user: &User, thread: &str, message: String) -> anyhow::Result<String> {
                answer(message).await
            }
        },
    );
}

#[test]
fn fn_of_an_iterator() {
    check(
        "fn_of_an_iterator",
        Kind::Retrieval,
        quote!(data_source = "wiki"),
        quote! {
            fn passages(query: &str) -> impl Iterator<Item = Passage> + use<> {
                index().search(query)
            }
        },
    );
}

#[test]
fn fn_of_a_future() {
    check(
        "fn_of_a_future",
        Kind::Tool,
        quote!(),
        quote! {
            fn fetch<'a>(&'a self, url: &'a str) -> impl Future<Output = Result<Page, Error>> + Send + 'a {
                self.client.get(url)
            }
        },
    );
}

#[test]
fn fn_that_tracks_its_caller() {
    check(
        "fn_that_tracks_its_caller",
        Kind::Tool,
        quote!(),
        quote! {
            #[track_caller]
            fn assert_open(door: &Door) {
                assert!(door.is_open());
            }
        },
    );
}

/// Compares the expansion with the file of that name.
fn check(name: &str, kind: Kind, settings: TokenStream, item: TokenStream) {
    let written = as_comment(kind, &settings, &item);
    let expansion = expand_item(kind, settings, item).unwrap_or_else(|error| panic!("{error}"));
    let expansion = format!("{written}\n{}", pretty(expansion));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansions").join(name).with_extension("rs");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &expansion).expect("the file can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(expansion, expected, "`BLESS=1` writes {} anew", path.display());
}

fn as_comment(kind: Kind, settings: &TokenStream, item: &TokenStream) -> String {
    let attribute = quote::format_ident!("{}", kind.attribute());
    let attribute = if settings.is_empty() {
        quote!(#[recount::#attribute])
    } else {
        quote!(#[recount::#attribute(#settings)])
    };
    let lines = pretty(quote!(#attribute #item));
    lines.lines().flat_map(|line| [if line.is_empty() { "//" } else { "// " }, line, "\n"]).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "the tokens are made for this call")]
fn pretty(tokens: TokenStream) -> String {
    // A method is formatted as a function without its receiver could not be.
    let file = match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => file,
        Err(_) => syn::parse2(quote!(impl Type { #tokens })).expect("the expansion is an item"),
    };
    prettyplease::unparse(&file)
}
