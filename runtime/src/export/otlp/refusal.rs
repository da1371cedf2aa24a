//! What a server says instead of taking spans, in words.
//!
//! The words end in a log of the program's: short, in one line, whatever the server sent, and with a hint for
//! the mistakes that people make when they set an endpoint for the first time.

use std::time::{Duration, SystemTime};

use super::peer::Peer;
use super::reply::{Cause, Reply};

/// The most that is told of a server's answer, in characters.
const SHOWN: usize = 200;

/// What an HTTP status that is no success means.
///
/// As OTLP has it: only these four may be tried again, and 500 is none of them.
pub(super) fn cause_of(status: u16, retry_after: Option<&str>) -> Cause {
    match status {
        429 | 502..=504 => Cause::Busy(retry_after.and_then(|text| wait(text, SystemTime::now()))),
        401 | 403 | 407 => Cause::Credentials,
        413 => Cause::TooLarge,
        _ => Cause::Refused,
    }
}

/// How long `Retry-After` asks to wait: in seconds, or until a date.
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number has are for ever.
        return (!text.is_empty()).then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Says that an endpoint answered with a status that means no.
pub(super) fn of_status(
    peer: &Peer,
    status: u16,
    reason: &str,
    location: Option<&str>,
    body: &[u8],
) -> String {
    let hint = match status {
        300..=399 => &*redirected(peer, location),
        401 | 403 => " (check the credentials in the headers)",
        404 | 405 => " (check the path of the endpoint)",
        407 => " (check the credentials of the proxy)",
        413 => " (the request is too large for it)",
        415 => " (it does not take this protocol)",
        _ => "",
    };
    let reason = if reason.is_empty() { String::new() } else { format!(" {reason}") };
    let body = peer.excerpt(body);
    let colon = if body.is_empty() { "" } else { ": " };
    format!("{peer} answered {status}{reason}{hint}{colon}{body}")
}

/// Redirects are not followed: the headers hold credentials, and are meant for one server.
fn redirected(peer: &Peer, location: Option<&str>) -> String {
    // What comes behind the path may be a secret.
    let place =
        location.and_then(|place| place.split(['?', '#']).next()).filter(|place| !place.contains('@'));
    let to = place.map(|place| format!(" to {}", peer.excerpt(place.as_bytes()))).unwrap_or_default();
    format!(" (it redirects{to}; redirects are not followed, set the endpoint to where this one leads)")
}

/// What it means that there was no connection to an endpoint, or none that held.
pub(super) fn of_connection(peer: &Peer, error: &str) -> Reply {
    let error = peer.excerpt(error.as_bytes());
    // The libraries name a certificate wherever one is to blame, and nowhere else.
    if error.to_ascii_lowercase().contains("certificate") {
        let hint = "check the host of the endpoint; `Builder::certificate` or OTEL_EXPORTER_OTLP_CERTIFICATE names \
                    certificates of your own to trust, `Builder::client_certificate` the one to show";
        return Reply::failed(
            Cause::Untrusted,
            format!("{peer} and recount do not trust each other ({hint}): {error}"),
        );
    }
    Reply::failed(Cause::Unreachable, format!("{peer} could not be reached: {error}"))
}

/// The beginning of a text, as one line.
pub(super) fn excerpt(text: &str) -> String {
    let mut chars = text.trim().chars().map(|char| if is_unprintable(char) { ' ' } else { char });
    let mut excerpt: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// Terminals obey control characters, and marks of direction turn the rest of a line around.
fn is_unprintable(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use ureq::http::{HeaderMap, Uri};

    use super::*;

    fn peer() -> Peer {
        Peer::new(&Uri::from_static("http://h/v1"), &HeaderMap::new())
    }

    #[test]
    fn an_answer_is_cut_between_characters() {
        let body = "é".repeat(100_000);
        let told = of_status(&peer(), 500, "Internal Server Error", None, body.as_bytes());
        assert_eq!(told, format!("http://h/v1 answered 500 Internal Server Error: {}…", "é".repeat(200)));
    }

    #[test]
    fn an_answer_of_bytes_is_no_text_and_no_panic() {
        let told = of_status(&peer(), 500, "", None, &[0xff, b'\n', 0x1b, b'a']);
        assert_eq!(told, "http://h/v1 answered 500: \u{fffd}  a");
        assert_eq!(
            of_status(&peer(), 401, "Unauthorized", None, b""),
            "http://h/v1 answered 401 Unauthorized (check the credentials in the headers)"
        );
    }

    #[test]
    fn a_redirect_is_named_without_its_secrets() {
        let told = |place| of_status(&peer(), 307, "Temporary Redirect", Some(place), b"");
        assert!(
            told("https://other/v1/traces?key=secret").contains("it redirects to https://other/v1/traces;")
        );
        for place in ["https://user:secret@other/", "?secret", "#secret"] {
            assert!(!told(place).contains("secret"), "{}", told(place));
        }
    }

    #[test]
    fn only_what_otlp_names_is_for_later() {
        for (status, cause) in [
            (429, Cause::Busy(None)),
            (502, Cause::Busy(None)),
            (503, Cause::Busy(None)),
            (504, Cause::Busy(None)),
            (400, Cause::Refused),
            (408, Cause::Refused),
            (500, Cause::Refused),
            (501, Cause::Refused),
            (301, Cause::Refused),
            (401, Cause::Credentials),
            (403, Cause::Credentials),
            (413, Cause::TooLarge),
        ] {
            assert_eq!(cause_of(status, None), cause, "{status}");
        }
    }

    #[test]
    fn how_long_to_wait_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (text, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            assert_eq!(wait(text, now), seconds.map(Duration::from_secs), "{text:?}");
        }
    }
}
