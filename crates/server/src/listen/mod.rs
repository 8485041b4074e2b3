//! Listening: sockets, TLS, time-outs, and a last word to everybody at the end.

mod certificates;
mod connection;
mod examine;
mod patience;

pub use examine::examine;

use crate::router::router;
use crate::state::Api;
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
    certificates: Option<Arc<Certificates>>,
}

impl Server {
    /// Takes the address and reads the certificate. Nobody is answered yet.
    pub async fn bind(api: Api) -> Result<Self, ServeError> {
        let settings = api.settings();
        if let Some(refusal) = settings.refusal() {
            return Err(ServeError::Unsafe(refusal));
        }
        let certificates = settings.tls.as_ref().map(Certificates::read).transpose()?.map(Arc::new);
        let wanted = settings.listen;
        let failed = |source| ServeError::Bind { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, api, certificates })
    }

    /// Where it listens, with the port that the system gave.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it is reached: `https://…` or `http://…`.
    pub fn url(&self) -> String {
        match &self.api.settings().public_url {
            Some(url) => url.to_string(),
            None => {
                format!("{}://{}/", if self.certificates.is_some() { "https" } else { "http" }, self.address)
            }
        }
    }

    /// Answers until `shutdown`; then takes no more connections, lets answers that are under way be finished, and ends.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let limits = self.api.settings().limits;
        let closing = self.api.closing().clone();
        let reloading = self.certificates.clone().map(|certificates| tokio::spawn(certificates.keep_fresh()));
        let graceful = GracefulShutdown::new();
        let door = Arc::new(Door::new(router(self.api), limits, self.certificates));
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
