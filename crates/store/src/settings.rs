//! Settings of the installation, as JSON by name, and its secrets, sealed (the password of the mail server).

use crate::database::{Writing, execute, fetch_optional};
use crate::row::{json, micros, parse_json};
use crate::secrets::Place;
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use secrecy::SecretString;
use serde_json::Value;

fn secret_place<'a>(name: &'a str, what: &'a str) -> Place<'a> {
    Place { table: "secrets", row: name, column: "sealed", what }
}

/// A secret as it is kept, by its name.
const SECRET: &str = "SELECT sealed FROM secrets WHERE name = $1";

fn secret_named(name: &str) -> String {
    format!("the secret \"{name}\"")
}

/// A setting that is to be changed.
#[derive(Debug, Clone, Copy)]
pub struct SettingChange<'a> {
    /// Which.
    pub name: &'a str,
    /// What it was when it was looked at; `None`: it had never been set.
    pub seen: Option<&'a Value>,
    /// What it is to be.
    pub value: &'a Value,
}

pub(crate) async fn set(
    writing: &mut Writing,
    change: SettingChange<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let kept = execute!(
        writing,
        "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
         WHERE settings.value = $4",
        change.name,
        json(change.value),
        micros(now),
        change.seen.map(json),
    )?;
    if kept == 0 { Err(StoreError::stale("setting", change.name)) } else { Ok(()) }
}

impl Store {
    /// Sets a setting, if it still is what was looked at.
    pub async fn set_setting(
        &self,
        change: SettingChange<'_>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        set(&mut writing, change, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// A setting, if it was ever set.
    pub async fn setting(&self, name: &str) -> Result<Option<Value>, StoreError> {
        let row: Option<(String,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT value FROM settings WHERE name = $1",
            name
        )?;
        row.map(|(text,)| parse_json(&text, &format!("setting \"{name}\""))).transpose()
    }

    /// Seals and keeps a secret; `None` removes it.
    pub async fn set_secret(
        &self,
        name: &str,
        secret: Option<&SecretString>,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        self.keep_secret(&mut writing, name, secret, now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// The same within a transaction.
    pub(crate) async fn keep_secret(
        &self,
        writing: &mut Writing,
        name: &str,
        secret: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let what = secret_named(name);
        match secret {
            Some(secret) => {
                let sealed = self.seal(writing, secret, secret_place(name, &what)).await?;
                execute!(
                    writing,
                    "INSERT INTO secrets (name, sealed, changed_at) VALUES ($1, $2, $3)
                     ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at",
                    name,
                    sealed,
                    micros(now),
                )?
            }
            None => execute!(writing, "DELETE FROM secrets WHERE name = $1", name)?,
        };
        Ok(())
    }

    /// A secret, if it is there.
    pub async fn secret(&self, name: &str) -> Result<Option<SecretString>, StoreError> {
        let row = fetch_optional!(&mut self.database.read().await?, SECRET, name)?;
        self.opened(name, row)
    }

    /// The same within a transaction.
    pub(crate) async fn secret_within(
        &self,
        writing: &mut Writing,
        name: &str,
    ) -> Result<Option<SecretString>, StoreError> {
        let row = fetch_optional!(writing, SECRET, name)?;
        self.opened(name, row)
    }

    fn opened(&self, name: &str, row: Option<(Vec<u8>,)>) -> Result<Option<SecretString>, StoreError> {
        let what = secret_named(name);
        let open = |(sealed,): (Vec<u8>,)| self.unseal(&sealed, secret_place(name, &what));
        row.map(open).transpose()
    }
}
