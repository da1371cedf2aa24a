//! Certificates of a test's own making.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// A certificate for one host that nobody has signed but itself, and its key, in PEM files.
#[derive(Debug)]
pub struct Certificate {
    /// The certificate.
    pub path: PathBuf,
    /// Its key.
    pub key_path: PathBuf,
    /// What is in the first file.
    pub pem: String,
    /// What is in the second file.
    pub key_pem: String,
}

impl Certificate {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When the files cannot be written.
    #[must_use]
    pub fn new() -> Self {
        Self::of("localhost")
    }

    /// A new one for this host.
    ///
    /// # Panics
    ///
    /// When the files cannot be written.
    #[must_use]
    pub fn of(host: &str) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec![host.to_owned()]).expect("a certificate");
        let (pem, key_pem) = (cert.pem(), signing_key.serialize_pem());
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let file =
            |kind: &str| env::temp_dir().join(format!("recount-{}-{number}.{kind}.pem", process::id()));
        let (path, key_path) = (file("certificate"), file("key"));
        fs::write(&path, &pem).expect("a file");
        fs::write(&key_path, &key_pem).expect("a file");
        Self { path, key_path, pem, key_pem }
    }

    /// What a server needs that shows this certificate, and asks its clients for the other one, if any.
    ///
    /// # Panics
    ///
    /// When it is none that a server can show.
    #[must_use]
    pub fn server(&self, client: Option<&Self>) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let config = match client {
            None => config.with_no_client_auth(),
            Some(client) => {
                let mut roots = RootCertStore::empty();
                roots.add(client.der()).expect("a root");
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                config.with_client_cert_verifier(verifier.expect("a verifier"))
            }
        };
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).expect("a key");
        Arc::new(config.with_single_cert(vec![self.der()], key).expect("a certificate and its key"))
    }

    fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.pem.as_bytes()).expect("a certificate")
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.key_path);
    }
}
