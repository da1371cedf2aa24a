//! Tells whether a body asks a model, from the keys at its top: it is the client's and may be long, so it is not parsed.

use memchr::memchr2;
use memchr::memmem::find;

/// Under which keys a request has what it asks. Of a `prompt`, a `conversation` or a `previous_response_id` the
/// provider has kept the rest.
const QUESTIONS: [&[u8]; 11] = [
    b"messages",
    b"prompt",
    b"input",
    b"inputs",
    b"query",
    b"texts",
    b"images",
    b"contents",
    b"instructions",
    b"conversation",
    b"previous_response_id",
];

/// Whether the object names a model and has something to ask it.
pub(super) fn asks_a_model(body: &[u8]) -> bool {
    // Most that is posted elsewhere has no such word anywhere.
    if find(body, br#""model""#).is_none() {
        return false;
    }
    let (mut named, mut asked) = (false, false);
    for (key, value) in Keys::of(body) {
        named |= key == b"model" && value.starts_with(b"\"") && !value.starts_with(b"\"\"");
        asked |= QUESTIONS.contains(&key);
        if named && asked {
            return true;
        }
    }
    false
}

/// The keys at the top of an object, each with what follows: its value, and the rest. Of what is no JSON, as many as
/// there seem to be.
struct Keys<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Keys<'a> {
    fn of(body: &'a [u8]) -> Self {
        Self { rest: body, depth: 0 }
    }

    /// Goes behind the text that has begun; none where it does not end.
    fn text(&mut self) -> Option<&'a [u8]> {
        let mut end = 0;
        loop {
            end += memchr2(b'"', b'\\', self.rest.get(end..)?)?;
            if self.rest[end] == b'"' {
                let text = &self.rest[..end];
                self.rest = &self.rest[end + 1..];
                return Some(text);
            }
            end += 2;
        }
    }
}

impl<'a> Iterator for Keys<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.checked_sub(1)?,
                b'"' => {
                    let text = self.text()?;
                    if self.depth == 1
                        && let Some(value) = self.rest.trim_ascii_start().strip_prefix(b":")
                    {
                        return Some((text, value.trim_ascii_start()));
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::asks_a_model;

    #[test]
    fn a_model_and_a_question_are_at_the_top() {
        for (body, asks) in [
            (r#"{"model": "m", "messages": []}"#, true),
            (r#"{"input" : [1, 2, [3]], "user": "a\\\"}", "model" : "m"}"#, true),
            (r#"  {"prompt":{"id":"p"},"model":"m""#, true),
            (r#"{"model": "Tesla", "note": "a"}"#, false),
            (r#"{"messages": [{"model": "m"}]}"#, false),
            (r#"{"car": {"model": "m", "input": 1}}"#, false),
            (r#"{"note": "\"model\": \"m\"", "input": "\"model\""}"#, false),
            (r#"{"model": 3, "input": ""}"#, false),
            (r#"{"model": "", "input": ""}"#, false),
            (r#"{"input": "model", "model"}"#, false),
            (r#"{"input": "", "x": "\"#, false),
            ("{\"model\"", false),
            ("}}}\"model\":\"m\"", false),
            ("", false),
        ] {
            assert_eq!(asks_a_model(body.as_bytes()), asks, "{body}");
        }
    }
}
