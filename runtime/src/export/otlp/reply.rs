//! What became of a request, in the words of no protocol: what each transport makes of its answers.

use std::time::Duration;

/// Brings requests to a server, one at a time.
pub(super) trait Transport: Send {
    /// Sends the bytes of a request once, and waits for the answer for so long at the most.
    ///
    /// The bytes are those of OTLP in protobuf. The same bytes are sent the same way each time.
    fn send(&mut self, request: &[u8], time: Duration) -> Reply;
}

/// What a server made of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It took the request, but for so many spans; what it has to say of them, or of the others.
    Taken { rejected: usize, said: String },
    /// It did not.
    Failed { cause: Cause, why: String },
}

/// Why a request was not taken, as far as it matters for what is done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server has no time now; it may say when it has.
    Busy(Option<Duration>),
    /// There was no connection, or no answer in time.
    Unreachable,
    /// The server's certificate is none that is trusted, or it does not trust ours.
    Untrusted,
    /// It takes no requests of that size.
    TooLarge,
    /// It wants credentials that were not given, or others.
    Credentials,
    /// It does not want it, for whatever other reason.
    Refused,
    /// The request could not be written as the transport needs it.
    Unwritable,
}

impl Reply {
    pub(super) fn failed(cause: Cause, why: impl Into<String>) -> Self {
        Self::Failed { cause, why: why.into() }
    }

    /// Whether the same request may be taken later.
    pub(super) fn is_for_later(&self) -> bool {
        matches!(self, Self::Failed { cause: Cause::Busy(_) | Cause::Unreachable | Cause::Untrusted, .. })
    }

    /// Whether it may be taken some day: somebody may mend the credentials.
    pub(super) fn is_worth_keeping(&self) -> bool {
        self.is_for_later() || self.is_about_credentials()
    }

    /// Whether the server does not know us.
    pub(super) fn is_about_credentials(&self) -> bool {
        matches!(self, Self::Failed { cause: Cause::Credentials, .. })
    }

    /// Whether that may be soon. Certificates do not become right while somebody waits.
    pub(super) fn is_worth_a_retry(&self) -> bool {
        self.is_for_later() && !matches!(self, Self::Failed { cause: Cause::Untrusted, .. })
    }
}
