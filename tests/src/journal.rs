use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

/// Notes what happens, in order: to compare a function with its annotated twin.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line.
    pub fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    /// A value that adds its name when it is dropped.
    #[must_use]
    pub fn entry(&self, name: &'static str) -> Entry {
        Entry { name, journal: self.clone() }
    }

    /// All lines so far, joined by spaces; the journal is empty then.
    #[must_use]
    pub fn take(&self) -> String {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).join(" ")
    }
}

/// Adds its name to the [`Journal`] when it is dropped.
#[derive(Debug)]
pub struct Entry {
    name: &'static str,
    journal: Journal,
}

impl Entry {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.journal.note(self.name);
    }
}
