//! A running simulated site: two servers on a thread of their own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

use crate::faults::Faults;
use crate::http::accept;
use crate::journal::JournalEntry;
use crate::options::{Options, SimulatorError, Tls};
use crate::rows::Installation;
use crate::site::{Core, Origin};
use crate::state::State;
use crate::{control, serve};

/// A running simulated site. Dropping it ends its servers and cuts open connections.
///
/// It runs on threads of its own, so a test may block its own thread while it waits for a program that asks the site.
pub struct Simulator {
    core: Arc<Core>,
    url: String,
    control_url: String,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Simulator {
    /// Starts a generated site.
    pub async fn start(options: Options) -> Result<Self, SimulatorError> {
        options.check()?;
        let origin = Origin::Generated(options.population());
        Self::launch(options, origin).await
    }

    /// Starts a site from rows of a real installation: `…-users-groups.json`, with `…-permissions.json` and
    /// `…-audit-rows.json` beside it where they exist. `options.accounts`, `seed` and `mix` do not matter then.
    pub async fn start_from(rows_json: &Path, options: Options) -> Result<Self, SimulatorError> {
        let installation = Installation::read(rows_json, options.administrator.as_deref())?;
        Self::launch(options, Origin::Rows(Box::new(installation))).await
    }

    async fn launch(options: Options, origin: Origin) -> Result<Self, SimulatorError> {
        let tls = options.tls.as_ref().map(acceptor).transpose()?;
        let site = bind(options.port, "site")?;
        let controls = bind(options.control_port, "controls")?;
        let (site_port, control_port) = (port_of(&site)?, port_of(&controls)?);
        let (scheme, host) = match &options.tls {
            Some(tls) => ("https", tls.host.clone()),
            None => ("http", Ipv4Addr::LOCALHOST.to_string()),
        };
        let url = format!("{scheme}://{host}:{site_port}{}", options.context_path);
        let base_url = options.base_url.clone().unwrap_or_else(|| url.clone());
        // Making a large population takes a second of pure work: not on the caller's runtime.
        let made = tokio::task::spawn_blocking(move || Core::new(options, origin, base_url)).await;
        let core = Arc::new(made.map_err(|error| SimulatorError::Start(std::io::Error::other(error)))??);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("simulated-site")
            .enable_all()
            .build()
            .map_err(SimulatorError::Start)?;
        {
            let _inside = runtime.enter();
            let site = TcpListener::from_std(site).map_err(SimulatorError::Start)?;
            let controls = TcpListener::from_std(controls).map_err(SimulatorError::Start)?;
            let shared = Arc::clone(&core);
            runtime.spawn(accept(
                site,
                tls,
                Arc::new(move |request| serve::serve(Arc::clone(&shared), request)),
            ));
            let shared = Arc::clone(&core);
            runtime.spawn(accept(
                controls,
                None,
                Arc::new(move |request| control::serve(Arc::clone(&shared), request)),
            ));
        }
        Ok(Self {
            core,
            url,
            control_url: format!("http://127.0.0.1:{control_port}"),
            runtime: Some(runtime),
        })
    }

    /// Base URL of the site, context path included, without a slash at its end.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Base URL of the controls.
    pub fn control_url(&self) -> String {
        self.control_url.clone()
    }

    /// Name of a system administrator.
    pub fn username(&self) -> &str {
        &self.core.administrator
    }

    /// The administrator's password.
    pub fn password(&self) -> &str {
        &self.core.password
    }

    /// A personal access token of the administrator.
    pub fn token(&self) -> &str {
        &self.core.token
    }

    /// Password of any account of a generated site that was given no other.
    pub fn password_of(&self, username: &str) -> String {
        format!("{username}-{}", self.core.options.seed)
    }

    /// Every request received, in order of arrival.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.core.journal.read(false, 0)
    }

    /// The writing requests received, in order of arrival.
    pub fn writes(&self) -> Vec<JournalEntry> {
        self.core.journal.read(true, 0)
    }

    /// Forgets the journal.
    pub fn clear_journal(&self) {
        self.core.journal.clear();
    }

    /// Replaces all faults; counters of rules begin again. Fails if a switch makes no sense.
    pub fn try_set_faults(&self, faults: Faults) -> Result<(), SimulatorError> {
        self.core.set_faults(faults)
    }

    /// Replaces all faults; counters of rules begin again. Faults with an unknown time zone change nothing.
    pub fn set_faults(&self, faults: Faults) {
        if let Err(error) = self.core.set_faults(faults) {
            tracing::error!(%error, "faults were not set");
        }
    }

    /// Back to the beginning: population, faults, journal and clock.
    pub fn reset(&self) {
        self.core.reset();
    }

    /// Looks at the state, or operates on it, while no request is answered.
    pub fn with_state<T>(&self, operate: impl FnOnce(&mut State) -> T) -> T {
        operate(&mut self.core.state())
    }

    /// The time of the simulated world.
    pub fn now(&self) -> jiff::Timestamp {
        self.core.clock.now()
    }

    /// Moves the simulated world to another instant.
    pub fn set_now(&self, now: jiff::Timestamp) {
        self.core.clock.set(now);
    }

    /// Ends the servers and cuts open connections.
    #[expect(
        clippy::unused_async,
        reason = "a promise to callers: stopping may come to wait for requests in flight"
    )]
    pub async fn stop(self) {
        drop(self);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // May happen inside the caller's runtime, where waiting is not allowed.
            runtime.shutdown_background();
        }
    }
}

fn bind(port: Option<u16>, purpose: &'static str) -> Result<std::net::TcpListener, SimulatorError> {
    let port = port.unwrap_or(0);
    let refuse = |source| SimulatorError::Listen { port, purpose, source };
    let listener =
        std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(refuse)?;
    listener.set_nonblocking(true).map_err(refuse)?;
    Ok(listener)
}

fn port_of(listener: &std::net::TcpListener) -> Result<u16, SimulatorError> {
    listener.local_addr().map(|address| address.port()).map_err(SimulatorError::Start)
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, SimulatorError> {
    let refuse = |what: &str, error: &dyn std::fmt::Display| SimulatorError::Tls(format!("{what}: {error}"));
    let chain = CertificateDer::pem_slice_iter(tls.certificate_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refuse("certificate", &error))?;
    let key = PrivateKeyDer::from_pem_slice(tls.key_pem.as_bytes())
        .map_err(|error| refuse("private key", &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse("protocol", &error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| refuse("certificate and key", &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
