//! What a server says instead of taking spans, in words.
//!
//! The words end in a log of the program's: short, in one line, whatever the server sent, and with a hint for
//! the mistakes that people make when they set an endpoint for the first time.

/// The most that is told of a server's answer, in characters.
const SHOWN: usize = 200;

/// Says that an endpoint answered with a status that means no.
pub(super) fn of_status(endpoint: &str, status: u16, reason: &str, body: &[u8]) -> String {
    let hint = match status {
        300..=399 => " (it redirects; set the endpoint to where it leads)",
        401 | 403 => " (check the credentials in the headers)",
        404 | 405 => " (check the path of the endpoint)",
        413 => " (the batch is too large for it; set a smaller batch size or value cap)",
        415 => " (it does not take this protocol)",
        _ => "",
    };
    let reason = if reason.is_empty() { String::new() } else { format!(" {reason}") };
    let body = excerpt(body);
    let colon = if body.is_empty() { "" } else { ": " };
    format!("{endpoint} answered {status}{reason}{hint}{colon}{body}")
}

/// The beginning of a body, as one line of text.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * SHOWN)]);
    let mut chars = text.trim().chars().map(|char| if char.is_control() { ' ' } else { char });
    let mut excerpt: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_cut_between_characters() {
        let body = "é".repeat(100_000);
        let told = of_status("http://h", 500, "Internal Server Error", body.as_bytes());
        assert_eq!(told, format!("http://h answered 500 Internal Server Error: {}…", "é".repeat(200)));
    }

    #[test]
    fn an_answer_of_bytes_is_no_text_and_no_panic() {
        let told = of_status("http://h", 500, "", &[0xff, b'\n', 0x1b, b'a']);
        assert_eq!(told, "http://h answered 500: \u{fffd}  a");
        assert_eq!(
            of_status("http://h", 401, "Unauthorized", b""),
            "http://h answered 401 Unauthorized (check the credentials in the headers)"
        );
    }
}
