//! What the doctor says of single sign-on.

use crate::*;
use axum::routing::get;
use rollcall_engine::SignOnRules;
use rollcall_oidc::Provider;
use tokio::net::TcpListener;

/// A provider at that address of this machine.
fn sign_on(issuer: &str) -> SignOn {
    let settings = rollcall_oidc::Settings {
        issuer: issuer.parse().unwrap(),
        client_id: "rollcall".to_owned(),
        client_secret: None,
        scopes: Vec::new(),
        redirect: "http://localhost/sign-on/callback".parse().unwrap(),
        name_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
        ca_pem: None,
    };
    let rules = SignOnRules { roles: [].into(), default_role: Some(Role::Viewer) };
    SignOn { provider: Provider::new(settings).unwrap(), rules, button: "Single sign-on".to_owned() }
}

/// Says of itself what a provider has to say, and calls itself so.
async fn provider_that_calls_itself(name: Option<&str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let said = json!({
        "issuer": name.unwrap_or(&address),
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let pages = Router::new()
        .route("/.well-known/openid-configuration", get(async move || axum::Json(said)))
        .route("/keys", get(async || axum::Json(json!({ "keys": [] }))));
    tokio::spawn(async move { axum::serve(listener, pages).await.unwrap() });
    address
}

/// What the doctor found; `None` where it does not speak of single sign-on.
async fn found(on: Option<SignOn>) -> Option<Value> {
    let database = TestDatabase::sqlite();
    let stage = Stage::with(&database, on).await;
    stage.add("ada", Role::Admin).await;
    let session = stage.sign_in("ada").await;
    let answer = ask("GET", "/doctor").cookie(&session).to(&stage).await.is(200).json();
    let finding = answer["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == "sign-on");
    finding.cloned()
}

#[tokio::test]
async fn the_doctor_asks_the_provider_of_single_sign_on_what_it_is() {
    assert_eq!(found(None).await, None);
    let good = provider_that_calls_itself(None).await;
    assert_eq!(found(Some(sign_on(&good))).await.unwrap()["health"], "good");
    let other = provider_that_calls_itself(Some("https://id.example.org")).await;
    let wrong = found(Some(sign_on(&other))).await.unwrap();
    assert_eq!(wrong["health"], "bad");
    assert!(wrong["found"].as_str().unwrap().contains("https://id.example.org"), "{wrong}");
    assert!(wrong["remedy"].as_str().unwrap().contains("sign-on.issuer"), "{wrong}");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(found(Some(sign_on(&format!("http://{nobody}")))).await.unwrap()["health"], "bad");
}
