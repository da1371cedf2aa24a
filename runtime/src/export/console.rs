use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};

use super::label::Options;
use super::tree::{self, Node};
use super::{ExportError, Exporter};
use crate::wire::{Resource, SpanRecord};

/// Prints each trace as a tree, with durations, tokens and errors, once its root has ended.
///
/// ```text
/// workflow answer  1.24 s
/// ├─ retrieval notes  2.1 ms
/// ├─ llm chat gpt-5.2  840 ms  1,204 → 86 tokens
/// └─ tool search  3 ms  ✗ NotFound: no such file
/// ```
///
/// [`Builder::console`](crate::Builder::console) prints to the standard error; this prints anywhere:
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// let console = recount::export::Console::new(std::io::stdout());
/// let recount = recount::builder().exporter(console).build()?;
/// # Ok(())
/// # }
/// ```
///
/// Inputs and outputs are not printed. Spans whose root has not ended are held back until a flush, a hundred
/// thousand of them at most.
///
/// Whatever could drive a terminal (escape sequences, marks that turn text around) is printed as its code.
pub struct Console<W> {
    writer: W,
    /// Traces whose roots have not ended, those that began to arrive first in front.
    waiting: VecDeque<Vec<Node>>,
    held: usize,
    limit: usize,
}

impl Console<io::Stderr> {
    /// Prints to the standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }
}

impl<W: Write + Send> Console<W> {
    /// A program that opens one root and never ends it must not fill the memory with lines. The oldest traces
    /// are printed, incomplete, to make room.
    const LIMIT: usize = 100_000;

    /// Prints to a writer.
    ///
    /// Each batch is one write, and the writer is flushed after it. A writer that fails counts the spans as
    /// lost.
    #[must_use]
    pub fn new(writer: W) -> Self {
        Self { writer, waiting: VecDeque::new(), held: 0, limit: Self::LIMIT }
    }

    /// Looked for from the end: spans of one trace mostly arrive together.
    fn hold(&mut self, node: Node) {
        self.held += 1;
        match self.waiting.iter_mut().rev().find(|trace| trace[0].trace_id == node.trace_id) {
            Some(trace) => trace.push(node),
            None => self.waiting.push_back(vec![node]),
        }
    }

    fn print(&mut self, traces: impl IntoIterator<Item = Vec<Node>>) -> Result<(), ExportError> {
        let text = traces.into_iter().map(tree::draw).collect::<String>();
        self.writer
            .write_all(text.as_bytes())
            .and_then(|()| self.writer.flush())
            .map_err(|error| ExportError::new(format!("the console could not be written to: {error}")))
    }
}

impl<W: Write + Send> Exporter for Console<W> {
    fn export(&mut self, batch: &[SpanRecord], _resource: &Resource) -> Result<(), ExportError> {
        for record in batch {
            self.hold(Node::new(record, &Options::for_console()));
        }
        let (mut ended, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|trace| is_whole(trace));
        self.waiting = waiting.into();
        self.held -= ended.iter().map(Vec::len).sum::<usize>();
        while self.held > self.limit
            && let Some(oldest) = self.waiting.pop_front()
        {
            self.held -= oldest.len();
            ended.push(oldest);
        }
        self.print(ended)
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        self.held = 0;
        let waiting = std::mem::take(&mut self.waiting);
        self.print(waiting)
    }
}

/// Whether the root is there: it ends last, but for work that it left behind.
fn is_whole(trace: &[Node]) -> bool {
    trace.iter().any(|node| node.parent.is_none())
}

impl<W> fmt::Debug for Console<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("held", &self.held).finish_non_exhaustive()
    }
}
