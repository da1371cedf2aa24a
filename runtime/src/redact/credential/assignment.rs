//! Values that a text gives to the names of credentials: in code, JSON, headers, files of settings, command lines,
//! queries of URLs, and prose.

use memchr::{memchr, memmem};

use super::alphabet::{end_of, has_run};
use super::name::{self, Name, is_long_and_random, is_placeholder};
use super::runs::{Alphabet, Runs};
use crate::redact::finding::{Finding, Rank};

/// The longest values that are looked for, in bytes: between quotes there may be a private key. Bounded, since there may
/// be a name every few bytes.
const LONGEST_QUOTED: usize = 8 * 1024;
const LONGEST: usize = 1024;
/// So much of a value says what it is.
const HEAD: usize = 128;
/// What stands before a quote in JSON in JSON, six texts deep.
const MOST_SLASHES: usize = 63;

/// How sure it is that what follows is the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `PASSWORD=…`, `?api_key=…`, `--password …`, `<password>…`: nobody writes prose so.
    Tight,
    /// `password: …`, `password = …`, `password is …`: the value has to look like one.
    Loose,
}

/// The value of the name that has the byte `at` in it.
pub(super) fn find(bytes: &[u8], at: usize, cut: bool, runs: &Runs) -> Option<Finding<'static>> {
    let text = Text::new(bytes, at, cut, runs)?;
    let range = text.value()?;
    (!range.is_empty()).then(|| Finding::new(range, text.name.label, Rank::Name))
}

/// Whether the byte `at` on a tape is part of the name of a credential that has a value, or may be a key.
pub(super) fn may_be(tape: &[u8], at: usize, runs: &Runs) -> bool {
    Text::new(tape, at, true, runs).is_some_and(|text| {
        let sign = text.gap(text.closed());
        // Behind a key there is the tag of its value; all tags are below 32.
        text.at(text.end) < b' '
            || b"=:>%\\,v".contains(&text.at(sign))
            || text.is_loose(sign)
            || text.is_option()
    })
}

/// The name that has the byte `at` in it.
pub(super) fn name_at(bytes: &[u8], at: usize) -> Range {
    let (start, end) = name::around(bytes, at);
    start..end
}

/// A text and the name in it.
struct Text<'t> {
    bytes: &'t [u8],
    start: usize,
    end: usize,
    cut: bool,
    name: Name,
    runs: &'t Runs,
}

type Range = std::ops::Range<usize>;

impl<'t> Text<'t> {
    fn new(bytes: &'t [u8], at: usize, cut: bool, runs: &'t Runs) -> Option<Self> {
        let (start, end) = name::around(bytes, at);
        Some(Self { bytes, start, end, cut, name: name::name_of(&bytes[start..end])?, runs })
    }

    fn at(&self, place: usize) -> u8 {
        self.bytes.get(place).copied().unwrap_or_default()
    }

    fn blanks(&self, from: usize) -> usize {
        end_of(self.bytes, from, |byte| byte == b' ' || byte == b'\t')
    }

    /// Where what closes the name ends: `"password"`, `\"password\"`, `['password']`.
    fn closed(&self) -> usize {
        const LONGEST: usize = MOST_SLASHES + 8;
        let near = &self.bytes[..self.bytes.len().min(self.end + LONGEST)];
        let end = end_of(near, self.end, |byte| b"\\\"'`])".contains(&byte));
        // Those of an escaped line break are none of it.
        end - near[self.end..end].iter().rev().take_while(|byte| **byte == b'\\').count()
    }

    /// Where the blanks from `from` on end. Where the name is in quotes, line breaks are blanks too, escaped or not, as
    /// in JSON that is written on several lines.
    fn gap(&self, from: usize) -> usize {
        const LONGEST: usize = 256;
        let closed = self.closed();
        if closed == self.end || !matches!(self.bytes[closed - 1], b'"' | b'\'') {
            return self.blanks(from);
        }
        let near = &self.bytes[..self.bytes.len().min(from + LONGEST)];
        let mut at = from;
        loop {
            at = end_of(near, at, |byte| byte.is_ascii_whitespace());
            let escape = end_of(near, at, |byte| byte == b'\\');
            if escape == at || !matches!(near.get(escape), Some(b'n' | b'r' | b't')) {
                return at;
            }
            at = escape + 1;
        }
    }

    /// Whether the name is written as those of types are.
    fn is_type(&self) -> bool {
        self.at(self.start).is_ascii_uppercase() && self.at(self.start + 1).is_ascii_lowercase()
    }

    /// `--password …`
    fn is_option(&self) -> bool {
        self.bytes[..self.start].ends_with(b"--")
    }

    /// `The password is …`
    fn is_loose(&self, sign: usize) -> bool {
        sign > self.end && self.bytes.get(sign..).is_some_and(|rest| rest.starts_with(b"is "))
    }

    fn value(&self) -> Option<Range> {
        let named = self.start.checked_sub(1).map_or(0, |before| self.at(before));
        // `<password>hunter2</password>`
        if named == b'<' && self.at(self.end) == b'>' {
            let range = self.bare(self.end + 1, Form::Tight)?;
            return self.bytes[range.end..].starts_with(b"</").then_some(range);
        }
        let closed = self.closed();
        let sign = self.gap(closed);
        if let Some(from) = self.encoded(sign) {
            return self.encoded_value(from);
        }
        if closed > self.end
            && let Some(value) = self.paired(sign)
        {
            return self.accepts_quoted(value);
        }
        let (form, from) = match (self.at(sign), self.at(sign + 1)) {
            (b'=', b'=') => return None,
            // The arm of a `match`.
            (b'=', b'>') if closed == self.end && self.is_type() => return None,
            (b'=' | b':', b'>' | b'=') => (Form::Loose, sign + 2),
            (b'=', _) if sign == closed => (Form::Tight, sign + 1),
            (b'=' | b':', _) => (Form::Loose, sign + 1),
            _ if self.is_option() && sign > closed => (Form::Tight, sign),
            _ if self.is_loose(sign) => (Form::Loose, sign + 3),
            _ => return None,
        };
        // A scope, as in `secret::Key`.
        if self.at(sign) == b':' && self.at(sign + 1) == b':' {
            return None;
        }
        if let Some(quoted) = self.quoted(self.within_calls(self.gap(from))) {
            return self.accepts_quoted(quoted);
        }
        let from = self.blanks(from);
        if let Some(line) = self.block(from).filter(|_| form == Form::Loose) {
            return self.accepts_quoted(line);
        }
        self.typed(from).or_else(|| self.bare(from, form))
    }

    /// Where the value begins behind a sign that is written as in URLs or, escaped, as in JSON.
    fn encoded(&self, sign: usize) -> Option<usize> {
        let rest = &self.bytes[sign.min(self.bytes.len())..];
        let signs = [&b"%3D"[..], b"%3d", b"%3A", b"%3a", b"\\u003d", b"\\u003D", b"\\u003a", b"\\u003A"];
        signs.iter().find(|known| rest.starts_with(known)).map(|known| sign + known.len())
    }

    /// A value of an encoded query: to the next `&`, which is encoded, too.
    fn encoded_value(&self, from: usize) -> Option<Range> {
        let mut range = self.bare(from, Form::Tight)?;
        if let Some(end) = memmem::find(&self.bytes[range.clone()], b"%26") {
            range.end = range.start + end;
        }
        Some(range)
    }

    /// What stands beside the name as its value: `{"name": "password", "value": "…"}`, `name="password" value="…"`.
    fn paired(&self, sign: usize) -> Option<Range> {
        let is_between = |byte: u8| b",\"'\\ ".contains(&byte);
        let near = &self.bytes[..self.bytes.len().min(sign + 2 * MOST_SLASHES)];
        let word = end_of(near, self.gap(sign), is_between);
        let word = end_of(near, self.gap(word), is_between);
        if !near.get(word..)?.starts_with(b"value") {
            return None;
        }
        let behind = end_of(near, word + b"value".len(), |byte| b"\"'\\ ".contains(&byte));
        matches!(self.at(behind), b':' | b'=').then(|| self.quoted(self.gap(behind + 1)))?
    }

    /// The first line of a block in YAML, whose value begins with `|` or `>` at `from`.
    fn block(&self, from: usize) -> Option<Range> {
        if !matches!(self.at(from), b'|' | b'>') {
            return None;
        }
        let near = &self.bytes[..self.bytes.len().min(from + 64)];
        let line = end_of(near, from + 1, |byte| b"+-0123456789 ".contains(&byte));
        let broken = [&b"\r\n"[..], b"\n", b"\\r\\n", b"\\n"];
        let broken = broken.iter().find(|broken| near[line..].starts_with(broken))?;
        let text = self.blanks(line + broken.len());
        (text > line + broken.len()).then(|| text..self.end_of_line(text))
    }

    /// Where the text begins in `Some("…")`, `Secret("…")`, `String::from("…")`.
    fn within_calls(&self, from: usize) -> usize {
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || byte == b':' || byte == b'_';
        let mut at = from;
        for _ in 0..2 {
            let word = end_of(&self.bytes[..self.bytes.len().min(at + 64)], at, is_path);
            if word > at && self.at(word) == b'(' {
                at = word + 1;
            }
        }
        at
    }

    /// What stands between the quotes that begin at `from`.
    fn quoted(&self, from: usize) -> Option<Range> {
        let near = &self.bytes[..self.bytes.len().min(from + MOST_SLASHES + 1)];
        let slashes = end_of(near, from, |byte| byte == b'\\') - from.min(near.len());
        let quote = self.at(from + slashes);
        if !matches!(quote, b'"' | b'\'' | b'`') || slashes > MOST_SLASHES {
            return None;
        }
        let start = from + slashes + 1;
        let most = self.bytes.len().min(start + LONGEST_QUOTED);
        let mut place = start;
        while let Some(found) = memchr(quote, &self.bytes[place..most]) {
            let found = place + found;
            let before = self.bytes[start..found].iter().rev().take_while(|byte| **byte == b'\\').count();
            // The same quote with the same escape; one with a longer escape is inside.
            if before <= slashes {
                return Some(start..found - before);
            }
            place = found + 1;
        }
        // Nobody closes it: the text was cut, or is none that a program has written.
        Some(start..end_of(&self.bytes[..most], start, |byte| !matches!(byte, b'\n' | b'\r')))
    }

    /// What stands between quotes behind a type: `const KEY: &str = "…"`.
    fn typed(&self, from: usize) -> Option<Range> {
        const LONGEST_TYPE: usize = 32;
        let is_type = |byte: u8| byte.is_ascii_alphanumeric() || b"&'_:<> ".contains(&byte);
        let sign = end_of(&self.bytes[..self.bytes.len().min(from + LONGEST_TYPE)], from, is_type);
        let quoted = (self.at(sign) == b'=').then(|| self.quoted(self.blanks(sign + 1)))??;
        self.accepts_quoted(quoted)
    }

    fn accepts_quoted(&self, range: Range) -> Option<Range> {
        let value = &self.bytes[range.clone()];
        let whole = match self.name.label {
            "authorization" => return self.scheme(range.start),
            "cookie" => value.contains(&b'='),
            _ if self.name.vague => is_long_and_random(value),
            _ => !is_sentence(value) && !self.repeats_name(value),
        };
        let says_something = value.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        (whole && says_something && !is_placeholder(value)).then_some(range)
    }

    /// A value without quotes.
    fn bare(&self, from: usize, form: Form) -> Option<Range> {
        match self.name.label {
            "authorization" => return self.scheme(from),
            "cookie" => return self.cookies(from),
            _ => {}
        }
        let mut end = self.runs.end(Alphabet::Bare, self.bytes, from).min(from + LONGEST);
        let stopped = self.at(end);
        // The end of a sentence.
        while end > from && matches!(self.bytes[end - 1], b'.' | b':') && form == Form::Loose {
            end -= 1;
        }
        let value = &self.bytes[from..end];
        if value.len() < 4 || is_placeholder(value) || self.repeats_name(value) {
            return None;
        }
        if self.cut && end == self.bytes.len() {
            return Some(from..end);
        }
        let called = matches!(stopped, b'(' | b'[' | b'{' | b'<') && form == Form::Loose || stopped == b'(';
        if called || matches!(value[0], b'$' | b'%' | b'&' | b'*' | b'/' | b'!') || is_path_of_fields(value) {
            return None;
        }
        let value = &value[..value.len().min(HEAD)];
        let accepted = if self.name.vague {
            is_long_and_random(value)
        } else {
            match form {
                Form::Tight => has_mark(value) || has_digit(value) || self.is_setting(),
                Form::Loose => value.len() >= 6 && looks_chosen(value),
            }
        };
        accepted.then_some(from..end)
    }

    /// Whether nobody but a shell, a browser or a database reads the name where it stands.
    fn is_setting(&self) -> bool {
        let name = &self.bytes[self.start..self.end];
        let before = self.start.checked_sub(1).map_or(b'\n', |before| self.at(before));
        let shouts = !name.iter().any(u8::is_ascii_lowercase) && !before.is_ascii_alphanumeric();
        shouts || matches!(before, b'?' | b'&' | b';' | b'<') || self.is_option()
    }

    /// `Authorization: Bearer …`, to the end of the line.
    fn scheme(&self, from: usize) -> Option<Range> {
        let word = end_of(self.bytes, from, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let known = ["bearer", "basic", "token", "digest", "apikey", "api-key", "bot", "negotiate", "key"];
        let scheme = &self.bytes[from..word];
        let known = known.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()))
            || scheme.starts_with(b"AWS4-");
        let rest = self.blanks(word);
        let start = if known { rest } else { from };
        let end = self.end_of_line(start);
        let credential = &self.bytes[start..end];
        if is_placeholder(credential) {
            return None;
        }
        let first = credential.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let fits = if known {
            first.len() >= 6 && (has_digit(first) || has_mark(first))
        } else {
            has_run(first, 16)
        };
        (fits || self.cut && end == self.bytes.len()).then_some(start..end)
    }

    /// `Cookie: name=value; name=value`, to the end of the line.
    fn cookies(&self, from: usize) -> Option<Range> {
        /// `c=d` is an example.
        const SHORTEST: usize = 6;
        let end = self.end_of_line(from);
        let first = end_of(&self.bytes[..end], from, |byte| byte > b' ' && byte != b'=');
        let some = first > from && end > first + 1 && end - from >= SHORTEST;
        (some && self.at(first) == b'=').then_some(from..end)
    }

    fn end_of_line(&self, from: usize) -> usize {
        let end = self.runs.end(Alphabet::Line, self.bytes, from).min(from + LONGEST);
        end - self.bytes[from..end].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    /// `password=password`, `api_key: my_api_key`: the name of a variable.
    fn repeats_name(&self, value: &[u8]) -> bool {
        let letters = |text: &[u8]| {
            text.iter()
                .filter(|byte| byte.is_ascii_alphabetic())
                .map(u8::to_ascii_lowercase)
                .collect::<Vec<_>>()
        };
        if value.len() > 64 || !value.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-. ".contains(byte))
        {
            return false;
        }
        let (name, value) = (letters(&self.bytes[self.start..self.end]), letters(value));
        value.windows(name.len().max(1)).any(|part| part == name)
            || name.windows(value.len().max(1)).any(|part| part == value)
    }
}

fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

/// Whether there is a mark in it that is part of no word, name or number.
fn has_mark(value: &[u8]) -> bool {
    value.iter().any(|byte| b"!@#$%^*+=~?/:".contains(byte)) || !value.is_ascii()
}

/// Whether it is no word: digits or marks are among its letters.
fn looks_chosen(value: &[u8]) -> bool {
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let is_kebab = value.contains(&b'-') && value.len() < 16;
    let marked = value[..value.len() - 1].iter().any(|byte| b"!@#$%^*+~".contains(byte));
    letters && (has_digit(value) && !is_kebab || marked) && value.is_ascii()
}

/// `config.password`, `self.key`
fn is_path_of_fields(value: &[u8]) -> bool {
    let mut fields = value.split(|byte| *byte == b'.');
    value.contains(&b'.')
        && fields.all(|field| {
            field.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
                && field.len() < 32
                && field.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        })
}

/// `Must be at least 8 characters.`: what forms say beside a field.
fn is_sentence(value: &[u8]) -> bool {
    let words = value.split(|byte| *byte == b' ');
    let capital = value.first().is_some_and(u8::is_ascii_uppercase);
    let second = value.get(1).is_some_and(u8::is_ascii_lowercase);
    let ends = value.last().is_some_and(|last| b".!?:".contains(last));
    words.count() >= 3 && (capital && second || ends)
}
