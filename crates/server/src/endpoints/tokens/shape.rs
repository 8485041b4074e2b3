//! A token as the API shows it.

use crate::endpoints::operators::RoleWord;
use crate::extract::Text;
use jiff::Timestamp;
use rollcall_engine::TokenView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The token in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TokenPath {
    /// Its id.
    #[param(value_type = String, min_length = 1, max_length = 64)]
    pub(crate) token: Text<1, 64>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    /// Its id.
    id: String,
    /// What it is for.
    #[schema(example = "nightly report")]
    name: String,
    /// Whose it is.
    #[schema(example = "mira")]
    owner: String,
    /// What it may do: never more than its owner may now.
    role: RoleWord,
    /// When it was made.
    created_at: Timestamp,
    /// Until when it is good.
    expires_at: Timestamp,
    /// When it was used last, to the minute.
    used_at: Option<Timestamp>,
}

impl Token {
    /// From the engine.
    pub(crate) fn of(view: TokenView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            owner: view.owner,
            role: view.role.into(),
            created_at: view.created_at,
            expires_at: view.expires_at,
            used_at: view.used_at,
        }
    }
}
