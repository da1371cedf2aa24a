//! `recount::init()`: the whole set-up in one call. The subscriber is global, so each test has a process of its own.

use std::env;
use std::process::Command;

use recount::{ErrorKind, span};

/// Run by the other tests, with an environment of its own.
#[test]
#[ignore = "run by the other tests, with an environment of its own"]
fn program() {
    let recount = recount::init().expect("what is configured has a meaning");
    span::task("work").in_scope(|| {
        let has_span = !tracing::Span::current().is_none();
        println!("<has span: {has_span}, is recorded: {}>", recount::current().is_recording());
    });
    assert!(recount.flush().is_ok() && recount.shutdown().is_ok());

    let error = recount::init().expect_err("there is a global subscriber");
    assert_eq!(error.kind(), ErrorKind::AlreadyInstalled);
    assert!(error.to_string().contains("recount.layer()"), "{error}");
}

fn run(variables: &[(&str, &str)]) -> String {
    let mut program = Command::new(env::current_exe().expect("this program"));
    program.args(["--exact", "program", "--ignored", "--nocapture"]);
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("OTEL_")) {
        program.env_remove(name);
    }
    let output = program.envs(variables.iter().copied()).output().expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    said.expect("it says something").0.to_owned()
}

#[test]
fn where_spans_go_somewhere_they_are_recorded() {
    assert_eq!(run(&[("OTEL_TRACES_EXPORTER", "console")]), "has span: true, is recorded: true");
}

/// Nobody else is on the subscriber, so that no span is opened either.
#[test]
fn where_nothing_is_recorded_no_span_is_opened() {
    assert_eq!(run(&[]), "has span: false, is recorded: false");
    let off = [("OTEL_TRACES_EXPORTER", "console"), ("OTEL_TRACES_SAMPLER", "always_off")];
    assert_eq!(run(&off), "has span: false, is recorded: false");
}
