//! What spans hold is shown to no proxy, whatever the machine's variables say. The environment belongs to a whole
//! process, so each case has one of its own.

use std::env;
use std::process::Command;

use recount_tests::certificates::Certificate;
use recount_tests::server::{Server, well};
use recount_tests::{ConnectProxy, deliver};

/// Set up from the environment; says what became of one span.
#[test]
#[ignore = "run by the other tests, in a process of its own"]
fn program() {
    let delivered = deliver(recount::builder(), 1);
    assert_eq!(delivered.stats.delivered, 1, "{}", delivered.told);
}

/// What the program says where it fails.
fn run(variables: &[(&str, &str)]) -> Result<(), String> {
    let mut program = Command::new(env::current_exe().expect("this program"));
    for (name, _) in env::vars() {
        if name.starts_with("OTEL_")
            || name.starts_with("RECOUNT_")
            || name.to_uppercase().ends_with("_PROXY")
        {
            program.env_remove(name);
        }
    }
    let program = program.args(["--exact", "program", "--ignored"]).envs(variables.iter().copied());
    let output = program.output().expect("this program");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stdout).into_owned()) }
}

/// The proxy looks up the host, and is told its name and no more.
#[test]
fn what_is_encrypted_is_passed_on() {
    let certificate = Certificate::of("collector.test");
    let server = Server::encrypted(certificate.server(None), vec![well()]);
    let proxy = ConnectProxy::to(server.port());
    let proxy_url = format!("http://user:secret@{}", proxy.address());
    let path = certificate.path.to_str().expect("a path");
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.test:4318"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=topsecret"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", path),
        ("HTTPS_PROXY", &proxy_url),
    ];
    run(&variables).expect("it is delivered");
    assert_eq!(server.requests().len(), 1);
    let asked = proxy.asked();
    assert!(
        asked.len() == 1 && asked[0].starts_with("CONNECT collector.test:4318 HTTP/1.1\r\n"),
        "{asked:?}"
    );
    assert!(asked[0].contains("Proxy-Authorization: Basic ") && !asked[0].contains("topsecret"), "{asked:?}");

    // Without it, there is no such host.
    let around = [&variables[..], &[("NO_PROXY", "test"), ("OTEL_BSP_EXPORT_TIMEOUT", "0")]].concat();
    let told = run(&around).expect_err("the name is nobody's");
    assert!(told.contains("https://collector.test:4318/v1/traces could not be reached"), "{told}");
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn a_proxy_that_is_down_is_told_without_its_password() {
    let told = run(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.test:4318"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "0"),
        ("https_proxy", "http://user:secret@127.0.0.1:1"),
    ])
    .expect_err("there is no proxy");
    assert!(told.contains("(through the proxy 127.0.0.1:1)") && !told.contains("secret"), "{told}");
}

#[test]
fn what_everybody_could_read_is_shown_to_no_proxy() {
    let server = Server::new(vec![well()]);
    let proxy = ConnectProxy::to(server.port());
    let proxy_url = format!("http://{}", proxy.address());
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let mut variables: Vec<_> = names.map(|name| (name, &*proxy_url)).into();
    let url = server.url();
    variables.push(("OTEL_EXPORTER_OTLP_ENDPOINT", &url));
    run(&variables).expect("it is delivered");
    assert_eq!((server.requests().len(), proxy.asked()), (1, Vec::new()));
}
