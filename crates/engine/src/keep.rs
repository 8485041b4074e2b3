//! "I still need this": what the link in a notice does. There is no operator: whoever holds the link is taken for the account's owner, to whose
//! address it was sent, and may do this one thing.

use crate::keep_token::{KeepToken, PURPOSE};
use crate::{Engine, EngineError};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_model::{SiteName, Status};
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
    /// Whether the account is disabled by the newest reading of its site. The link does not enable it; it keeps it from everything else.
    pub is_disabled: bool,
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
    /// By the newest reading of its site the account is no longer there: nothing is left to be exempt.
    #[error(
        "the account \"{username}\" is no longer there: by the newest reading of {site} it was deleted since you were told of it. If you still need one, \
         ask whoever administers the site, or answer to the mail"
    )]
    Gone {
        /// Its sign-in name when the notice was written. Text of the site: hostile.
        username: String,
        /// The site's name.
        site: SiteName,
    },
    /// What it is about is no longer there.
    #[error("what this link is about is no longer known here: there is nothing left to be kept")]
    Unknown,
}

/// A link that works: what it says, and what it is about.
struct Link {
    token: KeepToken,
    site: SiteRow,
    notice: NoticeRow,
    /// Whether the account is, by the newest reading.
    is_disabled: bool,
}

impl Engine {
    /// What a link is about. Changes nothing: programs that scan mails open every link.
    pub async fn look_at_keep(&self, token: &str) -> Result<KeepView, EngineError> {
        let Link { token, site, notice, is_disabled } = self.kept_by(token).await?;
        let now = self.now();
        let is_it = |exemption: &ExemptionRow| {
            exemption.kind == ExemptKind::Account && exemption.subject == token.account.as_str()
        };
        let exemption = self.store.exemptions(&site.id).await?.into_iter().find(is_it);
        let holds = exemption.filter(|exemption| exemption.until.is_none_or(|until| until > now));
        // Somebody may have ended what the owner was promised.
        let kept_until = holds
            .zip(notice.kept_until)
            .map(|(holds, kept_until)| holds.until.map_or(kept_until, |until| until.min(kept_until)));
        Ok(self.keep_view(Link { token, site, notice: NoticeRow { kept_until, ..notice }, is_disabled }))
    }

    /// Uses a link: its account is exempt for as long as its policy says. Used again it says the same, and changes nothing, unless the exemption was
    /// ended meanwhile. One that holds longer is left as it is. An account that is disabled by now is exempt as well, so that nothing more is done to it;
    /// one that is gone is not.
    pub async fn keep(&self, token: &str) -> Result<KeepView, EngineError> {
        let Link { token, site, notice, is_disabled } = self.kept_by(token).await?;
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
            name: notice.of.username.clone(),
            reason,
            until: Some(until),
            added_by: owner,
            added_at: now,
        };
        let kept = self.store.keep(&notice.message_id, &exemption, until, entry).await?;
        let (Kept::Now { until } | Kept::Before { until }) = kept;
        let notice = NoticeRow { kept_until: Some(until), ..notice };
        Ok(self.keep_view(Link { token, site, notice, is_disabled }))
    }

    /// What a link belongs to, if it works.
    async fn kept_by(&self, token: &str) -> Result<Link, EngineError> {
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
        let notice = notice.ok_or(KeepRefusal::Unknown)?;
        let gone = || KeepRefusal::Gone { username: notice.of.username.clone(), site: site.name.clone() };
        let is_disabled = match self.store.newest_snapshot(&site.id).await? {
            None => false,
            Some(newest) => {
                let snapshot = self.load_snapshot(&newest.id).await?;
                let account = snapshot.find_key(&token.account).ok_or_else(gone)?;
                snapshot.account(account).status() == Some(Status::Disabled)
            }
        };
        Ok(Link { token, site, notice, is_disabled })
    }

    fn keep_view(&self, link: Link) -> KeepView {
        let Link { token, site, notice, is_disabled } = link;
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
            is_disabled,
        }
    }
}
