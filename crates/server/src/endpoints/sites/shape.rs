//! A site as the API shows it.

use crate::extract::{Tag, Text};
use crate::problem::Problem;
use jiff::Timestamp;
use rollcall_engine::{Pacing, SiteSettings, SiteView};
use rollcall_model::{GroupName, SiteName};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The site in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct SitePath {
    /// What the site is called here.
    #[param(value_type = String, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", example = "wiki")]
    pub(crate) site: SiteName,
}

/// A connection to a site. Its credentials are never shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Site {
    /// What it is called here.
    #[schema(value_type = String, example = "wiki")]
    name: SiteName,
    /// The product.
    #[schema(example = "confluence-dc")]
    kind: &'static str,
    /// Its address.
    #[schema(example = "https://wiki.example.org/confluence")]
    url: String,
    /// Whether somebody at a shell of this machine vouched for the address. Of another one only public addresses are asked.
    is_vouched: bool,
    /// What Rollcall was told about it.
    settings: Settings,
    /// When it was connected.
    added_at: Timestamp,
    /// The newest snapshot.
    newest_snapshot: Option<Newest>,
    /// Whether it answers; `null` = nothing was noted yet.
    reach: Option<Reach>,
}

/// Whether a site answers, as far as was seen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SiteReach)]
pub(crate) struct Reach {
    /// Whether it answered, and took the credentials, when it was asked last.
    answers: bool,
    /// Since when that is so.
    since: Timestamp,
    /// Why it does not answer; empty where it does.
    reason: String,
    /// When it refused the credentials. What runs by itself does not try them again before a person has seen them accepted.
    refused_at: Option<Timestamp>,
}

/// The newest snapshot of a site.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Newest {
    /// The instant it shows.
    taken_at: Timestamp,
    /// How many accounts are in it.
    accounts: u64,
}

/// What an administrator tells Rollcall about a site because the site does not say it itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = SiteSettings)]
pub(crate) struct Settings {
    /// The servers record every login, so that a missing last login means "never" and not "unknown".
    pub(crate) records_every_login: bool,
    /// Groups whose members cost a seat, where the site does not list its global permissions.
    pub(crate) licence_groups: Vec<Text<1, 255>>,
    /// Groups whose members administer the site, where the site does not list its global permissions.
    pub(crate) admin_groups: Vec<Text<1, 255>>,
    /// Members of these groups, nested ones included, are never changed.
    pub(crate) protected_groups: Vec<Text<1, 255>>,
    /// How many accounts at most are searched for their newest contribution at each sync, one request each.
    pub(crate) contributions: u32,
    /// How many days of the audit log are read at each sync as evidence; 0 = it is not read.
    pub(crate) audit_days: u16,
    /// Requests under way at once.
    #[schema(minimum = 1)]
    pub(crate) concurrency: u16,
    /// Requests per second; `null` = as fast as the site answers.
    #[schema(minimum = 1)]
    pub(crate) per_second: Option<u32>,
    /// Seconds until a request is given up.
    #[schema(minimum = 1)]
    pub(crate) timeout_seconds: u16,
}

impl Site {
    /// From the engine.
    pub(crate) fn of(view: SiteView) -> Self {
        Self {
            name: view.name,
            kind: view.product.as_str(),
            url: view.url,
            is_vouched: view.is_vouched,
            settings: Settings::from(view.settings),
            added_at: view.added_at,
            reach: view.reach.map(|reach| Reach {
                answers: reach.answers,
                since: reach.since,
                reason: reach.reason,
                refused_at: reach.refused_at,
            }),
            newest_snapshot: view.newest.map(|(taken_at, accounts)| Newest { taken_at, accounts }),
        }
    }
}

/// The tag of a site as it is kept; a new snapshot is no new version of the connection.
pub(crate) fn tag(view: &SiteView) -> Tag {
    Tag::of((&view.name, view.changed_at, &view.url, &view.settings))
}

impl From<SiteSettings> for Settings {
    fn from(settings: SiteSettings) -> Self {
        let names = |groups: Vec<GroupName>| groups.iter().map(|g| Text::of(g.as_str())).collect();
        Self {
            records_every_login: settings.records_every_login,
            licence_groups: names(settings.licence_groups),
            admin_groups: names(settings.admin_groups),
            protected_groups: names(settings.protected_groups),
            contributions: settings.contributions,
            audit_days: settings.audit_days,
            concurrency: settings.pacing.concurrency,
            per_second: settings.pacing.per_second,
            timeout_seconds: settings.pacing.timeout_seconds,
        }
    }
}

impl Settings {
    /// For the engine.
    pub(crate) fn read(self) -> Result<SiteSettings, Problem> {
        let pacing = [
            ("concurrency", self.concurrency == 0, ""),
            ("perSecond", self.per_second == Some(0), "; without it the site is asked as fast as it answers"),
            ("timeoutSeconds", self.timeout_seconds == 0, ""),
        ];
        if let Some((at, _, words)) = pacing.into_iter().find(|(_, is_wrong, _)| *is_wrong) {
            return Err(Problem::body(&format!("/settings/{at}"), format!("is at least 1{words}")));
        }
        let names =
            |groups: Vec<Text<1, 255>>| groups.iter().map(|group| GroupName::from(&**group)).collect();
        Ok(SiteSettings {
            records_every_login: self.records_every_login,
            licence_groups: names(self.licence_groups),
            admin_groups: names(self.admin_groups),
            protected_groups: names(self.protected_groups),
            contributions: self.contributions,
            audit_days: self.audit_days,
            pacing: Pacing {
                concurrency: self.concurrency,
                per_second: self.per_second,
                timeout_seconds: self.timeout_seconds,
            },
        })
    }
}

/// What is to be different of what Rollcall was told about a site; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = SiteSettingsChange)]
pub(crate) struct SettingsChange {
    /// The servers record every login, so that a missing last login means "never" and not "unknown".
    records_every_login: Option<bool>,
    /// Groups whose members cost a seat, all of them.
    licence_groups: Option<Vec<Text<1, 255>>>,
    /// Groups whose members administer the site, all of them.
    admin_groups: Option<Vec<Text<1, 255>>>,
    /// Groups whose members are never changed, all of them.
    protected_groups: Option<Vec<Text<1, 255>>>,
    /// How many accounts at most are searched for their newest contribution at each sync, one request each.
    contributions: Option<u32>,
    /// How many days of the audit log are read at each sync as evidence; 0 = it is not read.
    audit_days: Option<u16>,
    /// Requests under way at once.
    #[schema(minimum = 1)]
    concurrency: Option<u16>,
    /// Requests per second; `null` = as fast as the site answers.
    #[schema(minimum = 1)]
    #[serde(deserialize_with = "given")]
    #[expect(clippy::option_option, reason = "left out, null and a number are three things")]
    per_second: Option<Option<u32>>,
    /// Seconds until a request is given up.
    #[schema(minimum = 1)]
    timeout_seconds: Option<u16>,
}

/// What is given, which may be `null`; what is left out is not asked for here.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl SettingsChange {
    /// The settings as they are to be.
    pub(crate) fn of(self, now: SiteSettings) -> Result<SiteSettings, Problem> {
        let now = Settings::from(now);
        let changed = Settings {
            records_every_login: self.records_every_login.unwrap_or(now.records_every_login),
            licence_groups: self.licence_groups.unwrap_or(now.licence_groups),
            admin_groups: self.admin_groups.unwrap_or(now.admin_groups),
            protected_groups: self.protected_groups.unwrap_or(now.protected_groups),
            contributions: self.contributions.unwrap_or(now.contributions),
            audit_days: self.audit_days.unwrap_or(now.audit_days),
            concurrency: self.concurrency.unwrap_or(now.concurrency),
            per_second: self.per_second.unwrap_or(now.per_second),
            timeout_seconds: self.timeout_seconds.unwrap_or(now.timeout_seconds),
        };
        changed.read()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from(SiteSettings::default())
    }
}
