//! Metrics: what is recorded of which span, under which names, into which provider.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::{self, Stream};
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{InstrumentationScope, global};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use recount::Builder;
use recount::sample::{Keep, Sampler};
use recount::testing::Recorder;
use recount_tests::assert_golden;
use serde_json::{Value, json};

/// A provider that remembers, and what it remembers.
struct Meters {
    provider: SdkMeterProvider,
    memory: InMemoryMetricExporter,
}

impl Meters {
    fn new() -> Self {
        let memory = InMemoryMetricExporter::default();
        let provider =
            SdkMeterProvider::builder().with_reader(PeriodicReader::builder(memory.clone()).build()).build();
        Self { provider, memory }
    }

    /// As OTLP/JSON, without times.
    fn json(&self) -> Value {
        self.provider.force_flush().expect("in memory");
        let last = self.memory.get_finished_metrics().expect("in memory").pop();
        let request = last.as_ref().map(ExportMetricsServiceRequest::from).unwrap_or_default();
        let mut json = serde_json::to_value(request).expect("plain data");
        timeless(&mut json);
        json
    }

    /// How many values each metric has, by name and attributes.
    fn counts(&self) -> BTreeMap<String, u64> {
        counts(&self.json())
    }
}

/// Removes what differs from run to run, and sorts the rest.
fn timeless(json: &mut Value) {
    match json {
        Value::Object(object) => {
            object.retain(|key, _| {
                !["startTimeUnixNano", "timeUnixNano", "resource", "version"].contains(&key.as_str())
            });
            object.values_mut().for_each(timeless);
            if let Some(Value::Array(metrics)) = object.get_mut("metrics") {
                // How the pipeline fares is told apart, in `health`.
                metrics
                    .retain(|metric| !metric["name"].as_str().is_some_and(|name| name.starts_with("otel.")));
            }
            for list in ["attributes", "dataPoints", "metrics"] {
                if let Some(Value::Array(list)) = object.get_mut(list) {
                    list.sort_by_key(ordered);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(timeless),
        _ => {}
    }
}

/// The text of a value, with its keys in order whatever `serde_json` was told to do with them.
fn ordered(value: &Value) -> String {
    match value {
        Value::Object(pairs) => {
            let pairs: BTreeMap<_, _> = pairs.iter().map(|(key, value)| (key, ordered(value))).collect();
            pairs.into_iter().map(|(key, value)| format!("{key:?}:{value}")).collect::<Vec<_>>().join(",")
        }
        Value::Array(values) => values.iter().map(ordered).collect(),
        other => other.to_string(),
    }
}

fn counts(json: &Value) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for metric in json
        .pointer("/resourceMetrics/0/scopeMetrics/0/metrics")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        for point in metric["histogram"]["dataPoints"].as_array().into_iter().flatten() {
            let attributes: Vec<_> =
                point["attributes"].as_array().into_iter().flatten().map(attribute).collect();
            let name = metric["name"].as_str().expect("a name");
            let count =
                point["count"].as_str().and_then(|count| count.parse().ok()).or(point["count"].as_u64());
            counts.insert(format!("{name} {}", attributes.join(" ")), count.expect("a count"));
        }
    }
    counts
}

/// `key=value`, the key without what all have in front.
fn attribute(attribute: &Value) -> String {
    let value = attribute["value"].as_object().and_then(|value| value.values().next()).expect("a value");
    let key = attribute["key"].as_str().expect("a key").trim_start_matches("gen_ai.");
    format!("{key}={}", value.as_str().map_or_else(|| value.to_string(), Into::into))
}

#[recount::llm_span(provider = "openai", model = "gpt-4o")]
fn ask(_question: &str) -> Value {
    json!({"object": "chat.completion", "model": "gpt-4o-2024-08-06",
           "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
           "usage": {"prompt_tokens": 1000, "completion_tokens": 10}})
}

#[recount::llm_span(provider = "openai", model = "gpt-4o")]
fn ask_in_vain(_question: &str) -> Result<Value, std::fmt::Error> {
    Err(std::fmt::Error)
}

#[recount::llm_span(provider = "openai", model = "gpt-4o")]
fn stream_answer(_question: &str) -> impl Stream<Item = Value> + use<> {
    let chunk = |delta: Value, reason: Value| {
        json!({"object": "chat.completion.chunk", "model": "gpt-4o-2024-08-06",
               "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    };
    stream::iter([
        chunk(json!({"role": "assistant", "content": "H"}), Value::Null),
        chunk(json!({"content": "i"}), Value::Null),
        chunk(json!({}), json!("stop")),
    ])
}

#[recount::tool]
fn search(query: &str) -> Result<u32, std::num::ParseIntError> {
    query.parse()
}

#[recount::agent]
fn researcher(question: &str) {
    ask(question);
    let _ = ask_in_vain(question);
    let _ = (search("1"), search("x"));
    critic();
}

#[recount::agent]
fn critic() {
    let _ = search("2");
}

#[recount::workflow]
fn answer(question: &str) {
    researcher(question);
    block_on(stream_answer(question).for_each(|_| async {}));
    recount::span::retrieval("documents").query("tea").in_scope(|| ());
    recount::span::task("tidy up").in_scope(|| ());
}

#[recount::interaction(user = "u-77", conversation = "c-1")]
fn turn() {
    answer("How?");
}

fn record(builder: Builder, work: impl FnOnce()) -> Recorder {
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    work();
    drop(guard);
    // A flush.
    let _ = recorder.stats();
    recorder
}

#[test]
fn every_kind_of_span_has_its_metrics() {
    let meters = Meters::new();
    let recorder = record(recount::builder().meter_provider(meters.provider.clone()), turn);
    assert_eq!(recorder.stats().lost(), 0);
    let json = meters.json();
    assert_golden("metrics", &json);
    let text = json.to_string();
    assert!(!text.contains("u-77") && !text.contains("c-1"), "no users, no conversations");
}

#[test]
fn what_is_not_known_is_not_recorded() {
    let meters = Meters::new();
    let _recorder = record(recount::builder().meter_provider(meters.provider.clone()), || {
        recount::span::llm("").in_scope(|| ());
        recount::span::task("alone").in_scope(|| ());
    });
    assert_eq!(
        meters.counts(),
        BTreeMap::from([("gen_ai.client.operation.duration operation.name=chat".into(), 1)])
    );
}

#[test]
fn spans_need_not_be_exported() {
    let meters = Meters::new();
    let recount = recount::builder().meter_provider(meters.provider.clone()).build().expect("a worker");
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || ask("How?"));
    recount.shutdown().expect("nothing was lost");
    assert_eq!(recount.stats().delivered, 1);
    let counts = meters.counts();
    assert_eq!(counts.len(), 3, "{counts:?}");
    assert!(counts.keys().any(|name| name.contains("response.model=gpt-4o-2024-08-06")), "{counts:?}");
}

#[test]
fn the_global_provider_is_used_where_none_is_given() {
    let meters = Meters::new();
    let recount = recount::builder().metrics(true).build().expect("a worker");
    global::set_meter_provider(meters.provider.clone());
    let subscriber =
        tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer());
    tracing::subscriber::with_default(subscriber, || drop(search("global")));
    recount.shutdown().expect("nothing was lost");
    assert!(meters.counts().keys().any(|name| name.starts_with("gen_ai.execute_tool.duration")));
}

#[test]
fn metrics_are_switched_off() {
    let meters = Meters::new();
    let builder = recount::builder().meter_provider(meters.provider.clone()).metrics(false);
    let _recorder = record(builder, turn);
    assert!(meters.counts().is_empty());
}

#[test]
fn a_provider_that_panics_costs_no_span() {
    struct Broken;

    impl MeterProvider for Broken {
        fn meter_with_scope(&self, _: InstrumentationScope) -> Meter {
            panic!("no meters today")
        }
    }

    let recorder = record(recount::builder().meter_provider(Broken), turn);
    assert_eq!((recorder.stats().lost(), recorder.spans().len()), (0, 12));
}

/// What only metrics need is not in the way of those who read records.
#[test]
fn the_times_of_chunks_are_recorded_for_metrics_only() {
    let stream = || block_on(stream_answer("How?").for_each(|_| async {}));
    let gaps = |builder: Builder| {
        let spans = record(builder, stream).spans();
        spans[0].tape.get(recount::wire::Field::ItemGaps).map(|gaps| gaps.to_json())
    };
    let meters = Meters::new();
    assert_eq!(
        gaps(recount::builder().meter_provider(meters.provider.clone())).as_deref(),
        Some("[1000,1000]")
    );
    assert_eq!(gaps(recount::builder().metrics(false)), None);
}

/// The metrics of whole programs reach a receiver made of OpenTelemetry's own types.
#[test]
fn metrics_arrive_over_otlp() {
    struct Receiver(mpsc::Sender<ExportMetricsServiceRequest>);

    #[tonic::async_trait]
    impl MetricsService for Receiver {
        async fn export(
            &self,
            request: tonic::Request<ExportMetricsServiceRequest>,
        ) -> Result<tonic::Response<ExportMetricsServiceResponse>, tonic::Status> {
            let _ = self.0.send(request.into_inner());
            Ok(tonic::Response::new(ExportMetricsServiceResponse::default()))
        }
    }

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket that does not block");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, receiver) = mpsc::channel();
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let service = MetricsServiceServer::new(Receiver(sender));
        tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming).await
    });
    let entered = runtime.enter();
    let exporter = opentelemetry_otlp::MetricExporter::builder()
        .with_tonic()
        .with_endpoint(url)
        .build()
        .expect("an exporter");
    let provider = SdkMeterProvider::builder().with_reader(PeriodicReader::builder(exporter).build()).build();
    drop(entered);
    let recorder = record(recount::builder().meter_provider(provider.clone()), turn);
    assert_eq!(recorder.stats().lost(), 0);
    provider.force_flush().expect("the receiver takes it");
    let request = receiver.recv_timeout(Duration::from_secs(30)).expect("a request");
    let mut json = serde_json::to_value(request).expect("plain data");
    timeless(&mut json);
    assert_eq!(json.pointer("/resourceMetrics/0/scopeMetrics/0/scope/name"), Some(&json!("recount")));
    assert!(counts(&json).keys().any(|name| name.starts_with("gen_ai.workflow.duration")), "{json}");
    provider.shutdown().expect("it ends");
}

/// Who wants metrics of everything and traces of some takes the rule.
#[test]
fn the_rule_of_traces_to_keep_drops_no_metrics_and_the_sampler_does() {
    for (builder, expected) in [
        (recount::builder().keep(Keep::new()), 3),
        (recount::builder().sampler(Sampler::by(|root| root.name != "ask_in_vain")), 1),
    ] {
        let meters = Meters::new();
        let _recorder = record(builder.meter_provider(meters.provider.clone()), || {
            drop((ask("Hi?"), ask_in_vain("Hi?"), ask_in_vain("Hi?")));
        });
        let durations = meters.counts().into_iter().filter(|(name, _)| name.contains("operation.duration"));
        assert_eq!(durations.map(|(_, count)| count).sum::<u64>(), expected);
    }
}
