//! Long tasks (`confluence-data-center.md §4.4`).

use serde_json::{Value, json};

use super::Answer;
use super::page::{page, window};
use crate::call::Call;
use crate::http::Reply;
use crate::state::TaskLook;

/// Milliseconds that one step of a task is said to take.
const STEP_MS: u32 = 1500;

/// `GET /rest/api/longtask`: those of the caller.
pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    let caller = call.require_viewer()?;
    let window = window(call, 100)?;
    let looks: Vec<TaskLook> =
        call.state.tasks.iter().filter(|task| task.owner == caller).map(crate::state::Task::look).collect();
    Ok(page(call, window, looks.len(), |row| show(call, &looks[row])))
}

/// `GET /rest/api/longtask/{id}`: 404 when unknown, forgotten, or not the caller's.
pub(crate) fn one(call: &mut Call<'_>, id: &str) -> Answer {
    let missing = || Reply::error(404, &format!("No task found with id: {id}"));
    let caller = call.caller.ok_or_else(missing)?;
    let look = call.state.poll_task(id, caller, call.now).ok_or_else(missing)?;
    Ok(Reply::ok(&show(call, &look)))
}

fn show(call: &Call<'_>, look: &TaskLook) -> Value {
    let message = match (look.percent, look.successful) {
        (100, true) => json!({"translation": "Finished", "key": "done", "args": []}),
        (100, false) => {
            json!({"translation": "The user could not be deleted", "key": "user.delete.failed", "args": []})
        }
        _ => json!({"translation": "Deleting", "key": "user.delete.running", "args": []}),
    };
    json!({
        "id": look.id,
        "name": {"translation": "Deleting user", "key": "user.delete.task", "args": []},
        "elapsedTime": look.step * STEP_MS,
        "percentageComplete": look.percent,
        "successful": look.successful,
        "messages": [message],
        "_links": {
            "self": format!("{}/rest/api/longtask/{}", call.base(), look.id),
            "base": call.base(),
            "context": call.core.options.context_path,
        },
    })
}
