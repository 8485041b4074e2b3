//! Which site it is, and as whom it takes us (`confluence-data-center.md §13`, steps 1 and 2).
//!
//! The first request goes out without credentials: what is not a Confluence of a supported version never gets to see them.

use super::capability::{NEWEST, OLDEST, has_server_information};
use super::wire::{Manifest, Person, ServerInformation};
use crate::transport::{Address, Answer, Transport};
use rollcall_model::{AccountRef, Version, plain};
use rollcall_site::SiteError;

const MANIFEST: &str = "/rest/applinks/1.0/manifest";
const SERVER_INFORMATION: &str = "/rest/api/server-information";
const CURRENT_USER: &str = "/rest/api/user/current";

/// What answers.
pub(super) struct Site {
    pub(super) version: Version,
    pub(super) base_url: String,
    pub(super) warnings: Vec<String>,
}

/// Finds out what answers, and refuses what is no Confluence, or one that is too old.
pub(super) async fn recognise(transport: &Transport) -> Result<Site, SiteError> {
    let manifest = read_manifest(transport).await?;
    if let Some(product) = manifest.as_ref().and_then(|m| m.type_id.as_deref())
        && !product.eq_ignore_ascii_case("confluence")
    {
        return Err(not_here(
            transport,
            &format!("it is another product: {}. Check the address", plain(product)),
        ));
    }
    let stated = manifest.as_ref().and_then(|m| m.version.clone());
    let mut base_url = manifest.and_then(|m| m.url);
    let version = if let Some(text) = stated {
        read_version(transport, &text)?
    } else {
        let information = read_server_information(transport).await?;
        base_url = information.base_url.or(base_url);
        let text = information.version.ok_or_else(|| not_here(transport, "it does not say its version"))?;
        read_version(transport, &text)?
    };
    let mut warnings = Vec::new();
    if !version.reaches(OLDEST.0, OLDEST.1) {
        return Err(not_here(
            transport,
            &format!(
                "it is Confluence {version}; this program needs {}.{} or later, because earlier ones cannot disable people or change their groups over REST",
                OLDEST.0, OLDEST.1
            ),
        ));
    }
    if version.reaches(NEWEST.0, NEWEST.1 + 1) {
        warnings.push(format!(
            "Confluence {version} is newer than what this program knows ({}.{}). Every change is read back; try test mode first",
            NEWEST.0, NEWEST.1
        ));
    }
    if transport.base().starts_with("http://") && !is_loopback(transport.base()) {
        warnings.push(
            "the address is not encrypted (http): the credentials can be read on the way. Use https"
                .to_owned(),
        );
    }
    Ok(Site { version, base_url: base_url.unwrap_or_else(|| transport.base().to_owned()), warnings })
}

fn is_loopback(base: &str) -> bool {
    ["http://localhost", "http://127.", "http://[::1]"].iter().any(|start| base.starts_with(start))
}

fn read_version(transport: &Transport, text: &str) -> Result<Version, SiteError> {
    text.parse().map_err(|e: String| {
        not_here(transport, &format!("it does not say a version that can be read: {}", plain(&e)))
    })
}

/// The manifest; `None` where the site keeps it to itself.
async fn read_manifest(transport: &Transport) -> Result<Option<Manifest>, SiteError> {
    let address = Address::of(MANIFEST);
    let answer = uncut(transport, &address, transport.get_as_a_stranger(&address).await?).await?;
    match answer.status() {
        200..300 if !answer.is_web_page() => return Ok(parse_manifest(&answer)),
        404 => {
            // Nothing of ours here, unless the manifest alone is hidden.
            let other = transport.get_as_a_stranger(&Address::of(SERVER_INFORMATION)).await?;
            if other.status() == 404 {
                return Err(nothing_here(transport, &answer));
            }
            return Ok(None);
        }
        401 | 403 => {}
        300..=399 if leads_to_own_login(&answer) => {}
        _ => {
            // Says where it leads, or that it is a web page.
            let answer = answer.not_from_elsewhere(false)?;
            return Err(not_here(
                transport,
                &format!("the manifest of a site was expected, but it answered {}", answer.message()),
            ));
        }
    }
    // A site that shows nothing to strangers.
    let answer = transport.get(&address).await?;
    Ok((answer.status() == 200).then(|| parse_manifest(&answer)).flatten())
}

/// The manifest again, once, if it was cut on the way.
async fn uncut(transport: &Transport, address: &Address, answer: Answer) -> Result<Answer, SiteError> {
    let is_cut = answer.status() == 200 && !answer.is_web_page() && parse_manifest(&answer).is_none();
    if is_cut { transport.get_as_a_stranger(address).await } else { Ok(answer) }
}

/// JSON, or XML where the `Accept` header is ignored (`§4.5`).
fn parse_manifest(answer: &Answer) -> Option<Manifest> {
    if let Ok(manifest) = answer.decode::<Manifest>() {
        return Some(manifest);
    }
    let text = answer.text();
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value.trim().to_owned())
    };
    let version = element("version");
    version.is_some().then(|| Manifest { type_id: element("typeId"), version, url: element("url") })
}

/// A redirect to a login page of the site itself: it may let credentials through.
fn leads_to_own_login(answer: &Answer) -> bool {
    let Ok(here) = url::Url::parse(answer.url()) else { return false };
    let Some(target) = answer.header("location").and_then(|l| here.join(l).ok()) else { return false };
    target.origin() == here.origin() && target.path().to_ascii_lowercase().contains("login")
}

async fn read_server_information(transport: &Transport) -> Result<ServerInformation, SiteError> {
    transport.get_json(&Address::of(SERVER_INFORMATION)).await.map_err(|error| match error {
        SiteError::NotFound { .. } | SiteError::Forbidden { .. } | SiteError::Rejected { .. } => not_here(
            transport,
            &format!("it does not say its version. Let Rollcall read {MANIFEST}; a proxy may hide it"),
        ),
        other => other,
    })
}

/// Where the version came from the manifest, the address the site believes it has.
pub(super) async fn own_address(transport: &Transport, version: &Version) -> Option<String> {
    if !has_server_information(version) {
        return None;
    }
    let answer = transport.get_json::<ServerInformation>(&Address::of(SERVER_INFORMATION)).await.ok()?;
    answer.base_url
}

fn nothing_here(transport: &Transport, answer: &Answer) -> SiteError {
    not_here(
        transport,
        &format!(
            "nothing of a Confluence is there (status {}). Check the context path: many sites live under /confluence or /wiki, and give the address as it stands in the browser before the first page's own part",
            answer.status()
        ),
    )
}

fn not_here(transport: &Transport, reason: &str) -> SiteError {
    SiteError::NotASite {
        url: transport.base().to_owned(),
        expected: format!("a Confluence Data Center {}.{} or later", OLDEST.0, OLDEST.1),
        reason: reason.to_owned(),
    }
}

/// The account that the site takes us for. A token that is wrong or expired may be served as anonymous with 200 (`§3.2`): whoever is
/// not known is a refusal of the credentials.
pub(super) async fn who_am_i(transport: &Transport) -> Result<AccountRef, SiteError> {
    let person: Person = match transport.get_json_or_refusal(&Address::of(CURRENT_USER)).await? {
        Ok(person) => person,
        Err(answer) => return Err(not_me(transport, &answer)),
    };
    match person.key() {
        Some(key) if person.is_known() => {
            Ok(AccountRef { key: key.into(), username: person.username().to_owned() })
        }
        _ => Err(transport.close(nobody(transport))),
    }
}

fn not_me(transport: &Transport, answer: &Answer) -> SiteError {
    match answer.status() {
        404 => not_here(
            transport,
            "it has no Confluence API (`/rest/api/user/current` is not there). Check the context path, such as /confluence or /wiki",
        ),
        401 | 403 if answer.names_us() == Some(true) => SiteError::Forbidden {
            reason: format!(
                "the account that Rollcall uses may not use Confluence ({}). Give it a licence seat and the global permission \"Confluence administrator\"",
                answer.message()
            ),
        },
        401 | 403 => transport.close(nobody(transport)),
        _ => answer.refusal(),
    }
}

fn nobody(transport: &Transport) -> SiteError {
    let hint = if transport.signs_in_with_token() {
        "it answers as to an anonymous visitor, so the access token is wrong, expired or revoked. Create a new one in the profile of the account that Rollcall uses, and give it to this site: by `Replace credentials` on the site's page, or by `rollcall site set NAME --token-file FILE`"
    } else {
        "it answers as to an anonymous visitor, so user name and password were not accepted. Check them, and that the site accepts passwords over its API"
    };
    SiteError::Unauthorized { hint: hint.to_owned() }
}
