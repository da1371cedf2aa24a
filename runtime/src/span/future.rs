use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Call;
use super::call::Piece;

pin_project! {
    /// A future inside the span of its call.
    ///
    /// The clock starts with the first poll; a future that is never polled leaves no span. Dropped before its
    /// end, it was cancelled.
    /// It is entered for each poll and left after it, so that the tasks that share the thread do not see each
    /// other's spans.
    pub struct Traced<F, K> {
        #[pin]
        future: F,
        // Fields are dropped in order.
        call: Option<Call>,
        // Most endings take no room, which an `Option` around them would.
        finish: K,
    }

    impl<F, K> PinnedDrop for Traced<F, K> {
        fn drop(this: Pin<&mut Self>) {
            // What the body drops is dropped inside the span.
            if let Some(call) = this.project().call {
                call.enter_for_good();
            }
        }
    }
}

/// Runs `future` inside the span of `call`; `finish` ends the call with the value and may wrap it.
pub fn future<F, K, T>(call: Call, future: F, finish: K) -> Traced<F, K>
where
    F: Future,
    K: Fn(Call, F::Output) -> T,
{
    Traced { future, call: Some(call), finish }
}

/// One poll.
struct Polling<'a, 'c, F: Future> {
    future: Pin<&'a mut F>,
    context: &'a mut Context<'c>,
    polled: Poll<F::Output>,
}

impl<F: Future> Piece for Polling<'_, '_, F> {
    fn run(&mut self) {
        self.polled = self.future.as_mut().poll(self.context);
    }
}

impl<F, K, T> Future for Traced<F, K>
where
    F: Future,
    K: Fn(Call, F::Output) -> T,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = self.project();
        // What an `async fn` says when it is polled again; wrapped, it says the same.
        let Some(call) = this.call.as_mut() else { panic!("`async fn` resumed after completion") };
        let mut polling = Polling { future: this.future, context, polled: Poll::Pending };
        call.run_piece(&mut polling);
        let output = ready!(polling.polled);
        let Some(call) = this.call.take() else { unreachable!("it is there until the future is ready") };
        Poll::Ready((this.finish)(call, output))
    }
}

impl<F, K> fmt::Debug for Traced<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traced").field("call", &self.call).finish_non_exhaustive()
    }
}
