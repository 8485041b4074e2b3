//! One change, one request (`confluence-data-center.md §4.2, §4.3`). Never repeated here: what is unclear is for the caller to look at.

use super::ConfluenceDc;
use super::long_task::wait_for_deletion;
use crate::transport::{Address, fits_in_a_path};
use reqwest::Method;
use rollcall_model::{AccountRef, ActionKind, Change, GroupName, plain};
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
            return Err(self.refusal(&answer, change.kind(), &subject(account, change)).await);
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
            // Making groups needs the same right as deleting (§4.3).
            _ => Err(self
                .refusal(&answer, ActionKind::Delete, &format!("the group \"{}\"", plain(name.as_str())))
                .await),
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
