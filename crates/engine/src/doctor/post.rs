//! What leaves the installation: mail, the outlets of the audit log, webhooks.

use super::{Finding, Health, finding};
use crate::{Engine, EngineError, MailSettings, Operator};
use rollcall_mail::Mailer;
use rollcall_store::MailState;

/// Whether the mail server answers. Needs no database.
pub async fn examine_mail(settings: Option<&MailSettings>) -> Finding {
    let remedy = "set mail up in rollcall.yaml; see docs/operations.md";
    let Some(settings) = settings else {
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

impl Engine {
    pub(super) async fn examine_outbox(&self) -> Result<Option<Finding>, EngineError> {
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

    /// An administrator's own templates that do not render: what they may use has changed since they were kept.
    pub(super) async fn examine_templates(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
        let mut findings = Vec::new();
        for template in self.templates(operator).await?.into_iter().filter(|template| !template.is_embedded())
        {
            let (name, what) = (template.name, format!("mail template {}", template.name));
            findings.push(match name.check(template.own) {
                Ok(()) => finding(what, Health::Good, "your own; it renders", ""),
                Err(error) => finding(
                    what,
                    Health::Warning,
                    format!("your own does not render, and mails look as they come with Rollcall: {error}"),
                    format!("correct it on the page of the templates, or set it back: rollcall template reset {name}"),
                ),
            });
        }
        Ok(findings)
    }

    pub(super) async fn examine_outlets(&self, operator: &Operator) -> Result<Vec<Finding>, EngineError> {
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
}
