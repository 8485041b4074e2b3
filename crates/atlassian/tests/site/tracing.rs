//! A change tells what was sent for it, as it left and as it was answered.

use crate::stage::{Stage, at_version, with_password};
use rollcall_model::{AccountRef, Change};
use rollcall_simulator::{AccountPatch, Fault, Faults, Rule};
use rollcall_site::{Act as _, Acted};

/// The requests, each as one line.
fn told(acted: &Acted) -> Vec<String> {
    let line = |r: &rollcall_site::Request| {
        let answer =
            r.status.map_or_else(|| r.error.clone().unwrap_or_default(), |status| status.to_string());
        format!("{}x {} {} {answer}", r.times, r.method, r.path)
    };
    acted.requests.iter().map(line).collect()
}

/// The same from the site's journal, where it answered.
fn received(stage: &Stage) -> Vec<String> {
    stage.site.journal().iter().map(|e| format!("{} {} {}", e.method, e.path, e.status)).collect()
}

#[tokio::test]
async fn what_was_sent_is_what_the_site_received() {
    let stage = at_version("9.3").await;
    let account = stage.changeable(1).remove(0);
    for change in [Change::Disable, Change::RemoveFromGroup { group: "confluence-users".into() }] {
        stage.site.clear_journal();
        let acted = stage.client.act(&account, &change).await;
        assert!(acted.result.is_ok());
        let received: Vec<_> = received(&stage).iter().map(|line| format!("1x {line}")).collect();
        assert_eq!(told(&acted), received, "{change}");
    }
    // Nothing is traced that nobody asked to trace, and a change of somebody else is not in this one's trace.
    let others = stage.changeable(4);
    let acted = futures::future::join_all(others.iter().map(|a| stage.client.act(a, &Change::Disable))).await;
    for (account, acted) in others.iter().zip(acted) {
        let [line] = &told(&acted)[..] else { panic!("{acted:?}") };
        assert!(line.contains(&format!("/{}/", account.username)), "{line}");
    }
}

#[tokio::test]
async fn repeats_waiting_and_questions_about_a_refusal_are_in_it() {
    let stage = at_version("9.3").await;
    let accounts = stage.changeable(4);
    let throttled =
        Rule { writes: Some(true), times: Some(2), ..Rule::new(Fault::TooMany { retry_after: Some(1) }) };
    stage.site.set_faults(Faults { rules: vec![throttled], ..Faults::default() });
    let path = format!("PUT /rest/api/admin/user/{}/disable", accounts[0].username);
    let acted = stage.client.act(&accounts[0], &Change::Disable).await;
    assert_eq!(told(&acted), [format!("2x {path} 429"), format!("1x {path} 204")]);

    stage.site.set_faults(Faults::default());
    let acted = stage.client.act(&accounts[1], &Change::Delete).await;
    let told_of_deletion = told(&acted);
    assert!(told_of_deletion[0].starts_with("1x DELETE /rest/api/admin/user/"), "{told_of_deletion:?}");
    assert!(told_of_deletion[1..].iter().all(|line| line.contains("x GET /rest/api/longtask/")));
    assert!(told_of_deletion.len() > 1, "{told_of_deletion:?}");

    let cut = Rule { writes: Some(true), ..Rule::new(Fault::CutBefore) };
    stage.site.set_faults(Faults { rules: vec![cut], ..Faults::default() });
    let acted = stage.client.act(&accounts[2], &Change::Disable).await;
    assert!(acted.result.is_err());
    let [request] = &acted.requests.iter().collect::<Vec<_>>()[..] else { panic!("{acted:?}") };
    assert_eq!((request.status, request.times), (None, 1));
    assert!(request.error.as_ref().is_some_and(|words| words.contains("connection")), "{request:?}");

    let refused = Rule { writes: Some(true), ..Rule::new(Fault::Status { status: 403, retry_after: None }) };
    stage.site.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    let lines = told(&stage.client.act(&accounts[3], &Change::Disable).await);
    assert!(lines[0].ends_with(" 403") && lines.len() > 1, "how we stand was asked: {lines:?}");
}

#[tokio::test]
async fn a_name_stays_text_and_a_password_is_nowhere() {
    let stage = at_version("9.3").await;
    let client = rollcall_atlassian::connect(&with_password(
        &stage.site.url(),
        stage.site.username(),
        stage.site.password(),
    ))
    .unwrap();
    let odd = "pat.o'brien";
    let internal = stage.site.with_state(|s| s.directories()[0].name.clone());
    let patch = AccountPatch { directory: Some(internal), ..AccountPatch::default() };
    stage.site.with_state(|s| s.patch_account(odd, &patch)).unwrap();
    let acted = client.act(&stage.account(odd), &Change::Disable).await;
    assert_eq!(told(&acted), ["1x PUT /rest/api/admin/user/pat.o%27brien/disable 204"]);
    assert!(!format!("{acted:?}").contains(stage.site.password()));
    // What cannot be sent is not said to have been.
    let slash = AccountRef { key: "k".into(), username: "a/b".into() };
    assert!(client.act(&slash, &Change::Disable).await.requests.is_empty());
}
