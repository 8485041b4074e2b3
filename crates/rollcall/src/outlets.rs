//! `audit-outlets:` and `webhooks:` of rollcall.yaml: whom the audit log is told, and which addresses webhooks may have.

use crate::settings::read_file;
use crate::settings_file::expected_words;
use anyhow::{Context, bail};
use rollcall_engine::{
    AuditLines, AuditOutlet, OutletBegin, OutletWay, Syslog, SyslogForm, SyslogWay, WebhookSettings,
};
use rollcall_model::AddressRule;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// RFC 5426 §3.2 asks every receiver to take that much; RFC 5425 §4.3.1 four times as much.
const LONGEST_DATAGRAM: usize = 2048;
const LONGEST_FRAME: usize = 8192;
/// "Log audit".
const FACILITY: u8 = 13;

/// One of `audit-outlets`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Outlet {
    /// Under this name is kept how far it was told. Another name begins anew.
    name: String,
    /// `everything` (default), or `new`: where an outlet begins that was not there before.
    #[serde(default)]
    begin: Begin,
    syslog: Option<SyslogSection>,
    /// A file of JSON Lines that only grows.
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Begin {
    #[default]
    Everything,
    New,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SyslogSection {
    host: String,
    port: Option<u16>,
    /// `tls` (default), `tcp` or `udp`.
    #[serde(default)]
    transport: Transport,
    /// Further certificate authorities to trust, PEM.
    ca_file: Option<PathBuf>,
    facility: Option<u8>,
    /// Longest message, in bytes.
    longest: Option<usize>,
    /// What this machine is called in messages; default: its own name.
    host_name: Option<String>,
    timeout_seconds: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Transport {
    #[default]
    Tls,
    Tcp,
    Udp,
}

/// `webhooks`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Webhooks {
    /// Networks that are not public and that webhooks may nevertheless be in: `10.20.0.0/16`.
    allow_private_addresses: Vec<String>,
    /// Further certificate authorities to trust, PEM.
    ca_file: Option<PathBuf>,
    timeout_seconds: Option<u16>,
}

impl Outlet {
    /// As the engine takes it.
    fn settings(self, data: &Path) -> anyhow::Result<AuditOutlet> {
        let name = self.name;
        let place = format!("rollcall.yaml, audit-outlets, \"{}\"", rollcall_model::plain(&name));
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 60 || !name.chars().all(is_word) {
            bail!("{place}: a name has 1 to 60 letters, digits, '-', '_', '.'");
        }
        let way = match (self.syslog, self.file) {
            (Some(syslog), None) => OutletWay::Syslog(syslog.settings(data).context(place)?),
            (None, Some(file)) => OutletWay::File(AuditLines { path: data.join(file) }),
            _ => bail!("{place}: give either syslog or file"),
        };
        let begin = match self.begin {
            Begin::Everything => OutletBegin::Everything,
            Begin::New => OutletBegin::New,
        };
        Ok(AuditOutlet { name, begin, way })
    }

    /// Every outlet; no two of one name.
    pub(crate) fn all(outlets: Vec<Self>, data: &Path) -> anyhow::Result<Vec<AuditOutlet>> {
        let mut all: Vec<AuditOutlet> = Vec::new();
        for outlet in outlets {
            let outlet = outlet.settings(data)?;
            if all.iter().any(|other| other.name == outlet.name) {
                bail!("rollcall.yaml, audit-outlets: \"{}\" is there twice", outlet.name);
            }
            all.push(outlet);
        }
        Ok(all)
    }
}

impl SyslogSection {
    fn settings(self, data: &Path) -> anyhow::Result<Syslog> {
        if self.host.is_empty() || self.host.chars().any(|c| c.is_whitespace() || c == '/') {
            bail!("syslog.host is the name or address of the receiver alone, as in siem.example.org");
        }
        if self.facility.is_some_and(|facility| facility > 23) {
            bail!("syslog.facility is 0 to 23; 13 is \"log audit\"");
        }
        if self.longest.is_some_and(|longest| !(480..=65_000).contains(&longest)) {
            bail!("syslog.longest is 480 to 65000 bytes");
        }
        if self.ca_file.is_some() && self.transport != Transport::Tls {
            bail!("syslog.ca-file is of use only with transport tls");
        }
        let authorities =
            self.ca_file.map(|file| read_file("audit-outlets.syslog.ca-file", &data.join(file)));
        let authorities = authorities.transpose()?;
        let (way, port, longest) = match self.transport {
            Transport::Tls => (SyslogWay::Tls { authorities }, 6514, LONGEST_FRAME),
            Transport::Tcp => (SyslogWay::Tcp, 601, LONGEST_FRAME),
            Transport::Udp => (SyslogWay::Udp, 514, LONGEST_DATAGRAM),
        };
        let machine = || std::fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned();
        Ok(Syslog {
            host: self.host,
            port: self.port.unwrap_or(port),
            way,
            form: SyslogForm {
                facility: self.facility.unwrap_or(FACILITY),
                host: self.host_name.unwrap_or_else(machine),
                app: "rollcall".to_owned(),
                longest: self.longest.unwrap_or(longest),
            },
            timeout: Duration::from_secs(self.timeout_seconds.unwrap_or(10).max(1).into()),
        })
    }
}

impl Webhooks {
    /// As the engine takes it.
    pub(crate) fn settings(self, data: &Path) -> anyhow::Result<WebhookSettings> {
        let mut networks = Vec::new();
        for text in &self.allow_private_addresses {
            let network = text.parse().with_context(|| {
                let key = "webhooks.allow-private-addresses";
                format!("rollcall.yaml, {key}: {}", expected_words(key))
            });
            networks.push(network?);
        }
        let defaults = WebhookSettings::default();
        Ok(WebhookSettings {
            addresses: AddressRule::allowing(networks),
            authorities: self
                .ca_file
                .map(|file| read_file("webhooks.ca-file", &data.join(file)))
                .transpose()?,
            timeout: self.timeout_seconds.map_or(defaults.timeout, |s| Duration::from_secs(s.max(1).into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlets(text: &str) -> anyhow::Result<Vec<AuditOutlet>> {
        Outlet::all(serde_saphyr::from_str(text)?, Path::new("/data"))
    }

    #[test]
    fn outlets_are_read_with_their_defaults() {
        let read = outlets(
            "[{ name: siem, syslog: { host: siem.example.org, host-name: box } }, { name: lines, begin: new, file: audit.jsonl }]",
        );
        let read = read.unwrap();
        let OutletWay::Syslog(syslog) = &read[0].way else { panic!("{read:?}") };
        assert_eq!(syslog.address(), "tls://siem.example.org:6514");
        assert_eq!(
            (syslog.form.facility, syslog.form.longest, read[0].begin),
            (13, 8192, OutletBegin::Everything)
        );
        assert!(
            matches!(&read[1].way, OutletWay::File(lines) if lines.path == Path::new("/data/audit.jsonl"))
        );
        assert_eq!(read[1].begin, OutletBegin::New);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for bad in [
            "[{ name: x }]",
            "[{ name: '', file: a }]",
            "[{ name: 'a b', file: a }]",
            "[{ name: x, file: a, syslog: { host: h } }]",
            "[{ name: x, file: a }, { name: x, file: b }]",
            "[{ name: x, syslog: { host: 'h/x' } }]",
            "[{ name: x, syslog: { host: h, facility: 24 } }]",
            "[{ name: x, syslog: { host: h, longest: 100 } }]",
            "[{ name: x, syslog: { host: h, transport: tcp, ca-file: a } }]",
            "[{ name: x, syslog: { host: h, transport: carrier-pigeon } }]",
            "[{ name: x, flie: a }]",
        ] {
            assert!(outlets(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn webhooks_may_be_at_public_addresses_and_those_that_are_named() {
        let read =
            |text: &str| serde_saphyr::from_str::<Webhooks>(text).unwrap().settings(Path::new("/data"));
        let near = "10.20.0.1".parse().unwrap();
        assert!(read("{}").unwrap().addresses.check(near).is_err());
        assert!(read("{ allow-private-addresses: [10.20.0.0/16] }").unwrap().addresses.check(near).is_ok());
        assert!(read("{ allow-private-addresses: [everything] }").is_err());
    }
}
