//! Sites: connect, list, change, forget, ask.

use crate::{Act, Connection, Credentials, Engine, EngineError, Operator, SiteSettings, UseCase, about_site};
use jiff::Timestamp;
use rollcall_audit::EntryKind;
use rollcall_model::{GroupName, Product, SiteId, SiteName, SiteProfile};
use rollcall_store::{SiteDraft, SiteRow, StoreError};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// A site to be connected.
pub struct NewSite {
    /// What it is called here.
    pub name: SiteName,
    /// How it is reached.
    pub connection: Connection,
}

/// What is to be different about a connection.
pub struct SiteChange {
    /// What Rollcall is told about the site, all of it.
    pub settings: SiteSettings,
    /// Where it is from now on.
    pub url: Option<Url>,
    /// Further certificate authorities to trust, PEM.
    pub certificate_authorities: Option<String>,
    /// How to sign in from now on.
    pub credentials: Option<Credentials>,
}

/// A site as it is listed.
#[derive(Debug, Clone)]
pub struct SiteView {
    /// What it is called here.
    pub name: SiteName,
    /// The product.
    pub product: Product,
    /// Its address.
    pub url: String,
    /// What Rollcall was told about it.
    pub settings: SiteSettings,
    /// When it was connected.
    pub added_at: Timestamp,
    /// The newest snapshot: when, and how many accounts.
    pub newest: Option<(Timestamp, u64)>,
}

/// Credentials as they are sealed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
enum Sealed {
    Token { token: String },
    Basic { username: String, password: String },
}

fn seal(credentials: &Credentials) -> Result<SecretString, EngineError> {
    let plain = match credentials {
        Credentials::Token(token) => Sealed::Token { token: token.expose_secret().to_owned() },
        Credentials::Basic { username, password } => {
            Sealed::Basic { username: username.clone(), password: password.expose_secret().to_owned() }
        }
    };
    serde_json::to_string(&plain).map(SecretString::from).map_err(EngineError::document("credentials"))
}

fn unseal(secret: &SecretString) -> Result<Credentials, EngineError> {
    // An error of serde_json could quote the secret: it is not passed on.
    let sealed = serde_json::from_str(secret.expose_secret()).map_err(|_| EngineError::Document {
        what: "the credentials of a site".to_owned(),
        reason: "they are not in a form this program knows".to_owned(),
    })?;
    Ok(match sealed {
        Sealed::Token { token } => Credentials::Token(token.into()),
        Sealed::Basic { username, password } => Credentials::Basic { username, password: password.into() },
    })
}

/// A site that is opened for work.
pub(crate) struct OpenedSite {
    pub(crate) row: SiteRow,
    pub(crate) settings: SiteSettings,
    pub(crate) site: Arc<dyn Act>,
}

impl Engine {
    /// Connects a site: asks it who it is, and keeps it only if it answers as it should.
    pub async fn add_site(&self, operator: &Operator, new: NewSite) -> Result<SiteProfile, EngineError> {
        operator.check(UseCase::ChangeSite)?;
        if self.store.sites().await?.iter().any(|s| s.name.as_str().eq_ignore_ascii_case(new.name.as_str())) {
            return Err(EngineError::NotNow(format!(
                "there is a site \"{}\" already; choose another name, or change it with `rollcall site set`",
                new.name
            )));
        }
        let site = self.opener.open(&new.connection).map_err(EngineError::site(&new.name))?;
        let profile = site.probe().await.map_err(EngineError::site(&new.name))?;
        let id = SiteId::new(self.new_id());
        let mut entry = self.draft(
            operator,
            EntryKind::SITE_ADDED,
            about_site(&id),
            format!("site \"{}\" was connected", new.name),
        );
        entry.after = Some(json!({
            "name": new.name, "url": new.connection.url, "kind": new.connection.product,
            "version": profile.version, "account": profile.own_account.username, "settings": new.connection.settings,
        }));
        let draft = SiteDraft {
            id,
            name: new.name.clone(),
            kind: new.connection.product.as_str().to_owned(),
            url: new.connection.url.to_string(),
            settings: settings_json(&new.connection.settings)?,
            authorities: new.connection.certificate_authorities.clone(),
            credentials: Some(seal(&new.connection.credentials)?),
        };
        self.store.add_site(&draft, self.now(), entry).await?;
        Ok(profile)
    }

    /// The sites, by name.
    pub async fn sites(&self, operator: &Operator) -> Result<Vec<SiteView>, EngineError> {
        operator.check(UseCase::SeeSites)?;
        let mut views = Vec::new();
        for row in self.store.sites().await? {
            views.push(self.site_view(row).await?);
        }
        Ok(views)
    }

    /// One site.
    pub async fn site(&self, operator: &Operator, name: &SiteName) -> Result<SiteView, EngineError> {
        operator.check(UseCase::SeeSites)?;
        let row = self.site_row(name).await?;
        self.site_view(row).await
    }

    async fn site_view(&self, row: SiteRow) -> Result<SiteView, EngineError> {
        let newest = self.store.newest_snapshot(&row.id).await?.map(|s| (s.taken_at, s.accounts));
        Ok(SiteView {
            product: product(&row)?,
            settings: settings(&row)?,
            name: row.name,
            url: row.url,
            added_at: row.created_at,
            newest,
        })
    }

    /// Forgets a site and everything that belongs to it, but not what the audit log says of it.
    pub async fn remove_site(&self, operator: &Operator, name: &SiteName) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeSite)?;
        let row = self.site_row(name).await?;
        let mut entry = self.draft(
            operator,
            EntryKind::SITE_REMOVED,
            about_site(&row.id),
            format!("site \"{name}\" was removed"),
        );
        entry.before = Some(json!({ "name": row.name, "url": row.url }));
        Ok(self.store.remove_site(&row.id, entry).await?)
    }

    /// Asks a site what it is and what it can do.
    pub async fn test_site(&self, operator: &Operator, name: &SiteName) -> Result<SiteProfile, EngineError> {
        operator.check(UseCase::TestSite)?;
        self.open_site(name).await?.site.probe().await.map_err(EngineError::site(name))
    }

    /// Changes a connection. A new address, new credentials or new authorities are tried before they are kept, and a new address must be
    /// that of the same site: the account Rollcall uses there must be one that was seen before.
    pub async fn set_site(
        &self,
        operator: &Operator,
        name: &SiteName,
        change: SiteChange,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeSite)?;
        let old = self.site_row(name).await?;
        let mut row = old.clone();
        if let Some(url) = &change.url {
            row.url = url.to_string();
        }
        if change.certificate_authorities.is_some() {
            row.authorities = change.certificate_authorities;
        }
        row.settings = settings_json(&change.settings)?;
        let why = format!("site \"{name}\" was changed");
        let mut entry = self.draft(operator, EntryKind::SITE_CHANGED, about_site(&row.id), why);
        entry.before = Some(json!({ "url": old.url, "settings": old.settings }));
        entry.after = Some(json!({ "url": row.url, "settings": row.settings }));
        entry.details = json!({
            "newCredentials": change.credentials.is_some(), "newAuthorities": row.authorities != old.authorities,
        });
        if change.credentials.is_some() || row.url != old.url || row.authorities != old.authorities {
            let credentials = match &change.credentials {
                Some(credentials) => credentials.clone(),
                None => self.credentials(&row).await?,
            };
            let connection = connection(&row, change.settings, credentials)?;
            let site = self.opener.open(&connection).map_err(EngineError::site(name))?;
            let profile = site.probe().await.map_err(EngineError::site(name))?;
            if row.url != old.url {
                self.check_same_site(&old, &profile, &row.url).await?;
            }
        }
        let draft = SiteDraft {
            id: row.id,
            name: row.name,
            kind: row.kind,
            url: row.url,
            settings: row.settings,
            authorities: row.authorities,
            credentials: change.credentials.as_ref().map(seal).transpose()?,
        };
        Ok(self.store.change_site(&draft, self.now(), entry).await?)
    }

    /// Keys of accounts are made by the site and never change (`confluence-data-center.md §7.6`): by them a site is known again.
    async fn check_same_site(
        &self,
        row: &SiteRow,
        profile: &SiteProfile,
        url: &str,
    ) -> Result<(), EngineError> {
        let Some(newest) = self.store.newest_snapshot(&row.id).await? else { return Ok(()) };
        let snapshot = self.load_snapshot(&newest.id).await?;
        if snapshot.find_key(&profile.own_account.key).is_some() {
            return Ok(());
        }
        Err(EngineError::NotNow(format!(
            "{url} is not the site that was read as \"{}\": the account \"{}\" there is none of its accounts. Connect it under a name of its own with `rollcall site add`",
            row.name,
            rollcall_model::plain(&profile.own_account.username)
        )))
    }

    /// Makes a group without members at a site.
    pub async fn create_group(
        &self,
        operator: &Operator,
        name: &SiteName,
        group: &GroupName,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::CreateGroup)?;
        let opened = self.open_site(name).await?;
        let subject = about_site(&opened.row.id);
        let intent = self.draft(
            operator,
            group_kind("intent")?,
            subject.clone(),
            format!("make group \"{group}\" at \"{name}\""),
        );
        self.store.append_audit(vec![intent]).await?;
        let result = opened.site.create_group(group).await;
        let words = match &result {
            Ok(()) => format!("group \"{group}\" was made at \"{name}\""),
            Err(error) => format!("group \"{group}\" was not made at \"{name}\": {error}"),
        };
        self.store.append_audit(vec![self.draft(operator, group_kind("outcome")?, subject, words)]).await?;
        result.map_err(EngineError::site(name))
    }

    /// Opens a site for work.
    pub(crate) async fn open_site(&self, name: &SiteName) -> Result<OpenedSite, EngineError> {
        let row = self.site_row(name).await?;
        let credentials = self.credentials(&row).await?;
        let settings = settings(&row)?;
        let connection = connection(&row, settings.clone(), credentials)?;
        let site = self.opener.open(&connection).map_err(EngineError::site(name))?;
        Ok(OpenedSite { row, settings, site })
    }

    async fn credentials(&self, row: &SiteRow) -> Result<Credentials, EngineError> {
        let name = &row.name;
        let secret = self.store.site_credentials(&row.id).await?.ok_or_else(|| {
            EngineError::NotNow(format!("site \"{name}\" has no credentials; give them with `rollcall site set {name} --token-file FILE`"))
        })?;
        unseal(&secret)
    }

    pub(crate) async fn site_row(&self, name: &SiteName) -> Result<SiteRow, EngineError> {
        match self.store.site_named(name).await {
            Err(StoreError::NotFound { .. }) => {
                let known: Vec<_> = self.store.sites().await?.iter().map(|s| s.name.to_string()).collect();
                let remedy = if known.is_empty() {
                    "; connect one with `rollcall site add`".to_owned()
                } else {
                    format!("; known: {}", known.join(", "))
                };
                Err(EngineError::NotFound { what: "site", name: name.to_string(), remedy })
            }
            found => Ok(found?),
        }
    }
}

fn connection(
    row: &SiteRow,
    settings: SiteSettings,
    credentials: Credentials,
) -> Result<Connection, EngineError> {
    let url = row.url.parse().map_err(|error| EngineError::Document {
        what: format!("the address of site \"{}\"", row.name),
        reason: format!("{error}"),
    })?;
    Ok(Connection {
        product: product(row)?,
        url,
        credentials,
        certificate_authorities: row.authorities.clone(),
        settings,
    })
}

fn group_kind(what: &str) -> Result<EntryKind, EngineError> {
    format!("site.group.{what}").parse().map_err(|error| EngineError::Document {
        what: "an audit entry".to_owned(),
        reason: format!("{error}"),
    })
}

fn settings_json(settings: &SiteSettings) -> Result<serde_json::Value, EngineError> {
    serde_json::to_value(settings).map_err(EngineError::document("the settings of a site"))
}

pub(crate) fn settings(row: &SiteRow) -> Result<SiteSettings, EngineError> {
    serde_json::from_value(row.settings.clone())
        .map_err(EngineError::document(format!("the settings of site \"{}\"", row.name)))
}

pub(crate) fn product(row: &SiteRow) -> Result<Product, EngineError> {
    row.kind.parse().map_err(|reason| EngineError::Document {
        what: format!("the kind of site \"{}\"", row.name),
        reason,
    })
}
