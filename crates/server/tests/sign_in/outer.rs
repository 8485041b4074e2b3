//! Single sign-on, from the button to the session, with a certified provider.

use crate::browser::{Browser, parameter, tell};
use crate::*;
use rollcall_engine::SignOnRules;
use rollcall_oidc::Provider;
use rollcall_testkit::OidcProvider;
use url::Url;

const REDIRECT: &str = "http://localhost/sign-on/callback";

fn sign_on(provider: &OidcProvider) -> SignOn {
    let settings = rollcall_oidc::Settings {
        issuer: provider.issuer.parse().unwrap(),
        client_id: provider.client_id.clone(),
        client_secret: Some(provider.client_secret.clone().into()),
        scopes: ["profile", "email", "groups"].map(str::to_owned).to_vec(),
        redirect: REDIRECT.parse().unwrap(),
        name_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
        ca_pem: None,
    };
    let roles = [("wiki-watchers".to_owned(), Role::Viewer), ("wiki-admins".to_owned(), Role::Admin)];
    SignOn {
        provider: Provider::new(settings).unwrap(),
        rules: SignOnRules { roles: roles.into(), default_role: None },
        button: "Sign in with Example ID".to_owned(),
    }
}

/// A browser that was sent to the provider and comes back: what it holds, and where to.
async fn there_and_back(stage: &Stage, name: &str) -> (String, Url) {
    let start = ask("GET", "/sign-on/start?return=/plans").to(stage).await.is(303);
    let held = start.cookies().remove(0);
    assert!(held.contains("; HttpOnly; SameSite=Lax; Max-Age=600"), "{held}");
    let there: Url = start.headers[header::LOCATION].to_str().unwrap().parse().unwrap();
    assert_eq!(parameter(&there, "code_challenge_method").as_deref(), Some("S256"));
    let back = Browser::new().sign_in(name, &there, REDIRECT).await;
    (held.split(';').next().unwrap().to_owned(), back)
}

fn path(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

async fn sign_in_there(stage: &Stage, name: &str) -> Answer {
    let (held, back) = there_and_back(stage, name).await;
    ask("GET", &path(&back)).cookie(&held).to(stage).await
}

fn groups(groups: &[&str]) -> String {
    json!({ "preferred_username": "mira", "name": "Mira K.", "email": "mira@example.org", "groups": groups })
        .to_string()
}

#[tokio::test]
async fn the_groups_of_the_provider_decide_at_every_sign_in() {
    let Some(provider) = OidcProvider::start(REDIRECT, false) else { return };
    let database = TestDatabase::sqlite();
    let stage = Stage::with(&database, Some(sign_on(&provider))).await;
    assert_eq!(ask("GET", "/setup").to(&stage).await.json()["signOn"]["url"], "/sign-on/start");
    tell(&provider, "mira", &groups(&["staff", "wiki-watchers"])).await;
    let first = sign_in_there(&stage, "mira").await.is(303);
    assert_eq!(first.headers[header::LOCATION], "/plans");
    assert!(first.cookies()[0].contains("SameSite=Lax"), "it goes along with the redirect from the provider");
    let session = first.session();
    let who = ask("GET", "/session").cookie(&session).to(&stage).await.is(200).json();
    assert_eq!(
        (who["operator"]["name"].as_str(), who["role"].as_str(), who["operator"]["signsIn"].as_str()),
        (Some("mira"), Some("viewer"), Some("provider"))
    );

    tell(&provider, "mira", &groups(&["wiki-admins"])).await;
    let second = sign_in_there(&stage, "mira").await.is(303).session();
    assert_eq!(ask("GET", "/session").cookie(&second).to(&stage).await.json()["role"], "admin");
    ask("GET", "/session").cookie(&session).to(&stage).await.is(401);

    tell(&provider, "mira", &groups(&["staff"])).await;
    let refused = sign_in_there(&stage, "mira").await.refuses(403, "sign-on-refused");
    assert!(refused.cookies().iter().all(|cookie| !cookie.starts_with("rollcall=")));
    ask("GET", "/session").cookie(&second).to(&stage).await.is(401);
}

#[tokio::test]
async fn a_name_that_somebody_has_here_is_not_taken_over() {
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    let database = TestDatabase::sqlite();
    let stage = Stage::with(&database, Some(sign_on(&provider))).await;
    stage.add("mira", Role::Viewer).await;
    tell(&provider, "mira", &groups(&["wiki-admins"])).await;
    sign_in_there(&stage, "mira").await.refuses(403, "sign-on-refused");
    let log = stage
        .engine
        .audit(&shell(), &rollcall_engine::AuditQuery { limit: 1, ..Default::default() })
        .await
        .unwrap();
    assert!(log[0].why.contains("\"mira\" belongs to an operator with a password"), "{}", log[0].why);
}

#[tokio::test]
async fn what_comes_back_wrong_twice_late_or_elsewhere_signs_nobody_in() {
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    let database = TestDatabase::sqlite();
    let stage = Stage::with(&database, Some(sign_on(&provider))).await;
    tell(&provider, "mira", &groups(&["wiki-admins"])).await;
    // Another state.
    let (held, back) = there_and_back(&stage, "mira").await;
    let given = parameter(&back, "state").unwrap();
    let wrong = path(&back).replace(&given, "another-state");
    ask("GET", &wrong).cookie(&held).to(&stage).await.refuses(403, "sign-on-refused");
    // Without what this browser holds, or with what another one holds. The state is used up then.
    ask("GET", &path(&back)).to(&stage).await.refuses(403, "sign-on-refused");
    ask("GET", &path(&back))
        .cookie("rollcall-sign-on=another")
        .to(&stage)
        .await
        .refuses(403, "sign-on-refused");
    ask("GET", &path(&back)).cookie(&held).to(&stage).await.refuses(403, "sign-on-refused");
    // The same twice.
    let (held, back) = there_and_back(&stage, "mira").await;
    ask("GET", &path(&back)).cookie(&held).to(&stage).await.is(303);
    ask("GET", &path(&back)).cookie(&held).to(&stage).await.refuses(403, "sign-on-refused");
    // A used code with a new state.
    let code = parameter(&back, "code").unwrap();
    let (held, other) = there_and_back(&stage, "mira").await;
    let replayed = path(&other).replace(&parameter(&other, "code").unwrap(), &code);
    ask("GET", &replayed).cookie(&held).to(&stage).await.refuses(403, "sign-on-refused");
    // The provider says no.
    let (held, back) = there_and_back(&stage, "mira").await;
    let no = format!("/sign-on/callback?error=access_denied&state={}", parameter(&back, "state").unwrap());
    ask("GET", &no).cookie(&held).to(&stage).await.refuses(403, "sign-on-refused");
    // Too late.
    let (held, back) = there_and_back(&stage, "mira").await;
    stage.later(SignedDuration::from_mins(10));
    ask("GET", &path(&back)).cookie(&held).to(&stage).await.refuses(403, "sign-on-refused");
    assert_eq!(stage.engine.operators(&shell()).await.unwrap().len(), 1, "who signed in once");
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_and_without_a_provider_there_is_nothing() {
    let database = TestDatabase::sqlite();
    let stage = Stage::new(&database).await;
    ask("GET", "/sign-on/start").to(&stage).await.refuses(404, "not-found");
    ask("GET", "/sign-on/callback?code=x&state=y").to(&stage).await.refuses(404, "not-found");
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    let database = TestDatabase::sqlite();
    let stage = Stage::with(&database, Some(sign_on(&provider))).await;
    for elsewhere in
        ["https://evil.example", "//evil.example", "%2F%2Fevil.example", "/%5Cevil.example", "plans"]
    {
        let refused = ask("GET", &format!("/sign-on/start?return={elsewhere}")).to(&stage).await;
        assert!(refused.status.is_client_error(), "{elsewhere}: {}", refused.status);
        assert!(refused.cookies().is_empty());
    }
}
