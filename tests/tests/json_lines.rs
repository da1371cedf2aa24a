//! Files of OTLP/JSON, one request a line.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use recount::export::{Exporter, JsonLines};
use recount::testing::Recorder;
use recount::wire::Resource;
use recount::{span, wire};
use recount_tests::{SharedBuffer, flat};

/// A path that no other test has, in a place for such things.
fn path(name: &str) -> PathBuf {
    let path =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.jsonl", std::process::id()));
    let _ = fs::remove_file(&path);
    path
}

fn record() -> wire::SpanRecord {
    let id = wire::SpanId::from_bytes([2; 8]);
    wire::SpanRecord::new(
        wire::TraceId::from_bytes([1; 16]),
        id,
        wire::Kind::Task,
        "line\nbreak \u{2028} \"quote\"",
    )
}

/// Each batch is one line; each line is a request that OpenTelemetry's own types read, ids as hexadecimal.
#[test]
fn a_line_is_a_request() {
    let buffer = SharedBuffer::default();
    let recorder =
        Recorder::with(recount::builder().exporter(JsonLines::new(buffer.clone())).service_name("bot"));
    let guard = recorder.install();
    span::task("one").attribute("n", 1).emit();
    let _ = recorder.stats();
    span::task("two").emit();
    let _ = recorder.stats();
    drop(guard);
    let text = buffer.text();
    assert_eq!(text.lines().count(), 2);
    for line in text.lines() {
        let request: ExportTraceServiceRequest = serde_json::from_str(line).expect("a request");
        let resource = request.resource_spans[0].resource.as_ref().expect("a resource");
        assert!(resource.attributes.iter().any(|attribute| attribute.key == "service.name"));
        assert_eq!(request.resource_spans[0].scope_spans[0].spans.len(), 1);
    }
    assert!(text.contains("\"traceId\":\"00000000000000000000000000000001\""), "{text}");
    assert_eq!(flat(&text)[0]["attributes"]["n"], 1);
}

/// A file is appended to; a new one is its owner's only.
#[test]
fn a_file_is_appended_to() {
    let path = path("appended");
    for _ in 0..2 {
        JsonLines::append(&path)
            .expect("a file")
            .export(&[record()], &Resource::default())
            .expect("a place for it");
    }
    let text = fs::read_to_string(&path).expect("the file");
    assert_eq!(text.lines().count(), 2);
    assert_eq!(flat(&text)[0]["name"], "line\nbreak \u{2028} \"quote\"");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_cannot_be() {
    assert!(JsonLines::append(path("no").join("such/folder")).is_err());
}

#[test]
fn a_disk_that_is_full() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = JsonLines::new(Full).export(&[record()], &Resource::default()).expect_err("no place for it");
    assert_eq!(error.to_string(), "the JSON lines could not be written: no storage space");
}
