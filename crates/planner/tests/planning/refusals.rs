//! What cannot be done (I6).

use crate::*;

#[test]
fn i6_what_the_site_cannot_do_is_refused_in_the_plan_and_becomes_nothing_else() {
    let wiki = site([person("mira")]).cannot(ActionKind::Delete, "deleting needs a system administrator");
    let planning = Planning::of(&wiki, r#"username = "mira""#, &["remove-groups=confluence-users", "delete"]);
    let plan = planning.plan();
    assert_eq!(plan.items, [], "a delete never becomes something else, and half of an order is not done");
    assert_eq!(plan.refused[0].code, RefusalCode::Unsupported);
    assert!(plan.refused[0].reason().contains("deleting needs a system administrator"));
    let impossible = impossible_actions(&planning.actions, planning.snapshot.profile());
    assert_eq!(impossible.len(), 1);
    assert_eq!(impossible[0].action, ActionKind::Delete);
}

#[test]
fn i6_a_read_only_directory_refuses_status_and_deletion_and_takes_group_changes() {
    let wiki = site((0..14).map(|n| person(&format!("ldap-{n}")).with(|r| r.directory = Some(1))));
    let plan = Planning::of(&wiki, r#"directory = "Corporate LDAP""#, &["disable"]).plan();
    assert_eq!(plan.items, []);
    let words = plan.refusals_in_words();
    assert_eq!(words.len(), 1);
    assert!(
        words[0].starts_with("directory \"Corporate LDAP\" is read-only: `disable` was refused for 14 accounts. Use `remove-licence-groups`"),
        "{}",
        words[0]
    );
    let plan = Planning::of(&wiki, r#"directory = "Corporate LDAP""#, &["remove-licence-groups"]).plan();
    assert_eq!((plan.items.len(), plan.seats.freed), (14, 14));
}

#[test]
fn i6_an_account_that_cannot_be_named_safely_is_refused() {
    let wiki = site([
        person("shadow").with(|r| r.shadowed = Some(true)),
        person("Twin"),
        person("twin").with(|r| r.key = "key-twin-2".into()),
        person("a/b"),
        person("a\\b"),
        person(".."),
        person("vague").with(|r| r.status = None),
        person("keyless").with(|r| r.key = "".into()),
    ]);
    let plan = Planning::of(
        &wiki,
        r#"username IN ("shadow", "twin", "a/b", "a\\b", "..", "vague", "keyless") ORDER BY username"#,
        &["disable"],
    )
    .plan();
    assert_eq!(
        items(&plan),
        ["Twin: disable"],
        "the first of two takes effect; the other would be hit in its place"
    );
    let code = |name: &str| plan.refused.iter().find(|r| r.account.username == name).map(|r| r.code);
    assert_eq!(code("shadow"), Some(RefusalCode::Shadowed));
    assert_eq!(code("twin"), Some(RefusalCode::Shadowed));
    assert_eq!(code("a/b"), Some(RefusalCode::Unaddressable));
    assert_eq!(code("a\\b"), Some(RefusalCode::Unaddressable));
    assert_eq!(code(".."), Some(RefusalCode::Unaddressable));
    assert_eq!(code("vague"), Some(RefusalCode::Unknown));
    assert_eq!(code("keyless"), Some(RefusalCode::Unknown));
}

#[test]
fn i6_a_mail_is_not_sent_to_an_address_that_is_not_known() {
    let wiki = site([
        person("mira"),
        person("empty").with(|r| r.email = Some(String::new())),
        person("none").with(|r| r.email = None),
    ]);
    let plan = Planning::of(&wiki, r#"username IN ("mira", "empty", "none")"#, &["notify"]).plan();
    assert_eq!(items(&plan), ["mira: notify"]);
    assert!(!plan.items[0].undo);
    assert_eq!(plan.refused.len(), 2);
}

#[test]
fn i6_a_notice_needs_an_address_that_is_one_and_an_account_that_the_link_can_name() {
    let wiki = site([
        person("mira"),
        person("bare").with(|r| r.email = Some("no address".into())),
        person("named").with(|r| r.email = Some("Noor <noor@example.org>".into())),
        person("lines").with(|r| r.email = Some("a@example.org\r\nBcc: x@example.org".into())),
        person("keyless").with(|r| r.key = "".into()),
    ]);
    let names = r#"username IN ("mira", "bare", "named", "lines", "keyless")"#;
    let plan = Planning::of(&wiki, names, &["notify"]).plan();
    assert_eq!(items(&plan), ["mira: notify"]);
    let refused = refused(&plan);
    assert!(
        refused.iter().filter(|r| r.contains("none that a mail could be sent to")).count() == 3,
        "{refused:?}"
    );
    assert!(refused.iter().any(|r| r.starts_with("keyless:") && r.contains("the link")), "{refused:?}");
    assert!(plan.warnings.iter().any(|w| w.contains("cannot be undone")), "{:?}", plan.warnings);
}
