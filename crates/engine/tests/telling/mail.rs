//! Reports by mail, while the mail server is down, and when it is up again.

use crate::receivers::{MailServer, free_port, mail_server_refusing};
use crate::stage::{Stage, admin};
use jiff::SignedDuration;
use rollcall_engine::{MailQuery, MailView};
use rollcall_testkit::both_databases;
use serde_json::json;

async fn only_mail(stage: &Stage) -> MailView {
    let mut mails =
        stage.engine.mails(&admin(), &MailQuery { limit: 10, ..MailQuery::default() }).await.unwrap();
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

both_databases! {
    async fn a_mail_server_that_is_down_loses_no_report(database: TestDatabase) {
        if !MailServer::is_there() {
            return;
        }
        let port = free_port();
        let stage = Stage::set_up(&database, port).await;
        stage.run_policy(&["it-ops@example.org", "nobody@example.org", "later@example.org"]).await;
        let postman = stage.engine.send_mail(&admin()).await.unwrap();
        assert_eq!((postman.sent, postman.later.len()), (0, 1), "{postman:?}");
        assert!(postman.later[0].contains("cannot be reached"), "{postman:?}");
        // Again and again: one entry in the audit log, and nothing lost.
        for _ in 0..3 {
            stage.clock.tick(SignedDuration::from_hours(7));
            assert_eq!(stage.engine.send_mail(&admin()).await.unwrap().later.len(), 1);
        }
        assert_eq!(stage.count("mail.failed").await, 1);
        let waiting = only_mail(&stage).await;
        assert_eq!((waiting.state, waiting.attempts), ("queued", 4));

        let server = MailServer::start(port);
        assert_eq!(stage.engine.send_mail(&admin()).await.unwrap(), rollcall_engine::Postman::default(), "it rests");
        stage.clock.tick(SignedDuration::from_hours(7));
        let postman = stage.engine.send_mail(&admin()).await.unwrap();
        assert!(postman.failed[0].contains("nobody@example.org (550"), "{postman:?}");
        let mail = server.arrived();
        assert_eq!(mail["rcpt_tos"], json!(["it-ops@example.org"]));
        let id = mail["headers"].as_array().unwrap().iter().find(|h| h[0] == "Message-ID").unwrap()[1].clone();
        assert_eq!(id, json!(format!("<{}>", waiting.message_id)));
        assert!(waiting.message_id.starts_with("run-") && waiting.message_id.ends_with("@example.org"), "{id}");

        // One has it, one was refused for good, one is asked again, alone.
        let waiting = only_mail(&stage).await;
        assert_eq!((waiting.state, &waiting.served), ("queued", &vec!["it-ops@example.org".to_owned()]));
        assert_eq!(waiting.bounced[0].address, "nobody@example.org");
        stage.clock.tick(SignedDuration::from_hours(7));
        stage.engine.send_mail(&admin()).await.unwrap();
        assert!(server.is_silent(), "nobody is sent it twice");
        stage.engine.discard_mail(&admin(), &waiting.id).await.unwrap();
        assert_eq!(only_mail(&stage).await.state, "discarded");
    }

    async fn a_mail_is_given_up_after_a_bound_and_can_be_tried_again_by_hand(database: TestDatabase) {
        if !MailServer::is_there() {
            return;
        }
        let port = free_port();
        let stage = Stage::set_up(&database, port).await;
        stage.run_policy(&["it-ops@example.org"]).await;
        for _ in 0..16 {
            stage.engine.send_mail(&admin()).await.unwrap();
            stage.clock.tick(SignedDuration::from_hours(7));
        }
        let given_up = only_mail(&stage).await;
        assert_eq!((given_up.state, given_up.attempts), ("failed", 16));
        assert!(given_up.last_error.as_deref().is_some_and(|e| e.starts_with("given up after 16 tries")), "{given_up:?}");
        assert_eq!(stage.count("mail.failed").await, 2, "the first try and the last word");

        let server = MailServer::start(port);
        stage.engine.retry_mail(&admin(), &given_up.id).await.unwrap();
        assert_eq!(stage.engine.send_mail(&admin()).await.unwrap().sent, 1);
        server.arrived();
        let content = stage.engine.mail(&admin(), &given_up.id).await.unwrap();
        assert_eq!((content.mail.state, content.files.len()), ("sent", 1));
        assert!(content.html.contains("</html>") && content.text.contains("wiki"));
        assert!(stage.engine.retry_mail(&admin(), &given_up.id).await.is_err(), "whoever has it is not sent it again");
    }

    async fn a_mail_that_the_server_refuses_for_good_is_bounced_with_its_words_for_each(database: TestDatabase) {
        let port = free_port();
        let stage = Stage::set_up(&database, port).await;
        for (at, (command, answer)) in [("DATA", "554 5.7.1 not from you"), ("RCPT", "550 5.1.1 who?")].into_iter().enumerate() {
            let server = mail_server_refusing(port, command, answer).await;
            stage.run_policy(&["it-ops@example.org", "second@example.org"]).await;
            let postman = stage.engine.send_mail(&admin()).await.unwrap();
            assert_eq!(postman.failed.len(), 2, "{postman:?}");
            let mails = stage.engine.mails(&admin(), &MailQuery { limit: 1, ..MailQuery::default() }).await.unwrap();
            let said: Vec<_> = mails[0].bounced.iter().map(|b| (b.address.as_str(), b.answer.as_str())).collect();
            assert_eq!((mails[0].state, &*said), ("bounced", &[("it-ops@example.org", answer), ("second@example.org", answer)][..]));
            assert_eq!(stage.count("mail.bounced").await, at + 1);
            server.abort();
            assert!(server.await.unwrap_err().is_cancelled());
        }
    }

    async fn a_report_is_queued_once_however_often_it_is_looked_for(database: TestDatabase) {
        let stage = Stage::set_up(&database, free_port()).await;
        stage.run_policy(&["it-ops@example.org"]).await;
        let other = stage.another().await;
        for _ in 0..2 {
            stage.engine.send_mail(&admin()).await.unwrap();
            other.send_mail(&admin()).await.unwrap();
        }
        only_mail(&stage).await;
        stage.run_policy(&["it-ops@example.org"]).await;
        let mails = stage.engine.mails(&admin(), &MailQuery { limit: 10, ..MailQuery::default() }).await.unwrap();
        assert_eq!(mails.len(), 2, "each run has its own");
    }
}
