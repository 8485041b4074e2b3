//! People whom a provider of single sign-on vouches for.

use crate::*;
use rollcall_engine::{NewToken, OperatorEdit, PendingSignOn, SignOnPerson, SignOnRules};
use rollcall_testkit::both_databases;
use secrecy::ExposeSecret;

fn person(subject: &str, name: &str, groups: &[&str]) -> SignOnPerson {
    SignOnPerson {
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
        name: name.to_owned(),
        display_name: Some("Mira K.".to_owned()),
        email: Some("mira@example.org".to_owned()),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
    }
}

fn rules(default_role: Option<Role>) -> SignOnRules {
    let roles = [("wiki-watchers", Role::Viewer), ("wiki-admins", Role::Admin)];
    SignOnRules { roles: roles.map(|(group, role)| (group.to_owned(), role)).into(), default_role }
}

async fn sign_on(engine: &Engine, person: &SignOnPerson) -> Result<NewSession, EngineError> {
    engine.sign_on(person, &rules(None), &home(), None).await
}

async fn last_refusal(engine: &Engine) -> rollcall_engine::AuditEntry {
    let query = AuditQuery { kind: Some("sign-in.refused".to_owned()), limit: 1, ..AuditQuery::default() };
    engine.audit(&shell(), &query).await.unwrap().remove(0)
}

async fn last_reason(engine: &Engine) -> String {
    last_refusal(engine).await.why
}

both_databases! {
    async fn groups_decide_the_role_at_every_sign_in(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        let first = sign_on(&engine, &person("1", "mira", &["staff", "wiki-watchers"])).await.unwrap();
        assert_eq!(first.operator, Operator::remote("mira", Role::Viewer));
        let second = sign_on(&engine, &person("1", "mira", &["wiki-watchers", "wiki-admins"])).await.unwrap();
        assert_eq!(second.operator.role(), Role::Admin, "the highest counts");
        assert!(!is_good(&engine, &first.secret).await, "another role, another session");
        let (_, token) = engine.create_token(&second.operator, NewToken { name: "ci".to_owned(), owner: None, role: None, expires_at: None }).await.unwrap();
        assert!(engine.authenticate_token(&token).await.unwrap().is_some());

        let gone = sign_on(&engine, &person("1", "mira", &["staff"])).await.unwrap_err();
        assert!(matches!(gone, EngineError::SignOnRefused), "{gone}");
        assert!(!is_good(&engine, &second.secret).await, "out of all groups, out of everything");
        assert!(engine.authenticate_token(&token).await.unwrap().is_none());
        assert!(last_reason(&engine).await.contains("no longer in any of the groups"));

        sign_on(&engine, &person("1", "mira", &["wiki-watchers"])).await.unwrap();
        assert!(engine.authenticate_token(&token).await.unwrap().is_none(), "they come back without it");
        let with_default = engine.sign_on(&person("2", "theo", &[]), &rules(Some(Role::Viewer)), &home(), None).await.unwrap();
        assert_eq!(with_default.operator.role(), Role::Viewer);
        assert!(matches!(sign_on(&engine, &person("3", "eve", &[])).await, Err(EngineError::SignOnRefused)));
        assert_eq!(engine.operators(&shell()).await.unwrap().len(), 2);
    }

    async fn nobody_takes_over_a_name(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "mira", Role::Admin).await;
        for name in ["mira", "MIRA", " Mira "] {
            let refused = sign_on(&engine, &person("1", name, &["wiki-admins"])).await.unwrap_err();
            assert!(matches!(refused, EngineError::SignOnRefused), "{refused}");
            assert!(last_reason(&engine).await.contains("\"mira\" belongs to an operator with a password"));
            let said = last_refusal(&engine).await.details["provider"].clone();
            assert_eq!((said["subject"].as_str(), said["name"].as_str()), (Some("1"), Some(name)), "{said}");
            assert_eq!(said["groups"], serde_json::json!(["wiki-admins"]));
        }
        sign_on(&engine, &person("1", "theo", &["wiki-watchers"])).await.unwrap();
        sign_on(&engine, &person("2", "theo", &["wiki-admins"])).await.unwrap_err();
        assert!(last_reason(&engine).await.contains("another person at the provider"));
        let other_issuer = SignOnPerson { issuer: "https://evil.example".to_owned(), ..person("1", "theo", &["wiki-admins"]) };
        sign_on(&engine, &other_issuer).await.unwrap_err();
        assert_eq!(engine.operator(&shell(), "theo").await.unwrap().role, Role::Viewer);
        // Renamed at the provider: the same person, by the name they have here.
        let renamed = sign_on(&engine, &person("1", "mira", &["wiki-watchers"])).await.unwrap();
        assert_eq!(renamed.operator.name(), "theo");
        for name in ["schedule", "", "a b", "x\u{202e}y"] {
            sign_on(&engine, &person("9", name, &["wiki-admins"])).await.unwrap_err();
        }
    }

    async fn an_operator_of_the_provider_has_no_password_and_obeys_the_admins(database: TestDatabase) {
        let (engine, _) = installation(&database).await;
        add(&engine, "ada", Role::Admin).await;
        sign_on(&engine, &person("1", "mira", &["wiki-watchers"])).await.unwrap();
        assert!(engine.set_password(&shell(), "mira", None, &PASSWORD.into(), None).await.is_err());
        assert!(matches!(engine.sign_in("mira", &PASSWORD.into(), &home(), None).await, Err(EngineError::SignInRefused)));
        let role = OperatorEdit { role: Some(Role::Admin), ..OperatorEdit::default() };
        assert!(matches!(engine.change_operator(&shell(), "mira", &role, None).await, Err(EngineError::NotNow(_))));
        let off = OperatorEdit { is_active: Some(false), ..OperatorEdit::default() };
        engine.change_operator(&shell(), "mira", &off, None).await.unwrap();
        sign_on(&engine, &person("1", "mira", &["wiki-admins"])).await.unwrap_err();
        assert!(!engine.operator(&shell(), "mira").await.unwrap().is_active, "the provider does not undo what an admin did");
    }

    async fn a_sign_in_under_way_comes_back_once_to_its_browser_and_in_time(database: TestDatabase) {
        let (engine, clock) = installation(&database).await;
        let pending = |state: &str, to: &str| PendingSignOn {
            state: state.into(), nonce: "n".into(), verifier: "v".into(), return_to: to.to_owned(),
        };
        let browser = engine.begin_sign_on(&pending("s", "/plans?x=1"), &home()).await.unwrap();
        let back = engine.take_sign_on("s".into(), &browser).await.unwrap().unwrap();
        assert_eq!((back.nonce.expose_secret(), back.verifier.expose_secret(), back.return_to.as_str()), ("n", "v", "/plans?x=1"));
        assert!(engine.take_sign_on("s".into(), &browser).await.unwrap().is_none(), "once");
        let browser = engine.begin_sign_on(&pending("s2", "/"), &home()).await.unwrap();
        assert!(engine.take_sign_on("s2".into(), &"another".into()).await.unwrap().is_none(), "another browser");
        assert!(engine.take_sign_on("s2".into(), &browser).await.unwrap().is_none(), "and then not this one either");
        let browser = engine.begin_sign_on(&pending("s3", "/"), &home()).await.unwrap();
        clock.tick(jiff::SignedDuration::from_mins(10));
        assert!(engine.take_sign_on("s3".into(), &browser).await.unwrap().is_none(), "too late");
        assert!(matches!(engine.begin_sign_on(&pending("s4", "//evil.example"), &home()).await, Err(EngineError::Unfit { .. })));
        // Whoever begins one after the other and ends none gets so far and no further, and holds up nobody elsewhere.
        for number in 0..200 {
            engine.begin_sign_on(&pending(&format!("many {number}"), "/"), &home()).await.unwrap();
        }
        let refused = engine.begin_sign_on(&pending("one more", "/"), &home()).await.unwrap_err();
        assert!(matches!(refused, EngineError::TooManyAttempts { retry_after } if retry_after.as_secs() == 600), "{refused}");
        engine.begin_sign_on(&pending("elsewhere", "/"), &from("198.51.100.7")).await.unwrap();
        clock.tick(jiff::SignedDuration::from_mins(10));
        engine.begin_sign_on(&pending("later", "/"), &home()).await.unwrap();
    }
}
