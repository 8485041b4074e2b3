//! `server:` in rollcall.yaml: where `rollcall serve` listens, and whom it trusts.

use crate::secrets::read_secret;
use anyhow::{Context, bail};
use ipnet::IpNet;
use rollcall_engine::RemoteSites;
use rollcall_model::AddressRule;
use rollcall_server::{Limits, MetricsAccess, ServerSettings, TlsFiles};
use secrecy::SecretString;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use url::Url;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Server {
    /// Address and port; default: 127.0.0.1:8474.
    listen: Option<SocketAddr>,
    /// The address that people and programs use, as in `https://rollcall.example.org`.
    public_url: Option<Url>,
    /// The server's own TLS.
    tls: Option<Tls>,
    /// Proxies whose word about the caller counts: addresses or networks.
    trusted_proxies: Vec<Net>,
    /// Networks beside the public ones that sites may be in when they are entered over the network.
    allow_private_addresses: Vec<Net>,
    /// Who may see the metrics without signing in.
    metrics: Metrics,
    /// Whether such sites may be asked over http.
    allow_http_sites: bool,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Metrics {
    /// Everybody who reaches the server.
    public: bool,
    /// Whoever brings the token in this file.
    token_file: Option<PathBuf>,
}

impl Metrics {
    fn access(&self, data: &Path) -> anyhow::Result<MetricsAccess> {
        let token = self.token_file.as_ref().map(|file| read_secret(&data.join(file))).transpose();
        let token = token.context("rollcall.yaml, server.metrics.token-file")?;
        let token = token.map(|text| SecretString::from(text.trim().to_owned()));
        Ok(MetricsAccess { is_public: self.public, token })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Tls {
    /// The certificate and those that lead to its authority, PEM.
    certificate_file: PathBuf,
    /// Its key, PEM.
    key_file: PathBuf,
}

/// A network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Net(IpNet);

impl TryFrom<String> for Net {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        net.map(Self).map_err(|_| "expected is an address or a network such as 10.20.0.0/16".to_owned())
    }
}

impl Server {
    /// The address that links in mails begin with.
    pub(crate) fn public_url(&self) -> anyhow::Result<Option<Url>> {
        self.public_url.as_ref().map(|url| check_public(url).map(|()| url.clone())).transpose()
    }

    /// As the server takes it. `listen` from the command line goes before.
    pub(crate) fn settings(&self, data: &Path, listen: Option<SocketAddr>) -> anyhow::Result<ServerSettings> {
        if let Some(url) = &self.public_url {
            check_public(url)?;
        }
        let default = ServerSettings::default();
        Ok(ServerSettings {
            listen: listen.or(self.listen).unwrap_or(default.listen),
            public_url: self.public_url.clone(),
            tls: self.tls.as_ref().map(|tls| TlsFiles {
                certificate: data.join(&tls.certificate_file),
                key: data.join(&tls.key_file),
            }),
            trusted_proxies: self.trusted_proxies.iter().map(|net| net.0).collect(),
            metrics: self.metrics.access(data)?,
            limits: Limits::default(),
        })
    }

    /// How this server is reached, as far as its settings tell.
    pub(crate) fn address(&self) -> String {
        if let Some(url) = &self.public_url {
            return url.to_string();
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/", self.listen.unwrap_or(ServerSettings::default().listen))
    }

    /// Where sites may be that are connected over the network.
    pub(crate) fn remote_sites(&self) -> RemoteSites {
        let allowed = self.allow_private_addresses.iter().map(|net| net.0);
        RemoteSites { addresses: AddressRule::allowing(allowed), allow_http: self.allow_http_sites }
    }
}

fn check_public(url: &Url) -> anyhow::Result<()> {
    let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() || has_more {
        bail!(
            "rollcall.yaml, server.public-url: give scheme, host and port only, as in https://rollcall.example.org"
        );
    }
    Some(())
        .filter(|()| url.username().is_empty() && url.password().is_none())
        .context("rollcall.yaml, server.public-url must not hold a name or password")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<ServerSettings> {
        let server: Server = serde_saphyr::from_str(text)?;
        server.settings(Path::new("/data"), None)
    }

    #[test]
    fn what_is_left_out_is_safe() {
        let settings = read("{}").unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8474");
        assert!(
            settings.refusal().is_none() && settings.tls.is_none() && settings.trusted_proxies.is_empty()
        );
    }

    #[test]
    fn an_address_that_others_reach_takes_tls_or_a_proxy() {
        assert!(read("listen: 0.0.0.0:8474").unwrap().refusal().unwrap().contains("server.tls"));
        assert!(read("{ listen: 0.0.0.0:8474, trusted-proxies: [10.0.0.1] }").unwrap().refusal().is_none());
        let tls = read("{ listen: '[::]:443', tls: { certificate-file: a.pem, key-file: /b.pem } }").unwrap();
        assert!(tls.refusal().is_none());
        assert_eq!(tls.tls.unwrap().certificate, Path::new("/data/a.pem"));
    }

    #[test]
    fn what_cannot_be_is_refused_where_it_stands() {
        for bad in [
            "listen: here",
            "public-url: https://x.example/rollcall",
            "public-url: ftp://x.example",
            "public-url: https://me@x.example",
            "trusted-proxies: [everybody]",
            "tls: { certificate-file: a.pem }",
            "lsiten: 127.0.0.1:1",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
