//! Reading `rollcall.yaml`. A fault of it is told by line, key and remedy; never by a value or by the line itself, for what stands there
//! by mistake may be a secret.

use rollcall_criteria::nearest;
use serde::de::DeserializeOwned;
use serde_saphyr::{DuplicateKeyPolicy, Error};
use std::fmt;

/// What is wrong with the file.
#[derive(Debug)]
pub(crate) struct Fault {
    /// From 1.
    line: Option<u64>,
    /// The way to the key, as in `mail.port`; empty where no key is to blame.
    key: String,
    /// What is wrong, and what is expected.
    words: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.words)
    }
}

/// Reads a text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let options = serde_saphyr::options! { duplicate_keys: DuplicateKeyPolicy::Error, with_snippet: false };
    let mut key = String::new();
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            key = error.path().to_string();
            error.into_inner()
        })
    });
    read.map_err(|error| fault(&error, &key))
}

fn fault(error: &Error, path: &str) -> Fault {
    let line = error.location().map(|location| location.line());
    let place = path.trim_end_matches('?').trim_end_matches('.');
    let of = |key: &str, words: String| Fault { line, key: key.to_owned(), words };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let section = place.strip_suffix(field.as_str()).unwrap_or(place).trim_end_matches('.');
            of(&within(section, field), unknown(field, expected))
        }
        Error::SerdeMissingField { field, .. } => {
            of(&within(place, field), format!("it is missing; {}", expected_words(&within(place, field))))
        }
        Error::DuplicateMappingKey { key, .. } => {
            of(&within(place, key.as_deref().unwrap_or_default()), "it is there twice; keep one of them".to_owned())
        }
        Error::SerdeUnknownVariant { expected, .. } => {
            of(place, format!("expected is one of: {}", expected.join(", ")))
        }
        Error::MultipleDocuments { .. } => {
            of("", "the file holds several documents (`---`); put everything into one".to_owned())
        }
        error if is_of_a_value(error) => of(place, expected_words(place)),
        _ => of(
            "",
            "this cannot be read as YAML: look here and above for a missing quote, bracket or colon, or a wrong indentation; text with \
             characters such as `*`, `&`, `#` or `: ` goes in quotes"
                .to_owned(),
        ),
    }
}

/// A key in its section. What does not look like a key may be a value that slipped, and is not shown.
fn within(section: &str, key: &str) -> String {
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let key = if key.len() <= 40 && key.chars().all(is_key) { key } else { "…" };
    [section, key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// Whether the text is YAML, and what it says is not what is expected in its place.
fn is_of_a_value(error: &Error) -> bool {
    matches!(
        error,
        Error::Message { .. }
            | Error::Unexpected { .. }
            | Error::InvalidScalar { .. }
            | Error::InvalidBooleanStrict { .. }
            | Error::NullIntoString { .. }
            | Error::NonFiniteFloat { .. }
            | Error::QuotingRequired { .. }
            | Error::SerdeInvalidType { .. }
            | Error::SerdeInvalidValue { .. }
            | Error::SerdeInvalidLength { .. }
            | Error::TaggedScalarCannotDeserializeIntoString { .. }
            | Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
            | Error::ExpectedStringKeyForExternallyTaggedEnum { .. }
            | Error::UnexpectedValueForUnitEnumVariant { .. }
    )
}

fn unknown(field: &str, known: &[&str]) -> String {
    if let Some(right) = known.iter().find(|key| key.strip_suffix("-file") == Some(field)) {
        return format!(
            "the right key is `{right}`: it names a file that holds it. No secret stands in this file; if one did, others may have read it"
        );
    }
    match nearest(field, known.iter().copied()) {
        Some(near) => format!("there is no such key; did you mean `{near}`?"),
        None => format!("there is no such key; known here: {}", known.join(", ")),
    }
}

/// What is expected in a place, with an example. Places in lists have no number here.
pub(crate) fn expected_words(key: &str) -> String {
    let key: String =
        key.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect();
    let last = key.rsplit('.').next().unwrap_or_default();
    let words = match key.as_str() {
        "" | "." => "keys with values, as in `key-file: sealing.key`",
        "mail" => {
            "a section, as in `mail: { from: Rollcall <rollcall@example.org>, host: smtp.example.org }`"
        }
        "mail.security" => "`start-tls`, `tls` or `plain`",
        "mail.folder" => "the path of a folder, as in `mails`",
        "audit-outlets" => "a list of sections, as in `audit-outlets: [{ name: lines, file: audit.jsonl }]`",
        "audit-outlets.begin" => "`everything` or `new`",
        "audit-outlets.name" => "a short name, as in `siem`",
        "audit-outlets.syslog" => "a section, as in `syslog: { host: siem.example.org }`",
        "audit-outlets.syslog.transport" => "`tls`, `tcp` or `udp`",
        "audit-outlets.syslog.facility" => "a number from 0 to 23, as in `13`",
        "audit-outlets.syslog.longest" => "a number of bytes from 480 to 65000, as in `8192`",
        "audit-outlets.syslog.host-name" => "the name of this machine, as in `box`",
        "webhooks" => "a section, as in `webhooks: { allow-private-addresses: [10.20.0.0/16] }`",
        "server" => "a section, as in `server: { listen: 127.0.0.1:8474 }`",
        "server.listen" => {
            "an address and a port, as in `127.0.0.1:8474`, or `0.0.0.0:8474` for every address of this machine"
        }
        "server.public-url" => "an address with its scheme, as in `https://rollcall.example.org`",
        "server.tls" => "a section, as in `tls: { certificate-file: server.pem, key-file: server.key }`",
        "server.metrics" => "a section, as in `metrics: { token-file: metrics.token }`",
        "sign-on" => {
            "a section, as in `sign-on: { issuer: \"https://id.example.org\", client-id: rollcall, default-role: viewer }`"
        }
        "sign-on.issuer" => "the provider's address, as in `https://id.example.org/realms/office`",
        "sign-on.client-id" => "text, as in `rollcall`",
        "sign-on.scopes" => "a list, as in `[openid, profile, email]`",
        "sign-on.name-claim" => "the name of a claim, as in `preferred_username`",
        "sign-on.groups-claim" => "the name of a claim, as in `groups`",
        "sign-on.button-text" => "text, as in `Single sign-on`",
        "sign-on.roles" => "groups and their roles, as in `roles: { wiki-admins: admin }`",
        key if key.starts_with("sign-on.roles.") || key == "sign-on.default-role" => "a role, as in `viewer`",
        _ => match last {
            "from" | "bounces-to" => "a mail address, as in `Rollcall <rollcall@example.org>`",
            "host" => "the name of a server, as in `smtp.example.org`",
            "port" => "a port from 1 to 65535, as in `587`",
            "timeout-seconds" => "a number of seconds from 1 to 65535, as in `30`",
            "username" => "text, as in `rollcall`",
            "allow-plain" | "allow-http-sites" | "public" => "`true` or `false`",
            "trusted-proxies" | "allow-private-addresses" => {
                "a list of addresses or networks, as in `[10.20.0.0/16, 192.0.2.7]`"
            }
            last if last.ends_with("file") => "the path of a file, as in `/etc/rollcall/file`",
            _ => "another kind of value; see docs/operations.md",
        },
    };
    format!("expected is {words}")
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::settings::Settings;

    fn fault(text: &str) -> String {
        match read::<Settings>(text) {
            Ok(_) => panic!("{text} is taken"),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn a_fault_is_named_by_line_and_key_with_what_is_expected() {
        for (text, words) in [
            (
                "key-file: a\nserver:\n  listen: 8474",
                "line 3, server.listen: expected is an address and a port, as in `127.0.0.1:8474`",
            ),
            (
                "mail: { from: a@x.org, host: mx, port: 99999 }",
                "line 1, mail.port: expected is a port from 1 to 65535",
            ),
            ("mail: 5", "line 1, mail: expected is a section, as in `mail: {"),
            ("key-file: a\nkey-file: b", "line 2, key-file: it is there twice"),
            ("mail: { from: a@x.org, from: b@x.org }", "line 1, mail.from: it is there twice"),
            ("mail: { host: mx }", "line 1, mail.from: it is missing; expected is a mail address"),
            (
                "mail: { from: a@x.org, security: ssl }",
                "line 1, mail.security: expected is one of: start-tls, tls, plain",
            ),
            (
                "mail: { from: a@x.org, allow-plain: perhaps }",
                "line 1, mail.allow-plain: expected is `true` or `false`",
            ),
            (
                "server: { trusted-proxies: [10.0.0.1, everybody] }",
                "line 1, server.trusted-proxies[1]: expected is a list of addresses",
            ),
            (
                "server: { public-url: here }",
                "line 1, server.public-url: expected is an address with its scheme",
            ),
            (
                "server: { metrics: { token-fiel: x } }",
                "line 1, server.metrics.token-fiel: there is no such key; did you mean `token-file`?",
            ),
            ("audit-outlets: { name: x }", "line 1, audit-outlets: expected is a list of sections"),
            (
                "audit-outlets: [{ name: x, syslog: { host: h, facility: many } }]",
                "audit-outlets[0].syslog.facility: expected is a number from 0 to 23",
            ),
            (
                "sign-on: { issuer: 'https://id.x', client-id: x, roles: { all: king } }",
                "sign-on.roles.all: expected is one of: viewer",
            ),
            ("hello", "line 1, expected is keys with values"),
            ("a: 1\n---\nb: 2", "there is no such key"),
            ("key-file: \"a", "cannot be read as YAML"),
        ] {
            let fault = fault(text);
            assert!(fault.contains(words), "{text}\n{fault}");
        }
    }

    #[test]
    fn no_value_and_no_line_of_the_file_is_ever_shown() {
        for (text, words) in [
            (
                "mail: { from: a@x.org, host: mx, username: me, password: hunter2-mail }",
                "mail.password: the right key is `password-file`",
            ),
            (
                "database-url: postgres://rc:hunter2@h/db",
                "database-url: the right key is `database-url-file`",
            ),
            (
                "sign-on: { issuer: 'https://x', client-id: y, client-secret: hunter2 }",
                "sign-on.client-secret: the right key is `client-secret-file`",
            ),
            (
                "server: { metrics: { token: hunter2 } }",
                "server.metrics.token: the right key is `token-file`",
            ),
            ("server: { tls: { key: hunter2 } }", "server.tls.key: the right key is `key-file`"),
            ("mail: { from: a@x.org, port: hunter2 }", "mail.port: expected is"),
            ("mail: hunter2", "mail: expected is"),
            ("server: { listen: hunter2, trusted-proxies: [hunter2] }", "server.listen: expected is"),
            ("server: { trusted-proxies: [hunter2] }", "trusted-proxies[0]: expected is"),
            ("postgres://rc:hunter2@h/db: x", "…: there is no such key"),
            ("mail: { from: a@x.org, security: hunter2 }", "expected is one of"),
            ("key-file: *hunter2", "goes in quotes"),
            ("key-file: \"hunter2", "goes in quotes"),
            ("server: { listen: !hunter2 hunter2 }", "server.listen"),
            ("hunter2", "expected is keys"),
        ] {
            let fault = fault(text);
            assert!(fault.contains(words), "{text}\n{fault}");
            assert!(!fault.contains("hunter2"), "{text}\n{fault}");
        }
    }
}
