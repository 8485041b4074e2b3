//! Exemptions, lists, settings, the outbox.

use crate::*;
use rollcall_store::{Delivery, ExemptKind, ExemptionRow, ListRow, MailDraft, MailState, StoreError};
use rollcall_testkit::{MockClock, both_databases};

fn exemption(kind: ExemptKind, subject: &str) -> ExemptionRow {
    ExemptionRow {
        site: site_id(),
        kind,
        subject: subject.to_owned(),
        reason: "parental leave".to_owned(),
        until: Some(now() + MINUTE),
        added_by: "mira".to_owned(),
        added_at: now(),
    }
}

fn mail(id: &str, message_id: &str) -> MailDraft {
    MailDraft {
        id: id.to_owned(),
        message_id: message_id.to_owned(),
        recipients: vec!["it-ops@example.org".to_owned(), "\"o'hara, x\"@example.org".to_owned()],
        subject: "Rollcall: 12 done".to_owned(),
        raw: vec![0, 13, 10, 255],
    }
}

both_databases! {
    async fn an_exemption_is_set_replaced_and_taken_back(database: TestDatabase) {
        let store = open(&database).await;
        let account = exemption(ExemptKind::Account, "key-1");
        assert!(matches!(store.set_exemption(&account, entry()).await, Err(StoreError::NotFound { what: "site", .. })));
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        let group = exemption(ExemptKind::Group, "key-1");
        store.set_exemption(&account, entry()).await.unwrap();
        store.set_exemption(&group, entry()).await.unwrap();
        let changed = ExemptionRow { until: None, reason: "for good".to_owned(), ..account };
        store.set_exemption(&changed, entry()).await.unwrap();
        assert_eq!(store.exemptions(&site_id()).await.unwrap(), [changed, group.clone()]);
        store.remove_exemption(&site_id(), ExemptKind::Account, "key-1", entry()).await.unwrap();
        assert_eq!(store.exemptions(&site_id()).await.unwrap(), [group]);
        let error = store.remove_exemption(&site_id(), ExemptKind::Account, "key-1", entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
    }

    async fn a_list_is_set_replaced_and_removed(database: TestDatabase) {
        let store = open(&database).await;
        let list = |entries: &[&str]| ListRow {
            name: "leavers".to_owned(),
            entries: entries.iter().map(|&e| e.to_owned()).collect(),
            changed_by: "mira".to_owned(),
            changed_at: now(),
        };
        store.set_list(&list(&["a", "b"]), None, entry()).await.unwrap();
        store.set_list(&list(&["مِيرا"]), None, entry()).await.unwrap();
        assert_eq!(store.lists().await.unwrap(), [list(&["مِيرا"])]);
        assert_eq!(store.list("leavers").await.unwrap(), list(&["مِيرا"]));
        store.remove_list("leavers", None, entry()).await.unwrap();
        assert!(matches!(store.list("leavers").await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.remove_list("leavers", None, entry()).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.audit_head().await.unwrap().seq, 3);
    }

    async fn a_setting_is_what_it_was_set_to_last(database: TestDatabase) {
        let store = open(&database).await;
        assert_eq!(store.setting("mail").await.unwrap(), None);
        for value in [json!({ "host": "smtp.example" }), json!(null), json!([1.5, "x\0"])] {
            store.set_setting("mail", &value, now(), entry()).await.unwrap();
            assert_eq!(store.setting("mail").await.unwrap(), Some(value));
        }
        assert_chain_is_whole(&store).await;
    }

    async fn the_same_mail_is_queued_once(database: TestDatabase) {
        let store = open(&database).await;
        assert!(store.queue_mail(&mail("1", "<run-1@rollcall>"), now()).await.unwrap());
        assert!(!store.queue_mail(&mail("2", "<run-1@rollcall>"), now()).await.unwrap());
        assert!(store.queue_mail(&mail("3", "<run-2@rollcall>"), now()).await.unwrap());
        assert_eq!(store.mails(Some(MailState::Queued), 10).await.unwrap().len(), 2);
    }

    async fn a_mail_is_tried_until_it_is_taken_or_given_up(database: TestDatabase) {
        let (store, clock) = (open(&database).await, MockClock::at("2026-11-22T06:00:00Z"));
        store.queue_mail(&mail("1", "<1@rollcall>"), clock.now()).await.unwrap();
        let take = async || store.take_mail(clock.now(), clock.now() + MINUTE * 5).await.unwrap();
        let (taken, raw) = take().await.unwrap();
        assert_eq!((taken.attempts, raw, taken.recipients), (1, mail("1", "").raw, mail("1", "").recipients));
        assert!(take().await.is_none(), "nobody else tries it meanwhile");
        // Whoever took it died; five minutes later it is due again.
        clock.tick(MINUTE * 5);
        assert_eq!(take().await.unwrap().0.attempts, 2);
        let later = Delivery::Later { at: clock.now() + MINUTE * 10, error: "451 greylisted".to_owned() };
        store.settle_mail("1", &later, clock.now(), entry()).await.unwrap();
        clock.tick(MINUTE * 9);
        assert!(take().await.is_none());
        clock.tick(MINUTE);
        assert_eq!(take().await.unwrap().0.last_error.as_deref(), Some("451 greylisted"));
        store.settle_mail("1", &Delivery::Sent, clock.now(), entry()).await.unwrap();
        let sent = store.mails(None, 10).await.unwrap().remove(0);
        assert_eq!((sent.state, sent.sent_at, sent.next_try_at, sent.attempts), (MailState::Sent, Some(clock.now()), None, 3));
        clock.tick(MINUTE * 60);
        assert!(take().await.is_none());
        assert!(matches!(store.settle_mail("1", &Delivery::Sent, clock.now(), entry()).await, Err(StoreError::NotFound { .. })));

        store.queue_mail(&mail("2", "<2@rollcall>"), clock.now()).await.unwrap();
        take().await.unwrap();
        store.settle_mail("2", &Delivery::Failed { error: "550 no such user".to_owned() }, clock.now(), entry()).await.unwrap();
        let failed = store.mails(Some(MailState::Failed), 10).await.unwrap().remove(0);
        assert_eq!((failed.id.as_str(), failed.last_error.as_deref()), ("2", Some("550 no such user")));
    }

    async fn of_many_who_look_for_due_mail_each_gets_another(database: TestDatabase) {
        let stores = [open(&database).await, open(&database).await];
        for n in 0..6 {
            stores[0].queue_mail(&mail(&n.to_string(), &format!("<{n}@rollcall>")), now()).await.unwrap();
        }
        let tasks = (0..4).map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                // Nothing may also mean that another was quicker, so it is asked more often than there are mails.
                for _ in 0..12 {
                    taken.extend(store.take_mail(now(), now() + MINUTE).await.unwrap().map(|(mail, _)| mail.id));
                }
                taken
            })
        });
        let mut taken = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            taken.extend(task.await.unwrap());
        }
        taken.sort();
        assert_eq!(taken, ["0", "1", "2", "3", "4", "5"]);
    }
}
