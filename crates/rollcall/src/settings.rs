//! `rollcall.yaml`: what an administrator may set for the whole installation. Paths are relative to the data folder.

use crate::outlets::{Outlet, Webhooks};
use crate::secrets::read_secret;
use crate::server_settings::Server;
use crate::settings_file::expected_words;
use crate::sign_on::SignOnSettings;
use anyhow::{Context, bail};
use rollcall_engine::{MailLogin, MailSecurity, MailSettings, MailWay, Mailbox, SmtpSettings};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// File that holds the address of a PostgreSQL database, `postgres://…`; default: SQLite in the data folder.
    pub database_url_file: Option<PathBuf>,
    /// File that holds the sealing key; default: `sealing.key` in the data folder.
    pub key_file: Option<PathBuf>,
    /// Where reports are sent.
    pub mail: Option<Mail>,
    /// Whom the audit log is told.
    pub audit_outlets: Vec<Outlet>,
    /// Which addresses webhooks may have.
    pub webhooks: Webhooks,
    /// Where `rollcall serve` listens, and whom it trusts.
    pub server: Server,
    /// Single sign-on by OpenID Connect.
    pub sign_on: Option<SignOnSettings>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Mail {
    /// `Rollcall <rollcall@example.org>`.
    from: String,
    /// Where mail servers send word of what could not be delivered; default: `from`.
    bounces_to: Option<String>,
    /// Name of the mail server; or leave it out and give `folder`.
    host: Option<String>,
    port: Option<u16>,
    /// `start-tls` (default), `tls` or `plain`.
    #[serde(default)]
    security: MailSecurity,
    username: Option<String>,
    password_file: Option<PathBuf>,
    /// Certificate authorities to trust in place of the machine's own, PEM.
    ca_file: Option<PathBuf>,
    /// Permits `plain` to a server that is not this machine.
    #[serde(default)]
    allow_plain: bool,
    timeout_seconds: Option<u16>,
    /// Mails are written into this folder instead of being sent.
    folder: Option<PathBuf>,
}

impl Settings {
    /// Reads the file; a missing one is all defaults.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(file) {
            Ok(text) if says_nothing(&text) => Ok(Self::default()),
            Ok(text) => crate::settings_file::read(&text)
                .map_err(|fault| anyhow::anyhow!("{}, {fault}", file.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
    }
}

/// Blank lines and comments only.
fn says_nothing(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

impl Mail {
    /// As the engine takes it, with the secrets read from their files.
    pub(crate) fn settings(self, data: &Path) -> anyhow::Result<MailSettings> {
        let from = address("mail.from", &self.from)?;
        let bounces_to = self.bounces_to.map(|text| address("mail.bounces-to", &text)).transpose()?;
        let way = match (self.host, self.folder) {
            (Some(_), Some(_)) => bail!("rollcall.yaml, mail: give either host or folder, not both"),
            (None, None) => bail!(
                "rollcall.yaml, mail: give the host of a mail server, or a folder that mails are written into"
            ),
            (None, Some(folder)) => MailWay::Folder(data.join(folder)),
            (Some(host), None) => {
                let mut smtp = SmtpSettings::new(host);
                smtp.port = self.port;
                smtp.security = self.security;
                smtp.allow_plain = self.allow_plain;
                if let Some(seconds) = self.timeout_seconds {
                    smtp.timeout = Duration::from_secs(seconds.into());
                }
                smtp.ca_pem =
                    self.ca_file.map(|file| read_file("mail.ca-file", &data.join(file))).transpose()?;
                smtp.login = match (self.username, self.password_file) {
                    (None, None) => None,
                    (Some(username), Some(file)) => {
                        let password = read_secret(&data.join(file));
                        let password = password.context("rollcall.yaml, mail.password-file")?;
                        let password = password.trim_end_matches(['\r', '\n']).to_owned();
                        Some(MailLogin { username, password: password.into() })
                    }
                    _ => bail!("rollcall.yaml, mail: username and password-file go together"),
                };
                MailWay::Smtp(smtp)
            }
        };
        Ok(MailSettings { from, bounces_to, way })
    }
}

fn address(key: &str, text: &str) -> anyhow::Result<Mailbox> {
    // Without the parser's words, which quote it: what stands here by mistake may be a secret.
    text.parse().map_err(|_| anyhow::anyhow!("rollcall.yaml, {key}: {}", expected_words(key)))
}

/// A file that a key names.
pub(crate) fn read_file(key: &str, file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("rollcall.yaml, {key}: {} cannot be read", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<MailSettings> {
        let settings: Settings = serde_saphyr::from_str(text)?;
        settings.mail.expect("mail").settings(Path::new("/data"))
    }

    #[test]
    fn a_folder_or_a_server_but_not_both() {
        assert!(
            matches!(read("mail: { from: a@x.org, folder: mail }").unwrap().way, MailWay::Folder(f) if f == Path::new("/data/mail"))
        );
        assert!(
            matches!(read("mail: { from: a@x.org, host: mx.x.org, security: tls }").unwrap().way, MailWay::Smtp(s) if s.port() == 465)
        );
        for bad in [
            "mail: { from: a@x.org }",
            "mail: { from: a@x.org, host: mx.x.org, folder: mail }",
            "mail: { from: nobody, folder: mail }",
            "mail: { from: a@x.org, bounces-to: nobody, folder: mail }",
            "mail: { from: a@x.org, host: mx.x.org, username: me }",
            "mail: { from: a@x.org, hots: mx.x.org }",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
