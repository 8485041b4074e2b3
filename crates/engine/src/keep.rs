//! "I still need this": what the link in a notice does. There is no operator: whoever holds the link is taken for the account's owner, to whose
//! address it was sent, and may do this one thing.

use crate::keep_token::{KeepToken, PURPOSE};
use crate::{Engine, EngineError};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::SiteName;
use rollcall_store::{ExemptKind, ExemptionRow, Kept, NoticeRow, SiteRow, StoreError};
use serde_json::json;

/// What a link is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepView {
    /// The site's name.
    pub site: SiteName,
    /// Its address.
    pub site_url: String,
    /// The account's sign-in name when the notice was written. Text of the site: hostile.
    pub username: String,
    /// When the notice was written.
    pub written_at: Timestamp,
    /// Until when the account is left as it is: if the link is used now, or since it was used.
    pub keep_until: Timestamp,
    /// Whether it was used.
    pub is_kept: bool,
}

/// Why a link does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepRefusal {
    /// Nobody of this installation made it, or it was changed on its way.
    #[error(
        "this link is not whole: open it from the mail once more, or copy all of it. If it still does not work, answer to the mail"
    )]
    Forged,
    /// It is too late.
    #[error("this link was valid until {}. If you still need the account, ask whoever administers the site", .at.strftime("%-d %B %Y"))]
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// What it is about is no longer there.
    #[error("what this link is about is no longer known here: there is nothing left to be kept")]
    Unknown,
}

impl Engine {
    /// What a link is about. Changes nothing: programs that scan mails open every link.
    pub async fn look_at_keep(&self, token: &str) -> Result<KeepView, EngineError> {
        let (token, site, notice) = self.kept_by(token).await?;
        Ok(self.keep_view(&token, site, notice))
    }

    /// Uses a link: its account is exempt for as long as its policy says. Used again it says the same, and changes nothing. An exemption that
    /// holds longer is left as it is.
    pub async fn keep(&self, token: &str) -> Result<KeepView, EngineError> {
        let (token, site, notice) = self.kept_by(token).await?;
        let now = self.now();
        let until = now.saturating_add(SignedDuration::from_hours(token.keep_hours.into())).unwrap_or(now);
        let owner = format!("owner of \"{}\" by link", rollcall_model::plain(&notice.of.username));
        let of_policy =
            token.policy.as_ref().map(|policy| format!(" of policy \"{policy}\"")).unwrap_or_default();
        let reason = format!(
            "\"I still need this\", in answer to the notice{of_policy} of {}",
            notice.written_at.strftime("%Y-%m-%d")
        );
        let entry = Draft {
            at: now,
            actor: owner.clone(),
            kind: EntryKind::EXEMPTION_ADDED,
            subject: Subject {
                site: Some(site.id.clone()),
                account: Some(token.account.clone()),
                policy: token.policy.clone(),
                run: Some(token.run.clone()),
                ..Subject::default()
            },
            why: reason.clone(),
            before: None,
            after: Some(json!({ "kind": "account", "subject": token.account, "until": until })),
            details: json!({ "notice": notice.message_id }),
        };
        let exemption = ExemptionRow {
            site: site.id.clone(),
            kind: ExemptKind::Account,
            subject: token.account.to_string(),
            reason,
            until: Some(until),
            added_by: owner,
            added_at: now,
        };
        let kept = self.store.keep(&notice.message_id, &exemption, until, entry).await?;
        let (Kept::Now { until } | Kept::Before { until }) = kept;
        Ok(self.keep_view(&token, site, NoticeRow { kept_until: Some(until), ..notice }))
    }

    /// The notice that a link belongs to.
    async fn kept_by(&self, token: &str) -> Result<(KeepToken, SiteRow, NoticeRow), EngineError> {
        let key = self.store.derived_key(PURPOSE)?;
        // A link in a mail outlives a rotation of the sealing key.
        let before = || self.store.derived_keys_of_before(PURPOSE);
        let read = KeepToken::read(token, &key);
        let read = read.or_else(|| before().iter().find_map(|key| KeepToken::read(token, key)));
        let token = read.ok_or(KeepRefusal::Forged)?;
        if self.now() >= token.expires_at {
            return Err(KeepRefusal::Expired { at: token.expires_at }.into());
        }
        let site = match self.store.site(&token.site).await {
            Err(StoreError::NotFound { .. }) => return Err(KeepRefusal::Unknown.into()),
            site => site?,
        };
        let notice = self.store.notice(&token.site, &token.account, &token.run).await?;
        Ok((token, site, notice.ok_or(KeepRefusal::Unknown)?))
    }

    fn keep_view(&self, token: &KeepToken, site: SiteRow, notice: NoticeRow) -> KeepView {
        let now = self.now();
        let if_used_now =
            now.saturating_add(SignedDuration::from_hours(token.keep_hours.into())).unwrap_or(now);
        KeepView {
            site: site.name,
            site_url: site.url,
            username: notice.of.username,
            written_at: notice.written_at,
            keep_until: notice.kept_until.unwrap_or(if_used_now),
            is_kept: notice.kept_until.is_some(),
        }
    }
}
