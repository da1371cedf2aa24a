//! How text stands within JSON: what stands for the bytes that cannot stand for themselves.
//!
//! Requests are full of it, so it is written in lanes: many bytes are looked at and copied at once, and only where one
//! of them has to be escaped is it looked for. Whatever stands between two escapes is copied as a whole lane, and what
//! was too much of it is written over: to copy a number that is known when the program is compiled is quicker than to
//! copy fewer.

/// What stands for a byte: so many of these bytes.
type Escape = ([u8; WIDEST], u8);
/// What stands for each byte up to the backslash, the last one that is escaped.
type Escapes = [Escape; 0x5d];
/// A power of two, so that it is copied at once.
const WIDEST: usize = 8;
/// The bytes of a word.
const WORD: usize = 8;

/// Within one JSON string, and within one that is within another.
pub(super) static ESCAPES: [Escapes; 2] = {
    let once = escapes(&[([0; WIDEST], 0); 0x5d]);
    [once, escapes(&once)]
};

/// What has to stand for each byte, for the text within to say it as `inner` has it.
const fn escapes(inner: &Escapes) -> Escapes {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut all = *inner;
    let mut byte = 0;
    while byte < all.len() {
        let (bytes, len) = match inner[byte] {
            (_, 0) => ([byte.to_le_bytes()[0], 0, 0, 0, 0, 0, 0, 0], 1),
            known => known,
        };
        let mut escape = ([0; WIDEST], 0);
        let mut place = 0;
        while place < len as usize {
            let word: &[u8] = match bytes[place] {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                0x08 => b"\\b",
                0x0c => b"\\f",
                byte @ 0..0x20 => {
                    &[b'\\', b'u', b'0', b'0', HEX[byte as usize >> 4], HEX[byte as usize & 0xf]]
                }
                clean => &[clean],
            };
            let mut of_word = 0;
            while of_word < word.len() {
                escape.0[escape.1 as usize] = word[of_word];
                escape.1 += 1;
                of_word += 1;
            }
            place += 1;
        }
        all[byte] = escape;
        byte += 1;
    }
    all
}

/// So many bytes are looked at and copied at once.
const LANE: usize = 32;
/// A lane, and what may be copied with it from behind its last byte.
const WINDOW: usize = 2 * LANE;
/// Room for so many bytes of a text is made at once.
const BLOCK: usize = 1024;

/// Writes the inside of a JSON string; with `ASCII`, as far as the text is ASCII. Gives back the rest.
pub(super) fn escape<'t, const ASCII: bool>(
    text: &'t [u8],
    escapes: &Escapes,
    json: &mut Vec<u8>,
) -> &'t [u8] {
    let mut rest = text;
    while let Some(first) = rest.first()
        && (!ASCII || first.is_ascii())
    {
        let start = json.len();
        json.resize(start + rest.len().min(BLOCK) + WINDOW, 0);
        let mut block = Block { room: &mut json[start..], written: 0, escapes };
        let read = block.write::<ASCII>(rest);
        let written = block.written;
        json.truncate(start + written);
        rest = &rest[read..];
    }
    rest
}

/// Where lanes are written to.
struct Block<'a> {
    room: &'a mut [u8],
    written: usize,
    escapes: &'a Escapes,
}

impl Block<'_> {
    /// Writes a text: up to where there is no room, or what is not ASCII. Says how many of its bytes were written.
    #[inline]
    fn write<const ASCII: bool>(&mut self, text: &[u8]) -> usize {
        let mut padded;
        let mut read = 0;
        while read < text.len() {
            read += self.copy_clean::<ASCII>(&text[read..]);
            let rest = &text[read..];
            let window = match rest.first_chunk() {
                Some(window) => window,
                None if rest.is_empty() => break,
                // With space behind it, which needs no escape, the end of a text is as wide as a window.
                None => {
                    padded = [b' '; WINDOW];
                    padded[..rest.len()].copy_from_slice(rest);
                    &padded
                }
            };
            let lane = self.write_lane::<ASCII>(window);
            let excess = lane.saturating_sub(rest.len());
            self.written -= excess;
            read += lane - excess;
            if lane < LANE {
                break;
            }
        }
        read
    }

    /// Copies the lanes at the front in which nothing has to be escaped; says how many bytes they have.
    #[inline]
    fn copy_clean<const ASCII: bool>(&mut self, text: &[u8]) -> usize {
        let mut clean = 0;
        let lanes = text.as_chunks::<LANE>().0.iter();
        for (lane, room) in lanes.zip(self.room[self.written..].as_chunks_mut::<LANE>().0) {
            *room = *lane;
            // Looked at as a whole: the compiler makes a few wide instructions of it.
            if lane.iter().fold(false, |any, byte| any | is_dirty::<ASCII>(*byte)) {
                break;
            }
            clean += LANE;
        }
        self.written += clean;
        clean
    }

    /// Writes the first lane of a window: up to where there is no room, or what is not ASCII. Says how many of its bytes
    /// were written.
    #[inline]
    fn write_lane<const ASCII: bool>(&mut self, window: &[u8; WINDOW]) -> usize {
        let (Some(lane), Some(room)) = (window.first_chunk::<LANE>(), self.next_room()) else { return 0 };
        *room = *lane;
        let mut done = 0;
        for (index, word) in lane.as_chunks::<WORD>().0.iter().enumerate() {
            let mut dirty = dirty_bytes::<ASCII>(u64::from_le_bytes(*word));
            while dirty != 0 {
                let place = index * WORD + dirty.trailing_zeros() as usize / WORD;
                dirty &= dirty - 1;
                self.written += place - done;
                let Some((bytes, len)) = self.escapes.get(usize::from(lane[place])) else { return place };
                let Some(room) = self.next_room::<{ WIDEST + LANE }>() else { return place };
                // It is less anyway; so there is nothing to be checked below.
                let len = usize::from(*len) % WIDEST;
                done = place + 1;
                room[..WIDEST].copy_from_slice(bytes);
                room[len..len + LANE].copy_from_slice(&window[done..done + LANE]);
                self.written += len;
            }
        }
        self.written += LANE - done;
        LANE
    }

    /// The place where so many bytes may be written.
    #[inline]
    fn next_room<const BYTES: usize>(&mut self) -> Option<&mut [u8; BYTES]> {
        self.room.get_mut(self.written..)?.first_chunk_mut()
    }
}

/// The most bytes that a short text has.
pub(super) const SHORT: usize = 16;

/// A short text, and something behind it, where all of it is ASCII and nothing has to be escaped.
#[inline]
pub(super) fn clean_short(text: &[u8]) -> Option<[u8; SHORT]> {
    let text = match (text.first_chunk(), text.last_chunk()) {
        _ if text.len() > SHORT => return None,
        (Some(first), Some(last)) => {
            let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
            if dirty_bytes::<true>(first) | dirty_bytes::<true>(last) != 0 {
                return None;
            }
            u128::from(first) | u128::from(last) << (8 * (text.len() - 8))
        }
        _ => {
            let word = shortest(text);
            if dirty_bytes::<true>(word) != 0 {
                return None;
            }
            u128::from(word)
        }
    };
    Some(text.to_le_bytes())
}

/// Fewer than 8 bytes and spaces behind them.
#[inline]
fn shortest(text: &[u8]) -> u64 {
    let len = text.len();
    let spaces = all(b' ') << (8 * len);
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return spaces | u64::from(first) | u64::from(last) << (8 * (len - 4));
    }
    let Some((first, last)) = text.first().zip(text.last()) else { return spaces };
    let middle = u64::from(text[len / 2]) << (8 * (len / 2));
    spaces | u64::from(*first) | middle | u64::from(*last) << (8 * (len - 1))
}

/// Whether a byte has to be escaped; with `ASCII`, or is not ASCII.
///
/// Of what is escaped below the backslash, only the quotation mark is not a control character: with one bit of it
/// flipped it stands next to them, and the space, which then stands in its place, two behind.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "with jumps, no wide instructions: a fifth of the speed")]
fn is_dirty<const ASCII: bool>(byte: u8) -> bool {
    let flipped = byte ^ FLIP;
    // What is not ASCII is negative.
    let is_low = if ASCII { flipped.cast_signed() <= 0x20 } else { flipped <= 0x20 };
    is_low | (byte == b'\\')
}

/// The bit that tells the quotation mark from the space.
const FLIP: u8 = b'"' ^ b' ';

/// The high bit of each byte that has to be escaped; with `ASCII`, also of each that is not ASCII.
///
/// Those above the first byte that is not ASCII may be wrong then: an addition carries.
#[inline]
fn dirty_bytes<const ASCII: bool>(word: u64) -> u64 {
    let low = if ASCII { word } else { word & all(0x7f) };
    // Of a byte below 128, the high bit tells that the sum has reached 128.
    let not_low = (low ^ all(FLIP)).wrapping_add(all(0x80 - 0x21));
    let not_backslash = (low ^ all(b'\\')).wrapping_add(all(0x7f));
    let clean = not_low & not_backslash;
    (if ASCII { !clean | word } else { !clean & !word }) & all(0x80)
}

/// The same byte eight times.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, ESCAPES, LANE, SHORT, WINDOW, clean_short, escape};

    /// The inside of a JSON string, by `serde_json`, within so many.
    fn expected(text: &str, strings: usize) -> String {
        (0..strings).fold(text.to_owned(), |text, _| {
            let quoted = serde_json::to_string(&text).expect("a text");
            quoted[1..quoted.len() - 1].to_owned()
        })
    }

    #[track_caller]
    fn check(text: &str) {
        for strings in [1, 2] {
            let mut json = b"before".to_vec();
            let rest = escape::<false>(text.as_bytes(), &ESCAPES[strings - 1], &mut json);
            assert!(rest.is_empty());
            assert_eq!(str::from_utf8(&json), Ok(&*format!("before{}", expected(text, strings))));

            let ascii = text.find(|char: char| !char.is_ascii()).unwrap_or(text.len());
            let mut json = Vec::new();
            let rest = escape::<true>(text.as_bytes(), &ESCAPES[strings - 1], &mut json);
            assert_eq!(rest, &text.as_bytes()[ascii..]);
            assert_eq!(str::from_utf8(&json), Ok(&*expected(&text[..ascii], strings)));
        }
    }

    #[test]
    fn a_text_of_any_length_with_few_escapes_or_many() {
        for len in (0..3 * WINDOW).chain([BLOCK - 1, BLOCK, BLOCK + LANE, 3 * BLOCK + 7]) {
            for text in ["\u{1}", "x", "\"", "xxxxxxx\\xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\u{7f}\r"] {
                check(&text.chars().cycle().take(len).collect::<String>());
            }
        }
    }

    #[test]
    fn what_is_not_ascii_anywhere() {
        for place in (0..3 * WINDOW).chain([BLOCK - 1, BLOCK, BLOCK + WINDOW]) {
            let before: String = "clean \"not\" ".chars().cycle().take(place).collect();
            for char in ['\u{80}', 'ä', '\u{2028}', '😀'] {
                check(&format!("{before}{char}"));
                check(&format!("{before}{char}\n{before}{char}"));
            }
        }
    }

    #[test]
    fn a_short_text_is_clean_where_serde_json_changes_nothing() {
        for len in 0..=SHORT + 1 {
            for place in 0..len {
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'x'; len];
                    text[place] = byte;
                    let is_clean = str::from_utf8(&text).is_ok_and(|text| expected(text, 1) == text);
                    let short = clean_short(&text);
                    assert_eq!(short.is_some(), is_clean && len <= SHORT, "{byte} at {place} of {len}");
                    assert!(short.is_none_or(|short| short[..len] == *text));
                }
            }
        }
    }
}
