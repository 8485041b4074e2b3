//! What the doctor says of the server: its certificate, its address, who else could read its key.

use crate::{ServerSettings, TlsFiles};
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{Finding, Health};
use x509_parser::pem::Pem;

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

fn certificate(tls: &TlsFiles, now: Timestamp) -> Finding {
    let place = tls.certificate.display();
    let bad = |found: String| {
        Finding::new("certificate", Health::Bad, found, "renew it, or correct server.tls in rollcall.yaml")
    };
    let ends = match std::fs::read(&tls.certificate) {
        Err(error) => return bad(format!("{place} cannot be read: {error}")),
        Ok(bytes) => match first_end(&bytes) {
            Ok(ends) => ends,
            Err(reason) => return bad(format!("{place}: {reason}")),
        },
    };
    if ends <= now {
        return bad(format!("{place} ended at {ends}: browsers refuse it"));
    }
    let found = format!("{place} is good until {ends}");
    if ends.duration_since(now) < SOON {
        return Finding::new(
            "certificate",
            Health::Warning,
            found,
            "renew it; a running server takes the new file",
        );
    }
    Finding::new("certificate", Health::Good, found, "")
}

/// When the first of the certificates in a file ends that ends first.
fn first_end(bytes: &[u8]) -> Result<Timestamp, String> {
    let mut first = None;
    for pem in Pem::iter_from_buffer(bytes) {
        let pem = pem.map_err(|error| format!("it is no PEM: {error}"))?;
        let certificate = pem.parse_x509().map_err(|error| format!("it is no certificate: {error}"))?;
        let ends = Timestamp::from_second(certificate.validity().not_after.timestamp());
        let ends = ends.map_err(|error| error.to_string())?;
        first = Some(first.map_or(ends, |first: Timestamp| first.min(ends)));
    }
    first.ok_or_else(|| "there is no certificate in it".to_owned())
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
        std::fs::write(&tls.key, "").unwrap();
        let said = |now: &str| {
            let findings = examine(&with(tls.clone()), now.parse().unwrap());
            findings.into_iter().find(|f| f.what == "certificate").unwrap().health
        };
        assert_eq!(said("2026-11-22T06:00:00Z"), Health::Good);
        assert_eq!(said("2026-12-22T06:00:00Z"), Health::Warning);
        assert_eq!(said("2027-01-02T06:00:00Z"), Health::Bad);
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
