use std::fmt;

/// Whom to trust where TLS is spoken, and who we are: the contents of PEM files.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    /// The certificates that a server's has to be signed by; those of Mozilla, where none are named.
    pub(crate) roots: Option<Vec<u8>>,
    /// The certificate and the private key that servers know us by.
    pub(crate) identity: Option<(Vec<u8>, Vec<u8>)>,
}

/// A private key is not printed.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { roots, identity } = self;
        write!(f, "Tls {{ roots: {}, identity: {} }}", roots.is_some(), identity.is_some())
    }
}
