//! Against a certified provider: what is believed, and what is not.

mod browser;

use browser::{Browser, parameter, tell};
use rollcall_oidc::{Answer, Beginning, OidcError, Person, Provider, Settings};
use rollcall_testkit::OidcProvider;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

const REDIRECT: &str = "http://127.0.0.1:9/sign-on/callback";
const MIRA: &str =
    r#"{"name":"Mira K.","preferred_username":"mira","email":"mira@example.org","groups":["wiki","staff"]}"#;

#[expect(clippy::disallowed_methods, reason = "the provider has no other time")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn settings(provider: &OidcProvider) -> Settings {
    Settings {
        issuer: provider.issuer.parse().unwrap(),
        client_id: provider.client_id.clone(),
        client_secret: Some(provider.client_secret.clone().into()),
        scopes: ["openid", "profile", "email", "groups"].map(str::to_owned).to_vec(),
        redirect: REDIRECT.parse().unwrap(),
        name_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
        ca_pem: None,
    }
}

/// Goes there and comes back with a code.
async fn go(client: &Provider) -> (Beginning, Url) {
    let beginning = client.begin(now()).await.unwrap();
    let back = Browser::new().sign_in("mira", &beginning.url, REDIRECT).await;
    assert_eq!(parameter(&back, "state").as_deref(), Some(beginning.state.expose_secret()));
    (beginning, back)
}

struct Changed {
    nonce: SecretString,
    verifier: SecretString,
    issuer: Option<String>,
    at: jiff::Timestamp,
}

/// Ends it, with something changed.
async fn end(client: &Provider, change: impl FnOnce(&mut Changed)) -> Result<Person, OidcError> {
    let (beginning, back) = go(client).await;
    let code = parameter(&back, "code").unwrap().into();
    let mut with = Changed {
        nonce: beginning.nonce,
        verifier: beginning.verifier,
        issuer: parameter(&back, "iss"),
        at: now(),
    };
    change(&mut with);
    let answer =
        Answer { code: &code, issuer: with.issuer.as_deref(), nonce: &with.nonce, verifier: &with.verifier };
    client.finish(answer, with.at).await
}

fn mira(provider: &OidcProvider) -> Person {
    Person {
        issuer: provider.issuer.clone(),
        subject: "mira".to_owned(),
        name: "mira".to_owned(),
        display_name: Some("Mira K.".to_owned()),
        email: Some("mira@example.org".to_owned()),
        groups: vec!["wiki".to_owned(), "staff".to_owned()],
    }
}

#[tokio::test]
async fn whoever_signed_in_there_is_known_here_by_what_the_provider_says() {
    for claims_in_id_token in [false, true] {
        let Some(provider) = OidcProvider::start(REDIRECT, claims_in_id_token) else { return };
        tell(&provider, "mira", MIRA).await;
        let client = Provider::new(settings(&provider)).unwrap();
        let person = end(&client, |_| ()).await.unwrap();
        assert_eq!(person, mira(&provider), "claims in the id token: {claims_in_id_token}");
    }
}

#[tokio::test]
async fn what_does_not_hold_is_not_believed() {
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    tell(&provider, "mira", MIRA).await;
    let client = Provider::new(settings(&provider)).unwrap();
    let hour = jiff::SignedDuration::from_hours(1);
    let unproven = [
        end(&client, |with| with.nonce = "another".into()).await,
        end(&client, |with| with.issuer = Some("https://evil.example".to_owned())).await,
        end(&client, |with| with.at = now() + hour).await,
        end(&client, |with| with.at = now() - hour).await,
    ];
    for answer in unproven {
        let error = answer.unwrap_err();
        assert!(matches!(error, OidcError::Unproven { .. }), "{error}");
    }
    let error = end(&client, |with| with.verifier = "x".repeat(43).into()).await.unwrap_err();
    assert!(matches!(error, OidcError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn an_id_token_that_was_made_for_another_client_is_not_believed() {
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    let client = Provider::new(settings(&provider)).unwrap();
    tell(&provider, "mira", r#"{"preferred_username":"mira","groups":[],"azp":"rollcall"}"#).await;
    end(&client, |_| ()).await.unwrap();
    tell(&provider, "mira", r#"{"preferred_username":"mira","groups":[],"azp":"another"}"#).await;
    let error = end(&client, |_| ()).await.unwrap_err();
    assert!(matches!(&error, OidcError::Unproven { reason } if reason.contains("another client")), "{error}");
}

#[tokio::test]
async fn a_code_is_good_once_and_only_with_our_secret() {
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    let client = Provider::new(settings(&provider)).unwrap();
    let (beginning, back) = go(&client).await;
    let code = parameter(&back, "code").unwrap().into();
    let answer =
        || Answer { code: &code, issuer: None, nonce: &beginning.nonce, verifier: &beginning.verifier };
    let wrong = Settings { client_secret: Some("wrong".into()), ..settings(&provider) };
    let stranger = Provider::new(wrong).unwrap();
    let error = stranger.finish(answer(), now()).await.unwrap_err();
    assert!(matches!(error, OidcError::Refused { .. }), "{error}");
    client.finish(answer(), now()).await.unwrap();
    let error = client.finish(answer(), now()).await.unwrap_err();
    assert!(matches!(error, OidcError::Refused { .. }), "{error}");
    assert!(!error.to_string().contains(&provider.client_secret));
}

#[tokio::test]
async fn a_claim_that_is_not_there_and_a_provider_that_is_none_are_named() {
    let Some(provider) = OidcProvider::start(REDIRECT, true) else { return };
    let without = Settings { name_claim: "login".to_owned(), ..settings(&provider) };
    let error = end(&Provider::new(without).unwrap(), |_| ()).await.unwrap_err().to_string();
    assert!(error.contains("it says no `login`"), "{error}");
    // Another address of the same provider is not the issuer that it says it is.
    let issuer = provider.issuer.replace("127.0.0.1", "localhost").parse().unwrap();
    let error =
        Provider::new(Settings { issuer, ..settings(&provider) }).unwrap().begin(now()).await.unwrap_err();
    assert!(matches!(error, OidcError::Provider { .. }), "{error}");
    let gone = Settings { issuer: "http://127.0.0.1:1".parse().unwrap(), ..settings(&provider) };
    let error = Provider::new(gone).unwrap().begin(now()).await.unwrap_err();
    assert!(error.to_string().contains("cannot be used"), "{error}");
    for clear in ["http://id.example.org", "ftp://127.0.0.1", "https://x@id.example.org"] {
        let settings = Settings { issuer: clear.parse().unwrap(), ..settings(&provider) };
        assert!(matches!(Provider::new(settings), Err(OidcError::Settings(_))), "{clear}");
    }
}
