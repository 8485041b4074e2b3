//! What the site says of itself: version, rights, mode, seats, directories, sources of evidence (`confluence-data-center.md §13`).
//! Few requests, no writes, credentials tried once.

use super::ConfluenceDc;
use super::capability::{self, Circumstances, Rights};
use super::identity;
use super::licence::{read_end, read_seats};
use super::paging::Listing;
use super::rights::{PermissionList, read_permissions, read_rights};
use super::wire::{Page, Person};
use super::{active_listing, optional, user_listing};
use crate::transport::{Address, Transport};
use rollcall_model::{AccessMode, AccountRef, DirectoryRecord, Product, SiteProfile, Version, plain};
use rollcall_site::{Credentials, SiteError};
use serde_json::Value;

/// What probing found, with what the profile does not carry.
pub(super) struct Findings {
    pub(super) profile: SiteProfile,
    pub(super) version: Version,
    pub(super) permissions: PermissionList,
    pub(super) is_reindexing: bool,
}

impl ConfluenceDc {
    pub(super) async fn find_out(&self) -> Result<Findings, SiteError> {
        let transport = &*self.transport;
        let site = identity::recognise(transport).await?;
        let version = site.version;
        self.learn_version(&version);
        let me = identity::who_am_i(transport).await?;
        let (permissions, mode, seats, end, directories, reindexing, own_address) = tokio::join!(
            read_permissions(transport, &version),
            read_access_mode(transport),
            read_seats(transport),
            read_end(transport),
            read_directories(transport),
            read_reindexing(transport, &version),
            identity::own_address(transport, &version),
        );
        let (permissions, access_mode, seats) = (permissions?, mode?, seats?);
        let (end, directories, is_reindexing) = (end?, directories?, reindexing?);
        let (rights, sources) = tokio::join!(
            read_rights(transport, &version, &me, &permissions, &self.settings.admin_groups),
            self.read_sources(&version),
        );
        let (rights, (evidence, mut warnings)) = (rights?, sources?);
        warnings.splice(0..0, site.warnings);
        warnings.extend(self.own_warnings(&me, rights, access_mode, is_reindexing));
        warnings.extend(end);
        if directories.is_none() {
            warnings.push("the site does not list its user directories to this account; criteria on directories find nobody".to_owned());
        }
        let capabilities = capability::table(&Circumstances {
            version: &version,
            rights,
            knows_licence_groups: matches!(permissions, PermissionList::Read(_))
                || !self.settings.licence_groups.is_empty(),
        });
        let profile = SiteProfile {
            product: Product::ConfluenceDc,
            version: Some(version.clone()),
            base_url: plain(&own_address.unwrap_or(site.base_url)).into_owned(),
            own_account: me,
            is_admin: rights.is_admin,
            access_mode,
            seats,
            directories: directories.unwrap_or_default(),
            capabilities,
            warnings,
            evidence,
        };
        Ok(Findings { profile, version, permissions, is_reindexing })
    }

    fn own_warnings(
        &self,
        me: &AccountRef,
        rights: Rights,
        access_mode: AccessMode,
        is_reindexing: bool,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        let name = plain(&me.username);
        match rights.is_admin {
            Some(false) => warnings.push(format!(
                "the account \"{name}\" that Rollcall uses does not administer Confluence: nothing can be changed, and members of groups may not be listed. Give it the global permission \"Confluence administrator\""
            )),
            None => warnings.push(format!(
                "whether the account \"{name}\" that Rollcall uses administers Confluence cannot be told without writing; if it does not, the first change is refused"
            )),
            Some(true) => {}
        }
        match access_mode {
            AccessMode::ReadOnly => warnings.push(
                "the site is in read-only mode: every change is refused until an administrator ends it under General configuration, Maintenance".to_owned(),
            ),
            AccessMode::Unknown => warnings.push("the site does not say whether it takes changes".to_owned()),
            AccessMode::ReadWrite => {}
        }
        if is_reindexing {
            warnings.push("the search index is being rebuilt: the list of active people cannot be trusted until that is over".to_owned());
        }
        if let Some(expected) = &self.configured_name
            && !expected.eq_ignore_ascii_case(&me.username)
        {
            warnings.push(format!(
                "signed in as \"{}\", but the site takes this for \"{name}\"; does a proxy sign in by itself?",
                plain(expected)
            ));
        }
        warnings
    }

    /// Which sources of evidence answer, in words, and what is missing.
    async fn read_sources(&self, version: &Version) -> Result<(Vec<String>, Vec<String>), SiteError> {
        let (mut evidence, mut warnings) = (Vec::new(), Vec::new());
        let first = async |listing: Listing| {
            let address = listing.address.query("limit", 25);
            optional(self.transport.get_json::<Page<Person>>(&address).await)
        };
        if capability::lists_everybody(version) {
            if first(user_listing()).await?.is_none() {
                warnings.push(
                    "the list of all people is not given to this account; it needs a licence seat".to_owned(),
                );
            }
        } else {
            warnings.push(format!(
                "Confluence {version} does not list all people (8.4 and later do): only members of groups are seen, and disabled people only while they are in one"
            ));
        }
        if !capability::lists_active(version) {
            warnings.push(format!(
                "Confluence {version} does not tell last logins over its API (9.3 and later may). Without another source of evidence nobody is known to be idle"
            ));
        } else if let Some(page) = first(active_listing()).await? {
            if page.results.iter().any(|p| p.last_login.as_ref().is_some_and(|m| m.at().is_some())) {
                evidence.push("list-active: last login of licensed people".to_owned());
            } else {
                evidence
                    .push("list-active: licensed people; no last login among the first of them".to_owned());
            }
            if !self.settings.records_every_login {
                warnings.push("a missing last login counts as unknown, not as never; if the servers record every login, say so: in the settings on the site's page, or by `rollcall site set NAME --records-every-login true`".to_owned());
            }
        } else {
            warnings.push(
                "the list of active people is not given to this account; last logins are unknown".to_owned(),
            );
        }
        if self.settings.audit_days > 0 {
            let address = Address::of(super::audit::EVENTS).query("limit", 1);
            match optional(self.transport.get_json::<Value>(&address).await)? {
                Some(_) => {
                    evidence.push("audit-events: people who did something that is recorded".to_owned());
                }
                None => warnings
                    .push("the audit log is not given to this account, or the licence has none".to_owned()),
            }
        }
        if self.settings.contributions > 0 {
            evidence.push(format!(
                "cql: newest contribution of up to {} people at each reading",
                self.settings.contributions
            ));
        }
        Ok((evidence, warnings))
    }
}

/// The sign-in name an administrator configured, where there is one.
pub(super) fn configured_name(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::Basic { username, .. } => Some(username.clone()),
        Credentials::Token(_) => None,
    }
}

/// `"READ_WRITE"` or, as expected, `"READ_ONLY"` (`§4.5`).
pub(super) async fn read_access_mode(transport: &Transport) -> Result<AccessMode, SiteError> {
    let mode = optional(transport.get_json::<Value>(&Address::of("/rest/api/accessmode")).await)?;
    let word = mode.as_ref().and_then(|m| m.as_str().or_else(|| m.get("accessMode")?.as_str()));
    Ok(match word.map(str::to_ascii_uppercase).as_deref() {
        Some("READ_WRITE") => AccessMode::ReadWrite,
        Some(word) if word.contains("READ_ONLY") || word.contains("READONLY") => AccessMode::ReadOnly,
        _ => AccessMode::Unknown,
    })
}

/// The undocumented list of directories (`§8`); `None` where it is not given.
async fn read_directories(transport: &Transport) -> Result<Option<Vec<DirectoryRecord>>, SiteError> {
    let answer = optional(transport.get_json::<Value>(&Address::of("/rest/crowd/latest/directory")).await)?;
    let Some(answer) = answer else { return Ok(None) };
    let listed = answer.get("directory").or_else(|| answer.get("directories")).unwrap_or(&answer);
    let single = [listed.clone()];
    let entries = match listed {
        Value::Array(entries) => entries.as_slice(),
        Value::Object(_) => &single,
        _ => return Ok(None),
    };
    let text =
        |entry: &Value, names: &[&str]| names.iter().find_map(|n| entry.get(*n)?.as_str()).map(str::to_owned);
    Ok(Some(
        entries
            .iter()
            .filter_map(|entry| {
                let name = text(entry, &["name", "directoryName"])?;
                let kind = text(entry, &["type", "directoryType"]).map(|kind| directory_kind(&kind));
                Some(DirectoryRecord { name: name.into(), kind, is_writable: is_writable(entry) })
            })
            .collect(),
    ))
}

fn directory_kind(word: &str) -> String {
    match word.to_ascii_uppercase().as_str() {
        "INTERNAL" => "internal".to_owned(),
        "CONNECTOR" | "LDAP" => "ldap".to_owned(),
        "DELEGATING" | "DELEGATED" => "delegated".to_owned(),
        "CROWD" | "REMOTE" => "crowd".to_owned(),
        _ => plain(word).to_lowercase(),
    }
}

/// Whether people can be changed in it, where the entry lists what is allowed. The fields are UNVERIFIED (§8): silence is unknown.
fn is_writable(entry: &Value) -> Option<bool> {
    let operations = ["allowedOperations", "operations"].iter().find_map(|n| entry.get(*n)?.as_array())?;
    Some(operations.iter().filter_map(Value::as_str).any(|word| word.eq_ignore_ascii_case("UPDATE_USER")))
}

/// Whether the search index is being rebuilt now (10.1 and later, `§4.5`). The body is not documented word by word.
pub(super) async fn read_reindexing(transport: &Transport, version: &Version) -> Result<bool, SiteError> {
    if !capability::tells_reindexing(version) {
        return Ok(false);
    }
    let answer = optional(transport.get_json::<Value>(&Address::of("/rest/api/index/reindex")).await)?;
    Ok(answer.is_some_and(|body| is_running(&body)))
}

fn is_running(body: &Value) -> bool {
    let flag = |names: &[&str]| names.iter().find_map(|n| body.get(*n)?.as_bool());
    if let Some(is_running) = flag(&["running", "inProgress", "isRunning", "reindexing"]) {
        return is_running;
    }
    if let Some(is_over) = flag(&["completed", "complete", "finished", "isComplete"]) {
        return !is_over;
    }
    if let Some(word) = ["state", "status", "stage"].iter().find_map(|n| body.get(*n)?.as_str()) {
        let word = word.to_ascii_uppercase();
        return ["RUN", "PROGRESS", "START", "BUILD", "REINDEXING", "PENDING"]
            .iter()
            .any(|sign| word.contains(sign));
    }
    let share = ["progress", "percentageComplete", "completion"].iter().find_map(|n| body.get(*n)?.as_f64());
    share.is_some_and(|share| {
        share < 100.0 && (share > 1.0 || body.get("jobId").is_some_and(|id| !id.is_null()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_running_reindex_is_recognised_in_each_plausible_form() {
        for running in
            [json!({"running": true}), json!({"state": "IN_PROGRESS"}), json!({"progress": 40, "jobId": 3})]
        {
            assert!(is_running(&running), "{running}");
        }
        for idle in [
            json!({}),
            json!({"state": "COMPLETE"}),
            json!({"progress": 100, "jobId": 3}),
            json!({"running": false, "progress": 40}),
        ] {
            assert!(!is_running(&idle), "{idle}");
        }
    }
}
