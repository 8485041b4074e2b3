//! What is wrong is said with the thing, the place and the remedy.

use crate::world::{World, account, directory, group};
use rollcall_criteria::{CriterionError, Problem, check, parse, select};
use std::fmt::Write;

/// A site with a few names, one of them hostile.
fn site() -> World {
    let mut world = World::of(vec![account("mira")]);
    world.observation.groups = vec![
        group("confluence-users", &[0], &[]),
        group("confluence-administrators", &[], &[]),
        group("evil\u{1b}[2J\"name", &[], &[]),
    ];
    world.observation.directories = vec![directory("Corporate LDAP", Some("ldap"), Some(false))];
    world.facts.lists.insert("leavers-2026-11".to_owned(), ["mira"].iter().collect());
    world
}

fn mistake(text: &str) -> CriterionError {
    let world = site();
    match parse(text) {
        Err(error) => error,
        Ok(criterion) => check(&criterion, &world.snapshot(), &world.facts).unwrap_err(),
    }
}

#[test]
fn every_mistake_is_drawn_with_its_remedy() {
    let mut pictures = String::new();
    for text in [
        "",
        "  \n ",
        "ORDER BY name",
        "emailDomian = x",
        "flavour = vanilla",
        "status = enabled AND login > 3",
        "status",
        "seat",
        "status enabled",
        "status = ",
        "status = asleep",
        "status = enabeld",
        "status < enabled",
        "status ~ en",
        "seat = yes",
        "seat IN (true)",
        "logins = many",
        "logins = -1",
        "logins = 1.5",
        "idle >= 90",
        "idle >= -90d",
        "idle = 90d",
        "idle >= 3m",
        "idle >= 90days",
        "idle >= 99999y",
        "idle >= soon",
        "idle IS EMPTY",
        "created = 2026-11-22",
        "created < 90d",
        "created < 2026-13-01",
        "created < \"2026-11-22T10:00:00\"",
        "created < \"2026-11-22T10:00:00.0000001Z\"",
        "created = never",
        "lastLogin < never",
        "lastLogin = -90d",
        "lastLogin IN (never)",
        "lastLogin IS NULL",
        "lastLogin IS NEVR",
        "username ~ \"\"",
        "username = never",
        "username ~ EMPTY",
        "group IN ()",
        "group NOT IN ()",
        "group IN (a b)",
        "group IN (a,)",
        "group IN (a",
        "group IN a",
        "group NOT = a",
        "status == enabled",
        "status <> enabled",
        "status = enabled && seat = true",
        "status = enabled ADN seat = true",
        "status = enabled seat = true",
        "status = enabled AND",
        "AND status = enabled",
        "NOT",
        "!seat = true",
        "(status = enabled",
        "status = enabled)",
        "(status = enabled OR (seat = true)",
        "()",
        "name = \"Mira",
        "name = “Mira”",
        "name = \"CORP\\mira\"",
        "\"status\" = enabled",
        "status = enabled ORDER lastLogin",
        "status = enabled ORDER BY",
        "status = enabled ORDER BY group",
        "status = enabled ORDER BY name DECS",
        "group = \"confluence-user\"",
        "group IN (confluence-users, administrators)",
        "NOT directGroup = nothing-like-it",
        "seatVia = \"evil name\"",
        "directory = \"Corporate LDPA\"",
        "directoryType = lpad",
        "list = leavers",
        "list = \"other people\"",
        "status = enabled\n  AND grup = x\n  AND seat = true",
        "name = \"ကိုကို\" AND naem = \"x\"",
    ] {
        let error = mistake(text);
        let _ = writeln!(pictures, "───── {text:?}\n{}", error.render(text));
    }
    insta::assert_snapshot!(pictures);
}

#[test]
fn a_place_far_into_a_long_line_is_shown_without_the_rest_of_it() {
    let text = format!(
        "{} AND grup = x AND {}",
        "seat = true OR ".repeat(200) + "seat = true",
        "status = enabled AND ".repeat(200) + "all"
    );
    let picture = mistake(&text).render(&text);
    assert!(picture.lines().all(|line| line.chars().count() < 200), "{picture}");
    assert!(picture.contains("column 3017"), "{picture}");
    let lines: Vec<&str> = picture.lines().collect();
    let (line, marks) = (lines[3], lines[4]);
    let start = marks.chars().position(|c| c == '^').unwrap();
    assert_eq!(line.chars().skip(start).take(4).collect::<String>(), "grup");
}

#[test]
fn a_megabyte_is_refused_at_once_and_so_are_ten_thousand_levels() {
    assert_eq!(mistake(&"(".repeat(1_000_000)).problem, Problem::TooLong);
    assert_eq!(mistake(&"seat = true AND ".repeat(70_000)).problem, Problem::TooLong);
    for level in ["(", "NOT ", "NOT ("] {
        let text = format!("{}seat = true", level.repeat(10_000));
        assert_eq!(mistake(&text).problem, Problem::TooDeep, "{level}");
    }
}

#[test]
fn two_hundred_levels_work_everywhere() {
    let world = site();
    let text = format!("{}seat = true{}", "NOT (all AND ".repeat(100), ")".repeat(100));
    let criterion = parse(&text).unwrap();
    assert_eq!(criterion.to_string(), text);
    let snapshot = world.snapshot();
    assert!(select(&snapshot, &world.facts, &criterion, world.now).is_ok());
    let explanation = rollcall_criteria::explain(&snapshot, &world.facts, &criterion, 0, world.now).unwrap();
    assert!(explanation.to_string().contains("seat = true"));
    assert!(rollcall_criteria::describe(&criterion).contains("seat"));
    assert!(criterion.minimum_idle(world.now).is_none());
    assert_eq!(mistake(&format!("({text})")).problem, Problem::TooDeep);
}

#[test]
fn many_clauses_side_by_side_are_no_depth() {
    let text = vec!["seat = true"; 3_000].join(" OR ");
    let world = site();
    assert_eq!(world.select(&parse(&text).unwrap()).1.len(), 1);
}

#[test]
fn an_unknown_name_is_an_error_wherever_it_is_evaluated() {
    let world = site();
    let snapshot = world.snapshot();
    let criterion = parse("NOT group = \"nobody-knows\"").unwrap();
    let error = select(&snapshot, &world.facts, &criterion, world.now).map(|_| ()).unwrap_err();
    assert_eq!((error.problem, error.span), (Problem::UnknownGroup, 12..26));
    assert!(error.problem.is_about_the_site());
    assert!(rollcall_criteria::explain(&snapshot, &world.facts, &criterion, 0, world.now).is_err());
}
