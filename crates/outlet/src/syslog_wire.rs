//! Syslog messages on their way: UDP (RFC 5426), TCP with counted octets (RFC 6587 §3.4.1), TLS (RFC 5425).
//!
//! Syslog knows no acknowledgement. What comes nearest is the end of a connection: we close our side behind the last message of a batch,
//! and a receiver closes its own when it has read everything (RFC 5425 §4.4). Only then the batch counts as told. Over UDP nothing is ever known.

use crate::{OutletError, Record, SyslogForm};
use rustls::pki_types::ServerName;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How messages travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyslogWay {
    /// One datagram each; nobody knows whether it arrives.
    Udp,
    /// A connection, in clear text.
    Tcp,
    /// A connection, encrypted.
    Tls {
        /// Further certificate authorities to trust, PEM.
        authorities: Option<Vec<u8>>,
    },
}

/// A receiver of syslog messages.
#[derive(Debug, Clone)]
pub struct Syslog {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How messages travel.
    pub way: SyslogWay,
    /// What they look like.
    pub form: SyslogForm,
    /// How long connecting, writing and the receiver's close may each take.
    pub timeout: Duration,
}

impl Syslog {
    /// `tls://siem.example.org:6514`.
    pub fn address(&self) -> String {
        let scheme = match self.way {
            SyslogWay::Udp => "udp",
            SyslogWay::Tcp => "tcp",
            SyslogWay::Tls { .. } => "tls",
        };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// Tells records in order. An error says that some may not have arrived, and some may have.
    pub async fn tell(&self, records: &[Record]) -> Result<(), OutletError> {
        match &self.way {
            SyslogWay::Udp => self.send_datagrams(records).await,
            SyslogWay::Tcp => {
                let stream = self.connect().await?;
                self.stream(stream, records).await
            }
            SyslogWay::Tls { authorities } => {
                let config = crate::tls::config(&self.address(), authorities.as_deref())?;
                let name = ServerName::try_from(self.host.clone())
                    .map_err(|error| self.failed(error.to_string()))?;
                let stream = self.connect().await?;
                let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
                let stream = self.within("the TLS handshake", connecting).await?;
                self.stream(stream, records).await
            }
        }
    }

    async fn connect(&self) -> Result<TcpStream, OutletError> {
        self.within("connecting", TcpStream::connect((self.host.as_str(), self.port))).await
    }

    async fn stream(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        records: &[Record],
    ) -> Result<(), OutletError> {
        for record in records {
            let message = self.form.message(record);
            let frame = format!("{} {message}", message.len());
            self.within("writing", stream.write_all(frame.as_bytes())).await?;
        }
        self.within("writing", stream.flush()).await?;
        self.within("closing", stream.shutdown()).await?;
        // What a receiver says is of no meaning; that it ends is.
        let mut ignored = [0; 1024];
        let end = async {
            loop {
                match stream.read(&mut ignored).await {
                    Ok(0) => return Ok(()),
                    // It closed without the goodbye that TLS asks for: it closed.
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                    Ok(_) => {}
                    Err(error) => return Err(error),
                }
            }
        };
        match timeout(self.timeout, end).await {
            Ok(ended) => ended.map_err(|error| self.failed(format!("it broke off ({error})"))),
            Err(_) => Err(OutletError::NotConfirmed { to: self.address(), seconds: self.timeout.as_secs() }),
        }
    }

    async fn send_datagrams(&self, records: &[Record]) -> Result<(), OutletError> {
        let found = self.within("asking for its address", lookup_host((self.host.as_str(), self.port)));
        let to = found.await?.next().ok_or_else(|| self.failed("its name has no address".to_owned()))?;
        let here: SocketAddr = match to {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = self.within("opening a socket", UdpSocket::bind(here)).await?;
        self.within("opening a socket", socket.connect(to)).await?;
        for record in records {
            // Where nobody listens, the system says so at the next datagram.
            self.within("sending", socket.send(self.form.message(record).as_bytes())).await?;
        }
        Ok(())
    }

    async fn within<T>(
        &self,
        what: &str,
        step: impl Future<Output = io::Result<T>>,
    ) -> Result<T, OutletError> {
        match timeout(self.timeout, step).await {
            Ok(result) => result.map_err(|error| self.failed(format!("{what} failed: {error}"))),
            Err(_) => Err(self.failed(format!("{what} took longer than {} s", self.timeout.as_secs()))),
        }
    }

    fn failed(&self, why: String) -> OutletError {
        OutletError::Unreachable { to: self.address(), why }
    }
}
