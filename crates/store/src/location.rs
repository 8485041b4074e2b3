//! Where a database is.

use crate::StoreError;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::path::PathBuf;
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

    /// `postgres://user@host/name` (also `postgresql://`), or the path of a file, with or without `sqlite:` in front.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let bad = |reason: String| StoreError::Location { reason };
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = text.parse::<PgConnectOptions>().map_err(|error| match error {
                sqlx::Error::Configuration(error) => bad(error.to_string()),
                error => bad(error.to_string()),
            })?;
            return Ok(Self::Postgres(Box::new(options.application_name("rollcall"))));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        let path = path.strip_prefix("//").map_or(path, |rest| rest);
        match path.split_once("://") {
            _ if path.is_empty() => Err(bad("it is empty".to_owned())),
            Some((scheme, _)) => Err(bad(format!("{scheme} is not a database Rollcall can use"))),
            None => Ok(Self::Sqlite(path.into())),
        }
    }
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
    }
}
