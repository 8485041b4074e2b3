//! Where a database is.

use crate::StoreError;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a database is. Prints without password.
#[derive(Clone)]
pub enum Location {
    /// A file of its own; made, with its folder, where it is missing.
    Sqlite(PathBuf),
    /// A database on a PostgreSQL server; must exist.
    Postgres(Box<PgConnectOptions>),
}

impl Location {
    /// The file `rollcall.db` in a data folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self::Sqlite(folder.into().join("rollcall.db"))
    }
}

impl FromStr for Location {
    type Err = StoreError;

    /// `postgres://user@host/name` (also `postgresql://`); or the path of a file, absolute, or with `./` or `sqlite:` in front. What is neither is
    /// refused: a slip in an address must not make a database by the name of its password. No error holds any of the text.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let bad = |reason: &str| StoreError::Location { reason: reason.to_owned() };
        let scheme = text.split_once("://").map(|(scheme, _)| scheme).filter(|scheme| is_word(scheme));
        if scheme.is_some_and(|scheme| matches!(scheme, "postgres" | "postgresql")) {
            check_parameters(text)?;
            // In our own words: the parser's could quote what it could not read.
            let options = text.parse::<PgConnectOptions>().map_err(|_| {
                bad("it is not an address; special characters in name and password are written in percent (`@` as %40, `/` as %2F), and a port is a number")
            })?;
            return Ok(Self::Postgres(Box::new(options.application_name("rollcall"))));
        }
        if text.is_empty() {
            return Err(bad("it is empty"));
        }
        if let Some(scheme) = scheme.filter(|scheme| *scheme != "sqlite") {
            return Err(bad(&format!("{scheme} is not a database Rollcall can use")));
        }
        match path(text) {
            Some(path) => Ok(Self::Sqlite(path.into())),
            None => Err(bad("it begins neither with postgres:// nor as a path does")),
        }
    }
}

/// The path of a file, where a text is unmistakably one.
fn path(text: &str) -> Option<&str> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return Some(path).filter(|path| !path.is_empty() && !path.contains("://"));
    }
    let begins_so = Path::new(text).is_absolute() || text.starts_with("./") || text.starts_with("../");
    Some(text).filter(|text| begins_so && !text.contains("//") && !text.contains('@'))
}

/// Whether a text may be shown: a name, and not a piece of what stands around it.
fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// What the driver knows. It passes over everything else, also over a slip in `sslmode`, without which the connection is less safe than was asked for.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// The parameters of an address are those that the driver knows.
fn check_parameters(address: &str) -> Result<(), StoreError> {
    let query = address.split('#').next().and_then(|address| address.split_once('?'));
    let Some((_, query)) = query else { return Ok(()) };
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if !PARAMETERS.contains(&name) && !name.starts_with("options[") {
            let named = if is_word(name) { format!(" `{name}`") } else { String::new() };
            let reason = format!(
                "there is no parameter{named}; known are sslmode, sslrootcert, host, port, user, dbname and the like"
            );
            return Err(StoreError::Location { reason });
        }
        if matches!(name, "sslmode" | "ssl-mode") && !SSL_MODES.contains(&value) {
            return Err(StoreError::Location {
                reason: format!("`{name}` is one of: {}", SSL_MODES.join(", ")),
            });
        }
    }
    Ok(())
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(options) => {
                let (user, port) = (options.get_username(), options.get_port());
                let database = options.get_database().unwrap_or(user);
                match options.get_socket() {
                    Some(socket) => write!(f, "postgres://{user}@{}/{database}", socket.display()),
                    None => write!(f, "postgres://{user}@{}:{port}/{database}", options.get_host()),
                }
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn a_password_is_never_printed() {
        let location: Location =
            "postgres://mira:s3cr3t@db.example:5433/rollcall?password=s3cr3t".parse().unwrap();
        assert_eq!(location.to_string(), "postgres://mira@db.example:5433/rollcall");
        assert!(!format!("{location:?}").contains("s3cr3t"));
        for bad in ["postgres://mira:s3cr3t@db:port/x", "mysql://mira:s3cr3t@db/x", ""] {
            let error = bad.parse::<Location>().unwrap_err().to_string();
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }

    #[test]
    fn a_path_is_a_file() {
        for text in ["/data/rollcall.db", "sqlite:/data/rollcall.db", "sqlite:///data/rollcall.db"] {
            assert_eq!(text.parse::<Location>().unwrap().to_string(), "/data/rollcall.db");
        }
        for text in ["./rollcall.db", "../data/rollcall.db"] {
            assert_eq!(text.parse::<Location>().unwrap().to_string(), text);
        }
        assert_eq!("sqlite:me@home.db".parse::<Location>().unwrap().to_string(), "me@home.db");
    }

    #[test]
    fn what_is_neither_an_address_nor_unmistakably_a_path_is_refused_and_not_shown() {
        for text in [
            "postgres//rc:hunter2secret@127.0.0.1/rc",
            "postgres:/rc:hunter2secret@127.0.0.1/rc",
            "postgres:rc:hunter2secret@127.0.0.1/rc",
            "postgress://rc:hunter2secret@127.0.0.1/rc",
            "//rc:hunter2secret@127.0.0.1/rc",
            "/rc:hunter2secret@127.0.0.1/rc",
            "rc:hunter2secret@127.0.0.1/rc",
            "host=127.0.0.1 user=rc password=hunter2secret",
            "hunter2secret",
            "sqlite:postgres://rc:hunter2secret@h/db",
            "postgres://rc:hunter2secret/x@h/db",
            "postgres://rc:x@h/db?port=hunter2secret",
        ] {
            let error = text.parse::<Location>().expect_err(text).to_string();
            assert!(!error.contains("hunter2"), "{text}: {error}");
            assert!(error.contains("postgres://user:password@host/name"), "{error}");
        }
    }

    #[test]
    fn a_parameter_that_would_be_passed_over_is_refused_by_its_name() {
        for (query, words) in [
            ("bogus=1", "`bogus`"),
            ("sslmode=require&ssl_mode=require", "`ssl_mode`"),
            ("sslmode=verifyfull", "`sslmode` is one of"),
            ("sslmode", "`sslmode` is one of"),
            ("x@h=hunter2", "no parameter;"),
        ] {
            let error =
                format!("postgres://rc:hunter2@h/db?{query}").parse::<Location>().unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("hunter2"), "{query}: {error}");
        }
        let good = "postgres://rc@h/db?sslmode=verify-full&sslrootcert=/ca.pem&options[search_path]=x&application_name=y";
        good.parse::<Location>().unwrap();
    }
}
