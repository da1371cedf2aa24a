use crate::wire::TraceId;

/// A share of all traces, chosen by their ids.
///
/// The choice is that of the OpenTelemetry SDKs for `traceidratio` (Go, Python, Rust): the last 63 bits of the id, as a
/// number, are below the share of all such numbers. So services that are given the same share choose the same traces,
/// and a smaller share is a part of a larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    bound: u64,
}

impl Share {
    pub(super) const ALL: Self = Self { bound: 1 << 63 };
    pub(super) const NONE: Self = Self { bound: 0 };

    /// None, unless the share is from 0 to 1.
    pub(super) fn new(share: f64) -> Option<Self> {
        const NUMBERS: f64 = 9_223_372_036_854_775_808.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2⁶³")]
        let bound = || (share * NUMBERS) as u64;
        (0.0..=1.0).contains(&share).then(|| Self { bound: bound() })
    }

    pub(super) fn has(self, trace: TraceId) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "the last half of the id")]
        let last = u128::from_be_bytes(trace.to_bytes()) as u64;
        last >> 1 < self.bound
    }
}
