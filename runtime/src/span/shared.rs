use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Node;

/// A [`Node`], for all who need to know of it.
///
/// The memory outlives the span: once nobody else has the node any more, the thread's next span moves
/// [in](Self::alone).
#[derive(Clone)]
pub(crate) struct SharedNode(Arc<Node>);

impl SharedNode {
    pub(crate) fn new(node: Node) -> Self {
        Self(Arc::new(node))
    }

    /// The node, where nobody else has it.
    pub(super) fn alone(&mut self) -> Option<&mut Node> {
        Arc::get_mut(&mut self.0)
    }
}

impl Deref for SharedNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0
    }
}

impl fmt::Debug for SharedNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
