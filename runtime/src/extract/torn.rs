//! JSON of which the middle is missing: what its two ends still say.
//!
//! Of the beginning everything up to the gap is read, and what is open there is closed. Of the end the whole members
//! of the outermost container are read, which is the same one at both ends. Of those within, nobody can tell whether
//! the one that is open before the gap is the one that is open behind it; only a few keys are taken from them.
//!
//! What a text of the document says is never taken for a part of the document. The end is lexed backwards, and there
//! a quote behind an odd number of backslashes stands in a string, or it is no JSON. So if the last byte is in a
//! string after all, the first quote in that string gives it away, and without a quote there is no key.

use memchr::memchr2;

use crate::wire::tape::parse::{self, Parsed};
use crate::wire::tape::{Text, Value};
use crate::wire::{Field, Tape};

/// Keys that say why a choice ended; wherever they stand, they mean nothing else.
const FINISH: [&str; 4] = ["finish_reason", "finishReason", "stop_reason", "done_reason"];

/// Writes what a JSON text says in place of everything that was on the tape; of a text that was cut, what its two ends
/// say. None where it is no JSON.
pub(super) fn read<'t>(json: Text<'_>, tape: &'t mut Tape) -> Option<Value<'t>> {
    if json.cut.is_none() {
        return tape.read_json(json.kept);
    }
    *tape = Tape::reuse(std::mem::take(tape).into_buffer());
    tape.entry(Field::Output, None);
    if write(json.kept, json.tail, tape) { tape.get(Field::Output) } else { None }
}

/// Writes one value: what the two ends say. False where the beginning is no JSON.
fn write(head: &str, tail: &str, tape: &mut Tape) -> bool {
    let Some(head) = Head::read(head) else { return false };
    let dangling = match parse::write(head.whole, tape) {
        Parsed::Whole => return head.open.is_empty(),
        Parsed::Ends { dangling } => dangling,
        Parsed::Not => return false,
    };
    match (&head.text, dangling) {
        (Some(text), _) => tape.cut_text(text, "", 0),
        (None, Some(key)) => tape.rewind(key),
        (None, None) => {}
    }
    let behind = levels(tail);
    let outwards = behind.iter().rev().map(|level| level.open);
    let same = head.open.iter().copied().zip(outwards).take_while(|(here, there)| here == there).count();
    let level = |depth: usize| behind.len().checked_sub(1 + depth).map(|place| &behind[place]);
    for depth in (0..head.open.len()).rev() {
        if let Some(level) = level(depth).filter(|_| depth > 0 && depth < same) {
            level.write_finish(tape);
        }
        if depth == 0 && same > 0 {
            write_outermost(level(0), level(1), tape);
        }
        tape.cut(0);
        tape.end();
    }
    true
}

/// Writes what stands behind the gap into the outermost container.
fn write_outermost(outermost: Option<&Level<'_>>, inner: Option<&Level<'_>>, tape: &mut Tape) {
    let Some(outermost) = outermost else { return };
    // In a list of chunks, the one behind the gap is likely another one than that before it.
    if let Some(item) = inner.filter(|item| (outermost.open, item.open) == (b'[', b'{')) {
        tape.begin_map();
        item.write(tape);
        tape.cut(0);
        tape.end();
    }
    outermost.write(tape);
}

/// The beginning, up to the gap.
struct Head<'a> {
    /// Without the text, number or word that the gap tears.
    whole: &'a str,
    /// The brackets that are open before the gap.
    open: Vec<u8>,
    /// What is there of a text that the gap tears, unless it is a key.
    text: Option<String>,
}

impl<'a> Head<'a> {
    /// None where the brackets do not match.
    fn read(head: &'a str) -> Option<Self> {
        let bytes = head.as_bytes();
        let mut open = Vec::new();
        // What stands before a text tells whether it is a key.
        let (mut before, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'"' => {
                    let Some(end) = string_end(bytes, at) else {
                        let is_value = before == b':' || open.last() == Some(&b'[');
                        let text = is_value.then(|| unescape(&head[at..]));
                        return Some(Self { whole: &head[..at - 1], open, text });
                    };
                    at = end;
                }
                b'{' | b'[' => open.push(byte),
                b'}' | b']' if open.pop() != Some(opening(byte)) => return None,
                _ => {}
            }
            if b"{}[],:".contains(&byte) {
                before = byte;
            }
        }
        // A number may go on behind the gap.
        let whole = head.trim_end_matches(|char: char| char.is_ascii_alphanumeric() || "+-.".contains(char));
        Some(Self { whole, open, text: None })
    }
}

/// The place behind the quote that ends the string in which `at` stands.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// A string without its end; the end may have torn an escape.
fn unescape(string: &str) -> String {
    /// Two escapes of four digits: a character beyond the first 65536.
    const LONGEST: usize = 12;
    let ends = (string.len().saturating_sub(LONGEST)..=string.len()).rev();
    let whole = ends.filter_map(|end| string.get(..end));
    whole.into_iter().find_map(|text| serde_json::from_str(&format!("\"{text}\"")).ok()).unwrap_or_default()
}

/// A container that is open behind the gap.
struct Level<'a> {
    /// Its opening bracket.
    open: u8,
    /// Its members, as far as they are whole, separated by commas.
    members: &'a str,
}

impl Level<'_> {
    /// Writes the members into the container that is open on the tape.
    fn write(&self, tape: &mut Tape) {
        match self.read().as_ref().and_then(|members| members.get(Field::Output)) {
            Some(Value::Map(map)) => map.for_each(|(key, value)| pair(key, &value, tape)),
            Some(Value::Seq(items)) => items.for_each(|item| tape.value(&item)),
            _ => {}
        }
    }

    /// Writes why a choice ended, unless it was a later choice: in all shapes that have its number behind its text,
    /// it says so.
    fn write_finish(&self, tape: &mut Tape) {
        let Some(members) = self.read() else { return };
        let Some(Value::Map(map)) = members.get(Field::Output) else { return };
        if map.get("index").and_then(|index| index.as_u64()).unwrap_or(0) == 0 {
            map.filter(|(key, _)| FINISH.contains(key)).for_each(|(key, value)| pair(key, &value, tape));
        }
    }

    fn read(&self) -> Option<Tape> {
        Tape::from_json(&match self.open {
            b'{' => format!("{{{}}}", self.members),
            _ => format!("[{}]", self.members),
        })
    }
}

fn pair(key: &str, value: &Value<'_>, tape: &mut Tape) {
    tape.text(key);
    tape.value(value);
}

/// The containers that are open behind the gap, from the innermost; none where the text does not end with the document.
fn levels(tail: &str) -> Vec<Level<'_>> {
    let tail = tail.trim_ascii_end();
    let Some(marks) = marks(tail.as_bytes()) else { return Vec::new() };
    let mut levels = Vec::new();
    let mut within = Vec::new();
    let mut begin = None;
    for (at, byte) in marks {
        match byte {
            b'{' | b'[' => within.push(byte),
            b',' if within.is_empty() => begin = begin.or(Some(at + 1)),
            b'}' | b']' => match within.pop() {
                Some(open) if open == opening(byte) => {}
                Some(_) => return Vec::new(),
                None => {
                    let members = begin.take().map_or("", |begin| &tail[begin..at]);
                    levels.push(Level { open: opening(byte), members });
                }
            },
            _ => {}
        }
    }
    if within.is_empty() && tail.ends_with(['}', ']']) { levels } else { Vec::new() }
}

/// Brackets and commas outside of strings, found from the end; none where a quote stands where it cannot.
fn marks(bytes: &[u8]) -> Option<Vec<(usize, u8)>> {
    let mut marks = Vec::new();
    let mut at = bytes.len();
    'document: while at > 0 {
        at -= 1;
        match bytes[at] {
            b'"' => {
                if is_escaped(bytes, at) {
                    return None;
                }
                loop {
                    let Some(before) = bytes[..at].iter().rposition(|byte| *byte == b'"') else {
                        break 'document;
                    };
                    at = before;
                    if !is_escaped(bytes, at) {
                        break;
                    }
                }
            }
            byte @ (b'{' | b'}' | b'[' | b']' | b',') => marks.push((at, byte)),
            _ => {}
        }
    }
    marks.reverse();
    Some(marks)
}

fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

fn opening(bracket: u8) -> u8 {
    if bracket == b'}' { b'{' } else { b'[' }
}

#[cfg(test)]
mod tests {
    use crate::wire::Tape;
    use crate::wire::tape::Text;

    fn read(kept: &str, tail: &str) -> Option<String> {
        let mut tape = Tape::default();
        super::read(Text { kept, cut: Some(0), tail }, &mut tape).map(|value| value.to_json())
    }

    #[track_caller]
    fn check(kept: &str, tail: &str, expected: &str) {
        assert_eq!(read(kept, tail).as_deref(), Some(expected), "{kept} … {tail}");
    }

    #[test]
    fn what_is_open_is_closed() {
        check(r#"{"a":1,"b":[{"c":"xy"#, "", r#"{"a":1,"b":[{"c":"xy…","…":"…"},"…"],"…":"…"}"#);
        check(r#"{"a":["x","y"#, "", r#"{"a":["x","y…","…"],"…":"…"}"#);
    }

    #[test]
    fn what_the_gap_tears_is_left_out() {
        for kept in
            [r#"{"a":1"#, r#"{"a":"#, r#"{"a""#, r#"{"a"#, r#"{""#, r#"{"a":tru"#, r#"{"a":-1.5e"#, "{ "]
        {
            check(kept, "", r#"{"…":"…"}"#);
        }
        check(r#"{"a":1,"#, "", r#"{"a":1,"…":"…"}"#);
        check("[1,2", "", r#"[1,"…"]"#);
    }

    #[test]
    fn an_escape_that_is_torn_is_left_out() {
        for torn in ["", "\\", "\\u", "\\ud8", "\\ud83d", "\\ud83d\\", "\\ud83d\\ude"] {
            check(&format!("{{\"a\":\"x\\n{torn}"), "", r#"{"a":"x\n…","…":"…"}"#);
        }
        check(r#"{"a":"x\\"#, "", r#"{"a":"x\\…","…":"…"}"#);
    }

    #[test]
    fn members_of_the_outermost_are_found_at_the_end() {
        let tail = r#"y, \"b\":2} ]", "b":[3,{"c":"}"}],"d":null}"#;
        check(r#"{"a":"x"#, tail, r#"{"a":"x…","b":[3,{"c":"}"}],"d":null,"…":"…"}"#);
        check(r#"[{"a":"x"#, r#"y"},{"b":1}, {}]"#, r#"[{"a":"x…","…":"…"},{"…":"…"},{"b":1},{},"…"]"#);
        check(r#"[{"a":"x"#, r#"y","c":2},{}]"#, r#"[{"a":"x…","…":"…"},{"c":2,"…":"…"},{},"…"]"#);
    }

    #[test]
    fn of_those_within_only_the_finish_is_taken() {
        let kept = r#"{"choices":[{"message":{"content":"x"#;
        let tail = r#"","role":"evil"},"index":0,"finish_reason":"stop"}],"usage":{"n":1}}"#;
        let expected = r#"{"choices":[{"message":{"content":"x…","…":"…"},"finish_reason":"stop","…":"…"},"…"],"usage":{"n":1},"…":"…"}"#;
        check(kept, tail, expected);
    }

    #[test]
    fn an_end_that_is_none_is_passed_over() {
        for tail in [
            "",
            "x",
            r#"y","b":1"#,
            r#"\"b\":1}"#,
            r#"y","b":1]}"#,
            r#"y","b":1]"#,
            "}",
            "\"}",
            r#"\\\"","b":1}}"#,
        ] {
            check(r#"{"a":"x"#, tail, r#"{"a":"x…","…":"…"}"#);
        }
    }

    #[test]
    fn what_begins_like_no_json_is_none() {
        for kept in ["{]", "{x: ", "[1 2]", "text", "", "{}}"] {
            assert_eq!(read(kept, "}"), None, "{kept}");
        }
    }

    /// A body whose texts are as hostile as can be, torn at any two places: its facts are those of the whole, or none.
    #[test]
    fn no_text_is_taken_for_a_fact() {
        let evil = r#"","usage":{"n":666},"model":"evil","x":"\","usage":{"n":666}}],"usage":{"n":666}}\\"#;
        let body = serde_json::json!({
            "model": "good",
            "choices": [{"message": {"content": evil, "tags": [evil, "},", ":666}", evil]}, "finish_reason": "stop"}],
            "usage": {"n": 1},
            "end": evil,
        });
        let text = body.to_string();
        let whole: serde_json::Value = body;
        for first in (0..text.len()).step_by(3) {
            for last in (first..text.len()).step_by(5 + first % 7) {
                for tail in
                    [&text[last..], &text[last..text.len() - (last - first) % 97 % (text.len() - last)]]
                {
                    let Some(read) = read(&text[..first], tail) else { continue };
                    let read: serde_json::Value = serde_json::from_str(&read).expect("JSON");
                    for key in ["model", "usage"] {
                        let found = &read[key];
                        assert!(is_part_of(found, &whole[key]), "{key} is {found}: {first}, {last}, {tail}");
                    }
                    let finish = &read["choices"][0]["finish_reason"];
                    assert!(is_part_of(finish, &"stop".into()), "{finish}");
                }
            }
        }
    }

    /// Whether it is the same, or the beginning of it.
    fn is_part_of(found: &serde_json::Value, whole: &serde_json::Value) -> bool {
        match found {
            serde_json::Value::Null => true,
            serde_json::Value::String(text) => {
                whole.as_str().is_some_and(|whole| whole.starts_with(text.trim_end_matches('…')))
            }
            serde_json::Value::Object(map) => {
                map.iter().all(|(key, value)| key == "…" || is_part_of(value, &whole[key]))
            }
            _ => found == whole,
        }
    }
}
