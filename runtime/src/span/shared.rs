use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Node;

/// A [`Node`], for all who need to know of it.
///
/// The memory outlives the span: the last who has the node takes it [out](Self::take), and the thread's next
/// span moves in.
#[derive(Clone)]
pub(crate) struct SharedNode(Arc<Option<Node>>);

/// Memory for a [`SharedNode`], without one.
#[derive(Default)]
pub(crate) struct Vacancy(Arc<Option<Node>>);

impl SharedNode {
    pub(crate) fn new(node: Node) -> Self {
        Self(Arc::new(Some(node)))
    }

    /// The node, and the memory that it was in; itself, where somebody else has it, too.
    pub(super) fn take(mut self) -> Result<(Node, Vacancy), Self> {
        match Arc::get_mut(&mut self.0).and_then(Option::take) {
            Some(node) => Ok((node, Vacancy(self.0))),
            None => Err(self),
        }
    }
}

impl Vacancy {
    pub(super) fn fill(mut self, node: Node) -> SharedNode {
        match Arc::get_mut(&mut self.0) {
            Some(place) => {
                *place = Some(node);
                SharedNode(self.0)
            }
            None => SharedNode::new(node),
        }
    }
}

impl Deref for SharedNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        let Some(node) = &*self.0 else { unreachable!("who takes the node gives up the handle to it") };
        node
    }
}

impl fmt::Debug for SharedNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
