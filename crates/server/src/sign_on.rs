//! Single sign-on, as the administrator set it up.

use jiff::Timestamp;
use rollcall_engine::{Finding, Health, SignOnRules};
use rollcall_oidc::Provider;

/// The provider, and what its groups make of people.
pub struct SignOn {
    /// Where people sign in.
    pub provider: Provider,
    /// Group → role.
    pub rules: SignOnRules,
    /// What stands on the button of the page.
    pub button: String,
}

impl SignOn {
    /// Whether the provider can be used: it is asked what it is, as by every sign-in.
    pub async fn examine(&self, now: Timestamp) -> Finding {
        match self.provider.check(now).await {
            Ok(()) => {
                let found = format!("the provider {} answers", self.provider.issuer());
                Finding::new("sign-on", Health::Good, found, "")
            }
            Err(error) => Finding::new(
                "sign-on",
                Health::Bad,
                format!("nobody can sign in by it: {error}"),
                "see that the provider runs and can be reached from here, and that `sign-on.issuer` in rollcall.yaml is as it writes itself",
            ),
        }
    }
}
