//! Mail through a real SMTP server, and what arrives.

use crate::support::{Certificates, PASSWORD, Server, login, mailer, message, settings};
use base64::Engine as _;
use rollcall_mail::{Attachment, Decision, MailError, MailSettings, Mailer, Security, Way};
use rollcall_report::{FileForm, RunReport, TemplateTexts, Templates, report_file};
use serde_json::{Value, json};

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let mut found = mail["headers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|h| h[0].as_str().unwrap().eq_ignore_ascii_case(name));
    let value =
        found.next().unwrap_or_else(|| panic!("no header {name}: {}", mail["headers"]))[1].as_str().unwrap();
    assert!(found.next().is_none(), "header {name} twice");
    value
}

fn content(part: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(part["content"].as_str().unwrap()).unwrap()
}

fn raw(mail: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(mail["raw"].as_str().unwrap()).unwrap()
}

fn words(part: &Value) -> String {
    String::from_utf8(content(part)).unwrap().replace("\r\n", "\n")
}

fn types(mail: &Value) -> Vec<&str> {
    mail["parts"].as_array().unwrap().iter().map(|p| p["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written_over_starttls_with_login() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) =
        Server::start("starttls", &certificates, &json!({"login": ["rollcall", PASSWORD]}))
    else {
        return;
    };
    let mut smtp = settings(server.port, Security::StartTls, Some(&certificates));
    smtp.login = Some(login(PASSWORD));
    let mut sent = message(&["IT Ops <it-ops@example.org>", "second@example.org"]);
    sent.cc = vec!["boss@example.org".parse().unwrap()];
    let delivery = mailer(smtp).send(&sent).await.unwrap();
    assert_eq!(delivery.accepted, ["it-ops@example.org", "second@example.org", "boss@example.org"]);
    assert!(delivery.refused.is_empty());
    assert!(delivery.receipt.contains("queued as 4711"), "{}", delivery.receipt);

    let mail = server.arrived();
    assert_eq!(mail["encrypted"], json!(true));
    assert_eq!(mail["login"], json!("rollcall"));
    assert_eq!(mail["mail_from"], json!("rollcall@example.org"));
    assert_eq!(mail["defects"], json!([]));
    assert_eq!(header(&mail, "Subject"), sent.subject);
    assert_eq!(header(&mail, "Message-ID"), "<run-4711@rollcall.example.org>");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(&mail, "X-Rollcall-Run"), "01939d52-7c10-7d3e-9a55-3f0c5b7a2e11");
    assert_eq!(header(&mail, "Date"), "Sat, 21 Nov 2026 06:00:00 +0000");
    assert_eq!(
        mail["addresses"]["To"],
        json!([["IT Ops", "it-ops@example.org"], ["", "second@example.org"]])
    );
    assert_eq!(mail["addresses"]["Cc"], json!([["", "boss@example.org"]]));
    assert_eq!(
        types(&mail),
        ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv"]
    );
    assert_eq!(words(&mail["parts"][2]), sent.text);
    assert_eq!(words(&mail["parts"][3]), sent.html);
    let csv = &mail["parts"][4];
    assert_eq!(
        (csv["filename"].as_str(), csv["disposition"].as_str()),
        (Some("wiki.csv"), Some("attachment"))
    );
    assert_eq!(content(csv), sent.attachments[0].bytes);
}

#[tokio::test]
async fn a_report_with_hostile_names_arrives_whole_and_harmless_over_tls() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) = Server::start("implicit", &certificates, &json!({})) else { return };
    let run = RunReport::sample_hostile();
    let file = report_file(&run, FileForm::Csv).unwrap();
    let body = Templates::new(TemplateTexts::default()).unwrap().render(&run, Some(&file.name)).unwrap();
    let mut sent = message(&["ops@example.org"]);
    // Not even a subject and names that nobody cleaned get out of their place.
    sent.subject = format!("{}\r\nBcc: all@example.org\r\n\r\n<script>", body.subject);
    sent.run = Some("x\r\nX-Evil: 1".to_owned());
    sent.to = vec![
        rollcall_mail::Mailbox::new(
            Some("Eve\"\\ <x@evil.example>,\r\nBcc: all@example.org דנה 张伟"),
            "eve@example.org",
        )
        .unwrap(),
    ];
    sent.text.clone_from(&body.text);
    sent.html.clone_from(&body.html);
    sent.attachments = vec![Attachment {
        name: "../../etc/pass\"wd\r\nX: 1;é.csv".to_owned(),
        content_type: file.content_type.to_owned(),
        bytes: file.bytes.clone(),
    }];
    let delivery =
        mailer(settings(server.port, Security::Tls, Some(&certificates))).send(&sent).await.unwrap();
    assert_eq!(delivery.accepted, ["eve@example.org"]);

    let mail = server.arrived();
    assert_eq!(mail["encrypted"], json!(true));
    assert_eq!(mail["rcpt_tos"], json!(["eve@example.org"]));
    assert_eq!(mail["defects"], json!([]));
    let mut names: Vec<_> =
        mail["headers"].as_array().unwrap().iter().map(|h| h[0].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "Auto-Submitted",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
            "X-Rollcall-Run"
        ]
    );
    assert!(header(&mail, "Subject").starts_with(&body.subject));
    assert_eq!(mail["addresses"]["To"].as_array().unwrap().len(), 1);
    assert_eq!(mail["addresses"]["To"][0][1], json!("eve@example.org"));
    let name = mail["addresses"]["To"][0][0].as_str().unwrap();
    assert!(name.starts_with("Eve\"\\ <x@evil.example>,") && name.contains("דנה 张伟"), "{name:?}");
    assert_eq!(words(&mail["parts"][2]), body.text);
    assert_eq!(words(&mail["parts"][3]), body.html);
    assert_eq!(content(&mail["parts"][4]), file.bytes);
    let filename = mail["parts"][4]["filename"].as_str().unwrap();
    assert!(!filename.contains(['/', '\\', '"', '\r', '\n']) && filename.ends_with("é.csv"), "{filename:?}");
    // On the wire: ASCII, no line longer than the 998 characters of RFC 5322 §2.1.1.
    let raw = raw(&mail);
    assert!(raw.is_ascii());
    assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 999));
}

#[tokio::test]
async fn a_large_attachment_arrives_whole() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) = Server::start("starttls", &certificates, &json!({})) else { return };
    let mut sent = message(&["ops@example.org"]);
    sent.attachments[0].bytes = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let _ = mailer(settings(server.port, Security::StartTls, Some(&certificates))).send(&sent).await.unwrap();
    assert_eq!(content(&server.arrived()["parts"][4]), sent.attachments[0].bytes);
}

#[tokio::test]
async fn a_refused_login_is_tried_once_and_the_password_is_not_told() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(server) = Server::start("starttls", &certificates, &json!({"login": ["rollcall", PASSWORD]}))
    else {
        return;
    };
    let mut smtp = settings(server.port, Security::StartTls, Some(&certificates));
    smtp.login = Some(login("wrong secret"));
    let mailer = mailer(smtp);
    for error in
        [mailer.send(&message(&["ops@example.org"])).await.unwrap_err(), mailer.check().await.unwrap_err()]
    {
        assert!(
            matches!(&error, MailError::AuthRefused { username, .. } if username == "rollcall"),
            "{error}"
        );
        assert_eq!(error.decision(), Decision::Reconfigure);
        let told = format!("{error} {error:?} {mailer:?}");
        assert!(!told.contains("wrong secret") && told.contains("535"), "{told}");
    }
    assert!(server.nothing_arrived());
}

#[tokio::test]
async fn check_goes_as_far_as_the_login_and_sends_nothing() {
    let certificates = Certificates::for_names(&["localhost"]);
    for (tls, security) in [("starttls", Security::StartTls), ("implicit", Security::Tls)] {
        let Some(server) = Server::start(tls, &certificates, &json!({"login": ["rollcall", PASSWORD]}))
        else {
            return;
        };
        let mut smtp = settings(server.port, security, Some(&certificates));
        smtp.login = Some(login(PASSWORD));
        let check = mailer(smtp).check().await.unwrap();
        assert!(check.is_encrypted);
        assert_eq!(check.server.as_deref(), Some("mail.test"));
        assert_eq!(check.login.as_deref(), Some("rollcall"));
        assert!(server.nothing_arrived());
    }
}

#[tokio::test]
async fn a_login_where_none_is_offered_is_a_wrong_setting() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(server) = Server::start("starttls", &certificates, &json!({})) else { return };
    let mut smtp = settings(server.port, Security::StartTls, Some(&certificates));
    smtp.login = Some(login(PASSWORD));
    let error = mailer(smtp).check().await.unwrap_err();
    assert!(matches!(error, MailError::Misconfigured { setting: "username", .. }), "{error}");
}

#[tokio::test]
async fn each_answer_to_a_message_has_its_decision() {
    let certificates = Certificates::for_names(&["localhost"]);
    for (after, decision, word) in [
        ("later", Decision::Retry, "451"),
        ("never", Decision::GiveUp, "554"),
        ("large", Decision::Shorten, "552"),
        ("cut", Decision::Retry, "may have been taken"),
    ] {
        let Some(mut server) = Server::start("starttls", &certificates, &json!({ "after": after })) else {
            return;
        };
        let error = mailer(settings(server.port, Security::StartTls, Some(&certificates)))
            .send(&message(&["ops@example.org"]))
            .await
            .unwrap_err();
        assert_eq!(error.decision(), decision, "{after}: {error}");
        assert!(error.to_string().contains(word), "{after}: {error}");
        assert_eq!(header(&server.arrived(), "Message-ID"), "<run-4711@rollcall.example.org>");
    }
}

#[tokio::test]
async fn a_message_above_the_limit_of_the_server_is_to_be_shortened() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(server) = Server::start("starttls", &certificates, &json!({"limit": 20_000})) else { return };
    let mut sent = message(&["ops@example.org"]);
    sent.attachments[0].bytes = vec![7; 50_000];
    let mailer = mailer(settings(server.port, Security::StartTls, Some(&certificates)));
    let error = mailer.send(&sent).await.unwrap_err();
    assert_eq!(error.decision(), Decision::Shorten, "{error}");
    sent.attachments.clear();
    let _ = mailer.send(&sent).await.unwrap();
}

#[tokio::test]
async fn recipients_are_refused_one_by_one() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) = Server::start("starttls", &certificates, &json!({})) else { return };
    let mailer = mailer(settings(server.port, Security::StartTls, Some(&certificates)));
    let to = [
        "nobody@example.org",
        "ops@example.org",
        "later@example.org",
        "OPS@example.org",
        "müller@example.org",
    ];
    let delivery = mailer.send(&message(&to)).await.unwrap();
    assert_eq!(delivery.accepted, ["ops@example.org", "OPS@example.org"]);
    let refused: Vec<_> = delivery.refused.iter().map(|r| (r.address.as_str(), r.is_temporary)).collect();
    assert_eq!(
        refused,
        [("nobody@example.org", false), ("later@example.org", true), ("müller@example.org", false)]
    );
    assert!(delivery.refused[0].answer.contains("550 5.1.1 no such user"), "{}", delivery.refused[0].answer);
    let mail = server.arrived();
    assert_eq!(mail["rcpt_tos"], json!(["ops@example.org", "OPS@example.org"]));
    // Whom this server cannot reach does not stand in the headers, where other letters are not allowed.
    assert!(raw(&mail).is_ascii() && !header(&mail, "To").contains("ller"));

    let error = mailer.send(&message(&["nobody@example.org"])).await.unwrap_err();
    assert_eq!(error.decision(), Decision::GiveUp, "{error}");
    let error = mailer.send(&message(&["nobody@example.org", "later@example.org"])).await.unwrap_err();
    assert_eq!(error.decision(), Decision::Retry, "{error}");
    let error = mailer.send(&message(&["cut@example.org"])).await.unwrap_err();
    assert!(matches!(&error, MailError::Cut { perhaps_sent: false, .. }), "{error}");
    assert_eq!(error.decision(), Decision::Retry);
    assert!(server.nothing_arrived());
}

#[tokio::test]
async fn an_address_with_other_letters_is_taken_where_the_server_can() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) = Server::start("starttls", &certificates, &json!({"utf8": true})) else { return };
    let mailer = mailer(settings(server.port, Security::StartTls, Some(&certificates)));
    let delivery = mailer.send(&message(&["müller@bücher.example"])).await.unwrap();
    assert_eq!(delivery.accepted, ["müller@xn--bcher-kva.example"]);
    let mail = server.arrived();
    assert_eq!(mail["rcpt_tos"], json!(["müller@xn--bcher-kva.example"]));
    assert!(String::from_utf8(raw(&mail)).unwrap().contains("To: müller@xn--bcher-kva.example\r\n"));
}

#[tokio::test]
async fn a_server_without_starttls_hears_nothing_of_the_mail() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(server) = Server::start("none", &certificates, &json!({})) else { return };
    let error = mailer(settings(server.port, Security::StartTls, None))
        .send(&message(&["ops@example.org"]))
        .await
        .unwrap_err();
    assert!(matches!(error, MailError::NoStartTls { .. }), "{error}");
    assert_eq!(error.decision(), Decision::Reconfigure);
    assert!(server.nothing_arrived());
}

#[tokio::test]
async fn a_certificate_is_trusted_only_with_its_authority_and_for_its_name() {
    for (tls, security) in [("starttls", Security::StartTls), ("implicit", Security::Tls)] {
        let stranger = Certificates::for_names(&["localhost"]);
        let elsewhere = Certificates::for_names(&["mail.example.org"]);
        let self_signed = Certificates::self_signed();
        for (certificates, trusted) in [
            (&stranger, None),
            (&self_signed, None),
            (&elsewhere, Some(&elsewhere)),
            (&stranger, Some(&elsewhere)),
        ] {
            let Some(server) = Server::start(tls, certificates, &json!({})) else { return };
            let error = mailer(settings(server.port, security, trusted)).check().await.unwrap_err();
            assert!(matches!(error, MailError::Tls { .. }), "{tls}: {error}");
            assert_eq!(error.decision(), Decision::Reconfigure);
        }
        let Some(server) = Server::start(tls, &self_signed, &json!({})) else { return };
        let check = mailer(settings(server.port, security, Some(&self_signed))).check().await.unwrap();
        assert!(check.is_encrypted, "{tls}");
    }
}

#[tokio::test]
async fn clear_text_goes_to_this_machine_alone() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) = Server::start("none", &certificates, &json!({"login": ["rollcall", PASSWORD]}))
    else {
        return;
    };
    let mut smtp = settings(server.port, Security::Plain, None);
    smtp.login = Some(login(PASSWORD));
    let _ = mailer(smtp).send(&message(&["ops@example.org"])).await.unwrap();
    assert_eq!(server.arrived()["encrypted"], json!(false));
}

#[tokio::test]
async fn the_same_message_is_the_same_bytes_and_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let mailer = Mailer::new(MailSettings {
        bounces_to: None,
        from: "rollcall@example.org".parse().unwrap(),
        way: Way::Folder(mail.clone()),
    })
    .unwrap();
    assert!(!mailer.check().await.unwrap().is_encrypted);
    let first = mailer.send(&message(&["ops@example.org"])).await.unwrap();
    let bytes = std::fs::read(&first.receipt).unwrap();
    let second = mailer.send(&message(&["ops@example.org"])).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(bytes, std::fs::read(&second.receipt).unwrap());
    assert_eq!(std::fs::read_dir(&mail).unwrap().count(), 1);
    assert!(first.receipt.ends_with("run-4711@rollcall_example_org.eml"), "{}", first.receipt);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&mail), mode(first.receipt.as_ref())), (0o700, 0o600), "closed to others");
        std::fs::set_permissions(&first.receipt, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(mailer.send(&message(&["ops@example.org"])).await.unwrap(), first);
        assert_eq!(mode(first.receipt.as_ref()), 0o600, "also where there was one that was open");
    }

    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let way = Way::Folder(blocked.join("mail"));
    let mailer =
        Mailer::new(MailSettings { from: "rollcall@example.org".parse().unwrap(), bounces_to: None, way })
            .unwrap();
    let error = mailer.check().await.unwrap_err();
    assert!(matches!(error, MailError::Folder { .. }), "{error}");
}

#[tokio::test]
async fn whoever_has_it_already_is_not_sent_it_again_and_bounces_go_where_they_are_wanted() {
    let certificates = Certificates::for_names(&["localhost"]);
    let Some(mut server) = Server::start("starttls", &certificates, &json!({})) else { return };
    let smtp = settings(server.port, Security::StartTls, Some(&certificates));
    let mailer = Mailer::new(MailSettings {
        from: "Rollcall <rollcall@example.org>".parse().unwrap(),
        bounces_to: Some("bounces@lists.example.org".parse().unwrap()),
        way: Way::Smtp(smtp),
    })
    .unwrap();
    let mut sent = message(&["it-ops@example.org", "second@example.org"]);
    sent.served = vec!["it-ops@example.org".to_owned()];
    assert_eq!(mailer.send(&sent).await.unwrap().accepted, ["second@example.org"]);
    let mail = server.arrived();
    assert_eq!(mail["rcpt_tos"], json!(["second@example.org"]));
    assert_eq!(mail["mail_from"], json!("bounces@lists.example.org"));
    assert_eq!(header(&mail, "From"), "Rollcall <rollcall@example.org>");
    assert_eq!(header(&mail, "To"), "it-ops@example.org, second@example.org");

    sent.served.push("second@example.org".to_owned());
    assert!(matches!(mailer.send(&sent).await, Err(MailError::Message(_))), "nobody is left");
}
