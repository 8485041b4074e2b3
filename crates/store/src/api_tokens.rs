//! API tokens of operators. Of the secret that a program holds, only the hash is here.

use crate::database::{Writing, execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable, word};
use crate::sessions::{Holder, HolderColumns};
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::Role;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The id of whose it is.
    pub operator: String,
    /// What it may do at most: never more than its owner.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was used last; kept to the minute.
    pub used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    label: String,
    operator: String,
    most: String,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl Row {
    fn token(self) -> Result<TokenRow, StoreError> {
        let what = format!("token {}", self.id);
        Ok(TokenRow {
            role: word(self.most.parse().ok(), &self.most, &what)?,
            created_at: instant(self.created_at, &what)?,
            expires_at: instant(self.expires_at, &what)?,
            used_at: optional_instant(self.used_at, &what)?,
            revoked_at: optional_instant(self.revoked_at, &what)?,
            id: self.id,
            name: self.label,
            operator: self.operator,
        })
    }
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    #[sqlx(flatten)]
    token: Row,
    #[sqlx(flatten)]
    holder: HolderColumns,
}

impl HeldRow {
    fn held(self) -> Result<(TokenRow, Holder), StoreError> {
        Ok((self.token.token()?, self.holder.holder()?))
    }
}

/// Revokes every token of an operator.
pub(crate) async fn revoke_all(
    writing: &mut Writing,
    operator: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        writing,
        "UPDATE api_tokens SET revoked_at = $2 WHERE operator = $1 AND revoked_at IS NULL",
        operator,
        micros(now),
    )?;
    Ok(())
}

impl Store {
    /// Keeps a token. An operator has at most so many that are good at once; one more is a conflict.
    pub async fn add_token(
        &self,
        token: &TokenRow,
        hash: &str,
        most: u32,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let conflict =
            |reason: String| StoreError::Conflict { what: "token", name: token.name.clone(), reason };
        let mut writing = self.database.write().await?;
        // Locks the row, so that the tokens counted are those there are.
        let held = execute!(
            &mut writing,
            "UPDATE operators SET signed_in_at = signed_in_at WHERE id = $1",
            &token.operator
        )?;
        if held == 0 {
            return Err(StoreError::not_found("operator", &token.operator));
        }
        let (good, same): (i64, i64) = fetch_one!(
            &mut writing,
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN name = $3 THEN 1 ELSE 0 END), 0) FROM api_tokens
             WHERE operator = $1 AND revoked_at IS NULL AND expires_at > $2",
            &token.operator,
            micros(token.created_at),
            &*storable(&token.name),
        )?;
        if same > 0 {
            return Err(conflict("exists already; revoke it, or choose another name".to_owned()));
        }
        if good >= i64::from(most) {
            return Err(conflict(format!("would be one too many: an operator has at most {most} tokens")));
        }
        execute!(
            &mut writing,
            "INSERT INTO api_tokens (id, hash, name, operator, role, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &token.id,
            hash,
            &*storable(&token.name),
            &token.operator,
            token.role.as_str(),
            micros(token.created_at),
            micros(token.expires_at),
        )?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The token of that hash, good or not, and whose it is.
    pub async fn token_of_hash(&self, hash: &str) -> Result<Option<(TokenRow, Holder)>, StoreError> {
        let row: Option<HeldRow> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT t.id, t.name AS label, t.operator, t.role AS most, t.created_at, t.expires_at, t.used_at, t.revoked_at,
                    o.id AS holder, o.name, o.role, o.standing
             FROM api_tokens t JOIN operators o ON o.id = t.operator WHERE t.hash = $1",
            hash,
        )?;
        row.map(HeldRow::held).transpose()
    }

    /// The token of that id, and whose it is.
    pub async fn token(&self, id: &str) -> Result<(TokenRow, Holder), StoreError> {
        let row: Option<HeldRow> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT t.id, t.name AS label, t.operator, t.role AS most, t.created_at, t.expires_at, t.used_at, t.revoked_at,
                    o.id AS holder, o.name, o.role, o.standing
             FROM api_tokens t JOIN operators o ON o.id = t.operator WHERE t.id = $1",
            &*storable(id),
        )?;
        row.ok_or_else(|| StoreError::not_found("token", id))?.held()
    }

    /// Tokens that were not taken back, newest first, of one operator or of all.
    pub async fn tokens(&self, operator: Option<&str>) -> Result<Vec<(TokenRow, Holder)>, StoreError> {
        let rows: Vec<HeldRow> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT t.id, t.name AS label, t.operator, t.role AS most, t.created_at, t.expires_at, t.used_at, t.revoked_at,
                    o.id AS holder, o.name, o.role, o.standing
             FROM api_tokens t JOIN operators o ON o.id = t.operator
             WHERE t.revoked_at IS NULL AND ($1 IS NULL OR t.operator = $1) ORDER BY t.created_at DESC, t.id DESC",
            operator,
        )?;
        rows.into_iter().map(HeldRow::held).collect()
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "UPDATE api_tokens SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)",
            id,
            micros(now),
        )?;
        writing.commit().await
    }

    /// Takes a token back, for good.
    pub async fn revoke_token(&self, id: &str, now: Timestamp, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let revoked = execute!(
            &mut writing,
            "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            id,
            micros(now),
        )?;
        if revoked == 0 {
            return Err(StoreError::not_found("token", id));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}
