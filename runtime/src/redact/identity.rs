//! Whose span it is, without secrets.

use std::sync::Arc;

use super::finding::MARKER;
use super::path::{Place, Trail};
use super::rewrite::rewrite;
use super::rules::{Rules, Scope};
use crate::wire::{Identity, Tape};

/// Cleans identities; remembers the last one, since thousands of spans share it.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// What it was, and what it is to be told as, where that differs.
    last: Option<(Arc<Identity>, Option<Arc<Identity>>)>,
}

impl Identities {
    pub(super) fn clean(&mut self, identity: &mut Arc<Identity>, rules: &Rules) {
        let known = self.last.as_ref().filter(|(last, _)| Arc::ptr_eq(last, identity));
        let clean = if let Some((_, clean)) = known {
            clean.clone()
        } else {
            let clean = cleaned(identity, rules).map(Arc::new);
            self.last = Some((Arc::clone(identity), clean.clone()));
            clean
        };
        if let Some(clean) = clean {
            *identity = clean;
        }
    }
}

/// The identity without secrets; nothing where it has none.
fn cleaned(identity: &Identity, rules: &Rules) -> Option<Identity> {
    let mut clean = identity.clone();
    let mut changed = false;
    let texts = [
        (&mut clean.workflow, None),
        (&mut clean.agent, None),
        (&mut clean.path, None),
        (&mut clean.user, Some("user")),
        (&mut clean.conversation, Some("conversation")),
        (&mut clean.event, None),
    ];
    for (text, root) in texts {
        if let Some(told) = text.as_deref().and_then(|text| told(text, root, rules)) {
            (*text, changed) = (Some(told), true);
        }
    }
    let tags: Vec<_> = clean.tags.iter().map(|tag| told(tag, Some("tags"), rules)).collect();
    if tags.iter().any(Option::is_some) {
        let tags =
            tags.into_iter().zip(&*identity.tags).map(|(told, tag)| told.unwrap_or_else(|| Arc::clone(tag)));
        (clean.tags, changed) = (tags.collect(), true);
    }
    if !clean.properties.is_empty() {
        let mut properties = Tape::default();
        if rewrite(&clean.properties, rules, &mut properties) {
            (clean.properties, changed) = (properties, true);
        }
    }
    changed.then_some(clean)
}

fn told(text: &str, root: Option<&str>, rules: &Rules) -> Option<Arc<str>> {
    let hidden = root.is_some_and(|root| Trail::start(&rules.paths).step(Place::Key(root)).is_none());
    if hidden { Some(MARKER.into()) } else { rules.clean(text, Scope::All).map(Into::into) }
}
