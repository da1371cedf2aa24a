//! The environment of a process, as a user sets it. Each case is this program again, with variables of its own.

use std::env;
use std::process::{Command, Output};

use recount::span;
use recount_tests::Collector;
use tracing_subscriber::prelude::*;

/// A header that the program sets itself.
const KEY: &str = "KEY_OF_THE_PROGRAM";

/// Set up from the environment, all but one header: what the other tests run, not a test of its own.
#[test]
#[ignore = "run by the other tests, with an environment of its own"]
fn program() {
    let mut builder = recount::builder();
    if let Ok(key) = env::var(KEY) {
        builder = builder.header("x-key", key);
    }
    let recount = match builder.build() {
        Ok(recount) => recount,
        Err(error) => {
            println!("<{error}>");
            return;
        }
    };
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    span::workflow("answer").input("PROMPT").in_scope(|| span::tool("search").output("RESULT").emit());
    drop(guard);
    println!("<{:?} {}>", recount.shutdown().map_err(|error| error.kind()), recount.stats().delivered);
}

/// Runs the program; returns what it says of itself, and what it put out.
fn run(variables: &[(&str, &str)]) -> (String, Output) {
    let mut program = Command::new(env::current_exe().expect("this program"));
    program.args(["--exact", "program", "--ignored", "--nocapture"]);
    for (name, _) in env::vars() {
        if name.starts_with("OTEL_") || name.starts_with("TRACELOOP_") {
            program.env_remove(name);
        }
    }
    let output = program.envs(variables.iter().copied()).output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said =
        text.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>')).map(|(said, _)| said.to_owned());
    (said.unwrap_or_else(|| panic!("it said nothing: {output:?}")), output)
}

/// Without a variable, nothing is sent, printed or recorded.
#[test]
fn nothing_is_set() {
    let (said, output) = run(&[]);
    assert_eq!(said, "Ok(()) 0");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn an_endpoint_is_set() {
    let collector = Collector::http();
    let (said, _) = run(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20key,x-other=1"),
        ("OTEL_SERVICE_NAME", "bot"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging"),
    ]);
    assert_eq!(said, "Ok(()) 2");
    let received = &collector.received()[0];
    assert_eq!((received.path.as_str(), received.headers["x-key"].as_str()), ("/v1/traces", "a key"));
    let text = format!("{:?}", received.request);
    assert!(text.contains("bot") && text.contains("staging") && text.contains("PROMPT"), "{text}");
}

/// The variables for traces count before those for all signals, and their endpoint is taken as it is.
#[test]
fn variables_for_traces_count_first() {
    let collector = Collector::http();
    let (said, _) = run(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &format!("{}/own/path", collector.url())),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=general"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-key=traces"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "20000"),
    ]);
    assert_eq!(said, "Ok(()) 2");
    let received = &collector.received()[0];
    assert_eq!((received.path.as_str(), received.headers["x-key"].as_str()), ("/own/path", "traces"));
    assert_eq!(received.headers["content-type"], "application/json");
    assert_eq!(received.headers["content-encoding"], "gzip");
}

#[test]
fn grpc_is_set() {
    let collector = Collector::grpc();
    let (said, _) = run(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=key"),
    ]);
    assert_eq!(said, "Ok(()) 2");
    assert_eq!(collector.received()[0].headers["x-key"], "key");
    assert_eq!(collector.spans().len(), 2);
}

/// What the program says itself counts before what the environment says.
#[test]
fn the_program_counts_first() {
    for (collector, protocol) in [(Collector::http(), "http/protobuf"), (Collector::grpc(), "grpc")] {
        let (said, _) = run(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=environment,x-other=environment"),
            (KEY, "program"),
        ]);
        assert_eq!(said, "Ok(()) 2");
        let headers = &collector.received()[0].headers;
        assert_eq!((headers["x-key"].as_str(), headers["x-other"].as_str()), ("program", "environment"));
    }
}

#[test]
fn the_console_is_set() {
    let (said, output) = run(&[("OTEL_TRACES_EXPORTER", "console")]);
    assert_eq!(said, "Ok(()) 2");
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(shown.contains("workflow answer") && shown.contains("└─ tool search"), "{shown}");
}

#[test]
fn content_is_off() {
    for variable in [
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "NO_CONTENT"),
        ("TRACELOOP_TRACE_CONTENT", "false"),
    ] {
        let collector = Collector::http();
        let (said, _) = run(&[("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()), variable]);
        assert_eq!(said, "Ok(()) 2");
        let text = format!("{:?}", collector.received()[0].request);
        assert!(!text.contains("PROMPT") && !text.contains("RESULT"), "{text}");
    }
}

#[test]
fn traces_are_sampled() {
    const CONSOLE: (&str, &str) = ("OTEL_TRACES_EXPORTER", "console");
    const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    assert_eq!(run(&[CONSOLE, (SAMPLER, "parentbased_always_off")]).0, "Ok(()) 0");
    assert_eq!(run(&[CONSOLE, (SAMPLER, "traceidratio"), (ARGUMENT, "0.000000001")]).0, "Ok(()) 0");
    assert_eq!(run(&[CONSOLE, (SAMPLER, "traceidratio"), (ARGUMENT, "1.0")]).0, "Ok(()) 2");
    let (said, _) = run(&[CONSOLE, (SAMPLER, "xray")]);
    assert!(said.starts_with("OTEL_TRACES_SAMPLER: `xray` is not supported"), "{said}");
}

#[test]
fn all_is_off() {
    let collector = Collector::http();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
    for variable in [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")] {
        assert_eq!(run(&[endpoint, variable]).0, "Ok(()) 0");
    }
    assert!(collector.received().is_empty());
}

/// One clear error, before anything starts.
#[test]
fn a_variable_has_no_meaning() {
    for (variables, error) in [
        (
            &[("OTEL_BSP_SCHEDULE_DELAY", "soon")][..],
            "OTEL_BSP_SCHEDULE_DELAY is \"soon\"; expected a whole number of milliseconds.",
        ),
        (
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://h"), ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=se%0acret")],
            "OTEL_EXPORTER_OTLP_HEADERS: the value of the header \"x-key\" has characters that headers cannot have.",
        ),
        (
            &[("OTEL_TRACES_EXPORTER", "zipkin")],
            "OTEL_TRACES_EXPORTER is \"zipkin\"; expected `otlp`, `console` or `none`.",
        ),
    ] {
        assert_eq!(run(variables).0, error);
    }
}

/// Nobody listens at the endpoint: the program works, ends, and hears of it.
#[test]
fn an_endpoint_where_nobody_is() {
    let (said, _) = run(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")]);
    assert_eq!(said, "Err(Undelivered) 0");
}
