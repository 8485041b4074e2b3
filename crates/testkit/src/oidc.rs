//! A certified OpenID Connect provider, as a process of its own (`scripts/oidc-provider`).

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running provider; ended when dropped, or when this process ends in any way.
pub struct OidcProvider {
    /// Its address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What proves it.
    pub client_secret: String,
    process: Child,
}

impl OidcProvider {
    /// Starts one that sends people back to that address. Claims of people come from the user info endpoint, or all of them in the id
    /// token. `None`, aloud, where it is not installed (`scripts/with-oidc-provider` installs it), unless `ROLLCALL_REQUIRE_OIDC=1`.
    ///
    /// # Panics
    /// Where it does not start, or is required and missing.
    pub fn start(redirect: &str, claims_in_id_token: bool) -> Option<Self> {
        let Some(folder) = std::env::var_os("ROLLCALL_TEST_OIDC_PROVIDER").map(PathBuf::from) else {
            let is_required = std::env::var("ROLLCALL_REQUIRE_OIDC").as_deref() == Ok("1");
            assert!(!is_required, "ROLLCALL_REQUIRE_OIDC=1, and there is no provider");
            eprintln!("SKIPPED with a real provider: run under scripts/with-oidc-provider");
            return None;
        };
        let mut process = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .arg(redirect)
            .env("CLAIMS_IN_ID_TOKEN", if claims_in_id_token { "1" } else { "0" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("node cannot be started: {error}"));
        let mut line = String::new();
        let out = process.stdout.take().unwrap_or_else(|| panic!("it has an output"));
        BufReader::new(out).read_line(&mut line).unwrap_or_else(|error| panic!("it says nothing: {error}"));
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        Some(Self {
            issuer: text("issuer"),
            client_id: text("clientId"),
            client_secret: text("clientSecret"),
            process,
        })
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
