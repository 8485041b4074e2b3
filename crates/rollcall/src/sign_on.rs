//! `sign-on:` in rollcall.yaml: single sign-on by OpenID Connect.

use crate::secrets::read_secret;
use crate::settings::read_file;
use anyhow::{Context, bail};
use rollcall_engine::{Role, SignOnRules};
use rollcall_oidc::{Provider, Settings};
use rollcall_server::SignOn;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use url::Url;

/// What an administrator says of the provider. Paths are relative to the data folder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SignOnSettings {
    /// The provider's address, as it writes it itself.
    issuer: Url,
    client_id: String,
    /// File that holds the client secret; without one Rollcall is a public client.
    client_secret_file: Option<PathBuf>,
    /// What is asked for beside `openid`.
    #[serde(default = "scopes")]
    scopes: Vec<String>,
    /// The claim that is the operator's name.
    #[serde(default = "name_claim")]
    name_claim: String,
    /// The claim that lists the groups; one that begins with `/` is a JSON pointer.
    #[serde(default = "groups_claim")]
    groups_claim: String,
    /// Group → role; the highest counts.
    #[serde(default)]
    roles: BTreeMap<String, Role>,
    /// The role of those in none of these groups; without one they are refused.
    default_role: Option<Role>,
    /// What stands on the button.
    #[serde(default = "button_text")]
    button_text: String,
    /// Certificate authorities to trust beside the machine's own, PEM.
    ca_file: Option<PathBuf>,
}

fn scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

fn name_claim() -> String {
    "preferred_username".to_owned()
}

fn groups_claim() -> String {
    "groups".to_owned()
}

fn button_text() -> String {
    "Single sign-on".to_owned()
}

impl SignOnSettings {
    /// As the server takes it, with the files read. `public_url` is where the provider sends people back to.
    pub(crate) fn open(self, data: &Path, public_url: Option<&Url>) -> anyhow::Result<SignOn> {
        let Some(public_url) = public_url else {
            bail!(
                "rollcall.yaml, sign-on: the provider has to send people back here; give the address they use as server.public-url"
            );
        };
        if self.roles.is_empty() && self.default_role.is_none() {
            bail!(
                "rollcall.yaml, sign-on: nobody could sign in; name groups under `roles`, or a `default-role`"
            );
        }
        let secret = self.client_secret_file.map(|file| read_secret(&data.join(file))).transpose();
        let secret = secret.context("rollcall.yaml, sign-on.client-secret-file")?;
        let ca_pem = self.ca_file.map(|file| read_file("sign-on.ca-file", &data.join(file)));
        let settings = Settings {
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: secret.map(|secret| secret.trim_end_matches(['\r', '\n']).to_owned().into()),
            scopes: self.scopes,
            redirect: public_url.join("/sign-on/callback").context("rollcall.yaml, server.public-url")?,
            name_claim: self.name_claim,
            groups_claim: self.groups_claim,
            ca_pem: ca_pem.transpose()?,
        };
        Ok(SignOn {
            provider: Provider::new(settings)?,
            rules: SignOnRules { roles: self.roles, default_role: self.default_role },
            button: self.button_text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str, public: Option<&str>) -> anyhow::Result<SignOn> {
        let settings: SignOnSettings = serde_saphyr::from_str(text)?;
        let public: Option<Url> = public.map(str::parse).transpose()?;
        settings.open(Path::new("/data"), public.as_ref())
    }

    #[test]
    fn a_provider_is_encrypted_and_somebody_can_sign_in() {
        let here = Some("https://rollcall.example.org");
        let good =
            "issuer: https://id.example.org/realms/x\nclient-id: rollcall\nroles: { wiki-admins: admin }";
        let on = open(good, here).unwrap();
        assert_eq!(on.rules.roles["wiki-admins"], Role::Admin);
        assert_eq!(on.button, "Single sign-on");
        assert!(open(good, None).is_err_and(|error| error.to_string().contains("server.public-url")));
        for bad in [
            "issuer: https://id.example.org\nclient-id: rollcall",
            "issuer: http://id.example.org\nclient-id: rollcall\ndefault-role: viewer",
            "issuer: https://id.example.org\nclient-id: ''\ndefault-role: viewer",
            "issuer: https://id.example.org\nclient-id: rollcall\ndefault-role: root",
            "issuer: https://id.example.org\nclient-id: rollcall\ndefault-role: viewer\nsecret: x",
            "issuer: https://id.example.org\nclient-id: rollcall\ndefault-role: viewer\nclient-secret-file: missing",
            "issuer: https://id.example.org?x=1\nclient-id: rollcall\ndefault-role: viewer",
        ] {
            assert!(open(bad, here).is_err(), "{bad}");
        }
    }
}
