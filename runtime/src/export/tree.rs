//! Spans as trees, one line each.

use std::collections::HashMap;

#[cfg(feature = "testing")]
pub(crate) use super::label::Options;
#[cfg(not(feature = "testing"))]
use super::label::Options;
use super::label::label;
use crate::wire::{SpanId, SpanRecord, Timestamp, TraceId};

/// How far lines are indented at most, in levels.
///
/// A recursion of thousands of levels would make lines of thousands of columns, and their sum a square of
/// them.
const DEEPEST: usize = 48;

/// A span as a node of a tree: its place, and its line.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) trace_id: TraceId,
    span_id: SpanId,
    pub(crate) parent: Option<SpanId>,
    start: Timestamp,
    label: String,
}

impl Node {
    pub(crate) fn new(record: &SpanRecord, options: &Options) -> Self {
        Self {
            trace_id: record.trace_id,
            span_id: record.span_id,
            parent: record.parent,
            start: record.start,
            label: label(record, options),
        }
    }
}

/// The spans as trees. One whose parent is not among them stands at the root.
#[cfg(feature = "testing")]
pub(crate) fn render(records: &[SpanRecord], options: &Options) -> String {
    draw(records.iter().map(|record| Node::new(record, options)).collect())
}

/// The nodes as trees, siblings by start and then by id.
///
/// By start, since spans arrive in the order of their ends; by id, so that spans of one moment have one
/// order.
pub(crate) fn draw(mut nodes: Vec<Node>) -> String {
    nodes.sort_by_key(|node| (node.start, node.span_id));
    let places: HashMap<_, _> =
        nodes.iter().enumerate().map(|(place, node)| ((node.trace_id, node.span_id), place)).collect();
    let mut roots = Vec::new();
    let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, node) in nodes.iter().enumerate() {
        let parent = node.parent.and_then(|parent| places.get(&(node.trace_id, parent)));
        match parent.filter(|parent| **parent != place) {
            Some(parent) => children.entry(*parent).or_default().push(place),
            None => roots.push(place),
        }
    }
    let mut drawing =
        Drawing { nodes: &nodes, children, drawn: vec![false; nodes.len()], text: String::new() };
    for root in roots {
        drawing.tree(root);
    }
    // Spans that claim to be each other's parents are under no root.
    for place in 0..nodes.len() {
        drawing.tree(place);
    }
    drawing.text
}

/// The trees while they are written. A child is taken out when it is drawn, so that whatever the parents
/// claim, each span is drawn once.
struct Drawing<'a> {
    nodes: &'a [Node],
    children: HashMap<usize, Vec<usize>>,
    drawn: Vec<bool>,
    text: String,
}

impl Drawing<'_> {
    /// Draws a node and all below it, without recursion: trees may be as deep as the spans of a program are many.
    fn tree(&mut self, root: usize) {
        let mut to_draw = vec![(root, Vec::new())];
        while let Some((place, branches)) = to_draw.pop() {
            if std::mem::replace(&mut self.drawn[place], true) {
                continue;
            }
            self.line(place, &branches);
            let Some(children) = self.children.remove(&place) else { continue };
            for (left, child) in children.into_iter().rev().enumerate() {
                let above = branches.len().saturating_sub(DEEPEST - 1);
                let mut branches = branches[above..].to_vec();
                branches.push(left == 0);
                to_draw.push((child, branches));
            }
        }
    }

    /// Draws one node; `branches` says for each level whether its branch ends there.
    fn line(&mut self, place: usize, branches: &[bool]) {
        if let Some((own, above)) = branches.split_last() {
            for ends in above {
                self.text.push_str(if *ends { "   " } else { "│  " });
            }
            self.text.push_str(if *own { "└─ " } else { "├─ " });
        }
        self.text.push_str(&self.nodes[place].label);
        self.text.push('\n');
    }
}
