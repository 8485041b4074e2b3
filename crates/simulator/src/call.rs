//! One request on its way through the site: who asks, what the site is like at the moment, what it may do.

use jiff::tz::TimeZone;

use crate::faults::{Fault, Faults, RuleBook};
use crate::http::{Reply, Request};
use crate::site::Core;
use crate::state::{AccountId, Refusal, Rights, State};
use crate::switches::{ForbiddenWrite, Switches};

/// Faults and switches in force, replaced as a whole.
#[derive(Debug)]
pub(crate) struct Conditions {
    pub(crate) faults: Faults,
    pub(crate) switches: Switches,
    pub(crate) rules: RuleBook,
    /// Zone of the server.
    pub(crate) zone: TimeZone,
}

/// One request with all it is answered from.
pub(crate) struct Call<'a> {
    pub(crate) core: &'a Core,
    pub(crate) request: &'a Request,
    pub(crate) state: &'a mut State,
    pub(crate) conditions: &'a Conditions,
    /// `None`: anonymous.
    pub(crate) caller: Option<AccountId>,
    /// Fault placed on this request, for those that bend a page.
    pub(crate) fault: &'a Fault,
    /// Milliseconds since 1970 in the simulated world.
    pub(crate) now: i64,
}

impl Call<'_> {
    pub(crate) fn switches(&self) -> &Switches {
        &self.conditions.switches
    }

    fn rights(&self) -> Rights {
        self.caller.map_or(Rights::NONE, |caller| self.state.rights_of(caller))
    }

    /// Someone who may use the site; 403 for others, as reads answer.
    pub(crate) fn require_viewer(&self) -> Result<AccountId, Reply> {
        match self.caller {
            Some(caller) if self.rights().has(Rights::USE) => Ok(caller),
            _ => Err(Reply::not_permitted()),
        }
    }

    /// An administrator of Confluence: 401 for anonymous and unlicensed callers, 403 for others, as writes answer.
    pub(crate) fn require_admin(&self) -> Result<AccountId, Reply> {
        self.require(Rights::ADMINISTER)
    }

    /// A system administrator, likewise.
    pub(crate) fn require_system(&self) -> Result<AccountId, Reply> {
        self.require(Rights::SYSTEM)
    }

    /// Someone who may use the site; 401 for others, as some reads answer.
    pub(crate) fn require_login(&self) -> Result<AccountId, Reply> {
        self.require(Rights::USE)
    }

    fn require(&self, needed: Rights) -> Result<AccountId, Reply> {
        let rights = self.rights();
        match self.caller {
            Some(caller) if rights.has(Rights::USE) => {
                let enough =
                    rights.has(needed) || (needed == Rights::ADMINISTER && rights.has(Rights::SYSTEM));
                if enough { Ok(caller) } else { Err(Reply::not_permitted()) }
            }
            _ => Err(Reply::error(401, "The calling user is not authenticated or not licensed")),
        }
    }

    /// What a refused change answers.
    pub(crate) fn refuse(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::ReadOnlyDirectory { directory } => {
                let message = format!("Directory {directory} is read-only or does not allow this operation");
                match self.switches().forbidden_write {
                    ForbiddenWrite::Silent204 => Reply::empty(204),
                    ForbiddenWrite::Status400 => Reply::error(400, &message),
                    ForbiddenWrite::Status403 => Reply::error(403, &message),
                    ForbiddenWrite::Status500 => Reply::error(500, &message),
                }
            }
            Refusal::LastAdminGroup => {
                Reply::error(400, "The last group of administrators cannot be removed")
            }
            Refusal::Exists => Reply::error(409, "There is one of that name already"),
            Refusal::NoSeat => Reply::error(402, "No more licences are available"),
            Refusal::NoWritableDirectory => Reply::error(400, "No directory accepts new users"),
        }
    }

    /// The outcome of a change that may have been so already.
    pub(crate) fn outcome(&self, outcome: Result<bool, Refusal>) -> Reply {
        match outcome {
            Ok(changed) => Reply::done(changed),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Base URL of the site, as `_links.base` shows it.
    pub(crate) fn base(&self) -> &str {
        &self.core.base_url
    }
}
