//! Takes out of the texts of errors what may be a key: the user info and the query of the URLs in them.
//!
//! The errors of HTTP clients quote the whole URL, and Gemini's has the key in its query. They are returned from
//! function to function, so the spans around a model call say the same.

use crate::wire::tape::{Text, Value};
use crate::wire::{Field, SpanRecord, Tape};

const SCHEME: &str = "://";

/// Takes them out of everything that is said of what went wrong.
pub(super) fn conceal(record: &mut SpanRecord) {
    let is_fault = |field| field == Field::Fault;
    if !record.tape.entries().any(|entry| is_fault(entry.field) && names_url(&entry.value)) {
        return;
    }
    let mut clean = Tape::default();
    for entry in record.tape.entries() {
        if is_fault(entry.field) {
            clean.entry(entry.field, Some(entry.name));
            write(&entry.value, &mut clean);
        } else {
            clean.copy(&entry);
        }
    }
    record.tape = clean;
}

fn names_url(value: &Value<'_>) -> bool {
    match *value {
        Value::Text(text) => text.kept.contains(SCHEME) || text.tail.contains(SCHEME),
        Value::Seq(mut list) => list.any(|value| names_url(&value)),
        Value::Map(mut map) => map.any(|(_, value)| names_url(&value)),
        _ => false,
    }
}

fn write(value: &Value<'_>, tape: &mut Tape) {
    match *value {
        Value::Text(Text { kept, cut: None, .. }) => tape.text(&without_secrets(kept)),
        Value::Text(Text { kept, cut: Some(original), tail }) => {
            tape.cut_text(&without_secrets(kept), &without_secrets(tail), original);
        }
        Value::Seq(list) => {
            tape.begin_seq();
            list.for_each(|value| write(&value, tape));
            tape.end();
        }
        Value::Map(map) => {
            tape.begin_map();
            map.for_each(|(key, value)| {
                tape.text(key);
                write(&value, tape);
            });
            tape.end();
        }
        ref other => tape.value(other),
    }
}

/// The text without user info, query and fragment of the URLs in it.
///
/// Brackets and single quotes may stand inside of a URL, and around one: only at its end are they taken for the
/// latter. A URL that is taken for longer than it is costs some words of the message; the other way round, a key.
fn without_secrets(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(SCHEME) {
        let (before, url) = rest.split_at(at + SCHEME.len());
        let end = url.find(|end: char| end.is_whitespace() || "<>\"".contains(end)).unwrap_or(url.len());
        let (url, after) = url.split_at(end);
        let (url, closing) =
            url.split_at(url.trim_end_matches([')', ']', '}', '\'', '`', ':', ',', '.', ';']).len());
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let host = url.find('/').unwrap_or(url.len());
        let bare = url[..host].rfind('@').map_or(url, |at| &url[at + 1..]);
        clean.push_str(before);
        clean.push_str(bare);
        clean.push_str(closing);
        rest = after;
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::{conceal, without_secrets};
    use crate::wire::{Field, Kind, SpanId, SpanRecord, TraceId};

    #[test]
    fn urls_lose_what_may_be_a_key() {
        for (text, clean) in [
            (
                "error sending request for url (https://user:pw@a.com:8080/v1/models/x:generateContent?key=KEY&alt=sse): no route",
                "error sending request for url (https://a.com:8080/v1/models/x:generateContent): no route",
            ),
            ("url (http://a/b?q=(x)&key=KEY)", "url (http://a/b)"),
            ("url (http://us(er:it's@a/b)", "url (http://a/b)"),
            (
                "'http://a/(b)?x=it's&key=KEY', then `https://b/c#key=KEY`.",
                "'http://a/(b)', then `https://b/c`.",
            ),
            (r#"{url: "http://a?key=KEY"} <http://b?key=KEY>"#, r#"{url: "http://a"} <http://b>"#),
            ("https://a/@x?y", "https://a/@x"),
            ("https://a/http://b?key=KEY", "https://a/http://b"),
            ("http://a?to=http://us:er@b&key=KEY", "http://a"),
            ("://", "://"),
            ("http://ü?ü=ü)", "http://ü)"),
        ] {
            assert_eq!(without_secrets(text), clean);
        }
    }

    #[test]
    fn the_rest_of_a_fault_stays() {
        let ids = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
        let mut record = SpanRecord::new(ids.0, ids.1, Kind::Llm, "ask");
        record.tape.begin_fault("my::Error");
        record.tape.text("message");
        record.tape.text("not sent");
        record.tape.text("chain");
        record.tape.begin_seq();
        record.tape.cut_text("at http://a?key=KEY", "", 99);
        record.tape.text("no route");
        record.tape.end();
        record.tape.end();
        record.tape.entry(Field::Output, None);
        record.tape.text("http://a?b=c");
        conceal(&mut record);
        let fault = record.tape.get(Field::Fault).map(|fault| serde_json::to_string(&fault).expect("JSON"));
        let kept =
            r#"{"type":"my::Error","message":"not sent","chain":["at http://a…[+88 bytes]","no route"]}"#;
        assert_eq!(fault.as_deref(), Some(kept));
        assert_eq!(record.tape.get(Field::Output).and_then(|output| output.as_str()), Some("http://a?b=c"));
    }
}
