use std::net::IpAddr;

use ureq::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use crate::export::ProxySettings;

/// The proxy between here and an endpoint; none for most.
///
/// Only where the connection is encrypted, from here to the endpoint: what spans hold is not shown to whoever runs a
/// proxy, just because the machine has a variable that names one. Nor is a proxy of any use on the way to this machine.
///
/// The variables are those of every other program, and read here, not by the HTTP client, which would send everything to
/// whatever proxy it finds.
pub(super) fn proxy(settings: &ProxySettings, endpoint: &Uri) -> Result<Option<Proxy>, String> {
    let Some((source, url)) = &settings.https else { return Ok(None) };
    let host = endpoint.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let is_direct = endpoint.scheme_str() != Some("https") || is_local(host) || settings.bypass(host);
    if is_direct {
        return Ok(None);
    }
    // It may have a password in it, and is not repeated.
    match Proxy::new(url) {
        Ok(proxy) if matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) => {
            Ok(Some(proxy))
        }
        _ => Err(format!(
            "the proxy that {source} names is no http:// or https:// URL; name another one, or the host of the endpoint in \
             NO_PROXY"
        )),
    }
}

/// Where it is, as far as it may be told.
pub(super) fn shown(proxy: &Proxy) -> String {
    format!("{}:{}", proxy.host(), proxy.port())
}

fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl ProxySettings {
    /// Whether `NO_PROXY` names this host, or a domain that it is in.
    fn bypass(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.no_proxy.split(',').map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
            let domain = entry.trim_start_matches('*').trim_start_matches('.');
            match domain {
                "" => entry == "*",
                domain => host == domain || host.strip_suffix(domain).is_some_and(|host| host.ends_with('.')),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(https: &str, no_proxy: &str, endpoint: &'static str) -> Result<Option<String>, String> {
        let settings =
            ProxySettings { https: Some(("HTTPS_PROXY", https.into())), no_proxy: no_proxy.into() };
        Ok(proxy(&settings, &Uri::from_static(endpoint))?.as_ref().map(shown))
    }

    #[test]
    fn only_what_is_encrypted_goes_to_a_proxy() {
        let used = Ok(Some("proxy:3128".to_owned()));
        for (https, no_proxy, endpoint, expected) in [
            ("http://proxy:3128", "", "https://h/v1/traces", &used),
            ("proxy:3128", "", "https://h", &used),
            ("http://user:password@proxy:3128/", "", "https://h", &used),
            ("http://proxy:3128", "", "http://h/v1/traces", &Ok(None)),
            ("http://proxy:3128", "", "https://localhost:4318", &Ok(None)),
            ("http://proxy:3128", "", "https://127.0.0.1:4318", &Ok(None)),
            ("http://proxy:3128", "", "https://[::1]:4318", &Ok(None)),
            ("http://proxy:3128", "a.h, *", "https://x", &Ok(None)),
            ("http://proxy:3128", "corp.example", "https://otel.corp.example", &Ok(None)),
            ("http://proxy:3128", ".corp.example", "https://OTEL.corp.example", &Ok(None)),
            ("http://proxy:3128", "*.corp.example", "https://corp.example:4318", &Ok(None)),
            ("http://proxy:3128", "corp.example", "https://notcorp.example", &used),
            ("http://proxy:3128", " ,, .", "https://h", &used),
        ] {
            assert_eq!(&told(https, no_proxy, endpoint), expected, "{https} {no_proxy} {endpoint}");
        }
        assert!(
            proxy(&ProxySettings::default(), &Uri::from_static("https://h")).is_ok_and(|it| it.is_none())
        );
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_told_without_its_password() {
        for url in ["socks5://user:secret@proxy", "ftp://user:secret@proxy", "http://", "a secret"] {
            let error = told(url, "", "https://h").expect_err(url);
            assert!(error.contains("HTTPS_PROXY") && error.contains("NO_PROXY"), "{error}");
            assert!(!error.contains("secret"), "{error}");
            assert_eq!(told(url, "h", "https://h"), Ok(None), "nobody needs it");
        }
    }
}
