//! Listening: sockets, TLS, time-outs, and a last word to everybody at the end.

mod certificates;
mod connection;
mod examine;
mod pair;
mod patience;

pub use examine::examine;

use crate::router::router;
use crate::state::Api;
use axum::Router;
use certificates::Certificates;
use connection::Door;
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings are not safe. The text is the whole message.
    #[error("{0}")]
    Unsafe(String),
    /// The address by which people call it is none that a browser can name.
    #[error(
        "rollcall.yaml, server.public-url {url}: {reason}. No browser names such an origin, so the pages could change nothing: give one as in \
         https://rollcall.example.org"
    )]
    PublicUrl {
        /// The address.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The address cannot be had.
    #[error(
        "cannot listen on {address}: {source}. Does another program listen there, or does the port need rights?"
    )]
    Bind {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A certificate that cannot be used.
    #[error("{}: {reason}", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// A server that has its address.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    api: Api,
    router: Router,
    certificates: Option<Arc<Certificates>>,
}

impl Server {
    /// Takes the address and reads the certificate. Nobody is answered yet.
    pub async fn bind(api: Api) -> Result<Self, ServeError> {
        let router = router(api.clone())?;
        let settings = api.settings();
        if let Some(refusal) = settings.refusal() {
            return Err(ServeError::Unsafe(refusal));
        }
        let now = api.engine().now();
        let certificates = settings.tls.as_ref().map(|files| Certificates::read(files, now)).transpose()?;
        let certificates = certificates.map(Arc::new);
        let wanted = settings.listen;
        let failed = |source| ServeError::Bind { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, api, router, certificates })
    }

    /// Where it listens, with the port that the system gave.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens: `https://…` or `http://…`.
    pub fn here(&self) -> String {
        format!("{}://{}/", if self.certificates.is_some() { "https" } else { "http" }, self.address)
    }

    /// How it is reached by its callers: where it listens, unless the settings name another address.
    pub fn url(&self) -> String {
        self.api.settings().public_url.as_ref().map_or_else(|| self.here(), ToString::to_string)
    }

    /// Answers until `shutdown`; then takes no more connections, lets answers that are under way be finished, and ends.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let limits = self.api.settings().limits;
        let closing = self.api.closing().clone();
        let engine = self.api.engine();
        let fresh =
            |certificates: Arc<Certificates>| tokio::spawn(certificates.keep_fresh(Arc::clone(engine)));
        let reloading = self.certificates.clone().map(fresh);
        let graceful = GracefulShutdown::new();
        let door = Arc::new(Door::new(self.router, limits, self.certificates));
        let places = Arc::new(Semaphore::new(limits.connections.max(1)));
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let place = tokio::select! {
                Ok(place) = Arc::clone(&places).acquire_owned() => place,
                () = &mut shutdown => break,
            };
            let (stream, peer) = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Mostly too many open files: others have to end first.
                        tracing::warn!("a connection cannot be taken: {error}");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
                () = &mut shutdown => break,
            };
            let (door, watcher) = (Arc::clone(&door), graceful.watcher());
            tokio::spawn(async move {
                door.serve(stream, peer, watcher).await;
                drop(place);
            });
        }
        drop(self.listener);
        closing.cancel();
        if tokio::time::timeout(limits.farewell, graceful.shutdown()).await.is_err() {
            tracing::warn!("some answers were not finished in time; their connections are cut");
        }
        if let Some(task) = reloading {
            task.abort();
        }
    }
}
