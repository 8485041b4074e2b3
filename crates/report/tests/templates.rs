//! Templates of an administrator: what works is used, what does not is refused with its place.

use rollcall_report::{ReportError, RunReport, TemplateName, TemplateTexts, Templates};

fn refusal(texts: TemplateTexts) -> String {
    match Templates::new(texts) {
        Err(error @ ReportError::Template { .. }) => error.to_string(),
        other => panic!("was not refused: {other:?}"),
    }
}

fn html(text: &str) -> TemplateTexts {
    TemplateTexts { html: Some(text.to_owned()), ..TemplateTexts::default() }
}

#[test]
fn ones_own_subject_is_used_and_stays_one_line() {
    let texts = TemplateTexts {
        subject: Some("{{ site }}\r\nBcc: x@example.org {{ news }}".into()),
        ..Default::default()
    };
    let mail = Templates::new(texts).unwrap().render(&RunReport::sample(), None).unwrap();
    assert_eq!(mail.subject, "wiki Bcc: x@example.org 41 accounts would be disabled");
}

#[test]
fn the_embedded_texts_are_a_valid_beginning() {
    let mail = Templates::new(TemplateTexts::embedded()).unwrap().render(&RunReport::sample(), None).unwrap();
    assert_eq!(
        mail,
        Templates::new(TemplateTexts::default()).unwrap().render(&RunReport::sample(), None).unwrap()
    );
}

#[test]
fn a_mistake_is_named_with_its_line() {
    let syntax = refusal(html("<p>\n{% if notice %}\n"));
    assert!(syntax.contains("\"html\", line"), "{syntax}");
    let unknown = refusal(html("<p>\n\n{{ headlin }}"));
    assert!(unknown.contains("\"html\", line 3") && unknown.contains("headlin"), "{unknown}");
    let text =
        refusal(TemplateTexts { text: Some("{{ numbers[0].nothing.more }}".into()), ..Default::default() });
    assert!(text.contains("\"text\", line 1"), "{text}");
    let empty = refusal(TemplateTexts { subject: Some("  \n".into()), ..Default::default() });
    assert!(empty.contains("\"subject\""), "{empty}");
}

#[test]
fn a_template_without_end_is_refused() {
    let endless = refusal(html(
        "{% for a in accounts.rows %}{% for b in accounts.rows %}{% for c in accounts.rows %}{% for d in accounts.rows %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
    ));
    assert!(endless.contains("\"html\""), "{endless}");
}

#[test]
fn a_template_cannot_switch_escaping_off() {
    let off = refusal(html(
        "{% autoescape false %}{% for line in accounts.rows %}{{ line.name }}{% endfor %}{% endautoescape %}",
    ));
    assert!(off.contains("autoescape"), "{off}");
    refusal(html("{% for line in accounts.rows %}{{ line.name | safe }}{% endfor %}"));
}

#[test]
fn a_template_cannot_read_files_or_other_templates() {
    for text in ["{% include '/etc/passwd' %}", "{% extends 'other' %}", "{% import 'x' as y %}{{ y }}"] {
        refusal(html(text));
    }
}

#[test]
fn a_mistake_is_named_with_its_column() {
    let texts =
        TemplateTexts { text: Some("Hello\nTāne, {{ headline }} {{ numbr }}".into()), ..Default::default() };
    let error = refusal(texts);
    assert!(error.contains("\"text\", line 2, column 25"), "{error}");
    let syntax = refusal(html("<p>{{ headline | nosuch }}</p>"));
    assert!(syntax.contains("line 1, column") && syntax.contains("nosuch"), "{syntax}");
}

#[test]
fn a_template_for_one_mail_is_not_tried_on_another() {
    // A plan has no outcomes; its template need not speak of them, and the other way round.
    let texts = TemplateTexts {
        subject: Some("{% if kind == 'plan' %}held{% else %}{{ nothing }}{% endif %}".into()),
        ..Default::default()
    };
    assert!(Templates::named(TemplateName::RunReport, texts.clone()).is_err());
    assert_eq!(TemplateName::PlanHeld.preview(texts).unwrap().subject, "held");
}

#[test]
fn every_template_has_a_name_samples_and_a_preview() {
    for name in TemplateName::ALL {
        assert_eq!(name.as_str().parse(), Ok(name));
        let mail = name.preview(name.embedded()).unwrap();
        assert!(!mail.subject.is_empty() && mail.html.contains("</html>"), "{name}");
        name.check(TemplateTexts::default()).unwrap();
        let broken = TemplateTexts { html: Some("{% if %}".into()), ..Default::default() };
        assert!(name.check(broken).is_err(), "{name}");
    }
    let error = "run".parse::<TemplateName>().unwrap_err().to_string();
    assert_eq!(error, "there is no mail template \"run\"; known: run-report, plan-held, notice");
}

#[test]
fn a_template_that_is_too_long_or_gives_too_much_is_refused() {
    let long = refusal(html(&"x".repeat(64 * 1024 + 1)));
    assert!(long.contains("at most 65536"), "{long}");
    let much = refusal(html(
        "{% for a in accounts.rows %}{% for b in accounts.rows %}{% for c in headline %}{{ headline }}{{ headline }}{% endfor %}{% endfor %}{% endfor %}",
    ));
    assert!(much.contains("more than 1048576 bytes"), "{much}");
}
