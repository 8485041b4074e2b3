//! Completing: what is proposed can be written there.

use crate::world::World;
use rollcall_criteria::{FIELDS, ProposalKind, complete, parse};
use rollcall_model::GroupRecord;

fn world() -> World {
    let mut world = World::of(Vec::new());
    let group = |name: &str| GroupRecord {
        name: name.into(),
        members: Vec::new(),
        children: Vec::new(),
        gives_seat: None,
        gives_admin: None,
    };
    world.observation.groups = vec![group("confluence-users"), group("staff \"A\""), group("Überläufer")];
    world
}

/// The proposals at `|`.
fn proposed(text: &str) -> Vec<String> {
    let at = text.find('|').unwrap();
    let (world, text) = (world(), text.replace('|', ""));
    let snapshot = world.snapshot();
    complete(&text, at, Some((&snapshot, &world.facts))).proposals.into_iter().map(|p| p.text).collect()
}

/// The text with the first proposal at `|` in its place.
fn completed(text: &str) -> String {
    let at = text.find('|').unwrap();
    let (world, mut text) = (world(), text.replace('|', ""));
    let snapshot = world.snapshot();
    let completion = complete(&text, at, Some((&snapshot, &world.facts)));
    text.replace_range(completion.replaces, &completion.proposals[0].text);
    text
}

#[test]
fn a_field_is_proposed_where_a_condition_begins() {
    assert_eq!(proposed("|").len(), FIELDS.len() + 2);
    assert_eq!(completed("stat|"), "status");
    assert_eq!(completed("status = enabled AND emailD|"), "status = enabled AND emailDomain");
    assert_eq!(completed("NOT (lastC|"), "NOT (lastContribution");
    assert_eq!(completed("sta|tus = enabled"), "status = enabled");
}

#[test]
fn after_a_field_come_its_operators_and_after_them_its_values() {
    assert!(proposed("idle |").contains(&">=".to_owned()) && !proposed("idle |").contains(&"~".to_owned()));
    assert_eq!(proposed("status = |"), ["enabled", "disabled"]);
    assert_eq!(proposed("status IN (enabled, d|"), ["disabled", "enabled"]);
    assert_eq!(proposed("seat = |"), ["true", "false"]);
    assert_eq!(proposed("lastLogin IS |"), ["NOT", "NEVER", "UNKNOWN"]);
    assert_eq!(proposed("group NOT |"), ["IN"]);
}

#[test]
fn names_come_from_the_site_and_are_quoted_as_they_must_be() {
    assert_eq!(completed("group = conf|"), "group = \"confluence-users\"");
    assert_eq!(completed("group = \"conf|"), "group = \"confluence-users\"");
    assert_eq!(
        completed("group = \"conf|lu\" AND seat = true"),
        "group = \"confluence-users\" AND seat = true"
    );
    assert_eq!(completed("group IN (\"über|"), "group IN (\"Überläufer\"");
    let with_quotes = completed("group = sta|");
    assert!(parse(&with_quotes).is_ok(), "{with_quotes}");
}

#[test]
fn after_a_condition_it_goes_on_or_ends() {
    assert_eq!(proposed("seat = true |"), ["AND", "OR", "ORDER BY"]);
    assert_eq!(proposed("(seat = true |"), ["AND", "OR", ")"]);
    assert_eq!(completed("all ORDER BY lastA|"), "all ORDER BY lastActive");
    assert_eq!(proposed("all ORDER BY lastActive |"), ["ASC", "DESC"]);
}

#[test]
fn where_nothing_can_follow_nothing_is_proposed_and_no_place_is_too_far() {
    assert!(proposed("nonsense |").is_empty());
    assert!(proposed("a && b |").is_empty());
    assert!(proposed("group IN (a b|").is_empty());
    assert_eq!(complete("é", 1, None).replaces, 0..2, "a place inside a character is before it");
    assert!(complete("all", 999, None).proposals.iter().any(|p| p.text == "all"));
}

#[test]
fn every_field_leads_from_its_proposals_to_a_criterion() {
    for info in FIELDS {
        let start = format!("{} ", info.name);
        let operators = complete(&start, start.len(), None).proposals;
        assert!(
            !operators.is_empty() && operators.iter().all(|p| p.kind == ProposalKind::Operator),
            "{}",
            info.name
        );
        for operator in operators {
            let begun = format!("{start}{} ", operator.text);
            if let Some(value) = complete(&begun, begun.len(), None)
                .proposals
                .into_iter()
                .find(|p| p.kind == ProposalKind::Value)
            {
                let whole = format!("{begun}{}", value.text);
                assert!(parse(&whole).is_ok(), "{whole}");
            }
        }
    }
}
