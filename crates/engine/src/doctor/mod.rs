//! The doctor: examines an installation and says what to do about what it finds.
//!
//! To add a finding: a method in the file of its idea, called in [`Engine::examine`]; where it belongs to a room above, that room adds its own
//! to the list.

mod ground;
mod log;
mod people;
mod post;
mod sites;
mod upkeep;
mod work;

pub use ground::examine_disk;
pub use post::examine_mail;

use crate::{Engine, EngineError, Operator, UseCase};
use futures::future::try_join_all;

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it should be.
    Good,
    /// Works, but somebody should look at it.
    Warning,
    /// Does not work.
    Bad,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was examined.
    pub what: String,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

impl Finding {
    /// A finding, with its remedy.
    pub fn new(
        what: impl Into<String>,
        health: Health,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { what: what.into(), health, found: found.into(), remedy: remedy.into() }
    }
}

fn finding(
    what: impl Into<String>,
    health: Health,
    found: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding::new(what, health, found, remedy)
}

impl Engine {
    /// Examines database, disk, key, audit log, clock, mail, what is under way and every site. Changes nothing.
    pub async fn examine(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        operator.check(UseCase::Examine)?;
        let mut findings = vec![self.examine_database().await];
        findings.extend(examine_disk(self.locks.folder()));
        findings.extend(self.examine_key().await);
        findings.push(self.examine_audit().await);
        findings.push(self.examine_clock(operator).await?);
        findings.push(examine_mail(self.mail.as_ref()).await);
        findings.extend(self.examine_outbox().await?);
        findings.extend(self.examine_templates(operator).await?);
        findings.extend(self.examine_outlets(operator).await?);
        findings.extend(self.examine_runs().await?);
        findings.extend(self.examine_jobs().await?);
        findings.extend(self.examine_duties(operator).await?);
        findings.push(self.examine_retention(operator).await?);
        findings.push(self.examine_operators().await?);
        // Each waits for a machine of its own.
        let sites = self.store.sites().await?;
        let examined = try_join_all(sites.iter().map(|site| self.examine_site(site))).await?;
        findings.extend(examined.into_iter().flatten());
        Ok(findings)
    }
}
