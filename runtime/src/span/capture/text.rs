//! Formats text onto the tape, piece by piece.

use std::fmt::{self, Write};

use super::Limits;
use crate::wire::Tape;

/// Writes the text; false where the formatting itself failed.
///
/// Stops the formatting, as if the output were full, when the cap is reached or when more brackets are open than
/// [`Limits::DEPTH`]: the derived `Debug` of a cycle would run until the stack is used up.
pub(super) fn write(tape: &mut Tape, limits: Limits, text: fmt::Arguments<'_>) -> bool {
    let end = tape.len() + limits.cap;
    let mark = tape.begin_text();
    let mut capped = Capped { tape, end, open: 0, cut: false };
    let formatted = capped.write_fmt(text).is_ok();
    let cut = capped.cut;
    tape.end_text(mark, cut);
    formatted || cut
}

/// The first bytes of a text, at most so many, whole characters only.
///
/// The cut is between characters: half of one is no text.
pub(super) fn head(text: &str, room: usize) -> &str {
    if text.len() <= room {
        return text;
    }
    // A character has at most 4 bytes.
    (room.saturating_sub(3)..=room).rev().find_map(|end| text.get(..end)).unwrap_or_default()
}

/// The last bytes of a text, at most so many, whole characters only.
pub(super) fn tail(text: &str, room: usize) -> &str {
    let begin = text.len().saturating_sub(room);
    (begin..=text.len()).find_map(|begin| text.get(begin..)).unwrap_or_default()
}

/// Whether a text may be the body of a model's call: JSON, or server-sent events.
pub(super) fn may_be_body(text: &str) -> bool {
    let start = head(text, 64).trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    ["{", "[", "data:", "event:", "id:", ":"].iter().any(|word| start.starts_with(word))
}

/// Formatting stops when it returns an error, which is the only way to stop a `Debug` from outside.
struct Capped<'a> {
    tape: &'a mut Tape,
    end: usize,
    open: usize,
    cut: bool,
}

impl Write for Capped<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.cut {
            return Err(fmt::Error);
        }
        // A bracket that opens a value stands at the end of its piece; to look at more would only cost time.
        for byte in &piece.as_bytes()[piece.len().saturating_sub(8)..] {
            match byte {
                b'(' | b'[' | b'{' => self.open += 1,
                b')' | b']' | b'}' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
        let room = self.end.saturating_sub(self.tape.len());
        self.tape.push_text(head(piece, room));
        self.cut = piece.len() > room || self.open > Limits::DEPTH;
        if self.cut { Err(fmt::Error) } else { Ok(()) }
    }
}
