//! Each captured answer of a real Confluence Data Center decodes and means the right thing. Where a capture differs from a document, the
//! capture wins. The captures are not part of this repository: without them the test says so and passes.

use super::audit::AuditReading;
use super::paging::Entry as _;
use super::people::People;
use super::wire::{AuditPage, Page, Person};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;

#[derive(Deserialize)]
struct Captured {
    file: String,
    grade: String,
}

fn captures() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: the captured answers are not at {}", folder.display());
    None
}

fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = std::fs::read_to_string(captures()?.join("confluence-dc").join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// The captured HTTP answers that have a test here; rows of a database are not answers.
const KNOWN: [&str; 9] = [
    "admin-user-created.json",
    "auditing-events-page1.json",
    "auditing-events-page2.json",
    "error-401-captcha-lockout-headers.json",
    "page-envelope-v940.json",
    "user-anonymised.json",
    "user-list-element.json",
    "user-list-limit0.json",
    "user-list-page.json",
];

#[test]
fn every_captured_answer_has_a_test_here() {
    let Some(folder) = captures() else { return };
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let mut found: Vec<String> = index
        .lines()
        .map(|line| serde_json::from_str::<Captured>(line).unwrap())
        .filter(|c| c.grade != "db-dump")
        .filter_map(|c| c.file.strip_prefix("confluence-dc/").map(str::to_owned))
        .collect();
    found.sort_unstable();
    assert_eq!(found, KNOWN, "a capture is new or gone: give it a test of what it means");
}

#[test]
fn a_page_of_the_user_list_is_one_account_without_mail_and_status() {
    let Some(page) = read::<Page<Person>>("user-list-page.json") else { return };
    assert_eq!(
        (page.results.len(), page.limit, page.size, page.total(), page.next_after(0)),
        (1, Some(100), Some(1), None, None)
    );
    let person = &page.results[0];
    assert_eq!((person.username(), person.display_name()), ("admin", "admin"));
    assert_eq!(person.identity(), Some("2c95808390139223019013bdb7ec0000"));
    assert!(person.email.is_none() && person.status().is_none() && person.last_login.is_none());
    assert!(person.is_known() && !person.is_deleted());
}

#[test]
fn o009_a_page_that_links_to_itself_is_the_last_one() {
    let Some(page) = read::<Page<Person>>("user-list-limit0.json") else { return };
    assert!(page.results.is_empty());
    assert_eq!(page.next_after(0), None);
}

#[test]
fn a_link_to_the_next_page_is_read_also_where_it_is_absolute() {
    let Some(page) = read::<Page<Person>>("page-envelope-v940.json") else { return };
    assert_eq!(page.total(), Some(2154));
    assert_eq!(page.next_after(25), Some(50));
}

#[test]
fn an_element_of_the_user_list_is_an_account() {
    let Some(person) = read::<Person>("user-list-element.json") else { return };
    assert_eq!(
        (person.key(), person.display_name()),
        (Some("40281082950c5fe901950c61c55d0000"), "Admin Test")
    );
    assert!(People::default().add(&person).is_some());
}

#[test]
fn o024_an_anonymised_account_is_nobody_any_more() {
    let Some(person) = read::<Person>("user-anonymised.json") else { return };
    assert!(person.is_deleted());
    let mut people = People::default();
    assert_eq!(people.add(&person), None);
    assert_eq!((people.len(), people.deleted), (0, 1));
}

#[test]
fn pages_of_the_audit_log_are_signs_of_life_of_their_authors() {
    let Some(first) = read::<AuditPage>("auditing-events-page1.json") else { return };
    let second: AuditPage = read("auditing-events-page2.json").unwrap();
    let info = first.paging_info.as_ref().unwrap();
    assert_eq!((info.last_page, info.next_page_cursor.as_deref()), (Some(false), Some("1637628276398,179")));
    assert_eq!(second.paging_info.as_ref().unwrap().last_page, Some(true));
    let mut reading = AuditReading::default();
    for event in first.entities.iter().chain(&second.entities) {
        reading.take(event, event.timestamp.at().unwrap());
    }
    let author = "2c9680837d4a3682017d4a375a280000";
    assert_eq!(reading.uses.len(), 1);
    assert_eq!(reading.uses[author].to_string(), "2021-11-23T00:44:58.94Z");
    assert!(reading.logins.is_empty() && reading.created.is_empty() && reading.reactivated.is_empty());
}

#[test]
fn an_account_just_made_is_known_by_its_key_alone() {
    #[derive(Deserialize)]
    struct Made {
        #[serde(rename = "userKey")]
        user_key: String,
    }
    let Some(made) = read::<Made>("admin-user-created.json") else { return };
    let person: Person = read("admin-user-created.json").unwrap();
    assert_eq!(person.key(), Some(made.user_key.as_str()));
    // A key without a name is nobody we could be signed in as.
    assert!(!person.is_known());
}

#[tokio::test]
async fn the_headers_of_a_captcha_lock_stop_everything() {
    use axum::response::{IntoResponse as _, Response};
    use rollcall_site::{Observe as _, SiteError};
    #[derive(Deserialize)]
    struct Wrapped {
        status: u16,
        headers: std::collections::BTreeMap<String, String>,
    }
    let Some(captured) = read::<Wrapped>("error-401-captcha-lockout-headers.json") else { return };
    let answer = move || {
        let mut response: Response =
            axum::http::StatusCode::from_u16(captured.status).unwrap().into_response();
        for (name, value) in
            captured.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "Content-Length" | "Date"))
        {
            let name: axum::http::HeaderName = name.parse().unwrap();
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        std::future::ready(response)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    let connection = rollcall_site::Connection {
        product: rollcall_model::Product::ConfluenceDc,
        url: url.parse().unwrap(),
        credentials: rollcall_site::Credentials::Basic {
            username: "u".into(),
            password: "p".to_owned().into(),
        },
        certificate_authorities: None,
        settings: rollcall_site::SiteSettings::default(),
        addresses: rollcall_model::AddressRule::everything(),
    };
    let client = super::connect(&connection).unwrap();
    let error = client.probe().await.unwrap_err();
    assert!(matches!(&error, SiteError::Unauthorized { hint } if hint.contains("CAPTCHA")), "{error}");
    let sent = client.requests_sent();
    assert!(client.probe().await.is_err());
    assert_eq!(client.requests_sent(), sent, "asked again after a refusal");
}
