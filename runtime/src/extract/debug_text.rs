//! Reads `Debug` texts: of bytes, and of the server-sent events that client crates have types for.
//!
//! Types that do not serialize are captured as their `Debug` text; `bytes::Bytes` is one, and the events of the crates
//! that parse event streams are others.

/// The bytes, where the text is `b"…"`. What a cut has left of the last escape is dropped.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    string(text.strip_prefix("b\"")?, &mut bytes);
    Some(bytes)
}

/// Whether the text may be the `Debug` text of an event, or of one of its wrappers: `Open`, `Message(Event { … })`.
pub(super) fn is_value(text: &str) -> bool {
    let behind = text.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '_');
    let is_name = text.starts_with(|char: char| char.is_ascii_uppercase());
    is_name && (behind.is_empty() || behind.starts_with('(') || behind.starts_with(" {"))
}

/// Whether the text begins as the `Debug` text of a struct does: `Response { url: `.
pub(super) fn is_struct(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let Some((name, fields)) = text.split_once(" { ") else { return false };
    let Some((field, _)) = fields.split_once(": ") else { return false };
    name.starts_with(|first: char| first.is_ascii_uppercase()) && is_word(name) && is_word(field)
}

/// What stands under `data` in the text of a struct, where that is a string.
pub(super) fn data(text: &str) -> Option<String> {
    let mut rest = text;
    let mut inside = Vec::new();
    loop {
        let quote = rest.find('"')?;
        let before = rest[..quote].strip_suffix("data: ");
        inside.clear();
        let behind = string(&rest[quote + 1..], &mut inside)?;
        if before.is_some_and(|before| before.ends_with(['{', ' '])) {
            return String::from_utf8(inside).ok();
        }
        rest = behind;
    }
}

/// Reads the inside of a string, up to its closing quote; gives what stands behind that, if it is there.
fn string<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    let mut rest = text;
    loop {
        let special = rest.find(['"', '\\']).unwrap_or(rest.len());
        out.extend_from_slice(&rest.as_bytes()[..special]);
        rest = &rest[special..];
        if let Some(behind) = rest.strip_prefix('"') {
            return Some(behind);
        }
        rest = escape(rest.strip_prefix('\\')?, out)?;
    }
}

/// Reads an escape, behind its backslash.
fn escape<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    let kind = text.chars().next()?;
    let rest = &text[kind.len_utf8()..];
    match kind {
        'n' => out.push(b'\n'),
        'r' => out.push(b'\r'),
        't' => out.push(b'\t'),
        '0' => out.push(0),
        'x' => {
            out.push(u8::from_str_radix(rest.get(..2)?, 16).ok()?);
            return rest.get(2..);
        }
        'u' => {
            let (digits, rest) = rest.strip_prefix('{')?.split_once('}')?;
            let char = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(rest);
        }
        other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::{bytes, data, is_struct};

    #[derive(Debug)]
    #[expect(dead_code, reason = "only their Debug text is read")]
    enum Wrapper {
        Open,
        Message(Event),
    }

    #[derive(Debug)]
    #[expect(dead_code, reason = "only its Debug text is read")]
    struct Event {
        kind: String,
        data: String,
        id: Option<u8>,
    }

    fn event(kind: &str, data: &str) -> Wrapper {
        Wrapper::Message(Event { kind: kind.into(), data: data.into(), id: None })
    }

    #[test]
    fn data_is_what_it_was() {
        let text = "{\"a\": \"é\\n\\\"\t'\0\u{7f}\u{200b}\"}";
        assert_eq!(data(&format!("{:?}", event("message", text))).as_deref(), Some(text));
        assert_eq!(data(&format!("{:?}", Wrapper::Open)), None);
    }

    #[test]
    fn only_the_field_counts() {
        for name in ["data: ", ", data: \"", "{ data: ", "\", data: \"x\", \""] {
            assert_eq!(data(&format!("{:?}", event(name, "real"))).as_deref(), Some("real"), "{name}");
        }
        assert_eq!(data("Event { metadata: \"x\" }"), None);
    }

    #[test]
    fn a_struct_is_known_by_its_name_and_its_first_field() {
        assert!(is_struct(&format!("{:?}", Event { kind: "a".into(), data: "b".into(), id: None })));
        for other in [
            "Paris",
            "In { Paris",
            "In { Paris it is: 21",
            "Open",
            "{ \"a\": 1 }",
            " { a: 1 }",
            "b\"{ a: \"",
            "",
        ] {
            assert!(!is_struct(other), "{other}");
        }
    }

    #[test]
    fn bytes_are_what_they_were() {
        let all: Vec<u8> = (0..=255).collect();
        let escapes: Vec<_> = all.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        assert_eq!(bytes(&format!("b\"{}\"", escapes.concat())), Some(all));
        assert_eq!(bytes(r#"b"{\"a\":\n\\}""#).as_deref(), Some(&b"{\"a\":\n\\}"[..]));
        assert_eq!(bytes(r#"b"cut \x0"#).as_deref(), Some(&b"cut "[..]));
        assert_eq!(bytes("text"), None);
    }
}
