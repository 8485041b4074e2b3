//! Waiting for work the site does in the background (`confluence-data-center.md §4.4`).

use super::wire::{LongTask, Person};
use crate::transport::{Address, Answer, Transport};
use rollcall_model::{AccountRef, plain};
use rollcall_site::SiteError;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// A deletion that takes longer than this is left to itself; looking later decides.
const PATIENCE: Duration = Duration::from_mins(10);
/// Without a task to ask about: how long the account is watched.
const PATIENCE_WITHOUT_TASK: Duration = Duration::from_mins(1);

/// Waits until the deletion that was accepted is over. Whether the account is gone is for the caller to see.
pub(super) async fn wait_for_deletion(
    transport: &Transport,
    account: &AccountRef,
    accepted: &Answer,
) -> Result<(), SiteError> {
    match task_id(accepted) {
        Some(id) => wait_for_task(transport, &id).await,
        None => wait_until_gone(transport, account).await,
    }
}

/// The id, wherever it stands: `id`, the last part of a link to the status, the `Location` header (§4.2).
fn task_id(answer: &Answer) -> Option<String> {
    let body: Option<Value> = answer.decode().ok();
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let link = |links: &str| {
        let body = body.as_ref()?;
        let status = text(body.get(links)?.get("status"))?;
        last_part(&status)
    };
    text(body.as_ref().and_then(|b| b.get("id")))
        .or_else(|| link("links"))
        .or_else(|| link("_links"))
        .or_else(|| last_part(&text(body.as_ref().and_then(|b| b.get("statusPath")))?))
        .or_else(|| last_part(answer.header("location")?))
}

/// `…/longtask/{id}`, also `…/longtask/{id}/status` as in the model's samples.
fn last_part(link: &str) -> Option<String> {
    let path = link.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let path = path.strip_suffix("/status").unwrap_or(path);
    path.rsplit('/').next().filter(|id| !id.is_empty()).map(str::to_owned)
}

async fn wait_for_task(transport: &Transport, id: &str) -> Result<(), SiteError> {
    let address = Address::of("/rest/api/longtask").name(id);
    let began = Instant::now();
    let mut wait = FIRST_WAIT;
    while began.elapsed() < PATIENCE {
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
        match transport.get_json::<LongTask>(&address).await {
            Ok(task) if task.percentage_complete.is_some_and(|share| share >= 100.0) => {
                return if task.successful == Some(false) { Err(failed(&task)) } else { Ok(()) };
            }
            // Tasks vanish some time after their end: look at the account (§4.4).
            Err(SiteError::NotFound { .. }) => return Ok(()),
            // Not done, or passing trouble while the site works on: ask again.
            Ok(_)
            | Err(SiteError::Unanswered { .. } | SiteError::Busy { .. } | SiteError::Incomplete { .. }) => {}
            Err(SiteError::Unreachable { reason, .. }) => return Err(unclear(&reason)),
            Err(error @ (SiteError::Unauthorized { .. } | SiteError::Blocked { .. })) => return Err(error),
            Err(error) => return Err(unclear(&error.to_string())),
        }
    }
    Err(unclear("the site is still working on it after ten minutes"))
}

fn failed(task: &LongTask) -> SiteError {
    let said: Vec<_> = task.messages.iter().filter_map(|m| m.translation.as_deref()).collect();
    let said: String = plain(&said.join("; ")).chars().take(300).collect();
    let reason = if said.is_empty() {
        "the deletion failed".to_owned()
    } else {
        format!("the deletion failed: {said}")
    };
    SiteError::Rejected { status: None, reason }
}

fn unclear(reason: &str) -> SiteError {
    SiteError::Unanswered {
        may_have_taken_effect: true,
        reason: format!("the deletion was accepted, but its end was not seen: {reason}"),
    }
}

async fn wait_until_gone(transport: &Transport, account: &AccountRef) -> Result<(), SiteError> {
    let address = Address::of("/rest/api/user").query("key", account.key.as_str());
    let began = Instant::now();
    let mut wait = FIRST_WAIT;
    while began.elapsed() < PATIENCE_WITHOUT_TASK {
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
        match transport.get_json::<Person>(&address).await {
            Err(SiteError::NotFound { .. }) => return Ok(()),
            Ok(person) if person.key().is_none() || person.is_deleted() => return Ok(()),
            Ok(_) | Err(SiteError::Unanswered { .. } | SiteError::Busy { .. }) => {}
            Err(error @ (SiteError::Unauthorized { .. } | SiteError::Blocked { .. })) => return Err(error),
            Err(error) => return Err(unclear(&error.to_string())),
        }
    }
    Err(unclear("the site named no task to ask about, and the account is still there after a minute"))
}

#[cfg(test)]
mod tests {
    use super::last_part;

    #[test]
    fn the_id_of_a_task_is_found_in_each_form_of_link() {
        for link in [
            "/rest/api/longtask/0d3c6b1e",
            "https://wiki.example.org/ctx/rest/api/longtask/0d3c6b1e/status",
            "/rest/api/longtask/0d3c6b1e?expand=x",
        ] {
            assert_eq!(last_part(link).as_deref(), Some("0d3c6b1e"), "{link}");
        }
        assert_eq!(last_part("/"), None);
    }
}
