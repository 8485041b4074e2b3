//! Random sites and random criteria that fit them.

use crate::world::{World, account, at, directory, group, source};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rollcall_criteria::{
    Clause, Criterion, Direction, Expr, FIELDS, Field, FieldType, Literal, Operator, OrderBy, Period, State,
    Test, Unit,
};
use rollcall_model::{Absence, AccountRecord, EvidenceKind, EvidencePoint, EvidenceSource, Reach, Status};
use rollcall_snapshot::{AccountList, ExemptSubject, Exemption, Facts, History, Noticed, Snapshot};

/// So many random cases, the same on every run.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

pub(crate) const GROUPS: [&str; 5] = ["staff", "Ops", "guests", "Équipe", "svc"];
pub(crate) const DIRECTORIES: [&str; 3] = ["Internal", "LDAP", "Crowd"];
pub(crate) const LISTS: [&str; 2] = ["leavers", "Keep"];

/// Letters that fold as they lower: few enough that texts are often alike.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abAB]{0,2}",
        2 => "[aé]{1,2}@(x|Y)",
        1 => "[ÉéА-Га-г]{1,2}",
        1 => Just("mira koval".to_owned()),
    ]
}

/// Around now, so that all units of time matter.
fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        (0..800_i64).prop_map(|days| at("2026-11-22T00:00:00Z") - SignedDuration::from_hours(days * 24)),
        (0..50_000_000_000_000_i64)
            .prop_map(|micros| at("2026-11-22T00:00:00Z") - SignedDuration::from_micros(micros)),
        Just(at("2026-11-23T00:00:00Z")),
    ]
}

fn sources() -> impl Strategy<Value = Vec<EvidenceSource>> {
    let kind = prop_oneof![2 => Just(EvidenceKind::Login), 1 => Just(EvidenceKind::Contribution), 1 => Just(EvidenceKind::Use)];
    let source = (
        kind,
        prop_oneof![2 => Just(Reach::Newest), 1 => Just(Reach::AtLeast)],
        prop_oneof![Just(Absence::Never), Just(Absence::Unknown)],
        prop::option::weighted(0.2, Just("half an answer".to_owned())),
    );
    prop::collection::vec(source, 0..4).prop_map(|sources| {
        let named = sources.into_iter().enumerate().map(|(i, (kind, reach, absence, doubt))| {
            EvidenceSource { doubt, ..self::source(&format!("source-{i}"), kind, reach, absence) }
        });
        named.collect()
    })
}

fn record(sources: usize) -> impl Strategy<Value = AccountRecord> {
    let flags = (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>());
    let points = if sources == 0 {
        Just(Vec::new()).boxed()
    } else {
        prop::collection::vec((0..sources as u16, prop::option::of(instant())), 0..4).boxed()
    };
    let rest = (
        prop::option::of(0..3_u16),
        prop::option::of(instant()),
        prop::option::of(instant()),
        prop::option::of(0..4_u32),
        prop::option::of(prop_oneof![Just("atlassian"), Just("app"), Just("customer")]),
        points,
    );
    (text(), text(), prop::option::of(text()), flags, rest).prop_map(
        |(username, name, email, (enabled, seat, shadowed, managed), rest)| {
            let (directory, created, reactivated, logins, account_type, points) = rest;
            AccountRecord {
                name,
                email,
                status: enabled.map(|enabled| if enabled { Status::Enabled } else { Status::Disabled }),
                directory,
                created,
                reactivated,
                seat,
                shadowed,
                logins,
                account_type: account_type.map(str::to_owned),
                managed,
                evidence: points.into_iter().map(|(source, at)| EvidencePoint { source, at }).collect(),
                ..account(&username)
            }
        },
    )
}

/// Exemptions; entries of the lists; how each account stood in an earlier snapshot, if there was one: absent, disabled, enabled with a seat;
/// what each owner was told.
type RawFacts = (Vec<Exemption>, Vec<(usize, Vec<String>)>, Option<Vec<u8>>, Vec<Option<Noticed>>);

fn facts(accounts: usize) -> impl Strategy<Value = RawFacts> {
    let subject = prop_oneof![
        (0..accounts.max(1)).prop_map(|row| ExemptSubject::Account(format!("key-{row}").into())),
        prop::sample::select(&GROUPS[..]).prop_map(|name| ExemptSubject::Group(name.to_uppercase().into())),
        Just(ExemptSubject::Group("gone".into())),
    ];
    let exemption = (subject, prop::option::of(instant())).prop_map(|(subject, until)| Exemption {
        subject,
        reason: "because".to_owned(),
        until,
    });
    let notice = (prop::option::of(instant()), any::<bool>())
        .prop_map(|(sent, is_waiting)| Noticed { sent, is_waiting });
    let list = (0..LISTS.len(), prop::collection::vec(text(), 0..3));
    (
        prop::collection::vec(exemption, 0..3),
        prop::collection::vec(list, 0..3),
        prop::option::of(prop::collection::vec(0..3_u8, accounts)),
        prop::collection::vec(prop::option::of(notice), accounts),
    )
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let size = (sources(), 0..8_usize);
    size.prop_flat_map(|(sources, accounts)| {
        let members = prop::collection::vec(
            (
                prop::collection::vec(any::<bool>(), accounts),
                prop::collection::vec(0..5_u32, 0..2),
                any::<Option<bool>>(),
            ),
            GROUPS.len(),
        );
        let kinds = prop::collection::vec(
            (prop::option::of(prop_oneof![Just("internal"), Just("LDAP")]), any::<Option<bool>>()),
            DIRECTORIES.len(),
        );
        (
            prop::collection::vec(record(sources.len()), accounts),
            members,
            kinds,
            facts(accounts),
            Just(sources),
            any::<bool>(),
        )
            .prop_map(|(records, members, kinds, facts, sources, is_known)| {
                let keyed = records
                    .into_iter()
                    .enumerate()
                    .map(|(row, record)| AccountRecord { key: format!("key-{row}").into(), ..record });
                let mut world = World::of(keyed.collect());
                world.observation.sources = sources;
                let groups = GROUPS.iter().zip(members).map(|(name, (is_member, children, gives_seat))| {
                    let members: Vec<u32> =
                        (0..).zip(is_member).filter(|(_, is)| *is).map(|(row, _)| row).collect();
                    rollcall_model::GroupRecord { gives_seat, ..group(name, &members, &children) }
                });
                world.observation.groups = groups.collect();
                let directories = DIRECTORIES
                    .iter()
                    .zip(kinds)
                    .map(|(name, (kind, is_writable))| directory(name, kind, is_writable));
                world.observation.directories = directories.collect();
                world.facts = make_facts(&world, facts, is_known);
                world
            })
    })
}

fn make_facts(world: &World, (exemptions, lists, before, notices): RawFacts, is_known: bool) -> Facts {
    let mut facts = Facts { exemptions, ..Facts::default() };
    for name in LISTS {
        facts.lists.insert(name.to_owned(), AccountList::default());
    }
    for (list, entries) in lists {
        facts.lists.insert(LISTS[list].to_owned(), entries.iter().collect());
    }
    let keyed = notices.into_iter().enumerate().filter_map(|(row, notice)| Some((row, notice?)));
    facts.notices = keyed.map(|(row, notice)| (format!("key-{row}").into(), notice)).collect();
    let current = world.snapshot();
    let past = before.map(|states| {
        let mut past = world.observation.clone();
        past.finished_at = at("2026-08-01T00:00:00Z");
        past.groups.clear();
        let mut kept = states.iter();
        past.accounts.retain(|_| kept.next().is_some_and(|state| *state > 0));
        for (account, state) in past.accounts.iter_mut().zip(states.iter().filter(|state| **state > 0)) {
            account.status = Some(if *state == 1 { Status::Disabled } else { Status::Enabled });
            account.seat = Some(*state == 2);
        }
        Snapshot::build("past".into(), past).unwrap()
    });
    let first = past.as_ref().map(|past| History::advance(None, past));
    facts.history = match (past.as_ref(), first) {
        (Some(past), Some(first)) if is_known => History::advance(Some((past, &first)), &current),
        (_, Some(first)) => first,
        _ if is_known => History::advance(None, &current),
        _ => History::default(),
    };
    facts
}

fn period() -> impl Strategy<Value = Period> {
    let unit =
        prop_oneof![Just(Unit::Hour), Just(Unit::Day), Just(Unit::Week), Just(Unit::Month), Just(Unit::Year)];
    (0..100_u32, unit).prop_map(|(count, unit)| Period { count, unit })
}

fn literal(field: Field, is_odd: bool) -> BoxedStrategy<Literal> {
    let names = |names: &'static [&'static str]| {
        let name = prop::sample::select(names);
        prop_oneof![
            name.clone().prop_map(|name| Literal::Text(name.to_owned())),
            name.prop_map(|name| Literal::Text(name.to_uppercase()))
        ]
        .boxed()
    };
    if is_odd && field.kind() == FieldType::Text {
        return "[\\PC\n\t\u{1b}\u{202e}\"'\\\\]{0,8}".prop_map(Literal::Text).boxed();
    }
    match (field, field.kind()) {
        (Field::Group | Field::DirectGroup | Field::SeatVia, _) => names(&GROUPS),
        (Field::List, _) => names(&LISTS),
        (Field::Directory, _) => names(&DIRECTORIES),
        (Field::DirectoryType, _) => names(&["internal", "ldap", "crowd"]),
        (_, FieldType::Choice(words)) => {
            prop::sample::select(words).prop_map(|word| Literal::Text(word.to_owned())).boxed()
        }
        (_, FieldType::Text | FieldType::Names) => {
            prop_oneof![text(), Just("x".to_owned())].prop_map(Literal::Text).boxed()
        }
        (_, FieldType::Flag) => any::<bool>().prop_map(Literal::Flag).boxed(),
        (_, FieldType::Number) => (0..5_u64).prop_map(Literal::Number).boxed(),
        (_, FieldType::Period) => period().prop_map(Literal::Period).boxed(),
        (_, FieldType::Instant | FieldType::InstantOrNever) => prop_oneof![
            period().prop_map(Literal::Ago),
            instant().prop_map(Literal::Instant),
            (2020..2030_i16, 1..=12_i8, 1..=28_i8)
                .prop_map(|(y, m, d)| Literal::Date(jiff::civil::Date::constant(y, m, d))),
        ]
        .boxed(),
    }
}

fn test(field: Field, is_odd: bool) -> BoxedStrategy<Test> {
    let likeness = || prop_oneof![Just(Operator::Equal), Just(Operator::NotEqual)];
    let order = || {
        prop_oneof![
            Just(Operator::Less),
            Just(Operator::AtMost),
            Just(Operator::Greater),
            Just(Operator::AtLeast)
        ]
    };
    let compare = |op: BoxedStrategy<Operator>, value: BoxedStrategy<Literal>| {
        (op, value).prop_map(|(op, value)| Test::Compare { op, value }).boxed()
    };
    let is = |state: State| any::<bool>().prop_map(move |negated| Test::Is { negated, state }).boxed();
    let list = (any::<bool>(), prop::collection::vec(literal(field, is_odd), 1..4))
        .prop_map(|(negated, values)| Test::In { negated, values })
        .boxed();
    let like = compare(likeness().boxed(), literal(field, is_odd));
    let ordered = compare(order().boxed(), literal(field, is_odd));
    let unknown = is(State::Unknown);
    match field.kind() {
        FieldType::Text | FieldType::Names => {
            let part = prop_oneof![Just("a"), Just("É"), Just("s"), Just("@X"), Just("ira K")];
            let contains = compare(
                prop_oneof![Just(Operator::Contains), Just(Operator::NotContains)].boxed(),
                part.prop_map(|part| Literal::Text(part.to_owned())).boxed(),
            );
            prop_oneof![3 => like, 2 => contains, 2 => list, 1 => is(State::Empty), 1 => unknown].boxed()
        }
        FieldType::Choice(_) => prop_oneof![like, list, unknown].boxed(),
        FieldType::Flag => prop_oneof![3 => like, 1 => unknown].boxed(),
        FieldType::Number => prop_oneof![like, ordered, list, unknown].boxed(),
        FieldType::Instant | FieldType::Period => prop_oneof![4 => ordered, 1 => unknown].boxed(),
        FieldType::InstantOrNever => {
            let never = compare(likeness().boxed(), Just(Literal::Never).boxed());
            prop_oneof![4 => ordered, 1 => never, 1 => unknown].boxed()
        }
    }
}

fn clause_about(fields: Vec<Field>, is_odd: bool) -> BoxedStrategy<Expr> {
    prop::sample::select(fields)
        .prop_flat_map(move |field| {
            test(field, is_odd).prop_map(move |test| Expr::Clause(Clause::new(field, test)))
        })
        .boxed()
}

fn tree(leaf: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|expr| Expr::Not(Box::new(expr))),
        ]
    })
}

pub(crate) fn order() -> impl Strategy<Value = Vec<OrderBy>> {
    let fields: Vec<Field> =
        FIELDS.iter().map(|info| info.field).filter(|field| field.is_sortable()).collect();
    let direction = prop_oneof![Just(Direction::Asc), Just(Direction::Desc)];
    let by =
        (prop::sample::select(fields), direction).prop_map(|(field, direction)| OrderBy { field, direction });
    prop::collection::vec(by, 0..3)
}

fn all_fields() -> Vec<Field> {
    FIELDS.iter().map(|info| info.field).collect()
}

/// A single comparison.
pub(crate) fn clause() -> BoxedStrategy<Expr> {
    clause_about(all_fields(), false)
}

/// A condition about these fields only.
pub(crate) fn expr_about(fields: &[Field]) -> impl Strategy<Value = Expr> + use<> {
    tree(clause_about(fields.to_vec(), false))
}

/// A condition that fits every [`world`].
pub(crate) fn expr() -> impl Strategy<Value = Expr> {
    tree(prop_oneof![20 => clause(), 1 => Just(Expr::All)].boxed())
}

/// A criterion with texts that no site has, for printing.
pub(crate) fn odd_criterion() -> impl Strategy<Value = Criterion> {
    let leaf = prop_oneof![20 => clause_about(all_fields(), true), 1 => Just(Expr::All)].boxed();
    (tree(leaf), order()).prop_map(|(root, order)| Criterion::new(root, order).unwrap())
}

pub(crate) fn criterion(root: Expr) -> Criterion {
    Criterion::new(root, Vec::new()).unwrap()
}
