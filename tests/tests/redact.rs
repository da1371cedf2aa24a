//! Redaction from end to end: what was captured anywhere leaves nowhere.

use futures::executor::block_on;
use futures::stream::{self, BoxStream, StreamExt};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use prost::Message as _;
use recount::export::{Console, JsonLines};
use recount::redact::{Kind, Redaction};
use recount::testing::Recorder;
use recount::wire::{Field, SpanRecord};
use recount::{Builder, Message, span};
use recount_tests::foreign::chat;
use recount_tests::secrets::key;
use recount_tests::{Collector, Random, SharedBuffer, argument, fact, records_with};
use serde::Serialize;
use serde_json::json;

const PASSWORD: &str = "tr0ub4dor-3";
const EMAIL: &str = "ada@example.com";
const CARD: u64 = 4_012_888_888_881_881;

/// A key that nobody has.
fn secret_key() -> String {
    key(0, &mut Random::new(1)).1
}

#[derive(Debug, Serialize)]
struct Login {
    user: String,
    password: String,
    /// Found by nothing but its form.
    note: String,
    card: u64,
}

fn login() -> Login {
    Login {
        user: EMAIL.into(),
        password: PASSWORD.into(),
        note: format!("with {}", secret_key()),
        card: CARD,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cannot reach postgres://app:{PASSWORD}@db/shop")]
struct Unreachable(#[source] Denied);

#[derive(Debug, thiserror::Error)]
#[error("the key {0} of {EMAIL} was denied")]
struct Denied(String);

#[recount::tool]
fn fail(login: &Login) -> Result<(), Unreachable> {
    let _ = login;
    Err(Unreachable(Denied(secret_key())))
}

#[recount::tool(debug(login))]
fn succeed(login: Login, api_key: &str) -> Login {
    let _ = api_key;
    login
}

#[recount::task]
fn panic_with(secret: &str) {
    panic!("the secret is {secret}");
}

#[recount::llm_span]
fn ask(request: serde_json::Value) -> serde_json::Value {
    let _ = request;
    json!({
        "id": "chatcmpl-1", "model": "gpt-5.2", "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": format!("use {}", secret_key())}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    })
}

/// The key comes in pieces of three letters.
#[recount::task]
fn in_pieces() -> BoxStream<'static, String> {
    let text = format!("the key is {} and more", secret_key());
    let pieces: Vec<_> =
        text.as_bytes().chunks(3).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect();
    stream::iter(pieces).boxed()
}

#[recount::interaction(user = user, conversation = thread, tags = [user], properties(contact = user, token = secret_key()))]
fn turn(user: &str, thread: &str) {
    let _ = fail(&login());
    succeed(login(), &secret_key());
    let _ = std::panic::catch_unwind(|| panic_with(&secret_key()));
    let messages =
        json!([{"role": "user", "content": format!("My key is {} and my mail {EMAIL}.", secret_key())}]);
    ask(json!({"model": "gpt-5.2", "messages": messages, "user": EMAIL}));
    block_on(in_pieces().collect::<Vec<_>>());
    span::task(format!("log in as {EMAIL} with {}", secret_key())).in_scope(|| {
        let current = recount::current();
        current.set_attribute("http.request.header.authorization", format!("Bearer {PASSWORD}"));
        current.set_attribute(&format!("seen {EMAIL}"), true);
        current.set_attribute("url", format!("https://example.com/?api_key={PASSWORD}"));
        current.set_attribute("db", format!("postgres://app:{PASSWORD}@db/shop"));
        current.add_event("sent", json!({"to": EMAIL, "password": PASSWORD}));
        current.set_input_messages(&[Message::user(secret_key())]);
        current.set_tool_definitions(&json!([{"name": "pay", "description": format!("from {CARD}")}]));
        current.set_error_message("denied", &format!("{} is not valid", secret_key()));
    });
    let foreign = chat("gpt-4o");
    foreign.record("gen_ai.input.messages", secret_key().as_str());
    foreign.record("error.message", format!("{EMAIL} used {}", secret_key()).as_str());
}

/// Everything that leaves by any way, as one text.
fn everything(builder: Builder, work: impl FnOnce()) -> String {
    let collector = Collector::http();
    let (lines, console) = (SharedBuffer::default(), SharedBuffer::default());
    let memory = InMemoryMetricExporter::default();
    let meters =
        SdkMeterProvider::builder().with_reader(PeriodicReader::builder(memory.clone()).build()).build();
    let builder = builder
        .exporter(JsonLines::new(lines.clone()))
        .exporter(Console::new(console.clone()))
        .meter_provider(meters.clone())
        .endpoint(collector.url());
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    work();
    drop(guard);
    let records = recorder.spans();
    assert!(
        records.iter().all(|record| record.tape.entries().next().is_some()),
        "every span has content still"
    );
    meters.force_flush().expect("in memory");
    let metrics = memory.get_finished_metrics().expect("in memory");
    let sent = collector.received();
    let wire = sent.iter().flat_map(|received| received.request.encode_to_vec()).collect::<Vec<_>>();
    assert!(!wire.is_empty(), "the endpoint was sent something");
    let raw = records.iter().flat_map(|record| record.tape.clone().into_buffer()).collect::<Vec<_>>();
    [
        format!("{records:?} {metrics:?}"),
        String::from_utf8_lossy(&raw).into_owned(),
        String::from_utf8_lossy(&wire).into_owned(),
        lines.text(),
        console.text(),
    ]
    .concat()
}

/// Numbers of every type, under names that say what they are.
#[test]
fn numbers_under_the_names_of_credentials_go_whatever_their_type() {
    #[derive(Serialize)]
    struct Numbers {
        password: f64,
        api_key: i64,
        client_secret: i128,
        passcode: f32,
        retries: i64,
    }
    let numbers = Numbers {
        password: 8_675_309.5,
        api_key: -8_675_309,
        client_secret: -86_753_090_000_000_000_000,
        passcode: 86753.5,
        retries: -3,
    };
    let ((), records) = records_with(recount::builder(), || span::task("t").input(&numbers).emit());
    let told = format!("{:?}", records[0].tape.get(Field::Input));
    assert!(!told.contains("8675") && told.contains("-3"), "{told}");
}

#[test]
fn a_value_is_known_by_the_name_beside_it() {
    let pairs = json!([{"name": "password", "value": PASSWORD}, {"name": "colour", "value": "red"}]);
    let ((), records) = records_with(recount::builder(), || span::task("t").input(&pairs).emit());
    let told = String::from_utf8_lossy(&records[0].tape.clone().into_buffer()).into_owned();
    assert!(!told.contains(PASSWORD) && told.contains("red"), "{told}");
}

#[test]
fn a_parameter_is_known_by_its_name() {
    let ((), records) = records_with(recount::builder(), || {
        span::llm("m").in_scope(|| {
            recount::current().set_parameter("password", PASSWORD);
            recount::current().set_parameter("top_k", 40);
        });
    });
    let told = format!("{:?}", records[0].tape);
    let raw = String::from_utf8_lossy(&records[0].tape.clone().into_buffer()).into_owned();
    assert!(!raw.contains(PASSWORD) && !told.contains(PASSWORD), "{told}");
}

#[test]
fn json_in_json_is_read_six_texts_deep() {
    let mut text = json!({"password": PASSWORD}).to_string();
    for depth in 1..=6 {
        text = json!({"a": text}).to_string();
        let ((), records) = records_with(recount::builder(), || span::task("t").input(&text).emit());
        let told = records[0].tape.get(Field::Input).and_then(|input| Some(input.as_str()?.to_owned()));
        assert!(told.is_some_and(|told| !told.contains(PASSWORD)), "{depth} texts deep");
    }
}

#[test]
fn no_exporter_sees_a_secret() {
    let needles = [secret_key(), PASSWORD.to_owned(), EMAIL.to_owned(), CARD.to_string()];
    let work = || turn(EMAIL, &format!("thread of {EMAIL}"));
    let open = everything(recount::builder().redact(Redaction::off()), work);
    for needle in &needles {
        assert!(open.contains(needle), "the test's own premise: {needle}");
    }
    let closed = everything(recount::builder().redact(Redaction::default().personal_data()), work);
    for needle in &needles {
        let around = closed
            .find(needle)
            .map(|at| String::from_utf8_lossy(&closed.as_bytes()[at.saturating_sub(150)..at + 30]));
        assert_eq!(around, None);
    }
    // A key of which most was taken out is none; its beginning shows that it was seen.
    assert!(!closed.contains("sk-ant-"), "not a part of a key either");
    for marker in [
        "anthropic_key",
        "password",
        "connection_string",
        "email",
        "payment_card",
        "authorization",
        "api_key",
    ] {
        assert!(closed.contains(&format!("[redacted:{marker}]")), "{marker}");
    }
}

#[test]
fn credentials_go_unless_somebody_says_otherwise_and_personal_data_stays() {
    let told = everything(recount::builder(), || turn(EMAIL, "t1"));
    assert!(!told.contains(&secret_key()) && !told.contains(PASSWORD));
    assert!(told.contains(EMAIL) && told.contains(&CARD.to_string()));
}

#[recount::tool]
fn look(value: serde_json::Value) {
    let _ = value;
}

fn seen(redaction: Redaction, value: serde_json::Value) -> serde_json::Value {
    let ((), records) = records_with(recount::builder().redact(redaction), || look(value));
    serde_json::from_str(&argument(&records[0], "value").expect("an argument")).expect("JSON")
}

#[test]
fn values_under_the_names_of_credentials_go_whatever_they_are() {
    let value = json!({
        "password": "hunter", "PASSWORD": 1234, "apiKey": ["one", "two"], "client_secret": "", "cookie": null,
        "nested": {"X-Api-Key": "plain"}, "max_tokens": 1024, "token": "the", "tokens": [1, 2], "secret": true,
    });
    let told = json!({
        "password": "[redacted:password]", "PASSWORD": "[redacted:password]",
        "apiKey": ["[redacted:api_key]", "[redacted:api_key]"], "client_secret": "", "cookie": null,
        "nested": {"X-Api-Key": "[redacted:api_key]"}, "max_tokens": 1024, "token": "the", "tokens": [1, 2], "secret": true,
    });
    assert_eq!(seen(Redaction::default(), value), told);
}

/// A field of a form has a name like a credential and is none.
#[test]
fn the_schema_of_a_tool_stays() {
    let schema = json!({"type": "object", "required": ["password"], "properties": {
        "password": {"type": "string", "description": "The password of the user."},
        "api_key": {"type": "string", "minLength": 20}
    }});
    assert_eq!(seen(Redaction::default().personal_data(), schema.clone()), schema);
}

#[test]
fn keys_of_maps_and_whole_numbers_are_looked_at() {
    let key = secret_key();
    let value = json!({key.clone(): 1, "card": CARD, "id": CARD, "count": 17});
    let told =
        json!({"[redacted:anthropic_key]": 1, "card": "[redacted:payment_card]", "id": CARD, "count": 17});
    assert_eq!(seen(Redaction::default().personal_data(), value), told);
}

#[test]
fn ids_and_facts_of_a_call_stay() {
    let call = || {
        span::llm("gpt-5.2")
            .provider("openai")
            .response_id("resp_4012888888881881")
            .finish_reasons(&["stop"])
            .emit();
    };
    let ((), plain) = records_with(recount::builder().redact(Redaction::off()), call);
    let ((), records) = records_with(recount::builder().redact(Redaction::default().personal_data()), call);
    assert_eq!(records, plain);
}

/// Nothing of a key is left at the end of a text that was cut, nor in what was kept of its end.
#[test]
fn keys_that_a_cap_has_cut_go_as_far_as_they_are_there() {
    for cap in 290..420 {
        let text = format!("{}{} and {}", "more ".repeat(60), secret_key(), "more ".repeat(100));
        let ((), records) =
            records_with(recount::builder().value_cap(cap), || span::task("t").input(text.as_str()).emit());
        let told = fact(&records[0], Field::Input).expect("an input");
        assert!(!told.contains("sk-a"), "with {cap} bytes: {told}");
    }
}

#[test]
fn values_whose_end_is_missing_go_too() {
    for (text, told) in [
        ("{\"password\": \"hun", "{\\\"password\\\": \\\"[redacted:password]"),
        ("password=hun7", "password=[redacted:password]"),
        ("see https://ada:hun", "see https://ada:[redacted:connection_string]"),
        ("Authorization: Bearer ab", "Authorization: Bearer [redacted:bearer_token]"),
    ] {
        // What is shorter is kept whole, whatever the cap.
        let before = "- ".repeat(200);
        let whole = format!("{before}{text}{}", "é7".repeat(1000));
        let builder = || recount::builder().value_cap(before.len() + text.len());
        let ((), records) = records_with(builder(), || span::task("t").input(whole.as_str()).emit());
        let input = fact(&records[0], Field::Input).expect("an input");
        assert!(input.starts_with(&format!("\"{before}{told}…")), "{input}");
    }
    // Nothing is lost behind a value that is longer than any that is looked for.
    let long = format!("PASSWORD={} the end", "é7".repeat(1000));
    let ((), records) = records_with(recount::builder(), || span::task("t").input(long.as_str()).emit());
    assert!(fact(&records[0], Field::Input).expect("an input").ends_with("the end\""));
}

#[test]
fn a_key_in_pieces_is_one_key() {
    let (_, records) = records_with(recount::builder(), || block_on(in_pieces().collect::<Vec<_>>()));
    let items = |record: &SpanRecord| {
        let items = record.tape.entries().filter(|entry| entry.field == Field::Item);
        items.filter_map(|item| item.value.as_str().map(str::to_owned)).collect::<String>()
    };
    assert_eq!(items(&records[0]), "the key is [redacted:anthropic_key] and more");
}

#[test]
fn paths_hide_what_stands_there() {
    let redaction = || {
        Redaction::off().path("$.arguments.value.user.name").path("$..born").path("$.arguments.value.list[1]")
    };
    let value = json!({"user": {"name": {"first": "Ada"}, "born": 1815}, "list": [1, 2, 3], "name": "kept"});
    let told = json!({"user": {"name": "[redacted]", "born": "[redacted]"}, "list": [1, "[redacted]", 3], "name": "kept"});
    assert_eq!(seen(redaction(), value), told);

    let builder =
        recount::builder().redact(Redaction::off().path("$.attributes['customer.name']").path("$.user"));
    let ((), records) = records_with(builder, || {
        span::interaction("turn")
            .user("ada")
            .in_scope(|| recount::current().set_attribute("customer.name", "Ada"));
    });
    let told = format!("{records:?}");
    assert!(!told.contains("Ada") && !told.contains("\"ada\""), "{told}");
}

#[test]
fn functions_and_patterns_of_the_user_have_their_say() {
    let redaction = Redaction::off()
        .pattern("order", r"\bORD-\d{4}\b")
        .with(|text| text.contains("Nightingale").then(|| text.replace("Nightingale", "▮")))
        .with(|text| if text == "boom" { panic!("not today") } else { None });
    let value = json!({"a": "ORD-1234 and ORD-12345", "b": "Project Nightingale", "c": "boom", "d": "fine"});
    let told =
        json!({"a": "[redacted:order] and ORD-12345", "b": "Project ▮", "c": "[redacted]", "d": "fine"});
    assert_eq!(seen(redaction, value), told);
}

#[test]
fn single_kinds_are_switched_on_and_off() {
    let text =
        |redaction: Redaction| seen(redaction, json!(format!("{EMAIL} {} 415-555-2671", secret_key())));
    assert_eq!(
        text(Redaction::off().detect(Kind::Email)),
        json!(format!("[redacted:email] {} 415-555-2671", secret_key()))
    );
    let mail = Redaction::default().personal_data().ignore(Kind::Email);
    assert_eq!(text(mail), json!(format!("{EMAIL} [redacted:anthropic_key] [redacted:phone]")));
}

#[test]
fn mistakes_are_errors_of_the_set_up() {
    for (redaction, says) in [
        (Redaction::default().path("arguments.x"), "The redaction path \"arguments.x\" is not understood"),
        (Redaction::default().path("$.a[?(@.b)]"), "filters, slices and lists are not supported"),
        (
            Redaction::default().pattern("order", "("),
            "The redaction pattern \"order\" is no regular expression",
        ),
        (Redaction::default().pattern("", "a"), "needs a name"),
    ] {
        let error = recount::builder().redact(redaction).build().expect_err("a mistake");
        assert_eq!(error.kind(), recount::ErrorKind::Configuration);
        assert!(error.to_string().contains(says), "{error}");
    }
}

/// Its value is never read: it cannot be told by anybody.
#[test]
fn an_argument_that_is_redacted_is_recorded_and_not_read() {
    struct Unreadable;

    impl Serialize for Unreadable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("nobody may read it");
        }
    }

    #[recount::tool(redact(key, unreadable))]
    fn fetch(key: &str, unreadable: Unreadable, url: &str) {
        let _ = (key, unreadable, url);
    }

    #[recount::llm_span(redact(request))]
    fn complete(request: serde_json::Value) -> &'static str {
        let _ = request;
        "fine"
    }

    let ((), records) = records_with(recount::builder().redact(Redaction::off()), || {
        fetch("plain", Unreadable, "https://example.com");
        complete(json!({"model": "gpt-5.2", "messages": [{"role": "user", "content": "plain"}]}));
    });
    assert_eq!(argument(&records[0], "key").as_deref(), Some("\"[redacted]\""));
    assert_eq!(argument(&records[0], "unreadable").as_deref(), Some("\"[redacted]\""));
    assert_eq!(argument(&records[0], "url").as_deref(), Some("\"https://example.com\""));
    assert_eq!(argument(&records[1], "request").as_deref(), Some("\"[redacted]\""));
    assert!(!format!("{records:?}").contains("plain"));
}
