//! The outbox: mails, recipient by recipient.

use crate::*;
use rollcall_store::{Bounce, Delivery, MailDraft, MailFilter, MailState, Next, StoreError};
use rollcall_testkit::{MockClock, both_databases};

fn mail(id: &str, message_id: &str) -> MailDraft {
    MailDraft {
        id: id.to_owned(),
        message_id: message_id.to_owned(),
        recipients: vec!["it-ops@example.org".to_owned(), "\"o'hara, x\"@example.org".to_owned()],
        subject: "Rollcall: 12 done".to_owned(),
        raw: vec![0, 13, 10, 255],
    }
}

fn nobody(next: Next) -> Delivery {
    Delivery { served: Vec::new(), bounced: Vec::new(), next }
}

fn everybody() -> Delivery {
    Delivery { served: mail("", "").recipients, ..nobody(Next::Over) }
}

both_databases! {
    async fn the_same_mail_is_queued_once(database: TestDatabase) {
        let store = open(&database).await;
        assert!(store.queue_mail(&mail("1", "<run-1@rollcall>"), now()).await.unwrap());
        assert!(!store.queue_mail(&mail("2", "<run-1@rollcall>"), now()).await.unwrap());
        assert!(store.queue_mail(&mail("3", "<run-2@rollcall>"), now()).await.unwrap());
        assert_eq!(store.mails(Some(MailState::Queued), 10).await.unwrap().len(), 2);
        let of = |key| MailFilter { key: Some(key), ..MailFilter::default() };
        let all = store.mails(None, 10).await.unwrap();
        let of_the_first = store.mails_where(&of(all[0].message_id.as_str()), 10).await.unwrap();
        assert_eq!(of_the_first.iter().map(|mail| &mail.id).collect::<Vec<_>>(), [&all[0].id]);
        assert!(store.mails_where(&of("%"), 10).await.unwrap().is_empty(), "a beginning, and no pattern");
        assert_eq!(store.mails_where(&MailFilter { before: Some("3"), ..MailFilter::default() }, 10).await.unwrap().len(), 1);
        assert_eq!(store.count_mails().await.unwrap(), [(MailState::Queued, 2)].into());
    }

    async fn a_mail_is_tried_until_it_is_taken_or_given_up(database: TestDatabase) {
        let (store, clock) = (open(&database).await, MockClock::at("2026-11-22T06:00:00Z"));
        store.queue_mail(&mail("1", "<1@rollcall>"), clock.now()).await.unwrap();
        let take = async || store.take_mail(clock.now(), clock.now() + MINUTE * 5).await.unwrap();
        let (taken, raw) = take().await.unwrap();
        assert_eq!((taken.attempts, raw, &taken.recipients), (1, mail("1", "").raw, &mail("1", "").recipients));
        assert!(take().await.is_none(), "nobody else tries it meanwhile");
        let listed = store.mails(None, 10).await.unwrap().remove(0);
        assert_eq!(listed.next_try_at, Some(clock.now() + MINUTE * 5), "that is when it is tried again, if nothing more is heard");
        // Whoever took it died; five minutes later it is due again, and what the dead one says then is not heard.
        clock.tick(MINUTE * 5);
        let (second, _) = take().await.unwrap();
        assert_eq!((second.attempts, second.tries_left), (2, 14));
        assert!(!store.settle_mail(&taken, &everybody(), clock.now(), Some(entry())).await.unwrap());
        let later = Next::Later { at: clock.now() + MINUTE * 10, error: "451 greylisted".to_owned() };
        assert!(store.settle_mail(&second, &nobody(later), clock.now(), None).await.unwrap());
        clock.tick(MINUTE * 9);
        assert!(take().await.is_none());
        clock.tick(MINUTE);
        let (third, _) = take().await.unwrap();
        assert_eq!(third.last_error.as_deref(), Some("451 greylisted"));
        assert!(store.settle_mail(&third, &everybody(), clock.now(), Some(entry())).await.unwrap());
        let (sent, _) = store.mail("1").await.unwrap();
        assert_eq!((sent.state, sent.sent_at, sent.next_try_at, sent.attempts), (MailState::Sent, Some(clock.now()), None, 3));
        assert_eq!(sent.served, sent.recipients);
        clock.tick(MINUTE * 60);
        assert!(take().await.is_none());
        assert!(!store.settle_mail(&third, &everybody(), clock.now(), Some(entry())).await.unwrap());
        assert_eq!(store.audit_head().await.unwrap().seq, 1);

        store.queue_mail(&mail("2", "<2@rollcall>"), clock.now()).await.unwrap();
        let (taken, _) = take().await.unwrap();
        let failed = Next::Failed { error: "554 refused by policy".to_owned() };
        store.settle_mail(&taken, &nobody(failed), clock.now(), Some(entry())).await.unwrap();
        let failed = store.mails(Some(MailState::Failed), 10).await.unwrap().remove(0);
        assert_eq!((failed.id.as_str(), failed.last_error.as_deref()), ("2", Some("554 refused by policy")));
    }

    async fn who_was_served_and_who_was_refused_is_remembered(database: TestDatabase) {
        let store = open(&database).await;
        store.queue_mail(&mail("1", "<1@rollcall>"), now()).await.unwrap();
        let (taken, _) = store.take_mail(now(), now() + MINUTE).await.unwrap().unwrap();
        let first = Delivery {
            served: vec!["it-ops@example.org".to_owned()],
            ..nobody(Next::Later { at: now() + MINUTE, error: "451 mailbox is full".to_owned() })
        };
        store.settle_mail(&taken, &first, now(), None).await.unwrap();
        let (taken, _) = store.take_mail(now() + MINUTE, now() + MINUTE * 2).await.unwrap().unwrap();
        assert_eq!((&taken.served, &taken.bounced), (&first.served, &Vec::new()));
        let bounce = Bounce { address: "o".to_owned(), answer: "550 5.1.1 no such user".to_owned(), at: now() };
        let second = Delivery { bounced: vec![bounce.clone()], ..nobody(Next::Over) };
        store.settle_mail(&taken, &second, now() + MINUTE, Some(entry())).await.unwrap();
        let (over, _) = store.mail("1").await.unwrap();
        assert_eq!((over.state, over.served, over.bounced), (MailState::Bounced, first.served.clone(), vec![bounce]));
        assert_eq!(over.last_error.as_deref(), Some("550 5.1.1 no such user"));

        // Tried again by hand: whoever has it keeps it, whoever was refused is asked again.
        store.retry_mail("1", now() + MINUTE, entry()).await.unwrap();
        let (again, _) = store.take_mail(now() + MINUTE, now() + MINUTE * 2).await.unwrap().unwrap();
        assert_eq!((&again.served, again.bounced.len(), again.tries_left), (&first.served, 0, 15));
    }

    async fn an_operator_retries_and_discards(database: TestDatabase) {
        let store = open(&database).await;
        store.queue_mail(&mail("1", "<1@rollcall>"), now()).await.unwrap();
        let (taken, _) = store.take_mail(now(), now() + MINUTE).await.unwrap().unwrap();
        // While it is being sent nobody else sends it, whatever an operator asks for.
        store.retry_mail("1", now(), entry()).await.unwrap();
        assert!(store.take_mail(now(), now() + MINUTE).await.unwrap().is_none());
        store.discard_mail("1", entry()).await.unwrap();
        assert!(!store.settle_mail(&taken, &nobody(Next::Failed { error: "x".to_owned() }), now(), None).await.unwrap());
        assert!(store.take_mail(now() + MINUTE * 9, now() + MINUTE * 10).await.unwrap().is_none());
        assert!(matches!(store.discard_mail("1", entry()).await, Err(StoreError::Conflict { .. })));
        store.retry_mail("1", now() + MINUTE * 9, entry()).await.unwrap();
        let (taken, _) = store.take_mail(now() + MINUTE * 9, now() + MINUTE * 10).await.unwrap().unwrap();
        store.settle_mail(&taken, &everybody(), now(), None).await.unwrap();
        assert!(matches!(store.retry_mail("1", now(), entry()).await, Err(StoreError::Conflict { .. })));
        assert!(matches!(store.retry_mail("2", now(), entry()).await, Err(StoreError::NotFound { .. })));
        assert!(matches!(store.discard_mail("2", entry()).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.audit_head().await.unwrap().seq, 3);
        assert_chain_is_whole(&store).await;
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
