use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};

/// Whom requests are for.
///
/// The URL and all headers, with their values: backends tell their customers apart by a key in a header, and what was
/// recorded for one shall never be sent to another. So spans that were kept under a key that has been replaced are not
/// sent any more; they are thrown away when they are too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    pub(crate) fn new(url: &str, headers: &[(String, String)]) -> Self {
        let mut headers: Vec<_> =
            headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str())).collect();
        headers.sort_unstable();
        let mut hasher = SipHasher24::new();
        let mut text = |text: &str| {
            // With its length, so that no two lists of texts run into the same bytes.
            hasher.write(&(text.len() as u64).to_le_bytes());
            hasher.write(text.as_bytes());
        };
        text(url);
        for (name, value) in &headers {
            text(name);
            text(value);
        }
        Self(format!("{:032x}", hasher.finish128().as_u128()))
    }

    /// The name of the folder. It does not give away what it was made of.
    pub(super) fn folder(&self) -> &str {
        &self.0
    }

    /// Whether a folder of this name may be that of a destination.
    pub(super) fn is_folder(name: &str) -> bool {
        name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str, headers: &[(&str, &str)]) -> Address {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Address::new(url, &headers)
    }

    #[test]
    fn each_customer_of_a_backend_has_an_address_of_its_own() {
        let ours = address("https://h/v1/traces", &[("x-key", "a"), ("x-team", "b")]);
        for (url, headers) in [
            ("https://h/v1/trace", vec![("x-key", "a"), ("x-team", "b")]),
            ("https://h/v1/traces", vec![]),
            ("https://h/v1/traces", vec![("x-key", "a")]),
            ("https://h/v1/traces", vec![("x-key", "b"), ("x-team", "a")]),
            ("https://h/v1/traces", vec![("x-key", "ax-teamb")]),
        ] {
            assert_ne!(address(url, &headers), ours, "{headers:?}");
        }
    }

    #[test]
    fn the_next_start_has_the_same_address_and_every_release_too() {
        let ours = address("https://h/v1/traces", &[("X-Key", "a"), ("x-team", "b")]);
        assert_eq!(ours, address("https://h/v1/traces", &[("x-team", "b"), ("x-key", "a")]));
        assert!(Address::is_folder(ours.folder()));
        assert_eq!(ours.folder(), "acbbb1005770527492b2e4e09e9b82f4");
    }
}
