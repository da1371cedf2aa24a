//! Types that say themselves what they ask of a model and what it answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use insta::assert_snapshot;
use recount::llm::{ErrorFacts, Request, RequestFacts, Response, ResponseFacts};
use recount::testing::Recorder;
use recount::{Message, Usage};
use recount_tests::{body, exported, exported_with, recorded};
use serde::Serialize;
use serde_json::{Value, json};

/// Neither `Serialize` nor `Debug`.
struct Question {
    text: String,
    creativity: f64,
}

struct Answer {
    text: String,
    words: u64,
    refused: bool,
}

impl Request for Question {
    fn facts(&self) -> RequestFacts {
        RequestFacts::new()
            .provider("parrot")
            .model("parrot-1")
            .parameter("temperature", self.creativity)
            .parameter("seed", None::<u64>)
            .system("Repeat after me.")
            .message(Message::user(&*self.text))
            .tool(json!({"type": "function", "name": "fly"}))
    }
}

impl Response for Answer {
    fn facts(&self) -> ResponseFacts {
        assert!(self.words > 0, "an answer has words");
        let facts = ResponseFacts::new()
            .model("parrot-1.1")
            .id("answer-7")
            .usage(Usage::default().output(self.words))
            .message(Message::assistant(&*self.text).finish_reason("stop"));
        if self.refused { facts.error(ErrorFacts::new("tired", "the parrot sleeps")) } else { facts }
    }
}

#[recount::llm_span(skip(answer))]
fn ask(question: &Question, answer: Answer) -> Answer {
    let _ = question;
    answer
}

fn question() -> Question {
    Question { text: "How are you?".into(), creativity: 0.5 }
}

fn answer() -> Answer {
    Answer { text: "How are you?".into(), words: 3, refused: false }
}

#[test]
fn what_the_types_say_is_exported() {
    let spans = exported(|| ask(&question(), answer()));
    assert_eq!(spans[0]["name"], "chat parrot-1");
    assert_eq!(
        spans[0]["attributes"],
        json!({
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "parrot",
            "gen_ai.request.model": "parrot-1",
            "gen_ai.request.temperature": 0.5,
            "gen_ai.response.model": "parrot-1.1",
            "gen_ai.response.id": "answer-7",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.output_tokens": 3,
            "gen_ai.system_instructions": r#"[{"type":"text","content":"Repeat after me."}]"#,
            "gen_ai.tool.definitions": r#"[{"type":"function","name":"fly"}]"#,
            "gen_ai.input.messages": r#"[{"role":"user","parts":[{"type":"text","content":"How are you?"}]}]"#,
            "gen_ai.output.messages":
                r#"[{"role":"assistant","parts":[{"type":"text","content":"How are you?"}],"finish_reason":"stop"}]"#,
        })
    );
}

#[test]
fn arguments_of_the_attribute_count_before_it() {
    #[recount::llm_span(provider = "zoo", model = "parrot-2")]
    fn ask(question: Question) -> Arc<Answer> {
        let _ = question;
        recount::current().set_usage(Usage::new(4, 5));
        Arc::new(answer())
    }
    let spans = exported(|| ask(question()));
    let attributes = &spans[0]["attributes"];
    assert_eq!(spans[0]["name"], "chat parrot-2");
    assert_eq!(attributes["gen_ai.provider.name"], "zoo");
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 5);
    assert_eq!(attributes["gen_ai.response.id"], "answer-7");
}

#[test]
fn a_refusal_fails_the_span() {
    let (_, tree) = recorded(|| ask(&question(), Answer { refused: true, ..answer() }));
    assert_snapshot!(tree, @"llm chat parrot-1 How are you? → How are you?  ? → 3 tokens  ✗ tired: the parrot sleeps");
}

#[test]
fn a_panic_in_it_is_not_the_programs() {
    let (_, tree) = recorded(|| ask(&question(), Answer { words: 0, ..answer() }).text);
    assert_snapshot!(tree, @r#"llm chat parrot-1 How are you? → "llm_traits::Answer""#);
}

#[test]
fn without_content_its_facts_are_left() {
    let spans = exported_with(recount::builder().capture_content(false), || ask(&question(), answer()));
    let text = spans.to_string();
    assert!(!text.contains("How are you?") && !text.contains("Repeat") && !text.contains("fly"), "{text}");
    assert_eq!(spans[0]["attributes"]["gen_ai.usage.output_tokens"], 3);
    assert_eq!(spans[0]["attributes"]["gen_ai.response.finish_reasons"], json!(["stop"]));
}

#[test]
fn nobody_asks_where_nobody_listens() {
    static ASKED: AtomicBool = AtomicBool::new(false);
    struct Silent;
    impl Request for Silent {
        fn facts(&self) -> RequestFacts {
            ASKED.store(true, Ordering::Relaxed);
            RequestFacts::new()
        }
    }
    #[recount::llm_span]
    fn ask(_question: &Silent, again: Silent) {
        let _ = again;
    }
    ask(&Silent, Silent);
    assert!(!ASKED.load(Ordering::Relaxed));
    exported(|| ask(&Silent, Silent));
    assert!(ASKED.load(Ordering::Relaxed), "somebody listens");
}

/// The value has the shape of a provider's body as well.
#[test]
fn what_the_type_says_counts_before_its_shape() {
    #[derive(Clone, Serialize)]
    struct Body(Value);
    impl Request for Body {
        fn facts(&self) -> RequestFacts {
            RequestFacts::new().model("told").message(Message::user("told"))
        }
    }
    impl Response for Body {
        fn facts(&self) -> ResponseFacts {
            ResponseFacts::new().model("told").message(Message::assistant("told").finish_reason("stop"))
        }
    }
    #[recount::llm_span(skip(answer))]
    fn ask(request: &Body, answer: Body) -> Body {
        let _ = request;
        answer
    }
    let (request, response) = body("openai_chat/plain");
    let spans = exported(|| ask(&Body(request), Body(response)));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "told");
    assert_eq!(attributes["gen_ai.response.model"], "told");
    assert_eq!(
        attributes["gen_ai.input.messages"],
        r#"[{"role":"user","parts":[{"type":"text","content":"told"}]}]"#
    );
    assert_eq!(
        attributes["gen_ai.output.messages"],
        r#"[{"role":"assistant","parts":[{"type":"text","content":"told"}],"finish_reason":"stop"}]"#
    );
    assert_eq!(attributes["gen_ai.usage.input_tokens"], Value::Null, "of the shape nothing is read");
}

#[test]
fn the_class_of_an_error_is_one_short_line() {
    struct Failure(String);
    impl Response for Failure {
        fn facts(&self) -> ResponseFacts {
            ResponseFacts::new().error(ErrorFacts::new(&*self.0, "the parrot sleeps"))
        }
    }
    #[recount::llm_span(skip(kind))]
    fn ask(kind: &str) -> Failure {
        Failure(kind.to_owned())
    }
    for (kind, class) in [
        ("tired", "tired".to_owned()),
        ("\ntired\nof it", "tired".into()),
        (&"é".repeat(1000), "é".repeat(64)),
    ] {
        assert_eq!(exported(|| ask(kind))[0]["attributes"]["error.type"], class);
    }
}

#[test]
fn other_spans_read_the_value_as_ever() {
    #[derive(Serialize)]
    struct Note {
        text: &'static str,
    }
    impl Request for Note {
        fn facts(&self) -> RequestFacts {
            RequestFacts::new().model("not asked")
        }
    }
    #[recount::task]
    fn keep(note: Note) {
        let _ = note;
    }
    let ((), tree) = recorded(|| keep(Note { text: "tea" }));
    assert_snapshot!(tree, @r#"task keep {"note":{"text":"tea"}}"#);
}

#[test]
fn open_spans_are_told_by_hand() {
    let recorder = Recorder::new();
    let _guard = recorder.install();
    let span = recount::span::llm("parrot-1").start();
    span.set_request(&question());
    span.set_response(&answer());
    drop(span);
    assert_snapshot!(recorder.tree(), @"llm chat parrot-1 How are you? → How are you?  ? → 3 tokens");
}
