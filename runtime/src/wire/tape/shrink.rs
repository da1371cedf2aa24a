//! A tape made smaller, for spans that are larger than what may be sent at once.

use super::{Entry, Tape, Text, Value};
use crate::wire::Field;

/// A tag and a length; of an entry, its field and the length of its name.
const HEAD: usize = 5;
/// A tag and a number.
const NUMBER: usize = 9;
/// What a text that is cut needs besides its bytes.
const CUT_TEXT: usize = HEAD + 4 + 8;
/// As much as is left of a text at least, in bytes: enough to recognise it.
const EXCERPT: usize = 32;
/// A fact of up to so many bytes is left whole, or left out: half a model's name is another model's.
const FACT: usize = 1 << 10;

impl Tape {
    /// A copy of at most so many bytes; the tape as it is where it has no more. The longest texts and sequences are cut
    /// first, inside, with marks of what is missing, so that JSON made of them is JSON. What is short stays whole as long as
    /// there is room for it: facts first, then what the program set, then content.
    ///
    /// It ends with [`Field::OriginalSize`]. For that much there is room always: the smallest tape has 14 bytes.
    pub(crate) fn shrunk(&self, bytes: usize) -> Self {
        if self.len() <= bytes {
            return self.clone();
        }
        let original = self.get(Field::OriginalSize).and_then(|size| size.as_u64());
        // What was said again is gone before anything is cut.
        let counting = self.last_entries();
        let entries: Vec<_> = counting.entries().filter(|entry| entry.field != Field::OriginalSize).collect();
        let rooms = rooms(&entries, bytes.saturating_sub(HEAD + NUMBER));
        let mut shrunk = Self::default();
        for (entry, room) in entries.iter().zip(rooms) {
            if let Some(room) = room {
                shrunk.entry(entry.field, Some(entry.name));
                shrunk.value_within(&entry.value, room.saturating_sub(HEAD + entry.name.len()));
            }
        }
        shrunk.entry(Field::OriginalSize, None);
        shrunk.unsigned(original.unwrap_or(self.len() as u64));
        shrunk
    }

    /// Writes a value in at most so many bytes, which are no fewer than the least that it can do with.
    fn value_within(&mut self, value: &Value<'_>, room: usize) {
        if size(value) <= room {
            return self.value(value);
        }
        match value {
            Value::Text(text) => self.text_within(*text, room),
            Value::Seq(seq) => {
                self.begin_seq();
                self.items_within(seq.map(|value| (None, value)), room - HEAD, Left::Behind);
                self.end();
            }
            Value::Map(map) => {
                self.begin_map();
                self.items_within(map.map(|(key, value)| (Some(key), value)), room - HEAD, Left::Anywhere);
                self.end();
            }
            // Numbers and the like have no parts.
            _ => self.null(),
        }
    }

    /// The end of a text is kept where it was before: of bodies in JSON, whose last facts matter.
    fn text_within(&mut self, text: Text<'_>, room: usize) {
        let bytes = room.saturating_sub(CUT_TEXT);
        let tail = if text.tail.len() <= bytes / 2 { text.tail } else { "" };
        let kept = beginning(text.kept, bytes - tail.len());
        self.cut_text(kept, tail, text.cut.unwrap_or(text.kept.len() as u64));
    }

    /// Writes as many items as have room, and how many have not.
    fn items_within<'a>(
        &mut self,
        items: impl Iterator<Item = (Option<&'a str>, Value<'a>)> + Clone,
        room: usize,
        left: Left,
    ) {
        let mut missing = None;
        let mut parts = Vec::new();
        for (key, value) in items.clone() {
            match value {
                Value::Cut(before) => missing = Some(before),
                value => parts.push(Part::of(&value).behind(key.map_or(0, |key| HEAD + key.len()))),
            }
        }
        let rooms = divide(&parts, room.saturating_sub(NUMBER), left);
        let left_out = rooms.iter().filter(|room| room.is_none()).count() as u64;
        let items = items.filter(|(_, value)| !matches!(value, Value::Cut(_)));
        for ((key, value), room) in items.zip(rooms) {
            let Some(mut room) = room else { continue };
            if let Some(key) = key {
                self.text(key);
                room = room.saturating_sub(HEAD + key.len());
            }
            self.value_within(&value, room);
        }
        match missing {
            // How many had been missing before was not known.
            Some(0) => self.cut(0),
            Some(before) => self.cut(before.saturating_add(left_out)),
            None if left_out > 0 => self.cut(left_out),
            None => {}
        }
    }
}

/// Which items of a container may be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Those behind the last one that has room: items of a sequence are known by their places.
    Behind,
    /// Any that has no room.
    Anywhere,
}

/// What a value takes up: the least that it can be cut to, and all of it.
#[derive(Clone, Copy)]
struct Part {
    least: usize,
    full: usize,
}

impl Part {
    fn of(value: &Value<'_>) -> Self {
        let full = size(value);
        let least = match value {
            Value::Text(_) => CUT_TEXT + EXCERPT,
            Value::Seq(_) | Value::Map(_) => HEAD + NUMBER,
            _ => full,
        };
        Self { least: least.min(full), full }
    }

    fn of_entry(entry: &Entry<'_>) -> Self {
        let part = Self::of(&entry.value).behind(HEAD + entry.name.len());
        let whole = rank(entry.field) == 0 && part.full <= FACT;
        if whole { Self { least: part.full, ..part } } else { part }
    }

    /// With so many bytes in front of it.
    fn behind(self, bytes: usize) -> Self {
        Self { least: self.least + bytes, full: self.full + bytes }
    }

    fn within(self, room: usize) -> usize {
        room.clamp(self.least, self.full)
    }
}

/// Facts come first, then what the program set one by one, then what people and models wrote.
fn rank(field: Field) -> usize {
    match field {
        Field::Attribute | Field::Property | Field::Event | Field::Tags | Field::Detail => 1,
        field if field.is_content() => 2,
        _ => 0,
    }
}

/// How many bytes each entry may have; none for one that is left out.
///
/// Each rank has half of what those before it left, or all that those behind it do not need: an endless list of
/// attributes does not push the prompt out, nor a prompt the attributes.
fn rooms(entries: &[Entry<'_>], mut room: usize) -> Vec<Option<usize>> {
    let parts: Vec<_> = entries.iter().map(Part::of_entry).collect();
    let mut rooms = vec![None; entries.len()];
    for current in 0..3 {
        let (mut places, mut needed_behind) = (Vec::new(), 0);
        for (place, entry) in entries.iter().enumerate() {
            match rank(entry.field) {
                rank if rank == current => places.push(place),
                rank if rank > current => needed_behind += parts[place].full,
                _ => {}
            }
        }
        let share = (room / 2).max(room.saturating_sub(needed_behind));
        let of_rank: Vec<_> = places.iter().map(|place| parts[*place]).collect();
        for (place, given) in places.into_iter().zip(divide(&of_rank, share, Left::Anywhere)) {
            room -= given.unwrap_or(0);
            rooms[place] = given;
        }
    }
    rooms
}

/// Shares room among parts: short ones have all that they need, and the long ones the same each. Where there is not even
/// enough for the least of each, the last ones have none.
fn divide(parts: &[Part], room: usize, left: Left) -> Vec<Option<usize>> {
    let mut free = room;
    let mut stopped = false;
    let kept: Vec<_> = parts
        .iter()
        .map(|part| {
            let fits = !stopped && part.least <= free;
            stopped |= !fits && left == Left::Behind;
            free -= if fits { part.least } else { 0 };
            fits.then_some(*part)
        })
        .collect();
    let all = |cap: usize| kept.iter().flatten().map(|part| part.within(cap)).sum::<usize>();
    // The highest cap under which all fit, by halves.
    let (mut low, mut high) = (0, room);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if all(middle) <= room {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    kept.into_iter().map(|part| Some(part?.within(low))).collect()
}

/// The most bytes that a value takes up on a tape.
fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Unsigned(_) | Value::Signed(_) | Value::Single(_) | Value::Double(_) | Value::Cut(_) => NUMBER,
        Value::WideUnsigned(_) | Value::WideSigned(_) => 17,
        Value::Text(text) if text.cut.is_none() => HEAD + text.kept.len(),
        Value::Text(text) => CUT_TEXT + text.kept.len() + text.tail.len(),
        Value::Seq(seq) => HEAD + seq.0.rest.len(),
        Value::Map(map) => HEAD + map.0.rest.len(),
    }
}

/// As much of the beginning as fits, in whole characters.
fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest tape that can be: what it was before.
    const LEAST: usize = HEAD + NUMBER;
    const FIELDS: [Field; 12] = [
        Field::Argument,
        Field::Output,
        Field::Item,
        Field::Attribute,
        Field::Event,
        Field::Fault,
        Field::RequestModel,
        Field::Usage,
        Field::FinishReasons,
        Field::InputMessages,
        Field::Tags,
        Field::OriginalSize,
    ];

    /// The same numbers in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u64) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((self.0 >> 33) % bound).expect("small")
        }

        fn text(&mut self) -> String {
            let piece = ["a", "größe", "長さ", "🦀\u{200d}", "\"\\\n\u{0}", ""][self.below(6)];
            let most = [4, 40, 600][self.below(3)];
            piece.repeat(self.below(most))
        }

        fn value(&mut self, tape: &mut Tape, depth: u64) {
            match self.below(if depth == 0 { 7 } else { 10 }) {
                0 => tape.null(),
                1 => tape.bool(true),
                2 => tape.unsigned(self.0),
                3 => tape.wide_signed(i128::from(self.0) * -(1 << 40)),
                4 => tape.double(f64::NAN),
                5 => tape.text(&self.text()),
                6 => tape.cut_text(&self.text(), &self.text(), [0, 1 << 20][self.below(2)]),
                7 => {
                    tape.begin_seq();
                    let most = [3, 40][self.below(2)];
                    (0..self.below(most)).for_each(|_| self.value(tape, depth - 1));
                    self.maybe_cut(tape);
                    tape.end();
                }
                _ => {
                    tape.begin_map();
                    for _ in 0..self.below(6) {
                        tape.text(&self.text());
                        self.value(tape, depth - 1);
                    }
                    self.maybe_cut(tape);
                    tape.end();
                }
            }
        }

        fn maybe_cut(&mut self, tape: &mut Tape) {
            if self.below(4) == 0 {
                tape.cut([0, 7][self.below(2)]);
            }
        }

        fn tape(&mut self) -> Tape {
            let mut tape = Tape::default();
            for _ in 0..self.below(12) {
                tape.entry(FIELDS[self.below(FIELDS.len() as u64)], Some(&self.text()));
                self.value(&mut tape, 2);
            }
            tape
        }
    }

    fn is_whole(tape: &Tape) -> bool {
        let again = tape.entries().fold(Tape::default(), |mut again, entry| {
            again.copy(&entry);
            again
        });
        again == *tape
    }

    #[test]
    fn any_tape_fits_any_limit_and_reads_to_its_end() {
        let mut random = Random(1);
        for _ in 0..1000 {
            let tape = random.tape();
            let limit = [40, 1000, 10_000][random.below(3)];
            let limit = random.below(limit);
            let shrunk = tape.shrunk(limit);
            assert!(shrunk.len() <= limit.max(LEAST), "{} bytes of at most {limit}", shrunk.len());
            assert!(is_whole(&shrunk));
            for entry in shrunk.entries() {
                let json = entry.value.to_json();
                serde_json::from_str::<serde::de::IgnoredAny>(&json).expect(&json);
            }
            assert_eq!(tape.len() > limit, tape != shrunk);
        }
    }

    /// A model call with a prompt that is much too long.
    fn call(prompt: &str) -> Tape {
        let mut tape = Tape::default();
        tape.entry(Field::RequestModel, None);
        tape.text("gpt-4o");
        tape.entry(Field::InputMessages, None);
        tape.begin_seq();
        for (role, text) in [("system", "Be brief."), ("user", prompt)] {
            tape.begin_map();
            tape.text("role");
            tape.text(role);
            tape.text("content");
            tape.text(text);
            tape.end();
        }
        tape.end();
        tape.entry(Field::Attribute, Some("tenant"));
        tape.text("acme");
        tape
    }

    #[test]
    fn the_longest_text_is_cut_and_what_is_short_is_kept() {
        let tape = call(&"x".repeat(100_000));
        let shrunk = tape.shrunk(1000);
        assert!((900..=1000).contains(&shrunk.len()), "the room is used: {}", shrunk.len());
        assert_eq!(shrunk.get(Field::RequestModel), tape.get(Field::RequestModel));
        assert_eq!(shrunk.get(Field::Attribute), tape.get(Field::Attribute));
        let messages = shrunk.get(Field::InputMessages).expect("it is kept").to_json();
        assert!(
            messages.starts_with(r#"[{"role":"system","content":"Be brief."},{"role":"user","content":"xxx"#)
        );
        assert!(messages.contains("x…[+99"), "{messages}");
        assert_eq!(shrunk.get(Field::OriginalSize).and_then(|size| size.as_u64()), Some(tape.len() as u64));
    }

    #[test]
    fn what_is_cut_twice_says_how_large_it_was_at_first() {
        let tape = call(&"x".repeat(100_000));
        let twice = tape.shrunk(5000).shrunk(500);
        assert!(twice.len() <= 500);
        assert_eq!(twice.get(Field::OriginalSize), tape.shrunk(500).get(Field::OriginalSize));
        assert!(twice.get(Field::InputMessages).is_some_and(|value| value.to_json().contains("…[+99")));
    }

    #[test]
    fn of_a_long_list_the_beginning_is_kept_and_the_rest_is_counted() {
        let mut tape = Tape::default();
        tape.entry(Field::Output, None);
        tape.begin_seq();
        (0..10_000).for_each(|number| tape.unsigned(number));
        tape.end();
        let json = tape.shrunk(200).get(Field::Output).expect("it is kept").to_json();
        let items: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
        let (kept, rest) = items.split_at(items.len() - 1);
        assert!(kept.len() > 10 && kept.iter().enumerate().all(|(place, item)| *item == place), "{json}");
        assert_eq!(rest[0], format!("…[+{} more]", 10_000 - kept.len()));
    }

    #[test]
    fn a_thousand_attributes_leave_room_for_the_facts_and_the_prompt() {
        let mut tape = call(&"x".repeat(3000));
        for place in 0..1000 {
            tape.entry(Field::Attribute, Some(&format!("key {place}")));
            tape.text(&"y".repeat(1000));
        }
        let shrunk = tape.shrunk(20_000);
        assert_eq!(shrunk.get(Field::RequestModel), tape.get(Field::RequestModel));
        assert_eq!(shrunk.get(Field::InputMessages), tape.get(Field::InputMessages));
        assert!(shrunk.entries().filter(|entry| entry.field == Field::Attribute).count() > 100);
    }
}
