use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ureq::http::{HeaderMap, Uri};

use crate::redact::without_credentials;

/// What a server is sent to know us by. It may say it back, and shall not be quoted with it.
///
/// The values of all headers, since nobody knows which of them are keys, and what stands in the query of the URL.
pub(super) struct Secrets {
    /// None, where there are no secrets.
    forms: Option<AhoCorasick>,
}

impl Secrets {
    /// Shorter values are in every other word, and keep nobody out.
    const SHORTEST: usize = 4;
    const MARKER: &'static str = "[redacted]";

    pub(super) fn of(headers: &HeaderMap, url: &Uri) -> Self {
        let mut secrets = Vec::new();
        for value in headers.values() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            // The name of a scheme, and what counts behind it.
            let behind_scheme = value.split_once(' ').map(|(_, secret)| secret.trim().to_owned());
            if let Some(secret) = &behind_scheme {
                secrets.extend(pair(secret));
            }
            secrets.extend(behind_scheme);
            secrets.push(value);
        }
        if let Some(query) = url.query() {
            for (_, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
                secrets.push(percent_decode_str(value).decode_utf8_lossy().into_owned());
                secrets.push(value.to_owned());
            }
            secrets.push(query.to_owned());
        }
        secrets.retain(|secret| secret.trim().len() >= Self::SHORTEST);
        let forms = secrets.iter().flat_map(|secret| forms(secret));
        let forms = AhoCorasick::builder()
            // The whole value before a part of it.
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(forms)
            .ok()
            .filter(|forms| forms.patterns_len() > 0);
        Self { forms }
    }

    /// The text without them, and without what looks like credentials of somebody else.
    pub(super) fn hide(&self, text: &str) -> String {
        let hidden = match &self.forms {
            Some(forms) => forms.replace_all(text, &vec![Self::MARKER; forms.patterns_len()]),
            None => text.to_owned(),
        };
        without_credentials(&hidden).unwrap_or(hidden)
    }
}

/// The user and the password of `Basic`, together and each on its own.
fn pair(secret: &str) -> Vec<String> {
    let decoded = BASE64_STANDARD.decode(secret).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(decoded) = decoded else { return Vec::new() };
    let mut parts: Vec<_> = decoded.split(':').map(str::to_owned).collect();
    parts.push(decoded);
    parts
}

/// How a server may write it: as it is, in JSON, in a URL, in a web page.
fn forms(secret: &str) -> [String; 5] {
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let page = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    [
        secret.to_owned(),
        json.replace('/', "\\/"),
        json,
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        page,
    ]
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::otlp::header;

    fn hidden(headers: &[(&str, &str)], text: &str) -> String {
        let headers = headers.iter().map(|(name, value)| header(name, value).expect("a header")).collect();
        let url = "https://h/v1/traces?team=blue&key=top%2Fsecret".parse().expect("a URL");
        Secrets::of(&headers, &url).hide(text)
    }

    #[test]
    fn what_was_sent_is_not_quoted_in_whatever_form() {
        let headers = [("authorization", "Bearer k/3y\"+ab=="), ("x-key", "other-key"), ("x-scope", "7")];
        for said in [
            "bad: Bearer k/3y\"+ab==",
            "bad: k/3y\"+ab==",
            "bad: k\\/3y\\\"+ab==",
            "bad: k/3y\\\"+ab==",
            "bad: k%2F3y%22%2Bab%3D%3D",
            "bad: k%2f3y%22%2bab%3d%3d",
            "bad: k/3y&quot;+ab==",
            "bad: OTHER-KEY",
            "bad: top/secret",
            "bad: top%2Fsecret",
            "bad: team=blue&key=top%2Fsecret",
        ] {
            assert_eq!(hidden(&headers, said), "bad: [redacted]", "{said}");
        }
        assert_eq!(hidden(&headers, "7 spans of the keynote"), "7 spans of the keynote");
    }

    #[test]
    fn neither_user_nor_password_is_quoted() {
        let encoded = BASE64_STANDARD.encode("pk-lf-user:sk:lf-password");
        let headers = [("authorization", &*format!("Basic {encoded}"))];
        assert_eq!(
            hidden(
                &headers,
                &format!("no user pk-lf-user with lf-password, {encoded}, pk-lf-user:sk:lf-password")
            ),
            "no user [redacted] with [redacted], [redacted], [redacted]"
        );
    }

    #[test]
    fn credentials_of_others_are_not_quoted_either() {
        let told = hidden(&[], "upstream said: Authorization: Bearer a1b2c3d4e5f6g7h8");
        assert!(!told.contains("a1b2c3d4") && told.contains("[redacted"), "{told}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let headers = [header("x-key", "topsecret").expect("a header")].into_iter().collect();
        let secrets = Secrets::of(&headers, &Uri::from_static("http://h"));
        assert_eq!(format!("{secrets:?}"), "Secrets { .. }");
    }
}
