//! Templates of mails: refused when they do not render, used from the next mail on, set aside where they fail after all.

use crate::receivers::free_port;
use crate::stage::{Stage, admin};
use rollcall_engine::{EngineError, MailQuery};
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
