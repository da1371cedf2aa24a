//! The bodies of a provider that recount does not know: an extractor finds the facts in them.
//!
//! It is asked, on recount's own thread, about every body that was captured of a model call, and says `None` where it
//! is none of its provider's. For types of your own, a trait on the type is less work: see `03_llm_span`. Run it with
//! `cargo run -p examples --example 11_extractor`.

use futures::{Stream, StreamExt, stream};
use recount::llm::{ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use recount::wire::tape::Value;
use recount::{Message, Usage, llm_span};
use serde_json::json;
use tracing_subscriber::prelude::*;

/// The oracle of Delphi, over JSON.
struct Oracle;

impl Extractor for Oracle {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let model = body.get("priestess")?.as_str()?;
        let question = body.get("question")?.as_str()?;
        let facts = RequestFacts::new().provider("delphi").model(model).message(Message::user(question));
        Some(facts.parameter("temperature", body.get("vapours").and_then(|vapours| vapours.as_f64())))
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        if let Some(silence) = body.get("silence")?.as_str() {
            return Some(ResponseFacts::new().error(ErrorFacts::new("silence", silence)));
        }
        let verse = body.get("verse")?.as_str()?;
        let facts = ResponseFacts::new().message(Message::assistant(verse).finish_reason("stop"));
        Some(facts.usage(words(body)))
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        let Some(murmur) = chunk.get("murmur").and_then(|murmur| murmur.as_str()) else { return false };
        answer.choice(0).text(0, murmur);
        answer.update_usage(words(chunk));
        if chunk.get("last").is_some() {
            answer.choice(0).finish("stop");
        }
        true
    }
}

/// Counts that are not there stay unknown; they are not 0.
fn words(body: &Value<'_>) -> Usage {
    let count = body.get("words").and_then(|words| words.as_u64());
    count.map(|words| Usage::default().output(words)).unwrap_or_default()
}

#[llm_span]
fn ask(request: serde_json::Value) -> serde_json::Value {
    match request["question"].as_str() {
        Some("") | None => json!({"silence": "ask something"}),
        Some(_) => json!({"silence": null, "verse": "A great empire will fall.", "words": 5}),
    }
}

#[llm_span]
fn listen(request: serde_json::Value) -> impl Stream<Item = serde_json::Value> {
    let _ = request;
    stream::iter([json!({"murmur": "Know "}), json!({"murmur": "thyself.", "words": 2, "last": true})])
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("11_extractor").extractor(Oracle).console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    let question = |text: &str| json!({"priestess": "pythia-3", "question": text, "vapours": 0.9});
    println!("{}", ask(question("Shall I cross the river?"))["verse"]);
    println!("{}", ask(question(""))["silence"]);
    println!("{} murmurs", listen(question("What shall I know?")).count().await);

    recount.shutdown()
}
