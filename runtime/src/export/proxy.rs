use std::fmt;

/// The proxy that the machine's programs use.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ProxySettings {
    /// The proxy for encrypted connections, and the variable that names it.
    pub(crate) https: Option<(&'static str, String)>,
    /// The hosts and domains to which there is no proxy, with commas between them.
    pub(crate) no_proxy: String,
}

/// The URL of a proxy may have a password in it.
impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.https.as_ref().map(|(source, _)| source);
        f.debug_struct("ProxySettings").field("https", &source).field("no_proxy", &self.no_proxy).finish()
    }
}
