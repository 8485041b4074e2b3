//! How reports look, as pictures in text: a change of words or layout shows up here.

use rollcall_report::{
    Column, ColumnKind, CsvReader, Mode, PlanReport, Report, RunReport, RunState, Table, TemplateTexts,
    Templates, TerminalStyle, report_csv, report_json, report_terminal,
};

fn terminal(width: usize) -> TerminalStyle {
    TerminalStyle { width: Some(width), colours: false }
}

fn csv<'a>(report: impl Into<Report<'a>>) -> String {
    let mut bytes = Vec::new();
    report_csv(report, CsvReader::Program, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_test_run_on_a_terminal() {
    let run = RunReport::sample_of(Mode::Test, 9);
    insta::assert_snapshot!("terminal-test-80", report_terminal(&run, &terminal(80), None));
    insta::assert_snapshot!("terminal-test-140", report_terminal(&run, &terminal(140), None));
}

#[test]
fn a_live_run_and_a_plan_on_a_terminal() {
    let run = RunReport::sample_of(Mode::Live, 21);
    insta::assert_snapshot!("terminal-live-140", report_terminal(&run, &terminal(140), Some(10)));
    let plan = PlanReport::sample_of(3);
    insta::assert_snapshot!("terminal-plan-80", report_terminal(&plan, &terminal(80), None));
}

#[test]
fn hostile_names_on_a_terminal() {
    let run = RunReport::sample_hostile();
    insta::assert_snapshot!("terminal-hostile-80", report_terminal(&run, &terminal(80), None));
    insta::assert_snapshot!("terminal-hostile-140", report_terminal(&run, &terminal(140), None));
}

#[test]
fn a_mail() {
    let templates = Templates::new(TemplateTexts::default()).unwrap();
    let run = RunReport::sample_of(Mode::Live, 21);
    let mail = templates.render(&run, Some("wiki.csv")).unwrap();
    insta::assert_snapshot!("mail-live-text", format!("{}\n\n{}", mail.subject, mail.text));
    insta::assert_snapshot!("mail-live-html", mail.html);
    let many = templates.render(&RunReport::sample_of(Mode::Test, 200), Some("wiki.csv")).unwrap();
    assert!(many.text.contains("... and 150 more: see wiki.csv"), "{}", many.text);
    assert!(many.html.contains("… and <strong>150</strong> more"));
}

#[test]
fn a_mail_with_hostile_names() {
    let templates = Templates::new(TemplateTexts::default()).unwrap();
    let mail = templates.render(&RunReport::sample_hostile(), None).unwrap();
    insta::assert_snapshot!("mail-hostile-text", format!("{}\n\n{}", mail.subject, mail.text));
    insta::assert_snapshot!("mail-hostile-html", mail.html);
}

#[test]
fn csv_for_programs() {
    insta::assert_snapshot!("csv-live", csv(&RunReport::sample_of(Mode::Live, 21)));
    insta::assert_snapshot!("csv-hostile", csv(&RunReport::sample_hostile()));
}

#[test]
fn the_stable_json() {
    let mut bytes = Vec::new();
    report_json(&RunReport::sample_of(Mode::Live, 1), &mut bytes).unwrap();
    insta::assert_snapshot!("json-run", String::from_utf8(bytes).unwrap());
    let mut bytes = Vec::new();
    report_json(&PlanReport::sample_of(1), &mut bytes).unwrap();
    insta::assert_snapshot!("json-plan", String::from_utf8(bytes).unwrap());
}

#[test]
fn subjects_say_what_happened() {
    let templates = Templates::new(TemplateTexts::default()).unwrap();
    let subject = |run: &RunReport| templates.render(run, None).unwrap().subject;
    let mut live = RunReport::sample_of(Mode::Live, 41);
    let mut said = vec![
        subject(&RunReport::sample()),
        subject(&RunReport::sample_of(Mode::Test, 1)),
        subject(&RunReport::sample_of(Mode::Test, 0)),
        subject(&live),
        subject(&RunReport::sample_of(Mode::Live, 0)),
        templates.render(&PlanReport::sample(), None).unwrap().subject,
    ];
    for state in [RunState::Stopped, RunState::Failed, RunState::Running, RunState::Pending] {
        live.run.state = state;
        said.push(subject(&live));
    }
    insta::assert_snapshot!("subjects", said.join("\n"));
}

#[test]
fn a_listing_leaves_out_columns_that_do_not_fit_and_says_so() {
    let columns = [
        ("username", ColumnKind::Text),
        ("name", ColumnKind::Text),
        ("lastActive", ColumnKind::Instant),
        ("logins", ColumnKind::Number),
        ("groups", ColumnKind::Text),
        ("key", ColumnKind::Code),
    ];
    let mut table =
        Table::new("accounts", columns.into_iter().map(|(key, kind)| Column::new(key, kind)).collect());
    let at: jiff::Timestamp = "2026-04-23T06:00:00Z".parse().unwrap();
    table.rows = vec![
        vec![
            "mira".into(),
            "Mira Lindqvist with a name that is longer than anybody's".into(),
            at.into(),
            1204_u64.into(),
            rollcall_report::Cell::List(vec!["confluence-users".into(), "staff".into()]),
            "8a7f80828a7f8082".into(),
        ],
        vec!["wei".into(), "张伟".into(), rollcall_report::Cell::Never, rollcall_report::Cell::Unknown],
    ];
    insta::assert_snapshot!("listing-60", table.to_terminal(&terminal(60)));
    insta::assert_snapshot!("listing-100", table.to_terminal(&terminal(100)));
    insta::assert_snapshot!("listing-pipe", table.to_terminal(&TerminalStyle::PLAIN));
    insta::assert_snapshot!("listing-json", table.to_json().unwrap());
}
