use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{ExportError, Exporter};
use crate::wire::{Resource, SpanRecord};

/// Keeps spans in memory, without a bound. Clones share what they keep.
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// let memory = recount::export::InMemory::default();
/// let recount = recount::builder().exporter(memory.clone()).build()?;
/// // ... install `recount.layer()` and work ...
/// recount.flush()?;
/// assert!(memory.records().is_empty());
/// # Ok(())
/// # }
/// ```
///
/// For tests, `recount::testing::Recorder` is handier: its ids and times are the same in every run.
#[derive(Clone, Default)]
pub struct InMemory {
    records: Arc<Mutex<Vec<SpanRecord>>>,
}

impl InMemory {
    /// The spans so far, in the order in which they ended.
    ///
    /// Only what the worker has handed over: [flush](crate::Recount::flush) first. The records are copied.
    #[must_use]
    pub fn records(&self) -> Vec<SpanRecord> {
        self.lock().clone()
    }

    /// Forgets the spans so far.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SpanRecord>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exporter for InMemory {
    fn export(&mut self, batch: &[SpanRecord], _resource: &Resource) -> Result<(), ExportError> {
        self.lock().extend_from_slice(batch);
        Ok(())
    }
}

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory").field("records", &self.lock().len()).finish()
    }
}
