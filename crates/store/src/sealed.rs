//! Every place where a sealed secret is kept: checked together, and sealed anew together.
//!
//! To keep secrets in another column: seal with [`Store::seal`] and open with [`Store::unseal`], and add the column to [`COLUMNS`].

use crate::database::{OnDatabase, Writing, fetch_all, on_either};
use crate::key_file::KeyFile;
use crate::keyring::{newest_of, retire};
use crate::secrets::{NAMING, Place, key_named, key_of};
use crate::{SealingKey, Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use secrecy::SecretString;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A column of sealed secrets: the table, its key, the column that names the row to a person, the column itself, and how messages begin.
struct Column {
    table: &'static str,
    row: &'static str,
    label: &'static str,
    sealed: &'static str,
    what: &'static str,
}

const COLUMNS: &[Column] = &[
    Column {
        table: "sites",
        row: "id",
        label: "name",
        sealed: "credentials",
        what: "the credentials of site",
    },
    Column { table: "secrets", row: "name", label: "name", sealed: "sealed", what: "the secret" },
];

type Sealed = (String, String, Vec<u8>);

impl Column {
    async fn rows(&self, on: &mut impl OnDatabase) -> Result<Vec<Sealed>, StoreError> {
        let Self { table, row, label, sealed, .. } = self;
        let sql =
            format!("SELECT {row}, {label}, {sealed} FROM {table} WHERE {sealed} IS NOT NULL ORDER BY {row}");
        fetch_all!(on, AssertSqlSafe(sql.as_str()))
    }

    /// With which keys something is sealed in it.
    async fn keys(&self, on: &mut impl OnDatabase) -> Result<Vec<String>, StoreError> {
        let Self { table, sealed, .. } = self;
        let sql = format!(
            "SELECT DISTINCT SUBSTR({sealed}, 1, {NAMING}) AS begin FROM {table} WHERE {sealed} IS NOT NULL ORDER BY begin"
        );
        let rows: Vec<(Vec<u8>,)> = fetch_all!(on, AssertSqlSafe(sql.as_str()))?;
        Ok(rows.iter().filter_map(|(begin,)| key_named(begin)).collect())
    }

    async fn put(&self, writing: &mut Writing, id: &str, anew: Vec<u8>) -> Result<(), StoreError> {
        let Self { table, row, sealed, .. } = self;
        let sql = format!("UPDATE {table} SET {sealed} = $2 WHERE {row} = $1");
        on_either!(writing, connection =>
            sqlx::query(AssertSqlSafe(sql.as_str())).bind(id).bind(anew).execute(connection).await.map(drop))
    }

    fn place<'a>(&'a self, row: &'a str, what: &'a str) -> Place<'a> {
        Place { table: self.table, row, column: self.sealed, what }
    }

    fn what(&self, label: &str) -> String {
        format!("{} \"{label}\"", self.what)
    }
}

/// For each column the statement that lists what is sealed in it.
pub(crate) fn statements() -> Vec<String> {
    let list = |Column { table, sealed, .. }: &Column| {
        format!("SELECT {sealed} FROM {table} WHERE {sealed} IS NOT NULL")
    };
    COLUMNS.iter().map(list).collect()
}

/// The keys of an installation, by their short names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The key that seals.
    pub current: String,
    /// Its file, where it came from one.
    pub file: Option<KeyFile>,
    /// How many secrets were sealed with which key.
    pub secrets: BTreeMap<String, u64>,
    /// Keys that were replaced, and when.
    pub retired: Vec<(String, Timestamp)>,
}

impl Store {
    /// Seals a secret for its place, with the key that counts at the end of the transaction.
    pub(crate) async fn seal(
        &self,
        writing: &mut Writing,
        secret: &SecretString,
        place: Place<'_>,
    ) -> Result<Vec<u8>, StoreError> {
        self.keyring(place.what)?.to_seal_with(writing, place.what).await?.seal(secret, place)
    }

    /// Opens what was sealed for its place.
    pub(crate) fn unseal(&self, sealed: &[u8], place: Place<'_>) -> Result<SecretString, StoreError> {
        self.keyring(place.what)?.open(sealed, place)
    }

    /// Opens every secret and forgets it again: does the key fit? Gives how many there are; the error names the first that
    /// cannot be opened.
    pub async fn check_secrets(&self) -> Result<u64, StoreError> {
        let mut count = 0;
        for column in COLUMNS {
            for (row, label, sealed) in column.rows(&mut self.database.read().await?).await? {
                let what = column.what(&label);
                self.unseal(&sealed, column.place(&row, &what))?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Whether the key at hand is the one of this installation: it was not replaced by one that is not here, and where there are secrets it
    /// opens one. Reads the key file again before it says no. Opens nothing.
    pub async fn check_key(&self) -> Result<(), StoreError> {
        let keyring = self.keyring("a secret")?;
        let mut reading = self.database.read().await?;
        let current = keyring.current().id();
        let newest = newest_of(&mut reading, &current).await?;
        let mut wanted = Vec::new();
        if newest == current {
            for column in COLUMNS {
                wanted.extend(column.keys(&mut reading).await?);
            }
        } else {
            wanted.push(newest);
        }
        match wanted.first() {
            Some(first) if wanted.iter().all(|id| keyring.find(id).is_none()) => {
                Err(StoreError::OtherKey { given: current, wanted: first.clone(), file: keyring.file() })
            }
            _ => Ok(()),
        }
    }

    /// Which key seals, and with which keys the secrets are sealed. Opens none of them.
    pub async fn keys(&self) -> Result<Keys, StoreError> {
        let keyring = self.keyring("a secret")?;
        let mut secrets = BTreeMap::new();
        let mut reading = self.database.read().await?;
        for column in COLUMNS {
            for (_, label, sealed) in column.rows(&mut reading).await? {
                let what = || column.what(&label);
                let id = key_of(&sealed).ok_or_else(|| {
                    StoreError::corrupt(what(), "it does not begin as a sealed secret does")
                })?;
                *secrets.entry(id).or_default() += 1;
            }
        }
        let retired: Vec<(String, i64)> =
            fetch_all!(&mut reading, "SELECT id, retired_at FROM retired_keys ORDER BY retired_at, id")?;
        let instant = |(id, at)| Ok((id, crate::row::instant(at, "a retired key")?));
        // The file may hold another key by now: that one counts.
        keyring.find("");
        Ok(Keys {
            current: keyring.current().id(),
            file: keyring.file(),
            secrets,
            retired: retired.into_iter().map(instant).collect::<Result<_, StoreError>>()?,
        })
    }

    /// Seals every secret anew with another key, all or none, and notes that the one so far is retired. This store and its clones
    /// go on with the new one. Gives how many there were. The caller keeps the old key until this has succeeded, and puts the new one in its
    /// place afterwards.
    pub async fn rotate_key(&self, new: SealingKey, now: Timestamp, entry: Draft) -> Result<u64, StoreError> {
        let keyring = self.keyring("the sealing key")?;
        let mut writing = self.database.write().await?;
        let old = keyring.to_seal_with(&mut writing, "the sealing key").await?;
        let mut count = 0;
        for column in COLUMNS {
            for (row, label, sealed) in column.rows(&mut writing).await? {
                let what = column.what(&label);
                let place = column.place(&row, &what);
                let sealed = new.seal(&keyring.open(&sealed, place)?, place)?;
                column.put(&mut writing, &row, sealed).await?;
                count += 1;
            }
        }
        retire(&mut writing, &old.id(), &new.id(), now).await?;
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await?;
        keyring.replace(Arc::new(new.of_file(old.file())));
        Ok(count)
    }
}
