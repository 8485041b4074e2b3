//! What the refusal of a change means: for this account, for every account, or for everything (`confluence-data-center.md §4.2, §7.3`).
//!
//! A 403 has many reasons: a token that ran out and is served as anonymous, read-only mode, missing rights, or only the read-only directory
//! of this one account. The site is asked how we stand; the answer holds for some seconds, since refusals come in crowds.

use super::ConfluenceDc;
use super::capability::Rights;
use super::identity::who_am_i;
use super::probe::read_access_mode;
use super::rights::{read_permissions, read_rights};
use crate::transport::Answer;
use rollcall_model::{AccessMode, ActionKind};
use rollcall_site::SiteError;
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer about our own standing is believed.
const STANDING_AGE: Duration = Duration::from_secs(10);

/// How we stand at the site.
#[derive(Debug, Clone, Copy)]
pub(super) enum Standing {
    /// Nobody may write.
    ReadOnlyMode,
    /// We may write as far as these rights go.
    Writing(Rights),
}

/// The last answer about our standing.
pub(super) type StandingKept = tokio::sync::Mutex<Option<(Instant, Standing)>>;

impl ConfluenceDc {
    /// What an answer that is no yes means for the caller.
    pub(super) async fn refusal(&self, answer: &Answer, kind: ActionKind, subject: &str) -> SiteError {
        let said = answer.message();
        let status = answer.status();
        // The status in read-only mode is UNVERIFIED, and the body's hint stands in other refusals too (§2.3, §4.5): ask.
        if matches!(status, 401 | 403 | 405) || answer.allowed_in_read_only_mode() == Some(false) {
            match self.standing().await {
                Ok(Standing::ReadOnlyMode) => {
                    return SiteError::ReadOnlyMode {
                        reason: format!(
                            "{said}. An administrator ends it under General configuration, Maintenance"
                        ),
                    };
                }
                Ok(Standing::Writing(rights)) if matches!(status, 401 | 403) => {
                    return refused(status, &said, kind, rights);
                }
                Err(error) if matches!(error, SiteError::Unauthorized { .. } | SiteError::Blocked { .. }) => {
                    return error;
                }
                _ => {}
            }
        }
        match status {
            500.. => SiteError::Unanswered { may_have_taken_effect: true, reason: said },
            401 | 403 => missing_right(&said),
            404 if answer.is_web_page() => SiteError::Rejected {
                status: Some(status),
                reason: format!(
                    "{said}: the site has no such call; is a proxy in between, or the version older than 8.2?"
                ),
            },
            404 => SiteError::NotFound { what: format!("{subject} ({said})") },
            409 => SiteError::Conflict { reason: said },
            _ => SiteError::Rejected { status: Some(status), reason: said },
        }
    }

    /// Who we are, whether the site takes writes, and what we may do.
    async fn standing(&self) -> Result<Standing, SiteError> {
        let mut kept = self.standing.lock().await;
        if let Some((at, standing)) = *kept
            && at.elapsed() <= STANDING_AGE
        {
            return Ok(standing);
        }
        let me = who_am_i(&self.transport).await?;
        let standing = if read_access_mode(&self.transport).await? == AccessMode::ReadOnly {
            Standing::ReadOnlyMode
        } else {
            let version = self.version().await?;
            let permissions = read_permissions(&self.transport, version).await?;
            let groups = &self.settings.admin_groups;
            Standing::Writing(read_rights(&self.transport, version, &me, &permissions, groups).await?)
        };
        *kept = Some((Instant::now(), standing));
        Ok(standing)
    }
}

/// Refused although the site takes writes and knows us: by our rights, or else by something about this one account.
fn refused(status: u16, said: &str, kind: ActionKind, rights: Rights) -> SiteError {
    let is_permitted = match kind {
        ActionKind::Delete => rights.is_system_admin,
        _ => rights.is_admin,
    };
    if is_permitted != Some(true) {
        return missing_right(said);
    }
    SiteError::Rejected {
        status: Some(status),
        reason: format!(
            "{said}. The account that Rollcall uses has the right, so that it is about this account or group: its directory may be read-only"
        ),
    }
}

fn missing_right(said: &str) -> SiteError {
    SiteError::Forbidden {
        reason: format!(
            "{said}. The account that Rollcall uses needs the global permission \"Confluence administrator\", for deleting and for making groups \"System administrator\""
        ),
    }
}
