//! Notices: the mail to the owner of an account before something happens to it, written while a run works on its item.
//!
//! A notice is recorded together with its mail, once for each item: a run that is taken up after a crash finds it there.

use crate::apply::Untold;
use crate::clock::Clock;
use crate::keep_token::{KeepToken, PURPOSE};
use crate::mailing::Letter;
use crate::sites::{OpenedSite, product};
use crate::templates::beside;
use crate::{Engine, EngineError};
use jiff::SignedDuration;
use rollcall_audit::{Draft, EntryKind, Subject};
use rollcall_mail::Mailbox;
use rollcall_model::{Action, ActionKind, Change, Product, RunId};
use rollcall_planner::{Notice, NoticePart, Plan, PlanItem, Policy, PolicyError};
use rollcall_report::{Installation, NoticeFacts, NoticeTemplates, NoticeWords, ReportError, TemplateTexts};
use rollcall_store::{NoticeDraft, RunRow, Store};
use secrecy::SecretBox;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// So long after the announced day a link still works: whoever is away over that day is not locked out by a date.
const LINK_GRACE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Reads a policy file, and tries the words of its notices on samples. All or nothing; every fault is named with its place.
pub fn read_policies(text: &str) -> Result<Vec<Policy>, PolicyError> {
    rollcall_planner::read_policies_with(text, &wrong_words)
}

/// What is wrong with a policy's own words for its notices, if anything.
fn wrong_words(part: NoticePart, text: &str) -> Option<String> {
    let text = Some(text.to_owned());
    let words = match part {
        NoticePart::Subject => NoticeWords { subject: text, message: None },
        NoticePart::Message => NoticeWords { subject: None, message: text },
    };
    let error = NoticeTemplates::new(TemplateTexts::default(), words).err()?;
    let ReportError::Template { line, column, message, .. } = error else { return Some(error.to_string()) };
    let line = line.map(|line| format!("line {line}")).into_iter();
    let place: Vec<_> = line.chain(column.map(|column| format!("column {column}"))).collect();
    let place = if place.is_empty() { String::new() } else { format!(" ({} of it)", place.join(", ")) };
    Some(format!("this cannot be written into a mail{place}: {message}"))
}

/// Whether the words of a policy that came from no file can be used.
pub(crate) fn check_notice(policy: &Policy) -> Result<(), EngineError> {
    let notice = policy.notice.iter();
    let words = notice.flat_map(|notice| {
        [
            ("notice/subject", NoticePart::Subject, &notice.subject),
            ("notice/message", NoticePart::Message, &notice.message),
        ]
    });
    for (field, part, text) in words {
        if let Some(wrong) = text.as_deref().and_then(|text| wrong_words(part, text)) {
            return Err(EngineError::unfit(field, &format!("policy \"{}\": {wrong}", policy.name)));
        }
    }
    Ok(())
}

fn words(notice: &Notice) -> NoticeWords {
    NoticeWords { subject: notice.subject.clone(), message: notice.message.clone() }
}

/// Writes the notices of one run.
pub(crate) struct Notifier {
    store: Store,
    clock: Arc<dyn Clock>,
    key: SecretBox<[u8; 32]>,
    public_url: Url,
    from: Mailbox,
    templates: Arc<NoticeTemplates>,
    notice: Notice,
    policy: Option<String>,
    run: RunId,
    /// Whoever started the run.
    actor: String,
    /// What every notice of the run has in common.
    common: NoticeFacts,
    is_at_once: bool,
    site: rollcall_model::SiteId,
    items: BTreeMap<u32, PlanItem>,
}

impl Engine {
    /// Why accounts' owners cannot be told anything, if so.
    pub(crate) fn notice_obstacle(&self) -> Option<&'static str> {
        if self.mail.is_none() {
            return Some("mail is not set up; name a mail server under `mail` in rollcall.yaml");
        }
        if self.public_url.is_none() {
            return Some(
                "nobody could open the link in the mail: name the address of this Rollcall as `server.public-url` in rollcall.yaml",
            );
        }
        None
    }

    /// Who writes the notices of a run; `None` where it has none.
    pub(crate) async fn notifier(
        &self,
        plan: &Plan,
        run: &RunRow,
        opened: &OpenedSite,
    ) -> Result<Option<Notifier>, EngineError> {
        let items: BTreeMap<u32, PlanItem> = plan
            .items
            .iter()
            .filter(|item| item.change == Change::Notify)
            .map(|item| (item.seq, item.clone()))
            .collect();
        if items.is_empty() {
            return Ok(None);
        }
        let (Some(mail), Some(public_url)) = (&self.mail, self.public_url.clone()) else {
            let reason = self.notice_obstacle().unwrap_or_default();
            return Err(EngineError::NotNow(format!("nobody can be told anything: {reason}")));
        };
        let policy = self.policy_of_plan(plan).await?;
        let notice = policy.as_ref().and_then(|policy| policy.notice.clone()).unwrap_or_default();
        let is_at_once = plan.actions.iter().any(|action| action.kind() != ActionKind::Notify);
        let description =
            policy.as_ref().map(|p| p.description.clone()).filter(|words| !words.trim().is_empty());
        let reason = description.unwrap_or_else(|| match rollcall_criteria::parse(&plan.criterion) {
            Ok(criterion) => format!("this concerns {}", rollcall_criteria::describe(&criterion)),
            Err(_) => "whoever administers the site decided so".to_owned(),
        });
        let from = mail.from.clone();
        let now = self.now();
        let common = NoticeFacts {
            installation: Installation {
                name: self.name.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            site: opened.row.name.to_string(),
            site_url: opened.row.url.clone(),
            product: match product(&opened.row)? {
                Product::ConfluenceDc => "Confluence".to_owned(),
            },
            username: String::new(),
            name: String::new(),
            announces: announcement(&notice, &plan.actions),
            happens_after: None,
            reason,
            last_seen: None,
            link: String::new(),
            link_until: now,
            keep_until: now,
            sent_at: now,
        };
        Ok(Some(Notifier {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            key: self.store.derived_key(PURPOSE)?,
            public_url,
            from,
            templates: Arc::new(self.notice_templates(words(&notice)).await?),
            notice,
            policy: policy.map(|policy| policy.name),
            run: run.id.clone(),
            actor: run.started_by.clone(),
            common,
            is_at_once,
            site: plan.site.clone(),
            items,
        }))
    }
}

impl Notifier {
    /// Writes the notice of an item into the outbox, unless it is there already.
    pub(crate) async fn tell(&self, seq: u32) -> Result<(), Untold> {
        let item = self.items.get(&seq).ok_or_else(|| Untold::NotWritten("it is no notice".to_owned()))?;
        let address = item.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
        let address =
            address.ok_or_else(|| Untold::NotWritten("its mail address is not known".to_owned()))?;
        let now = self.clock.now();
        let after = |length: SignedDuration| now.saturating_add(length).unwrap_or(now);
        let link_until = after(self.notice.before.duration() + LINK_GRACE);
        let token = KeepToken {
            site: self.site.clone(),
            account: item.account.key.clone(),
            policy: self.policy.clone(),
            run: self.run.clone(),
            expires_at: link_until,
            keep_hours: u32::try_from(self.notice.keep_for.duration().as_hours()).unwrap_or(u32::MAX),
        };
        let facts = NoticeFacts {
            username: item.account.username.clone(),
            name: item.name.clone(),
            happens_after: (!self.is_at_once).then(|| after(self.notice.before.duration())),
            last_seen: item.evidence.as_ref().and_then(|evidence| evidence.at),
            link: format!(
                "{}/keep/{}",
                self.public_url.as_str().trim_end_matches('/'),
                token.sign(&self.key)
            ),
            link_until,
            keep_until: after(self.notice.keep_for.duration()),
            sent_at: now,
            ..self.common.clone()
        };
        let templates = Arc::clone(&self.templates);
        let body = beside(move || templates.render(&facts)).await;
        let body = body.map_err(|error| Untold::NotWritten(error.to_string()))?;
        let letter = Letter {
            key: format!("notice-{}-{seq}", self.run),
            to: vec![address.to_owned()],
            body,
            file: None,
            run: Some(self.run.clone()),
        };
        let mail = letter.draft(&self.from, now).map_err(|error| Untold::NotWritten(error.to_string()))?;
        let notice = NoticeDraft {
            site: self.site.clone(),
            account: item.account.key.clone(),
            username: item.account.username.clone(),
            policy: self.policy.clone(),
            run: self.run.clone(),
            item: seq,
        };
        let entry = Draft {
            at: now,
            actor: self.actor.clone(),
            kind: EntryKind::NOTICE_WRITTEN,
            subject: Subject {
                site: Some(self.site.clone()),
                account: Some(item.account.key.clone()),
                policy: self.policy.clone(),
                run: Some(self.run.clone()),
                item: Some(seq),
                ..Subject::default()
            },
            why: item.why.clone(),
            before: None,
            after: None,
            details: json!({ "to": address, "message": mail.message_id, "linkUntil": link_until }),
        };
        self.store.queue_notice(&mail, &notice, now, entry).await.map(drop).map_err(Untold::Store)
    }
}

/// What happens to the account, to follow "your account": as the policy says; else the gravest of what is done together with the notice.
fn announcement(notice: &Notice, actions: &[Action]) -> String {
    let does = |kinds: &[ActionKind]| actions.iter().any(|action| kinds.contains(&action.kind()));
    let words = match notice.announces.as_deref() {
        Some(words) => words,
        None if does(&[ActionKind::Delete, ActionKind::RemoveFromDirectory]) => "is being deleted",
        None if does(&[ActionKind::Disable, ActionKind::Suspend]) => "is being disabled",
        None if actions.iter().any(|action| action.kind() != ActionKind::Notify) => "is being changed",
        None => notice.announcement(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::announcement;
    use rollcall_model::Action;
    use rollcall_planner::Notice;

    #[test]
    fn a_notice_announces_what_is_done_together_with_it_or_what_the_policy_says() {
        let notify_and =
            |action: Option<Action>| [Some(Action::Notify), action].into_iter().flatten().collect::<Vec<_>>();
        let told = |action| announcement(&Notice::default(), &notify_and(action));
        assert_eq!(told(None), Notice::ANNOUNCES);
        assert_eq!(told(Some(Action::Disable)), "is being disabled");
        assert_eq!(told(Some(Action::Delete)), "is being deleted");
        assert_eq!(told(Some(Action::RemoveLicenceGroups)), "is being changed");
        let own = Notice { announces: Some("will be archived".to_owned()), ..Notice::default() };
        assert_eq!(announcement(&own, &notify_and(None)), "will be archived");
    }
}
