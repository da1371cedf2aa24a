//! The attribute macros of [recount](https://docs.rs/recount). Use them through the `recount` crate.

// The way of an attribute: `parse` reads the settings and the function, whose body stays a stream of tokens; `lower`
// makes a plan (`model`) of both; `check` reports what cannot work; `expand` writes the function anew. Where anything is
// wrong, the function stays as it is (`fallback`) and every mistake is reported at once.

mod check;
mod dependency;
mod errors;
mod expand;
#[cfg(test)]
mod expansions;
mod fallback;
mod kind;
mod lower;
mod model;
mod parse;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use errors::Errors;
use kind::Kind;

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        #[doc = include_str!("settings.md")]
        #[proc_macro_attribute]
        pub fn $name(
            settings: proc_macro::TokenStream,
            item: proc_macro::TokenStream,
        ) -> proc_macro::TokenStream {
            annotate(Kind::$kind, settings.into(), item.into()).into()
        }
    )*};
}

attributes! {
    /// Records the calls of a language model.
    ///
    /// Where the function takes the request of a provider that recount knows, or returns its response, or a stream
    /// of its chunks, nothing is to be said: model, parameters, messages, tokens, finish reasons and price are read
    /// from them, by their shape. `recount::guide::providers` lists what is read of whom.
    ///
    /// ```
    /// use serde_json::{Value, json};
    ///
    /// #[recount::llm_span]
    /// async fn complete(request: Value) -> Result<Value, std::io::Error> {
    ///     Ok(json!({
    ///         "model": "gpt-4o-mini-2024-07-18",
    ///         "choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    ///         "usage": {"prompt_tokens": 9, "completion_tokens": 2}
    ///     }))
    /// }
    /// ```
    ///
    /// Types of your own say what is in them by `recount::llm::Request` and `recount::llm::Response`. What neither
    /// tells is said by the settings, or from within by `recount::current()`, and counts before what was found:
    ///
    /// ```
    /// #[derive(serde::Serialize)]
    /// struct Request { model: String, temperature: f32 }
    ///
    /// #[recount::llm_span(provider = "openai", model = request.model, parameters(temperature = request.temperature))]
    /// async fn complete(request: Request, prompt: &str) -> Result<String, std::io::Error> {
    ///     recount::current().set_usage(recount::Usage::new(12, 7));
    ///     Ok(format!("You said: {prompt}"))
    /// }
    /// ```
    ///
    /// Arguments and results are looked at also where content is off, for the facts in them; the content is dropped
    /// before anything is exported.
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `provider = "openai"` | the provider, by the name that OpenTelemetry knows it by; else found out, where that is certain |
    /// | `model = request.model` | the model that is asked |
    /// | `operation = "embeddings"` | the operation, as OpenTelemetry names it; else what the bodies say, else `chat` |
    /// | `input = expression` | the whole input, in place of the arguments |
    /// | `input_messages = expression` | the messages of the request, a list of `recount::Message` |
    /// | `system = expression` | the system prompt where it travels apart from the messages |
    /// | `tools = expression` | the definitions of the tools that the model may call |
    /// | `parameters(temperature = 0.2, max_tokens = n)` | parameters of the request, by their OpenTelemetry names |
    llm_span => Llm;

    /// Records the executions of a tool that a model may ask for.
    ///
    /// ```
    /// #[recount::tool(description = "Finds articles in the shop.", call_id = call)]
    /// fn search(query: &str, limit: usize, call: &str) -> Vec<String> {
    ///     vec![query.to_owned(); limit]
    /// }
    /// ```
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `description = "text"` | what the tool does |
    /// | `call_id = expression` | the id by which the model asked for this call |
    tool => Tool;

    /// Records the work of an agent; the spans below bear its name.
    ///
    /// ```
    /// #[recount::agent(name = "Support", version = "2", description = "Answers questions about orders.")]
    /// async fn support(question: String) -> String {
    ///     question
    /// }
    /// ```
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `description = "text"` | what the agent does |
    /// | `id = expression` | the stable id of a hosted agent |
    /// | `version = "text"` | its version |
    agent => Agent;

    /// Records a whole job; the spans below bear its name.
    ///
    /// ```
    /// #[recount::workflow]
    /// async fn answer(question: &str) -> Result<String, std::fmt::Error> {
    ///     Ok(question.to_owned())
    /// }
    /// ```
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `version = "text"` | the version of the job |
    workflow => Workflow;

    /// Records one step of a job.
    ///
    /// ```
    /// #[recount::task(skip(document))]
    /// fn split(document: &str, size: usize) -> Vec<String> {
    ///     document.as_bytes().chunks(size).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    /// }
    /// ```
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `version = "text"` | the version of the step |
    task => Task;

    /// Records look-ups in a data source. An argument named `query` or `question` is what is looked up.
    ///
    /// ```
    /// #[recount::retrieval(data_source = "handbook", top_k = limit)]
    /// fn passages(query: &str, limit: usize) -> Vec<String> {
    ///     vec![query.to_owned(); limit]
    /// }
    /// ```
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `data_source = "text"` | what is asked |
    /// | `query = expression` | what is looked up, in place of the argument |
    /// | `top_k = expression` | how many documents are asked for |
    retrieval => Retrieval;

    /// Records one turn of one user; the spans below bear the user, the conversation, the tags and the properties.
    ///
    /// ```
    /// struct User { id: u64, plan: String }
    ///
    /// #[recount::interaction(user = user.id, conversation = thread, tags = ["web"], properties(plan = user.plan))]
    /// async fn turn(user: &User, thread: &str, message: String) -> String {
    ///     format!("{thread}: {message}")
    /// }
    /// ```
    ///
    /// # Settings of its own
    ///
    /// | setting | meaning |
    /// |---|---|
    /// | `user = expression` | the user's id |
    /// | `conversation = expression` | the id of the conversation |
    /// | `event = expression` | the id of the turn in your product |
    /// | `tags = [expression, ..]` | labels |
    /// | `properties(plan = expression, ..)` | further properties |
    interaction => Interaction;
}

fn annotate(kind: Kind, settings: TokenStream, item: TokenStream) -> TokenStream {
    expand_item(kind, settings, item.clone()).unwrap_or_else(|errors| fallback::untouched(item, &errors))
}

fn expand_item(kind: Kind, settings: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let settings = parse::settings(kind, settings, &mut errors);
    let Some(function) = errors.keep(parse::function(kind.attribute(), item)) else {
        return errors.or(TokenStream::new());
    };
    let plan = lower::lower(kind, settings, &function, &mut errors);
    check::check(&plan, &function, &mut errors);
    let runtime = plan.settings.runtime.as_ref().map_or_else(
        || {
            let name = Ident::new(&dependency::runtime_name(), Span::mixed_site());
            quote_spanned!(Span::mixed_site()=> ::#name::__private)
        },
        |path| quote_spanned!(Span::mixed_site()=> #path::__private),
    );
    errors.or(())?;
    Ok(expand::expand(&plan, &function, &runtime))
}
