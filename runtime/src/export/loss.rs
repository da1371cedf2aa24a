/// Why a span never reached a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// The queue was full when it ended.
    Overflow,
    /// It is larger than what may be sent, also after its content was cut.
    TooLarge,
    /// It could not be written in the format of the exporter.
    Encoding,
    /// The server refused it for good.
    Rejected,
    /// The exporter failed, or the server could not be reached, after every attempt.
    Export,
    /// It was kept on disk for longer, or beside more, than allowed.
    Expired,
    /// The time of the shutdown was over.
    Shutdown,
}

/// How many spans were lost, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses([usize; Loss::ALL.len()]);

impl Loss {
    /// In the order of the places in [`Losses`].
    pub(crate) const ALL: [Self; 7] = [
        Self::Overflow,
        Self::TooLarge,
        Self::Encoding,
        Self::Rejected,
        Self::Export,
        Self::Expired,
        Self::Shutdown,
    ];
}

impl Losses {
    pub(crate) fn of(reason: Loss, spans: usize) -> Self {
        let mut losses = Self::default();
        losses.add(reason, spans);
        losses
    }

    pub(crate) fn add(&mut self, reason: Loss, spans: usize) {
        self.0[reason as usize] += spans;
    }

    /// No more than there were.
    pub(crate) fn within(self, spans: usize) -> Self {
        let mut left = spans;
        Self(self.0.map(|lost| {
            let counted = lost.min(left);
            left -= counted;
            counted
        }))
    }

    pub(crate) fn total(&self) -> usize {
        self.0.iter().sum()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Loss, usize)> {
        Loss::ALL.into_iter().zip(self.0)
    }
}
