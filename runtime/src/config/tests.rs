//! The environment, as it should and should not be; never that of the process.

use std::collections::HashMap;
use std::time::Duration;

use super::{Builder, Settings};
use crate::ErrorKind;
use crate::batch::Overflow;
use crate::sample::{Root, Sampler};
use crate::wire::{Kind, TraceId};

fn settings(builder: Builder, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let variables: HashMap<_, _> = environment.iter().copied().collect();
    builder.settings(|name| variables.get(name).map(|value| (*value).to_owned())).map_err(|error| {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error.to_string()
    })
}

fn read(environment: &[(&str, &str)]) -> Settings {
    settings(Builder::default(), environment).unwrap_or_else(|error| panic!("{environment:?}: {error}"))
}

fn error(environment: &[(&str, &str)]) -> String {
    match settings(Builder::default(), environment) {
        Ok(_) => panic!("{environment:?} has a meaning"),
        Err(error) => error,
    }
}

#[test]
fn without_a_word_nothing_is_sent_anywhere() {
    let settings = read(&[]);
    assert!(settings.exporters.is_empty());
    assert!(settings.content);
    assert_eq!(settings.value_cap, 128 * 1024);
    let queue = settings.queue;
    assert_eq!((queue.records, queue.bytes, queue.overflow), (131_072, 112 << 20, Overflow::DropNewest));
    assert_eq!((queue.batch, queue.batch_bytes, queue.delay), (512, 256 << 10, Duration::from_secs(1)));
    let get = |key| settings.resource.get(key);
    assert!(get("service.name").is_some_and(|name| name.starts_with("unknown_service:")));
    assert_eq!((get("telemetry.sdk.name"), get("telemetry.sdk.language")), (Some("recount"), Some("rust")));
}

#[test]
fn the_environment_is_read() {
    let settings = read(&[
        ("OTEL_SERVICE_NAME", "bot"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,team=a%20b%2Cc, x = y ,empty="),
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_BSP_SCHEDULE_DELAY", "250"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1000"),
        ("RECOUNT_QUEUE_BYTES", "1000000"),
        ("RECOUNT_BATCH_BYTES", "1000"),
        ("RECOUNT_OVERFLOW", "wait:50"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "64"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
    ]);
    assert_eq!(settings.exporters.len(), 1);
    assert_eq!(settings.value_cap, 64);
    let queue = settings.queue;
    assert_eq!((queue.records, queue.bytes), (100, 1_000_000));
    assert_eq!((queue.batch, queue.batch_bytes), (50, 1000), "while one is exported, another one is filled");
    assert_eq!(queue.delay, Duration::from_millis(250));
    assert_eq!(queue.overflow, Overflow::Wait(Duration::from_millis(50)));
    let get = |key| settings.resource.get(key);
    assert_eq!(
        (get("service.name"), get("team"), get("x"), get("empty")),
        (Some("bot"), Some("a b,c"), Some("y"), Some(""))
    );
}

#[test]
fn the_builder_counts_before_the_environment() {
    let builder = Builder::default()
        .service_name("mine")
        .service_version("1.2")
        .environment("staging")
        .resource_attribute("team", "b")
        .capture_content(true)
        .value_cap(1 << 20)
        .batch_size(7)
        .batch_delay(Duration::ZERO)
        .queue_records(70)
        .overflow(Overflow::DropOldest);
    let settings = settings(
        builder,
        &[
            ("OTEL_SERVICE_NAME", "theirs"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=a"),
            ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "NO_CONTENT"),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "64"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8"),
            ("OTEL_BSP_SCHEDULE_DELAY", "8"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "8"),
            ("RECOUNT_OVERFLOW", "drop_newest"),
        ],
    )
    .expect("settings");
    let get = |key| settings.resource.get(key);
    assert_eq!((get("service.name"), get("team")), (Some("mine"), Some("b")));
    assert_eq!((get("service.version"), get("deployment.environment.name")), (Some("1.2"), Some("staging")));
    assert!(settings.content);
    assert_eq!(settings.value_cap, 1 << 20);
    assert_eq!((settings.queue.records, settings.queue.batch), (70, 7));
    assert_eq!(settings.queue.delay, Duration::from_millis(5), "the shortest that there is");
    assert_eq!(settings.queue.overflow, Overflow::DropOldest);
}

#[test]
fn content_is_switched_by_either_name() {
    const OTEL: &str = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
    const TRACELOOP: &str = "TRACELOOP_TRACE_CONTENT";
    for (environment, on) in [
        (&[(OTEL, "NO_CONTENT")][..], false),
        (&[(OTEL, "event_only")], false),
        (&[(OTEL, "SPAN_ONLY")], true),
        (&[(OTEL, "SPAN_AND_EVENT")], true),
        (&[(OTEL, "False")], false),
        (&[(TRACELOOP, "false")], false),
        (&[(TRACELOOP, "TRUE")], true),
        (&[(OTEL, "true"), (TRACELOOP, "false")], true),
        (&[(OTEL, ""), (TRACELOOP, "false")], false),
    ] {
        assert_eq!(read(environment).content, on, "{environment:?}");
    }
}

#[test]
fn a_limit_lowers_the_cap_and_never_raises_it() {
    assert_eq!(read(&[("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "999999999")]).value_cap, 128 * 1024);
    let both = [("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9"), ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5")];
    assert_eq!(read(&both).value_cap, 5);
}

/// An error names the variable, what it says and what it should.
#[test]
fn what_has_no_meaning_is_told() {
    assert_eq!(
        error(&[("OTEL_BSP_SCHEDULE_DELAY", "soon")]),
        "OTEL_BSP_SCHEDULE_DELAY is \"soon\"; expected a whole number of milliseconds."
    );
    for (name, value) in [
        ("OTEL_SDK_DISABLED", "maybe"),
        ("OTEL_TRACES_EXPORTER", "jaeger"),
        ("OTEL_TRACES_EXPORTER", "otlp,none"),
        ("OTEL_TRACES_EXPORTER", ","),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier pigeon"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "-1"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1e3"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "99999999999999999999999"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "some"),
        ("TRACELOOP_TRACE_CONTENT", "yes"),
        ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "none"),
    ] {
        let error = error(&[(name, value)]);
        assert!(error.starts_with(&format!("{name} is {value:?}; expected ")), "{error}");
    }
    assert_eq!(
        error(&[("OTEL_RESOURCE_ATTRIBUTES", "a=b,c")]),
        "OTEL_RESOURCE_ATTRIBUTES: entry 2 has no `=`."
    );
    for wrong in ["=x", "a=%ff"] {
        assert!(error(&[("OTEL_RESOURCE_ATTRIBUTES", wrong)]).starts_with("OTEL_RESOURCE_ATTRIBUTES: "));
    }
    for wrong in ["drop", "drop_oldest:5", "wait", "wait:", "wait:soon"] {
        let error = error(&[("RECOUNT_OVERFLOW", wrong)]);
        assert!(error.contains("expected `drop_newest`, `drop_oldest` or `wait:`"), "{error}");
    }
    let builder = Builder::default;
    for wrong in [
        builder().batch_size(0),
        builder().batch_bytes(0),
        builder().queue_records(0),
        builder().queue_bytes(0),
    ] {
        assert!(settings(wrong, &[]).is_err());
    }
}

/// Disabled is disabled, whatever else is said.
#[test]
fn disabled() {
    let builder = Builder::default().console().endpoint("nonsense");
    let settings = settings(builder, &[("OTEL_SDK_DISABLED", "True"), ("OTEL_TRACES_EXPORTER", "nonsense")]);
    assert!(settings.is_ok_and(|settings| settings.exporters.is_empty()));
}

#[cfg(feature = "otlp")]
mod otlp {
    use super::*;

    #[test]
    fn spans_are_sent_where_somebody_says_so() {
        const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        for (environment, exporters) in [
            (&[ENDPOINT][..], 1),
            (&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://h/x")], 1),
            (&[("OTEL_TRACES_EXPORTER", "otlp")], 1),
            (&[("OTEL_TRACES_EXPORTER", "console, otlp"), ENDPOINT], 2),
            (&[("OTEL_TRACES_EXPORTER", "none"), ENDPOINT], 0),
            (&[("OTEL_TRACES_EXPORTER", "console"), ENDPOINT], 1),
            (&[("OTEL_EXPORTER_OTLP_HEADERS", "a=b")], 0),
        ] {
            assert_eq!(read(environment).exporters.len(), exporters, "{environment:?}");
        }
        let builder = Builder::default().endpoint("http://localhost").console();
        let both = settings(builder, &[("OTEL_TRACES_EXPORTER", "none")]);
        assert_eq!(both.map(|settings| settings.exporters.len()), Ok(2));
    }

    #[test]
    fn an_endpoint_that_is_none_is_told_with_its_source() {
        assert_eq!(
            error(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318")]),
            "OTEL_EXPORTER_OTLP_ENDPOINT: \"localhost:4318/v1/traces\" is no endpoint: it does not begin with http:// \
             or https://; expected a URL such as \"http://localhost:4318\"."
        );
        let error = settings(Builder::default().endpoint("ftp://h"), &[]).map(|_| ()).expect_err("no HTTP");
        assert!(
            error.starts_with("The endpoint of the builder: \"ftp://h/v1/traces\" is no endpoint"),
            "{error}"
        );
    }

    #[test]
    fn a_header_is_told_without_its_value() {
        let builder = || Builder::default().endpoint("http://localhost");
        for (name, value) in [("authorization", "secret\u{7}"), ("a b", "secret")] {
            let error = settings(builder().header(name, value), &[]).map(|_| ()).expect_err("no header");
            assert!(error.contains(name) && !error.contains("secret"), "{error}");
        }
        for value in ["x-key=secret%0d%0a", "secret", "x-key=%ff%fesecret", "a b=secret"] {
            let environment = [("OTEL_EXPORTER_OTLP_HEADERS", value), ("OTEL_TRACES_EXPORTER", "otlp")];
            assert!(!error(&environment).contains("secret"), "{}", error(&environment));
        }
        let shown = format!("{:?}", builder().header("x-key", "secret"));
        assert!(shown.contains("x-key") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn a_protocol_that_is_switched_off_names_its_feature() {
        for (protocol, feature, on) in [
            ("http/json", "http-json", cfg!(feature = "http-json")),
            ("grpc", "grpc", cfg!(feature = "grpc")),
        ] {
            let environment = [("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_TRACES_EXPORTER", "otlp")];
            match settings(Builder::default(), &environment) {
                Ok(_) => assert!(on, "{protocol}"),
                Err(error) => {
                    assert!(!on, "{error}");
                    assert_eq!(
                        error,
                        format!("The protocol {protocol} needs the cargo feature `{feature}` of recount.")
                    );
                }
            }
        }
    }
}

#[cfg(feature = "metrics")]
#[test]
fn metrics_are_recorded_where_somebody_asked_for_them() {
    let records = |builder: Builder, environment: &[(&str, &str)]| {
        settings(builder, environment).expect("a meaning").metrics.is_some()
    };
    let console = [("OTEL_TRACES_EXPORTER", "console")];
    let provider =
        || Builder::default().meter_provider(opentelemetry::metrics::noop::NoopMeterProvider::new());
    assert!(!records(Builder::default(), &[]));
    assert!(records(Builder::default(), &console));
    assert!(records(Builder::default().metrics(true), &[]));
    assert!(records(provider(), &[]));
    assert!(!records(provider().metrics(false), &console));
    assert!(!records(provider().metrics(true), &[("OTEL_SDK_DISABLED", "true")]));
}

/// Which of four traces are recorded: in the first quarter of the ids, in the second, and so on.
fn sampled(settings: &Settings) -> [bool; 4] {
    [0x10, 0x50, 0x90, 0xd0].map(|byte| {
        let mut id = [0xee; 16];
        id[8] = byte;
        settings.sampler.samples(&Root::new(TraceId::from_bytes(id), Kind::Task, "task", "target"))
    })
}

#[test]
fn the_sampler_is_one_that_open_telemetry_knows() {
    const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    let (all, half, none) = ([true; 4], [true, true, false, false], [false; 4]);
    for (environment, expected) in [
        (&[][..], all),
        (&[(SAMPLER, "")], all),
        (&[(SAMPLER, "always_on")], all),
        (&[(SAMPLER, "always_off")], none),
        (&[(SAMPLER, "parentbased_always_on")], all),
        (&[(SAMPLER, "parentbased_always_off")], none),
        (&[(SAMPLER, "traceidratio")], all),
        (&[(SAMPLER, "traceidratio"), (ARGUMENT, "0.5")], half),
        (&[(SAMPLER, "parentbased_traceidratio"), (ARGUMENT, " 5e-1 ")], half),
        (&[(SAMPLER, "traceidratio"), (ARGUMENT, "0")], none),
        // Of another sampler, or of none.
        (&[(SAMPLER, "always_on"), (ARGUMENT, "endpoint=http://localhost")], all),
        (&[(ARGUMENT, "0")], all),
    ] {
        assert_eq!(sampled(&read(environment)), expected, "{environment:?}");
    }
    let builder = || Builder::default().sampler(Sampler::ratio(0.25));
    let set = settings(builder(), &[(SAMPLER, "always_off")]).expect("settings");
    assert_eq!(sampled(&set), [true, false, false, false]);

    for name in ["sometimes", "ALWAYS_ON", "parentbased_", "parentbased_parentbased_always_on"] {
        let told = format!("OTEL_TRACES_SAMPLER is \"{name}\"; expected `always_on`, ");
        assert!(error(&[(SAMPLER, name)]).starts_with(&told), "{name}");
    }
    for name in ["jaeger_remote", "parentbased_jaeger_remote", "xray"] {
        let told = format!("OTEL_TRACES_SAMPLER: `{name}` is not supported, since recount asks no server");
        assert!(error(&[(SAMPLER, name)]).starts_with(&told), "{name}");
    }
    for argument in ["1.01", "-0.1", "NaN", "inf", "10%", "half"] {
        assert_eq!(
            error(&[(SAMPLER, "traceidratio"), (ARGUMENT, argument)]),
            format!("OTEL_TRACES_SAMPLER_ARG is {argument:?}; expected a number from 0 to 1.")
        );
        // A mistake is one also where the builder counts.
        assert!(settings(builder(), &[(SAMPLER, "traceidratio"), (ARGUMENT, argument)]).is_err());
    }
}
