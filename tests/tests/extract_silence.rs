//! An extractor may call what it likes, annotated functions too: what it does is no work of the program's.
//!
//! One test: the recorder listens to all threads of this process.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::llm::{Extractor, Partial, RequestFacts, ResponseFacts};
use recount::testing::Recorder;
use recount::wire::tape::Value;
use tracing_subscriber::layer::SubscriberExt;

/// Asks another model whether a body is one.
struct Judge;

#[recount::llm_span]
fn judge(body: &str) -> String {
    body.to_uppercase()
}

impl Extractor for Judge {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        judge(&body.to_json()).is_empty().then(RequestFacts::new)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        judge(&body.to_json()).is_empty().then(ResponseFacts::new)
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        let piece = judge(&chunk.to_json());
        answer.choice(0).text(0, &piece);
        answer.choice(0).finish("stop");
        true
    }
}

#[recount::llm_span(provider = "parrot")]
fn ask(question: serde_json::Value) -> serde_json::Value {
    question
}

/// So long that it is put together while it goes on, on this thread.
#[recount::llm_span(provider = "parrot")]
fn stream_answer(chunks: usize) -> impl Stream<Item = serde_json::Value> {
    stream::iter((0..chunks).map(|n| serde_json::json!({ "squawk": format!("{n:0100}") })))
}

#[test]
fn what_an_extractor_calls_makes_no_spans() {
    let recorder = Recorder::with(recount::builder().extractor(Judge));
    let subscriber = tracing_subscriber::registry().with(recorder.layer());
    tracing::subscriber::set_global_default(subscriber).expect("the only one");
    ask(serde_json::json!({"say": "Hello", "to": {"name": "Polly"}}));
    assert_eq!(block_on(stream_answer(2000).count()), 2000);
    assert_eq!(block_on(stream_answer(2).count()), 2);
    // What the worker made of the first ones would be there with the second flush at the latest.
    let _ = recorder.spans();
    let names: Vec<_> = recorder.spans().iter().map(|span| span.name.to_string()).collect();
    assert_eq!(names, ["ask", "stream_answer", "stream_answer"]);
    // The program's own calls are traced as ever.
    judge("Hello");
    assert_eq!(recorder.spans().len(), 4);
}
