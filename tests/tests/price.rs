//! What model calls cost: who says so, by which name, and how exactly.

use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use recount::price::{Price, PriceTable};
use recount::testing::Recorder;
use recount::{Builder, ErrorKind, Usage};
use recount_tests::exported_with;
use serde_json::{Value, json};

const SOURCE: &str = "traceloop.association.properties.cost_source";

/// A recorder has no prices unless it is given some.
fn priced() -> Builder {
    recount::builder().prices(PriceTable::builtin())
}

/// What leaves the process, priced by the built-in table.
fn exported<T>(work: impl FnOnce() -> T) -> Value {
    exported_with(priced(), work)
}

/// The attributes of the only span.
fn attributes(spans: &Value) -> &Value {
    assert_eq!(spans.as_array().map(Vec::len), Some(1), "{spans}");
    &spans[0]["attributes"]
}

/// The attributes of a call of a model with these tokens.
fn call(builder: Builder, provider: &str, model: &str, usage: Usage) -> Value {
    let spans = exported_with(builder, || {
        recount::span::llm("ask").provider(provider).model(model).usage(usage).in_scope(|| ());
    });
    attributes(&spans).clone()
}

#[recount::llm_span]
fn ask(_request: &Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-mini-2024-07-18",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}},
    })
}

#[test]
fn a_response_is_priced_by_the_table() {
    let spans = exported(|| ask(&json!({})));
    let attributes = attributes(&spans);
    assert_eq!(attributes["gen_ai.provider.name"], "openai");
    // 600 fresh at 0.15, 400 cached at 0.075, 100 of output at 0.6 dollars for a million.
    assert_eq!(attributes["llm.cost.prompt"], 0.00012);
    assert_eq!(attributes["llm.cost.prompt_details.cache_read"], 0.00003);
    assert_eq!(attributes["llm.cost.completion"], 0.00006);
    assert_eq!(attributes["llm.cost.total"], 0.00018);
    let source = attributes[SOURCE].as_str().expect("a source");
    assert!(source.starts_with("table 20"), "{source}");
}

#[test]
fn what_the_provider_says_counts_before_the_table() {
    #[recount::llm_span(provider = "openrouter")]
    fn route(_request: &Value) -> Value {
        let mut response = ask(&json!({}));
        response["usage"]["cost"] = json!(0.5);
        response
    }
    let spans = exported(|| route(&json!({})));
    let routed = spans.as_array().and_then(|spans| spans.last()).expect("a span");
    assert_eq!(routed["attributes"]["llm.cost.total"], 0.5);
    assert_eq!(routed["attributes"][SOURCE], "provider");
    assert_eq!(routed["attributes"].get("llm.cost.prompt"), None);
}

#[test]
fn what_the_program_says_counts_before_the_provider() {
    #[recount::llm_span(provider = "openai")]
    fn billed(_request: &Value) -> Value {
        recount::current().set_cost(0.25);
        json!({"model": "gpt-4o", "choices": [{"message": {"role": "assistant", "content": "Hi"}}],
               "usage": {"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.5}})
    }
    let spans = exported(|| billed(&json!({})));
    assert_eq!(attributes(&spans)["llm.cost.total"], 0.25);
    assert_eq!(attributes(&spans)[SOURCE], "program");
    assert_eq!(attributes(&spans).get("llm.cost.prompt"), None);
}

#[test]
fn names_stand_for_their_editions_and_for_nothing_else() {
    let table = PriceTable::builtin();
    let input = Usage::new(1_000_000, 0);
    let cost = |provider, model| table.cost(provider, model, &input);
    for (provider, model, dollars) in [
        ("openai", "gpt-4o", 2.5),
        ("openai", "GPT-4o", 2.5),
        ("openai", "gpt-4o-2024-08-06", 2.5),
        ("openai", "gpt-4o-2024-05-13", 5.0),
        ("openai", "gpt-4o-mini", 0.15),
        ("openai", "gpt-4o-mini-2024-07-18", 0.15),
        ("openai", "openai/gpt-4o-mini", 0.15),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::7p4lURel", 0.3),
        ("openai", "ft:gpt-4o-mini:acme:suffix:id", 0.3),
        ("openai", "gpt-4", 30.0),
        ("openai", "gpt-4-turbo-2024-04-09", 10.0),
        ("openai", "gpt-4.1-nano", 0.1),
        ("openai", "o3-mini", 1.1),
        ("anthropic", "claude-haiku-4-5-20251001", 1.0),
        ("anthropic", "claude-3-5-haiku-latest", 0.8),
        ("aws.bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", 1.0),
        ("aws.bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1),
        ("aws.bedrock", "arn:aws:bedrock:us-east-1:42:inference-profile/us.amazon.nova-pro-v1:0", 0.8),
        ("gcp.gemini", "models/gemini-2.5-flash", 0.3),
        ("gcp.gemini", "gemini-2.0-flash-001", 0.1),
        ("groq", "openai/gpt-oss-120b", 0.15),
        ("mistral_ai", "mistral-large-2512", 0.5),
    ] {
        assert_eq!(cost(provider, model), Some(dollars), "{provider} {model}");
    }
    for (provider, model) in [
        ("openai", "gpt-4o-audio-preview"),
        ("openai", "gpt-4o-mini-tts"),
        ("openai", "gpt-4o-unheard-of"),
        ("openai", "gpt-4.5"),
        ("openai", "gpt-5-turbo"),
        ("openai", "o3-2024"),
        ("openai", "acme/gpt-4o"),
        ("openai", "ft:gpt-4.1-unheard-of:acme::1"),
        ("openai", ""),
        ("", "gpt-4o"),
        // The same name elsewhere costs something else.
        ("azure.ai.openai", "gpt-4o"),
        ("openrouter", "openai/gpt-4o"),
        ("groq", "gpt-oss-120b-unheard-of"),
        // Tomorrow it may be another model.
        ("mistral_ai", "mistral-large-latest"),
        ("anthropic", "claude-haiku-4-5-fast"),
    ] {
        assert_eq!(cost(provider, model), None, "{provider} {model}");
    }
}

#[test]
fn a_long_prompt_has_its_own_price() {
    let table = PriceTable::builtin();
    let cost = |tokens| table.cost("gcp.gemini", "gemini-2.5-pro", &Usage::new(tokens, 1_000_000));
    assert_eq!(cost(200_000), Some(0.25 + 10.0));
    assert_eq!(cost(200_001), Some(0.500_002_5 + 15.0));
    // Known up to a length only: no price beyond it.
    let cost = |tokens| table.cost("openai", "gpt-6-sol", &Usage::new(tokens, 0));
    assert_eq!((cost(272_000), cost(272_001)), (Some(0.544), None));
}

#[test]
fn what_is_not_known_has_no_cost() {
    let chat = Price::per_million(1.0, 2.0);
    assert_eq!(chat.of(&Usage::default()), None);
    assert_eq!(chat.of(&Usage::default().input(10)), None, "the output is billed and not known");
    assert_eq!(chat.of(&Usage::new(10, 0)), Some(0.00001));
    let embedding = Price::input_only(1.0);
    assert_eq!(embedding.of(&Usage::default().input(10)), Some(0.00001));
    assert_eq!(embedding.of(&Usage::new(10, 1)), None, "output without a price");
    assert_eq!(Price::per_million(-1.0, 1.0).of(&Usage::new(1, 1)), None);

    let free = call(priced(), "openai", "gpt-4o", Usage::default());
    assert_eq!(free.get("llm.cost.total"), None);
    let unknown = call(priced(), "openai", "gpt-unheard-of", Usage::new(1, 1));
    assert_eq!((unknown.get("llm.cost.total"), unknown.get(SOURCE)), (None, None));
}

#[test]
fn another_tier_has_another_price() {
    #[recount::llm_span(provider = "openai")]
    fn ask_in(tier: &str) -> Value {
        json!({"object": "chat.completion", "model": "gpt-4o", "service_tier": tier,
               "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
               "usage": {"prompt_tokens": 1000, "completion_tokens": 0}})
    }
    let cost = |tier| attributes(&exported(|| ask_in(tier))).get("llm.cost.total").cloned();
    assert_eq!(cost("default"), Some(json!(0.0025)));
    assert_eq!(cost("flex"), None);
}

#[test]
fn an_empty_table_switches_prices_off() {
    let builder = recount::builder().prices(PriceTable::empty());
    assert_eq!(call(builder, "openai", "gpt-4o", Usage::new(1, 1)).get("llm.cost.total"), None);
}

#[test]
fn a_table_is_extended_and_replaced() {
    let table = PriceTable::builtin().with("openai", "gpt-4o", Price::per_million(1.0, 1.0)).with(
        "",
        "house-model",
        Price::per_million(7.0, 7.0),
    );
    let usage = Usage::new(1_000_000, 0);
    assert_eq!(table.cost("openai", "gpt-4o-2024-08-06", &usage), Some(1.0));
    assert_eq!(
        table.cost("openai", "gpt-4o-2024-05-13", &usage),
        Some(5.0),
        "the more particular name counts"
    );
    assert_eq!(table.cost("anybody", "house-model", &usage), Some(7.0));

    let ours = r#"{"name": "contract", "providers": [{"providers": ["openai"], "date": "2026-02-01",
        "prices": [{"models": ["gpt-4o"], "input": 2, "cache_read": "?", "output": 8}]}]}"#;
    let error = PriceTable::from_json(ours).expect_err("a price that is none");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let ours = PriceTable::from_json(&ours.replace("\"?\"", "0.5")).expect("a table");
    assert_eq!(ours.date(), Some("2026-02-01"));
    let attributes = call(recount::builder().prices(ours), "openai", "gpt-4o", usage);
    assert_eq!(
        (&attributes["llm.cost.total"], &attributes[SOURCE]),
        (&json!(2.0), &json!("contract 2026-02-01"))
    );
    for wrong in [
        r#"{"providers": [{"prices": [{"models": ["a"], "input": -1}]}]}"#,
        r#"{"providers": [{"prices": [{"models": ["a"], "imput": 1}]}]}"#,
        "[]",
    ] {
        assert!(PriceTable::from_json(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn prices_change_while_the_program_runs() {
    use tracing_subscriber::prelude::*;
    let memory = recount::export::InMemory::default();
    let recount = recount::builder().exporter(memory.clone()).build().expect("a pipeline");
    let work = || {
        let usage = Usage::new(1_000_000, 0);
        recount::span::llm("ask").provider("openai").model("gpt-4o").usage(usage).in_scope(|| ());
    };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(recount.layer()), || {
        work();
        recount.flush().expect("in memory");
        recount.set_prices(PriceTable::empty().with("openai", "gpt-4o", Price::per_million(1.0, 1.0)));
        work();
        recount.flush().expect("in memory");
        recount.set_prices(PriceTable::empty());
        work();
        recount.flush().expect("in memory");
    });
    let cost = |record: &recount::wire::SpanRecord| {
        record.tape.get(recount::wire::Field::Cost).and_then(|cost| cost.as_f64())
    };
    assert_eq!(memory.records().iter().map(cost).collect::<Vec<_>>(), [Some(2.5), Some(1.0), None]);
}

#[test]
fn searches_are_billed_besides_tokens() {
    #[recount::llm_span(provider = "anthropic")]
    fn search_the_web(_request: &Value) -> Value {
        json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5-20251001",
               "content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn",
               "usage": {"input_tokens": 1000, "output_tokens": 100,
                         "server_tool_use": {"web_search_requests": 2}}})
    }
    #[recount::llm_span(provider = "cohere", model = "rerank-v3.5")]
    fn rerank(_query: &str) -> Value {
        json!({"id": "r-1", "results": [{"index": 0, "relevance_score": 0.9}],
               "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 3}}})
    }
    let spans = exported(|| search_the_web(&json!({})));
    // 0.001 for the input, 0.0005 for the output, 0.01 for each search.
    assert_eq!(attributes(&spans)["llm.cost.total"], 0.0215);
    assert_eq!(attributes(&spans)["llm.cost.prompt"], 0.001);

    let table =
        PriceTable::empty().with("cohere", "rerank-v3.5", Price::default().per_thousand_searches(2.0));
    let spans = exported_with(recount::builder().prices(table), || rerank("tea"));
    assert_eq!(attributes(&spans)["llm.cost.total"], 0.006);
    assert_eq!(attributes(&spans).get("llm.cost.prompt"), None);

    let calls = Price::per_million(1.0, 1.0).per_thousand_requests(5.0);
    assert_eq!(calls.of(&Usage::new(1_000_000, 0)), Some(1.005));
    assert_eq!(
        Price::default().per_thousand_searches(2.0).of(&Usage::new(1, 1)),
        None,
        "nobody counted them"
    );
}

#[test]
fn the_built_in_table_is_dated() {
    let table = PriceTable::builtin();
    let date = table.date().expect("a date");
    assert!(date.len() == 10 && date.starts_with("20"), "{date}");
    assert!(!table.is_empty() && PriceTable::empty().is_empty());
}

/// A snapshot of a user's test does not change with our table.
#[test]
fn a_recorder_has_no_prices_unless_it_is_given_some() {
    let cost = |recorder: Recorder| {
        let guard = recorder.install();
        ask(&json!({}));
        drop(guard);
        let spans = recorder.spans();
        spans[0].tape.get(recount::wire::Field::Cost).and_then(|cost| cost.as_f64())
    };
    assert_eq!(cost(Recorder::new()), None);
    assert_eq!(cost(Recorder::with(priced())), Some(0.00018));
}

/// Six decimals, as price pages have them at most.
fn dollars() -> impl Strategy<Value = f64> {
    (0..200_000_000_u64).prop_map(|millionths| {
        format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000).parse().expect("a number")
    })
}

/// The exact product as text: millionths of a dollar for a million, times tokens, are picodollars.
fn exactly(price: f64, tokens: u64) -> f64 {
    let millionths: u128 = format!("{price:.6}").replace('.', "").parse().expect("digits");
    let pico = millionths * u128::from(tokens);
    format!("{}.{:012}", pico / 1_000_000_000_000, pico % 1_000_000_000_000).parse().expect("a number")
}

proptest! {
    #[test]
    fn a_cost_is_the_nearest_number_to_the_exact_one(price in dollars(), tokens in 0..10_000_000_u64) {
        prop_assert_eq!(Price::per_million(price, 0.0).of(&Usage::new(tokens, 0)), Some(exactly(price, tokens)));
        prop_assert_eq!(Price::per_million(0.0, price).of(&Usage::new(0, tokens)), Some(exactly(price, tokens)));
    }

    #[test]
    fn each_token_is_billed_once(price in dollars(), tokens in 0..1_000_000_u64, read in 0..2_000_000_u64, write in 0..2_000_000_u64) {
        // All at one price: however the parts are said, even beyond the whole, the whole costs the same.
        let flat = Price::per_million(price, 0.0).cache_read(price).cache_write(price);
        let usage = Usage::new(tokens, 0).cache_read(read).cache_write(write);
        prop_assert_eq!(flat.of(&usage), Some(exactly(price, tokens)));
        prop_assert_eq!(Price::per_million(price, 0.0).of(&usage), Some(exactly(price, tokens)), "no price of their own");
    }

    #[test]
    fn a_cheaper_cache_never_costs_more(price in dollars(), tokens in 0..1_000_000_u64, read in 0..1_000_000_u64) {
        let full = Price::per_million(price, 0.0);
        let usage = Usage::new(tokens, 0).cache_read(read);
        prop_assert!(full.clone().cache_read(price / 10.0).of(&usage) <= full.of(&usage));
    }

    #[test]
    fn any_name_is_looked_up(provider in ".{0,12}", model in ".{0,40}", prefix in "(openai/|models/|ft:|arn:|)") {
        let _ = PriceTable::builtin().cost(&provider, &format!("{prefix}{model}"), &Usage::new(1, 1));
        let _ = PriceTable::builtin().cost("openai", &format!("{prefix}{model}"), &Usage::new(u64::MAX, u64::MAX));
    }

    #[test]
    fn any_table_is_read_or_refused(text in ".{0,200}") {
        let _ = PriceTable::from_json(&text);
    }
}
