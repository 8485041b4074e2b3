//! Sites: connections and their sealed credentials.

use crate::database::{Writing, execute, fetch_all, fetch_one, fetch_optional};
use crate::row::{instant, json, micros, parse_json};
use crate::secrets::Place;
use crate::{Store, StoreError, audit};
use jiff::Timestamp;
use rollcall_audit::Draft;
use rollcall_model::{SiteId, SiteName};
use secrecy::SecretString;
use serde_json::Value;
use std::fmt::Display;

/// A site as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// Its id.
    pub id: SiteId,
    /// The operator's name for it, unique without regard to case.
    pub name: SiteName,
    /// The product, as after `--kind`.
    pub kind: String,
    /// Scheme, host, port and context path; no credentials.
    pub url: String,
    /// What the administrator said of it; the engine's document.
    pub settings: Value,
    /// Further certificate authorities to trust, PEM.
    pub authorities: Option<String>,
    /// Whether credentials are stored.
    pub has_credentials: bool,
    /// Whether somebody at a shell of this machine vouched for the address.
    pub is_vouched: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// A site to be added, or what it is to be changed to.
#[derive(Debug, Clone)]
pub struct SiteDraft {
    /// Its id.
    pub id: SiteId,
    /// The operator's name for it.
    pub name: SiteName,
    /// The product.
    pub kind: String,
    /// Scheme, host, port and context path; no credentials.
    pub url: String,
    /// What the administrator said of it.
    pub settings: Value,
    /// Further certificate authorities to trust, PEM.
    pub authorities: Option<String>,
    /// How to sign in, in whatever form the engine gives it; sealed here. On a change, `None` keeps what is stored.
    pub credentials: Option<SecretString>,
    /// Whether somebody at a shell of this machine vouches for the address.
    pub is_vouched: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    kind: String,
    url: String,
    settings: String,
    authorities: Option<String>,
    has_credentials: bool,
    is_vouched: bool,
    created_at: i64,
    changed_at: i64,
}

impl Row {
    fn site(self) -> Result<SiteRow, StoreError> {
        let what = format!("site \"{}\"", self.name);
        Ok(SiteRow {
            name: self.name.parse().map_err(|error| StoreError::corrupt(&what, &error))?,
            settings: parse_json(&self.settings, &what)?,
            created_at: instant(self.created_at, &what)?,
            changed_at: instant(self.changed_at, &what)?,
            id: self.id.into(),
            kind: self.kind,
            url: self.url,
            authorities: self.authorities,
            has_credentials: self.has_credentials,
            is_vouched: self.is_vouched,
        })
    }
}

/// Site names are ASCII, so this is all the folding they need.
fn folded(name: &SiteName) -> String {
    name.as_str().to_ascii_lowercase()
}

fn credentials_place<'a>(site: &'a str, what: &'a str) -> Place<'a> {
    Place { table: "sites", row: site, column: "credentials", what }
}

/// Why a change found nothing to change.
async fn missing_or_changed(writing: &mut Writing, id: &str, name: &impl Display) -> StoreError {
    let there: Result<Option<(String,)>, StoreError> =
        fetch_optional!(writing, "SELECT id FROM sites WHERE id = $1", id);
    match there {
        Err(error) => error,
        Ok(None) => StoreError::not_found("site", name),
        Ok(Some(_)) => StoreError::stale("site", &name.to_string()),
    }
}

impl Store {
    async fn seal_credentials(
        &self,
        writing: &mut Writing,
        site: &SiteDraft,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(secret) = &site.credentials else { return Ok(None) };
        let what = format!("the credentials of site \"{}\"", site.name);
        Ok(Some(self.seal(writing, secret, credentials_place(site.id.as_str(), &what)).await?))
    }

    /// Adds a site.
    pub async fn add_site(&self, site: &SiteDraft, now: Timestamp, entry: Draft) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let sealed = self.seal_credentials(&mut writing, site).await?;
        let added = execute!(
            &mut writing,
            "INSERT INTO sites (id, name, folded, kind, url, settings, authorities, credentials, created_at, changed_at, is_vouched)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
             ON CONFLICT DO NOTHING",
            site.id.as_str(),
            site.name.as_str(),
            folded(&site.name),
            &site.kind,
            &site.url,
            json(&site.settings),
            site.authorities.as_deref(),
            sealed,
            micros(now),
            site.is_vouched,
        )?;
        if added == 0 {
            return Err(StoreError::exists("site", &site.name));
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Changes a site, by id, where nobody changed it since `unchanged_since`. Its kind stays.
    pub async fn change_site(
        &self,
        site: &SiteDraft,
        unchanged_since: Timestamp,
        now: Timestamp,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let sealed = self.seal_credentials(&mut writing, site).await?;
        let others: (i64,) = fetch_one!(
            &mut writing,
            "SELECT COUNT(*) FROM sites WHERE folded = $1 AND id <> $2",
            folded(&site.name),
            site.id.as_str(),
        )?;
        if others.0 > 0 {
            return Err(StoreError::exists("site", &site.name));
        }
        let changed = execute!(
            &mut writing,
            "UPDATE sites SET name = $2, folded = $3, url = $4, settings = $5, authorities = $6,
                              credentials = COALESCE($7, credentials), changed_at = $8, is_vouched = $9
             WHERE id = $1 AND changed_at = $10",
            site.id.as_str(),
            site.name.as_str(),
            folded(&site.name),
            &site.url,
            json(&site.settings),
            site.authorities.as_deref(),
            sealed,
            micros(now),
            site.is_vouched,
            micros(unchanged_since),
        )?;
        if changed == 0 {
            return Err(missing_or_changed(&mut writing, site.id.as_str(), &site.name).await);
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Removes a site with its snapshots and exemptions. Plans, runs and the audit log stay. Refused while a run of it is under way.
    /// With `unchanged_since`, only where nobody changed it since.
    pub async fn remove_site(
        &self,
        site: &SiteId,
        unchanged_since: Option<Timestamp>,
        entry: Draft,
    ) -> Result<(), StoreError> {
        let mut writing = self.database.write().await?;
        let run: Option<(String,)> = fetch_optional!(
            &mut writing,
            "SELECT id FROM runs WHERE site = $1 AND state IN ('pending', 'running', 'stopping') LIMIT 1",
            site.as_str(),
        )?;
        if let Some((run,)) = run {
            let reason = format!("has a run under way ({run}); stop it first");
            return Err(StoreError::Conflict { what: "site", name: site.to_string(), reason });
        }
        let removed = execute!(
            &mut writing,
            "DELETE FROM sites WHERE id = $1 AND ($2 IS NULL OR changed_at = $2)",
            site.as_str(),
            unchanged_since.map(micros),
        )?;
        if removed == 0 {
            return Err(missing_or_changed(&mut writing, site.as_str(), site).await);
        }
        audit::append(&mut writing, vec![entry]).await?;
        writing.commit().await
    }

    /// Every site, by name.
    pub async fn sites(&self) -> Result<Vec<SiteRow>, StoreError> {
        let rows: Vec<Row> = fetch_all!(
            &mut self.database.read().await?,
            "SELECT id, name, kind, url, settings, authorities, credentials IS NOT NULL AS has_credentials, is_vouched, created_at, changed_at
             FROM sites ORDER BY folded"
        )?;
        rows.into_iter().map(Row::site).collect()
    }

    /// The site of that name, without regard to case.
    pub async fn site_named(&self, name: &SiteName) -> Result<SiteRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, name, kind, url, settings, authorities, credentials IS NOT NULL AS has_credentials, is_vouched, created_at, changed_at
             FROM sites WHERE folded = $1",
            folded(name),
        )?;
        row.ok_or_else(|| StoreError::not_found("site", name))?.site()
    }

    /// The site of that id.
    pub async fn site(&self, id: &SiteId) -> Result<SiteRow, StoreError> {
        let row: Option<Row> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT id, name, kind, url, settings, authorities, credentials IS NOT NULL AS has_credentials, is_vouched, created_at, changed_at
             FROM sites WHERE id = $1",
            id.as_str(),
        )?;
        row.ok_or_else(|| StoreError::not_found("site", id))?.site()
    }

    /// How to sign in at a site; `None` where nothing is stored.
    pub async fn site_credentials(&self, id: &SiteId) -> Result<Option<SecretString>, StoreError> {
        let row: Option<(String, Option<Vec<u8>>)> = fetch_optional!(
            &mut self.database.read().await?,
            "SELECT name, credentials FROM sites WHERE id = $1",
            id.as_str(),
        )?;
        let (name, sealed) = row.ok_or_else(|| StoreError::not_found("site", id))?;
        let what = format!("the credentials of site \"{name}\"");
        let open = |sealed: Vec<u8>| self.unseal(&sealed, credentials_place(id.as_str(), &what));
        sealed.map(open).transpose()
    }
}
