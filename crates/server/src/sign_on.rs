//! Single sign-on, as the administrator set it up.

use rollcall_engine::SignOnRules;
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
