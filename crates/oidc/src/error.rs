//! What can go wrong, as the decision it leaves to the caller.

/// Why nobody was signed in. No message holds a code, a token or a secret.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The settings cannot be so. Correct them.
    #[error("rollcall.yaml, sign-on.{0}")]
    Settings(String),
    /// The provider does not answer as a provider does. Try again later, or tell its administrator.
    #[error("the provider {issuer} cannot be used: {reason}")]
    Provider {
        /// Which.
        issuer: String,
        /// What it did.
        reason: String,
    },
    /// The provider, or the person there, said no.
    #[error("the provider refused: {reason}")]
    Refused {
        /// Its own words, made harmless.
        reason: String,
    },
    /// What came back proves nothing. Nobody is signed in; begin again.
    #[error("what the provider sent was not believed: {reason}")]
    Unproven {
        /// What does not hold.
        reason: String,
    },
}

/// An error with its causes, each once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    plain(&text)
}

/// Text of the provider, cut and without control characters: it stands in our log.
pub(crate) fn plain(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}
