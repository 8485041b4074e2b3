//! Long tasks: deleting an account takes several polls (`confluence-data-center.md §4.4`).

use super::{AccountId, AuditKind, Author, State};

/// A long task. It advances by one step with each look at it or at the account it deletes.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) owner: AccountId,
    pub(crate) account: AccountId,
    pub(crate) steps: u32,
    pub(crate) step: u32,
    /// Looks at it after it was done; after the third it is forgotten.
    seen_done: u32,
    pub(crate) fails: bool,
    vanishes: bool,
}

/// What one look at a task shows.
#[derive(Clone, Debug)]
pub(crate) struct TaskLook {
    pub(crate) id: String,
    pub(crate) percent: u32,
    pub(crate) successful: bool,
    pub(crate) step: u32,
}

/// Looks at a finished task before it is forgotten.
const REMEMBERED_LOOKS: u32 = 3;

impl State {
    /// Begins to delete an account; gives the id of the task.
    pub(crate) fn submit_deletion(
        &mut self,
        account: AccountId,
        owner: AccountId,
        steps: u32,
        (fails, vanishes): (bool, bool),
        now: i64,
    ) -> String {
        if let Some(task) = self.tasks.iter().find(|task| task.account == account && task.step < task.steps) {
            return task.id.clone();
        }
        let id = self.next_uuid();
        if vanishes && !fails {
            self.finish_deletion(account, owner, now);
        }
        self.tasks.push(Task {
            id: id.clone(),
            owner,
            account,
            steps: steps.max(1),
            step: 0,
            seen_done: 0,
            fails,
            vanishes,
        });
        id
    }

    /// A look at a task by its owner: it advances by one step.
    pub(crate) fn poll_task(&mut self, id: &str, caller: AccountId, now: i64) -> Option<TaskLook> {
        let place = self.tasks.iter().position(|task| task.id == id && task.owner == caller)?;
        self.advance(place, now);
        let task = &mut self.tasks[place];
        if task.vanishes {
            return None;
        }
        if task.step >= task.steps {
            task.seen_done += 1;
            if task.seen_done > REMEMBERED_LOOKS {
                self.tasks.remove(place);
                return None;
            }
        }
        Some(self.tasks[place].look())
    }

    /// A look at an account that is being deleted is a look at its task, too.
    pub(crate) fn advance_deletion_of(&mut self, account: AccountId, now: i64) {
        if let Some(place) =
            self.tasks.iter().position(|task| task.account == account && task.step < task.steps)
        {
            self.advance(place, now);
        }
    }

    fn advance(&mut self, place: usize, now: i64) {
        let task = &mut self.tasks[place];
        if task.step >= task.steps {
            return;
        }
        task.step += 1;
        let (account, owner) = (task.account, task.owner);
        if task.step == task.steps && !task.fails {
            self.finish_deletion(account, owner, now);
        }
    }

    fn finish_deletion(&mut self, account: AccountId, owner: AccountId, now: i64) {
        self.record(now, AuditKind::UserDeleted, Author::Account(owner), account, 0);
        self.anonymise(account);
    }
}

impl Task {
    pub(crate) fn look(&self) -> TaskLook {
        let percent = self.step * 100 / self.steps;
        TaskLook {
            id: self.id.clone(),
            percent,
            successful: !(self.fails && percent == 100),
            step: self.step,
        }
    }
}
