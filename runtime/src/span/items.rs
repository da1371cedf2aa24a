use std::fmt;

use super::capture::Limits;
use super::{Fold, Sink, Slot, Verdict, silently};
use crate::wire::tape::Mark;
use crate::wire::{Field, Tape, Timestamp};

/// The items of a stream or an iterator so far.
///
/// Items share one cap: a stream of a million tokens is one value to its reader. Chunks of a model's answer are put
/// together when some have come, which makes room for more.
pub(super) struct Items {
    /// What they are on the tape.
    field: Field,
    count: u64,
    /// Those that the tape had no room for.
    cut: u64,
    /// The bytes that items may take up on the tape in the end.
    cap: usize,
    /// The bytes that they may still take up by now.
    room: usize,
    /// Where items begin on the tape.
    begin: Mark,
    /// Where those begin that have not been put together.
    fresh: Mark,
    /// Those that were put together, are no more on the tape, and may yet turn out to be unknown.
    dropped: u64,
    start: Option<Timestamp>,
    last: Option<Timestamp>,
    /// The microseconds between one item and the next, where somebody wants them.
    gaps: Option<Vec<u32>>,
    /// Whether the time of each item is of interest: those of models are.
    timed: bool,
    /// Whether chunks are to be put together, should anybody know them.
    folds: bool,
    fold: Option<Box<dyn Fold>>,
}

impl Items {
    /// When so many bytes of chunks have come, they are put together: often enough to need little memory, seldom
    /// enough to cost little.
    const FOLD_AT: usize = 32 * 1024;
    /// How many of the times between items are kept.
    const MOST_GAPS: usize = 4096;

    pub(super) fn new(field: Field, tape: &Tape, limits: Limits, folds: bool) -> Self {
        let cap = limits.cap();
        Self {
            field,
            count: 0,
            cut: 0,
            cap,
            room: if folds { cap.max(Self::FOLD_AT) } else { cap },
            begin: tape.mark(),
            fresh: tape.mark(),
            dropped: 0,
            start: None,
            last: None,
            gaps: None,
            timed: folds,
            folds,
            fold: None,
        }
    }

    /// Keeps the time between one item and the next, where the time of each is of interest and somebody wants them.
    pub(super) fn with_gaps(mut self, wanted: bool) -> Self {
        self.gaps = (wanted && self.timed).then(Vec::new);
        self
    }

    pub(super) fn has_room(&self) -> bool {
        self.room > 0
    }

    /// How long the next item may be; with no room left, it is counted and not read.
    ///
    /// A chunk that is put together with others does not stay, so it may be longer than what is kept of a value.
    pub(super) fn room(&mut self) -> Option<usize> {
        self.cut += u64::from(self.room == 0);
        let room = if self.folds { self.room.max(Self::FOLD_AT) } else { self.room };
        (self.room > 0).then_some(room)
    }

    /// An item is there.
    pub(super) fn arrived(
        &mut self,
        tape: &mut Tape,
        start: Option<Timestamp>,
        now: impl FnOnce() -> Timestamp,
    ) {
        self.count += 1;
        if self.count > 1 && !self.timed {
            return;
        }
        let now = now();
        let start = *self.start.get_or_insert(start.unwrap_or(now));
        if self.count == 1 {
            tape.entry(Field::FirstItem, None);
            tape.double(now.since(start).as_secs_f64());
        }
        if let (Some(gaps), Some(last)) = (&mut self.gaps, self.last)
            && gaps.len() < Self::MOST_GAPS
        {
            gaps.push(u32::try_from(now.since(last).as_micros()).unwrap_or(u32::MAX));
        }
        self.last = self.timed.then_some(now);
    }

    /// An item was written onto the tape, from `before` on.
    pub(super) fn written(&mut self, tape: &mut Tape, before: usize, sink: &dyn Sink) {
        self.room = self.room.saturating_sub(tape.len() - before);
        if self.folds && (self.room == 0 || tape.len_since(self.fresh) >= self.batch()) {
            if self.fold.is_none() {
                self.fold = sink.fold();
            }
            self.fold_items(tape);
        }
    }

    fn batch(&self) -> usize {
        Self::FOLD_AT.min(self.cap / 2)
    }

    /// Puts the new items on the tape together with those before, and takes them off it, as soon as somebody knows one;
    /// leaves them there where nobody does.
    fn fold_items(&mut self, tape: &mut Tape) {
        let Some(fold) = &mut self.fold else { return };
        // Extractors are no work of the program's, on whose thread this is.
        let verdict = silently(|| {
            let mut verdict = Verdict::Open;
            for entry in tape.entries_from(self.fresh) {
                if entry.field == self.field {
                    verdict = fold.push(&entry.value);
                } else if entry.field == Field::Fault {
                    fold.interrupt();
                }
            }
            verdict
        });
        match verdict {
            Verdict::Known => {
                self.take_off(tape, self.begin);
                (self.room, self.dropped) = (self.cap.max(Self::FOLD_AT), 0);
            }
            // The first chunk of all is longer than everything that is kept of items.
            Verdict::Amid if self.room == 0 => {
                self.dropped += self.take_off(tape, self.fresh);
                self.room = self.batch();
            }
            Verdict::Amid | Verdict::Open if self.room > 0 => {}
            _ => {
                if self.dropped > 0 {
                    self.dropped += self.take_off(tape, self.fresh);
                }
                self.keep_as_they_are(tape);
            }
        }
        self.fresh = tape.mark();
    }

    /// Nobody knows them: they are values like others, and share one cap.
    fn keep_as_they_are(&mut self, tape: &mut Tape) {
        (self.folds, self.fold, self.room) = (false, None, self.cap);
        let mut kept = Tape::default();
        for entry in tape.entries_from(self.begin) {
            let before = kept.len();
            if entry.field != self.field {
                kept.copy(&entry);
            } else if self.room > 0 {
                Slot::on(&mut kept, Limits::value(self.room), self.field, None).serialize(&entry.value);
                self.room = self.room.saturating_sub(kept.len() - before);
            } else {
                self.dropped += 1;
            }
        }
        tape.rewind(self.begin);
        tape.append(&kept);
    }

    /// Takes off the items from a place on, and of what stands between them all but the last of each; says how many
    /// items that were.
    fn take_off(&self, tape: &mut Tape, from: Mark) -> u64 {
        let mut others = Tape::default();
        let mut items = 0;
        for entry in tape.entries_from(from) {
            if entry.field == self.field {
                items += 1;
            } else {
                others.copy(&entry);
            }
        }
        tape.rewind(from);
        tape.append(&others.last_entries());
        items
    }

    /// There are no more items.
    pub(super) fn finish(mut self, tape: &mut Tape) {
        if self.folds {
            self.fold_items(tape);
        }
        if let Some(fold) = self.fold.take() {
            let mut facts = Tape::default();
            silently(|| fold.finish(&mut facts));
            if facts.is_empty() {
                self.keep_as_they_are(tape);
            } else {
                self.take_off(tape, self.begin);
                self.dropped = 0;
                tape.append(&facts);
            }
        }
        tape.entry(Field::ItemCount, None);
        tape.unsigned(self.count);
        if let (Some(start), Some(last)) = (self.start, self.last.filter(|_| self.count > 1)) {
            tape.entry(Field::LastItem, None);
            tape.double(last.since(start).as_secs_f64());
        }
        self.cut += self.dropped;
        if let Some(gaps) = self.gaps.filter(|gaps| !gaps.is_empty()) {
            tape.entry(Field::ItemGaps, None);
            tape.begin_seq();
            for gap in gaps {
                tape.unsigned(gap.into());
            }
            tape.end();
        }
        if self.cut > 0 {
            tape.entry(Field::ItemsCut, None);
            tape.unsigned(self.cut);
        }
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("count", &self.count).field("cut", &self.cut).finish_non_exhaustive()
    }
}
