//! What holds for every report, whatever names a site has.

use proptest::prelude::*;
use rollcall_model::plain;
use rollcall_report::{
    Cell, Column, ColumnKind, CsvReader, FileForm, Mode, Report, RunReport, RunState, Table, TemplateTexts,
    Templates, TerminalStyle, report_csv, report_file, report_json, report_terminal, report_xlsx,
};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr;

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::new(TemplateTexts::default()).unwrap());

/// Any text, more often than not with something nasty in it.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "=",
        "+",
        "-",
        "@",
        ";=1",
        "\t",
        "\r\n",
        "\n",
        "\"",
        "'",
        "<b>",
        "&amp;",
        "]]>",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{202e}",
        "\u{2028}",
        "\u{feff}",
        "\u{0}",
        "دنة",
        "张伟",
        "e\u{301}",
        "👩‍👩‍👧",
        "{{ 1 }}",
        ",",
        ";",
        "|",
        "  ",
        "＝",
    ]);
    prop::collection::vec(prop_oneof![3 => nasty.prop_map(str::to_owned), 2 => any::<String>()], 0..5)
        .prop_map(|parts| parts.concat().chars().take(60).collect())
}

fn report_of(names: &[String], mode: Mode) -> RunReport {
    let mut run = RunReport::sample_of(mode, names.len());
    for (item, name) in run.items.iter_mut().zip(names) {
        item.name.clone_from(name);
        item.account.username.clone_from(name);
        item.email = Some(name.clone());
        item.why.clone_from(name);
        item.before.clone_from(name);
        if let Some(result) = &mut item.result {
            result.reason = Some(name.clone());
        }
    }
    run
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 1..6)
}

fn records(bytes: &[u8], separator: u8) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(bytes)
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn starts_like_a_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

fn part_of(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn a_csv_holds_each_row_once_and_no_cell_is_a_formula(names in names()) {
        let run = report_of(&names, Mode::Live);
        let mut bytes = Vec::new();
        report_csv(&run, CsvReader::Program, &mut bytes).unwrap();
        let rows = records(&bytes, b',');
        prop_assert_eq!(rows.len(), 1 + names.len() + run.basis.refused.len() + run.basis.protected.len());
        prop_assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        let seqs: BTreeSet<_> = rows[1..=names.len()].iter().map(|row| row[1].clone()).collect();
        prop_assert_eq!(seqs.len(), names.len());
        for row in &rows {
            for cell in row {
                prop_assert!(!starts_like_a_formula(cell), "{cell:?}");
                prop_assert!(!cell.contains(|c: char| c.is_control()), "{cell:?}");
            }
        }
        for (row, name) in rows[1..].iter().zip(&names) {
            // Nothing is lost but controls: without the apostrophes the name is there.
            prop_assert_eq!(row[3].replace('\'', ""), plain(name).replace('\'', ""));
        }
        // A spreadsheet that separates by semicolons sees no formula either.
        for row in records(&bytes, b';') {
            for cell in &row {
                prop_assert!(!starts_like_a_formula(cell), "{cell:?}");
            }
        }
    }

    #[test]
    fn no_name_gets_out_of_its_place_in_html(names in names(), mode in prop_oneof![Just(Mode::Test), Just(Mode::Live)]) {
        let names: Vec<String> = names.iter().map(|n| format!("«{}»", n.replace(['«', '»'], "").chars().take(40).collect::<String>())).collect();
        let html = TEMPLATES.render(&report_of(&names, mode), None).unwrap().html;
        let mut seen = 0;
        for piece in html.split('«').skip(1) {
            let (name, _) = piece.split_once('»').unwrap();
            prop_assert!(!name.contains(['<', '>', '"', '\'']), "{name:?}");
            prop_assert!(name.split('&').skip(1).all(|e| e.split_once(';').is_some()), "{name:?}");
            prop_assert!(!name.contains(|c: char| c.is_control()), "{name:?}");
            seen += 1;
        }
        prop_assert!(seen >= names.len() * 3);
    }

    #[test]
    fn a_mail_has_one_short_line_of_subject_and_a_text_without_controls(names in names(), label in text()) {
        let mut run = report_of(&names, Mode::Live);
        run.basis.origin = rollcall_report::Origin::Bulk { operator: label.repeat(5) };
        let mail = TEMPLATES.render(&run, None).unwrap();
        prop_assert!(mail.subject.chars().count() <= 120);
        prop_assert!(!mail.subject.contains(|c: char| c.is_control()), "{:?}", mail.subject);
        prop_assert!(!mail.text.contains(|c: char| c.is_control() && c != '\n'), "{:?}", mail.text);
    }

    #[test]
    fn a_terminal_is_never_spoken_to_by_a_name_nor_overrun(names in names(), width in 40_usize..200) {
        let style = TerminalStyle { width: Some(width), colours: false };
        let run = report_of(&names, Mode::Live);
        let shown = report_terminal(&run, &style, None);
        prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
        let table = Table {
            title: "accounts".into(),
            columns: vec![Column::new("username", ColumnKind::Text), Column::new("name", ColumnKind::Text), Column::new("logins", ColumnKind::Number)],
            rows: names.iter().map(|n| vec![n.as_str().into(), n.as_str().into(), 7_u64.into()]).collect(),
        };
        for line in table.to_terminal(&style).lines() {
            prop_assert!(line.width() <= width, "{line:?}");
        }
    }

    #[test]
    fn json_parses_back_to_the_letter(names in names()) {
        let run = report_of(&names, Mode::Live);
        let mut bytes = Vec::new();
        report_json(&run, &mut bytes).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let back: Vec<&str> = json["items"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect();
        prop_assert_eq!(back, names.iter().map(String::as_str).collect::<Vec<_>>());
        let counted: u64 = json["counts"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        prop_assert_eq!(counted, names.len() as u64);
        let table = Table {
            title: String::new(),
            columns: vec![Column::new("name", ColumnKind::Text)],
            rows: names.iter().map(|n| vec![Cell::from(n.as_str())]).collect(),
        };
        let rows: Vec<std::collections::BTreeMap<String, String>> = serde_json::from_str(&table.to_json().unwrap()).unwrap();
        prop_assert_eq!(rows.iter().map(|row| &row["name"]).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn a_workbook_holds_each_row_once_and_no_formula(names in names()) {
        let run = report_of(&names, Mode::Live);
        let bytes = report_xlsx(&run).unwrap();
        for (sheet, rows) in [(2, names.len()), (3, run.basis.refused.len()), (4, run.basis.protected.len())] {
            let xml = part_of(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"));
            prop_assert_eq!(xml.matches("<row ").count(), rows + 1);
            prop_assert!(!xml.contains("<f>"));
            prop_assert!(xml.contains("<autoFilter"));
            prop_assert!(xml.contains("state=\"frozen\""));
        }
        prop_assert_eq!(bytes, report_xlsx(&run).unwrap());
    }
}

#[test]
fn twenty_thousand_changes_are_each_in_every_file_once() {
    let run = RunReport::sample_of(Mode::Live, 20_000);
    let file = report_file(&run, FileForm::Csv).unwrap();
    assert_eq!(file.name, "wiki-reclaim-idle-seats-live-2026-11-21.csv.zip");
    assert!(file.bytes.len() < 1_000_000, "{}", file.bytes.len());
    let csv = part_of(&file.bytes, "wiki-reclaim-idle-seats-live-2026-11-21.csv");
    assert!(csv.starts_with('\u{feff}'));
    let rows = records(csv.as_bytes(), b',');
    assert_eq!(rows[1..].iter().filter(|row| row[0] == "change").count(), 20_000);
    assert_eq!(rows[1..].iter().map(|row| &row[1]).collect::<BTreeSet<_>>().len(), 20_001);
}

#[test]
fn a_workbook_grown_outside_memory_is_the_same_for_the_reader() {
    let run = RunReport::sample_of(Mode::Live, 10_001);
    let xml = part_of(&report_xlsx(&run).unwrap(), "xl/worksheets/sheet2.xml");
    assert_eq!(xml.matches("<row ").count(), 10_002);
    assert!(xml.contains("state=\"frozen\"") && xml.contains("<autoFilter"));
}

#[test]
fn a_small_report_is_attached_as_it_is() {
    let file = report_file(&RunReport::sample(), FileForm::Csv).unwrap();
    assert_eq!(file.name, "wiki-reclaim-idle-seats-test-2026-11-21.csv");
    let hostile = RunReport::sample_hostile();
    for form in [FileForm::Csv, FileForm::Xlsx] {
        let name = report_file(&hostile, form).unwrap().name;
        assert!(
            name.len() < 120 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)),
            "{name}"
        );
    }
}

#[test]
fn a_test_run_never_says_that_something_was_done() {
    for state in [rollcall_model::ItemState::Pending, rollcall_model::ItemState::Done] {
        let mut run = RunReport::sample();
        for item in &mut run.items {
            item.result.as_mut().unwrap().state = state;
        }
        let mail = TEMPLATES.render(&run, None).unwrap();
        let terminal = report_terminal(&run, &TerminalStyle::PLAIN, None);
        let mut csv = Vec::new();
        report_csv(&run, CsvReader::Program, &mut csv).unwrap();
        for text in [&mail.subject, &mail.text, &mail.html, &terminal] {
            assert!(text.contains("(test)") && text.contains("41 accounts would be disabled"), "{text}");
            assert!(!text.contains("were disabled") && !text.contains(": done"), "{text}");
        }
        for text in [&mail.text, &mail.html, &terminal] {
            assert!(text.contains("nothing was changed"));
        }
        assert!(records(&csv, b',')[1..42].iter().all(|row| row[8] == "would be done"));
    }
}

#[test]
fn what_may_have_been_done_is_not_said_to_be_not_done() {
    use rollcall_model::ItemState::{Done, Failed, Started, Stopped, Unknown};
    let mut run = RunReport::sample_of(Mode::Live, 9);
    let states = [Done, Started, Started, Unknown, Failed, Stopped, Stopped, Stopped, Stopped];
    for (item, state) in run.items.iter_mut().zip(states) {
        item.result.as_mut().unwrap().state = state;
    }
    // While the run goes on, what is begun is simply not made yet.
    for (state, headline, news, begun) in [
        (
            RunState::Failed,
            "Failed: 1 account was disabled; 5 of 9 changes not made; of 3 changes it is not known.",
            "1 account disabled, 5 changes not made, 3 changes not known",
            2,
        ),
        (
            RunState::Running,
            "Under way: 1 of 9 changes so far.",
            "1 account disabled, 7 changes not made, 1 change not known",
            0,
        ),
    ] {
        run.run.state = state;
        let mail = TEMPLATES.render(&run, None).unwrap();
        assert!(mail.subject.contains(news), "{}", mail.subject);
        let terminal = report_terminal(&run, &TerminalStyle::PLAIN, None);
        for text in [&mail.text, &terminal] {
            assert!(text.contains(headline), "{text}");
        }
        assert_eq!(mail.text.matches("disable: begun, not known").count(), begun, "{}", mail.text);
    }
}

#[test]
fn a_report_kept_as_json_comes_back_whole() {
    let run = RunReport::sample_hostile();
    let kept = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<RunReport>(&kept).unwrap(), run);
}

#[test]
fn colours_come_only_when_asked_for() {
    let run = RunReport::sample_hostile();
    let style = TerminalStyle { width: Some(100), colours: true };
    let coloured = report_terminal(&run, &style, None);
    assert!(coloured.starts_with("\u{1b}[1m"));
    // Only our own: bold on, bold off.
    assert_eq!(
        coloured.matches('\u{1b}').count(),
        coloured.matches("\u{1b}[1m").count() + coloured.matches("\u{1b}[0m").count()
    );
}

#[test]
fn an_account_with_several_changes_is_counted_once_under_the_gravest() {
    use rollcall_model::Change;
    let mut run = RunReport::sample_of(Mode::Test, 6);
    for pair in 0..3 {
        run.items[pair * 2 + 1].account = run.items[pair * 2].account.clone();
        run.items[pair * 2].change = Change::RemoveFromGroup { group: "confluence-users".into() };
    }
    run.items[5].change = Change::AddToGroup { group: "inactive".into() };
    let shown = report_terminal(Report::from(&run), &TerminalStyle::PLAIN, None);
    assert!(shown.contains("2 accounts would be disabled, 1 removed from groups."), "{shown}");
}
