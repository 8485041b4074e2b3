//! Notices and what becomes of them, on both databases.

use crate::{entry, now, open, site_id, wiki};
use jiff::SignedDuration;
use rollcall_store::{
    Delivery, ExemptKind, ExemptionRow, Kept, MailDraft, MailState, Next, NoticeDraft, NoticedRow, Replaces,
    Store, StoreError,
};
use rollcall_testkit::both_databases;

fn notice(account: &str, run: &str, item: u32) -> (MailDraft, NoticeDraft) {
    let mail = MailDraft {
        id: format!("mail-{run}-{item}"),
        message_id: format!("notice-{run}-{item}@rollcall"),
        recipients: vec![format!("{account}@example.org")],
        subject: "wiki: your account".to_owned(),
        raw: b"{}".to_vec(),
    };
    let notice = NoticeDraft {
        site: site_id(),
        account: account.into(),
        username: account.to_owned(),
        policy: Some("warn".to_owned()),
        run: run.into(),
        item,
    };
    (mail, notice)
}

async fn tell(store: &Store, account: &str, run: &str, item: u32) -> bool {
    let (mail, notice) = notice(account, run, item);
    store.queue_notice(&mail, &notice, now(), entry()).await.unwrap()
}

async fn noticed(store: &Store, account: &str) -> Option<NoticedRow> {
    store.noticed(&site_id()).await.unwrap().into_iter().find(|row| row.account.as_str() == account)
}

fn tried(next: Next) -> Delivery {
    Delivery { served: Vec::new(), bounced: Vec::new(), next }
}

async fn settle(store: &Store, delivery: &Delivery) {
    let (mail, _) = store.take_mail(now(), now()).await.unwrap().unwrap();
    assert!(store.settle_mail(&mail, delivery, now(), Some(entry())).await.unwrap());
}

fn exemption(hours: i64) -> ExemptionRow {
    ExemptionRow {
        site: site_id(),
        kind: ExemptKind::Account,
        subject: "mira".to_owned(),
        name: "mira".to_owned(),
        reason: "I still need this".to_owned(),
        until: Some(now() + SignedDuration::from_hours(hours)),
        added_by: "owner".to_owned(),
        added_at: now(),
    }
}

both_databases! {
    async fn a_notice_is_written_with_its_mail_once(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        assert!(tell(&store, "mira", "run-1", 3).await);
        assert!(!tell(&store, "mira", "run-1", 3).await, "asked again after a crash, it is there");
        assert_eq!(store.mails(None, 10).await.unwrap().len(), 1);
        assert!(tell(&store, "mira", "run-2", 3).await, "another run is another notice");
    }

    async fn an_owner_was_told_when_the_mail_left_and_not_when_it_was_written(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        assert_eq!(noticed(&store, "mira").await, None);
        tell(&store, "mira", "run-1", 1).await;
        let row = noticed(&store, "mira").await.unwrap();
        assert_eq!((row.sent_at, row.is_waiting), (None, true));
        settle(&store, &tried(Next::Later { at: now(), error: "busy".to_owned() })).await;
        assert!(noticed(&store, "mira").await.unwrap().is_waiting);
        settle(&store, &Delivery { served: vec!["mira@example.org".to_owned()], ..tried(Next::Over) }).await;
        let row = noticed(&store, "mira").await.unwrap();
        assert_eq!((row.sent_at.map(jiff::Timestamp::as_microsecond), row.is_waiting), (Some(now().as_microsecond()), false));
        // One that was given up has told nobody anything.
        tell(&store, "tom", "run-1", 2).await;
        settle(&store, &tried(Next::Failed { error: "no such address".to_owned() })).await;
        let row = noticed(&store, "tom").await.unwrap();
        assert_eq!((row.sent_at, row.is_waiting), (None, false));
        assert_eq!(store.mails(Some(MailState::Failed), 10).await.unwrap().len(), 1);
    }

    async fn the_first_wish_to_keep_an_account_counts_and_shortens_nothing(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        for (run, own, expected) in [("run-1", None, 10), ("run-2", Some(5), 10), ("run-3", Some(20), 20)] {
            tell(&store, "mira", run, 1).await;
            if let Some(hours) = own {
                store.set_exemption(&exemption(hours), Replaces::Anything, entry()).await.unwrap();
            }
            let message_id = format!("notice-{run}-1@rollcall");
            let (first, again) = (exemption(10), exemption(99));
            let head = store.audit_head().await.unwrap();
            let kept = store.keep(&message_id, &first, first.until.unwrap(), entry()).await.unwrap();
            assert!(matches!(kept, Kept::Now { .. }), "{kept:?}");
            assert_ne!(store.audit_head().await.unwrap(), head);
            let head = store.audit_head().await.unwrap();
            let kept = store.keep(&message_id, &again, again.until.unwrap(), entry()).await.unwrap();
            assert_eq!(kept, Kept::Before { until: first.until.unwrap() });
            assert_eq!(store.audit_head().await.unwrap(), head, "nothing happened, nothing is noted");
            let until = store.exemptions(&site_id()).await.unwrap().remove(0).until;
            assert_eq!(until, exemption(expected).until, "{run}");
        }
        let forever = ExemptionRow { until: None, ..exemption(0) };
        store.set_exemption(&forever, Replaces::Anything, entry()).await.unwrap();
        tell(&store, "mira", "run-4", 1).await;
        let wish = exemption(10);
        store.keep("notice-run-4-1@rollcall", &wish, wish.until.unwrap(), entry()).await.unwrap();
        assert_eq!(store.exemptions(&site_id()).await.unwrap().remove(0).until, None, "for good stays for good");
        let missing = store.keep("notice-none-1@rollcall", &wish, wish.until.unwrap(), entry()).await;
        assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    }
}
