//! A server that listens, and callers with sockets.

use crate::stage::{ByHeader, Stage};
use rollcall_server::{Api, Authenticate, Server, ServerSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than any bound of these tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server that listens.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) end: oneshot::Sender<()>,
    pub(crate) ended: JoinHandle<()>,
    _stage: Stage,
}

/// Starts a server whose bounds are short.
pub(crate) async fn start(change: impl FnOnce(&mut ServerSettings)) -> Running {
    start_with(change, Arc::new(ByHeader)).await
}

/// The same; it is told who asks by this.
pub(crate) async fn start_with(
    change: impl FnOnce(&mut ServerSettings),
    authenticate: Arc<dyn Authenticate>,
) -> Running {
    let mut stage = Stage::new().await;
    stage.settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let limits = &mut stage.settings.limits;
    (limits.head_time, limits.body_time) = (Duration::from_millis(300), Duration::from_millis(300));
    limits.farewell = Duration::from_secs(5);
    change(&mut stage.settings);
    let api = Api::new(Arc::clone(&stage.engine), authenticate, stage.settings.clone());
    let server = Server::bind(api).await.unwrap();
    let (end, told) = oneshot::channel();
    let address = server.address();
    let ended = tokio::spawn(server.run(async {
        let _ = told.await;
    }));
    Running { address, end, ended, _stage: stage }
}

pub(crate) async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.unwrap()
}

/// Everything until the other end closes.
pub(crate) async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _ =
        timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), head: &str) -> String {
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    rest(stream).await
}

pub(crate) const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost";
