//! What Rollcall itself knows: exemptions and lists, kept beside the snapshots.

use crate::{Engine, EngineError, Freshness, Operator, UseCase, about_site};
use jiff::Timestamp;
use rollcall_audit::{EntryKind, Subject};
use rollcall_model::{AccountKey, GroupName, SiteName};
use rollcall_snapshot::{AccountList, ExemptSubject, Exemption, Facts, History, Noticed, Snapshot};
use rollcall_store::{ExemptKind, ExemptionRow, ListRow, NoticedRow, Replaces, SiteRow, StoreError};
use serde_json::json;

/// An exemption as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExemptionView {
    /// The account or group.
    pub subject: ExemptSubject,
    /// The account's sign-in name in the newest snapshot; of one that is gone, the name it had when it was exempted, with its key where somebody else has
    /// that name now. Or the group's name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Until when; `None` = for good.
    pub until: Option<Timestamp>,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
}

/// A list as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Its name in `list = "…"`.
    pub name: String,
    /// How many names and addresses.
    pub entries: usize,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

impl Engine {
    /// Everything Rollcall knows of a site's accounts.
    pub(crate) async fn facts(&self, site: &SiteRow, history: History) -> Result<Facts, EngineError> {
        let exemptions = self.store.exemptions(&site.id).await?.into_iter().map(|row| Exemption {
            subject: subject(&row),
            reason: row.reason,
            until: row.until,
        });
        let lists = self.store.lists().await?.into_iter();
        let told = self.store.noticed(&site.id).await?.into_iter();
        let notice =
            |row: NoticedRow| (row.account, Noticed { sent: row.sent_at, is_waiting: row.is_waiting });
        Ok(Facts {
            exemptions: exemptions.collect(),
            lists: lists.map(|row| (row.name, row.entries.iter().collect::<AccountList>())).collect(),
            history,
            notices: told.map(notice).collect(),
        })
    }

    /// Exempts an account, by the sign-in name it has in the newest snapshot, or a group. One that has ended is replaced in any case.
    pub async fn exempt(
        &self,
        operator: &Operator,
        site: &SiteName,
        subject: ExemptName<'_>,
        reason: &str,
        until: Option<Timestamp>,
        replaces: Replaces,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::Exempt)?;
        if reason.trim().is_empty() {
            return Err(EngineError::NotNow(
                "an exemption needs a reason: whoever meets it in a year must understand it".to_owned(),
            ));
        }
        if until.is_some_and(|until| until <= self.now()) {
            return Err(EngineError::NotNow("an exemption that ends in the past exempts nobody".to_owned()));
        }
        let row = self.site_row(site).await?;
        let (kind, key, name) = self.exempt_subject(operator, site, subject).await?;
        let words = format!("{} \"{name}\"", kind.as_str());
        let mut entry = self.draft(
            operator,
            EntryKind::EXEMPTION_ADDED,
            about_site(&row.id),
            format!("{words} is exempt: {reason}"),
        );
        if kind == ExemptKind::Account {
            entry.subject.account = Some(AccountKey::new(key.as_str()));
        }
        entry.after = Some(json!({ "kind": kind.as_str(), "subject": key, "until": until }));
        let exemption = ExemptionRow {
            site: row.id,
            kind,
            subject: key,
            name,
            reason: reason.trim().to_owned(),
            until,
            added_by: operator.name().to_owned(),
            added_at: self.now(),
        };
        match self.store.set_exemption(&exemption, replaces, entry).await {
            Err(StoreError::Conflict { .. }) => {
                Err(self.exempt_already(operator, site, &exemption, words).await)
            }
            result => Ok(result?),
        }
    }

    /// Says which exemption stands in the way of a new one.
    async fn exempt_already(
        &self,
        operator: &Operator,
        site: &SiteName,
        new: &ExemptionRow,
        who: String,
    ) -> EngineError {
        let listed = match self.exemptions(operator, site).await {
            Ok(listed) => listed,
            Err(error) => return error,
        };
        match listed.into_iter().find(|view| view.subject == subject(new)) {
            Some(there) => EngineError::ExemptAlready { who, site: site.clone(), there: Box::new(there) },
            // It was ended in this very moment.
            None => StoreError::Stale { what: "exemption", name: new.subject.clone() }.into(),
        }
    }

    /// Ends an exemption; with `meant`, only the one that was added at that instant. Also of whom the site no longer knows: by the name
    /// it is listed with.
    pub async fn end_exemption(
        &self,
        operator: &Operator,
        site: &SiteName,
        subject: ExemptName<'_>,
        meant: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::Exempt)?;
        let row = self.site_row(site).await?;
        let there = self.exemption(operator, site, subject).await?;
        let (kind, key) = match &there.subject {
            ExemptSubject::Account(key) => (ExemptKind::Account, key.to_string()),
            ExemptSubject::Group(name) => (ExemptKind::Group, name.to_string()),
        };
        let words = format!("{} \"{}\" is no longer exempt", kind.as_str(), there.name);
        let mut about = about_site(&row.id);
        about.account = (kind == ExemptKind::Account).then(|| AccountKey::new(key.as_str()));
        let entry = self.draft(operator, EntryKind::EXEMPTION_REMOVED, about, words);
        Ok(self.store.remove_exemption(&row.id, kind, &key, meant, entry).await?)
    }

    /// What kind of thing an operator names, its key, and its name as the site spells it.
    async fn exempt_subject(
        &self,
        operator: &Operator,
        site: &SiteName,
        subject: ExemptName<'_>,
    ) -> Result<(ExemptKind, String, String), EngineError> {
        let picture = self.picture(operator, site, Freshness::Any, &|_| ()).await?;
        let missing = |what, name: &str| EngineError::NotFound {
            what,
            name: rollcall_model::plain(name).into_owned(),
            remedy: format!(" in the newest snapshot of {site}; is the name spelled as the site spells it?"),
        };
        match subject {
            ExemptName::Account(name) => {
                let index = picture.snapshot.find_username(name).ok_or_else(|| missing("account", name))?;
                let account = picture.snapshot.account(index);
                Ok((ExemptKind::Account, account.key().to_string(), account.username().to_owned()))
            }
            ExemptName::Group(name) => {
                let index = picture.snapshot.find_group(name).ok_or_else(|| missing("group", name))?;
                let group = picture.snapshot.group(index).name().to_string();
                Ok((ExemptKind::Group, group.clone(), group))
            }
        }
    }

    /// The exemptions of a site, those that have ended included.
    pub async fn exemptions(
        &self,
        operator: &Operator,
        site: &SiteName,
    ) -> Result<Vec<ExemptionView>, EngineError> {
        operator.check(UseCase::SeeExemptions)?;
        let row = self.site_row(site).await?;
        let snapshot = match self.picture(operator, site, Freshness::Any, &|_| ()).await {
            Ok(picture) => Some(picture.snapshot),
            Err(EngineError::NotNow(_)) => None,
            Err(error) => return Err(error),
        };
        let view = |row: ExemptionRow| {
            let subject = subject(&row);
            let name = match &subject {
                ExemptSubject::Group(name) => name.to_string(),
                ExemptSubject::Account(key) => account_name(snapshot.as_deref(), key, &row.name),
            };
            ExemptionView {
                subject,
                name,
                reason: row.reason,
                until: row.until,
                added_by: row.added_by,
                added_at: row.added_at,
            }
        };
        Ok(self.store.exemptions(&row.id).await?.into_iter().map(view).collect())
    }

    /// The exemption of an account or a group itself, also one that has ended.
    pub async fn exemption(
        &self,
        operator: &Operator,
        site: &SiteName,
        subject: ExemptName<'_>,
    ) -> Result<ExemptionView, EngineError> {
        let listed = self.exemptions(operator, site).await?;
        listed.into_iter().find(|view| subject.is_of(view)).ok_or_else(|| {
            let remedy = format!("; `rollcall exempt list {site}` shows those there are");
            let name = rollcall_model::plain(&subject.words()).into_owned();
            EngineError::NotFound { what: "exemption of", name, remedy }
        })
    }

    /// Keeps a list of names or addresses. Tells how many.
    pub async fn set_list(
        &self,
        operator: &Operator,
        name: &str,
        entries: Vec<String>,
        replaces: Replaces,
    ) -> Result<usize, EngineError> {
        operator.check(UseCase::ChangeList)?;
        if name.trim().is_empty() {
            return Err(EngineError::NotNow("a list needs a name".to_owned()));
        }
        let list: AccountList = entries.iter().collect();
        if list.entries.is_empty() {
            return Err(EngineError::Unfit {
                field: "entries",
                reason: format!("list \"{name}\" would be empty: there is no name or address among them"),
            });
        }
        let count = list.entries.len();
        let mut entry = self.draft(
            operator,
            EntryKind::LIST_CHANGED,
            Subject::default(),
            format!("list \"{name}\" has {count} entries"),
        );
        entry.details = json!({ "list": name, "entries": count });
        let row = ListRow {
            name: name.trim().to_owned(),
            entries: list.entries.into_iter().collect(),
            changed_by: operator.name().to_owned(),
            changed_at: self.now(),
        };
        self.store.set_list(&row, replaces, entry).await?;
        Ok(count)
    }

    /// The lists.
    pub async fn lists(&self, operator: &Operator) -> Result<Vec<ListView>, EngineError> {
        operator.check(UseCase::SeeLists)?;
        let lists = self.store.lists().await?.into_iter();
        let view = |row: ListRow| ListView {
            entries: row.entries.len(),
            name: row.name,
            changed_by: row.changed_by,
            changed_at: row.changed_at,
        };
        Ok(lists.map(view).collect())
    }

    /// One list with its entries.
    pub async fn list(
        &self,
        operator: &Operator,
        name: &str,
    ) -> Result<(ListView, Vec<String>), EngineError> {
        operator.check(UseCase::SeeLists)?;
        let row = match self.store.list(name.trim()).await {
            Err(StoreError::NotFound { .. }) => {
                let remedy = "; import one, or look which there are".to_owned();
                let name = rollcall_model::plain(name).into_owned();
                return Err(EngineError::NotFound { what: "list", name, remedy });
            }
            row => row?,
        };
        let view = ListView {
            name: row.name,
            entries: row.entries.len(),
            changed_by: row.changed_by,
            changed_at: row.changed_at,
        };
        Ok((view, row.entries))
    }

    /// Forgets a list; with `meant`, only the one that was changed at that instant last.
    pub async fn remove_list(
        &self,
        operator: &Operator,
        name: &str,
        meant: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        operator.check(UseCase::ChangeList)?;
        let entry = self.draft(
            operator,
            EntryKind::LIST_REMOVED,
            Subject::default(),
            format!("list \"{name}\" was removed"),
        );
        Ok(self.store.remove_list(name, meant, entry).await?)
    }
}

/// Whom an operator names when exempting.
#[derive(Debug, Clone, Copy)]
pub enum ExemptName<'a> {
    /// An account by its sign-in name.
    Account(&'a str),
    /// A group by its name.
    Group(&'a str),
}

impl ExemptName<'_> {
    /// Whether it is this one that the operator names.
    fn is_of(&self, view: &ExemptionView) -> bool {
        let same = |name: &str| rollcall_snapshot::fold(name) == rollcall_snapshot::fold(&view.name);
        match (self, &view.subject) {
            (Self::Account(name), ExemptSubject::Account(_))
            | (Self::Group(name), ExemptSubject::Group(_)) => same(name),
            _ => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Account(name) => format!("account \"{name}\""),
            Self::Group(name) => format!("group \"{name}\""),
        }
    }
}

/// The name of an exempt account; `known`: the one it had when it was exempted.
fn account_name(snapshot: Option<&Snapshot>, key: &AccountKey, known: &str) -> String {
    let Some(snapshot) = snapshot else { return known.to_owned() };
    match snapshot.find_key(key) {
        Some(index) => snapshot.account(index).username().to_owned(),
        None if snapshot.find_username(known).is_some() => format!("{known} ({key})"),
        None => known.to_owned(),
    }
}

fn subject(row: &ExemptionRow) -> ExemptSubject {
    match row.kind {
        ExemptKind::Account => ExemptSubject::Account(AccountKey::new(row.subject.as_str())),
        ExemptKind::Group => ExemptSubject::Group(GroupName::new(row.subject.as_str())),
    }
}
