use super::encode::Encoder;
use crate::convert::SpanLimits;
use crate::span::guarded;
use crate::wire::{Resource, SpanRecord};

/// Writes spans into requests that are no longer than servers take.
///
/// The bytes are counted as they are sent. One buffer is used for one request after the other.
pub(in crate::export) struct Requests {
    limits: SpanLimits,
    /// The most that a request may have, in bytes.
    room: usize,
    /// Of the resource that was written last.
    encoder: Option<(Resource, Encoder)>,
    body: Vec<u8>,
}

/// What became of the spans that were offered for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// The first so many are in the request; there is at least one.
    Spans(usize),
    /// The first one is larger than a request may be, also without most of its content.
    TooLarge,
    /// The first one cannot be written.
    Broken,
}

impl Requests {
    /// The fewest bytes that a request is cut down to for a server that takes no larger ones.
    const LEAST_ROOM: usize = 64 * 1024;
    /// How often the content of a span that is too large is cut before it is given up.
    const CUTS: u32 = 4;
    /// A request that was larger than this gives its memory back.
    const KEPT: usize = 8 << 20;

    pub(in crate::export) fn new(room: usize) -> Self {
        Self { limits: SpanLimits::default(), room, encoder: None, body: Vec::new() }
    }

    /// Sets what a span may have at most.
    pub(in crate::export) fn limit(&mut self, limits: SpanLimits) {
        self.limits = limits;
        self.encoder = None;
    }

    /// The request that was written last.
    pub(in crate::export) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Begins a request, and fills it with spans while there is room. Records are not empty.
    pub(super) fn write(&mut self, records: &[SpanRecord], resource: &Resource) -> Written {
        self.begin(resource);
        let mut spans = 0;
        for record in records {
            match self.append(record) {
                Written::Spans(_) => spans += 1,
                _ if spans > 0 => break,
                Written::TooLarge => return self.write_cut(record, resource, self.room),
                Written::Broken => return Written::Broken,
            }
        }
        self.end();
        Written::Spans(spans)
    }

    /// Begins a request with nothing but this span, less and less of its content, until it has room in so many bytes.
    pub(super) fn write_cut(&mut self, record: &SpanRecord, resource: &Resource, room: usize) -> Written {
        let mut content = record.tape.len().min(room);
        for _ in 0..Self::CUTS {
            // What is written of a content is longer: escapes, names, numbers.
            content /= 2;
            self.begin(resource);
            match self.append(&record.shrunk(content)) {
                Written::Spans(spans) => {
                    self.end();
                    if self.body.len() <= room {
                        return Written::Spans(spans);
                    }
                }
                Written::TooLarge => {}
                Written::Broken => return Written::Broken,
            }
        }
        Written::TooLarge
    }

    /// Writes all of the records into one request, however large; how many could not be written.
    #[cfg(feature = "json-lines")]
    pub(in crate::export) fn write_all(&mut self, records: &[SpanRecord], resource: &Resource) -> usize {
        self.begin(resource);
        let broken = records.iter().filter(|record| self.append(record) != Written::Spans(1)).count();
        self.end();
        broken
    }

    /// The server takes no request of this size: later ones are smaller.
    pub(super) fn narrow(&mut self) {
        self.room = (self.body.len() / 2).clamp(Self::LEAST_ROOM.min(self.room), self.room);
    }

    fn begin(&mut self, resource: &Resource) {
        if self.body.capacity() > Self::KEPT {
            self.body = Vec::new();
        }
        self.body.clear();
        if self.encoder.as_ref().is_none_or(|(known, _)| known != resource) {
            self.encoder = Some((resource.clone(), Encoder::new(resource, self.limits)));
        }
        if let Some((_, encoder)) = &mut self.encoder {
            encoder.begin(&mut self.body);
        }
    }

    /// Appends a span where there is room for it; else the request is as it was.
    ///
    /// A span that cannot be written shall not take others with it, whatever the reason.
    fn append(&mut self, record: &SpanRecord) -> Written {
        let Some((_, encoder)) = &mut self.encoder else { return Written::Broken };
        let body = &mut self.body;
        let before = body.len();
        let outcome = match guarded(|| encoder.span(body, record)) {
            Some(()) if self.body.len() <= self.room => return Written::Spans(1),
            Some(()) => Written::TooLarge,
            None => Written::Broken,
        };
        self.body.truncate(before);
        outcome
    }

    fn end(&mut self) {
        if let Some((_, encoder)) = &mut self.encoder {
            encoder.end(&mut self.body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Field, Kind, SpanId, TraceId};

    const ROOM: usize = 10_000;

    fn record(content: usize) -> SpanRecord {
        let id = SpanId::from_bytes([1; 8]);
        let mut record = SpanRecord::new(TraceId::from_bytes([1; 16]), id, Kind::Task, "work");
        record.tape.entry(Field::Output, None);
        record.tape.text(&"x".repeat(content));
        record
    }

    /// How many spans each request has.
    fn requests(sizes: &[usize]) -> Vec<usize> {
        let records: Vec<_> = sizes.iter().map(|size| record(*size)).collect();
        let mut requests = Requests::new(ROOM);
        let (mut left, mut spans) = (&records[..], Vec::new());
        while !left.is_empty() {
            let Written::Spans(written) = requests.write(left, &Resource::default()) else {
                panic!("no room")
            };
            assert!(requests.body().len() <= ROOM);
            spans.push(written);
            left = &left[written..];
        }
        spans
    }

    #[test]
    fn a_request_has_as_many_spans_as_it_has_room_for() {
        assert_eq!(requests(&[0, 0, 0]), [3]);
        assert_eq!(requests(&[9_000, 10, 5_000, 5_000]), [2, 1, 1]);
        assert_eq!(requests(&[100_000, 100_000, 10]), [1, 1, 1]);
    }

    /// To the byte.
    #[test]
    fn the_last_byte_is_used_and_no_more() {
        let mut requests = Requests::new(ROOM);
        let (mut whole, mut cut) = (0, 0);
        for size in ROOM - 500..ROOM {
            let record = record(size);
            assert_eq!(requests.write(&[record], &Resource::default()), Written::Spans(1));
            let len = requests.body().len();
            assert!(len <= ROOM);
            if len > size {
                whole = len;
            } else {
                cut += 1;
            }
        }
        assert_eq!(whole, ROOM);
        assert!(cut > 0);
    }

    #[test]
    fn a_server_that_takes_less_is_sent_less() {
        let mut requests = Requests::new(1 << 20);
        let records: Vec<_> = (0..100).map(|_| record(10_000)).collect();
        let spans = |requests: &mut Requests| match requests.write(&records, &Resource::default()) {
            Written::Spans(spans) => spans,
            other => panic!("{other:?}"),
        };
        let all = spans(&mut requests);
        requests.narrow();
        let half = spans(&mut requests);
        assert!(half < all && half >= all / 2 - 1, "{half} of {all}");
        (0..20).for_each(|_| {
            spans(&mut requests);
            requests.narrow();
        });
        assert_eq!(spans(&mut requests), 6, "no less than is worth a request");
    }

    #[test]
    fn what_is_no_content_is_not_cut() {
        let id = SpanId::from_bytes([1; 8]);
        let name = "n".repeat(2 * ROOM);
        let record = SpanRecord::new(TraceId::from_bytes([1; 16]), id, Kind::Task, name);
        let mut requests = Requests::new(ROOM);
        assert_eq!(requests.write(&[record], &Resource::default()), Written::TooLarge);
    }
}
