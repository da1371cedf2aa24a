use std::borrow::Cow;

/// What all spans of a process have in common: the service and where it runs.
///
/// A list, not a map: there are few, and what is sent keeps its order.
///
/// ```
/// let mut resource = recount::wire::Resource::default();
/// resource.set("service.name", "bot");
/// resource.set("service.name", "support-bot");
/// assert_eq!(resource.get("service.name"), Some("support-bot"));
/// assert_eq!(resource.attributes.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource {
    /// The attributes, by OpenTelemetry's names, each once.
    pub attributes: Vec<(Cow<'static, str>, String)>,
}

impl Resource {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }

    /// Sets an attribute, in place of the one that has the key.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let (key, value) = (key.into(), value.into());
        match self.attributes.iter_mut().find(|(found, _)| *found == key) {
            Some(entry) => entry.1 = value,
            None => self.attributes.push((key, value)),
        }
    }
}
