use crate::export::{ExportError, Loss, Losses};

/// What was lost of a batch, and why.
#[derive(Debug, Default)]
pub(super) struct Report {
    losses: Losses,
    /// Said last: it is told for all.
    why: String,
}

impl Report {
    pub(super) fn lose(&mut self, reason: Loss, spans: usize, why: impl Into<String>) {
        if spans > 0 {
            self.losses.add(reason, spans);
            self.why = why.into();
        }
    }

    /// The result of a batch of so many spans.
    pub(super) fn result(self, spans: usize) -> Result<(), ExportError> {
        let losses = self.losses.within(spans);
        let only = losses.iter().find(|(_, lost)| *lost > 0 && *lost == spans);
        match only {
            _ if losses.total() == 0 => Ok(()),
            Some((reason, _)) => Err(ExportError::new(self.why).because(reason)),
            None => Err(ExportError::some(losses, self.why)),
        }
    }
}
