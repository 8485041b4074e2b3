//! Sites: connect, change, forget, ask.

mod sealed;
mod seen;

pub use seen::{SiteReach, SiteView};

use crate::{
    Act, Connection, Credentials, Engine, EngineError, Operator, SiteError, SiteSettings, UseCase, about_site,
};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::EntryKind;
use rollcall_model::{ActionKind, AddressRule, GroupName, Product, SiteId, SiteName, SiteProfile};
use rollcall_store::{SiteDraft, SiteRow, StoreError};
use sealed::{seal, unseal};
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;
use url::{Host, Url};

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
    /// The version that the operator looked at (`changed_at`); where it was changed since, it is not changed. `None` = whatever there is.
    pub meant: Option<Timestamp>,
}

/// Where sites may be that are connected from elsewhere than a shell of this machine.
#[derive(Debug, Clone, Default)]
pub struct RemoteSites {
    /// Which addresses.
    pub addresses: AddressRule,
    /// Whether `http` will do.
    pub allow_http: bool,
}

/// A site that is opened for work.
pub(crate) struct OpenedSite {
    pub(crate) row: SiteRow,
    pub(crate) settings: SiteSettings,
    pub(crate) site: Arc<dyn Act>,
}

impl Engine {
    /// Where sites may be that remote operators connect. Until this is said: at public addresses, over https.
    #[must_use]
    pub fn with_remote_sites(mut self, rule: RemoteSites) -> Self {
        self.remote_sites = rule;
        self
    }

    /// Which addresses a connection may lead to. An address that a remote operator gave must not be a way to what only this machine
    /// reaches; whoever is at a shell of this machine needs no Rollcall for that.
    fn addresses(&self, url: &Url, is_vouched: bool) -> Result<AddressRule, EngineError> {
        if is_vouched {
            return Ok(AddressRule::everything());
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && self.remote_sites.allow_http) {
            return Err(EngineError::Address(
                "the address of a site begins with https://, so that its credentials cannot be read on the way; \
                 `server.allow-http-sites` in rollcall.yaml permits http, and so does `rollcall site add` on the machine of the server"
                    .to_owned(),
            ));
        }
        let rule = &self.remote_sites.addresses;
        let literal: Option<IpAddr> = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            _ => None,
        };
        if let Some(refusal) = literal.and_then(|address| rule.check(address).err()) {
            return Err(EngineError::Address(refusal.to_string()));
        }
        // What a name leads to is asked about at every connect.
        Ok(rule.clone())
    }

    /// Asks a site that is not connected who it is, and keeps nothing.
    pub async fn try_site(
        &self,
        operator: &Operator,
        mut connection: Connection,
    ) -> Result<SiteProfile, EngineError> {
        operator.check(UseCase::ChangeSite)?;
        connection.addresses = self.addresses(&connection.url, operator.is_local())?;
        let site = self.opener.open(&connection).map_err(EngineError::NewSite)?;
        site.probe().await.map_err(EngineError::NewSite)
    }

    /// Connects a site: asks it who it is, and keeps it only if it answers as it should.
    pub async fn add_site(&self, operator: &Operator, mut new: NewSite) -> Result<SiteProfile, EngineError> {
        operator.check(UseCase::ChangeSite)?;
        new.connection.addresses = self.addresses(&new.connection.url, operator.is_local())?;
        let mut sites = self.store.sites().await?.into_iter();
        if let Some(there) = sites.find(|s| s.name.as_str().eq_ignore_ascii_case(new.name.as_str())) {
            return Err(EngineError::Taken { what: "site", name: there.name.to_string() });
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
            "vouched": operator.is_local(),
        }));
        let draft = SiteDraft {
            id,
            name: new.name.clone(),
            kind: new.connection.product.as_str().to_owned(),
            url: new.connection.url.to_string(),
            settings: settings_json(&new.connection.settings)?,
            authorities: new.connection.certificate_authorities.clone(),
            credentials: Some(seal(&new.connection.credentials)?),
            is_vouched: operator.is_local(),
        };
        self.store.add_site(&draft, self.now(), entry).await?;
        Ok(profile)
    }

    /// Forgets a site and everything that belongs to it, but not what the audit log says of it. `meant` as in [`SiteChange`].
    pub async fn remove_site(
        &self,
        operator: &Operator,
        name: &SiteName,
        meant: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeSite)?;
        let row = self.site_row(name).await?;
        let mut entry = self.draft(
            operator,
            EntryKind::SITE_REMOVED,
            about_site(&row.id),
            format!("site \"{name}\" was removed"),
        );
        entry.before = Some(json!({ "name": row.name, "url": row.url }));
        Ok(self.store.remove_site(&row.id, meant, entry).await?)
    }

    /// Asks a site what it is and what it can do.
    pub async fn test_site(&self, operator: &Operator, name: &SiteName) -> Result<SiteProfile, EngineError> {
        operator.check(UseCase::TestSite)?;
        let opened = self.open_site(name).await?;
        match opened.site.probe().await {
            Ok(profile) => {
                self.note_answer(&opened.row).await;
                Ok(profile)
            }
            Err(error) => {
                self.note_trouble(operator, name, &error).await;
                Err(EngineError::site(name)(error))
            }
        }
    }

    /// Changes a connection. A new address, new credentials or new authorities are tried before they are kept, and a new address must be
    /// that of the same site: the account Rollcall uses there must be one that was seen before. To another server than the one they were
    /// given for, no credentials are sent: they are to be given with its address (I12).
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
        if row.url != old.url {
            row.is_vouched = operator.is_local();
        }
        if change.certificate_authorities.is_some() {
            row.authorities = change.certificate_authorities;
        }
        row.settings = settings_json(&change.settings)?;
        let why = format!("site \"{name}\" was changed");
        let mut entry = self.draft(operator, EntryKind::SITE_CHANGED, about_site(&row.id), why);
        entry.before = Some(json!({ "url": old.url, "settings": old.settings, "vouched": old.is_vouched }));
        entry.after = Some(json!({ "url": row.url, "settings": row.settings, "vouched": row.is_vouched }));
        entry.details = json!({
            "newCredentials": change.credentials.is_some(), "newAuthorities": row.authorities != old.authorities,
        });
        if change.credentials.is_some() || row.url != old.url || row.authorities != old.authorities {
            let credentials = match &change.credentials {
                Some(credentials) => credentials.clone(),
                None if is_another_server(&old.url, &row.url) => return Err(credentials_wanted(&row.url)),
                None => self.credentials(&row).await?,
            };
            let connection = self.connection(&row, change.settings, credentials)?;
            let site = self.opener.open(&connection).map_err(EngineError::site(name))?;
            let profile = site.probe().await.map_err(EngineError::site(name))?;
            if row.url != old.url {
                self.check_same_site(&old, &profile, &row.url).await?;
            }
            self.store.forget_refusal(&row.id).await?;
        }
        let draft = SiteDraft {
            id: row.id,
            name: row.name,
            kind: row.kind,
            url: row.url,
            settings: row.settings,
            authorities: row.authorities,
            credentials: change.credentials.as_ref().map(seal).transpose()?,
            is_vouched: row.is_vouched,
        };
        let meant = change.meant.unwrap_or(old.changed_at);
        Ok(self.store.change_site(&draft, meant, self.now(), entry).await?)
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
            EntryKind::GROUP_INTENT,
            subject.clone(),
            format!("make group \"{group}\" at \"{name}\""),
        );
        self.store.append_audit(vec![intent]).await?;
        let result = opened.site.create_group(group).await;
        let words = match &result {
            Ok(()) => format!("group \"{group}\" was made at \"{name}\""),
            Err(error) => format!("group \"{group}\" was not made at \"{name}\": {error}"),
        };
        self.store.append_audit(vec![self.draft(operator, EntryKind::GROUP_OUTCOME, subject, words)]).await?;
        result.map_err(|error| match error {
            // No request can carry such a name: nothing was sent.
            SiteError::Unsupported { action: ActionKind::AddGroups, reason } => {
                EngineError::Unfit { field: "name", reason }
            }
            error => EngineError::site(name)(error),
        })
    }

    /// Opens a site for work.
    pub(crate) async fn open_site(&self, name: &SiteName) -> Result<OpenedSite, EngineError> {
        let row = self.site_row(name).await?;
        let credentials = self.credentials(&row).await?;
        let settings = settings(&row)?;
        let connection = self.connection(&row, settings.clone(), credentials)?;
        let site = self.opener.open(&connection).map_err(EngineError::site(name))?;
        let site = self.meters.metered(name, site);
        Ok(OpenedSite { row, settings, site })
    }

    fn connection(
        &self,
        row: &SiteRow,
        settings: SiteSettings,
        credentials: Credentials,
    ) -> Result<Connection, EngineError> {
        let url: Url = row.url.parse().map_err(|error| EngineError::Document {
            what: format!("the address of site \"{}\"", row.name),
            reason: format!("{error}"),
        })?;
        Ok(Connection {
            product: product(row)?,
            addresses: self.addresses(&url, row.is_vouched)?,
            url,
            credentials,
            certificate_authorities: row.authorities.clone(),
            settings,
        })
    }

    async fn credentials(&self, row: &SiteRow) -> Result<Credentials, EngineError> {
        let name = &row.name;
        let secret = self.store.site_credentials(&row.id).await?.ok_or_else(|| {
            EngineError::NotNow(format!("site \"{name}\" has no credentials; give them by `Replace credentials` on its page, or by `rollcall site set {name} --token-file FILE`"))
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

/// By so much our clock may be ahead of a site's.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

pub(crate) fn is_too_far_ahead(ahead: SignedDuration) -> bool {
    ahead > AHEAD
}

/// By a clock that is ahead everybody seems to have been idle that much longer: then nothing is changed at the site. A clock that is behind
/// errs to the safe side.
pub(crate) fn check_clock(
    site: &SiteName,
    theirs: Option<Timestamp>,
    ours: Timestamp,
) -> Result<(), EngineError> {
    let ahead = theirs.map_or(SignedDuration::ZERO, |theirs| ours.duration_since(theirs));
    if !is_too_far_ahead(ahead) {
        return Ok(());
    }
    Err(EngineError::NotNow(format!(
        "the clock of this machine is {} hours ahead of that of site \"{site}\", so that everybody would seem to have been idle that much longer: \
         set both clocks, best by NTP, read the site and plan again",
        ahead.as_hours()
    )))
}

/// Whether two addresses lead to different servers: another scheme, host or port. A path alone is the same server.
fn is_another_server(old: &str, new: &str) -> bool {
    let origin = |url: &str| url.parse::<Url>().map(|url| url.origin());
    !matches!((origin(old), origin(new)), (Ok(old), Ok(new)) if old == new)
}

fn credentials_wanted(url: &str) -> EngineError {
    let reason = format!(
        "they are sent to no other server than the one that they were given for. Give those for {url} with its address (`--token-file FILE`, or `--username NAME`)"
    );
    EngineError::Unfit { field: "credentials", reason }
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
