//! The server's own certificate: read from files, and read again when they change or at SIGHUP. What cannot be used does not take the
//! place of what can.

use super::ServeError;
use super::pair::Pair;
use crate::settings::TlsFiles;
use jiff::Timestamp;
use rollcall_engine::Engine;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// The certificate in use.
#[derive(Debug)]
pub(super) struct Certificates {
    files: TlsFiles,
    current: RwLock<Arc<Pair>>,
}

impl Certificates {
    /// Reads the files for the first time. What has ended is better than nothing, and the log says so.
    pub(super) fn read(files: &TlsFiles, now: Timestamp) -> Result<Self, ServeError> {
        let pair = Pair::load(files)?;
        if let Some(reason) = pair.untimely(now) {
            tracing::warn!("the certificate {} {reason}", files.certificate.display());
        }
        Ok(Self { current: RwLock::new(Arc::new(pair)), files: files.clone() })
    }

    /// Takes what is in the files now, if it can be used at least as well as what is in use.
    fn renew(&self, now: Timestamp) -> Result<(), ServeError> {
        let new = Pair::load(&self.files)?;
        match new.untimely(now) {
            Some(reason) if self.current().untimely(now).is_none() => {
                Err(ServeError::Certificate { file: self.files.certificate.clone(), reason })
            }
            _ => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                Ok(())
            }
        }
    }

    fn current(&self) -> Arc<Pair> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
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
    pub(super) async fn keep_fresh(self: Arc<Self>, engine: Arc<Engine>) {
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
            match self.renew(engine.now()) {
                Ok(()) => tracing::info!("the certificate was read again"),
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
        Some(Arc::clone(&self.current().key))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn put(files: &TlsFiles, years: std::ops::Range<i32>) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["rollcall.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(years.start, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.end, 1, 1);
        std::fs::write(&files.certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
    }

    #[test]
    fn a_certificate_out_of_its_time_takes_the_place_of_none_that_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let files =
            TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        put(&files, 2020..2027);
        let certificates = Certificates::read(&files, at("2026-11-22T06:00:00Z")).unwrap();
        for (years, words) in [(2020..2025, "ended at 2025"), (2028..2030, "begins only at 2028")] {
            put(&files, years);
            let before = certificates.current();
            let error = certificates.renew(at("2026-11-22T06:00:00Z")).unwrap_err().to_string();
            assert!(error.contains(words) && error.contains("cert.pem"), "{error}");
            assert!(Arc::ptr_eq(&before, &certificates.current()), "what works stays");
        }
        put(&files, 2026..2028);
        certificates.renew(at("2026-11-22T06:00:00Z")).unwrap();
        // What is in use has ended as well: then the newer one is as good.
        put(&files, 2026..2029);
        certificates.renew(at("2029-06-01T00:00:00Z")).unwrap();
        assert!(
            Certificates::read(&files, at("2029-06-01T00:00:00Z")).is_ok(),
            "it is served with a word in the log"
        );
    }
}
