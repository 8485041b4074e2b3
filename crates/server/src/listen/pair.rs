//! A certificate and its key as they are loaded from their files: whether they can be used, and in which time.

use super::ServeError;
use crate::settings::TlsFiles;
use jiff::Timestamp;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::path::Path;
use std::sync::Arc;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// A pair that goes together.
#[derive(Debug)]
pub(super) struct Pair {
    /// What callers are shown.
    pub(super) key: Arc<CertifiedKey>,
    /// When the last of its certificates begins.
    from: Timestamp,
    /// When the first of them ends.
    pub(super) until: Timestamp,
}

impl Pair {
    /// Loads both files. The error names the one that is to blame.
    pub(super) fn load(files: &TlsFiles) -> Result<Self, ServeError> {
        let wrong = |file: &Path, reason: String| ServeError::Certificate { file: file.to_owned(), reason };
        let unreadable = |error: rustls::pki_types::pem::Error| format!("cannot be read as PEM: {error}");
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
            .and_then(Iterator::collect)
            .map_err(|error| wrong(&files.certificate, unreadable(error)))?;
        let (from, until) = time_of(&chain).map_err(|reason| wrong(&files.certificate, reason))?;
        let key =
            PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, unreadable(error)))?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
            wrong(&files.key, format!("does not go with {}: {error}", files.certificate.display()))
        })?;
        Ok(Self { key: Arc::new(key), from, until })
    }

    /// Why callers refuse it at that time; `None` where they do not.
    pub(super) fn untimely(&self, now: Timestamp) -> Option<String> {
        if self.until <= now {
            Some(format!("ended at {}: browsers refuse it", self.until))
        } else if self.from > now {
            Some(format!("begins only at {}: browsers refuse it until then", self.from))
        } else {
            None
        }
    }
}

/// The time in which every certificate of a chain is good.
fn time_of(chain: &[CertificateDer<'_>]) -> Result<(Timestamp, Timestamp), String> {
    let mut time = None;
    for der in chain {
        let (_, certificate) = X509Certificate::from_der(der)
            .map_err(|error| format!("holds what is no certificate: {error}"))?;
        let validity = certificate.validity();
        let instant = |at: i64| Timestamp::from_second(at).map_err(|error| error.to_string());
        let (from, until) =
            (instant(validity.not_before.timestamp())?, instant(validity.not_after.timestamp())?);
        let (latest, first) = time.unwrap_or((from, until));
        time = Some((from.max(latest), until.min(first)));
    }
    time.ok_or_else(|| "holds no certificate; expected is PEM, the server's own first".to_owned())
}
