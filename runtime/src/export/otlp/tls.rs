use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use crate::export::Tls;

/// What the HTTP client needs to know; the files were checked before.
pub(super) fn config(tls: &Tls) -> Result<TlsConfig, String> {
    let mut config = TlsConfig::builder();
    if let Some(roots) = &tls.roots {
        config = config.root_certs(RootCerts::from(certificates(roots)?));
    }
    if let Some((certificate, key)) = &tls.identity {
        let identity = ClientCert::new_with_certs(&certificates(certificate)?, private_key(key)?);
        config = config.client_cert(Some(identity));
    }
    Ok(config.build())
}

/// What is wrong with a file of certificates.
pub(crate) fn check_certificates(pem: &[u8]) -> Result<(), String> {
    certificates(pem).map(drop)
}

/// What is wrong with the file of a private key.
pub(crate) fn check_private_key(pem: &[u8]) -> Result<(), String> {
    private_key(pem).map(drop)
}

/// The certificates of a PEM file, at least one.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| "it is no PEM file")? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err("it has no certificate in PEM form".into()) } else { Ok(certificates) }
}

/// The private key of a PEM file.
fn private_key(pem: &[u8]) -> Result<PrivateKey<'static>, String> {
    // What is wrong with a key is not told by quoting it.
    PrivateKey::from_pem(pem).map_err(|_| "it has no private key in PEM form".into())
}
