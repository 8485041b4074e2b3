//! Operators over HTTP.

use crate::*;
use rollcall_testkit::both_databases;

both_databases! {
    async fn an_admin_adds_changes_and_removes_operators(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("ada", Role::Admin).await;
        let ada = stage.sign_in("ada").await;
        let new = json!({ "name": "mira@example.org", "role": "viewer", "password": PASSWORD });
        let added = ask("POST", "/operators").cookie(&ada).json(new.clone()).to(&stage).await.is(201);
        let place = added.headers[header::LOCATION].to_str().unwrap().to_owned();
        let tag = added.headers[header::ETAG].to_str().unwrap().to_owned();
        assert!(!String::from_utf8_lossy(&added.body).contains("assword\":\""));
        ask("POST", "/operators").cookie(&ada).json(new).to(&stage).await.refuses(409, "conflict");
        let change = json!({ "role": "operator", "displayName": "Mira K." });
        ask("PATCH", &place).cookie(&ada).json(change.clone()).to(&stage).await.refuses(428, "precondition-required");
        let changed = ask("PATCH", &place).cookie(&ada).with("if-match", &tag).json(change.clone()).to(&stage).await.is(200);
        assert_eq!((changed.json()["role"].as_str(), changed.json()["displayName"].as_str()), (Some("operator"), Some("Mira K.")));
        ask("PATCH", &place).cookie(&ada).with("if-match", &tag).json(change).to(&stage).await.refuses(412, "precondition-failed");
        ask("DELETE", &place).cookie(&ada).with("if-match", &tag).to(&stage).await.refuses(412, "precondition-failed");
        let last = ask("DELETE", "/operators/ada").cookie(&ada).with("if-match", "*").to(&stage).await.refuses(409, "conflict");
        assert!(last.json()["detail"].as_str().unwrap().contains("last active admin"));
        ask("DELETE", &place).cookie(&ada).with("if-match", "*").to(&stage).await.is(204);
        ask("GET", &place).cookie(&ada).to(&stage).await.refuses(404, "not-found");
    }

    async fn what_cannot_be_is_named_by_its_field_and_changes_nothing(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("ada", Role::Admin).await;
        let ada = stage.sign_in("ada").await;
        let head = stage.engine.audit_head(&shell()).await.unwrap();
        let long = "x".repeat(300);
        for (body, at) in [
            (json!({ "role": "viewer" }), "/name"),
            (json!({ "name": 7, "role": "viewer" }), "/name"),
            (json!({ "name": "a b", "role": "viewer" }), "/name"),
            (json!({ "name": "schedule", "role": "viewer" }), "/name"),
            (json!({ "name": long, "role": "viewer" }), "/name"),
            (json!({ "name": "mira", "role": "root" }), "/role"),
            (json!({ "name": "mira", "role": "viewer", "email": "nowhere" }), "/email"),
            (json!({ "name": "mira", "role": "viewer", "password": "mira-mira-mira" }), "/password"),
            (json!({ "name": "mira", "role": "viewer", "isAdmin": true }), "/isAdmin"),
        ] {
            let refused = ask("POST", "/operators").cookie(&ada).json(body.clone()).to(&stage).await.refuses(422, "bad-body");
            assert_eq!(refused.json()["errors"][0]["at"], at, "{body}");
            assert!(!String::from_utf8_lossy(&refused.body).contains("mira-mira-mira"));
        }
        assert_eq!(stage.engine.audit_head(&shell()).await.unwrap(), head);
    }

    async fn everybody_changes_their_own_password_and_ends_their_own_sessions(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("mira", Role::Viewer).await;
        let (here, elsewhere) = (stage.sign_in("mira").await, stage.sign_in("mira").await);
        let sessions = ask("GET", "/operators/mira/sessions").cookie(&here).to(&stage).await.is(200).json();
        let items = sessions["items"].as_array().unwrap();
        assert_eq!((items.len(), items[0]["isCurrent"].as_bool(), items[1]["isCurrent"].as_bool()), (2, Some(true), Some(false)));
        let path = format!("/operators/mira/sessions/{}", items[1]["id"].as_str().unwrap());
        ask("DELETE", &path).cookie(&here).to(&stage).await.is(204);
        ask("GET", "/session").cookie(&elsewhere).to(&stage).await.is(401);
        let third = stage.sign_in("mira").await;
        let put = |old: &str, new: &str| ask("PUT", "/operators/mira/password").cookie(&here).json(json!({ "oldPassword": old, "newPassword": new }));
        let wrong = put("wrong", "seven brave otters sing").to(&stage).await.refuses(422, "bad-body");
        assert_eq!(wrong.json()["errors"][0]["at"], "/oldPassword");
        put(PASSWORD, "seven brave otters sing").to(&stage).await.is(204);
        ask("GET", "/session").cookie(&third).to(&stage).await.is(401);
        ask("GET", "/session").cookie(&here).to(&stage).await.is(200);
        let ended = ask("DELETE", "/operators/mira/sessions").cookie(&here).to(&stage).await.is(200).json();
        assert_eq!(ended["ended"], 0);
    }

    async fn session_lengths_are_an_admins_to_set(database: TestDatabase) {
        let stage = Stage::new(&database).await;
        stage.add("ada", Role::Admin).await;
        let ada = stage.sign_in("ada").await;
        let there = ask("GET", "/settings/sessions").cookie(&ada).to(&stage).await.is(200);
        assert_eq!(there.json(), json!({ "idleSeconds": 28_800, "absoluteSeconds": 604_800 }));
        let tag = there.headers[header::ETAG].to_str().unwrap().to_owned();
        let put = |idle: u32, absolute: u32| ask("PUT", "/settings/sessions").cookie(&ada).with("if-match", &tag).json(json!({ "idleSeconds": idle, "absoluteSeconds": absolute }));
        put(10, 3600).to(&stage).await.refuses(422, "bad-body");
        put(3600, 600).to(&stage).await.refuses(422, "bad-body");
        put(600, 3600).to(&stage).await.is(200);
        put(900, 3600).to(&stage).await.refuses(412, "precondition-failed");
        stage.later(SignedDuration::from_mins(10));
        ask("GET", "/session").cookie(&ada).to(&stage).await.is(401);
    }
}
