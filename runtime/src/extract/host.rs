//! Where the model is: the host and the port of a URL among the arguments.
//!
//! A function that calls a model may take the address of its server; it may as well take the address of an image or
//! of a page to sum up. So an address counts only where it is evidently that of a model's server: by its host, or by
//! its path.

use std::net::Ipv6Addr;

use crate::provider;
use crate::provider::paths::{Certainty, route};
use crate::wire::tape::Value;

/// A host, in lower case and without brackets, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) address: String,
    pub(super) port: u16,
}

/// Under which names a struct of a program's own has the address of its server.
const KEYS: [&str; 8] =
    ["url", "uri", "base_url", "api_base", "api_base_url", "api_url", "endpoint", "base_uri"];

/// Where a client adds the rest: `http://localhost:8000/v1`. Only under a name that says that it is a base.
const BASES: [&str; 6] = ["/v1", "/v1beta", "/v2", "/openai", "/openai/v1", "/api"];

/// The host in an argument of this name, or one level down in it.
pub(super) fn find(name: &str, value: &Value<'_>) -> Option<Host> {
    match value {
        Value::Text(text) if text.cut.is_none() => of_server(name, text.kept),
        Value::Map(map) => {
            let key = |found: &[u8]| KEYS.into_iter().find(|key| key.as_bytes() == found);
            map.pairs().find_map(|(found, value)| of_server(key(found)?, value.read()?.as_str()?))
        }
        _ => None,
    }
}

/// The host of a URL that is evidently that of a model's server.
fn of_server(name: &str, text: &str) -> Option<Host> {
    let (host, path) = read(text)?;
    let path = path.trim_end_matches('/');
    let known = provider::of_host(&host.address, Some(host.port)).is_some();
    let asks = route(path).is_some_and(|route| route.certainty >= Certainty::Likely);
    let is_base = ["base", "endpoint", "api_url"].iter().any(|word| name.contains(word));
    (known || asks || is_base && BASES.iter().any(|end| path.ends_with(end))).then_some(host)
}

/// The host of a URL and its path.
///
/// Strict, unlike browsers: whatever one reader may take for the host and another for something else is none. Who
/// logs in, and with what, stands before an `@` and is passed over.
fn read(url: &str) -> Option<(Host, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let default = match scheme.to_ascii_lowercase().as_str() {
        "https" | "wss" => 443,
        "http" | "ws" => 80,
        _ => return None,
    };
    let is_odd =
        |c: char| !c.is_ascii_graphic() || matches!(c, '\\' | '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}');
    if rest.contains(is_odd) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let server = authority.rsplit('@').next().unwrap_or_default();
    let bracketed = server.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = if let Some((address, port)) = bracketed {
        (address.parse::<Ipv6Addr>().ok()?.to_string(), port)
    } else {
        let (name, port) = server.split_at(server.find(':').unwrap_or(server.len()));
        (domain(name)?, port)
    };
    let port = match port.strip_prefix(':') {
        Some("") => default,
        None if port.is_empty() => default,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    (port > 0).then_some((Host { address: host, port }, path))
}

/// A name or an IPv4 address; one dot may stand behind it.
fn domain(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    (name.len() <= 253 && name.split('.').all(is_label)).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
