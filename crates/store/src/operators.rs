//! Operators: the people who may sign in.

use crate::database::{Writing, execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{instant, micros, optional_instant, storable, word};
use crate::words::Standing;
use crate::{Store, StoreError, api_tokens, audit, sessions};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::Role;
use secrecy::{ExposeSecret, SecretString};

/// Who vouches for an operator that signs in elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OuterIdentity {
    /// The provider.
    pub issuer: String,
    /// What the provider calls them; never reused, unlike a name.
    pub subject: String,
}

/// An operator, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorRow {
    /// Its id.
    pub id: String,
    /// What they sign in with, and what stands in the audit log.
    pub name: String,
    /// What they are called.
    pub display_name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub standing: Standing,
    /// Who vouches for them; `None` = they have a password here.
    pub outer: Option<OuterIdentity>,
    /// Since when they are known.
    pub created_at: Timestamp,
    /// When something about them was changed last; a sign-in is no change.
    pub changed_at: Timestamp,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
}

/// What is to become of an operator. What is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OperatorChange {
    /// What they are called.
    pub display_name: Option<String>,
    /// Where mail reaches them; `Some(None)` forgets it.
    pub email: Option<Option<String>>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub standing: Option<Standing>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    display_name: String,
    email: Option<String>,
    role: String,
    standing: String,
    issuer: Option<String>,
    subject: Option<String>,
    created_at: i64,
    changed_at: i64,
    signed_in_at: Option<i64>,
}

impl Row {
    fn operator(self) -> Result<OperatorRow, StoreError> {
        let what = format!("operator \"{}\"", self.name);
        Ok(OperatorRow {
            role: word(self.role.parse().ok(), &self.role, &what)?,
            standing: word(Standing::from_name(&self.standing), &self.standing, &what)?,
            outer: self.issuer.zip(self.subject).map(|(issuer, subject)| OuterIdentity { issuer, subject }),
            created_at: instant(self.created_at, &what)?,
            changed_at: instant(self.changed_at, &what)?,
            signed_in_at: optional_instant(self.signed_in_at, &what)?,
            id: self.id,
            name: self.name,
            display_name: self.display_name,
            email: self.email,
        })
    }
}

fn last_admin(name: &str) -> StoreError {
    let reason = "is the last active admin; make another one first".to_owned();
    StoreError::Conflict { what: "operator", name: name.to_owned(), reason }
}

pub(crate) async fn active_admins(writing: &mut Writing) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        fetch_one!(writing, "SELECT COUNT(*) FROM operators WHERE role = 'admin' AND standing = 'active'")?;
    Ok(count)
}

/// Adds an operator. `folded` is the name without regard to case: no two operators have the same.
pub(crate) async fn add(
    writing: &mut Writing,
    operator: &OperatorRow,
    folded: &str,
    password: Option<&SecretString>,
) -> Result<(), StoreError> {
    let outer = operator.outer.as_ref();
    let added = execute!(
        writing,
        "INSERT INTO operators (id, name, folded, display_name, email, role, standing, issuer, subject, password,
                                created_at, changed_at, signed_in_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        &operator.id,
        &*storable(&operator.name),
        &*storable(folded),
        &*storable(&operator.display_name),
        operator.email.as_deref().map(storable).as_deref(),
        operator.role.as_str(),
        operator.standing.as_str(),
        outer.map(|outer| outer.issuer.as_str()),
        outer.map(|outer| outer.subject.as_str()),
        password.map(ExposeSecret::expose_secret),
        micros(operator.created_at),
        micros(operator.changed_at),
        operator.signed_in_at.map(micros),
    )?;
    if added == 0 { Err(StoreError::exists("operator", &operator.name)) } else { Ok(()) }
}

impl Store {
    /// Adds an operator, with the hash of a password where they have one here.
    pub async fn add_operator(
        &self,
        operator: &OperatorRow,
        folded: &str,
        password: Option<&SecretString>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        add(&mut writing, operator, folded, password).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Every operator, by name.
    pub async fn operators(&self) -> Result<Vec<OperatorRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, name, display_name, email, role, standing, issuer, subject, created_at, changed_at, signed_in_at
             FROM operators ORDER BY folded"
        )?;
        rows.into_iter().map(Row::operator).collect()
    }

    /// The operator of that folded name.
    pub async fn operator_named(&self, folded: &str) -> Result<Option<OperatorRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, name, display_name, email, role, standing, issuer, subject, created_at, changed_at, signed_in_at
             FROM operators WHERE folded = $1",
            &*storable(folded),
        )?;
        row.map(Row::operator).transpose()
    }

    /// The operator whom a provider vouches for.
    pub async fn operator_of(&self, outer: &OuterIdentity) -> Result<Option<OperatorRow>, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, name, display_name, email, role, standing, issuer, subject, created_at, changed_at, signed_in_at
             FROM operators WHERE issuer = $1 AND subject = $2",
            &outer.issuer,
            &outer.subject,
        )?;
        row.map(Row::operator).transpose()
    }

    /// The hash of an operator's password.
    pub async fn password_of(&self, id: &str) -> Result<Option<SecretString>, StoreError> {
        let row: Option<(Option<String>,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT password FROM operators WHERE id = $1",
            id
        )?;
        Ok(row.and_then(|(password,)| password).map(SecretString::from))
    }

    /// Whether somebody can administer.
    pub async fn has_active_admin(&self) -> Result<bool, StoreError> {
        let (count,): (i64,) = fetch_one!(
            &mut self.database.read().await?,
            "SELECT COUNT(*) FROM operators WHERE role = 'admin' AND standing = 'active'"
        )?;
        Ok(count > 0)
    }

    /// Changes an operator. `seen` is the [`OperatorRow::changed_at`] the decision was based on: if it was changed since, this is
    /// a conflict. The last active admin stays one unless `spares_last_admin` is false. A change of role or standing ends the
    /// operator's sessions; tells how many. Whoever may no longer sign in loses their tokens for good: they do not come back with them.
    pub async fn change_operator(
        &self,
        operator: &OperatorRow,
        change: &OperatorChange,
        spares_last_admin: bool,
        now: Timestamp,
        entry: Draft,
    ) -> Result<u64, StoreError> {
        let mut writing = self.database.write().await?;
        writing.alone().await?;
        let email = change.email.clone().unwrap_or_else(|| operator.email.clone());
        let (role, standing) =
            (change.role.unwrap_or(operator.role), change.standing.unwrap_or(operator.standing));
        let changed = execute!(
            &mut writing,
            "UPDATE operators SET display_name = $3, email = $4, role = $5, standing = $6, changed_at = $7
             WHERE id = $1 AND changed_at = $2",
            &operator.id,
            micros(operator.changed_at),
            &*storable(change.display_name.as_ref().unwrap_or(&operator.display_name)),
            email.as_deref().map(storable).as_deref(),
            role.as_str(),
            standing.as_str(),
            micros(now).max(micros(operator.changed_at) + 1),
        )?;
        if changed == 0 {
            return Err(StoreError::stale("operator", &operator.name));
        }
        let was_admin = operator.role == Role::Admin && operator.standing == Standing::Active;
        let is_admin = role == Role::Admin && standing == Standing::Active;
        if spares_last_admin && was_admin && !is_admin && active_admins(&mut writing).await? == 0 {
            return Err(last_admin(&operator.name));
        }
        if standing != Standing::Active {
            api_tokens::revoke_all(&mut writing, &operator.id, now).await?;
        }
        let is_demoted = (role, standing) != (operator.role, operator.standing);
        let ended =
            if is_demoted { sessions::end_all(&mut writing, &operator.id, None, now).await? } else { 0 };
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(ended)
    }

    /// Sets the hash of an operator's password and ends their sessions, all but one; tells how many.
    pub async fn set_password(
        &self,
        id: &str,
        password: &SecretString,
        but: Option<&str>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<u64, StoreError> {
        let mut writing = self.database.write().await?;
        let changed = execute!(
            &mut writing,
            "UPDATE operators
             SET password = $2, changed_at = CASE WHEN changed_at < $3 THEN $3 ELSE changed_at + 1 END
             WHERE id = $1 AND issuer IS NULL",
            id,
            password.expose_secret(),
            micros(now),
        )?;
        if changed == 0 {
            return Err(StoreError::not_found("operator with a password", id));
        }
        let ended = sessions::end_all(&mut writing, id, but, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok(ended)
    }

    /// Replaces the hash of a password by another one of the same password. Nothing that an operator could see changes; where the
    /// password was changed meanwhile, nothing at all.
    pub async fn rehash_password(
        &self,
        id: &str,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        execute!(
            &mut writing,
            "UPDATE operators SET password = $3 WHERE id = $1 AND password = $2",
            id,
            old.expose_secret(),
            new.expose_secret(),
        )?;
        writing.commit().await
    }

    /// Removes an operator with their sessions and tokens. What they did stays in the audit log. The last active admin stays.
    pub async fn remove_operator(&self, operator: &OperatorRow, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        writing.alone().await?;
        let removed: Option<(String, String)> = fetch_optional!(
            &mut writing,
            "DELETE FROM operators WHERE id = $1 AND changed_at = $2 RETURNING role, standing",
            &operator.id,
            micros(operator.changed_at),
        )?;
        let removed = removed.ok_or_else(|| StoreError::stale("operator", &operator.name))?;
        let was_admin = removed.0 == Role::Admin.as_str() && removed.1 == Standing::Active.as_str();
        if was_admin && active_admins(&mut writing).await? == 0 {
            return Err(last_admin(&operator.name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }
}
