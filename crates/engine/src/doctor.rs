//! The doctor: examines an installation and says what to do about what it finds.

use crate::{Engine, EngineError, Operator, UseCase};
use jiff::SignedDuration;
use rollcall_mail::Mailer;
use rollcall_model::AccessMode;
use rollcall_store::MailState;

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

fn finding(
    what: impl Into<String>,
    health: Health,
    found: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding { what: what.into(), health, found: found.into(), remedy: remedy.into() }
}

/// Newest snapshots older than this are worth a word.
const OLD: SignedDuration = SignedDuration::from_hours(24 * 7);

impl Engine {
    /// Examines database, key, audit log, clock, mail and every site. Changes nothing.
    pub async fn examine(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        operator.check(UseCase::Examine)?;
        let mut findings = vec![self.examine_database().await];
        findings.push(match self.store.check_secrets().await {
            Ok(count) => finding("sealing key", Health::Good, format!("opens every secret ({count})"), ""),
            Err(error) => finding("sealing key", Health::Bad, error.to_string(), "put the key file back that the secrets were sealed with, or give the credentials again: rollcall site set NAME --token-file FILE"),
        });
        findings.push(match self.store.verify_audit([]).await {
            Ok(Ok(verified)) => finding("audit log", Health::Good, format!("whole, {} entries", verified.head.seq), ""),
            Ok(Err(broken)) => finding("audit log", Health::Bad, broken.to_string(), "somebody changed the database by hand; compare with a backup and with the head in your report mails"),
            Err(error) => finding("audit log", Health::Bad, error.to_string(), "repair the database first"),
        });
        findings.push(self.examine_clock(operator).await?);
        findings.push(self.examine_mail().await);
        findings.extend(self.examine_outbox().await?);
        findings.extend(self.examine_outlets(operator).await?);
        findings.extend(self.examine_runs().await?);
        for site in self.store.sites().await? {
            findings.extend(self.examine_site(operator, &site).await?);
        }
        Ok(findings)
    }

    async fn examine_database(&self) -> Finding {
        let place = self.store.place().to_owned();
        match (self.store.probe().await, self.store.schema().await) {
            (Ok(()), Ok((schema, _))) => {
                finding("database", Health::Good, format!("{place} takes writes, schema {schema}"), "")
            }
            (Err(error), _) | (_, Err(error)) => finding(
                "database",
                Health::Bad,
                error.to_string(),
                "check disk space, owner of the data folder, and that the database server runs",
            ),
        }
    }

    /// The clock must not stand before what was already written: plans would never expire and leases never run out.
    async fn examine_clock(&self, operator: &Operator) -> Result<Finding, EngineError> {
        let query = crate::AuditQuery { limit: 1, ..crate::AuditQuery::default() };
        let newest = self.audit(operator, &query).await?.first().map(|entry| entry.at);
        let now = self.now();
        Ok(match newest {
            Some(newest) if newest > now + SignedDuration::from_secs(60) => finding(
                "clock",
                Health::Bad,
                format!("says {now}, but the audit log has an entry of {newest}"),
                "set the machine's clock, best by NTP",
            ),
            _ => finding("clock", Health::Good, format!("{now:.0}"), ""),
        })
    }

    async fn examine_mail(&self) -> Finding {
        let remedy = "set mail up in rollcall.yaml; see docs/operations.md";
        let Some(settings) = &self.mail else {
            return finding("mail", Health::Warning, "not set up: no report is mailed", remedy);
        };
        let checked = match Mailer::new(settings.clone()) {
            Ok(mailer) => mailer.check().await,
            Err(error) => Err(error),
        };
        match checked {
            Ok(check) => {
                let encrypted = if check.is_encrypted { ", encrypted" } else { "" };
                finding("mail", Health::Good, format!("{} answers{encrypted}", check.destination), "")
            }
            Err(error) => finding("mail", Health::Bad, error.to_string(), remedy),
        }
    }

    async fn examine_outbox(&self) -> Result<Option<Finding>, EngineError> {
        let counts = self.store.count_mails().await?;
        let of = |state| counts.get(&state).copied().unwrap_or_default();
        let mut words = Vec::new();
        for (state, what) in [(MailState::Failed, "given up"), (MailState::Bounced, "refused for somebody")] {
            if let Some(last) = self.store.mails(Some(state), 1).await?.first() {
                let error = last.last_error.clone().unwrap_or_default();
                words.push(format!("{} were {what}; the last: {error}", of(state)));
            }
        }
        if words.is_empty() {
            return Ok(None);
        }
        Ok(Some(finding(
            "outbox",
            Health::Warning,
            format!("of the mails {}", words.join("; ")),
            "correct the addresses in the policies' `report.to`; then `rollcall mail retry ID`, or `rollcall mail discard ID`",
        )))
    }

    async fn examine_outlets(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        let mut findings = Vec::new();
        for outlet in self.outlet_states().await? {
            let what = format!("audit outlet {}", outlet.name);
            findings.push(match outlet.trouble {
                Some((since, error)) => finding(
                    what,
                    Health::Bad,
                    format!("fails since {since:.0} and is {} entries behind: {error}", outlet.behind),
                    "mend the receiver or `audit-outlets` in rollcall.yaml; nothing is lost meanwhile",
                ),
                None => finding(what, Health::Good, format!("{} entries behind", outlet.behind), ""),
            });
        }
        for webhook in self.webhooks(operator).await? {
            let what = format!("webhook {}", webhook.name);
            findings.push(match webhook.trouble {
                Some(trouble) => finding(
                    what,
                    Health::Warning,
                    format!("{} events wait; the oldest: {trouble}", webhook.waiting),
                    format!("rollcall webhook test {}; an event is given up after three days", webhook.name),
                ),
                None if !webhook.is_on => finding(what, Health::Good, "is switched off", ""),
                None => finding(what, Health::Good, format!("{} events wait", webhook.waiting), ""),
            });
        }
        Ok(findings)
    }

    async fn examine_runs(&self) -> Result<Vec<Finding>, EngineError> {
        let lost = self.store.free_runs(self.now()).await?.into_iter();
        let word = |run: rollcall_store::RunRow| {
            let found = format!("is {} but nobody works on it: its process died", run.state);
            finding(
                format!("run {}", run.id),
                Health::Warning,
                found,
                format!("rollcall runs resume {}", run.id),
            )
        };
        Ok(lost.map(word).collect())
    }

    async fn examine_site(
        &self,
        operator: &Operator,
        row: &rollcall_store::SiteRow,
    ) -> Result<Vec<Finding>, EngineError> {
        let what = format!("site {}", row.name);
        let profile = match self.test_site(operator, &row.name).await {
            Ok(profile) => profile,
            Err(error) => {
                return Ok(vec![finding(
                    what,
                    Health::Bad,
                    error.to_string(),
                    format!("rollcall site set {} corrects credentials and settings", row.name),
                )]);
            }
        };
        let mut findings = Vec::new();
        let version =
            profile.version.as_ref().map_or_else(|| "version unknown".to_owned(), ToString::to_string);
        findings.push(finding(
            &what,
            Health::Good,
            format!("{} {version} answers as {}", profile.product, profile.own_account.username),
            "",
        ));
        if profile.access_mode == AccessMode::ReadOnly {
            findings.push(finding(
                &what,
                Health::Warning,
                "takes no writes now (read-only access mode)",
                "live runs fail until an administrator of the site switches it back",
            ));
        }
        for warning in &profile.warnings {
            findings.push(finding(&what, Health::Warning, warning.as_str(), ""));
        }
        let newest = self.store.newest_snapshot(&row.id).await?.map(|s| s.taken_at);
        let sync = format!("rollcall sync {}", row.name);
        match newest {
            None => findings.push(finding(&what, Health::Warning, "has no snapshot yet", sync)),
            Some(at) if self.now().duration_since(at) > OLD => {
                findings.push(finding(
                    &what,
                    Health::Warning,
                    format!("its newest snapshot is of {at}"),
                    sync,
                ));
            }
            Some(_) => {}
        }
        Ok(findings)
    }
}
