//! Owners of accounts are told once, before something happens, and never in test mode.

use crate::stage::{Stage, outcomes, quiet};
use rollcall_model::Action;
use rollcall_planner::{Mode, Policy};
use rollcall_simulator::{AccountPatch, Faults};
use rollcall_testkit::both_databases;

fn samples() -> String {
    let pair: Vec<Policy> = Policy::samples()
        .into_iter()
        .filter(|policy| policy.name == "warn-idle" || policy.name == "reclaim-warned")
        .map(|mut policy| {
            // In a small world everybody is a large part.
            policy.limits.percent = rollcall_planner::Percent::ALL;
            policy.limits.growth = "99x".parse().unwrap();
            policy.approval = rollcall_planner::Approval::NEVER;
            policy.limits.canary = None;
            policy
        })
        .collect();
    assert_eq!(pair.len(), 2);
    rollcall_planner::write_policies(&pair)
}

fn named(name: &str, display: &str) -> AccountPatch {
    AccountPatch {
        display_name: Some(display.to_owned()),
        email: Some(format!("{name}@example.org")),
        ..AccountPatch::default()
    }
}

/// The text of a mail as it is read: soft line breaks taken out.
pub(crate) fn unfolded(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
}

both_databases! {
    async fn whoever_was_warned_two_weeks_ago_and_is_still_idle_loses_the_seat_and_nobody_else(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let people = stage.idle_people(3);
        for name in &people {
            stage.patch(name, &named(name, name));
        }
        let (mira, tom) = (people[0].as_str(), people[1].as_str());
        stage.sync().await;
        stage.load(&samples()).await;
        stage.go_live("warn-idle").await;
        assert_eq!(stage.mails().await.len(), 0, "a test run tells nobody anything");
        assert_eq!(stage.selected("noticed != never").await, [] as [String; 0]);

        stage.tick(10);
        let warned = stage.run("warn-idle").await;
        assert!(outcomes(&warned).contains(&format!("{mira}: notify done")), "{:?}", outcomes(&warned));
        assert!(stage.site.writes().is_empty(), "the site has no part in it");
        assert_eq!(stage.selected("noticed != never").await, [] as [String; 0], "a mail in the outbox has told nobody yet");
        // While it waits nobody is told again.
        let again = stage.run("warn-idle").await;
        assert_eq!(outcomes(&again), [] as [String; 0]);
        let mails = stage.mails().await;
        assert_eq!(mails.len(), warned.items.len());
        assert!(stage.selected("noticed != never").await.contains(&mira.to_owned()));
        stage.tick(60);
        assert_eq!(outcomes(&stage.run("warn-idle").await), [] as [String; 0], "once is enough");

        // Two weeks pass; Tom signs in meanwhile.
        stage.go_live("reclaim-warned").await;
        assert_eq!(outcomes(&stage.run("reclaim-warned").await), [] as [String; 0], "not before the announced day");
        stage.tick_days(10);
        stage.sign_in(tom);
        stage.tick_days(5);
        stage.sync().await;
        let taken = stage.run("reclaim-warned").await;
        let told = outcomes(&taken);
        assert!(told.contains(&format!("{mira}: remove-groups=confluence-users done")), "{told:?}");
        assert!(!told.iter().any(|line| line.starts_with(&format!("{tom}:"))), "{told:?}");
        assert!(!stage.is_member(mira, "confluence-users") && stage.is_member(tom, "confluence-users"));
    }

    async fn a_notice_says_who_why_when_and_how_to_keep_it(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let mira = stage.idle_people(1).remove(0);
        stage.patch(&mira, &named(&mira, "Mira <b>Koval</b> {{ 7*7 }}"));
        stage.sync().await;
        let report = stage.do_live(&format!("username = {mira}"), &["notify"]).await;
        assert!(report.items.iter().all(|item| !item.can_undo));
        let mails = stage.mails().await;
        assert_eq!(mails.len(), 1);
        let mail = unfolded(&mails[0]);
        assert!(mail.contains(&format!("Message-ID: <notice-{}-1@example.org>", report.run.id)), "{mail}");
        assert!(mail.contains(&format!("To: {mira}@example.org")), "{mail}");
        for part in ["6 December 2026", "21 May 2027", "https://rollcall.example.org/keep/", "last seen in use"] {
            assert!(mail.contains(part), "{part}: {mail}");
        }
        let (_, html) = mail.split_once("Content-Type: text/html").unwrap();
        assert!(html.contains("Mira &lt;b&gt;Koval&lt;") && !html.contains("<b>Koval"), "{html}");
        assert!(!mail.contains("49 }}") && mail.contains("7*7"), "{mail}");
        // It cannot be called back, and the undo says so.
        let undo = stage.engine.plan_undo(&stage.ada, &report.run.id, &|_| ()).await.unwrap();
        assert!(undo.plan.items.is_empty());
        assert!(undo.plan.refused[0].reason().contains("cannot be called back"), "{:?}", undo.plan.refused);
    }

    async fn a_run_that_was_interrupted_goes_on_and_tells_once(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let mira = stage.idle_people(1).remove(0);
        stage.patch(&mira, &named(&mira, &mira));
        stage.sync().await;
        let actions = [Action::Notify];
        let plan = stage.plan_by_hand(&stage.engine, &format!("username = {mira}"), &actions, Mode::Live).await.unwrap();
        // The site is away, so the run ends before its item; then it goes on.
        stage.fail_everything();
        let _ = stage.engine.apply(&stage.ada, &plan.id, quiet()).await;
        assert_eq!(stage.mails().await.len(), 0);
        stage.site.set_faults(Faults::default());
        let run = stage.engine.runs(&stage.ada, 1).await.unwrap().remove(0);
        let (report, _) = stage.engine.resume(&stage.ada, &run.id, quiet()).await.unwrap();
        assert_eq!(outcomes(&report), [format!("{mira}: notify done")]);
        assert_eq!(stage.mails().await.len(), 1);
    }

    async fn without_mail_or_an_address_for_the_link_nobody_can_be_told_and_the_plan_says_so(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        let mira = stage.idle_people(1).remove(0);
        stage.sync().await;
        let criterion = format!("username = {mira}");
        for (has_mail, has_address, part) in [(false, true, "mail is not set up"), (true, false, "server.public-url")] {
            let engine = stage.beside(has_mail, has_address).await;
            let refused = stage.plan_by_hand(&engine, &criterion, &[Action::Notify], Mode::Test).await;
            let error = refused.unwrap_err();
            assert!(error.is_usage() && error.to_string().contains(part), "{error}");
            // Everything else goes on.
            stage.plan_by_hand(&engine, &criterion, &[Action::Disable], Mode::Test).await.unwrap();
        }
    }

    async fn words_that_do_not_render_are_refused_when_the_policy_is_loaded(database: TestDatabase) {
        let stage = Stage::with(&database).await;
        for (line, part) in [
            ("subject: \"{{ sit }}\"", "notice/subject: policy \"warn\""),
            ("message: \"{% if %}\"", "notice/message: policy \"warn\""),
        ] {
            let yaml = format!(
                "policies:\n  - {{name: warn, sites: [wiki], select: all, actions: [notify], notice: {{ {line} }}}}\n"
            );
            let policies = rollcall_planner::read_policies(&yaml).unwrap();
            let error = stage.engine.load_policies(&stage.ada, &policies).await.unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        assert!(stage.engine.policies(&stage.ada).await.unwrap().is_empty());
    }
}
