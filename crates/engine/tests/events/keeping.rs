//! "I still need this": the link does what it says, once, and only whole and in time.

use crate::stage::Stage;
use crate::telling::unfolded;
use jiff::{SignedDuration, Timestamp};
use rollcall_engine::{AuditQuery, EngineError, ExemptName, KeepRefusal, Replaces};
use rollcall_simulator::AccountPatch;
use rollcall_testkit::both_databases;

/// Somebody who was told, and the token of the link in their mail.
async fn told(stage: &Stage) -> (String, String) {
    let mira = stage.idle_people(1).remove(0);
    let patch = AccountPatch { email: Some(format!("{mira}@example.org")), ..AccountPatch::default() };
    stage.patch(&mira, &patch);
    stage.sync().await;
    stage.do_live(&format!("username = {mira}"), &["notify"]).await;
    let mail = unfolded(&stage.mails().await.remove(0));
    let (_, rest) = mail.split_once("https://rollcall.example.org/keep/").unwrap();
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(rest.len());
    (mira, rest[..end].to_owned())
}

fn refusal(error: EngineError) -> KeepRefusal {
    match error {
        EngineError::Link(refusal) => refusal,
        error => panic!("{error}"),
    }
}

/// When the one exemption there is ends.
async fn exempt_until(stage: &Stage) -> Option<Timestamp> {
    let exemptions = stage.engine.exemptions(&stage.ada, &stage.wiki).await.unwrap();
    assert!(exemptions.len() <= 1, "{exemptions:?}");
    exemptions.first().map(|exemption| exemption.until.expect("it ends"))
}

both_databases! {
    async fn looking_changes_nothing_and_pressing_exempts_for_the_chosen_time(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let (mira, token) = told(&stage).await;
        let seen = stage.engine.look_at_keep(&token).await.unwrap();
        assert_eq!((seen.username.as_str(), seen.site.as_str(), seen.is_kept), (mira.as_str(), "wiki", false));
        assert_eq!(exempt_until(&stage).await, None, "programs that scan mails open every link");

        let pressed_at = stage.tick_days(3);
        let kept = stage.engine.keep(&token).await.unwrap();
        let until = pressed_at + SignedDuration::from_hours(24 * 180);
        assert_eq!((kept.is_kept, kept.keep_until), (true, until));
        assert_eq!(exempt_until(&stage).await, Some(until));
        let protected = stage.selected(&format!("username = {mira} AND exempt = true")).await;
        assert_eq!(protected, std::slice::from_ref(&mira));

        // Pressed again, by whoever, later: the same answer, and nothing longer.
        stage.tick_days(2);
        assert_eq!(stage.engine.keep(&token).await.unwrap().keep_until, until);
        assert_eq!(stage.engine.look_at_keep(&token).await.unwrap().keep_until, until);
        assert_eq!(exempt_until(&stage).await, Some(until));
        let query = AuditQuery { kind: Some("exemption.added".to_owned()), about: None, limit: 10 };
        let entries = stage.engine.audit(&stage.ada, &query).await.unwrap();
        assert_eq!(entries.len(), 1, "one deed, one entry");
        assert_eq!(entries[0].actor, format!("owner of \"{mira}\" by link"));
        assert!(entries[0].why.contains("I still need this"), "{}", entries[0].why);
    }

    async fn what_somebody_ended_is_not_promised_any_more_and_counts_anew(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let (mira, token) = told(&stage).await;
        stage.engine.keep(&token).await.unwrap();
        stage.engine.end_exemption(&stage.ada, &stage.wiki, ExemptName::Account(&mira), None).await.unwrap();
        assert!(!stage.engine.look_at_keep(&token).await.unwrap().is_kept);
        let pressed_at = stage.tick_days(1);
        let again = stage.engine.keep(&token).await.unwrap();
        assert_eq!((again.is_kept, again.keep_until), (true, pressed_at + SignedDuration::from_hours(24 * 180)));
        assert_eq!(exempt_until(&stage).await, Some(again.keep_until));
    }

    async fn a_longer_exemption_is_not_shortened(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let (mira, token) = told(&stage).await;
        let long = stage.clock.now() + SignedDuration::from_hours(24 * 400);
        let name = ExemptName::Account(&mira);
        stage.engine.exempt(&stage.ada, &stage.wiki, name, "long leave", Some(long), Replaces::Nothing).await.unwrap();
        stage.engine.keep(&token).await.unwrap();
        assert_eq!(exempt_until(&stage).await, Some(long));
        let told = async |kind: &str| {
            let query = AuditQuery { kind: Some(kind.to_owned()), about: None, limit: 10 };
            stage.engine.audit(&stage.ada, &query).await.unwrap().len()
        };
        assert_eq!((told("exemption.added").await, told("notice.answered").await), (1, 1), "what was done is told, and no more");
        // A shorter one is.
        stage.engine.end_exemption(&stage.ada, &stage.wiki, name, None).await.unwrap();
    }

    async fn a_link_that_is_late_cut_or_made_up_does_nothing(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let (_, token) = told(&stage).await;
        let cut = &token[..token.len() - 1];
        let (payload, seal) = token.split_once('.').unwrap();
        let swapped = format!("{payload}x.{seal}");
        for wrong in ["", "x.y", cut, &swapped] {
            assert_eq!(refusal(stage.engine.keep(wrong).await.unwrap_err()), KeepRefusal::Forged, "{wrong}");
            assert_eq!(refusal(stage.engine.look_at_keep(wrong).await.unwrap_err()), KeepRefusal::Forged);
        }
        stage.tick_days(44);
        let late = refusal(stage.engine.keep(&token).await.unwrap_err());
        assert!(matches!(late, KeepRefusal::Expired { .. }) && late.to_string().contains("5 January 2027"), "{late}");
        assert_eq!(exempt_until(&stage).await, None);
    }

    async fn a_link_of_a_site_that_is_gone_says_that_there_is_nothing_to_keep(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let (_, token) = told(&stage).await;
        stage.engine.remove_site(&stage.ada, &stage.wiki, None).await.unwrap();
        assert_eq!(refusal(stage.engine.keep(&token).await.unwrap_err()), KeepRefusal::Unknown);
    }
}
