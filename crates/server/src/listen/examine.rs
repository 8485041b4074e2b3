//! What the doctor says of the server: its certificate, its address, who else could read its key.

use super::pair::Pair;
use crate::router::cross_origin;
use crate::{ServerSettings, TlsFiles};
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{Finding, Health};

/// A certificate that ends within this time is worth a word.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 21);

/// Examines the settings of a server and the files they name. Opens no socket.
pub fn examine(settings: &ServerSettings, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![address(settings)];
    findings.extend(settings.tls.iter().map(|tls| certificate(tls, now)));
    findings.extend(settings.tls.iter().filter_map(key_rights));
    findings
}

fn address(settings: &ServerSettings) -> Finding {
    if let Some(refusal) = settings.refusal() {
        return Finding::new("server", Health::Bad, refusal, "see server in rollcall.yaml");
    }
    if let Err(error) = cross_origin(settings) {
        return Finding::new("server", Health::Bad, error.to_string(), "see server in rollcall.yaml");
    }
    match &settings.public_url {
        Some(url) => Finding::new("server", Health::Good, format!("{} as {url}", settings.listen), ""),
        None if settings.listen.ip().is_loopback() => {
            Finding::new("server", Health::Good, format!("{}, from this machine only", settings.listen), "")
        }
        None => Finding::new(
            "server",
            Health::Warning,
            format!(
                "{} has no public address: mails hold no links, and any name is answered",
                settings.listen
            ),
            "set server.public-url in rollcall.yaml",
        ),
    }
}

/// By the same code that the server loads them with.
fn certificate(tls: &TlsFiles, now: Timestamp) -> Finding {
    let place = tls.certificate.display();
    let bad = |found: String| {
        Finding::new("certificate", Health::Bad, found, "renew it, or correct server.tls in rollcall.yaml")
    };
    let pair = match Pair::load(tls) {
        Ok(pair) => pair,
        Err(error) => return bad(error.to_string()),
    };
    if let Some(reason) = pair.untimely(now) {
        return bad(format!("{place} {reason}"));
    }
    let found = format!("{place} is good until {}", pair.until);
    if pair.until.duration_since(now) < SOON {
        return Finding::new(
            "certificate",
            Health::Warning,
            found,
            "renew it; a running server takes the new file",
        );
    }
    Finding::new("certificate", Health::Good, found, "")
}

#[cfg(unix)]
fn key_rights(tls: &TlsFiles) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(&tls.key).ok()?.permissions().mode() & 0o777;
    let found = format!("{} can be read by everybody (mode {mode:o})", tls.key.display());
    let remedy = format!("chmod 600 {}", tls.key.display());
    (mode & 0o007 != 0).then(|| Finding::new("certificate", Health::Warning, found, remedy))
}

#[cfg(not(unix))]
fn key_rights(_: &TlsFiles) -> Option<Finding> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(tls: TlsFiles) -> ServerSettings {
        ServerSettings { tls: Some(tls), ..ServerSettings::default() }
    }

    #[test]
    fn a_certificate_is_told_before_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let tls =
            TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["rollcall.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        std::fs::write(&tls.certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(&tls.key, key.serialize_pem()).unwrap();
        let said = |now: &str| {
            let findings = examine(&with(tls.clone()), now.parse().unwrap());
            findings.into_iter().find(|f| f.what == "certificate").unwrap().health
        };
        assert_eq!(said("2026-11-22T06:00:00Z"), Health::Good);
        assert_eq!(said("2026-12-22T06:00:00Z"), Health::Warning);
        assert_eq!(said("2027-01-02T06:00:00Z"), Health::Bad);
        assert_eq!(said("2025-12-31T06:00:00Z"), Health::Bad, "it has not begun");
        std::fs::write(&tls.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
        assert_eq!(said("2026-11-22T06:00:00Z"), Health::Bad, "the key of another certificate");
        std::fs::write(&tls.key, key.serialize_pem()).unwrap();
        for broken in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&tls.certificate, broken).unwrap();
            assert_eq!(said("2026-11-22T06:00:00Z"), Health::Bad, "{broken}");
        }
    }

    #[test]
    fn a_server_for_others_wants_a_name() {
        let open = ServerSettings {
            listen: "0.0.0.0:443".parse().unwrap(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..ServerSettings::default()
        };
        assert_eq!(address(&open).health, Health::Warning);
        assert_eq!(address(&ServerSettings::default()).health, Health::Good);
    }
}
