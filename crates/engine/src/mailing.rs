//! Mailing reports: rendered once, kept in the outbox, sent, tried again when the server was away.

use crate::{Engine, EngineError, Operator, UseCase};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{EntryKind, Subject};
use rollcall_mail::{Attachment, Decision, Mailbox, Mailer, Message};
use rollcall_model::RunId;
use rollcall_planner::{Attachment as Attach, ReportWish};
use rollcall_report::{
    FileForm, PlanReport, Report, ReportFile, RunReport, TemplateTexts, Templates, report_file,
};
use rollcall_store::{Delivery, MailDraft};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// First pause before a mail is tried again; it doubles each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(5);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// Then it is given up.
const ATTEMPTS: u32 = 12;

/// What became of the mails that were due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Postman {
    /// Sent now.
    pub sent: u32,
    /// To be tried again, each with what was said.
    pub later: Vec<String>,
    /// Given up, each with what was said.
    pub failed: Vec<String>,
}

/// A message as it waits in the outbox.
#[derive(Serialize, Deserialize)]
struct Packed {
    date: Timestamp,
    subject: String,
    text: String,
    html: String,
    /// Name, type, base64.
    attachments: Vec<(String, String, String)>,
    run: Option<String>,
}

impl Engine {
    /// Whether there is a way to send mail; without one no report is mailed, whatever policies wish.
    pub fn has_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Queues the mail of a run, if its policy wants one. Tells whether it was queued.
    pub(crate) async fn queue_run_report(
        &self,
        wish: &ReportWish,
        report: &RunReport,
    ) -> Result<bool, EngineError> {
        self.queue_report(
            wish,
            Report::Run(report),
            &format!("run-{}", report.run.id),
            Some(report.run.id.clone()),
        )
        .await
    }

    /// Queues the mail of a plan that is held up: by a limit, or for want of an approval.
    pub(crate) async fn queue_plan_report(
        &self,
        wish: &ReportWish,
        report: &PlanReport,
    ) -> Result<bool, EngineError> {
        self.queue_report(wish, Report::Plan(report), &format!("plan-{}", report.basis.plan.id), None).await
    }

    async fn queue_report(
        &self,
        wish: &ReportWish,
        report: Report<'_>,
        name: &str,
        run: Option<RunId>,
    ) -> Result<bool, EngineError> {
        if self.mail.is_none() || wish.to.is_empty() {
            return Ok(false);
        }
        let (changed, troubled) = crate::reports::news(report);
        if !wish.when.is_wanted(changed, troubled) {
            return Ok(false);
        }
        let attachment = attachment(wish.attach, report)?;
        let templates = Templates::new(TemplateTexts::default())?;
        let body = templates.render(report, attachment.as_ref().map(|file| file.name.as_str()))?;
        let attachments = attachment
            .into_iter()
            .map(|f| (f.name, f.content_type.to_owned(), BASE64_STANDARD.encode(f.bytes)));
        let packed = Packed {
            date: self.now(),
            subject: body.subject.clone(),
            text: body.text,
            html: body.html,
            attachments: attachments.collect(),
            run: run.map(|run| run.to_string()),
        };
        let draft = MailDraft {
            id: self.new_id(),
            // The same run, the same mail: queueing it twice after a crash sends it once.
            message_id: format!("{name}@rollcall"),
            recipients: wish.to.clone(),
            subject: body.subject,
            raw: serde_json::to_vec(&packed).map_err(EngineError::document("a mail"))?,
        };
        Ok(self.store.queue_mail(&draft, self.now()).await?)
    }

    /// Sends the mails that are due. A server that is away loses no mail.
    pub async fn send_mail(&self, operator: &Operator) -> Result<Postman, EngineError> {
        operator.check(UseCase::SendMail)?;
        let mut postman = Postman::default();
        let Some(settings) = &self.mail else { return Ok(postman) };
        let mailer = match Mailer::new(settings.clone()) {
            Ok(mailer) => mailer,
            Err(error) => {
                postman.later.push(error.to_string());
                return Ok(postman);
            }
        };
        // While one process sends a mail, another leaves it alone for so long.
        let claimed_for = SignedDuration::from_mins(10);
        while let Some((row, raw)) = self.store.take_mail(self.now(), self.now() + claimed_for).await? {
            let mut is_refused_login = false;
            let delivery = match unpack(&row.message_id, &row.recipients, &raw) {
                Err(reason) => Delivery::Failed { error: reason },
                Ok(message) => match send(&mailer, message).await {
                    Ok(delivered) if delivered.accepted.is_empty() => {
                        Delivery::Failed { error: refusals(&delivered) }
                    }
                    Ok(delivered) => {
                        if !delivered.refused.is_empty() {
                            postman.failed.push(refusals(&delivered));
                        }
                        Delivery::Sent
                    }
                    Err(error) => match error.decision() {
                        Decision::Retry if row.attempts >= ATTEMPTS => {
                            Delivery::Failed { error: error.to_string() }
                        }
                        Decision::Retry => {
                            Delivery::Later { at: self.now() + pause(row.attempts), error: error.to_string() }
                        }
                        // Settings must be corrected first. Trying a refused password again could lock the mail account.
                        Decision::Reconfigure => {
                            is_refused_login = true;
                            Delivery::Later { at: self.now() + LONGEST_PAUSE, error: error.to_string() }
                        }
                        Decision::GiveUp | Decision::Shorten => Delivery::Failed { error: error.to_string() },
                    },
                },
            };
            let kind = if delivery == Delivery::Sent { EntryKind::MAIL_SENT } else { EntryKind::MAIL_FAILED };
            let subject = Subject { run: run_of(&row.message_id), ..Subject::default() };
            let mut entry = rollcall_audit::Draft {
                at: self.now(),
                actor: "rollcall".to_owned(),
                kind,
                subject,
                why: row.subject.clone(),
                before: None,
                after: None,
                details: serde_json::Value::Null,
            };
            match &delivery {
                Delivery::Sent => {
                    postman.sent += 1;
                    entry.details = json!({ "to": row.recipients });
                }
                Delivery::Later { at, error } => {
                    entry.details = json!({ "to": row.recipients, "error": error, "again": at });
                    postman.later.push(error.clone());
                }
                Delivery::Failed { error } => {
                    entry.details = json!({ "to": row.recipients, "error": error });
                    postman.failed.push(error.clone());
                }
            }
            self.store.settle_mail(&row.id, &delivery, self.now(), entry).await?;
            if is_refused_login {
                break;
            }
        }
        Ok(postman)
    }
}

/// Sends a message; one that is too large for the server goes without its attachments.
async fn send(
    mailer: &Mailer,
    message: Message,
) -> Result<rollcall_mail::Delivery, rollcall_mail::MailError> {
    match mailer.send(&message).await {
        Err(error) if error.decision() == Decision::Shorten && !message.attachments.is_empty() => {
            let text = format!(
                "{}\n\nThe attached file was too large for the mail server. `rollcall runs show RUN --format csv` prints it.\n",
                message.text
            );
            mailer.send(&Message { attachments: Vec::new(), text, ..message }).await
        }
        result => result,
    }
}

fn pause(attempts: u32) -> SignedDuration {
    let doubled = FIRST_PAUSE.checked_mul(1_i32.checked_shl(attempts.min(16)).unwrap_or(i32::MAX));
    doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

fn run_of(message_id: &str) -> Option<RunId> {
    message_id.strip_prefix("run-")?.split('@').next().map(RunId::from)
}

fn refusals(delivery: &rollcall_mail::Delivery) -> String {
    delivery.refused.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn attachment(wish: Attach, report: Report<'_>) -> Result<Option<ReportFile>, EngineError> {
    let form = match wish {
        Attach::None => return Ok(None),
        Attach::Csv => FileForm::Csv,
        Attach::Xlsx => FileForm::Xlsx,
    };
    Ok(Some(report_file(report, form)?))
}

fn unpack(message_id: &str, recipients: &[String], raw: &[u8]) -> Result<Message, String> {
    let packed: Packed = serde_json::from_slice(raw)
        .map_err(|error| format!("the mail in the outbox cannot be read: {error}"))?;
    let to = recipients
        .iter()
        .map(|r| r.parse::<Mailbox>().map_err(|e| e.to_string()))
        .collect::<Result<_, _>>()?;
    let attachments = packed.attachments.into_iter().map(|(name, content_type, text)| {
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("the attachment {name} cannot be read: {error}"))?;
        Ok(Attachment { name, content_type, bytes })
    });
    Ok(Message {
        message_id: message_id.to_owned(),
        date: packed.date,
        to,
        cc: Vec::new(),
        subject: packed.subject,
        text: packed.text,
        html: packed.html,
        attachments: attachments.collect::<Result<_, String>>()?,
        run: packed.run,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours() {
        assert_eq!(pause(0), SignedDuration::from_mins(5));
        assert_eq!(pause(1), SignedDuration::from_mins(10));
        assert_eq!(pause(12), LONGEST_PAUSE);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
