//! Who asks. Every use case takes an [`Operator`]; their role is asked about in `access`, their name stands in the audit log (I11).

use rollcall_model::{JobId, Role};
use std::fmt;

/// A person, a program or the scheduler, who uses Rollcall. Not an account of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    name: String,
    role: Role,
    way: Way,
    /// The job by which they ask, where they are not here themselves.
    job: Option<JobId>,
}

/// How they got in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Shell,
    SignedIn,
    Token,
}

impl Operator {
    /// Somebody at a shell of this machine who can read the data folder, and with it the key: to them nothing is closed.
    pub fn local(name: &str) -> Self {
        Self { way: Way::Shell, ..Self::remote(name, Role::Admin) }
    }

    /// Somebody who signed in. Control characters in the name are replaced, because it is printed everywhere.
    pub fn remote(name: &str, role: Role) -> Self {
        let name = rollcall_model::plain(name.trim());
        let name = if name.is_empty() { "unknown".to_owned() } else { name.into_owned() };
        Self { name, role, way: Way::SignedIn, job: None }
    }

    /// A program with a token of that operator's: the same person, with the token's role.
    pub fn program(name: &str, role: Role) -> Self {
        Self { way: Way::Token, ..Self::remote(name, role) }
    }

    /// The scheduler: it acts for whoever switched a policy on.
    pub fn scheduler() -> Self {
        Self::local("schedule")
    }

    /// Somebody who asked for a job earlier, with that role.
    pub(crate) fn of_job(job: &rollcall_store::JobRow, role: Role) -> Self {
        let remote = Self::remote(&job.asked_by, role);
        Self {
            way: if job.is_local { Way::Shell } else { Way::SignedIn },
            job: Some(job.id.clone()),
            ..remote
        }
    }

    /// The job by which they ask: what is made for it is linked to it.
    pub(crate) fn job(&self) -> Option<&JobId> {
        self.job.as_ref()
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether it is the scheduler, and nobody sits in front of it. No person can have its name.
    pub(crate) fn is_scheduler(&self) -> bool {
        let scheduler = Self::scheduler();
        (&self.name, self.way) == (&scheduler.name, scheduler.way)
    }

    /// Whether they are at a shell of this machine.
    pub fn is_local(&self) -> bool {
        self.way == Way::Shell
    }

    /// Whether it is a program with a token.
    pub fn is_program(&self) -> bool {
        self.way == Way::Token
    }

    /// Whether somebody of that name is this operator: another spelling is not a second person, and neither is one's own token.
    pub(crate) fn is(&self, name: &str) -> bool {
        rollcall_snapshot::fold(&self.name) == rollcall_snapshot::fold(name)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_token_and_another_spelling_are_no_second_person() {
        let made_by = Operator::remote("Mira", Role::Operator);
        for same in [
            Operator::program("mira", Role::Approver),
            Operator::remote("MIRA", Role::Approver),
            Operator::local(" mira "),
        ] {
            assert!(same.is(made_by.name()), "{same:?}");
        }
        assert!(!Operator::program("theo", Role::Approver).is(made_by.name()));
        assert!(!Operator::program("mira", Role::Admin).is_local(), "a token of an admin is not a shell");
    }
}
