//! How much is sent at once, how long it is tried, and who is trusted on the way.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::Builder;
use super::variables::{Variables, wrong};
use crate::Error;
#[cfg(feature = "otlp")]
use crate::export::otlp::{check_certificates, check_private_key};
use crate::export::{Protocol, Tls};

/// As OpenTelemetry has it for one request of OTLP.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Servers that are started anew are back by then, and a queue of common size is not full yet.
const RETRY_TIMEOUT: Duration = Duration::from_secs(60);
/// Other exporters wait meanwhile for the batches that follow.
const RETRY_TIMEOUT_BESIDE_OTHERS: Duration = Duration::from_secs(5);
/// Collectors take requests of 20 MiB unless told otherwise, the servers in front of them less.
const REQUEST_BYTES: usize = 4 << 20;
/// Servers take messages of 4 MiB unless told otherwise, counted with what is around them.
const GRPC_REQUEST_BYTES: usize = 7 << 19;
/// What the resource and one small span need.
const LEAST_REQUEST_BYTES: usize = 4 << 10;

const EXPECTED_BYTES: &str = "a whole number, 4096 or more";

/// What somebody said of it.
#[derive(Clone, Debug, Default)]
pub(super) struct SaidDelivery {
    timeout: Option<Duration>,
    retry_timeout: Option<Duration>,
    request_bytes: Option<usize>,
    certificate: Option<File>,
    client_certificate: Option<File>,
    client_key: Option<File>,
}

/// A file, and who named it.
#[derive(Clone, Debug)]
struct File {
    source: &'static str,
    path: PathBuf,
}

/// Delivery to the endpoint.
impl Builder {
    /// Sets how long the endpoint may take for one attempt: 10 seconds, unless set.
    ///
    /// Unless set: `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT`, then `OTEL_EXPORTER_OTLP_TIMEOUT`, in milliseconds. It begins with
    /// the look-up of the name and ends with the answer. Zero is an error of [`build`](Self::build).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.delivery.timeout = Some(timeout);
        self
    }

    /// Sets how long the endpoint is asked again to take a request that it has no time for, or that did not reach it: for
    /// 60 seconds from the first attempt on, unless set; for 5 seconds where there are other exporters, the console
    /// included.
    ///
    /// Unless set: `OTEL_BSP_EXPORT_TIMEOUT`, in milliseconds. All exporters share one thread: each of them gets a batch
    /// before the endpoint does, and waits with the next one until the endpoint has taken it or is given up. Zero means one attempt. What was not taken by then is
    /// lost, counted and reported; with an [outbox](Self::outbox) there is one attempt only, and the request is kept.
    ///
    /// As OTLP has it, a request is sent again after the statuses 429, 502, 503 and 504, their likes in gRPC, and where
    /// there was no connection or no answer: the same bytes, so that backends can tell. The wait doubles from a quarter of
    /// a second to five seconds, a random share of it left out; one that the server asks for (`Retry-After`) is kept to,
    /// but for 30 seconds at the most. Meanwhile new spans fill the queue. After any other status the request is lost at
    /// once, and counted as [rejected](crate::Stats::lost_rejected).
    pub fn retry_timeout(mut self, timeout: Duration) -> Self {
        self.delivery.retry_timeout = Some(timeout);
        self
    }

    /// Sets how many bytes a request has at most: 4 MiB (4,194,304), and 3.5 MiB over gRPC, unless set.
    ///
    /// Unless set: `RECOUNT_REQUEST_BYTES`. The bytes of the body are counted, before compression. A batch of more is sent
    /// in several requests. A span of more is sent without the ends of its longest texts, marked with the size that it had
    /// before. A server that takes less still (status 413) is sent smaller requests. Less than 4,096 is an error of
    /// [`build`](Self::build).
    pub fn request_bytes(mut self, bytes: usize) -> Self {
        self.delivery.request_bytes = Some(bytes);
        self
    }

    /// Trusts the certificates in this PEM file, and no others, where the endpoint is `https://`: those of Mozilla, unless
    /// set.
    ///
    /// Unless set: `OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE`, then `OTEL_EXPORTER_OTLP_CERTIFICATE`. The file is read by
    /// [`build`](Self::build), whose error it is where it cannot be read or has no certificate.
    ///
    /// ```
    /// let builder = recount::builder()
    ///     .endpoint("https://collector.internal:4318")
    ///     .certificate("/etc/ssl/internal-ca.pem");
    /// ```
    pub fn certificate(mut self, path: impl Into<PathBuf>) -> Self {
        let source = "The certificate of the builder";
        self.delivery.certificate = Some(File { source, path: path.into() });
        self
    }

    /// Shows a server that asks for it this certificate, of which the key is in the other file; both are PEM.
    ///
    /// Unless set: `OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE` and `OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY`, or the same
    /// without `TRACES_`. Both are read by [`build`](Self::build), whose error it is where one is missing, cannot be read
    /// or is no PEM. The key is never printed.
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        let source = "The client certificate of the builder";
        self.delivery.client_certificate = Some(File { source, path: certificate.into() });
        self.delivery.client_key = Some(File { source: "The client key of the builder", path: key.into() });
        self
    }

    pub(super) fn request_timeout(&self, environment: &SaidDelivery) -> Result<Duration, Error> {
        if self.delivery.timeout == Some(Duration::ZERO) {
            return Err(wrong("The timeout of the builder", "it is 0; expected a time above 0"));
        }
        Ok(self.delivery.timeout.or(environment.timeout).unwrap_or(TIMEOUT))
    }

    /// `alone` means that no other exporter waits for it.
    pub(super) fn retry_timeout_or_default(&self, environment: &SaidDelivery, alone: bool) -> Duration {
        let default = if alone { RETRY_TIMEOUT } else { RETRY_TIMEOUT_BESIDE_OTHERS };
        self.delivery.retry_timeout.or(environment.retry_timeout).unwrap_or(default)
    }

    pub(super) fn request_limit(
        &self,
        environment: &SaidDelivery,
        protocol: Protocol,
    ) -> Result<usize, Error> {
        let default = if protocol == Protocol::Grpc { GRPC_REQUEST_BYTES } else { REQUEST_BYTES };
        if let Some(bytes) = self.delivery.request_bytes.filter(|bytes| *bytes < LEAST_REQUEST_BYTES) {
            let what = format!("it is {bytes}; expected {EXPECTED_BYTES}");
            return Err(wrong("The request_bytes of the builder", &what));
        }
        Ok(self.delivery.request_bytes.or(environment.request_bytes).unwrap_or(default))
    }

    /// Reads the files. A certificate without its key is a mistake, and so is a key without its certificate.
    pub(super) fn tls(&self, environment: &SaidDelivery) -> Result<Tls, Error> {
        let ours = &self.delivery;
        let roots = ours.certificate.as_ref().or(environment.certificate.as_ref());
        let certificate = ours.client_certificate.as_ref().or(environment.client_certificate.as_ref());
        let key = ours.client_key.as_ref().or(environment.client_key.as_ref());
        let identity = match (certificate, key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => {
                Some((certificate.read(check_certificates)?, key.read(check_private_key)?))
            }
            (Some(alone), None) => return Err(wrong(alone.source, "its key is not named")),
            (None, Some(alone)) => return Err(wrong(alone.source, "its certificate is not named")),
        };
        Ok(Tls { roots: roots.map(|file| file.read(check_certificates)).transpose()?, identity })
    }
}

impl File {
    fn read(&self, check: impl FnOnce(&[u8]) -> Result<(), String>) -> Result<Vec<u8>, Error> {
        let wrong = |what: &str| wrong(self.source, &format!("{}: {what}", self.path.display()));
        let pem = fs::read(&self.path).map_err(|error| wrong(&error.to_string()))?;
        check(&pem).map_err(|what| wrong(&what))?;
        Ok(pem)
    }
}

impl SaidDelivery {
    pub(super) fn read<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Result<Self, Error> {
        let file = |names: &[&'static str]| {
            let (source, path) = variables.first(names)?;
            Some(File { source, path: path.into() })
        };
        Ok(Self {
            timeout: variables
                .timeout(&["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"])?,
            retry_timeout: variables.millis(&["OTEL_BSP_EXPORT_TIMEOUT"])?,
            request_bytes: variables.parse(&["RECOUNT_REQUEST_BYTES"], EXPECTED_BYTES, |value| {
                value.parse().ok().filter(|bytes| *bytes >= LEAST_REQUEST_BYTES)
            })?,
            certificate: file(&["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"]),
            client_certificate: file(&[
                "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
            ]),
            client_key: file(&["OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY"]),
        })
    }
}

/// Whoever could read them is switched off, and says so.
#[cfg(not(feature = "otlp"))]
#[expect(clippy::unnecessary_wraps, reason = "as that of the feature")]
fn check_certificates(_: &[u8]) -> Result<(), String> {
    Ok(())
}

#[cfg(not(feature = "otlp"))]
#[expect(clippy::unnecessary_wraps, reason = "as that of the feature")]
fn check_private_key(_: &[u8]) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(environment: &[(&str, &str)]) -> Result<SaidDelivery, String> {
        let environment = |name: &str| {
            let (_, value) = environment.iter().find(|(key, _)| *key == name)?;
            Some((*value).to_owned())
        };
        SaidDelivery::read(&Variables(environment)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_builder_counts_before_the_environment_and_that_before_the_defaults() {
        let nothing = said(&[]).expect("nothing is said");
        let theirs = said(&[
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "0"),
            ("RECOUNT_REQUEST_BYTES", "5000"),
        ])
        .expect("it has a meaning");
        let second = Duration::from_secs(1);
        let ours = Builder::default().timeout(second).retry_timeout(second).request_bytes(6000);
        let none = Builder::default();
        for (builder, environment, timeout, retry_timeout, bytes, grpc_bytes) in [
            (&none, &nothing, 10 * second, 60 * second, 4 << 20, 3_670_016),
            (&none, &theirs, 2 * second, Duration::ZERO, 5000, 5000),
            (&ours, &theirs, second, second, 6000, 6000),
        ] {
            let limit = |protocol| builder.request_limit(environment, protocol).ok();
            assert_eq!(builder.request_timeout(environment).ok(), Some(timeout));
            assert_eq!(builder.retry_timeout_or_default(environment, true), retry_timeout);
            let beside_others = retry_timeout.min(5 * second);
            assert_eq!(builder.retry_timeout_or_default(environment, false), beside_others);
            assert_eq!(limit(Protocol::HttpProtobuf), Some(bytes));
            assert_eq!(limit(Protocol::Grpc), Some(grpc_bytes));
        }
    }

    #[test]
    fn what_has_no_meaning_is_told_with_its_source() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
            ("OTEL_BSP_EXPORT_TIMEOUT", "-1"),
            ("RECOUNT_REQUEST_BYTES", "4095"),
            ("RECOUNT_REQUEST_BYTES", "4 MiB"),
        ] {
            let error = said(&[(name, value)]).expect_err(value);
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
        let nothing = SaidDelivery::default();
        let builder = Builder::default().request_bytes(4095).timeout(Duration::ZERO);
        let error = builder.request_limit(&nothing, Protocol::Grpc).expect_err("too few");
        assert!(error.to_string().contains("The request_bytes of the builder: it is 4095"), "{error}");
        assert!(builder.request_timeout(&nothing).is_err());
    }

    #[test]
    fn a_file_is_told_with_who_named_it() {
        for (variable, expected) in [
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE: /nowhere/at/all.pem: "),
            ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: /nowhere"),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY: its certificate is not named"),
            (
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: its key is not named",
            ),
        ] {
            let said = said(&[(variable, "/nowhere/at/all.pem")]).expect("a path is a path");
            let error = Builder::default().tls(&said).expect_err("there is no such file");
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
