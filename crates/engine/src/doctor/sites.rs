//! Each site: whether it answers, what it says of itself, how old what we know of it is.

use super::{Finding, Health, finding};
use crate::{Engine, EngineError};
use jiff::{SignedDuration, Timestamp};
use rollcall_model::AccessMode;

/// Newest snapshots older than this are worth a word.
const OLD: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Clocks further apart than this are.
const APART: SignedDuration = SignedDuration::from_secs(120);

/// Idleness is told by the site's instants and our clock.
fn apart(what: &str, theirs: Timestamp, ours: Timestamp) -> Option<Finding> {
    let difference = ours.duration_since(theirs);
    if difference.abs() <= APART {
        return None;
    }
    let words = if difference.is_positive() { "behind" } else { "ahead of" };
    let found = format!("its clock is {} s {words} this machine's", difference.abs().as_secs());
    // What is too far ahead for a live run is no mere warning.
    let is_too_far = crate::sites::is_too_far_ahead(difference);
    let health = if is_too_far { Health::Bad } else { Health::Warning };
    Some(finding(what, health, found, "set both clocks, best by NTP"))
}

impl Engine {
    pub(super) async fn examine_site(
        &self,
        row: &rollcall_store::SiteRow,
    ) -> Result<Vec<Finding>, EngineError> {
        let what = format!("site {}", row.name);
        let tried = match self.open_site(&row.name).await {
            Ok(opened) => match opened.site.probe().await {
                Ok(profile) => Ok((profile, opened.site.server_time())),
                Err(error) => Err(EngineError::site(&row.name)(error)),
            },
            Err(error) => Err(error),
        };
        let (profile, server_time) = match tried {
            Ok(answered) => answered,
            Err(error) => {
                return Ok(vec![finding(
                    what,
                    Health::Bad,
                    error.to_string(),
                    format!("rollcall site set {} corrects credentials and settings", row.name),
                )]);
            }
        };
        let mut findings = Vec::new();
        let version =
            profile.version.as_ref().map_or_else(|| "version unknown".to_owned(), ToString::to_string);
        findings.push(finding(
            &what,
            Health::Good,
            format!("{} {version} answers as {}", profile.product, profile.own_account.username),
            "",
        ));
        findings.extend(server_time.and_then(|theirs| apart(&what, theirs, self.now())));
        if profile.access_mode == AccessMode::ReadOnly {
            findings.push(finding(
                &what,
                Health::Warning,
                "takes no writes now (read-only access mode)",
                "live runs fail until an administrator of the site switches it back",
            ));
        }
        for warning in &profile.warnings {
            findings.push(finding(&what, Health::Warning, warning.as_str(), ""));
        }
        let newest = self.store.newest_snapshot(&row.id).await?.map(|s| s.taken_at);
        let sync = format!("rollcall sync {}", row.name);
        match newest {
            None => findings.push(finding(&what, Health::Warning, "has no snapshot yet", sync)),
            Some(at) if self.now().duration_since(at) > OLD => {
                findings.push(finding(
                    &what,
                    Health::Warning,
                    format!("its newest snapshot is of {at}"),
                    sync,
                ));
            }
            Some(_) => {}
        }
        Ok(findings)
    }
}
