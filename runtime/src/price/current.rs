use std::sync::{Arc, PoisonError, RwLock};

use super::PriceTable;

/// The table in use: the worker reads it, the program may replace it at any time.
#[derive(Clone, Debug, Default)]
pub(crate) struct CurrentPrices(Arc<RwLock<Arc<PriceTable>>>);

impl CurrentPrices {
    pub(crate) fn new(table: PriceTable) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(table))))
    }

    /// The table of this moment.
    pub(crate) fn get(&self) -> Arc<PriceTable> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, table: PriceTable) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }
}
