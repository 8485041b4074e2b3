//! How mail is set up, and whether it works: in the mail server's own words.

use crate::stage::Stage;
use rollcall_engine::{MailLogin, MailSecurity, MailSettings, MailWay, SmtpSettings};
use rollcall_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

const SETTINGS: &str = "/api/v1/settings/mail";
const TEST: &str = "/api/v1/settings/mail/test";
const PASSWORD: &str = "correct horse";

fn by(way: MailWay) -> MailSettings {
    MailSettings { from: "Rollcall <rollcall@example.org>".parse().unwrap(), bounces_to: None, way }
}

fn server_at(port: u16) -> SmtpSettings {
    SmtpSettings { port: Some(port), security: MailSecurity::Plain, ..SmtpSettings::new("127.0.0.1") }
}

/// A mail server that says this to every recipient.
async fn server_saying(words: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (reading, mut writing) = stream.into_split();
            let mut lines = BufReader::new(reading).lines();
            let _ = writing.write_all(b"220 mx.example.org ready\r\n").await;
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = if line.starts_with("RCPT") { words } else { "250 fine" };
                if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    port
}

/// The newest entry about a test mail.
async fn entry(stage: &Stage) -> Value {
    stage.get("/api/v1/audit?kind=mail.tested&limit=1").await.json()["items"][0].clone()
}

both_databases! {
    async fn a_mail_that_is_taken_is_told_with_the_answer_and_recorded(database: TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::with_mail(&database, by(MailWay::Folder(folder.path().to_owned()))).await;
        let shown = stage.get(SETTINGS).await.json();
        assert_eq!((&shown["isConfigured"], &shown["folder"], &shown["host"]), (&true.into(), &json!(folder.path()), &Value::Null));
        let answer = stage.send_json("POST", TEST, &[], &json!({ "to": "it-ops@example.org" })).await.json();
        let file = answer["answer"].as_str().unwrap();
        let mail = std::fs::read_to_string(std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path()).unwrap();
        assert!(file.contains(".eml") && mail.contains("it-ops@example.org") && mail.contains("asked Rollcall"), "{file}: {mail}");
        let entry = entry(&stage).await;
        assert_eq!((&entry["actor"], &entry["details"]["outcome"]), (&"the-admin".into(), &"taken".into()), "{entry}");
        for (body, at) in [(json!({ "to": "nobody" }), "body /to"), (json!({}), "body /to"), (json!({ "to": "a@b.c", "cc": "x" }), "body /cc"), (json!({ "to": "a@example.org\r\nBcc: b@example.org" }), "body /to")] {
            let (status, code, place) = stage.send_json("POST", TEST, &[], &body).await.problem();
            assert_eq!((status, code.as_str(), place.as_str()), (422, "bad-body", at), "{body}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    async fn a_mail_that_is_not_taken_is_a_problem_in_the_servers_own_words(database: TestDatabase) {
        let port = server_saying("550 5.7.1 relaying denied for you").await;
        let login = MailLogin { username: "rollcall".to_owned(), password: PASSWORD.to_owned().into() };
        let stage = Stage::with_mail(&database, by(MailWay::Smtp(server_at(port)))).await;
        let refused = stage.send_json("POST", TEST, &[], &json!({ "to": "it-ops@example.org" })).await;
        let (status, code, _) = refused.problem();
        assert_eq!((status, code.as_str()), (502, "mail-failed"));
        assert!(refused.text.contains("relaying denied for you"), "{}", refused.text);
        let entry = entry(&stage).await;
        assert_eq!(entry["details"]["outcome"], "failed");
        assert!(entry["details"]["answer"].as_str().unwrap().contains("relaying denied"), "{entry}");

        // A password that would have to go in clear text is not sent, and is shown nowhere.
        let with_login = SmtpSettings { login: Some(login), ..server_at(port) };
        let stage = Stage::with_mail(&TestDatabase::sqlite(), by(MailWay::Smtp(with_login))).await;
        let shown = stage.get(SETTINGS).await;
        assert!(!shown.text.contains(PASSWORD), "{}", shown.text);
        let settings = shown.json();
        assert_eq!((&settings["username"], &settings["port"], &settings["security"], &settings["from"]),
            (&"rollcall".into(), &port.into(), &"plain".into(), &"Rollcall <rollcall@example.org>".into()));
        let failed = stage.send_json("POST", TEST, &[], &json!({ "to": "it-ops@example.org" })).await;
        assert_eq!(failed.problem().1, "mail-failed");
        assert!(!failed.text.contains(PASSWORD));
    }

    async fn where_mail_is_not_set_up_both_say_so(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        assert_eq!(stage.get(SETTINGS).await.json()["isConfigured"], false);
        let (status, code, _) = stage.send_json("POST", TEST, &[], &json!({ "to": "it-ops@example.org" })).await.problem();
        assert_eq!((status, code.as_str()), (409, "not-now"));
        for role in ["viewer", "operator", "approver"] {
            let who = ("x-test-role", role);
            assert_eq!(stage.send_json("POST", TEST, &[who], &json!({ "to": "it-ops@example.org" })).await.problem().0, 403);
        }
    }
}
