//! The flow: begin at the provider, come back with a code, have it exchanged for claims that hold.

use crate::claims::{Claims, Further};
use crate::error::{chain, plain};
use crate::http::{Http, HttpError};
use crate::{OidcError, Person, Settings};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreIdToken,
    CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenResponse, UserInfoClaims,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// Clocks differ by so much.
const LEEWAY: TimeDelta = TimeDelta::minutes(2);
/// An id token is fresh: it was made while the browser was on its way back.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// How long what the provider says of itself is believed when a sign-in begins. When one ends it is read anew, with its keys.
const KEPT: TimeDelta = TimeDelta::minutes(10);

/// Signatures that are believed: those that only the provider can make. Not `none`, not one made with the secret we share.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider that people can sign in at.
pub struct Provider {
    settings: Settings,
    http: Http,
    kept: Mutex<Option<(DateTime<Utc>, CoreProviderMetadata)>>,
}

/// A sign-in that begins. Everything but the address is kept until it ends.
#[derive(Debug)]
pub struct Beginning {
    /// Where the browser goes.
    pub url: Url,
    /// Comes back with the browser.
    pub state: SecretString,
    /// Comes back in the id token.
    pub nonce: SecretString,
    /// Proves that it was us who began.
    pub verifier: SecretString,
}

/// What the browser came back with, and what was kept for it.
pub struct Answer<'a> {
    /// To be exchanged, once.
    pub code: &'a SecretString,
    /// Who says so, where the provider tells (RFC 9207).
    pub issuer: Option<&'a str>,
    /// As in [`Beginning`].
    pub nonce: &'a SecretString,
    /// As in [`Beginning`].
    pub verifier: &'a SecretString,
}

impl Provider {
    /// A provider; sends nothing yet.
    pub fn new(settings: Settings) -> Result<Self, OidcError> {
        settings.check()?;
        let http = Http::new(&settings)?;
        Ok(Self { settings, http, kept: Mutex::new(None) })
    }

    /// Its address.
    pub fn issuer(&self) -> &Url {
        &self.settings.issuer
    }

    /// Asks the provider what it is, anew, as the end of a sign-in does. Nobody is signed in.
    pub async fn check(&self, now: jiff::Timestamp) -> Result<(), OidcError> {
        self.client(self.discover(instant(now)).await?).map(drop)
    }

    /// Begins a sign-in.
    pub async fn begin(&self, now: jiff::Timestamp) -> Result<Beginning, OidcError> {
        let now = instant(now);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let metadata = match kept.filter(|(at, _)| (now - at).abs() < KEPT) {
            Some((_, metadata)) => metadata,
            None => self.discover(now).await?,
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(metadata)?;
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        Ok(Beginning {
            url,
            state: state.into_secret().into(),
            nonce: nonce.secret().clone().into(),
            verifier: verifier.into_secret().into(),
        })
    }

    /// Ends a sign-in: exchanges the code, and gives the person if everything holds.
    pub async fn finish(&self, answer: Answer<'_>, now: jiff::Timestamp) -> Result<Person, OidcError> {
        let now = instant(now);
        let own = self.issuer_text();
        if answer.issuer.is_some_and(|issuer| issuer.trim_end_matches('/') != own.trim_end_matches('/')) {
            return Err(unproven("the answer comes from another provider"));
        }
        // Anew, for its keys: it may have changed them.
        let client = self.client(self.discover(now).await?)?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(answer.code.expose_secret().to_owned()))
            .map_err(|error| self.unusable(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(answer.verifier.expose_secret().to_owned()))
            .request_async(&self.http)
            .await
            .map_err(|error| self.refused(&error))?;
        let id_token = tokens.id_token().ok_or_else(|| unproven("there was no id token in it"))?;
        let (subject, said) = verified(&client, id_token, &tokens, answer.nonce, now)?;
        let mut claims = Claims(vec![said]);
        let is_enough = [&self.settings.name_claim, &self.settings.groups_claim]
            .into_iter()
            .all(|claim| claims.get(claim).is_some());
        if !is_enough && client.user_info_url().is_some() {
            let info: UserInfoClaims<Further, CoreGenderClaim> = client
                .user_info(tokens.access_token().clone(), Some(subject.clone()))
                .map_err(|error| self.unusable(&error))?
                .require_signed_response(false)
                .request_async(&self.http)
                .await
                .map_err(|error| self.unusable(&error))?;
            claims.0.push(serde_json::to_value(&info).map_err(|error| self.unusable(&error))?);
        }
        claims.person(&self.settings, own, subject.to_string())
    }

    /// What the provider says of itself.
    async fn discover(&self, now: DateTime<Utc>) -> Result<CoreProviderMetadata, OidcError> {
        let issuer = IssuerUrl::new(self.issuer_text()).map_err(|error| self.unusable(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let metadata = metadata.map_err(|error| self.unusable(&error))?;
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, metadata.clone()));
        Ok(metadata)
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Result<Client, OidcError> {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let redirect =
            RedirectUrl::new(self.settings.redirect.to_string()).map_err(|error| self.unusable(&error))?;
        let methods = metadata.token_endpoint_auth_methods_supported().cloned().unwrap_or_default();
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            secret,
        )
        .set_redirect_uri(redirect);
        // Where nothing is said, it is the header (OpenID Connect Discovery 1.0, §3).
        let takes = |method: &CoreClientAuthMethod| methods.contains(method);
        let only_body = takes(&CoreClientAuthMethod::ClientSecretPost)
            && !takes(&CoreClientAuthMethod::ClientSecretBasic);
        Ok(if only_body { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    /// As the provider itself writes it: without the slash that an address without path gets here.
    fn issuer_text(&self) -> String {
        let issuer = self.settings.issuer.as_str();
        let is_bare = self.settings.issuer.path() == "/";
        if is_bare { issuer.trim_end_matches('/').to_owned() } else { issuer.to_owned() }
    }

    fn unusable(&self, error: &dyn std::error::Error) -> OidcError {
        OidcError::Provider { issuer: self.settings.issuer.to_string(), reason: chain(error) }
    }

    fn refused<R>(&self, error: &RequestTokenError<HttpError, R>) -> OidcError
    where
        R: openidconnect::ErrorResponse + std::fmt::Display + 'static,
    {
        match error {
            RequestTokenError::ServerResponse(said) => {
                OidcError::Refused { reason: plain(&said.to_string()) }
            }
            other => self.unusable(other),
        }
    }
}

/// The subject and every claim of an id token that is what it should be: signed by the provider, for us, fresh, of this very sign-in, and
/// of this access token.
fn verified(
    client: &Client,
    id_token: &CoreIdToken,
    tokens: &CoreTokenResponse,
    nonce: &SecretString,
    now: DateTime<Utc>,
) -> Result<(openidconnect::SubjectIdentifier, Value), OidcError> {
    let fails = |error: &dyn std::error::Error| unproven(&chain(error));
    let verifier: CoreIdTokenVerifier<'_> = client
        .id_token_verifier()
        .set_allowed_algs(SIGNATURES)
        .set_time_fn(move || now - LEEWAY)
        .set_issue_time_verifier_fn(move |at| {
            if (now - at).abs() <= FRESH { Ok(()) } else { Err("it was not made just now".to_owned()) }
        });
    let nonce = Nonce::new(nonce.expose_secret().to_owned());
    let claims = id_token.claims(&verifier, &nonce).map_err(|error| fails(&error))?;
    // Whoever it was made out to first, of those it is for (OpenID Connect Core 1.0, §3.1.3.7).
    if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
        return Err(unproven("its id token was made for another client"));
    }
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(|error| fails(&error))?;
        let key = id_token.signing_key(&verifier).map_err(|error| fails(&error))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|error| fails(&error))?;
        if actual != *expected {
            return Err(unproven("the access token is not the one of the id token"));
        }
    }
    // The same token, now that it holds: every claim of it, also those that have no type.
    let text = id_token.to_string();
    let payload = text.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let said = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
    let said = said.ok_or_else(|| unproven("its id token cannot be read"))?;
    Ok((claims.subject().clone(), said))
}

fn unproven(reason: &str) -> OidcError {
    OidcError::Unproven { reason: reason.to_owned() }
}

fn instant(now: jiff::Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(now.as_microsecond()).unwrap_or_default()
}
