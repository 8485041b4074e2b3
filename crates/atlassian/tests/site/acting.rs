//! One change, one request; and what each refusal means.

use crate::stage::{Stage, at_version, staged, with_password};
use rollcall_model::{AccountRef, Change};
use rollcall_simulator::{AccountPatch, Fault, Faults, ForbiddenWrite, Options, Rule};
use rollcall_site::{Act as _, Observe as _, SiteError};

fn into(group: &str) -> Change {
    Change::AddToGroup { group: group.into() }
}

fn out_of(group: &str) -> Change {
    Change::RemoveFromGroup { group: group.into() }
}

fn view(stage: &Stage, account: &AccountRef) -> rollcall_simulator::AccountView {
    stage.site.with_state(|s| s.account_view(&account.username)).unwrap()
}

#[tokio::test]
async fn each_change_takes_effect_with_one_writing_request() {
    for version in ["8.2", "9.3", "10.0.3", "10.2"] {
        let stage = at_version(version).await;
        let account = stage.changeable(1).remove(0);
        stage.client.create_group(&"leavers 2026 #1 50%+ü".into()).await.unwrap();
        for (change, holds) in [
            (Change::Disable, |v: &rollcall_simulator::AccountView| v.status == "disabled"),
            (Change::Enable, |v| v.status == "enabled"),
            (into("leavers 2026 #1 50%+ü"), |v| v.groups.iter().any(|g| g.starts_with("leavers"))),
            (out_of("leavers 2026 #1 50%+ü"), |v| v.groups.iter().all(|g| !g.starts_with("leavers"))),
            (out_of("confluence-users"), |v| v.groups.iter().all(|g| g != "confluence-users")),
        ] as [(Change, fn(&rollcall_simulator::AccountView) -> bool); 5]
        {
            stage.site.clear_journal();
            stage.client.act(&account, &change).await.result.unwrap();
            assert!(holds(&view(&stage, &account)), "{version}: {change}");
            assert_eq!(stage.site.writes().len(), 1, "{change}");
            assert_eq!(stage.site.journal().len(), 1, "{change}");
            // Asking twice is safe.
            stage.client.act(&account, &change).await.result.unwrap();
        }
    }
}

#[tokio::test]
async fn names_that_look_like_addresses_reach_the_right_account() {
    let stage = at_version("9.3").await;
    let names = ["jan novak", "c#dev", "50%off", "a+b", "J.Doe", "zoë.fürst", "用户一", "pat.o'brien"];
    let odd = names.map(|name| {
        // They come from a directory that cannot be changed; here they live in one that can.
        let internal = stage.site.with_state(|s| s.directories()[0].name.clone());
        let patch = AccountPatch { directory: Some(internal), ..AccountPatch::default() };
        stage.site.with_state(|s| s.patch_account(name, &patch)).unwrap();
        stage.account(name)
    });
    for account in odd {
        stage
            .client
            .act(&account, &Change::Disable)
            .await
            .result
            .unwrap_or_else(|e| panic!("{account:?}: {e}"));
        assert_eq!(view(&stage, &account).status, "disabled", "{account:?}");
    }
}

#[tokio::test]
async fn names_with_a_slash_are_refused_before_anything_is_sent() {
    let stage = at_version("9.3").await;
    let odd = AccountRef { key: "k".into(), username: "a/b".into() };
    let plain = stage.changeable(1).remove(0);
    for (account, change) in
        [(&odd, Change::Disable), (&plain, into("x\\y")), (&odd, Change::Delete), (&plain, into(".."))]
    {
        let error = stage.client.act(account, &change).await.result.unwrap_err();
        assert!(matches!(error, SiteError::Unsupported { action, .. } if action == change.kind()), "{error}");
    }
    assert!(stage.client.create_group(&"a/b".into()).await.is_err());
    assert!(stage.site.journal().is_empty());
}

#[tokio::test]
async fn deletion_is_waited_for_and_its_failure_is_told() {
    let stage = at_version("9.3").await;
    let accounts = stage.changeable(4);
    stage.client.act(&accounts[0], &Change::Delete).await.result.unwrap();
    assert!(
        stage
            .site
            .with_state(|s| s.account_view(&accounts[0].username))
            .is_none_or(|v| v.status == "deleted")
    );
    stage.site.set_faults(Faults { task_vanishes: true, ..Faults::default() });
    stage.client.act(&accounts[1], &Change::Delete).await.result.unwrap();
    stage.site.set_faults(Faults { task_fails: true, ..Faults::default() });
    let error = stage.client.act(&accounts[2], &Change::Delete).await.result.unwrap_err();
    assert!(matches!(error, SiteError::Rejected { status: None, .. }), "{error}");
    let polls = Rule { path: Some("/longtask/".into()), times: Some(2), ..Rule::new(Fault::CutBefore) };
    stage.site.set_faults(Faults { rules: vec![polls], ..Faults::default() });
    stage.client.act(&accounts[3], &Change::Delete).await.result.unwrap();
    assert_eq!(stage.site.writes().len(), 4, "a deletion was sent twice");
}

#[tokio::test]
async fn an_unclear_answer_is_called_so_and_never_sent_again() {
    for fault in [
        Fault::Status { status: 500, retry_after: None },
        Fault::Status { status: 503, retry_after: Some(1) },
        Fault::StatusAfter { status: 502 },
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Html,
    ] {
        let stage = at_version("9.3").await;
        let account = stage.changeable(1).remove(0);
        let rule = Rule { writes: Some(true), ..Rule::new(fault.clone()) };
        stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
        let error = stage.client.act(&account, &Change::Disable).await.result.unwrap_err();
        assert!(
            matches!(error, SiteError::Unanswered { may_have_taken_effect: true, .. }),
            "{fault:?}: {error}"
        );
        assert_eq!(stage.site.writes().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_time_out_is_an_unclear_answer() {
    let stage = staged(Options::small(), |settings| settings.pacing.timeout_seconds = 1).await;
    let account = stage.changeable(1).remove(0);
    let rule = Rule { writes: Some(true), ..Rule::new(Fault::DelayAfter { ms: 3000 }) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    let error = stage.client.act(&account, &Change::Disable).await.result.unwrap_err();
    assert!(matches!(error, SiteError::Unanswered { may_have_taken_effect: true, .. }), "{error}");
    assert_eq!(view(&stage, &account).status, "disabled");
}

#[tokio::test]
async fn after_a_429_a_write_is_sent_again_because_nothing_was_done() {
    let stage = at_version("9.3").await;
    let account = stage.changeable(1).remove(0);
    let rule =
        Rule { writes: Some(true), times: Some(2), ..Rule::new(Fault::TooMany { retry_after: Some(1) }) };
    stage.site.set_faults(Faults { rules: vec![rule], ..Faults::default() });
    stage.client.act(&account, &Change::Disable).await.result.unwrap();
    assert_eq!(stage.site.writes().iter().map(|w| w.status).collect::<Vec<_>>(), [429, 429, 204]);
}

#[tokio::test]
async fn a_directory_that_cannot_be_changed_refuses_one_item_or_says_yes_without_effect() {
    for (forbidden_write, expected) in [
        (ForbiddenWrite::Status400, "rejected"),
        (ForbiddenWrite::Status403, "rejected"),
        (ForbiddenWrite::Status500, "unanswered"),
        (ForbiddenWrite::Silent204, "accepted"),
    ] {
        let mut options = Options::small();
        options.accounts = 300;
        options.switches.forbidden_write = forbidden_write;
        let stage = staged(options, |_| {}).await;
        let account = stage.site.with_state(|state| {
            let ldap = state.directories().iter().find(|d| d.name.contains("LDAP")).unwrap().name.clone();
            let view = state.account_views().find(|v| v.directory == ldap && v.status == "enabled").unwrap();
            AccountRef { key: view.user_key.as_str().into(), username: view.username }
        });
        let code = match stage.client.act(&account, &Change::Disable).await.result {
            Ok(()) => "accepted",
            Err(error) => error.code(),
        };
        assert_eq!(code, expected);
        assert_eq!(view(&stage, &account).status, "enabled");
    }
}

#[tokio::test]
async fn read_only_mode_is_told_from_a_refusal() {
    for status in [405, 403] {
        let mut options = Options::small();
        options.switches.read_only_status = status;
        options.faults.read_only_mode = true;
        let stage = staged(options, |_| {}).await;
        let account = stage.changeable(1).remove(0);
        let profile = stage.client.probe().await.unwrap();
        assert_eq!(profile.access_mode, rollcall_model::AccessMode::ReadOnly);
        assert!(profile.warnings.iter().any(|w| w.contains("read-only mode")));
        let error = stage.client.act(&account, &Change::Disable).await.result.unwrap_err();
        assert!(matches!(error, SiteError::ReadOnlyMode { .. }), "{status}: {error}");
        assert!(error.stops_run());
    }
}

#[tokio::test]
async fn an_account_without_rights_is_seen_before_and_refused_after() {
    for version in ["8.4", "9.3", "10.0.3"] {
        let stage = at_version(version).await;
        let somebody = stage.changeable(2);
        let name = &somebody[0].username;
        let client = rollcall_atlassian::connect(&with_password(
            &stage.site.url(),
            name,
            &stage.site.password_of(name),
        ))
        .unwrap();
        let profile = client.probe().await.unwrap();
        assert_eq!(profile.is_admin, Some(false), "{version}");
        assert!(profile.warnings.iter().any(|w| w.contains("does not administer Confluence")));
        assert!(profile.support(rollcall_model::ActionKind::Disable).refusal().is_some());
        let error = client.act(&somebody[1], &Change::Disable).await.result.unwrap_err();
        assert!(matches!(error, SiteError::Forbidden { .. }), "{version}: {error}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_there_already_is_said() {
    let stage = at_version("9.3").await;
    let account = stage.changeable(1).remove(0);
    let nobody = AccountRef { key: "0".into(), username: "nobody.at.all".into() };
    let error = stage.client.act(&nobody, &Change::Disable).await.result.unwrap_err();
    assert!(matches!(&error, SiteError::NotFound { what } if what.contains("nobody.at.all")), "{error}");
    let error = stage.client.act(&account, &into("no-such-group")).await.result.unwrap_err();
    assert!(matches!(&error, SiteError::NotFound { what } if what.contains("no-such-group")), "{error}");
    let error = stage.client.create_group(&"confluence-users".into()).await.unwrap_err();
    assert!(matches!(error, SiteError::Conflict { .. }), "{error}");
    for never in [Change::Suspend, Change::ResetPassword, Change::Notify] {
        assert!(matches!(
            stage.client.act(&account, &never).await.result,
            Err(SiteError::Unsupported { .. })
        ));
    }
}

#[tokio::test]
async fn after_one_refusal_of_the_credentials_nothing_more_is_sent() {
    let stage = at_version("9.3").await;
    let accounts = stage.changeable(5);
    let wrong =
        rollcall_atlassian::connect(&with_password(&stage.site.url(), stage.site.username(), "wrong"))
            .unwrap();
    let changes = accounts.iter().map(|account| wrong.act(account, &Change::Disable));
    let _ = futures::future::join_all(changes).await;
    for account in &accounts {
        let error = wrong.act(account, &Change::Disable).await.result.unwrap_err();
        assert!(matches!(error, SiteError::Unauthorized { .. }), "{error}");
        assert!(!error.to_string().contains("wrong\""));
    }
    let sent = stage.site.journal();
    assert_eq!(sent.len(), 1, "each request with a refused password is a failed attempt: {sent:#?}");
}

#[tokio::test]
async fn a_captcha_stops_everything_in_both_of_its_forms() {
    for captcha_answer in
        [rollcall_simulator::CaptchaAnswer::Status401, rollcall_simulator::CaptchaAnswer::Status403]
    {
        let mut options = Options::small();
        options.switches.captcha_answer = captcha_answer;
        let stage = staged(options, |_| {}).await;
        stage
            .site
            .set_faults(Faults { captcha: [stage.site.username().to_owned()].into(), ..Faults::default() });
        let url = stage.site.url();
        let client =
            rollcall_atlassian::connect(&with_password(&url, stage.site.username(), stage.site.password()))
                .unwrap();
        let error = client.probe().await.unwrap_err();
        assert!(matches!(&error, SiteError::Unauthorized { hint } if hint.contains("CAPTCHA")), "{error}");
        stage.site.clear_journal();
        assert!(client.act(&stage.changeable(1)[0], &Change::Disable).await.result.is_err());
        assert!(stage.site.journal().is_empty());
    }
}
