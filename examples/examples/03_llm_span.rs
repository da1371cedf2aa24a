//! A call of a language model: what it was asked and with which settings, what it answered, and what that cost.
//!
//! What is known before the call stands in the attribute, in expressions over the function's arguments. What only the
//! response tells is set from inside, on [`recount::current`], which is always the span of the running function. Run
//! it with `cargo run -p examples --example 03_llm_span`.

use recount::{Message, Usage, llm_span};
use tracing_subscriber::prelude::*;

/// The request and response of some provider.
struct Request {
    model: String,
    system: String,
    prompt: String,
    temperature: f64,
    max_tokens: u32,
}

struct Response {
    id: &'static str,
    model: &'static str,
    text: &'static str,
    stop: &'static str,
    tokens_in: u64,
    tokens_in_cached: u64,
    tokens_out: u64,
}

/// Neither type is serializable, and both are left out: what counts is said in the attribute and the body.
#[llm_span(
    provider = "openai",
    model = &request.model,
    system = &request.system,
    input = &request.prompt,
    parameters(temperature = request.temperature, max_tokens = request.max_tokens),
    skip_all,
    skip_output
)]
fn complete(request: &Request) -> Response {
    let response = ask_the_provider(request);
    let span = recount::current();
    span.set_response_id(response.id);
    span.set_response_model(response.model);
    // Cached tokens are part of the input, as OpenTelemetry counts them.
    span.set_usage(Usage::new(response.tokens_in, response.tokens_out).cache_read(response.tokens_in_cached));
    span.set_cost(0.000_21);
    span.set_finish_reasons(&[response.stop]);
    span.set_output_messages(&[Message::assistant(response.text).finish_reason(response.stop)]);
    response
}

/// Stands in for a client of the provider; `agent` has a real one.
fn ask_the_provider(_request: &Request) -> Response {
    Response {
        id: "resp_1",
        model: "gpt-5.2-2026-11-01",
        text: "Half a litre, then taste.",
        stop: "stop",
        tokens_in: 420,
        tokens_in_cached: 384,
        tokens_out: 8,
    }
}

/// The least that can be written: the prompt is the input, and the returned text the output.
#[llm_span(provider = "openai", model = "gpt-5.2")]
fn complete_text(prompt: &str) -> String {
    recount::current().set_usage(Usage::new(9, 3));
    format!("You asked: {prompt}")
}

fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("03_llm_span").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    let request = Request {
        model: "gpt-5.2".into(),
        system: "You are a cook.".into(),
        prompt: "How much stock for four plates of soup?".into(),
        temperature: 0.2,
        max_tokens: 100,
    };
    println!("{}", complete(&request).text);
    println!("{}", complete_text("Salt?"));

    recount.shutdown()
}
