//! Sending what is due: one process at a time for each mail, recipient by recipient.

use super::unpack;
use crate::keep_token::hide_links;
use crate::{Engine, EngineError, Operator, UseCase};
use jiff::{SignedDuration, Timestamp};
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_mail::{Decision, MailError, Mailer, Message, RefusedRecipient};
use rollcall_model::RunId;
use rollcall_store::{Bounce, Delivery, MailRow, Next};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// First pause before a mail is tried again; it doubles each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(5);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// Sending one mail may take so long; then the conversation is cut and it counts as a try that failed.
const LONGEST_SENDING: Duration = Duration::from_mins(9);
/// While one process sends a mail, another leaves it alone for so long.
const BUSY: SignedDuration = SignedDuration::from_mins(10);

/// What became of the mails that were due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Postman {
    /// Sent now.
    pub sent: u32,
    /// To be tried again, each with what was said.
    pub later: Vec<String>,
    /// Given up, or refused for good for somebody, each with what was said.
    pub failed: Vec<String>,
}

/// How a try ended, and whether the next mail is worth a try now.
struct Try {
    delivery: Delivery,
    goes_on: bool,
}

impl Engine {
    /// Queues the reports of runs that ended, and sends the mails that are due. A server that is away loses no mail.
    pub async fn send_mail(&self, operator: &Operator) -> Result<Postman, EngineError> {
        operator.check(UseCase::SendMail)?;
        self.queue_run_reports().await?;
        self.send_due_mail().await
    }

    pub(crate) async fn send_due_mail(&self) -> Result<Postman, EngineError> {
        let mut postman = Postman::default();
        let Some(settings) = &self.mail else { return Ok(postman) };
        let mailer = match Mailer::new(settings.clone()) {
            Ok(mailer) => mailer,
            Err(error) => {
                postman.later.push(error.to_string());
                return Ok(postman);
            }
        };
        while let Some((row, raw)) = self.store.take_mail(self.now(), self.now() + BUSY).await? {
            let Try { delivery, goes_on } = self.try_mail(&mailer, &row, &raw).await;
            let entry = self.entry_of(&row, &delivery);
            if self.store.settle_mail(&row, &delivery, self.now(), entry).await? {
                postman.note(&delivery);
            }
            if !goes_on {
                break;
            }
        }
        Ok(postman)
    }

    async fn try_mail(&self, mailer: &Mailer, row: &MailRow, raw: &[u8]) -> Try {
        let message = match unpack(row, raw) {
            Ok(message) => message,
            Err(error) => return Try { delivery: ended(Next::Failed { error }), goes_on: true },
        };
        let now = self.now();
        let for_good = |refused: &[RefusedRecipient]| {
            let permanent = refused.iter().filter(|r| !r.is_temporary);
            let bounce = |r: &RefusedRecipient| Bounce {
                address: r.address.clone(),
                answer: r.answer.clone(),
                at: now,
            };
            permanent.map(bounce).collect::<Vec<_>>()
        };
        let after = |refused: &[RefusedRecipient]| {
            let temporary: Vec<_> = refused.iter().filter(|r| r.is_temporary).collect();
            if temporary.is_empty() {
                return Next::Over;
            }
            let error = temporary.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            later(row, now, error)
        };
        match tokio::time::timeout(LONGEST_SENDING, send(mailer, message)).await {
            Err(_) => {
                let error = format!("sending it took longer than {} minutes", LONGEST_SENDING.as_secs() / 60);
                Try { delivery: ended(later(row, now, error)), goes_on: false }
            }
            Ok(Ok(taken)) => {
                let (bounced, next) = (for_good(&taken.refused), after(&taken.refused));
                Try { delivery: Delivery { served: taken.accepted, bounced, next }, goes_on: true }
            }
            Ok(Err(MailError::NoRecipient { refused, .. })) => {
                let (bounced, next) = (for_good(&refused), after(&refused));
                Try { delivery: Delivery { served: Vec::new(), bounced, next }, goes_on: true }
            }
            // Without its attachments as well: nobody is going to get it.
            Ok(Err(MailError::TooLarge { answer, .. })) => {
                let for_whom = row.recipients.iter().filter(|address| {
                    !row.served.contains(address) && row.bounced.iter().all(|b| b.address != **address)
                });
                let bounce =
                    |address: &String| Bounce { address: address.clone(), answer: answer.clone(), at: now };
                let bounced = for_whom.map(bounce).collect();
                Try { delivery: Delivery { served: Vec::new(), bounced, next: Next::Over }, goes_on: true }
            }
            Ok(Err(error)) => {
                let words = error.to_string();
                let (next, goes_on) = match error.decision() {
                    // A server that cannot be reached is not asked again for each of the mails that wait for it.
                    Decision::Retry => {
                        (later(row, now, words), !matches!(error, MailError::Unreachable { .. }))
                    }
                    // Settings must be corrected first, and no mail is given up meanwhile. Trying a refused password again could lock the mail account.
                    Decision::Reconfigure => (Next::Later { at: now + LONGEST_PAUSE, error: words }, false),
                    Decision::GiveUp | Decision::Shorten => (Next::Failed { error: words }, true),
                };
                Try { delivery: ended(next), goes_on }
            }
        }
    }

    /// What the audit log says of a try. Of those that failed only the first is told: the outbox counts the others.
    fn entry_of(&self, row: &MailRow, delivery: &Delivery) -> Option<Draft> {
        let to = &row.recipients;
        let bounced = [row.bounced.as_slice(), &delivery.bounced].concat();
        let (kind, details) = match &delivery.next {
            Next::Over if bounced.is_empty() => (EntryKind::MAIL_SENT, json!({ "to": to })),
            Next::Over => (EntryKind::MAIL_BOUNCED, json!({ "to": to, "refused": bounced })),
            Next::Later { at, error } if row.attempts == 1 => {
                (EntryKind::MAIL_FAILED, json!({ "to": to, "error": error, "again": at }))
            }
            Next::Later { .. } => return None,
            Next::Failed { error } => {
                (EntryKind::MAIL_FAILED, json!({ "to": to, "error": error, "attempts": row.attempts }))
            }
        };
        let subject = Subject { run: run_of(&row.message_id), ..Subject::default() };
        let entry = Draft::new(self.now(), "rollcall", kind, subject).because(hide_links(&row.subject));
        Some(entry.details(details))
    }
}

impl Postman {
    fn note(&mut self, delivery: &Delivery) {
        let refused = delivery.bounced.iter().map(|b| format!("{} ({})", b.address, b.answer));
        self.failed.extend(refused);
        match &delivery.next {
            Next::Over if delivery.served.is_empty() => {}
            Next::Over => self.sent += 1,
            Next::Later { error, .. } => self.later.push(error.clone()),
            Next::Failed { error } => self.failed.push(error.clone()),
        }
    }
}

fn ended(next: Next) -> Delivery {
    Delivery { served: Vec::new(), bounced: Vec::new(), next }
}

fn later(row: &MailRow, now: Timestamp, error: String) -> Next {
    if row.tries_left == 0 {
        let error = format!("given up after {} tries: {error}", row.attempts);
        return Next::Failed { error };
    }
    Next::Later { at: now + pause(&row.id, row.attempts), error }
}

/// Sends a message; one that is too large for the server goes without its attachments.
async fn send(mailer: &Mailer, message: Message) -> Result<rollcall_mail::Delivery, MailError> {
    match mailer.send(&message).await {
        Err(error) if error.decision() == Decision::Shorten && !message.attachments.is_empty() => {
            let run = message.run.as_deref().unwrap_or("RUN");
            let text = format!(
                "{}\n\nThe attached file was too large for the mail server. `rollcall runs show {run} --format csv` prints it.\n",
                message.text
            );
            mailer.send(&Message { attachments: Vec::new(), text, ..message }).await
        }
        result => result,
    }
}

/// Doubles from try to try, and is a tenth shorter or longer, so that mails that failed together do not come back together. Which
/// way comes from the mail's id: the same mail, the same pauses.
fn pause(id: &str, attempts: u32) -> SignedDuration {
    let doublings = attempts.saturating_sub(1).min(16);
    let doubled = FIRST_PAUSE.checked_mul(1_i32.checked_shl(doublings).unwrap_or(i32::MAX));
    let pause = doubled.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
    let digest = Sha256::new().chain_update(id).chain_update(attempts.to_be_bytes()).finalize();
    let permille = i32::from(u16::from_be_bytes([digest[0], digest[1]]) % 201) - 100;
    pause + pause / 1000 * permille
}

/// The run that a mail is about, from what its Message-ID begins with.
pub(super) fn run_of(message_id: &str) -> Option<RunId> {
    let key = message_id.split('@').next()?;
    let of_notice = || Some(key.strip_prefix("notice-")?.rsplit_once('-')?.0);
    let of_report = key.strip_prefix("run-").and_then(|key| key.split('.').next());
    of_report.or_else(of_notice).map(RunId::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours_each_a_little_different() {
        let within = |pause: SignedDuration, minutes: i64| {
            let whole = SignedDuration::from_mins(minutes);
            (whole - whole / 10..=whole + whole / 10).contains(&pause)
        };
        for id in ["a", "b", "c"] {
            assert!(within(pause(id, 0), 5) && within(pause(id, 1), 5) && within(pause(id, 2), 10));
            assert!(within(pause(id, 12), 360) && within(pause(id, u32::MAX), 360));
            assert_eq!(pause(id, 3), pause(id, 3));
        }
        assert_ne!(pause("a", 5), pause("b", 5));
    }

    #[test]
    fn the_run_is_read_from_its_message_id() {
        assert_eq!(run_of("run-0193.7@example.org"), Some(RunId::from("0193")));
        assert_eq!(run_of("run-0193@rollcall"), Some(RunId::from("0193")));
        assert_eq!(run_of("notice-0193-7a-12@example.org"), Some(RunId::from("0193-7a")));
        assert_eq!(run_of("plan-0193@example.org"), None);
    }
}
