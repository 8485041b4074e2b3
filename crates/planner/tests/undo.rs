//! I13: an undo restores what a run changed, and nothing else.

mod site;

use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use rollcall_model::{ActionKind, Change, Status};
use rollcall_planner::{
    Approval, DoneItem, Mode, Origin, Plan, PlanItem, ProtectionKind, Protections, RefusalCode, Standing,
    UndoInput, plan_undo,
};
use rollcall_snapshot::{ExemptSubject, Exemption, Facts, Snapshot};
use site::*;

/// The site after a run has done the items: what the simulator would show.
fn after(site: &Site, items: &[PlanItem]) -> Site {
    let mut changed = site.clone();
    for item in items {
        let spelled = |name: &rollcall_model::GroupName| name.as_str().to_owned();
        let position = changed.people.iter().position(|p| p.record.key == item.account.key).unwrap();
        let person = &mut changed.people[position];
        match &item.change {
            Change::Disable => person.record.status = Some(Status::Disabled),
            Change::Enable => person.record.status = Some(Status::Enabled),
            Change::AddToGroup { group } => person.groups.push(spelled(group)),
            Change::RemoveFromGroup { group } => person.groups.retain(|g| *g != spelled(group)),
            Change::Delete => {
                changed.people.remove(position);
            }
            _ => {}
        }
    }
    changed
}

fn done(items: &[PlanItem]) -> Vec<DoneItem> {
    let done = |item: &PlanItem| DoneItem {
        seq: item.seq,
        account: item.account.clone(),
        name: item.name.clone(),
        email: item.email.clone(),
        change: item.change.clone(),
        before: item.before.clone(),
        at: Some(now()),
    };
    items.iter().map(done).collect()
}

struct Undoing {
    snapshot: Snapshot,
    facts: Facts,
    protections: Protections,
    done: Vec<DoneItem>,
}

impl Undoing {
    /// On a snapshot that was taken an hour after the run.
    fn of(site: &Site, done: Vec<DoneItem>) -> Self {
        let snapshot = site.snapshot_at(now() + 1.hour());
        Self { snapshot, facts: Facts::default(), protections: Protections::default(), done }
    }

    fn plan(&self) -> Plan {
        plan_undo(&UndoInput {
            id: "plan-undo".into(),
            run: "run-1".into(),
            operator: "ola",
            done: &self.done,
            snapshot: &self.snapshot,
            facts: &self.facts,
            protections: &self.protections,
            approval: &Approval::NEVER,
            mode: Mode::Live,
            now: now() + 2.hours(),
            expires_after: SignedDuration::from_hours(24),
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }
}

const RECLAIM: [&str; 3] = ["remove-groups=confluence-users", "add-groups=confluence-inactive", "disable"];

#[test]
fn i13_undo_puts_back_every_change_newest_first() {
    let wiki = site([person("mira"), person("noor").in_groups(&[USERS, INACTIVE])]);
    let run = Planning::of(&wiki, r#"username IN ("mira", "noor") ORDER BY username"#, &RECLAIM).plan();
    let undo = Undoing::of(&after(&wiki, &run.items), done(&run.items)).plan();
    assert_eq!(
        items(&undo),
        [
            "noor: enable",
            "noor: add-groups=confluence-users",
            "mira: enable",
            "mira: remove-groups=confluence-inactive",
            "mira: add-groups=confluence-users",
        ],
        "noor was in confluence-inactive before the run and stays there"
    );
    assert_eq!((undo.selected, undo.accounts, undo.seats.taken), (2, 2, 2));
    assert_eq!(undo.origin, Origin::Undo { run: "run-1".into(), operator: "ola".into() });
    assert_eq!((&undo.items[0].before, &undo.items[0].after), (&Standing::Disabled, &Standing::Enabled));
    assert!(undo.items[0].why.contains("item 5 of run run-1"), "{}", undo.items[0].why);
}

#[test]
fn i13_what_someone_changed_since_is_skipped_and_told() {
    let wiki = site([person("mira"), person("noor"), person("gone")]);
    let run = Planning::of(&wiki, r#"username IN ("mira", "noor", "gone")"#, &["disable"]).plan();
    let mut later = after(&wiki, &run.items);
    later.people.retain(|p| p.record.username != "gone");
    for person in later.people.iter_mut().filter(|p| p.record.username == "noor") {
        person.record.status = Some(Status::Enabled);
    }
    let undo = Undoing::of(&later, done(&run.items)).plan();
    assert_eq!(items(&undo), ["mira: enable"]);
    let told = refused(&undo);
    assert!(
        told.iter().any(|r| r.starts_with("noor: changed since by someone else: it is \"enabled\"")),
        "{told:?}"
    );
    assert!(told.iter().any(|r| r.starts_with("gone: the account is no longer there")), "{told:?}");
}

#[test]
fn i13_a_snapshot_from_before_the_run_does_not_accuse_anybody() {
    let wiki = site([person("mira")]);
    let run = Planning::of(&wiki, r#"username = "mira""#, &["disable"]).plan();
    let mut undoing = Undoing::of(&wiki, done(&run.items));
    undoing.snapshot = wiki.snapshot_at(now() - 1.hour());
    assert_eq!(items(&undoing.plan()), ["mira: enable"], "the look before each item decides");
}

#[test]
fn i13_a_deletion_cannot_be_undone_and_both_plans_say_so() {
    let wiki = site([person("mira")]);
    let run = Planning::of(&wiki, r#"username = "mira""#, &["notify", "delete"]).plan();
    assert!(run.items.iter().all(|item| !item.undo));
    let undo = Undoing::of(&after(&wiki, &run.items), done(&run.items)).plan();
    assert_eq!(undo.items, []);
    let codes: Vec<_> = undo.refused.iter().map(|r| (r.action, r.code)).collect();
    assert_eq!(
        codes,
        [(ActionKind::Delete, RefusalCode::Irreversible), (ActionKind::Notify, RefusalCode::Gone)]
    );
}

#[test]
fn i13_undo_obeys_protections_but_neither_grace_nor_idleness() {
    let wiki = site([
        person("mira"),
        person("noor"),
        person("otto").in_groups(&[SERVICES]),
        person("active").disabled().active(1),
    ]);
    let run = Planning::of(&wiki, r#"username IN ("mira", "noor", "otto")"#, &["disable"]).plan();
    let mut undoing = Undoing::of(&after(&wiki, &run.items), done(&run.items));
    undoing.protections.groups = vec![SERVICES.into()];
    undoing.facts.exemptions = vec![Exemption {
        subject: ExemptSubject::Account("key-noor".into()),
        reason: "left".into(),
        until: None,
    }];
    let undo = undoing.plan();
    assert_eq!(items(&undo), ["mira: enable"]);
    let kinds: Vec<_> = undo.protected.iter().map(|p| (p.account.username.as_str(), p.kind)).collect();
    assert_eq!(kinds, [("otto", ProtectionKind::ProtectedGroup), ("noor", ProtectionKind::Exempt)]);

    let run = Planning::of(&wiki, r#"username = "active""#, &["enable"]).plan();
    let undo = Undoing::of(&after(&wiki, &run.items), done(&run.items)).plan();
    assert_eq!(items(&undo), ["active: disable"], "active yesterday and enabled a moment ago");
    assert!(!undo.is_blocked());
}

#[test]
fn i13_undo_never_takes_away_the_last_administrator() {
    let mut wiki = site([]);
    for person in &mut wiki.people {
        if person.record.username != "rollcall" {
            person.record.status = Some(Status::Disabled);
        }
    }
    let run = Planning::of(&wiki, r#"username IN ("root", "boss")"#, &["enable"]).plan();
    let undo = Undoing::of(&after(&wiki, &run.items), done(&run.items)).plan();
    assert_eq!(items(&undo), ["boss: disable"]);
    assert_eq!(undo.protected[0].kind, ProtectionKind::LastAdministrator);
}

#[test]
fn i13_a_group_that_is_gone_cannot_be_joined_again() {
    let wiki = site([person("mira").in_groups(&["guild"])]).group("guild", false, &[]);
    let run = Planning::of(&wiki, r#"username = "mira""#, &["remove-groups=guild"]).plan();
    let mut later = after(&wiki, &run.items);
    later.groups.retain(|g| g.0 != "guild");
    let undo = Undoing::of(&later, done(&run.items)).plan();
    assert_eq!(undo.refused[0].code, RefusalCode::Gone);
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    let one = (any::<bool>(), proptest::sample::subsequence(vec![USERS, INACTIVE, SERVICES], 0..=3));
    proptest::collection::vec(one, 1..8).prop_map(|people| {
        let make = |(number, (is_disabled, groups)): (usize, (bool, Vec<&str>))| {
            let person = person(&format!("p{number}")).in_groups(&groups);
            if is_disabled { person.disabled() } else { person }
        };
        people.into_iter().enumerate().map(make).collect()
    })
}

/// Status and groups of everybody.
fn state(site: &Site) -> Vec<(String, Option<Status>, Vec<String>)> {
    let state = |person: &Person| {
        let mut groups = person.groups.clone();
        groups.sort();
        (person.record.username.clone(), person.record.status, groups)
    };
    site.people.iter().map(state).collect()
}

proptest! {
    #[test]
    fn i13_undo_restores_the_state_before_and_undo_of_undo_the_state_after(
        people in people(),
        actions in proptest::sample::subsequence(vec!["remove-licence-groups", "add-groups=confluence-inactive", "disable"], 1..=3),
    ) {
        let before = site(people);
        let run = Planning::of(&before, "all", &actions).plan();
        let changed = after(&before, &run.items);

        let undo = Undoing::of(&changed, done(&run.items)).plan();
        prop_assert!(undo.items.len() == run.items.len(), "{:?}", undo.refused);
        let restored = after(&changed, &undo.items);
        prop_assert_eq!(state(&restored), state(&before));

        let mut again = Undoing::of(&restored, done(&undo.items));
        again.snapshot = restored.snapshot_at(now() + 3.hours());
        let redo = again.plan();
        prop_assert_eq!(state(&after(&restored, &redo.items)), state(&changed));
    }
}
