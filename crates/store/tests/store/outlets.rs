//! Templates, webhooks, outlets of the audit log, and whether sites answer.

use crate::*;
use rollcall_store::{
    DeliveryDraft, DeliveryState, DeliveryTry, MailTemplateRow, Past, StoreError, Told, WebhookDraft,
};
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;

fn template(version: u64, subject: Option<&str>) -> MailTemplateRow {
    MailTemplateRow {
        name: "run-report".to_owned(),
        version,
        subject: subject.map(str::to_owned),
        text: None,
        html: subject.map(|s| format!("<p>{s}</p>")),
        changed_by: "mira".to_owned(),
        changed_at: now(),
    }
}

fn webhook(id: &str, name: &str) -> WebhookDraft {
    WebhookDraft {
        id: id.to_owned(),
        name: name.to_owned(),
        folded: name.to_lowercase(),
        url: "https://chat.example/hook".to_owned(),
        events: vec!["run-finished".to_owned()],
        sites: Some(vec![site_id()]),
        is_on: true,
    }
}

fn event(seq: u64) -> DeliveryDraft {
    DeliveryDraft { seq, event: "run-finished".to_owned(), body: format!("{{\"seq\":{seq}}}") }
}

fn tried(state: DeliveryState, status: u16, again_at: Option<Timestamp>) -> DeliveryTry {
    DeliveryTry { state, status: Some(status), answer: "hello\0".to_owned(), again_at }
}

both_databases! {
    async fn a_template_is_changed_only_by_whoever_saw_its_newest_version(database: TestDatabase) {
        let store = open(&database).await;
        assert_eq!(store.mail_template("run-report").await.unwrap(), None);
        assert!(matches!(store.set_mail_template(&template(1, Some("x")), entry()).await, Err(StoreError::Stale { .. })));
        assert_eq!(store.set_mail_template(&template(0, Some("one")), entry()).await.unwrap(), 1);
        assert!(matches!(store.set_mail_template(&template(0, Some("x")), entry()).await, Err(StoreError::Stale { .. })));
        assert_eq!(store.set_mail_template(&template(1, Some("two")), entry()).await.unwrap(), 2);
        assert_eq!(store.mail_template("run-report").await.unwrap(), Some(template(2, Some("two"))));
        // Back to the embedded text: the version goes on, so that no older one becomes right again.
        assert_eq!(store.set_mail_template(&template(2, None), entry()).await.unwrap(), 3);
        assert_eq!(store.mail_templates().await.unwrap(), [template(3, None)]);
        assert_eq!(store.audit_head().await.unwrap().seq, 3);
    }

    async fn a_webhook_is_added_changed_and_removed(database: TestDatabase) {
        let store = open(&database).await;
        store.append_audit(vec![entry(), entry()]).await.unwrap();
        store.add_webhook(&webhook("w1", "Chat"), &"secret-1".to_owned().into(), now(), entry()).await.unwrap();
        let added = store.webhook("w1").await.unwrap();
        assert_eq!((added.version, added.read_through, added.is_on), (1, 2, true), "it is told what happens from now on");
        assert_eq!(added.sites, Some(vec![site_id()]));
        let double = store.add_webhook(&webhook("w2", "chat"), &"x".to_owned().into(), now(), entry()).await;
        assert!(matches!(double, Err(StoreError::Conflict { .. })));

        let changed = WebhookDraft { is_on: false, sites: None, ..webhook("w1", "Pager") };
        assert_eq!(store.change_webhook(&changed, 1, now(), entry()).await.unwrap(), 2);
        assert!(matches!(store.change_webhook(&changed, 1, now(), entry()).await, Err(StoreError::Stale { .. })));
        let row = store.webhook("w1").await.unwrap();
        assert_eq!((row.name.as_str(), row.is_on, row.sites), ("Pager", false, None));

        assert!(matches!(store.remove_webhook("w1", 1, now(), entry()).await, Err(StoreError::Stale { .. })));
        store.remove_webhook("w1", 2, now(), entry()).await.unwrap();
        assert!(store.webhooks().await.unwrap().is_empty());
        assert_eq!(store.secret("webhook/w1").await.unwrap().map(|s| s.expose_secret().to_owned()), None);
        assert!(matches!(store.remove_webhook("w1", 2, now(), entry()).await, Err(StoreError::Stale { .. })));
        assert_chain_is_whole(&store).await;
    }

    async fn a_new_secret_leaves_the_old_one_valid_for_a_while(database: TestDatabase) {
        let store = open(&database).await;
        store.add_webhook(&webhook("w1", "Chat"), &"secret-1".to_owned().into(), now(), entry()).await.unwrap();
        let secrets = async |at| {
            let row = store.webhook("w1").await.unwrap();
            let secrets = store.webhook_secrets(&row, at).await.unwrap();
            secrets.iter().map(|s| s.expose_secret().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(secrets(now()).await, ["secret-1"]);
        let until = Some(now() + MINUTE);
        store.rotate_webhook_secret("w1", 1, &"secret-2".to_owned().into(), until, now(), entry()).await.unwrap();
        // Whoever looked at the webhook before that gets no secret that would never sign.
        let late = store.rotate_webhook_secret("w1", 1, &"secret-x".to_owned().into(), until, now(), entry()).await;
        assert!(matches!(late, Err(StoreError::Stale { .. })));
        assert_eq!(secrets(now()).await, ["secret-2", "secret-1"]);
        assert_eq!(secrets(now() + MINUTE).await, ["secret-2"]);
        store.rotate_webhook_secret("w1", 2, &"secret-3".to_owned().into(), None, now(), entry()).await.unwrap();
        assert_eq!(secrets(now()).await, ["secret-3"]);
        assert_eq!(store.check_secrets().await.unwrap(), 1);
    }

    async fn events_are_queued_once_and_told_in_order(database: TestDatabase) {
        let store = open(&database).await;
        store.add_webhook(&webhook("w1", "Chat"), &"s".to_owned().into(), now(), entry()).await.unwrap();
        let head = store.webhook("w1").await.unwrap().read_through;
        assert!(store.queue_deliveries("w1", head, 9, &[event(5), event(7)], now()).await.unwrap());
        assert!(!store.queue_deliveries("w1", head, 9, &[event(5), event(7)], now()).await.unwrap(), "another process was first");

        let take = async |at| store.take_delivery(at, at + MINUTE).await.unwrap();
        let first = take(now()).await.unwrap();
        assert_eq!((first.delivery.seq, first.delivery.attempts), (5, 1));
        assert!(take(now()).await.is_none(), "one at a time for a webhook");
        let again = now() + MINUTE * 2;
        assert!(store.settle_delivery(&first, &tried(DeliveryState::Queued, 500, Some(again)), None).await.unwrap());
        assert!(take(now() + MINUTE).await.is_none(), "the next one waits for the first");
        let first = take(again).await.unwrap();
        assert_eq!((first.delivery.seq, first.delivery.attempts, first.delivery.status), (5, 2, Some(500)));
        assert_eq!(first.delivery.answer.as_deref(), Some("hello\u{FFFD}"));
        // Whoever has it dies; somebody else takes it, and what the first one says afterwards is not heard.
        let other = take(again + MINUTE).await.unwrap();
        assert_eq!(other.delivery.seq, 5);
        assert!(!store.settle_delivery(&first, &tried(DeliveryState::Failed, 500, None), None).await.unwrap());
        assert!(store.settle_delivery(&other, &tried(DeliveryState::Delivered, 204, None), None).await.unwrap());
        assert_eq!(take(again + MINUTE).await.unwrap().delivery.seq, 7);
        let (count, oldest) = store.waiting_deliveries("w1").await.unwrap();
        assert_eq!((count, oldest.map(|d| d.seq)), (1, Some(7)));

        let listed = store.deliveries("w1", None, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|d| d.seq).collect::<Vec<_>>(), [7, 5]);
        assert_eq!(store.deliveries("w1", Some(DeliveryState::Delivered), Some(7), 10).await.unwrap().len(), 1);
        let gone = store.drop_past(Past::SettledDeliveries, now() + MINUTE, |_| entry()).await.unwrap();
        assert_eq!((gone.count, gone.oldest), (1, Some(now())));
        assert_eq!(store.deliveries("w1", None, None, 10).await.unwrap().len(), 1, "what waits is kept");
    }

    async fn a_webhook_that_is_off_is_told_nothing(database: TestDatabase) {
        let store = open(&database).await;
        let off = WebhookDraft { is_on: false, ..webhook("w1", "Chat") };
        store.add_webhook(&off, &"s".to_owned().into(), now(), entry()).await.unwrap();
        let head = store.webhook("w1").await.unwrap().read_through;
        store.queue_deliveries("w1", head, 9, &[event(5)], now()).await.unwrap();
        assert!(store.take_delivery(now(), now() + MINUTE).await.unwrap().is_none());
    }

    async fn the_log_is_read_on_from_where_one_was(database: TestDatabase) {
        let store = open(&database).await;
        let kind = |kind| Draft::new(now(), "mira", kind, Subject::default());
        let drafts = [EntryKind::SITE_ADDED, EntryKind::RUN_FINISHED, EntryKind::SITE_ADDED, EntryKind::RUN_FAILED, EntryKind::SITE_ADDED];
        store.append_audit(drafts.into_iter().map(kind).collect()).await.unwrap();
        let read = async |after, kinds: &[EntryKind], limit| {
            let (entries, through) = store.audit_after(after, kinds, limit).await.unwrap();
            (entries.iter().map(|e| e.seq).collect::<Vec<_>>(), through)
        };
        assert_eq!(read(0, &[], 2).await, (vec![1, 2], 2));
        assert_eq!(read(2, &[], 9).await, (vec![3, 4, 5], 5));
        let runs = [EntryKind::RUN_FINISHED, EntryKind::RUN_FAILED];
        assert_eq!(read(0, &runs, 1).await, (vec![2], 2), "what lies behind the last one is not passed over");
        assert_eq!(read(2, &runs, 9).await, (vec![4], 5));
        assert_eq!(read(5, &[], 9).await, (vec![], 5));
        assert_eq!(read(9, &[], 9).await, (vec![], 9), "a cursor never goes back");
    }

    async fn an_outlet_goes_on_where_it_was(database: TestDatabase) {
        let store = open(&database).await;
        store.add_audit_outlet("siem", 3).await.unwrap();
        store.add_audit_outlet("siem", 0).await.unwrap();
        let take = async |at| store.take_audit_outlet("siem", at, at + MINUTE).await.unwrap();
        assert_eq!(take(now()).await.unwrap().told_through, 3);
        assert!(take(now()).await.is_none(), "one process at a time");
        assert!(store.settle_audit_outlet("siem", now() + MINUTE, &Told::Through(8), now()).await.unwrap());
        let row = take(now()).await.unwrap();
        assert_eq!((row.told_through, row.told_at, row.attempts), (8, Some(now()), 0));
        let failed = Told::Failed { error: "refused".to_owned(), again_at: now() + MINUTE * 2 };
        assert!(store.settle_audit_outlet("siem", now() + MINUTE, &failed, now()).await.unwrap());
        assert!(take(now() + MINUTE).await.is_none(), "it rests");
        let row = take(now() + MINUTE * 2).await.unwrap();
        assert_eq!((row.told_through, row.attempts, row.failing_since, row.last_error.as_deref()), (8, 1, Some(now()), Some("refused")));
        // Taken over by another process: the first one's word no longer counts.
        assert!(take(now() + MINUTE * 3).await.is_some());
        assert!(!store.settle_audit_outlet("siem", now() + MINUTE * 3, &Told::Through(99), now()).await.unwrap());
        let kept = store.audit_outlets().await.unwrap();
        assert_eq!(kept.iter().find(|row| row.name == "siem").map(|row| row.told_through), Some(8));
        assert!(store.take_audit_outlet("other", now(), now() + MINUTE).await.unwrap().is_none());
    }

    async fn that_a_site_does_not_answer_is_recorded_once(database: TestDatabase) {
        let store = open(&database).await;
        let note = async |reason: Option<&str>| store.note_reach(&site_id(), reason, now(), entry()).await.unwrap();
        assert!(!note(Some("refused")).await, "a site that is not there");
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        assert!(!note(None).await, "it was never seen to fail");
        assert!(note(Some("refused")).await);
        assert!(!note(Some("timed out")).await);
        let row = store.site_reach().await.unwrap().remove(0);
        assert_eq!((row.is_reachable, row.reason.as_str(), row.since), (false, "refused", now()));
        assert!(note(None).await);
        assert!(!note(None).await);
        assert!(note(Some("refused")).await);
        assert_eq!(store.audit_head().await.unwrap().seq, 4);
    }
}
