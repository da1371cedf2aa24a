use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::ledger::Lot;
use super::name::Name;

/// What a file takes on disk: whole blocks, so that many small files are bounded too.
const BLOCK: u64 = 4096;

/// The files of an outbox, oldest first, and what they take.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: BTreeMap<Name, Entry>,
    bytes: u64,
}

/// Whose spans are in a file.
#[derive(Debug)]
pub(super) enum Origin {
    /// Those of this process, with where they count.
    Own(Arc<Lot>),
    /// Those of a process that is gone.
    Adopted,
}

#[derive(Debug)]
struct Entry {
    bytes: u64,
    origin: Origin,
    /// By a clock that does not jump; none where that is too far away to be told.
    expires: Option<Instant>,
    /// Whether others go before it for a while.
    is_set_aside: bool,
    /// Whether the server took another one when it did not take this one.
    is_suspect: bool,
}

/// What a file of this length takes on disk.
pub(super) fn blocks(len: u64) -> u64 {
    len.div_ceil(BLOCK).saturating_mul(BLOCK)
}

impl Index {
    pub(super) fn insert(&mut self, name: Name, len: u64, expires: Option<Instant>, origin: Origin) {
        let entry = Entry { bytes: blocks(len), origin, expires, is_set_aside: false, is_suspect: false };
        self.bytes += entry.bytes;
        if let Some(replaced) = self.entries.insert(name, entry) {
            self.bytes -= replaced.bytes;
        }
    }

    /// None, where it was not there.
    pub(super) fn remove(&mut self, name: Name) -> Option<Origin> {
        let removed = self.entries.remove(&name)?;
        self.bytes -= removed.bytes;
        Some(removed.origin)
    }

    /// What is to be sent, the oldest first, but for what is set aside.
    pub(super) fn line(&self) -> impl Iterator<Item = Name> {
        self.entries.iter().filter(|(_, entry)| !entry.is_set_aside).map(|(name, _)| *name)
    }

    pub(super) fn oldest(&self) -> Option<Name> {
        self.entries.first_key_value().map(|(name, _)| *name)
    }

    pub(super) fn expired(&self, now: Instant) -> Vec<Name> {
        let expired = |entry: &Entry| entry.expires.is_some_and(|expires| expires <= now);
        self.entries.iter().filter(|(_, entry)| expired(entry)).map(|(name, _)| *name).collect()
    }

    /// The others go first, until [`restore`](Self::restore).
    pub(super) fn set_aside(&mut self, name: Name) {
        if let Some(entry) = self.entries.get_mut(&name) {
            entry.is_set_aside = true;
        }
    }

    pub(super) fn restore(&mut self) {
        self.entries.values_mut().for_each(|entry| entry.is_set_aside = false);
    }

    pub(super) fn suspect(&mut self, name: Name) {
        if let Some(entry) = self.entries.get_mut(&name) {
            entry.is_suspect = true;
        }
    }

    pub(super) fn is_suspect(&self, name: Name) -> bool {
        self.entries.get(&name).is_some_and(|entry| entry.is_suspect)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = Name> {
        self.entries.keys().copied()
    }

    /// What the files take on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}
