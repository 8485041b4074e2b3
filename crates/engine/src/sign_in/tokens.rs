//! API tokens: what a program signs in with. Each belongs to an operator, may no more than they may, and expires.

use super::secret::{self, Kind};
use super::token_text;
use crate::operators::{check_person, field_text};
use crate::{Engine, EngineError, Operator, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::Role;
use rollcall_store::{Holder, StoreError, TokenRow};
use secrecy::SecretString;
use serde_json::json;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const DEFAULT_DAYS: i32 = 90;
const MOST_DAYS: i32 = 366;
/// So many good ones may an operator have at once.
const MOST: u32 = 50;

/// A token to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// Whose it is to be; `None` = of whoever asks. Only somebody at a shell of the machine may name another.
    pub owner: Option<String>,
    /// What it may do; `None` = as much as its owner.
    pub role: Option<Role>,
    /// Until when it is good; `None` = 90 days from now. A year at most.
    pub expires_at: Option<Timestamp>,
}

/// A token as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// What it may do: never more than its owner may now.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute.
    pub used_at: Option<Timestamp>,
}

fn view((row, holder): (TokenRow, Holder)) -> TokenView {
    TokenView {
        role: row.role.min(holder.role),
        owner: holder.name,
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
    }
}

/// An id as it may stand in a message: whoever sent the token instead finds it in no log.
fn shown(id: &str) -> String {
    if id.starts_with(token_text::PREFIX) { "…".to_owned() } else { rollcall_model::plain(id).into_owned() }
}

impl Engine {
    /// Makes a token. Its secret is given once.
    pub async fn create_token(
        &self,
        operator: &Operator,
        new: NewToken,
    ) -> Result<(TokenView, SecretString), EngineError> {
        operator.check(UseCase::OwnTokens)?;
        check_person(operator, "makes no tokens")?;
        let owner = new.owner.as_deref().unwrap_or(operator.name());
        if !operator.is_local() && !operator.is(owner) {
            return Err(EngineError::unfit("owner", "a token is made by its owner"));
        }
        let name = field_text("name", &new.name)?;
        let row = self.operator_row(owner).await?;
        let most = if operator.is_local() { row.role } else { row.role.min(operator.role()) };
        let role = new.role.unwrap_or(most);
        if role > most {
            let reason = format!("a token may no more than its owner: {most} at most");
            return Err(EngineError::Unfit { field: "role", reason });
        }
        let now = self.now();
        let expires_at = new.expires_at.unwrap_or(now + DAY * DEFAULT_DAYS);
        if expires_at <= now || expires_at > now + DAY * MOST_DAYS {
            return Err(EngineError::unfit(
                "expiresAt",
                "a token expires in the future, in a year at the latest",
            ));
        }
        let secret = token_text::generate()?;
        let token = TokenRow {
            id: self.new_id(),
            name,
            operator: row.id.clone(),
            role,
            created_at: now,
            expires_at,
            used_at: None,
            revoked_at: None,
        };
        let why = format!(
            "token \"{}\" of operator \"{}\" was made, good until {expires_at}",
            token.name, row.name
        );
        let mut entry = self.draft(operator, EntryKind::TOKEN_CREATED, Subject::default(), why);
        entry.after = Some(json!({
            "id": token.id, "name": token.name, "owner": row.name, "role": role, "expiresAt": expires_at,
        }));
        self.store.add_token(&token, &secret::hash(Kind::Token, &secret), MOST, entry).await?;
        let holder = Holder { id: row.id, name: row.name, role: row.role, standing: row.standing };
        Ok((view((token, holder)), secret))
    }

    /// The tokens of an operator that were not revoked, newest first; without a name, those of all operators.
    pub async fn tokens(
        &self,
        operator: &Operator,
        owner: Option<&str>,
    ) -> Result<Vec<TokenView>, EngineError> {
        let tokens = if let Some(owner) = owner {
            self.check_own(operator, owner, UseCase::OwnTokens, UseCase::OthersTokens)?;
            let row = self.operator_row(owner).await?;
            self.store.tokens(Some(&row.id)).await?
        } else {
            operator.check(UseCase::OthersTokens)?;
            self.store.tokens(None).await?
        };
        Ok(tokens.into_iter().map(view).collect())
    }

    /// One token, by id. Somebody else's is not there for those who may not see it.
    pub async fn token(&self, operator: &Operator, id: &str) -> Result<TokenView, EngineError> {
        operator.check(UseCase::OwnTokens)?;
        let (row, holder) = self.store.token(id).await.map_err(|error| match error {
            StoreError::NotFound { .. } => {
                EngineError::NotFound { what: "token", name: shown(id), remedy: String::new() }
            }
            error => error.into(),
        })?;
        let may = operator.is(&holder.name) || operator.may(UseCase::OthersTokens);
        if !may || row.revoked_at.is_some() {
            return Err(EngineError::NotFound { what: "token", name: shown(id), remedy: String::new() });
        }
        Ok(view((row, holder)))
    }

    /// Takes a token back, for good.
    pub async fn revoke_token(&self, operator: &Operator, id: &str) -> Result<(), EngineError> {
        let token = self.token(operator, id).await?;
        let why = format!("token \"{}\" of operator \"{}\" was revoked", token.name, token.owner);
        let mut entry = self.draft(operator, EntryKind::TOKEN_REVOKED, Subject::default(), why);
        entry.before = Some(json!({
            "id": token.id, "name": token.name, "owner": token.owner, "role": token.role,
        }));
        Ok(self.store.revoke_token(id, self.now(), entry).await?)
    }
}
