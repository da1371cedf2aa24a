//! Redaction on what nobody designed for: its time is bounded by the length of the text, and nothing panics.
//!
//! A record that cannot be redacted loses its content; that it is still there shows that nothing did.

use std::time::{Duration, Instant};

use recount::redact::Redaction;
use recount::span;
use recount::wire::Field;
use recount_tests::{Random, records_with};

fn all() -> Redaction {
    Redaction::default().personal_data()
}

/// The input of a span, as it is exported.
fn told(redaction: Redaction, text: &str) -> String {
    let builder = recount::builder().redact(redaction).value_cap(64 << 20).queue_bytes(1 << 30);
    let builder = builder.shutdown_timeout(Duration::from_secs(600));
    let ((), records) = records_with(builder, || span::task("read").input(text).emit());
    let input = records[0].tape.get(Field::Input);
    input.and_then(|input| Some(input.as_str()?.to_owned())).expect("the input is there still")
}

/// 128 KiB, which is what is kept of a value, of what looks like the beginning of a secret, again and again. Work that grows with the square
/// of the length would take an hour; the benchmark `redaction` shows the ratios.
#[test]
fn floods_come_to_an_end() {
    const FLOODS: [&str; 47] = [
        "sk-",
        "sk-sk",
        "sk-ant-",
        "eyJ",
        "eyJ.",
        "eyJaaaaaaaaaa.",
        "://",
        "a://",
        "a://b:c",
        "a://b:c@",
        ":",
        "@",
        "a@",
        "@a.",
        "a@a.",
        "%40",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "password",
        "password=",
        "password:\"",
        "password=\"a",
        "password: ",
        "\\\"password\\\":\\\"",
        "Bearer ",
        "Basic ",
        "Basic A",
        "Authorization: ",
        "Cookie: a=",
        "1",
        "1 ",
        "+1",
        "AKIA",
        "DE00",
        "SG.",
        "ya29.",
        "xoxe.",
        "whsec_=",
        "/ATATT3",
        "=ATATT3",
        "+whsec_",
        "sig=",
        "token=",
        "\nsk-",
        "%3Dsk-",
        "a://b:",
        "password.",
    ];
    const LENGTH: usize = 1 << 17;
    for flood in FLOODS {
        let start = Instant::now();
        told(all(), &flood.repeat(LENGTH / flood.len()));
        let time = start.elapsed();
        assert!(time < Duration::from_secs(20), "{flood:?} takes {time:?}");
    }
}

#[test]
fn nothing_panics_whatever_the_text() {
    /// Shorter texts are not cut.
    const PADDING: usize = 300;
    const PIECES: [&str; 40] = [
        "sk-",
        "sk-proj-a1b2c3d4e5f6g7h8i9j0",
        "eyJ",
        "eyJhbGciOiJIUzI1",
        ".",
        "://",
        "http://",
        "user:pw@",
        "@",
        "example.com",
        "-----BEGIN ",
        "PRIVATE KEY-----",
        "-----END ",
        "-----",
        "password",
        "api key",
        "pi key",
        "token",
        "=",
        ":",
        " ",
        "\"",
        "\\",
        "'",
        "\n",
        "é",
        "密码",
        "😀",
        "\u{202e}",
        "\0",
        "Bearer ",
        "Basic YWRhOnB3",
        "Authorization",
        "Cookie: a=b",
        "4111111111111111",
        "+49",
        "(415) ",
        "555-2671",
        "2001:db8::1",
        "1.2.3.4",
    ];
    let mut random = Random::new(5);
    let text = |random: &mut Random| {
        let count = random.below(12);
        let padding = " ".repeat(PADDING);
        padding + &(0..count).map(|_| *random.choose(&PIECES)).collect::<String>()
    };
    let texts: Vec<_> = (0..5_000).map(|_| text(&mut random)).collect();
    // Short caps cut them anywhere.
    for cap in [1 << 20, PADDING + 24, PADDING + 13] {
        let ((), records) = records_with(recount::builder().redact(all()).value_cap(cap), || {
            for text in &texts {
                span::task("read").input(text.as_str()).output(text.as_bytes()).emit();
            }
        });
        let lost = records.iter().zip(&texts).find(|(record, _)| record.tape.get(Field::Input).is_none());
        assert_eq!(lost.map(|(_, text)| text), None, "with a cap of {cap} bytes");
    }
}

/// What was redacted once stays as it is.
#[test]
fn markers_are_no_secrets() {
    for text in [
        "password=hunter2 and postgres://a:b1@c/d",
        "{\"api_key\": \"a1b2c3\", \"mail\": \"ada@example.com\"}",
        "Authorization: Bearer a1b2c3d4e5f6g7h8i9",
        "Cookie: a=b; c=d",
    ] {
        let once = told(all(), text);
        assert!(once.contains("[redacted:"), "{once}");
        assert_eq!(told(all(), &once), once);
    }
}
