//! Whether sites answer: each change is told once, in the audit log, and from there to webhooks.

use crate::{Engine, EngineError, Operator, about_site};
use rollcall_audit::EntryKind;
use rollcall_model::SiteName;
use rollcall_site::SiteError;
use rollcall_store::SiteRow;

impl Engine {
    /// A site was asked and something went wrong. Only an error that concerns the site as a whole says that it does not answer.
    /// That nothing can be recorded is told and no more: whoever asked has an error of their own to tell.
    pub(crate) async fn note_trouble(&self, operator: &Operator, site: &SiteName, error: &SiteError) {
        let is_silent = match error {
            SiteError::Unauthorized { .. }
            | SiteError::Blocked { .. }
            | SiteError::NotASite { .. }
            | SiteError::Unreachable { .. }
            | SiteError::Unanswered { .. } => true,
            SiteError::Forbidden { .. }
            | SiteError::Busy { .. }
            | SiteError::ReadOnlyMode { .. }
            | SiteError::Unsupported { .. }
            | SiteError::NotFound { .. }
            | SiteError::Conflict { .. }
            | SiteError::Rejected { .. }
            | SiteError::Incomplete { .. } => false,
        };
        if !is_silent {
            return;
        }
        let noted = async {
            let row = self.site_row(site).await?;
            if matches!(error, SiteError::Unauthorized { .. }) {
                self.store.note_refusal(&row.id, self.now()).await?;
            }
            let words = format!("site \"{site}\" does not answer: {error}");
            let mut entry = self.draft(operator, EntryKind::SITE_UNREACHABLE, about_site(&row.id), words);
            entry.details = serde_json::json!({ "code": error.code() });
            let reason = error.to_string();
            self.store.note_reach(&row.id, Some(&reason), self.now(), entry).await.map_err(Into::into)
        };
        let noted: Result<bool, EngineError> = noted.await;
        if let Err(error) = noted {
            tracing::warn!(%error, %site, "it could not be recorded that the site does not answer");
        }
    }

    /// What runs by itself does not try credentials that a site has refused: three failures lock an account behind a CAPTCHA (I9). People may,
    /// each time they ask; the first that are accepted end it.
    pub(crate) async fn check_refusal(&self, operator: &Operator, site: &SiteRow) -> Result<(), EngineError> {
        if !operator.is_scheduler() {
            return Ok(());
        }
        let Some(at) = self.store.refused_at(&site.id).await? else { return Ok(()) };
        let name = &site.name;
        let hint = format!(
            "they were refused at {at} and are not tried again unattended; correct them by `Replace credentials` on the site's page or by `rollcall site set {name}`, or try them there or by `rollcall site test {name}`"
        );
        Err(EngineError::site(name)(SiteError::Unauthorized { hint }))
    }

    /// A site answered.
    pub(crate) async fn note_answer(&self, site: &SiteRow) {
        if let Err(error) = self.store.forget_refusal(&site.id).await {
            tracing::warn!(%error, site = %site.name, "it could not be recorded that the site accepts the credentials");
        }
        let words = format!("site \"{}\" answers again", site.name);
        let entry =
            self.draft(&Operator::scheduler(), EntryKind::SITE_REACHABLE, about_site(&site.id), words);
        if let Err(error) = self.store.note_reach(&site.id, None, self.now(), entry).await {
            tracing::warn!(%error, site = %site.name, "it could not be recorded that the site answers");
        }
    }
}
