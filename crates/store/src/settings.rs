//! Settings of the installation, as JSON by name, and its secrets, sealed (the password of the mail server).

use crate::database::{Writing, execute, fetch_all, fetch_optional};
use crate::row::{json, micros, parse_json};
use crate::secrets::Place;
use crate::sites::credentials_place;
use crate::{SealingKey, Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use secrecy::SecretString;
use serde_json::Value;
use std::sync::Arc;

fn secret_place<'a>(name: &'a str, what: &'a str) -> Place<'a> {
    Place { table: "secrets", row: name, column: "sealed", what }
}

fn secret_named(name: &str) -> String {
    format!("the secret \"{name}\"")
}

pub(crate) async fn set(
    writing: &mut Writing,
    name: &str,
    value: &Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        writing,
        "INSERT INTO settings (name, value, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        name,
        json(value),
        micros(now),
    )?;
    Ok(())
}

impl Store {
    /// Sets a setting.
    pub async fn set_setting(
        &self,
        name: &str,
        value: &Value,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        set(&mut writing, name, value, now).await?;
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
        let seal = |secret| self.key(&what)?.seal(secret, secret_place(name, &what));
        match secret.map(seal).transpose()? {
            Some(sealed) => execute!(
                writing,
                "INSERT INTO secrets (name, sealed, changed_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at",
                name,
                sealed,
                micros(now),
            )?,
            None => execute!(writing, "DELETE FROM secrets WHERE name = $1", name)?,
        };
        Ok(())
    }

    /// A secret, if it is there.
    pub async fn secret(&self, name: &str) -> Result<Option<SecretString>, StoreError> {
        let row: Option<(Vec<u8>,)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT sealed FROM secrets WHERE name = $1",
            name
        )?;
        let what = secret_named(name);
        let open = |(sealed,): (Vec<u8>,)| self.key(&what)?.open(&sealed, secret_place(name, &what));
        row.map(open).transpose()
    }

    /// Opens every secret and forgets it again: does the key fit? Gives how many there are; the error names the first that
    /// cannot be opened.
    pub async fn check_secrets(&self) -> Result<u64, StoreError> {
        let mut count = 0;
        for site in self.sites().await? {
            count += u64::from(self.site_credentials(&site.id).await?.is_some());
        }
        let names: Vec<(String,)> =
            fetch_all!(&mut self.database.read().await?, "SELECT name FROM secrets ORDER BY name")?;
        for (name,) in names {
            count += u64::from(self.secret(&name).await?.is_some());
        }
        Ok(count)
    }

    /// Seals every secret anew with another key, all or none, and gives the store that knows it and how many there were. The caller
    /// keeps the old key until this has succeeded, and puts the new one in its place afterwards.
    pub async fn reseal(&self, new: SealingKey, entry: Draft) -> Result<(Self, u64), StoreError> {
        let mut writing = self.database.write().await?;
        let sites: Vec<(String, String, Vec<u8>)> = fetch_all!(
            &mut writing,
            "SELECT id, name, credentials FROM sites WHERE credentials IS NOT NULL ORDER BY id"
        )?;
        let secrets: Vec<(String, Vec<u8>)> =
            fetch_all!(&mut writing, "SELECT name, sealed FROM secrets ORDER BY name")?;
        let count = (sites.len() + secrets.len()) as u64;
        for (id, name, sealed) in sites {
            let what = format!("the credentials of site \"{name}\"");
            let place = credentials_place(&id, &what);
            let sealed = new.seal(&self.key(&what)?.open(&sealed, place)?, place)?;
            execute!(&mut writing, "UPDATE sites SET credentials = $2 WHERE id = $1", &id, sealed)?;
        }
        for (name, sealed) in secrets {
            let what = secret_named(&name);
            let place = secret_place(&name, &what);
            let sealed = new.seal(&self.key(&what)?.open(&sealed, place)?, place)?;
            execute!(&mut writing, "UPDATE secrets SET sealed = $2 WHERE name = $1", &name, sealed)?;
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        Ok((Self { database: self.database.clone(), key: Some(Arc::new(new)) }, count))
    }
}
