//! What an administrator says about the server (`server:` in rollcall.yaml).

use crate::MetricsAccess;
use ipnet::IpNet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that people and programs use; what else they call it by is refused.
    pub public_url: Option<Url>,
    /// Its own TLS.
    pub tls: Option<TlsFiles>,
    /// The proxies whose word about the caller counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may see the metrics without signing in.
    pub metrics: MetricsAccess,
    /// Bounds.
    pub limits: Limits,
}

/// The files of a certificate, PEM. Read again when they change, and at SIGHUP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to its authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Bounds on what a caller may take of the server. Tests make them small.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more wait to be taken.
    pub connections: usize,
    /// Bytes of the head of a request.
    pub head: usize,
    /// From the connection, or the answer before, to the end of the head of a request.
    pub head_time: Duration,
    /// Between two pieces of a body.
    pub body_time: Duration,
    /// From the head of a request to the head of its answer.
    pub answer_time: Duration,
    /// How long a caller may leave a piece of an answer untaken.
    pub write_time: Duration,
    /// How long answers that are under way may take at the end.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            head: 32 << 10,
            head_time: Duration::from_secs(15),
            body_time: Duration::from_secs(15),
            answer_time: Duration::from_mins(2),
            write_time: Duration::from_secs(30),
            farewell: Duration::from_secs(10),
        }
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8474)),
            public_url: None,
            tls: None,
            trusted_proxies: Vec::new(),
            metrics: MetricsAccess::default(),
            limits: Limits::default(),
        }
    }
}

impl ServerSettings {
    /// Why these settings are not safe to listen with, and what to do.
    pub fn refusal(&self) -> Option<String> {
        let listen = self.listen;
        let is_private = listen.ip().is_loopback();
        if is_private || self.tls.is_some() || !self.trusted_proxies.is_empty() {
            return None;
        }
        Some(format!(
            "{listen} can be reached from other machines, and passwords would cross the network in the clear. Give server.tls.certificate-file and key-file in rollcall.yaml, \
             or name the proxy that does TLS in server.trusted-proxies, or listen on 127.0.0.1"
        ))
    }

    /// Whether a peer is one of the trusted proxies.
    pub fn trusts(&self, peer: std::net::IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(&peer.to_canonical()))
    }
}
