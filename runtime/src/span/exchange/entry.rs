//! The body of a request or a response, as an entry of a tape.

use super::super::capture::Ends;
use crate::wire::{Field, Tape};

/// Writes what was kept of a body; nothing where that is no text.
pub(super) fn write(body: Ends<'_>, tape: &mut Tape, field: Field) {
    let Some(total) = body.cut else {
        if let Ok(text) = std::str::from_utf8(body.head)
            && !text.is_empty()
        {
            tape.entry(field, None);
            tape.text(text);
        }
        return;
    };
    if let (Some(head), Some(tail)) = (without_begun(body.head), without_rest(body.tail)) {
        tape.entry(field, None);
        tape.cut_text(head, tail, total);
    }
}

/// The text without the begin of a character at its end; none where the bytes are no text.
fn without_begun(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

/// The text without the rest of a character at its begin; none where the bytes are no text.
fn without_rest(bytes: &[u8]) -> Option<&str> {
    let is_inside = |byte: u8| byte & 0xC0 == 0x80;
    let first = bytes.iter().take(4).position(|byte| !is_inside(*byte)).unwrap_or_default();
    std::str::from_utf8(&bytes[first..]).ok()
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::span::capture::Ends;
    use crate::wire::tape::Value;
    use crate::wire::{Field, Tape};

    fn written(bytes: &[u8], cap: usize) -> Option<(String, String)> {
        let mut tape = Tape::default();
        write(Ends::of(bytes, cap), &mut tape, Field::ResponseBody);
        match tape.get(Field::ResponseBody)? {
            Value::Text(text) => Some((text.kept.to_owned(), text.tail.to_owned())),
            _ => None,
        }
    }

    #[test]
    fn characters_are_not_broken() {
        let long = "ü".repeat(20_000);
        let (head, tail) = written(long.as_bytes(), 11).expect("a text");
        assert_eq!(head, "ü".repeat(5));
        assert!(tail.chars().all(|character| character == 'ü'));
        let (_, tail) = written(&[long.as_bytes(), b"x"].concat(), 11).expect("a text");
        assert!(tail.starts_with('ü') && tail.ends_with("üx"));
    }

    #[test]
    fn what_is_no_text_is_not_written() {
        assert_eq!(written(&[], 8), None);
        assert_eq!(written(&[0xFF, 0xFE], 8), None);
        assert_eq!(written(&vec![0xFF; 20_000], 8), None);
    }
}
