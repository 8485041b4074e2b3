//! Connections: accepted in the clear or by TLS, ended on purpose when a fault wants it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{Kind, Reply};

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut on purpose")]
pub(crate) struct Cut;

/// A body: whole, or breaking off after its first part.
pub(crate) struct Wire {
    data: Option<Bytes>,
    breaks: bool,
    /// What `Content-Length` promises.
    length: u64,
}

impl Body for Wire {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match self.data.take() {
            Some(data) => {
                if self.breaks {
                    cx.waker().wake_by_ref();
                }
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            None if self.breaks => Poll::Ready(Some(Err(Cut))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && !self.breaks
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// The answer as it goes out.
pub(crate) fn wire(reply: Reply) -> Response<Wire> {
    let length = reply.body.len() as u64;
    let data = (length > 0).then(|| Bytes::from(reply.body));
    let mut response = Response::new(Wire { data, breaks: false, length });
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let media = match reply.kind {
        Kind::Json => "application/json",
        Kind::Xml => "application/xml",
        Kind::Html => "text/html;charset=UTF-8",
        Kind::None => "",
    };
    let own = (reply.kind != Kind::None).then(|| ("content-type", media.to_owned()));
    for (name, value) in own.into_iter().chain(reply.headers) {
        if let Ok(value) = hyper::header::HeaderValue::from_bytes(value.as_bytes()) {
            headers.append(name, value);
        }
    }
    response
}

/// The same answer, but the connection ends in the middle of its body.
pub(crate) fn cut_body(mut reply: Reply) -> Response<Wire> {
    let length = reply.body.len() as u64;
    let half = reply.body.len() / 2;
    reply.body.truncate(half.max(1));
    let mut response = wire(reply);
    response.body_mut().breaks = true;
    response.body_mut().length = length;
    response
}

/// Accepts connections until the task is aborted. Ends each connection when `answer` says [`Cut`].
pub(crate) async fn accept<A, F>(listener: TcpListener, tls: Option<TlsAcceptor>, answer: Arc<A>)
where
    A: Fn(hyper::Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response<Wire>, Cut>> + Send + 'static,
{
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors or the like: let others finish first.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        let (tls, answer) = (tls.clone(), Arc::clone(&answer));
        tokio::spawn(converse(stream, tls, answer));
    }
}

async fn converse<A, F>(stream: TcpStream, tls: Option<TlsAcceptor>, answer: Arc<A>)
where
    A: Fn(hyper::Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response<Wire>, Cut>> + Send + 'static,
{
    // Small answers must not wait for more to send.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request));
    let builder = auto::Builder::new(TokioExecutor::new());
    // A connection that ends in an error is a client that left, or a fault on purpose: nothing to report.
    let ended = match tls {
        None => builder.serve_connection(TokioIo::new(stream), service).await,
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => builder.serve_connection(TokioIo::new(stream), service).await,
            Err(error) => {
                tracing::debug!(%error, "no TLS connection came about");
                return;
            }
        },
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection ended early");
    }
}
