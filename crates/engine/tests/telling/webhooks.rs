//! Webhooks: what is told, in which order, how often, signed with what.

use crate::receivers::{Web, free_port};
use crate::stage::{Stage, admin};
use jiff::SignedDuration;
use rollcall_engine::{EventKind, NewWebhook, Operator, WebhookChange};
use rollcall_model::Role;
use rollcall_outlet::verify;
use rollcall_testkit::both_databases;
use serde_json::Value;

pub(crate) fn hook(web: &Web) -> NewWebhook {
    NewWebhook {
        name: "Chat".to_owned(),
        url: web.url(),
        events: Vec::new(),
        sites: Vec::new(),
        secret: None,
    }
}

fn kinds(asked: &[(String, String, String, String)]) -> Vec<&str> {
    asked.iter().map(|(kind, ..)| kind.as_str()).collect()
}

both_databases! {
    async fn events_arrive_in_order_signed_and_once(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        let (_, secret) = stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        stage.run_policy(&[]).await;
        let courier = stage.engine.tell_webhooks(&admin()).await.unwrap();
        assert_eq!((courier.queued, courier.delivered), (2, 2), "{courier:?}");
        let asked = web.asked();
        assert_eq!(kinds(&asked), ["plan-ready", "run-finished"]);
        for (kind, id, signature, body) in &asked {
            verify(signature, &secret, body.as_bytes(), stage.clock.now(), SignedDuration::from_mins(5)).unwrap();
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!((body["kind"].as_str(), body["id"].as_str()), (Some(kind.as_str()), Some(id.as_str())));
            assert_eq!(body["site"]["name"], "wiki");
        }
        let run: Value = serde_json::from_str(&asked[1].3).unwrap();
        assert_eq!((&run["run"]["state"], &run["run"]["mode"]), (&"done".into(), &"test".into()));
        assert!(run["run"]["counts"]["done"].as_u64().is_some_and(|done| done > 0), "{run}");
        // Nothing new: nothing told, by whichever process.
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        stage.another().await.tell_webhooks(&admin()).await.unwrap();
        assert!(web.asked().is_empty());
    }

    async fn a_receiver_that_is_away_misses_nothing_and_is_told_in_order(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        let (view, _) = stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        web.will_answer(&[500, 302]);
        stage.run_policy(&[]).await;
        assert_eq!(stage.engine.tell_webhooks(&admin()).await.unwrap().later.len(), 1);
        let first = web.asked();
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        assert!(web.asked().is_empty(), "it rests");
        stage.clock.tick(SignedDuration::from_mins(1));
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        let second = web.asked();
        assert_eq!((&second[0].1, &second[0].3), (&first[0].1, &first[0].3), "the same event, the same body");
        let seen = stage.engine.webhook(&admin(), "chat").await.unwrap();
        assert_eq!((seen.waiting, seen.trouble.as_deref()), (2, Some("answered 302: ")));
        stage.clock.tick(SignedDuration::from_mins(2));
        assert_eq!(stage.engine.tell_webhooks(&admin()).await.unwrap().delivered, 2);
        assert_eq!(kinds(&web.asked()), ["plan-ready", "run-finished"]);
        let log = stage.engine.webhook_deliveries(&admin(), &view.id, None, None, 10).await.unwrap();
        assert_eq!(log.iter().map(|d| (d.state, d.attempts)).collect::<Vec<_>>(), [("delivered", 1), ("delivered", 3)]);
    }

    async fn a_receiver_that_takes_its_time_holds_up_its_own_events_alone(database: TestDatabase) {
        let (stage, slow, quick) = (Stage::set_up(&database, free_port()).await, Web::start().await, Web::start().await);
        stage.engine.add_webhook(&admin(), hook(&slow)).await.unwrap();
        stage.engine.add_webhook(&admin(), NewWebhook { name: "Pager".to_owned(), ..hook(&quick) }).await.unwrap();
        stage.run_policy(&[]).await;
        let held = slow.hold().await;
        let both_reached = async {
            while quick.count() < 2 || slow.count() < 1 {
                tokio::task::yield_now().await;
            }
            assert_eq!(slow.count(), 1, "its second event waits behind its first");
            drop(held);
        };
        let ada = admin();
        let (courier, ()) = tokio::join!(stage.engine.tell_webhooks(&ada), both_reached);
        assert_eq!(courier.unwrap().delivered, 4);
        assert_eq!(kinds(&quick.asked()), ["plan-ready", "run-finished"]);
        assert_eq!(kinds(&slow.asked()), ["plan-ready", "run-finished"]);
    }

    async fn an_event_is_given_up_after_three_days_or_when_it_is_refused_itself(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        stage.run_policy(&[]).await;
        web.will_answer(&[422; 4]);
        for _ in 0..4 {
            stage.engine.tell_webhooks(&admin()).await.unwrap();
            stage.clock.tick(SignedDuration::from_mins(10));
        }
        assert_eq!(kinds(&web.asked()), ["plan-ready", "plan-ready", "plan-ready", "plan-ready", "run-finished"]);
        assert_eq!(stage.count("webhook.given-up").await, 1);

        stage.run_policy(&[]).await;
        web.will_answer(&[503; 100]);
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        stage.clock.tick(SignedDuration::from_hours(73));
        let courier = stage.engine.tell_webhooks(&admin()).await.unwrap();
        assert_eq!(courier.failed.len(), 2, "{courier:?}");
        assert_eq!(stage.count("webhook.given-up").await, 3);
    }

    async fn a_site_that_does_not_answer_is_told_once(database: TestDatabase) {
        let (mut stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        let new = NewWebhook { events: vec![EventKind::SiteUnreachable], sites: vec![stage.site.clone()], ..hook(&web) };
        stage.engine.add_webhook(&admin(), new).await.unwrap();
        stage.run_policy(&[]).await;
        stage.end_site();
        for _ in 0..3 {
            assert!(stage.engine.test_site(&admin(), &stage.site).await.is_err());
            assert!(stage.engine.sync(&admin(), &stage.site, &|_| ()).await.is_err());
        }
        assert_eq!(stage.count("site.unreachable").await, 1);
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        assert_eq!(kinds(&web.asked()), ["site-unreachable"]);
    }

    async fn what_happens_while_it_is_off_is_never_told(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        let (view, _) = stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        let off = WebhookChange { is_on: Some(false), ..WebhookChange::default() };
        let view = stage.engine.change_webhook(&admin(), &view.id, off.clone(), Some(view.version)).await.unwrap();
        assert!(stage.engine.change_webhook(&admin(), &view.id, off, Some(view.version - 1)).await.is_err(), "a stale version");
        stage.run_policy(&[]).await;
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        let on = WebhookChange { is_on: Some(true), ..WebhookChange::default() };
        stage.engine.change_webhook(&admin(), &view.id, on, None).await.unwrap();
        stage.engine.tell_webhooks(&admin()).await.unwrap();
        assert!(web.asked().is_empty());
        stage.engine.test_webhook(&admin(), "chat").await.unwrap();
        assert_eq!(kinds(&web.asked()), ["test"]);
    }

    async fn a_new_secret_signs_beside_the_old_one_for_a_while(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        let (view, old) = stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        let new = stage.engine.rotate_webhook_secret(&admin(), &view.id, None, SignedDuration::from_hours(1)).await.unwrap();
        let accepted = async |secret| {
            stage.engine.test_webhook(&admin(), &view.id).await.unwrap();
            let (_, _, signature, body) = web.asked().remove(0);
            verify(&signature, secret, body.as_bytes(), stage.clock.now(), SignedDuration::from_mins(5)).is_ok()
        };
        assert!(accepted(&old).await && accepted(&new).await);
        stage.clock.tick(SignedDuration::from_hours(1));
        assert!(!accepted(&old).await && accepted(&new).await);
    }

    async fn a_plan_that_cannot_be_read_is_told_without_its_figures_and_silences_nothing(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        stage.run_policy(&[]).await;
        database.execute("UPDATE plans SET fingerprint = 'another'");
        let courier = stage.engine.tell_webhooks(&admin()).await.unwrap();
        assert_eq!((courier.queued, courier.delivered), (2, 2), "{courier:?}");
        let asked = web.asked();
        assert_eq!(kinds(&asked), ["plan-ready", "run-finished"]);
        let told: Vec<Value> = asked.iter().map(|(.., body)| serde_json::from_str(body).unwrap()).collect();
        assert!(told[0]["plan"].is_null() && told[0]["words"].as_str().is_some_and(|words| words.contains("accounts selected by")), "{}", told[0]);
        assert_eq!(told[1]["run"]["state"], "done");
    }

    async fn a_webhook_that_cannot_be_told_keeps_no_other_from_it_and_is_an_error(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        stage.engine.add_webhook(&admin(), NewWebhook { name: "Broken".to_owned(), ..hook(&web) }).await.unwrap();
        stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        database.execute("UPDATE webhooks SET url = 'nowhere' WHERE name = 'Broken'");
        stage.run_policy(&[]).await;
        let error = stage.engine.tell_webhooks(&admin()).await.unwrap_err().to_string();
        assert!(error.contains("the address of webhook \"Broken\""), "{error}");
        assert_eq!(kinds(&web.asked()), ["plan-ready", "run-finished"]);
    }

    async fn only_administrators_change_webhooks_and_see_whole_addresses(database: TestDatabase) {
        let (stage, web) = (Stage::set_up(&database, free_port()).await, Web::start().await);
        stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        let viewer = Operator::remote("vera", Role::Viewer);
        let seen = stage.engine.webhooks(&viewer).await.unwrap().remove(0);
        assert_eq!(seen.url, format!("http://127.0.0.1:{}", web.port));
        assert!(stage.engine.remove_webhook(&viewer, &seen.id, None).await.is_err());
        assert!(stage.engine.test_webhook(&viewer, &seen.id).await.is_err());
        let elsewhere = NewWebhook { name: "x".to_owned(), url: "https://10.0.0.1/".parse().unwrap(), ..hook(&web) };
        let error = stage.engine.add_webhook(&admin(), elsewhere).await.unwrap_err().to_string();
        assert!(error.contains("not a public address"), "{error}");
    }
}
