//! One change, one request (`confluence-data-center.md §4.2, §4.3`). Never repeated here: what is unclear is for the caller to look at.

use super::ConfluenceDc;
use super::long_task::wait_for_deletion;
use super::probe::read_access_mode;
use crate::transport::{Address, Answer, fits_in_a_path};
use reqwest::Method;
use rollcall_model::{AccessMode, AccountRef, ActionKind, Change, GroupName, plain};
use rollcall_site::SiteError;

impl ConfluenceDc {
    /// Writes take the sign-in name only (§7.6): the caller passes the one it has just read by key.
    pub(super) async fn change(&self, account: &AccountRef, change: &Change) -> Result<(), SiteError> {
        let (method, address) = request_for(account, change)?;
        self.rosters.touch(account);
        let answer = self.transport.write(method, &address, None).await;
        // Whatever came of it, a bulk reading that began before this instant says nothing of this account any more.
        self.rosters.touch(account);
        if *change == Change::Delete {
            self.rosters.lost_name(account.key.as_str());
        }
        let answer = answer?;
        if !(200..300).contains(&answer.status()) {
            return Err(self.refusal(&answer, &subject(account, change)).await);
        }
        if *change == Change::Delete && answer.status() == 202 {
            return wait_for_deletion(&self.transport, account, &answer).await;
        }
        Ok(())
    }

    /// `type` must be in the body (o001); the answer is 200 or 201 (o020).
    pub(super) async fn make_group(&self, name: &GroupName) -> Result<(), SiteError> {
        must_fit(ActionKind::AddGroups, "group", name.as_str())?;
        let body = serde_json::json!({"type": "group", "name": name.as_str()});
        let address = Address::of("/rest/api/admin/group");
        let answer =
            self.transport.write(Method::POST, &address, Some(body.to_string().into_bytes())).await?;
        match answer.status() {
            200..300 => Ok(()),
            409 => Err(SiteError::Conflict {
                reason: format!("a group \"{}\" exists already ({})", plain(name.as_str()), answer.message()),
            }),
            _ => Err(self.refusal(&answer, &format!("the group \"{}\"", plain(name.as_str()))).await),
        }
    }

    /// What an answer that is no yes means for the caller.
    async fn refusal(&self, answer: &Answer, subject: &str) -> SiteError {
        let said = answer.message();
        let status = answer.status();
        if status >= 500 {
            return SiteError::Unanswered { may_have_taken_effect: true, reason: said };
        }
        // The status in read-only mode is UNVERIFIED, and the body's hint stands in other refusals too (§2.3, §4.5): ask.
        let may_be_read_only =
            matches!(status, 403 | 405) || answer.allowed_in_read_only_mode() == Some(false);
        if may_be_read_only && matches!(read_access_mode(&self.transport).await, Ok(AccessMode::ReadOnly)) {
            return SiteError::ReadOnlyMode {
                reason: format!("{said}. An administrator ends it under General configuration, Maintenance"),
            };
        }
        match status {
            401 | 403 => {
                let refusal = SiteError::Forbidden {
                    reason: format!(
                        "{said}. The account that Rollcall uses needs the global permission \"Confluence administrator\", for deleting and for making groups \"System administrator\""
                    ),
                };
                self.confirm_refusal(refusal).await
            }
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
}

fn subject(account: &AccountRef, change: &Change) -> String {
    let account = format!("the account \"{}\"", plain(&account.username));
    match change {
        Change::AddToGroup { group } | Change::RemoveFromGroup { group } => {
            format!("{account} or the group \"{}\"", plain(group.as_str()))
        }
        _ => account,
    }
}

fn request_for(account: &AccountRef, change: &Change) -> Result<(Method, Address), SiteError> {
    let kind = change.kind();
    let name = account.username.as_str();
    match change {
        Change::Disable | Change::Enable => {
            must_fit(kind, "account", name)?;
            let part = if *change == Change::Disable { "/disable" } else { "/enable" };
            Ok((Method::PUT, Address::of("/rest/api/admin/user").name(name).then(part)))
        }
        Change::Delete => {
            must_fit(kind, "account", name)?;
            Ok((Method::DELETE, Address::of("/rest/api/admin/user").name(name)))
        }
        Change::AddToGroup { group } | Change::RemoveFromGroup { group } => {
            must_fit(kind, "account", name)?;
            must_fit(kind, "group", group.as_str())?;
            let method =
                if matches!(change, Change::AddToGroup { .. }) { Method::PUT } else { Method::DELETE };
            Ok((method, Address::of("/rest/api/user").name(name).then("/group").name(group.as_str())))
        }
        Change::ChangeDirectory { .. }
        | Change::ResetPassword
        | Change::Notify
        | Change::Suspend
        | Change::Restore
        | Change::RemoveFromDirectory => Err(SiteError::Unsupported {
            action: kind,
            reason: "Confluence Data Center has no remote call for it".to_owned(),
        }),
    }
}

/// A slash or backslash cannot be carried in a path (§4.3), and writes know no other form.
fn must_fit(action: ActionKind, what: &str, name: &str) -> Result<(), SiteError> {
    if fits_in_a_path(name) {
        return Ok(());
    }
    Err(SiteError::Unsupported {
        action,
        reason: format!(
            "the name of the {what} \"{}\" cannot be carried in an address of this site's API. Rename it, or change it by hand",
            plain(name)
        ),
    })
}
