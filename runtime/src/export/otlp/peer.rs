use std::fmt;

use ureq::http::{HeaderMap, Uri};

use super::refusal;
use super::secrets::Secrets;

/// The server that spans go to, as far as it may be told of: where it is, and what it says.
pub(super) struct Peer {
    endpoint: String,
    secrets: Secrets,
}

impl Peer {
    /// The headers are those that the user set.
    pub(super) fn new(url: &Uri, headers: &HeaderMap) -> Self {
        Self { endpoint: shown(url), secrets: Secrets::of(headers, url) }
    }

    /// The beginning of what it said, as one line of text, without our keys.
    pub(super) fn excerpt(&self, said: &[u8]) -> String {
        refusal::excerpt(&self.secrets.hide(&String::from_utf8_lossy(said)))
    }
}

/// Prints where it is.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint)
    }
}

/// Without the query, which may hold a key.
pub(super) fn shown(url: &Uri) -> String {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    format!("{}://{authority}{}", url.scheme_str().unwrap_or_default(), url.path())
}
