//! The OpenTelemetry protocol, over HTTP and gRPC.
//!
//! One way for all: `requests` fills requests with spans that `encode` writes, `delivery` decides what becomes of each
//! one, `attempts` and `backoff` know when to try again, and a transport (`http`, `grpc`; `detached` lets either work on
//! a thread of its own) sends bytes once and says what the server made of them, in the words of `reply`. `partial`,
//! `refusal` and `status` read answers, and `peer` tells of the server without our `secrets`.

mod attempts;
mod backoff;
#[cfg(feature = "grpc")]
mod codec;
mod delivery;
mod detached;
mod encode;
#[cfg(feature = "grpc")]
mod grpc;
mod http;
#[cfg(any(feature = "http-json", feature = "json-lines"))]
pub(super) mod json;
mod notices;
mod partial;
mod peer;
mod proxy;
mod refusal;
mod reply;
mod report;
mod requests;
mod resolver;
mod secrets;
mod split;
mod status;
mod tls;

use std::sync::Arc;

use ureq::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use self::attempts::Attempts;
use self::delivery::Delivery;
use self::detached::Detached;
pub use self::encode::write_otlp_request;
use self::reply::Transport;
pub(super) use self::requests::Requests;
pub(crate) use self::tls::{check_certificates, check_private_key};
use super::{Destination, Exporter, Protocol};

/// Opens an exporter, without a connection yet; the error says what is wrong with the destination.
pub(crate) fn open(destination: Destination) -> Result<Box<dyn Exporter>, String> {
    let url = url(&destination.url)?;
    let headers = destination.headers.iter().map(|(name, value)| header(name, value));
    let headers = headers.collect::<Result<HeaderMap, _>>()?;
    let endpoint = peer::shown(&url);
    let mut transport: Box<dyn Transport> = match destination.protocol {
        Protocol::HttpProtobuf | Protocol::HttpJson => {
            Box::new(http::Http::open(url, headers, &destination)?)
        }
        #[cfg(feature = "grpc")]
        Protocol::Grpc => Box::new(grpc::Grpc::open(url, headers, &destination)),
        #[cfg(not(feature = "grpc"))]
        Protocol::Grpc => return Err("gRPC is switched off".into()),
    };
    let Destination { timeout, retry_timeout, request_bytes, patience, outbox, .. } = destination;
    if outbox.is_some() {
        let detached = Detached::start(transport, Arc::clone(&patience));
        transport =
            Box::new(detached.map_err(|error| format!("no thread could be started for it: {error}"))?);
    }
    let attempts = Attempts::new(transport, timeout, retry_timeout, patience);
    Ok(Box::new(Delivery::new(endpoint, Requests::new(request_bytes), attempts, outbox)))
}

/// Checked by hand as well as by the parser, which takes a path, a name without a scheme and a bad port for
/// URLs.
fn url(text: &str) -> Result<Uri, String> {
    // A URL with credentials is not repeated.
    if text.contains('@') {
        return Err("it has a user or a password in it; send credentials in a header instead".into());
    }
    // Nor is what stands behind the path: it may be a key.
    let shown = text.split(['?', '#']).next().unwrap_or_default();
    let wrong = |why: &str| {
        format!("{shown:?} is no endpoint: {why}; expected a URL such as \"http://localhost:4318\"")
    };
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Err(wrong("it does not begin with http:// or https://"));
    }
    let url = text.parse::<Uri>().map_err(|error| wrong(&error.to_string()))?;
    if url.host().is_none_or(str::is_empty) {
        return Err(wrong("it names no host"));
    }
    // The parser takes a port that is none, such as 99999, for a part of the name.
    let port_is_bad =
        url.authority().is_some_and(|all| all.port_u16().is_none() && !all.as_str().ends_with(all.host()));
    if port_is_bad { Err(wrong("its port is no number up to 65535")) } else { Ok(url) }
}

/// A header; the error names it, and never shows its value.
///
/// Marked as sensitive, so that no `Debug` along the way prints it.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let key = HeaderName::try_from(name).map_err(|_| format!("{name:?} is no name of a header"))?;
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| format!("the value of the header {name:?} has characters that headers cannot have"))?;
    value.set_sensitive(true);
    Ok((key, value))
}

#[cfg(test)]
mod destinations {
    use super::*;

    #[test]
    fn only_an_endpoint_is_an_endpoint() {
        for good in
            ["http://localhost:4318/v1/traces", "https://h", "http://[::1]:4318", "http://127.0.0.1:1/"]
        {
            assert!(url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "localhost:4318",
            "//h",
            "ftp://h",
            "http://",
            "http:///v1",
            "http://a b",
            "http://h:99999",
            "http://h:port",
            "http://user:secret@h",
            "http://[::1",
            "\u{202e}",
            "h:4318?key=secret",
            "http://h:99999/v1/traces?key=secret",
            "http://h:99999#secret",
            "http://h:99999/v1?a=b#secret",
            "http:///v1?secret",
            "http://a b?secret",
        ] {
            let error = url(bad).expect_err(bad);
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_value_of_a_header_is_never_told() {
        let error = header("x-key", "secret\n").expect_err("a line break");
        assert_eq!(error, "the value of the header \"x-key\" has characters that headers cannot have");
        let error = header("x key", "secret").expect_err("a blank");
        assert_eq!(error, "\"x key\" is no name of a header");
        let header = header("X-Key", "secret").expect("a header");
        assert!(!format!("{header:?}").contains("secret"));
    }
}
