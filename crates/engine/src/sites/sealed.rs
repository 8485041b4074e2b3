//! Credentials as they are sealed in the database.

use crate::{Credentials, EngineError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// Credentials as they are sealed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
enum Sealed {
    Token { token: String },
    Basic { username: String, password: String },
}

pub(super) fn seal(credentials: &Credentials) -> Result<SecretString, EngineError> {
    let plain = match credentials {
        Credentials::Token(token) => Sealed::Token { token: token.expose_secret().to_owned() },
        Credentials::Basic { username, password } => {
            Sealed::Basic { username: username.clone(), password: password.expose_secret().to_owned() }
        }
    };
    serde_json::to_string(&plain).map(SecretString::from).map_err(EngineError::document("credentials"))
}

pub(super) fn unseal(secret: &SecretString) -> Result<Credentials, EngineError> {
    // An error of serde_json could quote the secret: it is not passed on.
    let sealed = serde_json::from_str(secret.expose_secret()).map_err(|_| EngineError::Document {
        what: "the credentials of a site".to_owned(),
        reason: "they are not in a form this program knows".to_owned(),
    })?;
    Ok(match sealed {
        Sealed::Token { token } => Credentials::Token(token.into()),
        Sealed::Basic { username, password } => Credentials::Basic { username, password: password.into() },
    })
}
