//! Spans that are opened by hand, for work that is no function: [`llm`], [`tool`], [`agent`], [`workflow`],
//! [`task`], [`retrieval`] and [`interaction`] start a [`SpanBuilder`].
//!
//! They nest with those of the attributes, and are recorded in the same way.

// Inside, this is the way of every span. `Call` opens the `tracing` span; where the `Layer` answers, it holds a
// `Recording`, which reads the arguments and the result and hands a `SpanRecord` to the `Sink` when the call ends.
// Futures, streams and iterators take the call along.

pub(crate) mod alias;
mod boxed;
pub(crate) mod call;
pub(crate) mod capture;
pub(crate) mod current;
mod desk;
mod ending;
#[cfg_attr(
    not(any(feature = "async-openai", feature = "reqwest-middleware")),
    allow(dead_code, reason = "only instrumented clients see exchanges")
)]
pub(crate) mod exchange;
pub(crate) mod fault;
mod fold;
pub(crate) mod future;
pub(crate) mod guard;
mod handle;
mod items;
pub(crate) mod iterator;
mod manual;
mod node;
mod opening;
pub(crate) mod recording;
pub(crate) mod returned;
mod rung;
mod shared;
mod silence;
pub(crate) mod site;
pub(crate) mod stream;
mod thread_end;
pub(crate) mod unheard;
mod updates;

use call::Call;
use current::CurrentSpan;
pub(crate) use fold::{Fold, Verdict};
use guard::Guard;
use handle::{Entering, Handle};
pub use manual::{
    Entered, ManualSpan, SpanBuilder, agent, interaction, llm, retrieval, task, tool, workflow,
};
pub(crate) use node::Node;
pub(crate) use opening::{answer, asked};
use recording::{Recording, Slot};
pub(crate) use shared::SharedNode;
pub(crate) use silence::{guarded, silently};
use site::Site;

use crate::wire::{SpanId, SpanRecord, Timestamp, TraceId};

/// Where finished records go, and what an open span needs to know of that place.
pub(crate) trait Sink: Send + Sync {
    /// The time, by the clock of the pipeline.
    fn now(&self) -> Timestamp;
    /// An id for a new trace.
    fn trace_id(&self) -> TraceId;
    /// An id for a new span.
    fn span_id(&self) -> SpanId;
    /// Whether arguments, results and messages are recorded.
    fn content(&self) -> bool;
    /// How many bytes of one value are kept.
    fn value_cap(&self) -> usize;
    /// Whether the time between the items of a model's stream is of interest.
    fn item_gaps(&self) -> bool;
    /// What puts the chunks of a model's answer together; none where nobody reads them.
    fn fold(&self) -> Option<Box<dyn Fold>>;
    /// An empty buffer for a tape of so many bytes, used before where there is one.
    fn buffer(&self, len: usize) -> Vec<u8>;
    /// Whether records are taken still.
    fn is_open(&self) -> bool;
    /// Counts a span that has started.
    fn opened(&self);
    /// Counts a span that would have started, were records taken still.
    fn missed(&self);
    /// Takes a finished record; blocks only where the program asked for that.
    fn submit(&self, record: SpanRecord);
}
