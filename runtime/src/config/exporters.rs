//! Which exporters somebody asked for, and where they send.

use std::sync::Arc;

use super::Builder;
use super::environment::{Endpoint, Environment, Exporters};
use super::variables::wrong;
use crate::export::{Destination, Exporter, Patience, Protocol};
#[cfg(feature = "otlp")]
use crate::outbox::Address;
use crate::outbox::Ledger;
use crate::{Error, ErrorKind};

/// What OTLP over HTTP puts behind a base.
const TRACES_PATH: &str = "/v1/traces";

impl Builder {
    /// Opens every exporter that somebody asked for.
    ///
    /// The builder's endpoint counts whatever `OTEL_TRACES_EXPORTER` says, as its exporters do: whoever
    /// writes it in code means it. The console comes once, even where both ask for it.
    pub(super) fn open(
        &mut self,
        environment: &Environment,
        patience: &Arc<Patience>,
        ledger: &Arc<Ledger>,
    ) -> Result<Vec<Box<dyn Exporter>>, Error> {
        let asked = environment.exporters.unwrap_or(Exporters {
            // To name an endpoint is to ask for its use.
            otlp: environment.endpoint.is_some(),
            console: false,
        });
        self.console |= asked.console;
        let mut exporters = self.take_exporters();
        let endpoint = match self.endpoint.take() {
            Some(url) => Some(Endpoint { source: "The endpoint of the builder", url, whole: false }),
            None if asked.otlp => {
                Some(environment.endpoint.clone().unwrap_or_else(|| self.local(environment)))
            }
            None => None,
        };
        if let Some(endpoint) = endpoint {
            // Behind the others: it is the one that may have to be waited for.
            let alone = exporters.is_empty();
            exporters.push(self.otlp(endpoint, alone, environment, patience, ledger)?);
        }
        Ok(exporters)
    }

    fn protocol_of(&self, environment: &Environment) -> Protocol {
        self.protocol.or(environment.protocol).unwrap_or_default()
    }

    /// A collector on this machine.
    fn local(&self, environment: &Environment) -> Endpoint {
        let port = if self.protocol_of(environment) == Protocol::Grpc { 4317 } else { 4318 };
        Endpoint { source: "The default endpoint", url: format!("http://localhost:{port}"), whole: false }
    }

    /// Refuses what the enabled cargo features cannot do, with the feature that would.
    #[cfg_attr(not(feature = "otlp"), expect(unused_variables, reason = "only OTLP is kept on disk"))]
    fn otlp(
        &self,
        endpoint: Endpoint,
        alone: bool,
        environment: &Environment,
        patience: &Arc<Patience>,
        ledger: &Arc<Ledger>,
    ) -> Result<Box<dyn Exporter>, Error> {
        let timeout = self.request_timeout(&environment.delivery)?;
        let protocol = self.protocol_of(environment);
        if let Some(feature) = protocol.missing_feature() {
            let message = format!("The protocol {protocol} needs the cargo feature `{feature}` of recount.");
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let gzip = self.gzip.or(environment.gzip).unwrap_or(false);
        if gzip && !cfg!(feature = "gzip") {
            let message = "The compression `gzip` needs the cargo feature `gzip` of recount.";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let is_whole = protocol == Protocol::Grpc || endpoint.whole;
        let url = if is_whole { endpoint.url } else { traces_url(&endpoint.url) };
        let headers = self.headers_with(environment)?;
        let destination = Destination {
            protocol,
            timeout,
            retry_timeout: self.retry_timeout_or_default(&environment.delivery, alone),
            request_bytes: self.request_limit(&environment.delivery, protocol)?,
            gzip,
            tls: self.tls(&environment.delivery)?,
            proxy: environment.proxy.clone(),
            patience: Arc::clone(patience),
            #[cfg(feature = "otlp")]
            outbox: self.open_outbox(&environment.outbox, &Address::new(&url, &headers), ledger)?,
            url,
            headers,
        };
        open_otlp(destination).map_err(|reason| wrong(endpoint.source, &reason))
    }

    /// The headers of the environment but for those that the builder sets, then the builder's.
    ///
    /// The environment's are checked too, and first: an error names the variable, so that nobody looks for
    /// the mistake in the code.
    fn headers_with(&self, environment: &Environment) -> Result<Vec<(String, String)>, Error> {
        let (variable, said) = &environment.headers;
        for (source, headers) in [(*variable, said), ("A header of the builder", &self.headers)] {
            for (name, value) in headers {
                check_header(name, value).map_err(|reason| wrong(source, &reason))?;
            }
        }
        let set = |name: &str| self.headers.iter().any(|(found, _)| found.eq_ignore_ascii_case(name));
        Ok(said.iter().filter(|(name, _)| !set(name)).chain(&self.headers).cloned().collect())
    }
}

/// The URL for spans below a base; one that has the path already is taken as it is.
fn traces_url(base: &str) -> String {
    let (path, query) = base.split_once('?').map_or((base, None), |(path, query)| (path, Some(query)));
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(TRACES_PATH).unwrap_or(path);
    match query {
        None => format!("{path}{TRACES_PATH}"),
        Some(query) => format!("{path}{TRACES_PATH}?{query}"),
    }
}

#[cfg(feature = "otlp")]
fn open_otlp(destination: Destination) -> Result<Box<dyn Exporter>, String> {
    crate::export::otlp::open(destination)
}

#[cfg(feature = "otlp")]
fn check_header(name: &str, value: &str) -> Result<(), String> {
    crate::export::otlp::header(name, value).map(|_| ())
}

#[cfg(not(feature = "otlp"))]
const SWITCHED_OFF: &str = "it needs the cargo feature `otlp` of recount";

#[cfg(not(feature = "otlp"))]
fn check_header(_: &str, _: &str) -> Result<(), String> {
    Err(SWITCHED_OFF.into())
}

#[cfg(not(feature = "otlp"))]
fn open_otlp(_: Destination) -> Result<Box<dyn Exporter>, String> {
    Err(SWITCHED_OFF.into())
}

#[cfg(test)]
mod tests {
    use super::{Builder, traces_url};

    #[test]
    fn what_may_be_a_key_in_an_endpoint_is_not_printed() {
        for url in ["http://h/v1?key=secret", "http://h/v1#secret", "http://user:secret@h/v1"] {
            let shown = format!("{:?}", Builder::default().endpoint(url));
            assert!(!shown.contains("secret"), "{shown}");
        }
        assert!(
            format!("{:?}", Builder::default().endpoint("http://h/v1?key=secret")).contains("http://h/v1")
        );
    }

    #[test]
    fn the_path_is_added_once_and_before_the_query() {
        for (base, url) in [
            ("http://h", "http://h/v1/traces"),
            ("http://h/", "http://h/v1/traces"),
            ("http://h/otel", "http://h/otel/v1/traces"),
            ("http://h/v1/traces", "http://h/v1/traces"),
            ("http://h/v1/traces/", "http://h/v1/traces"),
            ("http://h/otel?key=abc", "http://h/otel/v1/traces?key=abc"),
        ] {
            assert_eq!(traces_url(base), url);
        }
    }
}
