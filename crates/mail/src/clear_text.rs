//! The part of a conversation before encryption.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection that hands out one byte at a time.
///
/// Somebody on the way may append answers of their own to the clear-text answer to STARTTLS. Whoever reads ahead keeps
/// them, and later takes them for encrypted answers of the server. Byte by byte nothing is read ahead: what was
/// appended meets the TLS handshake, which fails. It costs a few thousand short reads for a whole mail, as nearly
/// everything goes the other way.
#[derive(Debug)]
pub(crate) struct ClearText(TcpStream);

impl ClearText {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(stream)
    }
}

impl AsyncTokioStream for ClearText {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

impl AsyncRead for ClearText {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        let polled = Pin::new(&mut self.0).poll_read(cx, &mut one);
        buffer.put_slice(one.filled());
        polled
    }
}

impl AsyncWrite for ClearText {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
