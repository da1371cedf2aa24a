use std::time::{Duration, Instant};

use super::attempts::{Attempts, Ended};
use super::notices::{Concern, Notices};
use super::reply::{Cause, Reply};
use super::report::Report;
use super::requests::{Requests, Written};
use super::split::split;
use crate::convert::SpanLimits;
use crate::export::{ExportError, Exporter, Loss};
use crate::outbox::Outbox;
use crate::wire::{Resource, SpanRecord};

/// Sends spans to one server, whatever the transport: in requests of a size that it takes, which are tried again while
/// there is hope, or kept on disk where there is an outbox.
///
/// Without an outbox, the worker waits here while a server is down, and the queue fills; that is what it is there for.
/// With one, nothing waits: as long as the server is down, or older spans are on disk, new ones go there.
pub(super) struct Delivery {
    /// Where spans go, as far as it may be told.
    endpoint: String,
    requests: Requests,
    attempts: Attempts,
    outbox: Option<Outbox>,
    notices: Notices,
    /// A request with one span and so many bytes was too large for the server, in this batch.
    too_large: usize,
}

/// The server takes no requests of this size.
struct TooLarge;

/// What became of a request that was kept.
enum SentAgain {
    Taken { rejected: usize },
    Refused,
    NotYet,
}

impl Delivery {
    /// How long what was kept is sent before it is looked whether there are new spans.
    const TURN: Duration = Duration::from_secs(1);

    pub(super) fn new(
        endpoint: String,
        requests: Requests,
        attempts: Attempts,
        outbox: Option<Outbox>,
    ) -> Self {
        Self { endpoint, requests, attempts, outbox, notices: Notices::default(), too_large: usize::MAX }
    }

    /// Sends spans, in as many requests as it takes. What goes wrong with one does not stop the others.
    fn send(&mut self, records: &[SpanRecord], resource: &Resource, report: &mut Report) {
        let mut left = records;
        while !left.is_empty() {
            let done = match self.requests.write(left, resource) {
                Written::Spans(spans) => {
                    if let Err(TooLarge) = self.dispatch(spans, report) {
                        self.send_smaller(&left[..spans], resource, report);
                    }
                    spans
                }
                Written::TooLarge => {
                    report.lose(
                        Loss::TooLarge,
                        1,
                        "a span is larger than a request may be, also without its content",
                    );
                    1
                }
                Written::Broken => {
                    report.lose(Loss::Encoding, 1, "a span could not be written as OTLP");
                    1
                }
            };
            left = &left[done..];
        }
    }

    /// Sends the spans of a request that was too large for the server: in halves, and in the end one by one; then ever
    /// less of the one.
    ///
    /// A server that takes nothing at all is not asked for each span of a batch: what is as large as what it did not take
    /// is not sent, and what is cut is cut to half of that.
    fn send_smaller(&mut self, records: &[SpanRecord], resource: &Resource, report: &mut Report) {
        let refused = self.requests.body().len();
        self.requests.narrow();
        if let [record] = records {
            self.too_large = self.too_large.min(refused);
            while self.requests.write_cut(record, resource, self.too_large / 2) == Written::Spans(1) {
                let Err(TooLarge) = self.dispatch(1, report) else { return };
                self.too_large = self.requests.body().len();
            }
            let why = format!("a span is larger than what {} takes, also without its content", self.endpoint);
            report.lose(Loss::TooLarge, 1, why);
            return;
        }
        let (one, other) = records.split_at(records.len() / 2);
        self.send(one, resource, report);
        self.send(other, resource, report);
    }

    /// Brings the request that was written to the server, or to the disk.
    fn dispatch(&mut self, spans: usize, report: &mut Report) -> Result<(), TooLarge> {
        let request = self.requests.body();
        if request.len() >= self.too_large {
            return Err(TooLarge);
        }
        let Some(outbox) = &mut self.outbox else {
            let Ended { reply, cut_short } = self.attempts.persist(request);
            return self.settle(reply, if cut_short { Loss::Shutdown } else { Loss::Export }, spans, report);
        };
        let is_down = self.attempts.is_waiting();
        if is_down || !outbox.is_empty() {
            match outbox.put(request, spans) {
                Ok(()) => return Ok(()),
                Err(error) if is_down => {
                    report.lose(Loss::Export, spans, error.to_string());
                    return Ok(());
                }
                // The disk is no help; the server may be.
                Err(_) => {}
            }
        }
        let reply = self.attempts.once(request, self.attempts.timeout());
        if !reply.is_worth_keeping() {
            return self.settle(reply, Loss::Export, spans, report);
        }
        let put = outbox.put(request, spans);
        if reply.is_about_credentials() {
            self.attempts.rest();
        }
        self.warn(&reply);
        let Reply::Failed { why, .. } = reply else { return Ok(()) };
        match put {
            Ok(()) => {
                self.notices.tell(Concern::Outbox, || format!("spans are kept on disk for now: {why}"));
            }
            Err(error) => report.lose(Loss::Export, spans, format!("{why}; {error}")),
        }
        Ok(())
    }

    /// Counts what a server made of a request, after the last attempt; `given_up` is the reason where that failed.
    fn settle(
        &mut self,
        reply: Reply,
        given_up: Loss,
        spans: usize,
        report: &mut Report,
    ) -> Result<(), TooLarge> {
        self.warn(&reply);
        match reply {
            Reply::Taken { rejected, said } => {
                let colon = if said.is_empty() { "" } else { ": " };
                let why = format!("{} rejected spans{colon}{said}", self.endpoint);
                report.lose(Loss::Rejected, rejected.min(spans), why);
            }
            Reply::Failed { cause: Cause::TooLarge, .. } => return Err(TooLarge),
            Reply::Failed { cause, why } => {
                let reason = match cause {
                    Cause::Busy(_) | Cause::Unreachable | Cause::Untrusted => given_up,
                    Cause::Credentials | Cause::Refused | Cause::TooLarge => Loss::Rejected,
                    Cause::Unwritable => Loss::Encoding,
                };
                report.lose(reason, spans, why);
            }
        }
        Ok(())
    }

    /// Says what somebody has to mend, and what the server has to say.
    fn warn(&mut self, reply: &Reply) {
        match reply {
            Reply::Taken { rejected, said } => {
                self.notices.mended();
                if *rejected == 0 && !said.is_empty() {
                    let advice = || format!("{} took spans, and says: {said}", self.endpoint);
                    self.notices.tell(Concern::Advice, advice);
                }
            }
            Reply::Failed { cause: Cause::Credentials, why } => {
                self.notices.tell(Concern::Credentials, || {
                    format!(
                        "{why}. No span is delivered until that is mended: look at `Builder::header`, \
                     OTEL_EXPORTER_OTLP_TRACES_HEADERS and OTEL_EXPORTER_OTLP_HEADERS"
                    )
                });
            }
            Reply::Failed { cause: Cause::Untrusted, why } => {
                self.notices.tell(Concern::Trust, || why.clone());
            }
            Reply::Failed { .. } => {}
        }
    }

    /// Sends what was kept, the oldest first, until the server fails or the time is over.
    fn send_kept(&mut self, time: Duration) {
        let began = Instant::now();
        while began.elapsed() < time && !self.attempts.is_waiting() {
            let Some(kept) = self.outbox.as_mut().and_then(Outbox::oldest) else { return };
            let mut too_large = usize::MAX;
            let sent = self.send_again(&kept.body, &mut too_large);
            let Some(outbox) = &mut self.outbox else { return };
            match sent {
                SentAgain::Taken { rejected } => outbox.delivered(&kept, rejected),
                SentAgain::Refused => outbox.rejected(&kept),
                SentAgain::NotYet => outbox.postponed(&kept),
            }
        }
    }

    /// Sends a request that was kept.
    ///
    /// Of one that is too large for the server, the records are gone: the bytes are split. Where only a part of it was
    /// taken before the server failed, all of it is sent again, with the same ids.
    ///
    /// As of new spans, what is as large as the one span that was `too_large` is not sent.
    fn send_again(&mut self, request: &[u8], too_large: &mut usize) -> SentAgain {
        if request.len() >= *too_large {
            return self.send_parts(request, too_large);
        }
        let reply = self.attempts.once(request, self.attempts.timeout());
        self.warn(&reply);
        match reply {
            Reply::Taken { rejected, .. } => SentAgain::Taken { rejected },
            reply if reply.is_for_later() => SentAgain::NotYet,
            // What waits on disk can wait for somebody who mends them.
            Reply::Failed { cause: Cause::Credentials, .. } => {
                self.attempts.rest();
                SentAgain::NotYet
            }
            Reply::Failed { cause: Cause::TooLarge, .. } => self.send_parts(request, too_large),
            Reply::Failed { .. } => SentAgain::Refused,
        }
    }

    fn send_parts(&mut self, request: &[u8], too_large: &mut usize) -> SentAgain {
        let Some(parts) = split(request) else {
            *too_large = request.len().min(*too_large);
            return SentAgain::Refused;
        };
        let mut all_rejected = 0;
        for (part, spans) in parts {
            all_rejected += match self.send_again(&part, too_large) {
                SentAgain::Taken { rejected } => rejected.min(spans),
                SentAgain::Refused => spans,
                SentAgain::NotYet => return SentAgain::NotYet,
            };
        }
        SentAgain::Taken { rejected: all_rejected }
    }
}

impl Exporter for Delivery {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        let mut report = Report::default();
        self.too_large = usize::MAX;
        self.send(batch, resource, &mut report);
        report.result(batch.len())
    }

    fn limit(&mut self, limits: SpanLimits) {
        self.requests.limit(limits);
    }

    /// What waits on disk is sent as well, for a while: whoever flushes waits for the new spans, which are sent or on disk
    /// by now. For as long as there is time where the program ends, since there is no other time for it.
    fn flush(&mut self) -> Result<(), ExportError> {
        self.send_kept(self.attempts.left().unwrap_or(Self::TURN));
        Ok(())
    }

    fn idle(&mut self) {
        if let Some(outbox) = &mut self.outbox {
            outbox.tend();
        }
        self.send_kept(Self::TURN);
    }

    fn warning(&mut self) -> Option<String> {
        self.notices.next()
    }
}
