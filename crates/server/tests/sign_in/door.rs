//! Sessions and tokens over HTTP.

use crate::*;
use rollcall_testkit::both_databases;

both_databases! {
    async fn a_session_begins_with_a_cookie_and_ends_with_signing_out(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Approver).await;
        let begun = ask("POST", "/session").json(json!({ "name": "mira", "password": PASSWORD })).to(&stage).await.is(200);
        let said = begun.json();
        assert_eq!((said["operator"]["name"].as_str(), said["role"].as_str(), said["by"].as_str()), (Some("mira"), Some("approver"), Some("session")));
        let cookie = &begun.cookies()[0];
        assert!(cookie.contains("; HttpOnly; SameSite=Strict; Max-Age=604") && cookie.contains("; Path=/"), "{cookie}");
        let session = begun.session();
        assert!(!String::from_utf8_lossy(&begun.body).contains(session.trim_start_matches("rollcall=")), "the secret is for no script");
        let who = ask("GET", "/session").cookie(&session).to(&stage).await.is(200).json();
        assert_eq!(who["id"], said["id"]);
        let out = ask("DELETE", "/session").cookie(&session).to(&stage).await.is(204);
        assert!(out.cookies()[0].contains("Max-Age=0"));
        ask("GET", "/session").cookie(&session).to(&stage).await.refuses(401, "not-signed-in");
    }

    async fn every_wrong_sign_in_gets_the_same_answer_and_the_sixth_has_to_wait(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Viewer).await;
        let mut answers = std::collections::BTreeSet::new();
        for name in ["mira", "nobody"] {
            for _ in 0..5 {
                let hashed = stage.engine.passwords_hashed();
                let answer = ask("POST", "/session").json(json!({ "name": name, "password": "wrong" })).to(&stage).await.refuses(401, "sign-in-refused");
                assert_eq!(stage.engine.passwords_hashed(), hashed + 1);
                assert!(answer.cookies().is_empty());
                answers.insert(answer.body);
            }
            let wait = ask("POST", "/session").json(json!({ "name": name, "password": PASSWORD })).to(&stage).await.refuses(429, "too-many-requests");
            assert_eq!(wait.headers[header::RETRY_AFTER], "1");
            answers.insert(wait.body);
        }
        assert_eq!(answers.len(), 2, "one for wrong, one for waiting");
    }

    async fn another_sites_page_changes_nothing_with_the_cookie_of_an_operator(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Admin).await;
        let session = stage.sign_in("mira").await;
        let token = json!({ "name": "stolen" });
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            ask("POST", "/tokens").cookie(&session).with(name, value).json(token.clone()).to(&stage).await.refuses(403, "cross-origin");
            let body = json!({ "name": "mira", "password": PASSWORD });
            ask("POST", "/session").with(name, value).json(body).to(&stage).await.refuses(403, "cross-origin");
        }
        ask("POST", "/tokens").cookie(&session).with("sec-fetch-site", "same-origin").json(token).to(&stage).await.is(201);
    }

    async fn a_session_that_has_expired_or_was_ended_is_nobody(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Viewer).await;
        let (one, two) = (stage.sign_in("mira").await, stage.sign_in("mira").await);
        stage.engine.end_sessions(&shell(), "mira", None).await.unwrap();
        for dead in [&one, &two, "rollcall=", "rollcall=x", &format!("{one}; {two}"), &one.replace("rollcall=", "__Host-rollcall=")] {
            ask("GET", "/session").cookie(dead).to(&stage).await.refuses(401, "not-signed-in");
        }
        let three = stage.sign_in("mira").await;
        stage.later(SignedDuration::from_hours(8));
        ask("GET", "/session").cookie(&three).to(&stage).await.refuses(401, "not-signed-in");
    }

    async fn a_token_is_shown_once_and_good_until_it_is_revoked(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Approver).await;
        let session = stage.sign_in("mira").await;
        let made = ask("POST", "/tokens").cookie(&session).json(json!({ "name": "ci", "role": "viewer" })).to(&stage).await.is(201);
        let (secret, place) = (made.json()["secret"].as_str().unwrap().to_owned(), made.headers[header::LOCATION].to_str().unwrap().to_owned());
        let bearer = format!("Bearer {secret}");
        let who = ask("GET", "/session").with("authorization", &bearer).to(&stage).await.is(200).json();
        assert_eq!((who["operator"]["name"].as_str(), who["role"].as_str(), who["by"].as_str()), (Some("mira"), Some("viewer"), Some("token")));
        let listed = ask("GET", "/tokens").cookie(&session).to(&stage).await.is(200);
        assert!(!String::from_utf8_lossy(&listed.body).contains(&secret));
        assert!(listed.json()["items"][0]["usedAt"].is_string());
        ask("POST", "/tokens").with("authorization", &bearer).json(json!({ "name": "more" })).to(&stage).await.refuses(403, "needs-person");
        ask("POST", "/tokens").cookie(&session).json(json!({ "name": "admin", "role": "admin" })).to(&stage).await.refuses(422, "bad-body");
        // A bad token is not made up for by a good cookie.
        for wrong in ["Bearer rc_x", "Basic bWlyYTp4", "Bearer"] {
            ask("GET", "/session").cookie(&session).with("authorization", wrong).to(&stage).await.refuses(401, "not-signed-in");
        }
        ask("DELETE", &place).cookie(&session).to(&stage).await.is(204);
        let gone = ask("GET", "/session").with("authorization", &bearer).to(&stage).await.refuses(401, "not-signed-in");
        assert!(gone.headers.contains_key(header::WWW_AUTHENTICATE));
        ask("DELETE", &place).cookie(&session).to(&stage).await.refuses(404, "not-found");
    }

    async fn an_answer_is_given_again_to_whoever_got_it_and_not_to_their_lesser_tokens(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("ada", Role::Admin).await;
        let session = stage.sign_in("ada").await;
        let token = async |name: &str, role: &str| {
            let body = json!({ "name": name, "role": role });
            let made = ask("POST", "/tokens").cookie(&session).json(body).to(&stage).await.is(201).json();
            format!("Bearer {}", made["secret"].as_str().unwrap())
        };
        let (looks, does) = (token("looks", "viewer").await, token("does", "admin").await);
        let webhook = || {
            let body = json!({ "name": "chat", "url": "https://hooks.example.com/x" });
            ask("POST", "/webhooks").with("idempotency-key", "k1").json(body)
        };
        let made = webhook().cookie(&session).to(&stage).await.is(201).json();
        assert!(made["secret"].is_string());
        // The same person in another browser asks again.
        let again = webhook().cookie(&stage.sign_in("ada").await).to(&stage).await.is(201);
        assert_eq!((again.json(), again.headers.contains_key("idempotency-replayed")), (made, true));
        webhook().with("authorization", &looks).to(&stage).await.refuses(403, "forbidden");
        webhook().with("authorization", &does).to(&stage).await.refuses(409, "conflict");
        let more = || ask("POST", "/tokens").with("idempotency-key", "k2").json(json!({ "name": "more" }));
        more().cookie(&session).to(&stage).await.is(201);
        more().with("authorization", &looks).to(&stage).await.refuses(403, "needs-person");
        // A role that was taken away takes the answers with it.
        let person = ask("GET", "/operators/ada").cookie(&session).to(&stage).await;
        stage.add("olga", Role::Admin).await;
        let olga = stage.sign_in("olga").await;
        let tag = person.headers[header::ETAG].to_str().unwrap();
        ask("PATCH", "/operators/ada").cookie(&olga).with("if-match", tag).json(json!({ "role": "viewer" })).to(&stage).await.is(200);
        webhook().cookie(&stage.sign_in("ada").await).to(&stage).await.refuses(403, "forbidden");
    }

    async fn signing_in_is_no_request_that_is_answered_again(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Viewer).await;
        let session = stage.sign_in("mira").await;
        let body = json!({ "name": "mira", "password": PASSWORD });
        let sign_in = |cookie: &str| ask("POST", "/session").cookie(cookie).with("idempotency-key", "k1").json(body.clone());
        let second = sign_in(&session).to(&stage).await.is(200).session();
        let third = sign_in(&second).to(&stage).await.is(200).session();
        assert_ne!(second, third);
    }

    async fn the_setup_link_makes_the_first_admin_once(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        let before = ask("GET", "/setup").to(&stage).await.is(200).json();
        assert_eq!((before["isNeeded"].as_bool(), &before["signOn"]), (Some(true), &Value::Null));
        let link = stage.engine.make_setup_link(&shell()).await.unwrap();
        let token = secrecy::ExposeSecret::expose_secret(&link.token).to_owned();
        let body = |token: &str, password: &str| json!({ "token": token, "name": "mira", "password": password });
        ask("POST", "/setup").json(body("wrong", PASSWORD)).to(&stage).await.refuses(409, "not-now");
        let weak = ask("POST", "/setup").json(body(&token, "password1234")).to(&stage).await.refuses(422, "bad-body");
        assert_eq!(weak.json()["errors"][0]["at"], "/password");
        let made = ask("POST", "/setup").json(body(&token, PASSWORD)).to(&stage).await.is(201);
        assert_eq!(made.json()["role"], "admin");
        ask("GET", "/session").cookie(&made.session()).to(&stage).await.is(200);
        assert_eq!(ask("GET", "/setup").to(&stage).await.json()["isNeeded"], false);
        ask("POST", "/setup").json(body(&token, PASSWORD)).to(&stage).await.refuses(409, "not-now");
    }
}
