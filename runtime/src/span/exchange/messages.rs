/// The messages of one of Amazon's event streams, as they come: a length, headers, a payload of JSON, checksums.
///
/// See <https://smithy.io/2.0/aws/amazon-eventstream.html>. The checksums are for the client to look at.
#[derive(Debug, Default)]
pub(super) struct Messages {
    begun: Vec<u8>,
    /// How much is still to come of a message that is too long to be kept.
    skip: usize,
    /// What comes is no event stream.
    broken: bool,
}

/// Two lengths and their checksum.
const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

impl Messages {
    /// Gives each message that is whole by now to `take`, as a line of JSON: `{"the event's name": its payload}`.
    /// Those that are longer than `cap` are passed over.
    pub(super) fn push(&mut self, bytes: &[u8], cap: usize, mut take: impl FnMut(&str)) {
        if self.broken {
            return;
        }
        let (skipped, bytes) = bytes.split_at(self.skip.min(bytes.len()));
        self.skip -= skipped.len();
        self.begun.extend_from_slice(bytes);
        let mut rest = &*self.begun;
        while let (Some(length), Some(headers)) = (word(rest, 0), word(rest, 4)) {
            if length < PRELUDE + CHECKSUM || headers > length - PRELUDE - CHECKSUM {
                self.broken = true;
                self.begun = Vec::new();
                return;
            }
            if length > cap {
                let here = length.min(rest.len());
                self.skip = length - here;
                rest = &rest[here..];
                continue;
            }
            let Some((message, next)) = rest.split_at_checked(length) else { break };
            let (headers, payload) = message[PRELUDE..length - CHECKSUM].split_at(headers);
            if let Some(line) = line(headers, payload) {
                take(&line);
            }
            rest = next;
        }
        let done = self.begun.len() - rest.len();
        self.begun.drain(..done);
    }
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(word)).ok()
}

/// The message as JSON; none for what is no event and no exception, and for models that speak in other words.
fn line(headers: &[u8], payload: &[u8]) -> Option<String> {
    let name = name(headers).filter(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric))?;
    let payload = std::str::from_utf8(payload).ok().filter(|json| json.starts_with('{'))?;
    // A body of the model's own, in base64.
    (name != "chunk").then(|| format!("{{\"{name}\":{payload}}}\n"))
}

/// The name of the event or the exception.
fn name(mut headers: &[u8]) -> Option<&str> {
    loop {
        let (length, rest) = headers.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (kind, rest) = rest.split_first()?;
        let (prefix, length) = match kind {
            0 | 1 => (0, 0),
            2 => (0, 1),
            3 => (0, 2),
            4 => (0, 4),
            5 | 8 => (0, 8),
            6 | 7 => (2, usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?))),
            9 => (0, 16),
            _ => return None,
        };
        let (value, rest) = rest.get(prefix..)?.split_at_checked(length)?;
        if matches!(name, b":event-type" | b":exception-type") {
            return std::str::from_utf8(value).ok();
        }
        headers = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::Messages;

    fn message(headers: &[(&str, &str)], payload: &str) -> Vec<u8> {
        let mut encoded = Vec::new();
        for (name, value) in headers {
            encoded.push(u8::try_from(name.len()).expect("short"));
            encoded.extend_from_slice(name.as_bytes());
            encoded.push(7);
            encoded.extend_from_slice(&u16::try_from(value.len()).expect("short").to_be_bytes());
            encoded.extend_from_slice(value.as_bytes());
        }
        let length = |length: usize| u32::try_from(length).expect("short").to_be_bytes();
        let total = length(16 + encoded.len() + payload.len());
        [&total[..], &length(encoded.len()), &[0; 4], &encoded, payload.as_bytes(), &[0; 4]].concat()
    }

    fn event(name: &str, payload: &str) -> Vec<u8> {
        let headers =
            [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
        message(&headers, payload)
    }

    fn lines(stream: &[u8], size: usize, cap: usize) -> String {
        let mut messages = Messages::default();
        let mut lines = String::new();
        stream.chunks(size).for_each(|piece| messages.push(piece, cap, |line| lines.push_str(line)));
        assert!(messages.begun.len() <= cap.max(size) + 16);
        lines
    }

    #[test]
    fn messages_are_found_wherever_the_stream_is_split() {
        let stream = [
            event("messageStart", r#"{"role":"assistant"}"#),
            event("contentBlockDelta", r#"{"delta":{"text":"ü"}}"#),
            event("chunk", r#"{"bytes":"e30="}"#),
            message(
                &[(":message-type", "exception"), (":exception-type", "throttlingException")],
                r#"{"message":"no"}"#,
            ),
        ]
        .concat();
        let expected = "{\"messageStart\":{\"role\":\"assistant\"}}\n\
            {\"contentBlockDelta\":{\"delta\":{\"text\":\"ü\"}}}\n\
            {\"throttlingException\":{\"message\":\"no\"}}\n";
        for size in 1..stream.len() {
            assert_eq!(lines(&stream, size, 1 << 10), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_passed_over() {
        let long = format!(r#"{{"delta":{{"text":"{}"}}}}"#, "x".repeat(5_000));
        let stream = [event("contentBlockDelta", &long), event("messageStop", "{}")].concat();
        for size in [1, 7, 100, 10_000] {
            assert_eq!(lines(&stream, size, 1_000), "{\"messageStop\":{}}\n");
        }
    }

    #[test]
    fn what_is_no_event_stream_gives_nothing() {
        for stream in
            [&b"data: {}\n\n"[..], &[0; 40], &[0xFF; 40], &[0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]]
        {
            for size in 1..stream.len() {
                assert_eq!(lines(stream, size, 1 << 10), "");
            }
        }
        assert_eq!(lines(&event("a\"b", "{}"), 9, 1 << 10), "");
        assert_eq!(lines(&event("messageStop", "no JSON"), 9, 1 << 10), "");
    }
}
