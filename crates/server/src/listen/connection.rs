//! One connection: its handshake, its requests, its end.

use super::certificates::Certificates;
use super::patience::Patient;
use crate::frame::Peer;
use crate::settings::Limits;
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutBody;

/// Requests that one connection may have under way at once.
const STREAMS: u32 = 100;
/// A connection of many requests that has had none for this long is closed.
const IDLE: Duration = Duration::from_mins(1);

/// Lets connections in.
pub(super) struct Door {
    router: Router,
    limits: Limits,
    tls: Option<TlsAcceptor>,
}

impl Door {
    pub(super) fn new(router: Router, limits: Limits, certificates: Option<Arc<Certificates>>) -> Self {
        let tls = certificates.map(|certificates| TlsAcceptor::from(certificates.config()));
        Self { router, limits, tls }
    }

    /// Serves a connection to its end.
    pub(super) async fn serve(&self, stream: TcpStream, address: SocketAddr, watcher: Watcher) {
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, self.limits.write_time);
        let Some(tls) = &self.tls else {
            return self.http1(stream, Peer { address, is_tls: false }, watcher).await;
        };
        // Who does not finish the handshake in time is not listened to any longer.
        let Ok(Ok(stream)) = tokio::time::timeout(self.limits.head_time, tls.accept(stream)).await else {
            return;
        };
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let peer = Peer { address, is_tls: true };
        if is_http2 {
            self.http2(stream, peer, watcher).await;
        } else {
            self.http1(stream, peer, watcher).await;
        }
    }

    async fn http1(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: Peer,
        watcher: Watcher,
    ) {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head_time)
            .max_header_size(self.limits.head)
            .max_buf_size(self.limits.head.max(64 << 10));
        let (service, _) = self.service(peer);
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!("a connection ended: {error}");
        }
    }

    async fn http2(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: Peer,
        watcher: Watcher,
    ) {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_header_list_size(self.limits.head as u32)
            .max_concurrent_streams(STREAMS)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(20));
        let (service, traffic) = self.service(peer);
        let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let mut connection = std::pin::pin!(watcher.watch(connection));
        let mut seen = 0;
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!("a connection ended: {error}");
                    }
                    return;
                }
                () = tokio::time::sleep(IDLE) => {
                    let began = traffic.began.load(Ordering::Relaxed);
                    if began == seen && Arc::strong_count(&traffic) <= 2 {
                        return;
                    }
                    seen = began;
                }
            }
        }
    }

    /// The router, told about the other end, and counting.
    fn service(
        &self,
        peer: Peer,
    ) -> (
        impl tower::Service<
            http::Request<Incoming>,
            Response = axum::response::Response,
            Error = std::convert::Infallible,
            Future: Send,
        > + Clone
        + Send
        + 'static,
        Arc<Traffic>,
    ) {
        let traffic = Arc::new(Traffic::default());
        let (body_time, counted) = (self.limits.body_time, Arc::clone(&traffic));
        let service = self.router.clone().map_request(move |request: http::Request<Incoming>| {
            counted.began.fetch_add(1, Ordering::Relaxed);
            let under_way = Arc::clone(&counted);
            let mut request = request.map(|body| Body::new(TimeoutBody::new(body_time, body)));
            request.extensions_mut().insert(peer);
            // Lives as long as the request does.
            request.extensions_mut().insert(under_way);
            request
        });
        (service, traffic)
    }
}

/// What goes on in a connection.
#[derive(Debug, Default)]
struct Traffic {
    began: AtomicU64,
}
