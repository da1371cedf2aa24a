//! Spans that other crates open for calls of models, tools and agents, as `rig` and `genai` do.
//!
//! `tracing` spans with the attributes of OpenTelemetry as fields. What the fields say is written down as it comes;
//! the worker finds out what it means. The callsite alone decides which spans are looked at: the others cost a
//! glance at the names of their fields.

use std::borrow::Cow;
use std::sync::Arc;

use tracing::Metadata;
use tracing_core::span;

use super::fields::read;
use crate::convert::foreign::{Meaning, declared_kind, kind_of, meaning, names_model};
use crate::span::capture::Limits;
use crate::span::recording::Recording;
use crate::span::{Node, SharedNode, Sink};
use crate::wire::{Field, Kind, Outcome, Tape, TraceId};

/// What the registry holds for a span of another crate.
pub(super) struct ForeignSpan {
    node: SharedNode,
    kind: Kind,
    /// None where the span is a part of what the one above it stands for, and after the end.
    recording: Option<Box<Recording>>,
}

impl ForeignSpan {
    /// The span of these attributes; none where they are not about models, tools or agents. `above` looks for the
    /// nearest span of ours; `trace` is the one to begin, where there is none and that has been decided.
    pub(super) fn open(
        attributes: &span::Attributes<'_>,
        sink: &Arc<dyn Sink>,
        trace: Option<TraceId>,
        above: impl FnOnce() -> Option<SharedNode>,
    ) -> Option<Self> {
        let metadata = attributes.metadata();
        let declared = declared(metadata)?;
        let above = above();
        let content = sink.content() || above.as_ref().is_some_and(|node| node.content());
        let limits = Limits::value(sink.value_cap());
        let fields = read(declared, content, limits, |visitor| attributes.record(visitor));
        // What means the same on spans of all kinds.
        let common = |fact| said(&fields, Kind::Llm, fact);
        let kind = common(Field::Operation).as_deref().and_then(kind_of).unwrap_or(declared);
        let name = said(&fields, kind, Field::Name);
        if let Some(node) = &above
            && node.is_same_work(kind, name.as_deref().unwrap_or_default())
        {
            let mut span = Self { node: node.clone(), kind: node.kind, recording: None };
            span.add(&fields);
            return Some(span);
        }
        let shown = name.or_else(|| common(Field::SpanName));
        let shown = shown.map_or(Cow::Borrowed(metadata.name()), Cow::Owned);
        let mut node = Node::vacant();
        node.open_foreign(kind, shown, above.as_deref(), sink);
        if above.is_none() {
            node.move_to(trace);
        }
        if names_model(metadata.fields().iter().map(|field| field.name())) || asks_model(&fields) {
            node.set_call();
        }
        if let Some(conversation) = common(Field::Conversation) {
            node.identify(|identity| identity.conversation = Some(conversation.into()));
        }
        let mut recording = Recording::new(node);
        let node = recording.node().clone();
        recording.start();
        recording.tape().append(&fields);
        Some(Self { node, kind, recording: Some(Box::new(recording)) })
    }

    pub(super) fn node(&self) -> &SharedNode {
        &self.node
    }

    /// A further pipeline listens, perhaps one that keeps content where the first one does not.
    pub(super) fn join(
        &mut self,
        attributes: &span::Attributes<'_>,
        sink: &Arc<dyn Sink>,
        above: impl FnOnce() -> Option<SharedNode>,
    ) {
        let Some(recording) = &mut self.recording else { return };
        let had_content = self.node.content();
        recording.join(sink, above);
        if self.node.content() && !had_content {
            let limits = Limits::value(sink.value_cap());
            recording.tape().append(&read(self.kind, true, limits, |visitor| attributes.record(visitor)));
        }
    }

    /// Which fields are read of this span, for [`read`]; to be asked before, since reading runs code of the user's.
    pub(super) fn reading(&self) -> (Kind, bool, Limits) {
        (self.kind, self.node.content(), Limits::value(self.node.sink.value_cap()))
    }

    /// Whether this pipeline is the one that writes: of several, the first.
    pub(super) fn is_written_by(&self, sink: &Arc<dyn Sink>) -> bool {
        Arc::ptr_eq(&self.node.sink, sink)
    }

    /// More is known of the span.
    pub(super) fn record(&mut self, fields: &Tape) {
        if let Some(name) = said(fields, self.kind, Field::Name) {
            self.node.set_name(&name);
        }
        if self.recording.is_some() && asks_model(fields) {
            self.node.set_call();
        }
        self.add(fields);
        if let Some(recording) = &mut self.recording {
            self.node.bound(recording.tape());
        }
    }

    fn add(&mut self, fields: &Tape) {
        match &mut self.recording {
            Some(recording) => recording.tape().append(fields),
            None => self.node.observe(&without_outcome(fields, self.kind)),
        }
    }

    /// Takes out what is to be [ended](Recording::end) when the span is closed.
    pub(super) fn take(&mut self) -> Option<Box<Recording>> {
        self.recording.take()
    }
}

/// A registry that goes away does not close its spans.
impl Drop for ForeignSpan {
    fn drop(&mut self) {
        if let Some(mut recording) = self.recording.take() {
            let end = recording.now();
            recording.end(Some(Outcome::Cancelled), end);
        }
    }
}

/// What a span of this callsite stands for, before its values are known; none where it is not about models, tools or
/// agents.
pub(super) fn declared(metadata: &Metadata<'_>) -> Option<Kind> {
    declared_kind(metadata.fields().iter().map(|field| field.name()))
}

/// Whether the operation is said to be one that asks a model.
fn asks_model(fields: &Tape) -> bool {
    said(fields, Kind::Llm, Field::Operation).as_deref().and_then(kind_of) == Some(Kind::Llm)
}

/// How it ended is for the span to say that it is a part of: of two attempts, one may have failed.
fn without_outcome(fields: &Tape, kind: Kind) -> Tape {
    let mut kept = Tape::default();
    let says_outcome = |meaning| {
        matches!(
            meaning,
            Meaning::ErrorType | Meaning::ErrorMessage | Meaning::Error | Meaning::Status | Meaning::Nothing
        ) || matches!(meaning, Meaning::Fact(Field::SpanName | Field::SpanKind))
    };
    for entry in fields.entries() {
        if !says_outcome(meaning(entry.name, kind)) {
            kept.copy(&entry);
        }
    }
    kept
}

/// The text that the fields have for a fact.
fn said(fields: &Tape, kind: Kind, fact: Field) -> Option<String> {
    let last = fields.entries().filter(|entry| meaning(entry.name, kind) == Meaning::Fact(fact)).last()?;
    last.value.to_text().filter(|text| !text.is_empty()).map(Cow::into_owned)
}
