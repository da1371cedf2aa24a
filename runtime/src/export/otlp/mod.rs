//! The OpenTelemetry protocol, over HTTP and gRPC.
//!
//! `http` and `grpc` bring batches to the server by `opentelemetry-otlp`, which knows when and how long to
//! wait before it tries again. What it does not do is here: `client` sends over a blocking connection, since
//! there is no runtime; `body` writes protobuf without its three copies of each text; `pieces` keeps requests
//! below what servers take; `refusal` makes an error that says what to do.

mod body;
mod client;
#[cfg(feature = "grpc")]
mod grpc;
mod http;
mod pieces;
mod refusal;
#[cfg(test)]
mod tests;

use ureq::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::{Destination, Exporter, Protocol};

/// Opens an exporter, without a connection yet; the error says what is wrong with the destination.
pub(crate) fn open(destination: &Destination) -> Result<Box<dyn Exporter>, String> {
    let url = url(&destination.url)?;
    let headers = destination.headers.iter().map(|(name, value)| header(name, value));
    let headers = headers.collect::<Result<HeaderMap, _>>()?;
    match destination.protocol {
        Protocol::HttpProtobuf | Protocol::HttpJson => {
            Ok(Box::new(http::Http::open(&url, headers, destination)?))
        }
        #[cfg(feature = "grpc")]
        Protocol::Grpc => Ok(Box::new(grpc::Grpc::open(url, headers, destination))),
        #[cfg(not(feature = "grpc"))]
        Protocol::Grpc => Err("gRPC is switched off".into()),
    }
}

/// Checked by hand as well as by the parser, which takes a path, a name without a scheme and a bad port for
/// URLs.
fn url(text: &str) -> Result<Uri, String> {
    // A URL with credentials is not repeated.
    if text.contains('@') {
        return Err("it has a user or a password in it; send credentials in a header instead".into());
    }
    let wrong = |why: &str| {
        format!("{text:?} is no endpoint: {why}; expected a URL such as \"http://localhost:4318\"")
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

/// Where spans go, as far as it may be told.
///
/// Without the query, which may hold a key.
fn shown(url: &Uri) -> String {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    format!("{}://{authority}{}", url.scheme_str().unwrap_or_default(), url.path())
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
