//! A call of a language model: what it was asked and with which settings, what it answered, and what that cost.
//!
//! Where the function takes the request of a provider that recount knows and returns its response, the attribute is
//! all: the two are read by their shape. Types of your own say by a trait what is in them. What neither tells is said
//! in the attribute, in expressions over the function's arguments, or from inside, on [`recount::current`]. Run it
//! with `cargo run -p examples --example 03_llm_span`.

use recount::llm::{Request, RequestFacts, Response, ResponseFacts};
use recount::{Message, Usage, llm_span};
use serde::Serialize;
use serde_json::{Value, json};
use tracing_subscriber::prelude::*;

/// The request of an OpenAI-compatible server; that of a client crate serializes to the same.
#[derive(Serialize)]
struct ChatRequest {
    model: &'static str,
    messages: Vec<Value>,
    temperature: f64,
    max_completion_tokens: u32,
}

/// Nothing to say: model, parameters and messages stand in the request, tokens and the finish reason in the response,
/// and the price follows from them.
#[llm_span]
fn complete(request: &ChatRequest) -> Value {
    ask_the_provider(request)
}

/// Stands in for a client of the provider; `agent` has a real one.
fn ask_the_provider(_request: &ChatRequest) -> Value {
    json!({
        "id": "chatcmpl-1",
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": "Half a litre, then taste."},
            "finish_reason": "stop"
        }],
        "usage": {
            "prompt_tokens": 420,
            "completion_tokens": 8,
            "prompt_tokens_details": {"cached_tokens": 384}
        }
    })
}

/// Types of a program's own, in no shape that anybody could know.
struct Question<'a>(&'a str);

struct Answer {
    text: String,
    words: u64,
}

impl Request for Question<'_> {
    fn facts(&self) -> RequestFacts {
        RequestFacts::new().provider("kitchen").model("cook-1").message(Message::user(self.0))
    }
}

impl Response for Answer {
    fn facts(&self) -> ResponseFacts {
        ResponseFacts::new()
            .message(Message::assistant(&*self.text).finish_reason("stop"))
            .usage(Usage::default().output(self.words))
    }
}

#[llm_span]
fn ask(question: &Question<'_>) -> Answer {
    Answer { text: format!("{} Never.", question.0), words: 1 }
}

/// The least that is of use: the prompt is the input, the returned text the output, and the rest is said by hand.
#[llm_span(provider = "kitchen", model = "cook-2", parameters(temperature = 0.1))]
fn complete_text(prompt: &str) -> String {
    let span = recount::current();
    span.set_usage(Usage::new(9, 3));
    span.set_finish_reasons(&["stop"]);
    span.set_cost(0.000_21);
    format!("You asked: {prompt}")
}

fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("03_llm_span").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    let request = ChatRequest {
        model: "gpt-4o-mini",
        messages: vec![
            json!({"role": "system", "content": "You are a cook."}),
            json!({"role": "user", "content": "How much stock for four plates of soup?"}),
        ],
        temperature: 0.2,
        max_completion_tokens: 100,
    };
    println!("{}", complete(&request)["choices"][0]["message"]["content"]);
    println!("{}", ask(&Question("Do I salt it twice?")).text);
    println!("{}", complete_text("Salt?"));

    recount.shutdown()
}
