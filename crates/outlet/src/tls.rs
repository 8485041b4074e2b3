//! Trust: the machine's certificate authorities, and further ones where they are given.

use crate::OutletError;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// Whoever installed a provider first decides; it is the same one throughout the house.
pub(crate) fn install() -> Arc<CryptoProvider> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

/// How to speak TLS with a receiver.
pub(crate) fn config(to: &str, authorities: Option<&[u8]>) -> Result<ClientConfig, OutletError> {
    let provider = install();
    let unreadable = |why: String| OutletError::Authorities { to: to.to_owned(), why };
    let further = match authorities {
        None => Vec::new(),
        Some(pem) => {
            let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
            let found = found.map_err(|error| unreadable(error.to_string()))?;
            if found.is_empty() {
                return Err(unreadable("there is no certificate in them".to_owned()));
            }
            found
        }
    };
    let broken =
        |error: rustls::Error| OutletError::Unreachable { to: to.to_owned(), why: error.to_string() };
    let verifier = Verifier::new_with_extra_roots(further, Arc::clone(&provider)).map_err(broken)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}
