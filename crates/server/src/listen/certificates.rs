//! The server's own certificate: read from files, and read again when they change or at SIGHUP. What cannot be used does not take the
//! place of what can.

use super::ServeError;
use crate::settings::TlsFiles;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// The certificate in use.
#[derive(Debug)]
pub(super) struct Certificates {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Reads the files for the first time.
    pub(super) fn read(files: &TlsFiles) -> Result<Self, ServeError> {
        Ok(Self { current: RwLock::new(Arc::new(read(files)?)), files: files.clone() })
    }

    /// How connections are encrypted.
    pub(super) fn config(self: Arc<Self>) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = match builder.with_safe_default_protocol_versions() {
            Ok(builder) => builder,
            // The provider of the house knows every version that is safe.
            Err(error) => unreachable!("{error}"),
        };
        let mut config = builder.with_no_client_auth().with_cert_resolver(self);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Arc::new(config)
    }

    /// Looks at the files from time to time, and at SIGHUP; never ends.
    pub(super) async fn keep_fresh(self: Arc<Self>) {
        let mut seen = self.changed_at();
        let mut hangups = Hangups::new();
        loop {
            let is_asked = tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => false,
                () = hangups.next() => true,
            };
            let now = self.changed_at();
            if now == seen && !is_asked {
                continue;
            }
            seen = now;
            match read(&self.files) {
                Ok(key) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    tracing::info!("the certificate was read again");
                }
                Err(error) => tracing::error!(
                    "the certificate in use is kept, because the new one cannot be used: {error}"
                ),
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.files.certificate, &self.files.key]
            .map(|file| std::fs::metadata(file).and_then(|meta| meta.modified()).ok())
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, ServeError> {
    let wrong = |file: &Path, reason: String| ServeError::Certificate { file: file.to_owned(), reason };
    let unreadable = |error: rustls::pki_types::pem::Error| format!("cannot be read as PEM: {error}");
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(&files.certificate, unreadable(error)))?;
    if chain.is_empty() {
        return Err(wrong(
            &files.certificate,
            "holds no certificate; expected is PEM, the server's own first".to_owned(),
        ));
    }
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, unreadable(error)))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
        wrong(&files.key, format!("does not go with {}: {error}", files.certificate.display()))
    })
}

/// The signal that asks a service to read its files again.
struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    }
}
