//! Servers that break the rules, and people in the middle: scripts on a bare socket.

use crate::support::{Certificates, login, mailer, message, settings};
use rollcall_mail::{Decision, MailError, Security, SmtpSettings};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that sends these texts, one after each that it is sent; then it closes, or holds on in silence.
/// Returns its port and, at the end, everything it was told.
async fn scripted(
    answers: &'static [&'static str],
    then_hold: bool,
) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut told = Vec::new();
        let mut buffer = [0; 4096];
        for (position, answer) in answers.iter().enumerate() {
            if position > 0 {
                match stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => break,
                    Ok(n) => told.extend_from_slice(&buffer[..n]),
                }
            }
            if stream.write_all(answer.as_bytes()).await.is_err() {
                break;
            }
        }
        if then_hold {
            while let Ok(n) = stream.read(&mut buffer).await
                && n > 0
            {
                told.extend_from_slice(&buffer[..n]);
            }
        }
        String::from_utf8_lossy(&told).into_owned()
    });
    (port, told)
}

fn plain(port: u16) -> SmtpSettings {
    settings(port, Security::Plain, None)
}

#[tokio::test]
async fn a_message_that_is_refused_for_good_is_refused_for_each_of_its_recipients() {
    let refusals: [&'static [&'static str]; 2] = [
        &["554 5.7.1 not from you\r\n", "221 bye\r\n"],
        &["354 go on\r\n", "554 5.7.1 not from you\r\n", "221 bye\r\n"],
    ];
    for refusal in refusals {
        let before = ["220 mail.test\r\n", "250 mail.test\r\n", "250 ok\r\n", "250 ok\r\n", "450 later\r\n"];
        let (port, _) = scripted(Box::leak([&before, refusal].concat().into_boxed_slice()), true).await;
        let sent = message(&["ops@example.org", "later@example.org"]);
        let error = mailer(plain(port)).send(&sent).await.unwrap_err();
        let MailError::NoRecipient { refused, .. } = &error else { panic!("{error}") };
        let said: Vec<_> = refused.iter().map(|r| (r.address.as_str(), r.is_temporary)).collect();
        assert_eq!(said, [("later@example.org", true), ("ops@example.org", false)]);
        assert_eq!(refused[1].answer, "554 5.7.1 not from you");
    }
}

#[tokio::test]
async fn answers_appended_in_clear_text_to_starttls_are_never_believed() {
    let injected = "220 go ahead\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 ok\r\n";
    let answers: &'static [&'static str] = Box::leak(Box::new([
        "220 mail.test\r\n",
        "250-mail.test\r\n250 STARTTLS\r\n",
        Box::leak(injected.to_owned().into_boxed_str()),
    ]));
    let (port, told) = scripted(answers, true).await;
    let mut smtp = settings(port, Security::StartTls, Some(&Certificates::for_names(&["localhost"])));
    smtp.login = Some(login("top secret"));
    let error = mailer(smtp).check().await.unwrap_err();
    assert!(matches!(error, MailError::Tls { .. }), "{error}");
    let told = told.await.unwrap();
    assert!(!told.contains("AUTH") && told.contains("STARTTLS"), "{told:?}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_after_the_time_limit() {
    let (port, _told) = scripted(&[""], true).await;
    let error = mailer(SmtpSettings { timeout: Duration::from_millis(200), ..plain(port) })
        .check()
        .await
        .unwrap_err();
    assert!(matches!(&error, MailError::Cut { why, .. } if why.contains("did not answer")), "{error}");
    assert_eq!(error.decision(), Decision::Retry);
}

#[tokio::test]
async fn a_server_that_closes_at_once_or_talks_nonsense_is_named_with_the_step() {
    for (answers, word) in [
        (&[""][..], "greeting"),
        (&["HTTP/1.1 400 Bad Request\r\n\r\n"][..], "greeting"),
        (&["220 mail.test\r\n"][..], "greeting"),
        (&["554 no service here\r\n"][..], "554"),
        (&["220 mail.test\r\n", "250-   \r\n250 \t\r\n"][..], "greeting"),
        (&["220 mail.test\r\n", "250-mail.test\r\n250-   \r\n250 SIZE 1\r\n"][..], "not understood"),
        (
            &["220 mail.test\r\n", "250 mail.test\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"][..],
            "may have been taken",
        ),
    ] {
        let (port, _told) = scripted(Box::leak(answers.to_vec().into_boxed_slice()), false).await;
        let error = mailer(plain(port)).send(&message(&["ops@example.org"])).await.unwrap_err();
        assert!(error.to_string().contains(word), "{answers:?}: {error}");
        assert!(error.to_string().contains(&format!("localhost:{port}")), "{error}");
    }
}

#[tokio::test]
async fn a_password_repeated_by_the_server_is_not_repeated_by_us() {
    let (port, told) = scripted(
        &[
            "220 mail.test\r\n",
            "250-mail.test\r\n250 AUTH PLAIN\r\n",
            "535 5.7.8 wrong password: hunter22\r\n",
        ],
        true,
    )
    .await;
    let error =
        mailer(SmtpSettings { login: Some(login("hunter22")), ..plain(port) }).check().await.unwrap_err();
    assert!(matches!(error, MailError::AuthRefused { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter22"), "{error:?}");
    assert_eq!(told.await.unwrap().matches("AUTH").count(), 1);
}

#[tokio::test]
async fn words_of_a_server_are_made_harmless() {
    let (port, _told) =
        scripted(&["220 mail.test\r\n", "250 mail.test\r\n", "550 \u{1b}[2Jgo \u{202e}away\r\n"], true).await;
    let error = mailer(plain(port)).send(&message(&["ops@example.org"])).await.unwrap_err();
    assert!(!error.to_string().contains(['\u{1b}', '\u{202e}']), "{error:?}");
    assert_eq!(error.decision(), Decision::GiveUp);
}

#[tokio::test]
async fn nobody_there_is_named_with_host_and_port() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for security in [Security::StartTls, Security::Tls, Security::Plain] {
        let error = mailer(settings(port, security, None)).check().await.unwrap_err();
        assert!(
            matches!(&error, MailError::Unreachable { server, .. } if *server == format!("localhost:{port}")),
            "{error}"
        );
        assert_eq!(error.decision(), Decision::Retry);
    }
}

#[tokio::test]
async fn settings_that_cannot_be_right_are_refused_before_connecting() {
    let from: rollcall_mail::Mailbox = "rollcall@example.org".parse().unwrap();
    let refuse = |smtp: SmtpSettings| {
        let settings = rollcall_mail::MailSettings {
            from: from.clone(),
            bounces_to: None,
            way: rollcall_mail::Way::Smtp(smtp),
        };
        rollcall_mail::Mailer::new(settings).unwrap_err().to_string()
    };
    let good = SmtpSettings::new("mail.example.org");
    for (smtp, setting) in [
        (SmtpSettings { host: String::new(), ..good.clone() }, "host"),
        (SmtpSettings { host: "smtp://mail.example.org".into(), ..good.clone() }, "host"),
        (SmtpSettings { port: Some(0), ..good.clone() }, "port"),
        (SmtpSettings { timeout: Duration::ZERO, ..good.clone() }, "timeout"),
        (SmtpSettings { ca_pem: Some(b"nothing".to_vec()), ..good.clone() }, "ca-file"),
        (
            SmtpSettings {
                ca_pem: Some(b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----".to_vec()),
                ..good.clone()
            },
            "ca-file",
        ),
        (SmtpSettings { hello: Some("a\r\nMAIL FROM:<x>".into()), ..good.clone() }, "hello"),
        (
            SmtpSettings {
                login: Some(rollcall_mail::Login {
                    username: String::new(),
                    password: "x".to_owned().into(),
                }),
                ..good.clone()
            },
            "username",
        ),
    ] {
        let error = refuse(smtp);
        assert!(error.contains(&format!("\"{setting}\"")), "{setting}: {error}");
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_composed_is_refused_before_connecting() {
    let mailer = mailer(SmtpSettings::new("no-such-host.invalid"));
    for spoil in [
        (|m: &mut rollcall_mail::Message| m.to.clear()) as fn(&mut rollcall_mail::Message),
        |m| m.message_id = "no-domain".to_owned(),
        |m| m.message_id = "a@b>\r\nX: y".to_owned(),
        |m| m.attachments[0].content_type = "nonsense".to_owned(),
    ] {
        let mut message = message(&["ops@example.org"]);
        spoil(&mut message);
        let error = mailer.send(&message).await.unwrap_err();
        assert!(matches!(error, MailError::Message(_)), "{error}");
        assert_eq!(error.decision(), Decision::GiveUp);
    }
}
