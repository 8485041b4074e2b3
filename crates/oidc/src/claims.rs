//! What the provider says of somebody, from verified claims.

use crate::{OidcError, Settings};
use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// So many groups are read; nobody is in more that matter.
const MOST_GROUPS: usize = 10_000;

/// Somebody whom the provider vouches for. Hostile text but for issuer and subject, which are compared and never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider.
    pub issuer: String,
    /// What it calls them, for good.
    pub subject: String,
    /// The claim that is to be their name.
    pub name: String,
    /// What they are called.
    pub display_name: Option<String>,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// The groups they are in.
    pub groups: Vec<String>,
}

/// Every claim that the standard does not name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Further {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Further {}

/// The claims in order of how much they count: the id token's before those of the user info endpoint.
pub(crate) struct Claims(pub(crate) Vec<Value>);

impl Claims {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().filter_map(|claims| at(claims, name)).find(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// One group may be given without a list around it.
    fn groups(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::String(group)) => vec![group.clone()],
            Some(Value::Array(groups)) => {
                groups.iter().filter_map(Value::as_str).take(MOST_GROUPS).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn person(
        &self,
        settings: &Settings,
        issuer: String,
        subject: String,
    ) -> Result<Person, OidcError> {
        let name = self.text(&settings.name_claim).ok_or_else(|| OidcError::Provider {
            issuer: issuer.clone(),
            reason: format!(
                "it says no `{}` of the person; name another claim in sign-on.name-claim, or ask for more in sign-on.scopes",
                settings.name_claim
            ),
        })?;
        Ok(Person {
            name,
            display_name: self.text("name"),
            email: self.text("email"),
            groups: self.groups(&settings.groups_claim),
            issuer,
            subject,
        })
    }
}

fn at<'a>(claims: &'a Value, name: &str) -> Option<&'a Value> {
    if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_that_says_something_counts() {
        let claims = Claims(vec![
            json!({ "sub": "1", "name": null, "groups": "one", "realm_access": { "roles": ["a", 7, "b"] } }),
            json!({ "name": " Mira K. ", "groups": ["two"] }),
        ]);
        assert_eq!(claims.text("name").as_deref(), Some("Mira K."));
        assert_eq!(claims.groups("groups"), ["one"]);
        assert_eq!(claims.groups("/realm_access/roles"), ["a", "b"]);
        assert!(claims.groups("nothing").is_empty() && claims.groups("sub/x").is_empty());
    }
}
