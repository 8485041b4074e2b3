//! Signing in by OpenID Connect: what the provider is asked, and what of its answers is believed.
//!
//! Here: discovery, the authorization code flow with PKCE, state and nonce, verification of the id token, the user info endpoint where
//! the id token does not say enough.
//! Not here: roles and sessions (room `engine`), cookies and redirects (room `server`). No clock: `now` is an argument.
//! To add a claim: a field of [`Person`], read in `claims`.

mod claims;
mod error;
mod http;
mod provider;
mod settings;

pub use claims::Person;
pub use error::OidcError;
pub use provider::{Answer, Beginning, Provider};
pub use settings::Settings;
