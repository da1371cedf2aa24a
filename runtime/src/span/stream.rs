use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::stream::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::{Call, Recording};

pin_project! {
    /// A stream inside the span of the call that returned it.
    ///
    /// The span ends when the stream does; dropped before that, the stream was cancelled.
    /// After the end it may be polled on, as far as the stream allows it, outside of the span. An item that
    /// is an `Err` fails the span and does not end it.
    pub struct TracedStream<S, V> {
        #[pin]
        stream: S,
        // Fields are dropped in order.
        call: Option<Call>,
        record: V,
    }

    impl<S, V> PinnedDrop for TracedStream<S, V> {
        fn drop(this: Pin<&mut Self>) {
            // What the stream drops is dropped inside the span.
            if let Some(call) = this.project().call {
                call.enter_for_good();
            }
        }
    }
}

/// Runs `stream` inside the span of `call`; `record` reads each item.
///
/// From here on the call's output is items.
pub fn stream<S, V>(mut call: Call, stream: S, record: V) -> TracedStream<S, V>
where
    S: Stream,
    V: FnMut(&mut Recording, &S::Item),
{
    if let Some(recording) = call.recording() {
        recording.expect_items();
    }
    TracedStream { stream, call: Some(call), record }
}

impl<S, V> Stream for TracedStream<S, V>
where
    S: Stream,
    V: FnMut(&mut Recording, &S::Item),
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(call) = this.call.as_mut() else { return this.stream.poll_next(context) };
        let item = ready!(call.run(|| this.stream.poll_next(context)));
        match &item {
            Some(item) => {
                if let Some(recording) = call.recording() {
                    recording.item(|recording| (this.record)(recording, item));
                }
            }
            None => {
                if let Some(call) = this.call.take() {
                    call.end();
                }
            }
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S, V> FusedStream for TracedStream<S, V>
where
    S: FusedStream,
    V: FnMut(&mut Recording, &S::Item),
{
    fn is_terminated(&self) -> bool {
        self.stream.is_terminated()
    }
}

impl<S, V> fmt::Debug for TracedStream<S, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracedStream").field("call", &self.call).finish_non_exhaustive()
    }
}
