//! Templates of mails: refused when they do not render, used from the next mail on, set aside where they fail after all.

use crate::receivers::free_port;
use crate::stage::{Stage, admin};
use rollcall_engine::{EngineError, Health, MailQuery, Operator};
use rollcall_model::Role;
use rollcall_report::{TemplateName, TemplateTexts};
use rollcall_testkit::both_databases;

fn text(text: &str) -> TemplateTexts {
    TemplateTexts { text: Some(text.to_owned()), ..TemplateTexts::default() }
}

async fn newest_text(stage: &Stage) -> String {
    let mails = stage.engine.mails(&admin(), &MailQuery { limit: 1, ..MailQuery::default() }).await.unwrap();
    stage.engine.mail(&admin(), &mails[0].id).await.unwrap().text
}

both_databases! {
    async fn a_template_that_does_not_render_is_refused_and_nothing_is_changed(database: TestDatabase) {
        let stage = Stage::set_up(&database, free_port()).await;
        let (engine, name) = (&stage.engine, TemplateName::RunReport);
        let refused = engine.set_template(&admin(), name, text("Hello\n{{ nothing.here }}"), Some(0)).await.unwrap_err();
        assert!(matches!(refused, EngineError::Report(_)));
        assert!(refused.to_string().contains("\"text\", line 2, column 4"), "{refused}");
        assert_eq!(engine.template(&admin(), name).await.unwrap().version, 0);
        assert_eq!(stage.count("template").await, 0);

        let kept = engine.set_template(&admin(), name, text("Ours: {{ headline }}"), Some(0)).await.unwrap();
        assert_eq!(kept.version, 1);
        assert!(engine.set_template(&admin(), name, text("x"), Some(0)).await.is_err(), "a stale version");
        stage.run_policy(&["it-ops@example.org"]).await;
        assert!(newest_text(&stage).await.starts_with("Ours: "));
        let preview = engine.preview_template(&admin(), name, None, None).await.unwrap();
        assert!(preview.text.starts_with("Ours: "));

        let reset = engine.reset_template(&admin(), name, Some(1)).await.unwrap();
        assert!(reset.is_embedded() && reset.version == 2);
        stage.run_policy(&["it-ops@example.org"]).await;
        assert!(newest_text(&stage).await.contains("DETAILS"));
        assert_eq!((stage.count("template.changed").await, stage.count("template.reset").await), (1, 1));
    }

    async fn a_kept_template_that_renders_no_more_is_named_by_the_doctor(database: TestDatabase) {
        let stage = Stage::set_up(&database, free_port()).await;
        let found = async || {
            let findings = stage.engine.examine(&admin()).await.unwrap();
            findings.into_iter().find(|finding| finding.what == "mail template run-report")
        };
        assert_eq!(found().await, None, "the embedded ones are not spoken of");
        stage.engine.set_template(&admin(), TemplateName::RunReport, text("Ours: {{ headline }}"), None).await.unwrap();
        assert_eq!(found().await.expect("it is one's own").health, Health::Good);
        database.execute("UPDATE mail_templates SET plain = '{{ gone.with.it }}'");
        let broken = found().await.expect("it is one's own");
        assert_eq!((broken.health, broken.remedy.contains("rollcall template reset run-report")), (Health::Warning, true));
        assert!(broken.found.contains("gone"), "{broken:?}");
    }

    async fn texts_that_are_not_kept_are_looked_at_by_who_may_keep_them(database: TestDatabase) {
        let stage = Stage::set_up(&database, free_port()).await;
        let (engine, name) = (&stage.engine, TemplateName::RunReport);
        for role in [Role::Viewer, Role::Operator, Role::Approver] {
            let somebody = Operator::remote("vera", role);
            let refused = engine.preview_template(&somebody, name, Some(text("{{ site }}")), None).await;
            assert!(matches!(refused, Err(EngineError::Forbidden { .. })), "{role}: {refused:?}");
            assert!(engine.preview_template(&somebody, name, None, None).await.is_ok(), "{role}");
        }
        assert_eq!(engine.preview_template(&admin(), name, Some(text("{{ site }}")), None).await.unwrap().text, "wiki");
        let endless = engine.preview_template(&admin(), name, Some(text("{{ \"%99999999999999d\"|format(1) }}")), None).await;
        assert!(matches!(endless, Err(EngineError::Report(_))), "{endless:?}");
    }

    async fn a_template_that_fails_on_a_real_report_is_set_aside_and_the_mail_says_so(database: TestDatabase) {
        let stage = Stage::set_up(&database, free_port()).await;
        // It renders with every sample, which are all of one instant, and with nothing else.
        let name = TemplateName::RunReport;
        let samples = stage.engine.preview_template(&admin(), name, Some(text("{{ reported }}")), None).await.unwrap();
        let picky = format!("{{% if reported == \"{}\" %}}x{{% else %}}{{{{ gone }}}}{{% endif %}}", samples.text);
        let kept = stage.engine.set_template(&admin(), name, text(&picky), None).await;
        assert!(kept.is_ok(), "{:?}", kept.err());
        stage.run_policy(&["it-ops@example.org"]).await;
        let mail = newest_text(&stage).await;
        assert!(mail.contains("Your template \"run-report\" could not be used") && mail.contains("gone"), "{mail}");
        assert!(mail.contains("DETAILS"), "{mail}");
    }
}
