//! How criteria are written, printed and described.

use crate::random::cases;
use crate::world::{World, account, at, directory, group};
use proptest::prelude::*;
use rollcall_criteria::{Criterion, Expr, Literal, Test, describe, explain, parse};
use rollcall_model::AccountRecord;
use rollcall_snapshot::{AccountList, ExemptSubject, Exemption, History};
use std::fmt::Write;

/// The text as it is printed.
fn printed(text: &str) -> String {
    parse(text).map_or_else(|error| error.render(text), |criterion| criterion.to_string())
}

#[test]
fn keywords_and_fields_are_read_in_any_case_and_printed_in_one() {
    assert_eq!(
        printed("STATUS = Enabled and not LASTLOGIN is Unknown"),
        "status = enabled AND NOT lastLogin IS UNKNOWN"
    );
    assert_eq!(
        printed("seat=TRUE Or lastActive!=Never order by idle desc,name asc"),
        "seat = true OR lastActive != never ORDER BY idle DESC, name"
    );
    assert_eq!(printed("ALL"), "all");
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    for (text, tree) in [
        ("a OR b AND c", "a OR b AND c"),
        ("(a OR b) AND c", "(a OR b) AND c"),
        ("a AND b OR c AND d", "a AND b OR c AND d"),
        ("NOT a AND b", "NOT a AND b"),
        ("NOT (a AND b)", "NOT (a AND b)"),
        ("NOT NOT a", "NOT NOT a"),
        ("((a)) AND ((b OR (c)))", "a AND (b OR c)"),
        ("a AND (b AND c)", "a AND (b AND c)"),
    ] {
        let clause = |text: &str| {
            ["a", "b", "c", "d"].iter().fold(text.to_owned(), |t, name| t.replace(name, &format!("§{name}")))
        };
        let write = |text: &str| {
            ["a", "b", "c", "d"]
                .iter()
                .fold(clause(text), |t, name| t.replace(&format!("§{name}"), &format!("list = \"{name}\"")))
        };
        assert_eq!(printed(&write(text)), write(tree));
    }
    let Expr::Or(parts) = parse("seat = true OR seat = false AND managed = true").unwrap().root().clone()
    else {
        panic!()
    };
    assert!(matches!(parts.as_slice(), [Expr::Clause(_), Expr::And(_)]));
}

#[test]
fn short_texts_need_no_quotes_and_either_quote_will_do() {
    assert_eq!(printed("username = tom@example.org"), "username = \"tom@example.org\"");
    assert_eq!(
        printed("name ~ \"O'Brien\" OR name ~ 'say \"hi\"'"),
        "name ~ \"O'Brien\" OR name ~ \"say \\\"hi\\\"\""
    );
    assert_eq!(printed("username IN (12345, ольга, true)"), "username IN (\"12345\", \"ольга\", \"true\")");
    assert_eq!(printed(r#"name = "a\\b\u{1b}\n""#), r#"name = "a\\b\u{1b}\n""#);
    assert_eq!(
        printed("status = \"disabled\" AND lastLogin < \"-90d\""),
        "status = disabled AND lastLogin < -90d"
    );
}

#[test]
fn a_criterion_may_span_lines() {
    assert_eq!(printed("\n  status = enabled\r\n\tAND seat = true\n"), "status = enabled AND seat = true");
}

#[test]
fn empty_and_unknown_are_also_read_as_jql_writes_them() {
    assert_eq!(printed("email = EMPTY OR email != unknown"), "email IS EMPTY OR email IS NOT UNKNOWN");
    assert_eq!(
        printed("lastLogin IS NEVER OR lastLogin IS NOT NEVER"),
        "lastLogin = never OR lastLogin != never"
    );
}

#[test]
fn instants_keep_their_writing() {
    for text in
        ["created < 2026-11-22", "created >= \"2026-11-22T10:00:00.5Z\"", "created > -6M", "created <= -3h"]
    {
        assert_eq!(printed(text), text);
    }
    assert_eq!(printed("created < \"2026-11-22T13:00:00+13:00\""), "created < \"2026-11-22T00:00:00Z\"");
}

#[test]
fn what_is_named_can_be_listed() {
    let text = "group = a AND NOT directGroup IN (b, c) AND seatVia ~ d AND list = x ORDER BY name";
    let criterion = parse(text).unwrap();
    assert_eq!(criterion.groups().into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(criterion.lists().into_iter().collect::<Vec<_>>(), ["x"]);
    assert_eq!(criterion.fields().len(), 5);
}

#[test]
fn a_tree_is_json_that_a_page_can_edit() {
    let json =
        serde_json::to_value(parse("idle >= 90d AND NOT group IN (a) ORDER BY idle DESC").unwrap()).unwrap();
    insta::assert_json_snapshot!(json);
    assert!(serde_json::from_value::<Criterion>(json).is_ok());
}

#[test]
fn json_that_makes_no_sense_is_refused() {
    for json in [
        r#"{"where": {"and": []}}"#,
        r#"{"where": {"and": ["all"]}}"#,
        r#"{"where": "all", "surprise": 1}"#,
        r#"{"where": {"clause": {"field": "status", "test": {"compare": {"op": "=", "value": {"text": "sleeping"}}}}}}"#,
        r#"{"where": {"clause": {"field": "status", "test": {"compare": {"op": "<", "value": {"text": "enabled"}}}}}}"#,
        r#"{"where": {"clause": {"field": "group", "test": {"in": {"values": []}}}}}"#,
        r#"{"where": {"clause": {"field": "idle", "test": {"compare": {"op": ">=", "value": "never"}}}}}"#,
        r#"{"where": {"clause": {"field": "idle", "test": {"compare": {"op": ">=", "value": {"period": {"count": 99999999, "unit": "y"}}}}}}}"#,
        r#"{"where": {"clause": {"field": "idle", "test": {"is": {"state": "empty"}}, "more": 1}}}"#,
        r#"{"where": "all", "orderBy": [{"field": "group"}]}"#,
    ] {
        assert!(serde_json::from_str::<Criterion>(json).is_err(), "{json}");
    }
}

#[test]
fn descriptions_are_plain_english() {
    let mut words = String::new();
    for text in [
        "all",
        "status = enabled",
        "status = enabled AND idle >= 90d AND group = staff AND NOT group IN (admins, svc) AND emailDomain != partner.example.com ORDER BY lastActive DESC, name",
        "lastLogin = never AND created < -6M",
        "NOT (status = enabled AND seat = true) OR exempt = true",
        "logins = 1 AND groups > 3 AND logins IN (1, 2)",
        "email IS EMPTY AND directory ~ ldap AND accountType NOT IN (app, customer)",
        "lastActive IS UNKNOWN OR lastContribution >= 2026-01-01 OR reactivated <= \"2026-11-22T10:00:00Z\"",
        "seatVia = staff AND NOT list = leavers AND group IS EMPTY AND writable = false AND shadowed = true",
        "NOT (idle < 1y OR lastActive > -1M)",
    ] {
        let _ = writeln!(words, "{text}\n  {}", describe(&parse(text).unwrap()));
    }
    insta::assert_snapshot!(words);
}

#[test]
fn an_explanation_shows_value_evidence_and_way() {
    use rollcall_model::{Absence, EvidenceKind, EvidencePoint, Reach, Status};
    let source = |name: &str, kind, reach, absence| crate::world::source(name, kind, reach, absence);
    let mut world = World::of(vec![
        AccountRecord {
            status: Some(Status::Enabled),
            directory: Some(0),
            email: Some("mira@example.org".to_owned()),
            seat: Some(true),
            evidence: vec![
                EvidencePoint { source: 0, at: Some(at("2026-08-01T09:30:00Z")) },
                EvidencePoint { source: 1, at: Some(at("2026-08-03T00:00:00Z")) },
            ],
            ..account("mira\u{1b}[31m")
        },
        account("tom"),
    ]);
    world.observation.sources = vec![
        source("list-active", EvidenceKind::Login, Reach::Newest, Absence::Unknown),
        source("audit-events", EvidenceKind::Use, Reach::AtLeast, Absence::Unknown),
        source("cql", EvidenceKind::Contribution, Reach::Newest, Absence::Never),
    ];
    world.observation.sources[2].doubt = Some("the index is being rebuilt".to_owned());
    world.observation.directories = vec![directory("Internal", Some("internal"), Some(true))];
    world.observation.groups =
        vec![group("staff", &[], &[1]), group("ops", &[0], &[]), group("admins", &[], &[])];
    world.observation.groups[0].gives_seat = Some(true);
    world.facts.history = History::advance(None, &world.snapshot());
    world.facts.lists.insert("leavers".to_owned(), ["MIRA@example.org"].iter().collect::<AccountList>());
    world.facts.exemptions.push(Exemption {
        subject: ExemptSubject::Group("Ops".into()),
        reason: "on call".to_owned(),
        until: Some(at("2027-01-01T00:00:00Z")),
    });
    let text = "status = enabled AND idle >= 90d AND group = staff AND NOT group IN (admins) \
        AND (lastContribution = never OR list = leavers) AND exempt = true AND created < -1d AND seatVia = staff";
    let criterion = parse(text).unwrap();
    let snapshot = world.snapshot();
    let mut shown = String::new();
    for account in 0..2 {
        let explanation = explain(&snapshot, &world.facts, &criterion, account, world.now).unwrap();
        let _ = writeln!(shown, "{explanation}");
    }
    insta::assert_snapshot!(shown);
    let explanation = explain(&snapshot, &world.facts, &parse("idle >= 90d").unwrap(), 0, world.now).unwrap();
    insta::assert_json_snapshot!(explanation);
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn no_text_makes_the_parser_panic_and_every_error_points_into_the_text(
        text in prop_oneof![
            "\\PC{0,40}",
            "[ ()=!<>~,'\"\\\\a-z0-9-]{0,40}",
            prop::collection::vec(
                prop::sample::select(&[
                    "status", "group", "idle", "lastLogin", "=", "!=", "<", ">=", "~", "IN", "IS", "NOT", "AND", "OR", "(", ")",
                    ",", "ORDER", "BY", "all", "never", "EMPTY", "UNKNOWN", "90d", "-90d", "enabled", "\"x\"", "'", "2026-11-22", "é",
                ][..]),
                0..12,
            ).prop_map(|words| words.join(" ")),
        ],
    ) {
        match parse(&text) {
            Ok(criterion) => prop_assert_eq!(parse(&criterion.to_string()).unwrap(), criterion),
            Err(error) => {
                prop_assert!(text.get(error.span.clone()).is_some(), "{:?} of {:?}", error.span, text);
                prop_assert!(!error.render(&text).chars().any(|c| c.is_control() && c != '\n'));
                let place = error.position(&text);
                prop_assert!(place.line >= 1 && place.column >= 1);
            }
        }
    }

    #[test]
    fn what_is_suggested_in_place_of_a_slip_is_right(
        name in prop::sample::select(rollcall_criteria::FIELDS), at: prop::sample::Index, letter in "[a-z]",
    ) {
        prop_assume!(name.name.len() > 4);
        let mut slip = name.name.to_owned();
        slip.insert_str(at.index(slip.len()) + 1, &letter);
        let text = format!("{slip} IS UNKNOWN");
        let Err(error) = parse(&text) else { return Ok(()) };
        prop_assert!(error.suggestion.is_some(), "{}", error.render(&text));
    }
}

#[test]
fn a_clause_keeps_its_values() {
    let criterion = parse("groups IN (1, 2)").unwrap();
    let clause = criterion.clauses().next().unwrap();
    assert!(matches!(&clause.test, Test::In { negated: false, .. }));
    assert_eq!(clause.values(), [Literal::Number(1), Literal::Number(2)]);
}
